"""A workbook as its readers see it, whichever road it came by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .by_label import SheetText
from .by_name import Names
from .formulas import CellXml


class Grids:
    """A workbook as its readers see it: sheets of values, names, and a look at single cells."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sheets: list[str] = []
        self._grids: dict[str, list[list[Any]]] = {}
        self._merges: dict[str, Any] = {}

    @property
    def names(self) -> Names:
        """The defined names that point at one cell."""
        raise NotImplementedError

    def load(self, sheet: str) -> list[list[Any]]:
        """The sheet's values from A1 on, ``""`` for an empty cell."""
        raise NotImplementedError

    def look(self, sheet: str, cells: Iterable[str]) -> dict[str, CellXml]:
        """Formula and error of single cells."""
        raise NotImplementedError

    def formula_cells(self, sheet: str) -> set[str] | None:
        """Addresses that surely hold a formula; None where the format does not show any."""
        raise NotImplementedError

    def grid(self, sheet: str) -> list[list[Any]]:
        """The sheet's values, loaded once."""
        if sheet not in self._grids:
            self._grids[sheet] = self.load(sheet)
        return self._grids[sheet]

    def text(self, sheet: str) -> SheetText:
        """The sheet's labels."""
        grid = self.grid(sheet)
        return SheetText(sheet, grid, self._merges.get(sheet, ()))

    def at(self, place: tuple[str, int, int]) -> Any:
        """The content of a cell, ``""`` outside what the sheet holds."""
        sheet, row, col = place
        if sheet not in self.sheets:
            return ""
        grid = self.grid(sheet)
        return grid[row][col] if row < len(grid) and col < len(grid[row]) else ""
