"""正文 in a workbook without our names: the text below each printed section title.

The sentences to take that stand beside it, and the counts of characters, are none of it.
"""

from __future__ import annotations

import re

from ...templates.a1 import Place
from ...templates.edition import Edition
from ...templates.layout import layout_of
from ...templates.words import LATER, TAKE
from .grids import Grids
from .spelling import normal

_MOST_ROWS = 2000
_NOWHERE = 1 << 20
_COUNT = re.compile(r"[0-9]+字\Z")  # how long a section is, beside its title
Sections = dict[str, tuple[tuple[Place, str], ...]]


def sections_of(book: Grids, edition: Edition, sheets: list[str]) -> Sections | None:
    """Title and text of every section that holds one; None where no sheet has the titles.

    The titles of the tables alone are no 正文, and the labels of a table no sentences of one.
    """
    tables = {normal(t.title) for t in edition.tables}
    labels = {normal(s.text) for sheet in layout_of(edition).sheets for s in sheet.spans}
    titles = {normal(s.title): s for s in edition.sections}
    prompts = {normal(s.prompt) for s in edition.sections}
    for sheet in sheets:
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
