"""The site: its search in both languages, from a folder, and links that keep the language."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench import site

from .conftest import ROOT
from .pages import chromium
from .test_docs import BOTH

_PAGES = {
    "zh.html": (
        "指南",
        '<h1 id="a">指南</h1><p>上年结转&lt;7列&gt;</p><h2 id="_2">退回</h2><p>结转下年</p>',
    ),
    "en.html": ("Guide", '<h1 id="a">Guide</h1><p>What is carried over, 结转</p>'),
}
_HEAD = '<!doctype html><meta charset="utf-8"><div class="md-header__inner"></div>'


def test_links_keep_the_language_unless_they_say_so() -> None:
    pages = {**BOTH, "README.zh-CN": "README"}
    changed = []
    for zh, en in pages.items():
        for name, others in ((zh, set(pages.values())), (en, set(pages))):
            path = ROOT / f"{name}.md" if name.startswith("README") else ROOT / f"docs/{name}.md"
            links = re.findall(r"\[([^\]]*)\]\(([^)#:]+)", path.read_text("utf-8"))
            changed += [
                (name, label, target)
                for label, target in links
                if Path(target).name.removesuffix(".md") in others
                and label not in ("English", "英文页", "中文", "中文说明")
            ]
    assert changed == []


@pytest.mark.apps("chromium")
def test_the_search_finds_both_languages_and_those_of_the_page_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "SECTIONS", [])
    for name, (title, content) in _PAGES.items():
        site.on_page_content(content, page=SimpleNamespace(url=name, title=title))
        (tmp_path / name).write_text(f'{_HEAD}<script src="search.js"></script>', "utf-8")
    (tmp_path / "search.js").write_text(site.search(), "utf-8")
    with chromium() as browser:
        page = browser.new_page()
        for name, first in (("zh.html", "指南"), ("en.html", "Guide")):
            page.goto((tmp_path / name).as_uri())
            page.get_by_role("searchbox").fill("结转")
            found = page.get_by_role("listitem").all_inner_texts()
            assert len(found) == 3
            assert found[0].startswith(first)
        page.get_by_role("searchbox").fill("结转 下年")
        (only,) = page.get_by_role("listitem").all()
        only.get_by_role("link").click()
        assert page.url.endswith("zh.html#_2")
        page.get_by_role("searchbox").fill("carried OVER")
        assert page.get_by_role("listitem").count() == 1
        assert "<7列>" in site.SECTIONS[0]["text"]
