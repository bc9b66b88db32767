"""How the sheets of the roll-up look: formats, heads, links, rows as high as their text."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ...templates.words import printable, wide
from .kinds import KINDS


class Looks:
    """The few formats of the sheets."""

    def __init__(self, book: Any) -> None:
        head = {"bold": True, "bg_color": "#DDEBF7", "border": 1}
        self.head: Any = book.add_format({**head, "text_wrap": True, "valign": "top"})
        line = {"valign": "top", "border": 1, "border_color": "#BFBFBF"}
        self.text: Any = book.add_format({**line, "text_wrap": True})
        self.number: Any = book.add_format(line)
        self.day: Any = book.add_format({**line, "num_format": "yyyy-mm-dd"})
        self.link: Any = book.add_format({**line, "font_color": "#0563C1", "underline": 1})
        colours = {"clean": "#C6EFCE", "warnings": "#FFEB9C"}
        colours |= dict.fromkeys(("missing", "unfilled"), "#D9D9D9")
        self.kinds: dict[str, Any] = {}
        for kind in KINDS:
            colour = colours.get(kind, "#FF9999")
            look = {**line, "bg_color": colour, "text_wrap": True}
            self.kinds[kind] = book.add_format(look)


def string(ws: Any, row: int, column: int, text: str, look: Any = None) -> None:
    """A text as a text; what an input put into it does nothing.

    ``row`` and ``column`` count from 0.
    """
    ws.write_string(row, column, printable(text)[:32767], look)


def texts_of(ws: Any, row: int, texts: Sequence[str], widths: Sequence[int], looks: Looks) -> None:
    """A row of texts, as high as they need in columns of ``widths``."""
    for column, text in enumerate(texts):
        string(ws, row, column, text, looks.text)
    tall(ws, row, zip(texts, widths, strict=True))


def heads_of(ws: Any, looks: Looks, heads: list[tuple[str, int]], row: int = 0) -> None:
    """The heads of a sheet's columns with their widths, on every printed page, with a footer.

    ``heads`` are (text, width in characters); ``row`` counts from 0.
    """
    for column, (head, width) in enumerate(heads):
        ws.set_column(column, column, width)
        string(ws, row, column=column, text=head, look=looks.head)
    ws.freeze_panes(row + 1, 1)
    ws.set_paper(9)
    ws.set_landscape()
    ws.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    ws.set_footer("&L&A&R&P / &N")
    ws.repeat_rows(row)
    if len(heads) < 30:
        ws.fit_to_pages(1, 0)


def tall(ws: Any, row: int, texts: Iterable[tuple[str, int]]) -> None:
    """Makes a row as high as its longest text needs; each comes with its column's width.

    Not every application does that by itself when it opens the file.
    """
    lines = [-(-wide(text) // (width * 7 // 8)) for text, width in texts]
    if (most := max(lines, default=1)) > 1:
        ws.set_row(row, min(400, 16 * most + 4))


def link(
    ws: Any, at: tuple[int, int], target: Path, out: Path, text: str, looks: Looks, place: str = ""
) -> None:
    """A link into a unit's file, relative to the roll-up.

    ``at`` is (row, column) from 0, ``target`` the unit's file, ``out`` the roll-up, ``place`` the
    cell to land on.
    """
    where = os.path.relpath(Path.cwd() / target, os.path.realpath(out.parent)).replace("\\", "/")
    if len(where) > 1000 or "#" in where or where != printable(where):
        string(ws, *at, text, looks.text)
        return
    ws.write_url(*at, f"external:{where}" + (f"#{place}" if place else ""), looks.link, text)
