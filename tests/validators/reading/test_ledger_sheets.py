"""A ledger is known by what stands on its sheet, and a line by what it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gouji.validators.finding import Result
from openpyxl.styles import Font

from ...builders import book_at, cases_entered
from .filled import FORM, edited, findings

LEDGER = "申请台账"
LABELS = ["予以公开", "予以公开", ""]
Edit = Callable[[Any], None]


def counted(path: Path, edit: Edit) -> Result:
    """The result for a blank template with three cases in its ledger, after ``edit``."""
    book_at(FORM, path, year=2025, unit="某局", ledgers=True)
    cases_entered(path, FORM, LABELS, 2025)
    return edited(path, edit)


def lines_of(result: Result) -> list[str]:
    assert result.report is not None
    return [line.number for line in result.report.ledgers.of("cases")]


def notes(result: Result) -> list[str]:
    return [str(f.message) for f in findings(result, "S-TEMPLATE")]


def renamed(name: str) -> Edit:
    def edit(book: Any) -> None:
        book[LEDGER].title = name

    return edit


def second(name: str, move: bool = True, hidden: bool = False) -> Edit:
    """The last case on a sheet of its own with the same heads."""

    def edit(book: Any) -> None:
        page, other = book[LEDGER], book.create_sheet(name)
        for c in range(1, page.max_column + 1):
            other.cell(1, c, page.cell(1, c).value)
            other.cell(2, c, page.cell(4, c).value)
            if move:
                page.cell(4, c).value = None
        if hidden:
            other.sheet_state = "hidden"

    return edit


@pytest.mark.parametrize("name", ["申请台账（2025）", "依申请公开登记", "Sheet9"])
def test_a_renamed_ledger_is_found_by_its_heads(name: str, tmp_path: Path) -> None:
    result = counted(tmp_path / "a.xlsx", renamed(name))
    assert len(lines_of(result)) == 3
    assert any(f"“{name}”的表头是申请台账的，已计入" in n for n in notes(result))


@pytest.mark.parametrize("name", ["申请台账下半年", "下半年", "续表"])
def test_a_ledger_on_two_sheets_is_one(name: str, tmp_path: Path) -> None:
    result = counted(tmp_path / "a.xlsx", second(name))
    assert len(lines_of(result)) == 3
    assert findings(result, "L-ROW") == []


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (second("申请台账2024"), "2024年的"),
        (second("旧账", hidden=True), "隐藏的"),
        (second("上年台账"), "往年的"),
        (second("申请台账 (2)", move=False), "重复"),
    ],
)
def test_a_sheet_that_is_not_this_years_ledger_is_told_and_not_counted(
    edit: Edit, why: str, tmp_path: Path
) -> None:
    result = counted(tmp_path / "a.xlsx", edit)
    assert len(lines_of(result)) == (3 if why == "重复" else 2)
    assert any(why in n and "没有计入" in n for n in notes(result))


@pytest.mark.parametrize(("name", "rule"), [(LEDGER, "L-COUNT"), ("审签", "S-SIGNED")])
def test_a_sheet_of_the_template_that_is_gone_is_unchecked(
    name: str, rule: str, tmp_path: Path
) -> None:
    result = counted(tmp_path / "a.xlsx", lambda book: book.remove(book[name]))
    assert result.verdict is not None
    assert [(u.rule, name in u.reason) for u in result.verdict.unchecked if name in u.reason] == [
        (rule, True)
    ]


def test_a_renamed_signing_sheet_is_still_looked_at(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        page = book["审签"]
        page.title = "签字"
        page["B6"], page["D6"] = "张三", "000001"

    result = counted(tmp_path / "a.xlsx", edit)
    (finding,) = findings(result, "S-SIGNED")
    assert finding.place is not None
    assert finding.place.sheet == "签字"


def test_a_struck_line_is_not_counted_and_told(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        for cell in book[LEDGER][3]:
            cell.font = Font(strike=True)

    result = counted(tmp_path / "a.xlsx", edit)
    assert len(lines_of(result)) == 2
    assert any("《申请台账》第3行划掉了，没有计入" in n for n in notes(result))


def test_numbers_that_lost_their_last_digits_are_one_sentence(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        for row in (2, 3, 4):
            book[LEDGER].cell(row, 1, 20250101000000001 + row)

    result = counted(tmp_path / "a.xlsx", edit)
    assert findings(result, "L-ROW") == []
    assert len([n for n in notes(result) if "编号超过15位" in n]) == 1
