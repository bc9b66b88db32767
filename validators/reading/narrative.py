"""正文 in a workbook: the paragraphs of each section, and the cell in which each stands."""

from __future__ import annotations

from ...templates.a1 import Place
from ...templates.edition import Edition
from .by_name import Names
from .grids import Grids
from .sections import sections_of
from .shown import text_of

_MOST = 400  # rows of the last section
_BETWEEN = 3  # rows from a section's last row to the first row of the next: a gap, title, prompt

Rows = dict[str, tuple[tuple[Place, str], ...]]


def by_names(book: Grids, names: Names, edition: Edition) -> Rows | None:
    """The paragraphs by section, from the cells that our names point at; None without a name."""
    starts = [names.cells.get(f"gouji_section_{i}") for i in range(1, len(edition.sections) + 1)]
    found: Rows = {}
    for number, (section, start) in enumerate(zip(edition.sections, starts, strict=True)):
        if start is None or start[0] not in book.sheets:
            continue
        sheet, first, column = start
        after = [s[1] for s in starts[number + 1 :] if s is not None and s[0] == sheet]
        last = min(after, default=first + _MOST + _BETWEEN) - _BETWEEN
        rows = book.cells(sheet).rows()
        placed = (
            (row, text_of(cells.get(column, ""))) for row, cells in rows if first <= row <= last
        )
        found[section.title] = tuple(
            (Place(sheet, row, column), text) for row, text in placed if text
        )
    return found if any(s is not None for s in starts) else None


def by_labels(book: Grids, edition: Edition) -> Rows | None:
    """The same from the printed titles; None where no sheet has them."""
    return sections_of(book, edition, book.sheets)


def whole(rows: Rows | None) -> tuple[tuple[str, str], ...]:
    """Title and text of every section that says something."""
    texts = {
        title: "\n".join(t for _, t in paragraphs) for title, paragraphs in (rows or {}).items()
    }
    return tuple((title, text) for title, text in texts.items() if text)
