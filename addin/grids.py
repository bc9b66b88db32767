"""An open book as the reader wants it: its names as pairs, its formulas as one grid a sheet.

What is merged and how numbers are shown is asked of an application that has one answer for an area
that is all alike and none for any other. So an area is cut until each part has one: columns first,
since tables are alike downwards.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from ..templates.a1 import cell_name, position
from ..validators.reading import Cells, Grids, Key, Merge, Names, cells_from, names_from

T = TypeVar("T")
MOST = 2000  # questions about one sheet


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


def alike(area: Merge, ask: Callable[[Merge], T | None]) -> Iterator[tuple[Merge, T]]:
    """The parts of ``area`` that have one answer, with it; ``ask`` gives None where there is none.

    What would take more than ``MOST`` questions is left out.
    """
    waiting = [area]
    for _ in range(MOST):
        if not waiting:
            return
        part = waiting.pop()
        (top, left), (bottom, right) = part
        answer = ask(part)
        if answer is not None:
            yield part, answer
        elif left < right:
            middle = (left + right) // 2
            waiting += [((top, middle + 1), (bottom, right)), ((top, left), (bottom, middle))]
        elif top < bottom:
            middle = (top + bottom) // 2
            waiting += [((middle + 1, left), (bottom, right)), ((top, left), (middle, right))]


def merged(
    area: Merge, ask: Callable[[Merge], bool | None], whole: Callable[[tuple[int, int]], Merge]
) -> list[Merge]:
    """The merged ranges that ``area`` meets; ``whole`` tells the one that a cell belongs to."""
    found: list[Merge] = []

    def known(part: Merge) -> bool | None:
        (top, left), (bottom, right) = part
        inside = any(
            r0 <= top and bottom <= r1 and c0 <= left and right <= c1
            for (r0, c0), (r1, c1) in found
        )
        answer = False if inside else ask(part)
        if answer and (top, left) == (bottom, right):
            found.append(whole((top, left)))
        return None if answer and (top, left) != (bottom, right) else answer

    for _ in alike(area, known):
        pass
    return found
