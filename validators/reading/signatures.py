"""审签: the names, dates and codes that stand there."""

from __future__ import annotations

from collections.abc import Iterator

from ...templates.a1 import Place
from ...templates.signing import CODE, HEADS, ROLES, SHEET
from ..report import Signature
from .grids import Content, Grids
from .shown import day_of, text_of


def signatures(book: Grids) -> Iterator[Signature]:
    """Every line of the sheet with a role and a name, wherever the lines were moved."""
    for number, row in book.cells(SHEET).rows():
        role, name, when, code = (row.get(c, "") for c in range(len(HEADS) - 1))
        if text_of(role) in ROLES and text_of(name):
            place = Place(SHEET, number, 3)
            yield Signature(
                text_of(role), text_of(name), _date(when), _code(code), place, _formula(book)
            )


def _formula(book: Grids) -> str:
    book.tell_formulas(SHEET)
    return book.cells(SHEET).formula(*CODE) or ""


def _date(value: Content) -> str:
    """A day as it is written, or from the number that a spreadsheet keeps for it."""
    day = day_of(value)
    return day.isoformat() if day else text_of(value)


def _code(value: Content) -> str:
    text = text_of(value)
    return text.zfill(6) if text.isascii() and text.isdigit() else text
