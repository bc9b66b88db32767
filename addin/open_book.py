"""An open book, seen through the xlwings object model, as the reader wants a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .grids import OpenGrids

_OURS = ("gj_", "gouji_")


class LiveBook(OpenGrids):
    """The values and names of an ``xlwings.Book``, unsaved edits included.

    Each sheet's values come in one call, and where the engine can tell them, the formulas of a
    sheet in one more. ``calls`` counts both.
    """

    def __init__(self, book: Any) -> None:
        super().__init__(str(book.name))
        self.book = book
        self.sheets = [sheet.name for sheet in book.sheets]
        self.calls = 0
        self._formulas: dict[str, list[list[str]] | None] = {}

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Our defined names; what others refer to is not asked for, each answer takes a call."""
        for name in self.book.names:
            if name.name.startswith(_OURS):
                yield name.name, (name.refers_to or "#REF!").removeprefix("=")

    def values(self, sheet: str) -> list[list[Any]]:
        """The sheet's values from A1 to the last used cell, errors as ``#REF!`` and its kind."""
        self.calls += 1
        last = self.book.sheets[sheet].used_range.last_cell
        area = self.book.sheets[sheet].range((1, 1), (last.row, last.column))
        values = area.options(ndim=2, err_to_str=True).value
        return [["" if v is None else v for v in row] for row in values]

    def formula_grid(self, sheet: str) -> list[list[str]] | None:
        """The sheet's formulas, asked for once; None where the engine sends none."""
        if sheet not in self._formulas:
            self._formulas[sheet] = self._all_formulas(sheet)
        return self._formulas[sheet]

    def _all_formulas(self, sheet: str) -> list[list[str]] | None:
        try:
            self.calls += 1
            last = self.book.sheets[sheet].used_range.last_cell
            formulas = self.book.sheets[sheet].range((1, 1), (last.row, last.column)).formula
        except NotImplementedError:  # the remote engine sends no formulas
            return None
        if isinstance(formulas, str):
            return [[formulas]]
        return [list(row) for row in formulas]
