"""A text (.txt, .md): its lines, and the tables of a web page that a converter leaves in it."""

from __future__ import annotations

from pathlib import Path

from . import web_page
from .decoding import decoded, load, simplified
from .document_lines import check_text
from .published_report import reader
from .tokens import TextLine, split


def lines_of(path: Path) -> list[TextLine]:
    """The text's lines; ``InputError`` when it cannot be read."""
    data, name = load(path), str(path)
    if web_page.is_web(data):
        return web_page.lines_of(path)
    text = decoded(data, name)
    check_text(text, name)
    if "<table" in text.lower():
        lines = text.replace("\t", " | ").splitlines()
        return web_page.lines_of_markup("<br>".join(lines), name)
    return split(simplified(text))


read = reader(lines_of)
