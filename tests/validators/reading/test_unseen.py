"""Numbers of the tables that nobody sees are told where they take part."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gouji.validators.office import check_files
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import Color, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat

from ...builders import book_at, editing
from .filled import FORM, VALUES, edited, findings

KEY, CELL = "t3.new.natural", "D7"
NUMBER = f"{VALUES[KEY]:.0f}"
Edit = Callable[[Any], None]


def row(book: Any) -> None:
    book["表三"].row_dimensions[7].hidden = True


def column(book: Any) -> None:
    book["表三"].column_dimensions["D"].hidden = True


def ink(colour: Any, ground: str = "") -> Edit:
    def edit(book: Any) -> None:
        cell = book["表三"][CELL]
        cell.font = Font(color=colour)
        fill = PatternFill("solid", fgColor=ground) if ground else PatternFill()
        cell.fill = fill

    return edit


def rule(made: Any, code: str = ";;;") -> Edit:
    def edit(book: Any) -> None:
        look = NumberFormat(numFmtId=170, formatCode=code)
        made.dxf = DifferentialStyle(numFmt=look)
        book["表三"].conditional_formatting.add("D7:J31", made)

    return edit


def warnings(path: Path, edit: Edit) -> list[str]:
    book_at(FORM, path, year=2025, unit="某局", values=VALUES)
    result = edited(path, edit)
    assert result.report is not None
    assert result.report.number(KEY) == VALUES[KEY]
    return [
        f.message
        for f in findings(result, "S-TEMPLATE")
        if "看不见的数" in f.message and f.severity.value == "warning"
    ]


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (row, "第7行是隐藏的"),
        (column, "D列是隐藏的"),
        (lambda book: setattr(book["表三"].row_dimensions[7], "height", 1.5), "第7行是隐藏的"),
        (lambda book: setattr(book["表三"].column_dimensions["D"], "width", 0.1), "D列是隐藏的"),
        (lambda book: setattr(book["表三"][CELL], "font", Font(size=1)), "字的颜色与底色一样"),
        (ink("FFFDFDFE"), "字的颜色与底色一样"),
        (ink("FFFFFFFF"), "字的颜色与底色一样"),
        (ink(Color(theme=0)), "字的颜色与底色一样"),
        (ink("FF00B050", "FF00B050"), "字的颜色与底色一样"),
        (rule(CellIsRule("greaterThan", formula=["0"])), "条件格式"),
        (rule(FormulaRule(formula=["TRUE"])), "条件格式"),
        (rule(FormulaRule(formula=["D7>0"])), "条件格式"),
    ],
)
@pytest.mark.sampled
def test_a_number_that_nobody_sees_is_a_warning_with_its_place(
    edit: Edit, why: str, tmp_path: Path
) -> None:
    messages = warnings(tmp_path / "a.xlsx", edit)
    assert why in messages[0]
    assert f"{CELL}是{NUMBER}" in messages[0]


@pytest.mark.parametrize("suffix", ["xls", "ods"])
@pytest.mark.slow
@pytest.mark.apps("soffice-calc")
def test_the_same_is_told_of_what_libreoffice_saved(
    suffix: str, tmp_path: Path, libreoffice: Callable[..., Path]
) -> None:
    path = book_at(FORM, tmp_path / "a.xlsx", year=2025, unit="某局", values=VALUES)
    with editing(path) as book:
        sheet = book["表三"]
        for area, condition in (("E7:E8", "E7>0"), ("G7", "TRUE"), ("F7", "F7=0")):
            made = FormulaRule(formula=[condition], font=Font(color="FFFFFFFF"))
            sheet.conditional_formatting.add(area, made)
        sheet["H7"].font, sheet["H8"].font = Font(color="FFFDFDFE"), Font(size=1)
        sheet.row_dimensions[11].height = 1.5
    (result,) = check_files([libreoffice(path, suffix)])
    warnings = [f.message for f in findings(result, "S-TEMPLATE") if "看不见的数" in f.message]
    hidden, faint, row = sorted(warnings)
    assert "H7字的颜色" in faint
    assert f"H8是{VALUES['t3.carried_in.other']:.0f}" in faint
    assert "E7被条件格式隐去了" in hidden
    assert f"G7是{VALUES['t3.new.public_interest']:.0f}" in hidden
    assert "F7是" not in hidden
    assert "第11行是隐藏的" in row


@pytest.mark.parametrize(
    "edit",
    [
        lambda book: None,
        ink("FFFFFFFF", "FF000000"),
        ink("FFFF0000"),
        rule(CellIsRule("equal", formula=["0"])),
        rule(FormulaRule(formula=["D7=0"])),
        rule(CellIsRule("greaterThan", formula=["0"]), "0"),
    ],
)
@pytest.mark.sampled
def test_what_is_seen_is_not_told(edit: Edit, tmp_path: Path) -> None:
    assert warnings(tmp_path / "a.xlsx", edit) == []


def test_a_hidden_row_of_zeros_is_not_told(tmp_path: Path) -> None:
    path = book_at(
        FORM, tmp_path / "a.xlsx", year=2025, unit="某局", values=dict.fromkeys(VALUES, 0.0)
    )
    result = edited(path, row)
    assert findings(result) == []
