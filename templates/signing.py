"""审签: who signed what, bound to the numbers by a short code that the sheet computes itself.

The code is six digits: each number weighted by its place in its table, added up, modulo a prime.
Any one number changed changes it; two that hide one another are one in a million.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .a1 import cell_name
from .edition import Edition
from .layout import Layout, SheetLayout, layout_of
from .styles import Styles
from .words import SIGNING

if TYPE_CHECKING:
    import xlsxwriter

SHEET = SIGNING
HEADS = ("审次", "姓名", "日期", "签时摘要码", "意见")
ROLES = ("初审", "复审", "终审")
FIRST = 5  # the 0-based row of the first role
CODE_ROW = 2
PRIME = 999_983
_DOWN, _ACROSS = 97, 13  # weights of a row and a column
_PARTS = 10_000  # amounts count to four decimals


def code_of(edition: Edition, numbers: Mapping[str, float | None]) -> str:
    """The six digits for the numbers of a report; a blank counts as 0.

    >>> from gouji.templates.edition import load
    >>> code_of(load("2021"), {"t3.new.natural": 1.0})
    '000110'
    """
    total = 0
    for sheet in layout_of(edition).sheets:
        top, left, _, _ = _area(sheet)
        added = sum(
            (numbers.get(key) or 0.0) * ((row - top + 1) * _DOWN + (col - left + 1) * _ACROSS)
            for key, (row, col, _) in sheet.cells.items()
        )
        total += int(_rounded(added * _scale(edition, sheet))) % PRIME
    return f"{total % PRIME:06d}"


def code_formula(layout: Layout) -> str:
    """The same as a formula of the sheet, without ``=``."""
    terms = []
    for sheet in layout.sheets:
        top, left, bottom, right = _area(sheet)
        span = f"'{sheet.table.sheet}'!${_abs(top, left)}:${_abs(bottom, right)}"
        weight = f"(ROW({span})-{top})*{_DOWN}+(COLUMN({span})-{left})*{_ACROSS}"
        scale = _scale(layout.edition, sheet)
        terms.append(f"MOD(ROUND(SUMPRODUCT({span},{weight})*{scale},0),{PRIME})")
    return f"MOD({'+'.join(terms)},{PRIME})"


def write_signing(
    book: xlsxwriter.Workbook, styles: Styles, layout: Layout, shown: Mapping[str, float]
) -> None:
    """The sheet: today's code, and a line for each of the three who sign."""
    ws = book.add_worksheet(SHEET)
    ws.hide_gridlines(2)
    ws.set_paper(9)
    ws.fit_to_pages(1, 0)
    for column, width in enumerate((12, 18, 18, 18, 44)):
        ws.set_column(column, column, width)
    ws.merge_range(0, 0, 0, len(HEADS) - 1, "审签（初审、复审、终审）", styles.title)
    ws.write_string(CODE_ROW, 0, "现在的摘要码", styles.cover_label)
    number = int(code_of(layout.edition, shown))
    code = book.add_format({"num_format": "000000", "border": 1, "locked": True})
    typed = book.add_format({"num_format": "000000", "border": 1, "locked": False})
    ws.write_formula(CODE_ROW, 1, code_formula(layout), code, number)
    ws.write_string(
        CODE_ROW, 2, "签名时把它抄到“签时摘要码”；签后改了数，校验会提示重新审签。", styles.hint
    )
    for column, head in enumerate(HEADS):
        ws.write_string(FIRST - 1, column, head, styles.head)
    for row, role in enumerate(ROLES, FIRST):
        ws.set_row(row, 26)
        ws.write_string(row, 0, role, styles.label)
        for column in range(1, len(HEADS)):
            ws.write_blank(row, column, None, typed if column == 3 else styles.cover_input)
    ws.data_validation(
        FIRST,
        3,
        FIRST + len(ROLES) - 1,
        3,
        {
            "validate": "integer",
            "criteria": "between",
            "minimum": 0,
            "maximum": PRIME,
            "error_title": "摘要码",
            "error_message": "抄上面的“现在的摘要码”，六位数字。",
        },
    )
    ws.protect("", {"format_rows": True})


def _area(sheet: SheetLayout) -> tuple[int, int, int, int]:
    rows = [row for row, _, _ in sheet.cells.values()]
    columns = [col for _, col, _ in sheet.cells.values()]
    return min(rows), min(columns), max(rows), max(columns)


def _abs(row: int, column: int) -> str:
    letters = cell_name(row, column).rstrip("0123456789")
    return f"{letters}${row + 1}"


def _scale(edition: Edition, sheet: SheetLayout) -> int:
    amounts = any(edition.fields[key].kind == "amount" for key in sheet.cells)
    return _PARTS if amounts else 1


def _rounded(number: float) -> float:
    """Half away from zero, as a spreadsheet rounds."""
    return float(int(number + 0.5)) if number >= 0 else -float(int(0.5 - number))


__all__ = ["FIRST", "HEADS", "ROLES", "SHEET", "code_formula", "code_of", "write_signing"]
