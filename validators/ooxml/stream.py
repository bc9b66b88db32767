"""XML read as a stream by expat: every element counted, nothing expanded, nothing kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.parsers import expat

from .limits import Budget

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
    mixed: bool = False,
) -> None:
    """Calls ``start(depth, local name, attributes)``, ``end(depth, local name)``, ``text``.

    The root has depth 1; names come without their prefix, those of another namespace than the
    root's as ``""``. ``mixed``: the document is made of several namespaces, and attributes keep
    their prefix. Raises ``DoctypeError``, ``ExpatError`` or ``ValueError`` for XML that is
    broken, ``InputError`` from the budget.
    """
    parser = expat.ParserCreate(namespace_separator=None if mixed else ":")
    parser.buffer_text = True
    depth, own = 0, ""

    def name(tag: str) -> str:
        space, _, local = tag.rpartition(":")
        return local if mixed or space == own else ""

    def opened(tag: str, attrs: dict[str, str]) -> None:
        nonlocal depth, own
        depth += 1
        budget.spend(1)
        if depth == 1:
            own = tag.rpartition(":")[0]
        elif depth > budget.depth:
            raise budget.too_deep()
        start(depth, name(tag), attrs)

    def closed(tag: str) -> None:
        nonlocal depth
        if end is not None:
            end(depth, name(tag))
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
