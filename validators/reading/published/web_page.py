"""A web page (.html, .htm, or saved whole as .mht): lxml shows its texts and tables."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

from ....templates.errors import InputError
from ...ooxml.limits import Limits
from ..other_formats import in_child
from .bounds import TAGS, bounded, too_long
from .decoding import decoded, load
from .elsewhere import shows_a_table
from .grid_tables import Part, lines
from .look import Look, joined, typed
from .tokens import Line

_BLOCKS = {
    *("p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article"),
    *("tr", "td", "th", "table", "tbody", "thead", "tfoot", "caption", "center", "dd", "dt", "hr"),
    *("header", "footer", "main", "pre", "blockquote", "form", "body", "html"),
}
_DEEP = 400  # elements within elements that are followed
_PAGES = 100  # of an .mht that are looked into
_TITLE = re.compile(r"<title[^<>]*>([^<]{0,300})</title", re.IGNORECASE)


def lines_of(path: Path) -> list[Line]:
    """The page's texts and the rows of its tables; ``InputError`` when it cannot be read."""
    data, name = load(path), str(path)
    if not _is_saved_whole(data):
        return lines(parts_of(decoded(data, name), name))
    shown: list[Line] = [Line(1, "", ())]
    for parts in _told(read_saved, data, name):
        shown = lines(parts)
        if shows_a_table(shown):
            break
    return shown


def pages_of(path: Path) -> list[str]:
    """The markup of a page; of several where they were saved together."""
    data, name = load(path), str(path)
    if not _is_saved_whole(data):
        return [decoded(data, name)]
    found: list[str] = _told(read_markup, data, name)
    return found


def parts_of(text: str, name: str) -> list[Part]:
    """The parts of a page's ``text``, told by the child; ``InputError`` where it cannot be read."""
    found: list[Part] = _told(read_parts, text.encode("utf-8", "replace"), name)
    return found


def _told(work: Callable[[bytes, int], tuple[str, Any]], data: bytes, name: str) -> Any:
    """What the child makes of a page; ``InputError`` where it cannot be read."""
    kind, found = in_child(work, data, name, Limits(), _damaged)
    if kind == "missing":
        raise without_library(name, "lxml")
    if kind == "long":
        raise too_long(name)
    if kind != "ok":
        raise _damaged(name)
    return found


def without_library(name: str, library: str) -> InputError:
    """The sentence for a desk that lacks what a format needs."""
    return InputError(
        f"读 {name} 要用 {library}，这台电脑上没有。请装上：pip install 'gouji[published]'，"
        "或把全文粘贴成 .txt 再试。",
        f"{name} needs {library}, which is not installed: pip install 'gouji[published]', or "
        "paste the whole text into a .txt.",
    )


def _damaged(name: str) -> InputError:
    return InputError(
        f"读不了网页 {name}：内容太大或太乱。请把年报全文粘贴成 .txt 再试。",
        f"The web page {name} cannot be read, it is too large or too broken: paste the report's "
        "text into a .txt.",
    )


def is_web(data: bytes) -> bool:
    """Whether it is a web page, whatever its file is called."""
    head = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<html", b"<!doctype html")) or _is_saved_whole(data)


def _is_saved_whole(data: bytes) -> bool:
    head = data[:4000].lower()
    return b"mime-version:" in head and b"content-type:" in head


def read_markup(data: bytes, most: int) -> tuple[str, Any]:
    """In the child: the markup of the pages in an .mht, a frame's after the one around it.

    They are the first of many; a part whose encoding is not known is none.
    """
    from email import message_from_bytes

    found: list[str] = []
    for part in message_from_bytes(data).walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            held = part.get_payload(decode=True)
            if isinstance(held, bytes) and held.strip() and len(found) < _PAGES:
                with contextlib.suppress(InputError):
                    found.append(decoded(held, ""))
    return "ok", found or [decoded(data, "")]


def read_saved(data: bytes, most: int) -> tuple[str, Any]:
    """In the child: the parts of each page in an .mht."""
    kind, pages = read_markup(data, most)
    every = []
    for text in pages:
        kind, parts = read_parts(text.encode("utf-8", "replace"), most)
        if kind != "ok":
            return kind, None
        every.append(parts)
    return "ok", every


def read_parts(data: bytes, most: int) -> tuple[str, Any]:
    """In the child: the parts of a page in UTF-8, at most ``most`` of them."""
    try:
        from lxml import etree, html
    except ImportError:
        return "missing", None
    if data.count(b"<") > TAGS:
        return "long", None
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = html.fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return "ok", []
    title = _TITLE.search(data[:100_000].decode("utf-8", "replace"))
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 8 * _DEEP))
    reader = _Reader(most, Look(root))
    reader.walk(root, 0, 0)
    reader.end_text()
    if reader.too_deep:
        return "deep", None
    pieces = re.split(r"\s*[-_|—–]+\s*", unescape(title[1])) if title else []
    parts = bounded([*(("网页标题", p) for p in pieces if p.strip()), *reader.parts])
    return ("ok", parts) if parts is not None else ("long", None)


