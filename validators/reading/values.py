"""What stands in each field's cell, and how it stands there."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ...templates.a1 import cell_name, column_index
from ...templates.edition import Edition
from ..report import ABSENT, Place, Standing, Value
from .grids import Grids
from .spelling import LARGEST, reading

_ERRORS = {"#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!"}


def values_of(
    book: Grids,
    edition: Edition,
    cells: Mapping[str, tuple[str, int, int]],
    *,
    totals_formulas: bool,
) -> dict[str, Value]:
    """The value of every field, ABSENT where ``cells`` has no place for it.

    With ``totals_formulas`` it is also looked up whether the totals are formulas.
    """
    values: dict[str, Value] = {}
    doubtful: dict[str, list[str]] = {}
    totals = edition.totals if totals_formulas else {}
    grids = {sheet: book.grid(sheet) for sheet in {at[0] for at in cells.values()}}
    for key in edition.fields:
        at = cells.get(key)
        if at is None:
            values[key] = ABSENT
            continue
        sheet, row, column = at
        grid = grids[sheet]
        inside = row < len(grid) and column < len(grid[row])
        value = _value(grid[row][column] if inside else "", _place(at))
        values[key] = value
        if value.standing is Standing.BLANK or key in totals:
            doubtful.setdefault(sheet, []).append(key)
    for sheet, keys in doubtful.items():
        _look_closer(book, sheet, keys, values)
    _compute_own_totals(edition, values)
    return values


@lru_cache(maxsize=4096)
def _place(at: tuple[str, int, int]) -> Place:
    return Place(at[0], cell_name(at[1], at[2]))


@lru_cache(maxsize=65536)
def _whole(number: float, place: Place) -> Value:
    """A small whole number, as most are: the same value at the same place is one object."""
    return Value(Standing.NUMBER, number, str(int(number)), place)


def _value(content: Any, place: Place) -> Value:
    if type(content) is float and -1000 < content < 10000 and content.is_integer():
        return _whole(content, place)
    if isinstance(content, bool):
        return Value(Standing.TEXT, None, "TRUE" if content else "FALSE", place)
    if isinstance(content, float | int):
        number = float(content)
        if not abs(number) < LARGEST:  # also infinity and NaN
            return Value(Standing.TEXT, None, repr(content)[:60], place)
        shown = str(int(number)) if number.is_integer() else repr(number)
        return Value(Standing.NUMBER, number, shown, place)
    if isinstance(content, str) and content in _ERRORS:
        return Value(Standing.ERROR, None, content, place)
    if isinstance(content, str):
        standing, read_as = reading(content)
        return Value(standing, read_as, content.strip()[:60], place)
    if isinstance(content, datetime.date | datetime.time | datetime.timedelta):
        return Value(Standing.TEXT, None, str(content), place)
    return Value(Standing.TEXT, None, str(content)[:60], place)


def _look_closer(book: Grids, sheet: str, keys: Sequence[str], values: dict[str, Value]) -> None:
    """Blank for calamine: an error value, a formula without a value, or truly blank?"""
    places = {k: p.cell for k in keys if (p := values[k].place) is not None}
    known = book.formula_cells(sheet)
    if known is None:
        return
    for key, cell in list(places.items()):
        value = values[key]
        if value.standing is not Standing.BLANK and cell in known:
            values[key] = Value(value.standing, value.number, value.shown, value.place, True)
            del places[key]
    seen = book.look(sheet, places.values())
    for key, cell in places.items():
        value, inside = values[key], seen[cell]
        has_formula = inside.formula is not None
        if value.standing is Standing.BLANK and inside.error:
            standing, shown = Standing.ERROR, inside.error
        elif value.standing is Standing.BLANK and has_formula:
            standing, shown = Standing.FORMULA, "=" + (inside.formula or "")
        else:
            standing, shown = value.standing, value.shown
        values[key] = Value(standing, value.number, shown, value.place, has_formula)


def _compute_own_totals(edition: Edition, values: dict[str, Value]) -> None:
    """A total's formula without a stored value that is the template's own is computed here."""
    for _ in range(3):  # a total of totals needs a second round
        for key, parts in edition.totals.items():
            value = values[key]
            if value.standing is not Standing.FORMULA or not _is_own(value.shown, parts, values):
                continue
            numbers = [values[p].number for p in parts if values[p].standing is Standing.NUMBER]
            blanks = sum(values[p].standing is Standing.BLANK for p in parts)
            if len(numbers) + blanks == len(parts):
                total = sum(n for n in numbers if n is not None)
                values[key] = Value(Standing.NUMBER, total, f"{total:g}", value.place, True)


def _is_own(formula: str, parts: Iterable[str], values: Mapping[str, Value]) -> bool:
    """Whether ``formula`` is a SUM over exactly the cells of ``parts``."""
    match = re.fullmatch(r"=SUM\(([A-Z0-9:$,;]+)\)", formula.replace(" ", ""), re.IGNORECASE)
    if not match:
        return False
    summed: set[str] = set()
    for area in re.split("[,;]", match[1].replace("$", "").upper()):
        ends = re.fullmatch(r"([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?", area)
        if not ends:
            return False
        left, top, right, bottom = (
            ends[1],
            int(ends[2]),
            ends[3] or ends[1],
            int(ends[4] or ends[2]),
        )
        if bottom - top > 200 or len(left) > 2 or len(right) > 2:
            return False
        from_col, to_col = column_index(left), column_index(right)
        summed |= {
            cell_name(r - 1, c) for r in range(top, bottom + 1) for c in range(from_col, to_col + 1)
        }
    return summed == {p.cell for k in parts if (p := values[k].place)}
