"""Random workbooks of every kind of cell, and openpyxl as the oracle of what stands in them."""

from __future__ import annotations

import datetime
import io
import random
import warnings
from typing import Any

import openpyxl
import xlsxwriter
from gouji.validators.ooxml.package import Package
from gouji.validators.ooxml.sheet_cells import unescaped
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

TEXTS = [
    "自然人",
    " 前后 ",
    "a<b&c>\"d'",
    "行一\n行二",
    "=不是公式",
    "_x0041_",
    "１８",
    "①",
    "",
    "x" * 300,
]
ERRORS = ["#REF!", "#DIV/0!", "#VALUE!", "#N/A", "#NAME?", "#NUM!", "#NULL!"]
FORMULAS = ["=SUM(A1:A3)", "=A1+B2", '=IF(A1>0,"有","无")', "='另一张'!A1*2", "=1/0"]


def random_book(seed: int) -> bytes:
    """A workbook of one to four sheets with numbers, texts, dates, booleans and formulas."""
    rng = random.Random(seed)
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "constant_memory": seed % 5 == 0}
    with xlsxwriter.Workbook(out, options) as book:
        date = book.add_format(
            {"num_format": rng.choice(["yyyy-mm-dd", 'yyyy"年"m"月"', "[h]:mm"])}
        )
        number = book.add_format({"num_format": rng.choice(["0.00", "#,##0", '0"件"', "@"])})
        for at in range(rng.randint(1, 4)):
            sheet = book.add_worksheet(f"表{at}" if at else "另一张")
            for row in range(rng.randint(1, 25)):
                for column in sorted(rng.sample(range(30), rng.randint(0, 8))):
                    _write(sheet, row, column, rng, date, number)
    data = out.getvalue()
    if seed % 3 == 0:  # the way openpyxl writes the same
        again = io.BytesIO()
        openpyxl.load_workbook(io.BytesIO(data)).save(again)
        data = again.getvalue()
    return data


def _write(sheet: Any, row: int, column: int, rng: random.Random, date: Any, number: Any) -> None:
    kind = rng.randrange(9)
    if kind < 3:
        sheet.write_number(
            row, column, rng.choice([0, 1, 18, -3, 2.5, 1e15, 1e-7, 119.99999999999])
        )
    elif kind == 3:
        sheet.write_string(row, column, rng.choice(TEXTS))
    elif kind == 4:
        sheet.write_boolean(row, column, rng.random() < 0.5)
    elif kind == 5:
        sheet.write_number(row, column, rng.choice([45000, 0.5, 366.25]), date)
    elif kind == 6:
        sheet.write_number(row, column, rng.choice([5, 1234.5]), number)
    elif kind == 7:
        value = rng.choice([5, "有", "", 2.5, *ERRORS])
        sheet.write_formula(row, column, rng.choice(FORMULAS), None, value)
    else:
        sheet.write_blank(row, column, None, number)


def disagreements(data: bytes) -> list[str]:
    """Cells of which our reader and openpyxl say something else."""
    warnings.simplefilter("ignore")
    values = openpyxl.load_workbook(io.BytesIO(data), data_only=True, rich_text=True)
    formulas = openpyxl.load_workbook(io.BytesIO(data))
    package = Package.open(data)
    found = []
    for ref in package.sheets:
        if ref.kind != "worksheet":
            continue
        cells = package.cells(ref)
        theirs = values[ref.name]
        seen = {
            (c.row - 1, c.column - 1): c.value for row in theirs.iter_rows() for c in row
        } | dict.fromkeys(cells.held, None)
        for key in seen:
            value = theirs.cell(key[0] + 1, key[1] + 1).value
            formula = _formula(formulas[ref.name].cell(key[0] + 1, key[1] + 1))
            mine = cells.at(*key)
            if not _same(mine, value) or (cells.formula(*key) or "").strip() != formula:
                found.append(f"{ref.name} {key}: {mine!r} {value!r} {cells.formula(*key)!r}")
    return found


def _formula(cell: Any) -> str:
    held = cell.value
    if isinstance(held, ArrayFormula):
        held = held.text
    if isinstance(held, DataTableFormula) or cell.data_type != "f":
        return ""
    return str(held)[1:].strip()


def _same(mine: object, theirs: Any) -> bool:
    if theirs is None:
        return mine == ""
    if isinstance(theirs, CellRichText):  # what is struck out is no content
        theirs = "".join(str(t) for t in theirs if not (isinstance(t, TextBlock) and t.font.strike))
    if isinstance(theirs, bool):
        return mine is theirs
    if isinstance(theirs, int | float):
        return isinstance(mine, float) and abs(mine - theirs) <= 1e-9 * max(1, abs(theirs))
    if isinstance(theirs, datetime.datetime | datetime.date):
        return isinstance(mine, float) and abs(mine - to_excel(theirs)) < 1e-4
    if isinstance(theirs, datetime.time | datetime.timedelta):
        return isinstance(mine, float)
    # openpyxl decodes _x0041_ among shared strings, not within a cell
    return str(mine).replace("\r\n", "\n") in (theirs, unescaped(theirs))