class _Reader:
    """Goes through a page once, in its order."""

    def __init__(self, most: int, look: Look) -> None:
        self.most, self.look = most, look
        self.parts: list[Part] = []
        self.text: list[str] = []
        self.tables = 0
        self.too_deep = False

    def walk(self, element: Any, depth: int, unseen: int) -> None:
        """The element's own text and what it holds; ``unseen`` where the text around it is."""
        if self._ends(element, depth) or len(self.parts) > self.most:
            return
        tag = element.tag
        if tag == "table" or (tag == "tr" and depth == 0):
            self.end_text()
            self._table(element, depth, unseen)
            return
        if tag in _BLOCKS:
            self.end_text()
        unseen = self.look.unseen(element, unseen)
        before = len(self.text)
        self._say(element.text, unseen)
        loose = [e for e in element if e.tag == "tr"]
        if loose:
            self._rows(loose, depth, unseen)
        for child in element:
            if child.tag != "tr":
                self.walk(child, depth + 1, unseen)
            self._say(child.tail, unseen)
        self.text[before:] = self.look.set_off(element, self.text[before:])
        if tag in _BLOCKS:
            self.end_text()

    def _ends(self, element: Any, depth: int) -> bool:
        """Whether nothing of the element is read; notes where that is for its depth alone."""
        if self.look.gone(element):
            return True
        self.too_deep = self.too_deep or depth > _DEEP
        return depth > _DEEP

    def _say(self, text: str | None, unseen: int) -> None:
        if text and not unseen:
            self.text.append(text)

    def end_text(self) -> None:
        """Closes the text that has been gathered: what follows stands on a line of its own."""
        said = re.sub(r"[ \t\r\n\xa0]+", " ", joined(self.text)).strip()
        self.text = []
        if said:
            self.parts.append((f"第{len(self.parts) + 1}段", said))

    def _table(self, table: Any, depth: int, unseen: int) -> None:
        for caption in table if table.tag == "table" else ():
            if caption.tag == "caption":
                self.walk(caption, depth + 1, unseen)
        rows = [table] if table.tag == "tr" else [*self._nearest(table, ("tr",), depth)]
        rows.sort(key=lambda row: row.getparent() is not None and row.getparent().tag == "tfoot")
        self._rows(rows, depth, self.look.unseen(table, unseen))

    def _nearest(self, element: Any, tags: tuple[str, ...], depth: int) -> Iterator[Any]:
        """The rows of a table or the cells of a row, not those of a table within."""
        for child in element:
            if child.tag in tags:
                yield child
            elif child.tag not in ("table", "td", "th") and not self._ends(child, depth):
                yield from self._nearest(child, tags, depth + 1)

    def _rows(self, rows: list[Any], depth: int, unseen: int) -> None:
        self.tables += 1
        number = self.tables
        for at, row in enumerate(rows, 1):
            if self.look.gone(row):
                continue
            hidden = self.look.unseen(row, unseen)
            every = self._nearest(row, ("td", "th"), depth)
            cells = [c for c in every if not self.look.absent(c)]
            if any(next(c.iter("table"), None) is not None for c in cells):
                for cell in cells:  # a table that only lays others out
                    self.walk(cell, depth + 1, hidden)
                self.end_text()
            elif cells:
                self.parts.append((f"表{number}第{at}行", [self._cell(c, hidden) for c in cells]))

    def _cell(self, cell: Any, unseen: int) -> str:
        """What a cell shows, a line for every block in it."""
        said: list[str] = []
        self._gather(cell, said, 0, unseen)
        return joined(said).strip()

    def _gather(self, element: Any, said: list[str], depth: int, unseen: int) -> None:
        field = typed(element) if isinstance(element.tag, str) else None
        if field is not None and self.look.style(element).get("display") != "none":
            said.append(field)
            return
        if self._ends(element, depth):
            return
        unseen = self.look.unseen(element, unseen)
        block = element.tag in _BLOCKS and depth > 0
        before = len(said)
        said.append("\n" if block else "")
        for text, child in ((element.text, None), *((c.tail, c) for c in element)):
            if child is not None:
                self._gather(child, said, depth + 1, unseen)
            said.append("" if unseen else re.sub(r"[\r\n\t]+", " ", text or ""))
        said[before:] = self.look.set_off(element, said[before:])
        if block:
            said.append("\n")
