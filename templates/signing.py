"""审签: who signed what, bound to the numbers by a short code that the sheet computes itself.

The code is six digits: each number, in ten-thousandths, times the weight of its field, added up
modulo a prime. Any one number changed changes it, and so do any two, each changed by up to 20 of
its smallest unit. It tells what was changed since; it is no signature.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING

from .a1 import absolute
from .edition import Edition
from .layout import Layout, SheetLayout, layout_of
from .styles import Styles, new_sheet
from .words import SIGNING

if TYPE_CHECKING:
    import xlsxwriter

SHEET = SIGNING
HEADS = ("审次", "姓名", "日期", "签时摘要码", "意见")
ROLES = ("初审", "复审", "终审")
FIRST = 5  # the 0-based row of the first role
CODE = (2, 1)  # the 0-based row and column of today's code
PRIME = 999_983
NEAR = 20  # smallest units: two changes up to that size never cancel each other
_PARTS = 10_000  # numbers count to four decimals
_LONGEST = 8192  # characters of a formula: Excel allows no more
# What versions before 0.2 wrote: a number's weight by its row and column, a scale for its table.
_BY_PLACE = re.compile(
    r"\(ROW\([^()]*\)-(\d{1,6})\)\*(\d{1,6})\+\(COLUMN\([^()]*\)-(\d{1,6})\)\*(\d{1,6})\)"
    r"\*(\d{1,6})[,;]0\)"
)
_BY_FIELD = re.compile(r"\{([\d,;|]*)\}")


def code_of(edition: Edition, numbers: Mapping[str, float | None], formula: str = "") -> str:
    """The six digits for the numbers of a report; a blank counts as 0.

    ``formula`` is the one by which the workbook makes its code, without ``=``: its numbers are
    judged by the weights that it states. Without one, or one that states none for this edition,
    the weights are those of ``weights_of``.

    >>> from gouji.templates.edition import load
    >>> code_of(load("2021"), {"t3.new.natural": 1.0})
    '894887'
    """
    layout = layout_of(edition)
    stated = formula[:_LONGEST]
    for sheet in layout.sheets:
        stated = stated.replace(sheet.table.sheet, "")
    by_place = _BY_PLACE.findall(stated.replace(" ", ""))
    if len(by_place) == len(layout.sheets):
        terms = [tuple(map(int, term)) for term in by_place]
        return f"{_code_by_place(layout, numbers, terms) % PRIME:06d}"
    weights = _stated(layout, stated) or weights_of(edition)
    units = {key: _whole((numbers.get(key) or 0.0) * _PARTS) for key in weights}
    total = sum(units[key] % PRIME * weight for key, weight in weights.items())
    return f"{total % PRIME:06d}"


def weights_of(edition: Edition) -> Mapping[str, int]:
    """The weight of every field, from 1 up to below ``PRIME``."""
    kinds = ((key, edition.fields[key].kind) for key in layout_of(edition).cells)
    return _drawn(tuple((key, 1 if kind == "amount" else _PARTS) for key, kind in kinds))


@lru_cache(maxsize=8)
def _drawn(fields: tuple[tuple[str, int], ...]) -> Mapping[str, int]:
    """Weights for keys and smallest units that count (in ten-thousandths), drawn in this order.

    A weight is drawn again while a small change of its field would cancel one of an earlier field.
    """
    weights: dict[str, int] = {}
    taken: set[int] = set()  # what small changes of the earlier fields add, and take away
    for key, unit in fields:
        for weight in _draws(key):
            steps = {n * unit * weight % PRIME for n in range(1, NEAR + 1)}
            if taken.isdisjoint(steps):
                break
        weights[key] = weight
        taken |= steps | {PRIME - step for step in steps}
    return weights


def _draws(key: str) -> Iterator[int]:
    for number in count():
        yield int(sha256(f"{key} {number}".encode()).hexdigest(), 16) % (PRIME - 1) + 1


def code_formula(layout: Layout) -> str:
    """The same as an array formula of the sheet, without ``=``."""
    weights = weights_of(layout.edition)
    terms = []
    for sheet in layout.sheets:
        top, left, bottom, right = _area(sheet)
        span = f"'{sheet.table.sheet}'!{absolute(top, left)}:{absolute(bottom, right)}"
        at = {(row, col): weights[key] for key, (row, col, _) in sheet.cells.items()}
        rows = (
            ",".join(str(at.get((row, col), 0)) for col in range(left, right + 1))
            for row in range(top, bottom + 1)
        )
        units = f"ROUND(IF(ISNUMBER({span}),{span},0)*{_PARTS},0)"
        terms.append(f"SUM(MOD(MOD({units},{PRIME})*{{{';'.join(rows)}}},{PRIME}))")
    return f"MOD({'+'.join(terms)},{PRIME})"


def _stated(layout: Layout, formula: str) -> Mapping[str, int] | None:
    """The weights of a formula as ``code_formula`` makes it; None for any other."""
    found = [[int(n) for n in re.findall(r"\d+", listed)] for listed in _BY_FIELD.findall(formula)]
    weights: dict[str, int] = {}
    for sheet, numbers in zip(layout.sheets, found, strict=False):
        top, left, bottom, right = _area(sheet)
        if len(numbers) != (bottom - top + 1) * (right - left + 1):
            return None
        for key, (row, col, _) in sheet.cells.items():
            weights[key] = numbers[(row - top) * (right - left + 1) + col - left]
    return weights if len(found) == len(layout.sheets) and all(weights.values()) else None


def _code_by_place(
    layout: Layout, numbers: Mapping[str, float | None], terms: list[tuple[int, ...]]
) -> int:
    """The code as versions before 0.2 made it; a term has top, down, left, across and scale."""
    total = 0
    for sheet, (top, down, left, across, scale) in zip(layout.sheets, terms, strict=True):
        added = sum(
            (numbers.get(key) or 0.0) * ((row + 1 - top) * down + (col + 1 - left) * across)
            for key, (row, col, _) in sheet.cells.items()
        )
        total += _whole(added * scale) % PRIME
    return total


def _whole(number: float) -> int:
    """Half away from zero, as a spreadsheet rounds; 0 for what is too large for a number."""
    if number in (float("inf"), float("-inf")):
        return 0
    return int(number + 0.5) if number >= 0 else -int(0.5 - number)


def write_signing(
    book: xlsxwriter.Workbook, styles: Styles, layout: Layout, shown: Mapping[str, float]
) -> None:
    """The sheet: today's code, and a line for each of the three who sign.

    ``shown`` are the numbers by field, of which the code is made.
    """
    ws = new_sheet(book, SHEET, (16, 18, 18, 18, 44))
    ws.set_row(0, 30)
    ws.merge_range(0, 0, 0, len(HEADS) - 1, "审签（初审、复审、终审）", styles.title)
    ws.write_string(CODE[0], 0, "现在的摘要码", styles.cover_label)
    number = int(code_of(layout.edition, shown))
    code = book.add_format({"num_format": "000000", "border": 1, "locked": True})
    typed = book.add_format({"num_format": "000000", "border": 1, "locked": False})
    ws.write_array_formula(*CODE, *CODE, code_formula(layout), code, number)
    hint = "签名时把它抄到“签时摘要码”；签后改了数，校验会提示重新审签。"
    ws.write_string(CODE[0], 2, hint, styles.hint)
    for column, head in enumerate(HEADS):
        ws.write_string(FIRST - 1, column, head, styles.head)
    for row, role in enumerate(ROLES, FIRST):
        ws.set_row(row, 26)
        ws.write_string(row, 0, role, styles.label)
        for column in range(1, len(HEADS)):
            ws.write_blank(row, column, None, typed if column == 3 else styles.cover_input)
    asked = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": PRIME}
    wrong = {"error_title": "摘要码", "error_message": "抄上面的“现在的摘要码”，六位数字。"}
    ws.data_validation(FIRST, 3, FIRST + len(ROLES) - 1, 3, asked | wrong)
    ws.protect("", {"format_rows": True})


def _area(sheet: SheetLayout) -> tuple[int, int, int, int]:
    rows = [row for row, _, _ in sheet.cells.values()]
    columns = [col for _, col, _ in sheet.cells.values()]
    return min(rows), min(columns), max(rows), max(columns)
