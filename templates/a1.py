"""A1 arithmetic, the only one: cells are 0-based here, as XlsxWriter counts them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

ROWS, COLUMNS = 1_048_576, 16_384  # of a sheet in Excel
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})\Z", re.ASCII)


def column_name(col: int) -> str:
    """``A`` for 0, ``AA`` for 26."""
    name = ""
    col += 1
    while col:
        col, rest = divmod(col - 1, 26)
        name = chr(65 + rest) + name
    return name


def cell_name(row: int, col: int) -> str:
    """A1 notation of a 0-based cell.

    >>> cell_name(8, 9)
    'J9'
    """
    return f"{column_name(col)}{row + 1}"


def absolute(row: int, col: int) -> str:
    """The same as a reference that does not move: ``$J$9``."""
    return f"${column_name(col)}${row + 1}"


def column_index(letters: str) -> int:
    """0 for ``A``, 26 for ``AA``."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def position(cell: str) -> tuple[int, int] | None:
    """0-based (row, column) of an address, None when it is none.

    >>> position("J9")
    (8, 9)
    """
    match = _CELL.match(cell)
    if not match:
        return None
    row, column = int(match[2]) - 1, column_index(match[1].upper())
    return (row, column) if column < COLUMNS and row < ROWS else None


class Place(NamedTuple):
    """A cell of a workbook, or a whole sheet of it.

    ``row`` and ``column`` are 0-based, -1 for the whole sheet. Made from numbers; its A1 text is
    made when somebody asks for it.

    >>> Place("表三", 8, 3).cell, Place("表三").cell, Place.of("表三", "J9")
    ('D9', '', Place(sheet='表三', row=8, column=9))
    """

    sheet: str
    row: int = -1
    column: int = -1

    @classmethod
    def of(cls, sheet: str, cell: str = "") -> Place:
        """The place of an address in A1 notation; the whole sheet for any other text."""
        return cls(sheet, *(position(cell) or ()))

    @property
    def at(self) -> tuple[int, int]:
        """Row and column."""
        return self.row, self.column

    @property
    def cell(self) -> str:
        """The address in A1 notation, ``""`` for a sheet."""
        return "" if self.row < 0 else cell_name(self.row, self.column)

    @property
    def text(self) -> str:
        """``表三!J9``; the sheet alone for a sheet."""
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet


def ranges(cells: Sequence[tuple[int, int]]) -> str:
    """The cells as a list of A1 ranges, runs along a row or down a column joined.

    >>> ranges([(8, 3), (8, 4), (8, 5)])
    'D9:F9'
    """
    runs: list[list[tuple[int, int]]] = []
    for cell in cells:
        if runs:
            first, last = runs[-1][0], runs[-1][-1]
            along = first[0] == cell[0] and cell[1] == last[1] + 1 and last[0] == cell[0]
            down = first[1] == cell[1] and cell[0] == last[0] + 1 and last[1] == cell[1]
            if along or down:
                runs[-1].append(cell)
                continue
        runs.append([cell])
    texts: list[str] = []
    for run in runs:
        start, end = cell_name(*run[0]), cell_name(*run[-1])
        texts.append(start if start == end else f"{start}:{end}")
    return ",".join(texts)
