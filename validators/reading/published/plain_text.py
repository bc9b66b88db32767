"""A text (.txt, .md): its lines, and the tables of a web page that a converter leaves in it."""

from __future__ import annotations

import html
import re
from pathlib import Path

from . import web_page
from .decoding import decoded, load, simplified
from .document_bounds import check_text
from .published_report import reader
from .tokens import TextLine, split

_TABLE = re.compile(r"(<table\b)|(</table\b[^>]{0,100}>)", re.IGNORECASE)


def lines_of(path: Path) -> list[TextLine]:
    """The text's lines; ``InputError`` when it cannot be read."""
    data, name = load(path), str(path)
    if web_page.is_web(data):
        return web_page.lines_of(path)
    text = decoded(data, name)
    check_text(text, name)
    if not _TABLE.search(text):
        return split(simplified(text))
    return web_page.lines_of_markup(_as_page(text), name)


def _as_page(text: str) -> str:
    """The text as a web page: its tables as they are, its other lines a paragraph each."""
    page, depth = [], 0
    for piece in _TABLE.split(text):
        if not piece:
            continue
        depth = max(0, depth + (piece.lower() == "<table") - piece.lower().startswith("</table"))
        if depth or piece.lower().startswith("</table"):
            page.append(piece)
        else:
            lines = piece.replace("\t", " | ").splitlines()
            page += [f"<p>{html.escape(line)}</p>" for line in lines]
    return "".join(page)


read = reader(lines_of)
