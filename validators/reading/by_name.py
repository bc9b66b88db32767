"""Finds a form's fields by the workbook's defined names, which move with their cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ...templates.a1 import Place, position
from ...templates.edition import Edition
from ..ooxml.workbook_part import WorkbookPart

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
