"""XML as spans of bytes: where each element begins and ends, so that edits touch nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from .stream import DoctypeError

JOURNAL = "xl/gouji.journal.json"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def legal(text: str) -> str:
    """Text with the characters that XML forbids replaced."""
    return _ILLEGAL.sub("\ufffd", text)


def escaped(text: str, limit: int = 32767) -> str:
    """Text for an XML element or attribute: illegal characters replaced, at most ``limit``."""
    clean = legal(text)[:limit]
    clean = clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return clean.replace('"', "&quot;")


_DEEPEST = 256  # elements within elements
_MOST = 3_000_000  # elements of one part
_KEPT = 400_000  # of which so many are kept: a node takes half a kilobyte


class TooMuchError(ValueError):
    """More elements than can be held, or too deep within one another."""


@dataclass(slots=True)
class Node:
    """One element: ``data[start:end]`` is all of it, ``data[open_end:close]`` its content."""

    tag: str
    attrs: dict[str, str]
    start: int
    open_end: int = 0
    close: int = 0
    end: int = 0
    children: list[Node] = field(default_factory=list)
    text: str = ""

    @property
    def local(self) -> str:
        """The name without its prefix."""
        return self.tag.rpartition(":")[2]

    @property
    def prefix(self) -> str:
        """The prefix with its colon, ``""`` when there is none."""
        head, colon, _ = self.tag.rpartition(":")
        return head + colon

    @property
    def empty(self) -> bool:
        """Whether it is written ``<a/>``."""
        return self.open_end == self.end

    def find(self, local: str) -> Node | None:
        """The first child of that name."""
        return next((c for c in self.children if c.local == local), None)

    def walk(self) -> Iterator[Node]:
        """The node and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def content(self) -> str:
        """All text at and below the node."""
        return self.text + "".join(c.content() for c in self.children)

    def attr(self, local: str) -> str:
        """An attribute by its name without prefix, ``""`` when it is not there."""
        return next((v for k, v in self.attrs.items() if k.rpartition(":")[2] == local), "")


def tree(data: bytes, skip: Callable[[str], bool] = lambda local: False) -> Node:
    """The root node of UTF-8 ``data``; the inside of elements that ``skip`` names is left out.

    Raises ``expat.ExpatError`` for broken XML, ``DoctypeError``, and ``TooMuchError``.
    """
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    top = Node("", {}, 0)
    stack, kept, tags = [top], [0], _Tags(data)
    hidden = count = 0

    def start(tag: str, attrs: dict[str, str]) -> None:
        nonlocal hidden, count
        count += 1
        if hidden:
            hidden += 1
        if len(stack) + hidden > _DEEPEST or count > _MOST:
            raise TooMuchError
        if hidden:
            return
        kept[0] += 1
        if kept[0] > _KEPT:
            raise TooMuchError
        node = Node(tag, attrs, parser.CurrentByteIndex)
        node.open_end = tags.end(node.start)
        stack[-1].children.append(node)
        stack.append(node)
        if skip(node.local):
            hidden = 1

    def end(tag: str) -> None:
        nonlocal hidden
        if hidden > 1:
            hidden -= 1
            return
        hidden = 0
        node = stack.pop()
        if data[node.open_end - 2] == 47:  # written <a/>
            node.close = node.end = node.open_end
        else:
            node.close = parser.CurrentByteIndex
            node.end = data.index(b">", node.close) + 1

    def text(content: str) -> None:
        if not hidden:
            stack[-1].text += content

    def doctype(*_: object) -> None:
        raise DoctypeError

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    parser.Parse(data, True)
    return top.children[0]


class _Tags:
    """Finds where start tags end, asked for one after the other from left to right.

    Linear for all of them together: each of the three characters is looked for only past where
    it was found before, a quote that never comes only once.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = dict.fromkeys((b">", b'"', b"'"), -1)

    def end(self, start: int) -> int:
        """The index after the ``>`` that ends the start tag at ``start``."""
        at = start
        while True:
            close, *quotes = (self._next(mark, at) for mark in self._at)
            first = min(quotes)
            if close < first:
                return close + 1
            if first == len(self._data):
                raise ValueError("a tag without an end")
            at = self._data.index(self._data[first : first + 1], first + 1) + 1

    def _next(self, mark: bytes, at: int) -> int:
        if self._at[mark] < at:
            found = self._data.find(mark, at)
            self._at[mark] = len(self._data) if found < 0 else found
        return self._at[mark]


def edited(data: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    """``data`` with each (start, end, replacement) carried out; they must not overlap."""
    pieces, at = [], 0
    for start, end, new in sorted(edits, key=lambda e: (e[0], e[1])):
        pieces += [data[at:start], new]
        at = end
    return b"".join([*pieces, data[at:]])


def appended(data: bytes, node: Node, inside: bytes) -> tuple[int, int, bytes]:
    """The edit that puts ``inside`` at the end of the node's content."""
    if not node.empty:
        return node.close, node.close, inside
    head = data[node.start : node.end - 2]
    return node.start, node.end, head + b">" + inside + f"</{node.tag}>".encode()


def with_count(data: bytes, node: Node, count: int) -> tuple[int, int, bytes] | None:
    """The edit that sets the node's ``count`` attribute, None when it has none."""
    head = data[node.start : node.open_end]
    for quote in (b'"', b"'"):
        at = head.find(b" count=" + quote)
        if at >= 0:
            first = node.start + at + 8
            last = data.index(quote, first)
            return first, last, str(count).encode()
    return None
