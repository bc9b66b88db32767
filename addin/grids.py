"""An open book as the reader wants it: its names as pairs, its formulas as one grid a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..templates.a1 import position
from ..validators.reading import CellXml, Grids, Names, names_from

OUR_NAMES = ("gj_", "gouji_")


class OpenGrids(Grids):
    """What every open book has in common, whoever shows it."""

    def pairs(self) -> Iterable[tuple[str, str]]:
        """Every defined name with what it refers to, without ``=``."""
        raise NotImplementedError

    def formula_grid(self, sheet: str) -> Sequence[Sequence[Any]] | None:
        """The sheet's formulas from A1, text that begins with ``=``; None where none are told."""
        raise NotImplementedError

    @property
    def names(self) -> Names:
        """The defined names that point at one cell."""
        return names_from(pair for pair in self.pairs() if pair[0].startswith(OUR_NAMES))

    def look(self, sheet: str, cells: Iterable[str]) -> dict[str, CellXml]:
        """Which of ``cells`` hold a formula."""
        grid = self.formula_grid(sheet) or ()
        found = {}
        for cell in cells:
            row, column = position(cell) or (0, 0)
            inside = row < len(grid) and column < len(grid[row])
            text = str(grid[row][column]) if inside else ""
            found[cell] = CellXml(text[1:] if text.startswith("=") else None, "")
        return found

    def formula_cells(self, sheet: str) -> set[str] | None:
        """None where no formulas are told; else ``look`` tells each."""
        return None if self.formula_grid(sheet) is None else set()
