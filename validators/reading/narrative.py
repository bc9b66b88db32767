"""正文 in a workbook: the paragraphs of each section, and the cell in which each stands."""

from __future__ import annotations

import re

from ...templates.a1 import Place
from ...templates.edition import Edition
from ...templates.layout import layout_of
from ...templates.words import LATER, TAKE
from ..ooxml.cells import Content
from .grids import Grids, Names
from .spelling import normal, text_of

_MOST_ROWS = 2000  # of a sheet with titles
_NOWHERE = 1 << 20
_COUNT = re.compile(r"[0-9]+字\Z")  # how long a section is, beside its title
_MOST = 400  # rows of the last section
_BETWEEN = 3  # rows from a section's last row to the first row of the next: a gap, title, prompt

Rows = dict[str, tuple[tuple[Place, str], ...]]


def by_names(book: Grids, names: Names, edition: Edition) -> Rows | None:
    """The paragraphs by section, from the cells that our names point at; None without a name."""
    starts = [names.cells.get(f"gouji_section_{i}") for i in range(1, len(edition.sections) + 1)]
    found: Rows = {}
    rows_of: dict[str, list[tuple[int, dict[int, Content]]]] = {}
    for number, (section, start) in enumerate(zip(edition.sections, starts, strict=True)):
        if start is None or start[0] not in book.sheets:
            continue
        sheet, first, column = start
        after = [s[1] for s in starts[number + 1 :] if s is not None and s[0] == sheet]
        last = min(after, default=first + _MOST + _BETWEEN) - _BETWEEN
        if sheet not in rows_of:
            rows_of[sheet] = [*book.cells(sheet).rows()]
        placed = (
            (row, text_of(cells.get(column, "")))
            for row, cells in rows_of[sheet]
            if first <= row <= last
        )
        found[section.title] = tuple(
            (Place(sheet, row, column), text) for row, text in placed if text
        )
    return found if any(s is not None for s in starts) else None


def by_labels(book: Grids, edition: Edition) -> Rows | None:
    """The same from the printed titles; None where no sheet has them.

    The titles of the tables alone are no 正文, and neither the labels of a table, nor the sentences
    to take and the counts of characters beside a section, are text of it.
    """
    tables = {normal(t.title) for t in edition.tables}
    labels = {normal(s.text) for sheet in layout_of(edition).sheets for s in sheet.spans}
    titles = {normal(s.title): s for s in edition.sections}
    prompts = {normal(s.prompt) for s in edition.sections}
    for sheet in book.sheets:
        found: dict[str, list[tuple[Place, str]]] = {}
        now, beside = "", _NOWHERE
        for number, row in book.cells(sheet).rows():
            if number >= _MOST_ROWS:
                break
            contents = ((c, row[c]) for c in sorted(row))
            for column, text in ((c, v.strip()) for c, v in contents if isinstance(v, str)):
                if text in (TAKE, LATER):
                    beside = column
                if not text or column >= beside or _COUNT.match(text):
                    continue
                if normal(text) in titles:
                    now = titles[normal(text)].title
                    found[now] = []
                elif now and normal(text) not in prompts and normal(text) not in labels:
                    found[now].append((Place(sheet, number, column), text))
        is_known = any(normal(title) not in tables for title in found)
        if is_known and 2 * len(found) >= len(edition.sections) > 0:
            return {title: tuple(lines) for title, lines in found.items()}
    return None


def whole(rows: Rows | None) -> tuple[tuple[str, str], ...]:
    """Title and text of every section that says something."""
    pairs = ((title, "\n".join(t for _, t in found)) for title, found in (rows or {}).items())
    return tuple((title, text) for title, text in pairs if text)
