"""A workbook as its readers see it, whichever road it came by."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ...templates.a1 import Place
from ..ooxml.cells import Cells, Content, Key, Merge, cells_from
from ..ooxml.unseen import NONE, Unseen
from ..ooxml.workbook_part import MAC_EPOCH
from .by_name import Names
from .sheet_text import SheetText


class Grids:
    """A workbook as its readers see it: its sheets' cells and its names, each loaded once.

    ``sheets`` are those that hold cells, in the order of their tabs. ``formulas`` tells whether
    the format or the application shows formulas at all, ``manual`` whether the workbook computes
    only when it is told to, ``may_be_stale`` whether its formulas' results may be from before the
    last change, ``plain`` why values alone were read, without errors, names and
    formats: ``xlsb`` or ``damaged``.
    """

    formulas = True
    manual = False
    may_be_stale = False
    plain = ""
    engine_seconds: float = 0.0  # that computing its formulas took

    def __init__(self, name: str) -> None:
        self.name = name
        self.sheets: list[str] = []
        self._cells: dict[str, Cells] = {}
        self._texts: dict[str, SheetText] = {}

    @property
    def names(self) -> Names:
        """The defined names that point at one cell."""
        raise NotImplementedError

    @property
    def targets(self) -> Mapping[str, str]:
        """What the names of the whole workbook refer to."""
        return {n: f"'{p.sheet}'!{p.cell}" for n, p in self.names.cells.items()}

    def load(self, sheet: str) -> Cells:
        """The sheet's cells."""
        raise NotImplementedError

    def cells(self, sheet: str) -> Cells:
        """The sheet's cells, loaded once."""
        if sheet not in self._cells:
            self._cells[sheet] = self.load(sheet)
        return self._cells[sheet]

    def hidden(self, sheet: str) -> str:
        """``hidden`` or ``veryHidden`` where nobody sees the sheet, else nothing."""
        return self.cells(sheet).hidden

    def unseen(self, sheet: str) -> Unseen:
        """What of the sheet nobody sees, where a reader knows it."""
        return NONE

    def tell_formulas(self, sheet: str) -> None:
        """Makes sure that the cells of ``sheet`` know their formulas: some roads ask for them."""

    def tell_merges(self, sheet: str) -> None:
        """Makes sure that the cells of ``sheet`` know what is merged: some roads ask for it."""

    def tell_looks(self, sheet: str, keys: Collection[Key]) -> None:
        """Makes sure that the cells at ``keys`` know their number formats and what covers them."""

    def text(self, sheet: str) -> SheetText:
        """The sheet's labels."""
        if sheet not in self._texts:
            self.tell_merges(sheet)
            self._texts[sheet] = SheetText(sheet, self.cells(sheet), self.hidden(sheet))
        return self._texts[sheet]

    def at(self, place: Place) -> Content:
        """The content of a cell, ``""`` where there is none."""
        return self.cells(place.sheet).at(*place.at) if place.sheet in self.sheets else ""


__all__ = ["MAC_EPOCH", "Cells", "Content", "Grids", "Key", "Merge", "cells_from"]
