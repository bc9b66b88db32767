"""A text (.txt, .md): its lines, and the tables of a web page that a converter leaves in it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

from .bounds import check_text
from .decoding import decoded, load, simplified
from .tokens import Line, split

_TABLE = re.compile(r"<(/?)table\b", re.IGNORECASE)


def lines_of(path: Path) -> list[Line]:
    """The text's lines; ``InputError`` when it cannot be read."""
    data, name = load(path), str(path)
    text = decoded(data, name)
    if not _TABLE.search(text):
        check_text(text, name)
        return split(simplified(text))
    from . import web_page
    from .grid_tables import lines

    if web_page.is_web(data):
        return web_page.lines_of(path)
    check_text(text, name)
    return lines(web_page.parts_of("".join(_as_page(simplified(text))), name))


def _as_page(text: str) -> Iterator[str]:
    """The text as a web page: its tables as they are, its other lines a paragraph each."""
    depth = start = 0
    for mark in _TABLE.finditer(text):
        if depth == 0 and not mark[1]:
            yield from _paragraphs(text[start : mark.start()])
            start = mark.start()
        depth = max(0, depth - 1 if mark[1] else depth + 1)
        if depth == 0 and mark[1] and start < mark.start():
            yield text[start : mark.end()] + ">"
            start = min(len(text), mark.end() + 1)
    yield from [text[start:]] if depth else _paragraphs(text[start:])


def _paragraphs(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield f"<p>{html.escape(line.replace(chr(9), ' | '))}</p>"
