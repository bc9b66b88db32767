"""A web page (.html, .htm, or saved whole as .mht): lxml shows its texts and tables."""

from __future__ import annotations

import contextlib
import json
import re
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

from ....templates.errors import InputError
from .decoding import decoded, load
from .document_lines import TAGS, Part, Work, bounded, in_bounds, lines
from .page_look import PageLook, joined
from .published_report import reader
from .row_labels import shows_a_table, telling_labels
from .tokens import TextLine

_BLOCKS = {
    *("p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article"),
    *("tr", "td", "th", "table", "tbody", "thead", "tfoot", "caption", "center", "dd", "dt", "hr"),
    *("header", "footer", "main", "pre", "blockquote", "form", "body", "html"),
}
_DEEP = 400  # elements within elements that are followed
_PAGES = 100  # of an .mht that are looked into
_TITLE = re.compile(r"<title[^<>]*>([^<]{0,300})</title", re.IGNORECASE)
_FRAME = re.compile(r"<i?frame\b", re.IGNORECASE)


def lines_of(path: Path) -> list[TextLine]:
    """The page's texts and the rows of its tables; ``InputError`` when it cannot be read.

    Of pages that were saved together, as with frames, those of the first that shows a table.
    """
    data, name = load(path), str(path)
    if _is_saved_whole(data):
        pages = [lines(parts) for parts in _in_child(read_saved, data, name)]
        return next((page for page in pages if shows_a_table(page)), pages[-1])
    return lines_of_markup(decoded(data, name), name)


def lines_of_markup(text: str, name: str) -> list[TextLine]:
    """The lines of a page's ``text``; ``InputError`` that names the file where there are none."""
    return lines(_in_child(read_parts, text.encode("utf-8", "replace"), name))


def hidden_in(path: Path) -> InputError | None:
    """The sentence for a page that shows no table but has its words in what it does not show.

    That is in its scripts, in fields, as markup that is shown as text, or in another page.
    """
    name, text = str(path), decoded(load(path), str(path))
    if any(s in text for label in telling_labels() for s in (label, json.dumps(label)[1:-1])):
        return InputError(
            f"网页 {name} 里没有能读的表：年报的字在脚本、编辑框、网页代码或者不显示的部分里。"
            "请用浏览器打开，等正文显示出来，全选、复制，粘贴成 .txt 再试。",
            f"The web page {name} has no table that can be read, the report's words stand in "
            "scripts, in a field, in markup or in what is not shown: open it in a browser, copy "
            "all that it shows and paste it into a .txt.",
        )
    if _FRAME.search(text):
        return InputError(
            f"网页 {name} 只是一个框架，正文在框架里的另一个网页上。"
            "请在浏览器里单独打开正文那一页再另存，或者全选、复制正文，粘贴成 .txt 再试。",
            f"The web page {name} is a frame around another page that holds the text: save that "
            "page, or copy its text and paste it into a .txt.",
        )
    return None


def _in_child(work: Work, data: bytes, name: str) -> Any:
    """What the child makes of a page; ``InputError`` where it cannot be read."""
    return in_bounds(work, data, name, library="lxml", damaged=_damaged)


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


def read_saved(data: bytes, most: int) -> tuple[str, Any]:
    """In the child: the parts of each page in an .mht; one in no known encoding is left out."""
    from email import message_from_bytes

    pages: list[list[Part]] = []
    for message in message_from_bytes(data).walk():
        content = message.get_payload(decode=True)
        is_page = message.get_content_type() in ("text/html", "application/xhtml+xml")
        if is_page and isinstance(content, bytes) and content.strip() and len(pages) < _PAGES:
            with contextlib.suppress(InputError):
                text = decoded(content, "").encode("utf-8", "replace")
                kind, parts = read_parts(text, most)
                if kind != "ok":
                    return kind, None
                pages.append(parts)
    return "ok", pages or [[]]


