"""A web page (.html, .htm, or saved whole as .mht): lxml shows its texts and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

from ....templates.errors import InputError
from ...ooxml.limits import Limits
from ...ooxml.runs import raised
from ..other_formats import in_child
from .decoding import decoded, load
from .grid_tables import Part, lines
from .tokens import Line

_SILENT = {
    *("script", "style", "head", "template", "noscript", "svg", "object", "select", "textarea"),
    *("del", "s", "strike", "rt", "rp"),
}
_BLOCKS = {
    *("p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article"),
    *("tr", "td", "th", "table", "tbody", "thead", "tfoot", "caption", "center", "dd", "dt", "hr"),
    *("header", "footer", "main", "pre", "blockquote", "form", "body", "html"),
}
_HIDDEN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.0-9])"
    r"|text-decoration[a-z-]*\s*:[^;]*line-through)",
    re.IGNORECASE,
)
_RAISED = re.compile(r"(?:^|;)\s*vertical-align\s*:\s*su(?:per|b)\b", re.IGNORECASE)
_DEEP = 200  # elements within elements that are followed
_TITLE = re.compile(r"<title[^>]*>([^<]{0,300})</title", re.IGNORECASE)


def lines_of(path: Path) -> list[Line]:
    """The page's texts and the rows of its tables; ``InputError`` when it cannot be read."""
    data = load(path)
    if path.suffix.lower() in (".mht", ".mhtml"):
        data = _page_in(data)
    text = decoded(data, str(path))
    kind, parts = in_child(read_parts, text.encode("utf-8"), str(path), Limits(), _damaged)
    if kind == "missing":
        raise without_library(str(path), "lxml")
    return lines(parts)


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


def _page_in(data: bytes) -> bytes:
    """The page among the parts of an .mht; the bytes themselves where there is none."""
    from email import message_from_bytes

    for part in message_from_bytes(data).walk():
        if part.get_content_type() == "text/html":
            held = part.get_payload(decode=True)
            return held if isinstance(held, bytes) else data
    return data


def read_parts(data: bytes, most: int) -> tuple[str, Any]:
    """In the child: the parts of a page in UTF-8, at most ``most`` of them."""
    try:
        from lxml import etree, html
    except ImportError:
        return "missing", None
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = html.fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return "ok", []
    title = _TITLE.search(data[:100_000].decode("utf-8", "replace"))
    reader = _Reader(most)
    reader.walk(root, 0)
    reader.end_text()
    pieces = re.split(r"\s*[-_|—–]+\s*", unescape(title[1])) if title else []
    return "ok", [*(("网页标题", p) for p in pieces if p.strip()), *reader.parts]


class _Reader:
    """Goes through a page once, in its order."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.parts: list[Part] = []
        self.text: list[str] = []
        self.tables = 0

    def walk(self, element: Any, depth: int) -> None:
        """The element's own text and what it holds."""
        if depth > _DEEP or len(self.parts) > self.most or _silent(element):
            return
        tag = element.tag
        if tag == "table" or (tag == "tr" and depth == 0):
            self.end_text()
            self._table(element, depth)
            return
        if tag in _BLOCKS:
            self.end_text()
        before = len(self.text)
        self._say(element.text)
        loose = [e for e in element if e.tag == "tr"]
        if loose:
            self._rows(loose, depth)
        for child in element:
            if child.tag != "tr":
                self.walk(child, depth + 1)
            self._say(child.tail)
        if _is_raised(element):
            self.text[before:] = [raised(t) for t in self.text[before:]]
        if tag in _BLOCKS:
            self.end_text()

    def _say(self, text: str | None) -> None:
        if text:
            self.text.append(text)

    def end_text(self) -> None:
        """Closes the text that has been gathered: what follows stands on a line of its own."""
        said = re.sub(r"[ \t\r\n\xa0]+", " ", "".join(self.text)).strip()
        self.text = []
        if said:
            self.parts.append((f"第{len(self.parts) + 1}段", said))

    def _table(self, table: Any, depth: int) -> None:
        self._rows([*_rows_of(table)], depth)

    def _rows(self, rows: list[Any], depth: int) -> None:
        self.tables += 1
        number = self.tables
        for at, row in enumerate(rows, 1):
            if _silent(row):
                continue
            cells = [c for c in row if c.tag in ("td", "th") and not _silent(c)]
            if any(next(c.iter("table"), None) is not None for c in cells):
                for cell in cells:  # a table that only lays others out
                    self.walk(cell, depth + 1)
                self.end_text()
            elif cells:
                self.parts.append((f"表{number}第{at}行", [cell_text(c) for c in cells]))


def _rows_of(table: Any) -> Iterator[Any]:
    """The table's own rows, not those of a table within."""
    if table.tag == "tr":
        yield table
        return
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("tbody", "thead", "tfoot") and not _silent(child):
            yield from (c for c in child if c.tag == "tr")


def cell_text(cell: Any) -> str:
    """What a cell shows, a line for every block in it."""
    said: list[str] = []
    _gather(cell, said, 0)
    return "".join(said).strip()


def _gather(element: Any, said: list[str], depth: int) -> None:
    if depth > _DEEP or _silent(element):
        return
    block = element.tag in _BLOCKS and depth > 0
    if block:
        said.append("\n")
    before = len(said)
    said.append(re.sub(r"[\r\n\t]+", " ", element.text or ""))
    for child in element:
        _gather(child, said, depth + 1)
        said.append(re.sub(r"[\r\n\t]+", " ", child.tail or ""))
    if _is_raised(element):
        said[before:] = [raised(t) for t in said[before:]]
    if block:
        said.append("\n")


def _is_raised(element: Any) -> bool:
    """Whether an element's text stands above or below the line: a note's number, no digit."""
    if element.tag in ("sup", "sub"):
        return True
    return element.tag == "span" and bool(_RAISED.search(element.get("style") or ""))


def _silent(element: Any) -> bool:
    """Whether an element shows nothing that counts: a script, something hidden or struck out."""
    if not isinstance(element.tag, str) or element.tag in _SILENT:
        return True
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))
