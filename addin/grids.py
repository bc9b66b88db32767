"""An open book as the reader wants it: its names as pairs, its formulas as one grid a sheet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from ..templates.a1 import cell_name, position
from ..validators.reading import Cells, Grids, Key, Merge, Names, cells_from, names_from


class OpenGrids(Grids):
    """What every open book has in common, whoever shows it.

    ``epoch``: days from 1899-12-30 to the day 0 of its dates.
    """

    epoch = 0

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._told: set[str] = set()
        self._names: Names | None = None

    def pairs(self) -> Iterable[tuple[str, str]]:
        """Every defined name of the workbook with what it refers to, without ``=``."""
        raise NotImplementedError

    def values(self, sheet: str) -> Sequence[Sequence[Any]]:
        """The sheet's contents from A1 on, ``""`` or None for an empty cell."""
        raise NotImplementedError

    def formula_grid(self, sheet: str) -> Sequence[Sequence[Any]] | None:
        """The sheet's formulas from A1, text that begins with ``=``; None where none are told."""
        raise NotImplementedError

    def merges(self, sheet: str) -> Sequence[Merge]:
        """The sheet's merged ranges, where they are told with its contents."""
        return ()

    def formats(self, sheet: str, keys: Collection[Key]) -> Sequence[tuple[Merge, str]]:
        """Areas that ``keys`` stand in, with the code of their number format."""
        return ()

    def area(self, sheet: str, cell: str) -> tuple[str, str]:
        """The cell to mark for ``cell``, twice: the first of the merged range that covers it.

        A format on it colours all of the range, and no other cell of it takes a note.
        """
        at = position(cell)
        for top, end in self.cells(sheet).merges:
            if at is not None and top[0] <= at[0] <= end[0] and top[1] <= at[1] <= end[1]:
                cell = cell_name(*top)
        return cell, cell

    @property
    def names(self) -> Names:
        """The defined names that point at one cell."""
        if self._names is None:
            self._names = names_from(self.pairs())
        return self._names

    def load(self, sheet: str) -> Cells:
        """The sheet's cells."""
        cells = cells_from(self.values(sheet))
        cells.merges = self.merges(sheet)
        if self.epoch:
            cells.count_from(self.epoch)
        return cells

    def tell_formulas(self, sheet: str) -> None:
        """Asks the application once for the formulas of a sheet."""
        if sheet in self._told:
            return
        self._told.add(sheet)
        formulas = self.formula_grid(sheet)
        self.formulas: bool = self.formulas and formulas is not None
        self.cells(sheet).add_formulas(formulas or ())

    def tell_looks(self, sheet: str, keys: Collection[Key]) -> None:
        """Asks the application for the number formats at ``keys``."""
        self.cells(sheet).add_formats(keys, self.formats(sheet, keys))
