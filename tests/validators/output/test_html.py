"""The page of results: self-contained, every finding on it, no input acts in it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from gouji.validators.finding import Result
from gouji.validators.office.outputs import is_result
from gouji.validators.output import FORMATS

from ...pages import axe


class Page(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def page(results: list[Result], lang: str = "zh") -> str:
    return FORMATS["html"](results, lang, False)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_finding_and_every_file_is_on_the_page(results: list[Result], lang: str) -> None:
    read = Page(page(results, lang))
    assert read.open == []
    for result in results:
        assert result.path in read.words
        for card in result.verdict.cards if result.verdict else ():
            assert card.title.text(lang) in read.words
            assert card.sum.text(lang) in read.words
    assert results[2].error
    assert results[2].error.text(lang) in read.words
    (html,) = [a for tag, a in read.tags if tag == "html"]
    assert html["lang"] == {"zh": "zh-CN", "en": "en"}[lang]


def test_nothing_is_loaded_and_no_input_acts(results: list[Result]) -> None:
    text = page(results)
    read = Page(text)
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in read.tags}
    assert "http" not in text
    assert "<script>alert(1)</script>" in read.words  # shown, not run


def test_a_flagged_cell_has_a_sign_beside_its_colour_and_every_head_a_scope(
    results: list[Result],
) -> None:
    text = page(results)
    cells = re.findall(r'<td[^>]* class="(\w+)"[^>]*>(.*?)</td>', text)
    flagged = [(kind, inner) for kind, inner in cells if kind != "blank" and kind != "at"]
    assert {"error"} <= {kind for kind, _ in flagged} | {"error"}
    assert len(flagged) > 2
    assert all("<span>" in inner for _, inner in flagged)
    heads = [a for tag, a in Page(text).tags if tag == "th"]
    assert heads
    assert all(a.get("scope") for a in heads)
    assert text.count("<caption>") == text.count("<table>") == 6


def test_links_lead_to_cells_and_ids_stand_once(results: list[Result]) -> None:
    read = Page(page(results))
    ids = [a["id"] for _, a in read.tags if "id" in a]
    assert len(ids) == len(set(ids))
    links = [str(a["href"]) for tag, a in read.tags if tag == "a"]
    assert links
    assert {link.removeprefix("#") for link in links} <= set(ids)


def test_a_page_of_ours_may_be_replaced_and_another_one_not(
    results: list[Result], tmp_path: Path
) -> None:
    ours, other = tmp_path / "a.html", tmp_path / "b.html"
    ours.write_text(page(results), "utf-8")
    other.write_text("<!doctype html><html><head></head></html>", "utf-8")
    assert is_result(ours)
    assert not is_result(other)


@pytest.mark.apps("chromium", "npm")
@pytest.mark.slow
def test_axe_finds_nothing_on_the_page(results: list[Result], tmp_path: Path) -> None:
    for lang in ("zh", "en"):
        out = tmp_path / f"{lang}.html"
        out.write_text(page(results, lang), "utf-8")
        assert axe(out.as_uri()) == []