def read_parts(data: bytes, most: int) -> tuple[str, Any]:
    """In the child: the parts of a page in UTF-8, at most ``most`` of them."""
    try:
        from lxml import etree, html
    except ModuleNotFoundError:
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
    reader = _PageReader(most, PageLook(root))
    reader.walk(root, 0, False)
    reader.end_text()
    if reader.too_deep:
        return "deep", None
    pieces = re.split(r"\s*[-_|—–]+\s*", unescape(title[1])) if title else []
    parts = bounded([*(("网页标题", p) for p in pieces if p.strip()), *reader.parts])
    return ("ok", parts) if parts is not None else ("long", None)


class _PageReader:
    """Goes through a page once, in its order."""

    def __init__(self, most: int, look: PageLook) -> None:
        self.most, self.look = most, look
        self.parts: list[Part] = []
        self.text: list[str] = []
        self.in_cell = False
        self.tables = 0
        self.too_deep = False

    def walk(self, element: Any, depth: int, tiny: bool) -> None:
        """The element's own text and what it holds; ``tiny``: the text around it has no size."""
        if self._ends(element, depth) or len(self.parts) > self.most:
            return
        if element.tag == "table" and not self.in_cell:
            self.end_text()
            self._table(element, depth, tiny)
            return
        is_block = element.tag in _BLOCKS
        if is_block:
            self.end_text()
        tiny = self.look.is_tiny(element, tiny)
        before = len(self.text)
        self._say(element.text, tiny)
        for child in element:
            self.walk(child, depth + 1, tiny)
            self._say(child.tail, tiny)
        self.text[before:] = self.look.set_off(element, self.text[before:])
        if is_block:
            self.end_text()

    def _ends(self, element: Any, depth: int) -> bool:
        """Whether nothing of the element is read; notes where that is for its depth alone."""
        if self.look.is_gone(element):
            return True
        self.too_deep = self.too_deep or depth > _DEEP
        return depth > _DEEP

    def _say(self, text: str | None, tiny: bool) -> None:
        if text and not tiny:
            self.text.append(re.sub(r"[ \t\r\n\xa0]+", " ", text))

    def end_text(self) -> None:
        """Closes the text that has been gathered: what follows stands on a line of its own."""
        if self.in_cell:
            self.text.append("\n")
            return
        text = joined(self.text).strip()
        self.text = []
        if text:
            self.parts.append((f"第{len(self.parts) + 1}段", text))

    def _table(self, table: Any, depth: int, tiny: bool) -> None:
        for caption in table.iterchildren("caption"):
            self.walk(caption, depth + 1, tiny)
        rows = [*self._nearest(table, ("tr",), depth)]
        rows.sort(key=lambda row: row.getparent() is not None and row.getparent().tag == "tfoot")
        self._rows(rows, depth, self.look.is_tiny(table, tiny))

    def _nearest(self, element: Any, tags: tuple[str, ...], depth: int) -> Iterator[Any]:
        """The rows of a table or the cells of a row, not those of a table within."""
        for child in element:
            if child.tag in tags:
                yield child
            elif child.tag not in ("table", "td", "th") and not self._ends(child, depth):
                yield from self._nearest(child, tags, depth + 1)

    def _rows(self, rows: list[Any], depth: int, tiny: bool) -> None:
        self.tables += 1
        number = self.tables
        for at, row in enumerate(rows, 1):
            if self.look.is_gone(row):
                continue
            tiny_row = self.look.is_tiny(row, tiny)
            every = self._nearest(row, ("td", "th"), depth)
            cells = [c for c in every if not self.look.is_absent(c)]
            if any(next(c.iter("table"), None) is not None for c in cells):
                for cell in cells:  # a table that only lays others out
                    self.walk(cell, depth + 1, tiny_row)
                self.end_text()
            elif cells:
                texts = [self._cell(cell, depth, tiny_row) for cell in cells]
                self.parts.append((f"表{number}第{at}行", texts))

    def _cell(self, cell: Any, depth: int, tiny: bool) -> str:
        """What a cell shows, a line for every block in it."""
        around, self.text, self.in_cell = self.text, [], True
        self.walk(cell, depth + 1, tiny)
        text, self.text, self.in_cell = joined(self.text), around, False
        return text.strip()


read = reader(lines_of, hidden_in)
