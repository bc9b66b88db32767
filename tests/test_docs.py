"""What the documentation says is true: examples run, generated pages are current."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import pkgutil
import re
from pathlib import Path

import gouji.addin
import gouji.templates
import gouji.validators
import pytest
from gouji.templates.edition import load

from docs import build

from .conftest import in_a_process

ROOT = Path(__file__).parents[1]


def modules() -> list[str]:
    found = []
    for package in (gouji.templates, gouji.validators, gouji.addin):
        found.append(package.__name__)
        walk = pkgutil.walk_packages(package.__path__, package.__name__ + ".")
        found += [m.name for m in walk]
    return found


@pytest.mark.parametrize("name", modules())
@pytest.mark.sampled
def test_the_examples_in_a_module_are_true(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


@pytest.mark.parametrize("page", ["schemas.md", "side-by-side.md"])
def test_the_examples_on_a_page_are_true(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = doctest.testfile(str(ROOT / "docs" / page), module_relative=False, encoding="utf-8")
    assert result.attempted > 10
    assert result.failed == 0


def test_generated_pages_are_current() -> None:
    for name, page in build.PAGES.items():
        assert (ROOT / "docs" / name).read_text("utf-8") == page(), (
            f"run python docs/build.py: {name}"
        )


def test_links_between_pages_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


# Pages for clerks, officers and administrators; each Chinese one has its English counterpart.
BOTH = {
    "index": "index.en",
    "guide.zh": "guide.en",
    "city.zh": "city.en",
    "faq.zh": "faq.en",
    "screen": "screen.en",
    "published.zh": "published",
    "commands.zh": "commands",
    "addin.zh": "addin",
    "limits.zh": "limits",
    "rules": "rules.en",
    "rules-howto.zh": "rules-howto",
}
DEVELOPERS = {
    "architecture",
    "coverage",
    "figures",
    "first-minute",
    "licences",
    "marking",
    "schemas",
    "side-by-side",
}


def test_every_page_for_a_desk_is_there_in_both_languages() -> None:
    pages = {p.stem for p in (ROOT / "docs").glob("*.md")}
    assert pages == {*BOTH, *BOTH.values()} | DEVELOPERS
    for zh, en in BOTH.items():
        texts = [(ROOT / "docs" / f"{name}.md").read_text("utf-8") for name in (zh, en)]
        heads = [text.split("\n")[:3][-1] for text in texts]
        assert heads == [f"[English]({en}.md)", f"[中文]({zh}.md)"]
        shares = [len(re.findall("[一-鿿]", t)) / len(re.findall(r"\w", t)) for t in texts]
        assert shares[0] > 0.3 > shares[1]
        commands = [set(re.findall(r"^[$>] gouji (\w+)", t, re.MULTILINE)) for t in texts]
        assert commands[0] == commands[1]


def test_starting_commands_that_judge_nothing_import_no_pandas() -> None:
    in_a_process("light_commands")


@pytest.mark.parametrize("page", ["rules-howto", "rules-howto.zh"])
def test_the_packs_that_a_page_shows_are_read(page: str, tmp_path: Path) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    packs = [b for b in blocks if b.startswith(("[ledgers.", "[[tables]]"))]
    assert len(packs) == 2
    for pack in packs:
        path = tmp_path / "a.toml"
        path.write_text(pack, "utf-8")
        made = load("2021").with_pack(path)
        assert made.ledgers.keys() - load("2021").ledgers.keys() or len(made.tables) == 4


def test_no_page_and_no_sentence_installs_a_name_of_an_index() -> None:
    named = re.compile(r"""pip install\b[^`\n]*[\s"']gouji\b(?!/)(?!.*--no-index)""")
    assert named.search('pip install "gouji[server]"')
    files = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "changelog.d").glob("*")]
    files += [
        p for room in ("addin", "templates", "validators") for p in (ROOT / room).rglob("*.py")
    ]
    assert [p.name for p in files if named.search(p.read_text("utf-8"))] == []
