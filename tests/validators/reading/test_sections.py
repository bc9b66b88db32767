"""正文: read by names or by the printed titles; where neither is there, it is said to be unread."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from gouji.templates.edition import load
from gouji.validators.judging.judge import judge_plainly
from gouji.validators.reading.readers import read

from ...builders import book_at, consistent, editing
from ...command import gouji

FORM = load("2021")
TITLE = FORM.sections[0].title


@pytest.fixture
def nameless(tmp_path: Path) -> Path:
    values = consistent(FORM, random.Random(1))
    path = book_at(
        FORM,
        tmp_path / "a.xlsx",
        year=2024,
        unit="某县",
        values=values,
        narrative={TITLE: "全年新收申请9件。"},
    )
    with editing(path, data_only=True) as book:
        book.defined_names.clear()
    return path


def test_without_names_the_narrative_is_read_below_its_titles(nameless: Path) -> None:
    report = read(nameless)
    assert report.narrative == ((TITLE, "全年新收申请9件。"),)
    assert report.unread == ()


def test_a_workbook_without_narrative_says_so_in_the_last_line(nameless: Path) -> None:
    with editing(nameless) as book:
        del book["正文"]
    report = read(nameless)
    assert report.unread == ("narrative",)
    (verdict,) = judge_plainly([report])
    assert [(u.rule, u.reason) for u in verdict.unchecked] == [
        ("N-CLAIM", "没有读到正文，正文里的数没有与表核对")
    ]
    made = gouji("check", nameless)
    assert made.stdout.splitlines()[-1].endswith("；1个文件的正文没有读到")
    english = gouji("check", nameless, "--lang", "en")
    assert "narrative (正文) of 1 not read" in english.stdout.splitlines()[-1]


def test_a_blank_narrative_of_a_template_was_looked_at(tmp_path: Path) -> None:
    path = book_at(FORM, tmp_path / "a.xlsx", year=2024, unit="某县")
    assert read(path).unread == ()
