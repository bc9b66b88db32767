"""Finds a form's fields by the workbook's defined names, which move with their cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from ...templates.a1 import column_index
from ...templates.edition import Edition

_NAME = re.compile(rb"<(?:\w+:)?definedName\s([^>]*?)>([^<]*)</(?:\w+:)?definedName>")
_ATTR = re.compile(r'\bname="([^"]*)"')
_CELL = re.compile(r"^(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?(\d{1,7})$")


@dataclass(frozen=True, eq=False)
class Names:
    """The workbook's names that point at one cell, and those whose cell was deleted.

    Compared by identity: the names of one distribution are one object.
    """

    cells: dict[str, tuple[str, int, int]]
    broken: tuple[str, ...]


@lru_cache(maxsize=64)
def names_of(workbook_xml: bytes) -> Names:
    """The defined names of ``xl/workbook.xml`` that begin with ``gj_`` or ``gouji_``.

    Cached: the workbooks of one distribution share this part byte for byte.
    """
    pairs = []
    for attributes, content in _NAME.findall(workbook_xml):
        found = _ATTR.search(attributes.decode("utf-8", "replace"))
        if found and found[1].startswith(("gj_", "gouji_")):
            pairs.append((found[1], unescape(content.decode("utf-8", "replace"))))
    return names_from(pairs)


@lru_cache(maxsize=64)
def fields_of(names: Names, edition: Edition) -> Mapping[str, tuple[str, int, int]]:
    """The edition's fields that have a name: key → (sheet, row, column)."""
    return {
        key: names.cells[field.name]
        for key, field in edition.fields.items()
        if field.name in names.cells
    }


def names_from(pairs: Iterable[tuple[str, str]]) -> Names:
    """The names among (name, what it refers to without ``=``)."""
    cells: dict[str, tuple[str, int, int]] = {}
    broken = []
    for name, target in pairs:
        match = _CELL.match(target.strip())
        if match:
            sheet = match[1].replace("''", "'") if match[1] else match[2]
            cells[name] = (sheet, int(match[4]) - 1, column_index(match[3]))
        elif "#REF!" in target:
            broken.append(name)
    return Names(cells, tuple(broken))
