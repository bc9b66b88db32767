"""Finds a form's fields by the workbook's defined names, which move with their cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

_NAME = re.compile(rb"<(?:\w+:)?definedName\s([^>]*?)>([^<]*)</(?:\w+:)?definedName>")
_ATTR = re.compile(r'\bname="([^"]*)"')
_CELL = re.compile(r"^(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?(\d{1,7})$")


@dataclass(frozen=True)
class Names:
    """The workbook's names that point at one cell, and those whose cell was deleted."""

    cells: dict[str, tuple[str, int, int]]
    broken: tuple[str, ...]


@lru_cache(maxsize=64)
def names_of(workbook_xml: bytes) -> Names:
    """The defined names of ``xl/workbook.xml`` that begin with ``gj_`` or ``gouji_``.

    Cached: the workbooks of one distribution share this part byte for byte.
    """
    cells: dict[str, tuple[str, int, int]] = {}
    broken = []
    for attributes, content in _NAME.findall(workbook_xml):
        found = _ATTR.search(attributes.decode("utf-8", "replace"))
        if not found or not found[1].startswith(("gj_", "gouji_")):
            continue
        target = unescape(content.decode("utf-8", "replace"))
        match = _CELL.match(target.strip())
        if match:
            sheet = match[1].replace("''", "'") if match[1] else match[2]
            cells[found[1]] = (sheet, int(match[4]) - 1, column_index(match[3]))
        elif "#REF!" in target:
            broken.append(found[1])
    return Names(cells, tuple(broken))


def column_index(letters: str) -> int:
    """0 for ``A``, 26 for ``AA``."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
