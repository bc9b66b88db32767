"""XML read as a stream by expat: every element counted, nothing expanded, nothing kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.parsers import expat

from .budget import Budget

Start = Callable[[int, str, dict[str, str]], None]
End = Callable[[int, str], None]
# What OOXML allows, and what expat itself knows; any other would be decoded by a table.
_ENCODINGS = {"UTF-8", "UTF-16", "US-ASCII", "ISO-8859-1"}


class DoctypeError(Exception):
    """The XML declares a DOCTYPE."""


def parse(
    chunks: Iterable[bytes],
    budget: Budget,
    start: Start,
    end: End | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Calls ``start(depth, local name, attributes)``, ``end(depth, local name)``, ``text``.

    The root has depth 1; names come without their prefix. Raises ``DoctypeError``,
    ``ExpatError`` or ``ValueError`` for XML that is broken, ``InputError`` from the budget.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0

    def opened(tag: str, attrs: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        budget.spend(1)
        if depth > budget.depth:
            raise budget.too_deep()
        start(depth, tag.rpartition(":")[2], attrs)

    def closed(tag: str) -> None:
        nonlocal depth
        if end is not None:
            end(depth, tag.rpartition(":")[2])
        depth -= 1

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    if text is not None:
        parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse
    parser.XmlDeclHandler = _declared
    for chunk in chunks:
        budget.tick()
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _refuse(*_: object) -> None:
    raise DoctypeError


def _declared(version: str, encoding: str | None, standalone: int) -> None:
    if encoding and encoding.upper() not in _ENCODINGS:
        raise ValueError(f"encoding {encoding[:20]!r}")
