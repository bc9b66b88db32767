"""A row or column that the form does not have is named first, and no right cell blamed for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl.utils import get_column_letter

from .filled import VALUES, findings
from .test_candidates import error_messages, own

OTHER = "t3.other_other.natural"


def row(label: str, at: int = 30, number: int = 4, formulas: bool = False) -> Any:
    """A row before （七）总计 with ``number`` in 自然人 and 总计, which the totals include."""

    def edit(book: Any) -> None:
        page = book["表三"]
        for r in range(page.max_row, at - 1, -1):
            for c in range(1, 11):
                page.cell(r + 1, c, page.cell(r, c).value)
        for c in range(1, 11):
            page.cell(at, c).value = None
        page.cell(at, 3, label)
        page.cell(at, 4, number)
        page.cell(at, 10, number)
        for c in (4, 10):
            for r in (7, 31):  # what was received grows too
                page.cell(r, c).value += number
            letter = get_column_letter(c)
            if formulas:
                page.cell(31, c, f"=SUM({letter}9:{letter}30)")

    return edit


def column(book: Any) -> None:
    page = book["表三"]
    for r in range(1, page.max_row + 1):
        page.cell(r, 11, page.cell(r, 10).value)
        page.cell(r, 10).value = None
    page.cell(6, 10, "外籍人士")
    page.cell(6, 11, "总计")
    for r in (7, 9, 30):
        page.cell(r, 10, 2)
        page.cell(r, 11).value += 2


@pytest.mark.parametrize("label", ["4.申请人撤回申请", "4.移送其他机关", "4.转信访"])
def test_the_numbers_of_a_row_that_totals_include_belong_to_other(
    label: str, tmp_path: Path
) -> None:
    result = own(tmp_path / "a.xlsx", row(label))
    (message,) = error_messages(result)
    assert f"“{label}”格式上没有，总计却加了它：请并入“3.其他”" in message
    assert result.report is not None
    assert result.report.number(OTHER) == VALUES[OTHER] + 4


def test_a_total_that_is_a_formula_over_the_row_is_no_wrong_formula(tmp_path: Path) -> None:
    result = own(tmp_path / "a.xlsx", row("4.申请人撤回申请", formulas=True))
    (message,) = error_messages(result)
    assert "请并入“3.其他”" in message


def test_a_column_that_totals_include_belongs_to_other(tmp_path: Path) -> None:
    result = own(tmp_path / "a.xlsx", column)
    (message,) = error_messages(result)
    assert "外籍人士" in message
    assert "请并入“其他”" in message


def test_a_row_that_no_total_includes_is_a_warning(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        row("4.申请人撤回申请", number=0)(book)
        book["表三"]["D30"] = 9

    result = own(tmp_path / "a.xlsx", edit)
    assert error_messages(result) == []
    assert any("格式上没有，里面有数（D30是9）" in f.message for f in findings(result))


@pytest.mark.parametrize("label", ["小计", "（六）其他处理 小计", "其中：网上申请", "注：含转办"])
def test_sums_and_notes_are_no_such_rows(label: str, tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        row(label, number=0)(book)
        book["表三"]["D30"] = 3

    assert findings(own(tmp_path / "a.xlsx", edit)) == []
