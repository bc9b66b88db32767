"""Totals by 小计, by whole columns, as arrays, over sheets: followed, or told as something else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.formula import ArrayFormula

from ...builders import book_at
from .filled import FORM, VALUES, edited, findings
from .test_candidates import error_messages, own

Edit = Callable[[Any], None]


def totals(*pairs: tuple[str, object]) -> Edit:
    def edit(book: Any) -> None:
        for cell, formula in pairs:
            book["表三"][cell] = formula

    return edit


def array(area: str, formula: str) -> Edit:
    return totals((area.partition(":")[0], ArrayFormula(area, formula)))


COLUMN = "+".join(f"{c}$7:{c}$31" for c in "DEFGHI")


@pytest.mark.parametrize(
    "edit",
    [
        totals(("J7", f"={COLUMN}")),
        totals(("D30", "=D9+D10+L11+L19+L22+L27"), *((f"L{a}", f"=SUM(D{a}:D{b})") for a, b in (
            (11, 18), (19, 21), (22, 26), (27, 29)))),
        totals(("J9", "=D9+K9"), ("K9", "=SUM(E9:I9)")),
        totals(("J9", "=D9+K9"), ("K9", "=L9+I9"), ("L9", "=SUM(E9:H9)")),
        totals(("J9", "=D9+K9"), ("K9", "=SUBTOTAL(9,E9:I9)")),
        array("J7:J31", "=D7:D31+E7:E31+F7:F31+G7:G31+H7:H31+I7:I31"),
        array("J9:J9", "=SUM(D9:I9)"),
    ],
)  # fmt: skip
@pytest.mark.sampled
def test_a_sum_of_the_parts_is_followed(edit: Edit, tmp_path: Path) -> None:
    path = book_at(FORM, tmp_path / "a.xlsx", year=2025, unit="某局", values=VALUES)
    result = edited(path, edit)
    assert [f for f in findings(result) if f.rule == "CELL-FORMULA"] == []
    assert result.report is not None
    assert result.report.numbers == VALUES


@pytest.mark.parametrize(
    "formula",
    [
        "=SUM(D7:D31+E7:E31)",
        "=D9:D12+E9:E12",
        "=D9+K9",
        "=SUM(INDIRECT(\"D9:I9\"))",
        "=SUM(不在:这里!J9)",
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_no_error(formula: str, tmp_path: Path) -> None:
    pairs = [("J7", formula), ("K9", '=VLOOKUP("甲",A1:B2,2,0)')]
    path = book_at(FORM, tmp_path / "a.xlsx", year=2025, unit="某局", values=VALUES)
    result = edited(path, totals(*pairs))
    rules = {f.rule: f.severity.value for f in findings(result) if f.field == "t3.new.total"}
    assert rules in ({"CELL-FORMULA": "error"}, {"CELL-FORMULA": "note"})
    assert "多加了" not in "".join(f.message for f in findings(result))


def test_a_total_within_iferror_is_named(tmp_path: Path) -> None:
    path = book_at(FORM, tmp_path / "a.xlsx", year=2025, unit="某局", values=VALUES)
    result = edited(path, totals(("J9", "=IFERROR(SUM(D9:I9),0)")))
    (finding,) = findings(result)
    assert "J9的总计套了 IFERROR" in finding.message
    assert finding.severity.value == "note"


def test_a_sum_through_a_subtotal_that_lacks_a_part_is_named(tmp_path: Path) -> None:
    path = book_at(FORM, tmp_path / "a.xlsx", year=2025, unit="某局", values=VALUES)
    result = edited(path, totals(("J9", "=D9+K9"), ("K9", "=SUM(E9:H9)")))
    (finding,) = [f for f in findings(result) if f.field == "t3.granted.total"]
    assert "漏了I9" in finding.message


def test_a_sum_over_sheets_of_a_roll_up_is_followed(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        for name in ("甲", "乙"):
            page = book.create_sheet(name)
            page["A1"] = VALUES["t2.fees.amount"] / 2
        at = next(
            c
            for row in book["表二"].iter_rows()
            for c in row
            if c.value == VALUES["t2.fees.amount"]
        )
        at.value = "=SUM(甲:乙!A1)"

    values = VALUES
    result = own(tmp_path / "a.xlsx", edit, values)
    assert [m for m in error_messages(result) if "没有结果" not in m] == []


def test_a_total_down_a_column_of_typed_totals_is_right(tmp_path: Path) -> None:
    result = own(tmp_path / "a.xlsx", totals(("J30", "=SUM(J9:J29)")))
    assert error_messages(result) == []
