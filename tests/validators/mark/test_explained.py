"""What a clerk types in the column 说明 of 校验结果: taken, carried on, and never lost."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from gouji.templates.edition import Edition
from gouji.validators.finding import Result, Stage
from gouji.validators.mark import Column, clear, signs
from gouji.validators.office import check_files
from gouji.validators.office.flag import flag

from ...builders import book_at, consistent, editing, opened

SHEET, WHY = "校验结果", "含当年到期失效的1件"


@pytest.fixture
def doubtful(tmp_path: Path, form: Edition) -> Path:
    """A report with one warning: fewer 现行有效 than 本年制发."""
    values = consistent(form, random.Random(5))
    values |= {"t2.normative.issued": 9.0, "t2.normative.in_force": 4.0}
    path = tmp_path / "a.xlsx"
    book_at(form, path, year=2024, unit="甲县教育局", unit_class="政府部门", values=values)
    return path


def judged(path: Path) -> Result:
    (result,) = check_files([path])
    assert result.verdict is not None
    return result


def lines(path: Path) -> list[tuple[object, ...]]:
    """State, place and explanation of every line on the sheet."""
    rows = opened(path)[SHEET].values
    columns = (Column.STATE, Column.PLACE, Column.FOUND, Column.SAID)
    return [tuple(row[c] for c in columns) for row in rows if isinstance(row[0], int)]


def typed(path: Path, place: str, text: str) -> None:
    """The clerk writes ``text`` beside the line of ``place`` and saves."""
    with editing(path) as book:
        for row in book[SHEET].iter_rows():
            if row[Column.PLACE].value == place:
                row[Column.SAID].value = text


def warned(path: Path) -> str:
    (card,) = [c for c in judged(path).verdict.cards if c.stage is Stage.EXPLAIN]  # type: ignore[union-attr]
    return card.explained or ""


def test_an_explanation_on_the_list_is_taken_and_carried_to_the_next_list(doubtful: Path) -> None:
    flag(judged(doubtful))
    (place,) = [str(place) for state, place, *_ in lines(doubtful) if state == "待说明"]
    typed(doubtful, place, WHY)
    assert warned(doubtful) == WHY
    for _ in range(2):
        flag(judged(doubtful))
        assert ("已说明", place, 4, WHY) in lines(doubtful)
        assert warned(doubtful) == WHY


def test_clearing_leaves_the_list_in_which_something_was_explained(doubtful: Path) -> None:
    flag(judged(doubtful))
    typed(doubtful, "表二!D7", WHY)
    clear(doubtful)
    book = opened(doubtful)
    assert SHEET in book.sheetnames
    notes = [c.comment.text for row in book["表二"].iter_rows() for c in row if c.comment]
    assert not [text for text in notes if text.startswith(signs.NOTE_START)]
    assert warned(doubtful) == WHY


def test_an_explanation_is_of_one_number_and_stays_when_that_changes(doubtful: Path) -> None:
    flag(judged(doubtful))
    typed(doubtful, "表二!D7", WHY)
    with editing(doubtful) as book:
        book["表二"]["D7"] = 5
    assert warned(doubtful) == ""
    for _ in range(2):  # told and kept, however often it is judged again
        flag(judged(doubtful))
        assert ("待说明", "表二!D7", 5, None) in lines(doubtful)
        assert ("留存", "表二!D7", 4, WHY) in lines(doubtful)
        assert warned(doubtful) == ""
