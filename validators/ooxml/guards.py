"""XML read for what a guard wants to know: its elements' attributes, how far its cells reach."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.parsers import expat


class DoctypeError(Exception):
    """The XML declares a DOCTYPE."""


_CACHED = 1 << 17  # bytes; the small parts of one distribution's workbooks are all alike


def _elements(data: bytes) -> tuple[tuple[str, dict[str, str]], ...]:
    found: list[tuple[str, dict[str, str]]] = []

    def doctype(*_: object) -> None:
        raise DoctypeError

    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attrs: found.append((tag, attrs))
    parser.StartDoctypeDeclHandler = doctype
    parser.Parse(data, True)
    return tuple(found)


_cached = lru_cache(maxsize=32)(_elements)


def elements(data: bytes) -> tuple[tuple[str, dict[str, str]], ...]:
    """Every element's tag and attributes, in order; raises ``DoctypeError`` or ``ExpatError``."""
    return _cached(data) if len(data) <= _CACHED else _elements(data)


# An address as every program writes it; and any attribute r that is more than AA999.
_ADDRESS = re.compile(rb"""\sr\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_SOUND = re.compile(rb"([A-Za-z]{0,3})(\d{1,7})\Z")
_FAR = re.compile(rb"""\sr\s*=\s*(?!["'][A-Z]{0,2}\d{1,3}["'])""")


def extent_of(xml: bytes) -> tuple[int, int] | None:
    """The last row and column that cells and rows of the sheet claim, None for a senseless one."""
    if not _FAR.search(xml):
        return 999, 702
    rows = cols = 1
    for double, single in set(_ADDRESS.findall(xml)):
        match = _SOUND.match(double or single)
        if match is None:
            return None
        column = 0
        for letter in match[1].upper():
            column = column * 26 + letter - 64
        rows, cols = max(rows, int(match[2])), max(cols, column)
    return (rows, cols) if rows <= 1048576 and cols <= 16384 else None


_COUNT = re.compile(rb"""ount\s*=\s*["']\s*\+?(\d{5,})""")


def overstated(xml: bytes) -> bool:
    """Whether a list declares more members than the part has bytes.

    Readers reserve room for as many as are declared.
    """
    return any(int(number[:19]) > len(xml) for number in _COUNT.findall(xml))
