"""正文 in a workbook without our names: the text below each printed section title."""

from __future__ import annotations

from ...templates.edition import Edition
from .grids import Grids
from .spelling import normal

_MOST_ROWS = 2000
Sections = tuple[tuple[str, str], ...]


def sections_of(book: Grids, edition: Edition, sheets: list[str]) -> Sections | None:
    """Title and text of every section that holds one; None where no sheet has the titles."""
    titles = {normal(s.title): s for s in edition.sections}
    prompts = {normal(s.prompt) for s in edition.sections}
    for sheet in sheets:
        found: dict[str, list[str]] = {}
        now = ""
        for number, row in book.cells(sheet).rows():
            if number >= _MOST_ROWS:
                break
            held = (row[c] for c in sorted(row))
            for text in (c.strip() for c in held if isinstance(c, str) and c.strip()):
                if normal(text) in titles:
                    now = titles[normal(text)].title
                    found[now] = []
                elif now and normal(text) not in prompts:
                    found[now].append(text)
        if 2 * len(found) >= len(edition.sections) > 0:
            return tuple((t, "\n".join(lines)) for t, lines in found.items() if lines)
    return None
