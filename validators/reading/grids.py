"""A workbook as its readers see it, whichever road it came by: cells, and names of one cell."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ...templates.a1 import Place, position
from ...templates.edition import Edition
from ..ooxml.cells import Cells, Content, Key, Merge, cells_from
from ..ooxml.unseen import NONE, Unseen
from ..ooxml.workbook_part import MAC_EPOCH, WorkbookPart
from .sheet_text import SheetText

OURS = ("gj_", "gouji_")


@dataclass(frozen=True, eq=False)
class Names:
    """The workbook's names that point at one cell, and those whose cell was deleted.

    Only names of the whole workbook count: those that a copied sheet brings along hold on that
    sheet alone, and ``copies`` has the indexes of such sheets. Compared by identity: the names
    of one distribution are one object.
    """

    cells: dict[str, Place]
    broken: tuple[str, ...]
    copies: frozenset[int] = frozenset()


@lru_cache(maxsize=64)
def names_of(book: WorkbookPart) -> Names:
    """The defined names that begin with ``gj_`` or ``gouji_``."""
    pairs = [(n.name, n.target) for n in book.names if n.sheet is None]
    local = {n.sheet for n in book.names if n.sheet is not None and n.name.startswith("gj_")}
    return names_from(pairs, frozenset(i for i in local if i is not None))


@lru_cache(maxsize=64)
def fields_of(names: Names, edition: Edition) -> Mapping[str, Place]:
    """The edition's fields that have a name: by key."""
    return {
        key: names.cells[field.name]
        for key, field in edition.fields.items()
        if field.name in names.cells
    }


def names_from(pairs: Iterable[tuple[str, str]], copies: frozenset[int] = frozenset()) -> Names:
    """Our names among (name, what it refers to without ``=``); the first of one name counts."""
    cells: dict[str, Place] = {}
    broken = []
    for name, target in pairs:
        if not name.startswith(OURS) or name in cells:
            continue
        at = _cell(target.strip())
        if at is not None:
            cells[name] = at
        elif "#REF!" in target:
            broken.append(name)
    return Names(cells, tuple(broken), copies)


def _cell(target: str) -> Place | None:
    """Sheet, row and column of ``'表三'!$D$7``; None for anything but one cell."""
    sheet, bang, address = target.rpartition("!")
    if len(sheet) > 1 and sheet[0] == sheet[-1] == "'":
        sheet = sheet[1:-1].replace("''", "'")
    at = position(address.replace("$", "")) if bang and sheet and address.isupper() else None
    return Place(sheet, *at) if at is not None else None


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
