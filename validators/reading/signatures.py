"""审签: the names, dates and codes that stand there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from ...templates.a1 import cell_name
from ...templates.signing import HEADS, ROLES, SHEET
from ..report import Place, Signature
from .grids import Grids

_EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet
_DAYS = range(36526, 73051)  # years 2000 to 2099


def signatures(book: Grids) -> Iterator[Signature]:
    """Every line of the sheet with a role and a name, wherever the lines were moved."""
    for number, row in book.cells(SHEET).rows():
        role, name, when, code = (row.get(c, "") for c in range(len(HEADS) - 1))
        if _text(role) in ROLES and _text(name):
            place = Place(SHEET, cell_name(number, 3))
            yield Signature(_text(role), _text(name), _date(when), _code(code), place)


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _date(value: Any) -> str:
    """A day as it is written, or from the number that a spreadsheet keeps for it."""
    if isinstance(value, float) and int(value) in _DAYS:
        return (_EPOCH + timedelta(days=int(value))).isoformat()
    return _text(value)


def _code(value: Any) -> str:
    text = _text(value)
    return text.zfill(6) if text.isascii() and text.isdigit() else text
