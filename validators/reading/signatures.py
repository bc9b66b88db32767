"""审签: the names, dates and codes that stand there."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ...templates.a1 import Place
from ...templates.signing import CODE, FIRST, HEADS, ROLES, SHEET
from ..report import Signature
from .grids import Grids
from .spelling import day_of, text_of


def signing_sheet(book: Grids, taken: Collection[str]) -> str:
    """The sheet of that name, or one that bears its heads, ``""`` for none.

    ``taken`` are sheets that are known to hold something else.
    """
    if SHEET in book.sheets:
        return SHEET
    return next((s for s in book.sheets if s not in taken and _bears_heads(book, s)), "")


def _bears_heads(book: Grids, sheet: str) -> bool:
    cells = book.cells(sheet).held
    rows = {row for row, _ in cells if row <= FIRST}
    heads = [[text_of(book.cells(sheet).at(row, c)) for c in range(len(HEADS))] for row in rows]
    return [*HEADS] in heads


def signatures(book: Grids, sheet: str) -> Iterator[Signature]:
    """Every line of the sheet with a role and a name, wherever the lines were moved."""
    for number, row in book.cells(sheet).rows():
        role, name, when, code = (row.get(c, "") for c in range(len(HEADS) - 1))
        if text_of(role) in ROLES and text_of(name):
            book.tell_formulas(sheet)
            day, stated = day_of(when), text_of(code)
            is_number = stated.isascii() and stated.isdigit()
            yield Signature(
                text_of(role),
                text_of(name),
                date=day.isoformat() if day else text_of(when),
                code=stated.zfill(6) if is_number else stated,
                place=Place(sheet, number, 3),
                formula=book.cells(sheet).formula(*CODE) or "",
            )
