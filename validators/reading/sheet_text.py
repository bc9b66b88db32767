"""One sheet as labels: what is printed where, by row, by column and joined from neighbours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property, lru_cache

from ...templates.form import Table
from ..ooxml.cells import Cells, Key, Merge
from .spelling import normal

_MAX_PARTS = 4  # a label split over at most so many cells
MAX_ROWS, MAX_COLUMNS = 2000, 200
_TELLING = 3  # row labels of a table by which a sheet is looked at more closely
_LONGEST = 120  # characters of a text that may be a label


class SheetText:
    """One sheet as labels: ``text`` has the normal form of its text cells by (row, column)."""

    def __init__(self, name: str, cells: Cells, hidden: str = "") -> None:
        self.name = name
        self.hidden = hidden
        self.cells = cells
        self.merges: Sequence[Merge] = cells.merges
        self.texts: dict[Key, str] = {
            at: content
            for at, cell in cells.held.items()
            if cell.kind in ("s", "t") and at[0] < MAX_ROWS and at[1] < MAX_COLUMNS
            if isinstance(content := cells.content(cell), str)
        }
        self.text: dict[Key, str] = {  # of what may be a label
            at: label
            for at, content in self.texts.items()
            if len(content) <= _LONGEST and (label := normal(content))
        }

    def with_year(self, row: int, column: int) -> str:
        """The text of a cell, a year written as a number with it; "" for any other content."""
        content = self.cells.at(row, column)
        if isinstance(content, float):
            return f"{content:.0f}" if 2000 <= content < 2100 and content.is_integer() else ""
        return content if isinstance(content, str) else ""

    @cached_property
    def by_row(self) -> dict[int, dict[int, str]]:
        """The texts of each row that has some, by column."""
        found: dict[int, dict[int, str]] = {}
        for (row, column), text in self.texts.items():
            found.setdefault(row, {})[column] = text
        return found

    @cached_property
    def across(self) -> dict[str, list[Key]]:
        """Where each label ends that stands in one cell or in neighbours of a row."""
        return self._joined(sorted(self.text), MAX_COLUMNS)

    @cached_property
    def down(self) -> dict[str, list[Key]]:
        """Where each label ends that stands in one cell or in cells above one another."""
        turned = sorted(self.text, key=lambda at: (at[1], at[0]))
        return self._joined(turned, 4, turned=True)

    def _joined(
        self, order: Sequence[Key], reach: int, turned: bool = False
    ) -> dict[str, list[Key]]:
        """Every suffix of the run of texts that ends at a cell is a label ending there."""
        index: dict[str, list[Key]] = {}
        line, along = (1, 0) if turned else (0, 1)
        for number, at in enumerate(order):
            joined = ""
            for back in range(min(_MAX_PARTS, number + 1)):
                before = order[number - back]
                if before[line] != at[line] or at[along] - before[along] > reach:
                    break
                joined = self.text[before] + joined
                index.setdefault(joined, []).append(at)
                if len(joined) > _LONGEST:
                    break
        return index

    @cached_property
    def labels(self) -> frozenset[str]:
        """Every text that may be a label."""
        return frozenset(self.text.values())

    def bears(self, table: Table) -> bool:
        """Whether enough of a table's labels stand on the sheet to look for it."""
        telling = row_labels(table)
        return len(telling & self.labels) >= min(_TELLING, len(telling))

    def parents(self, r: int, c: int) -> str:
        """The text of the heads above (r, c), merged or blank cells filled from the left."""
        found = ""
        for row in range(max(0, r - 3), r):
            for col in range(c, -1, -1):
                if (row, col) in self.text:
                    if self._reaches(row, col, c):
                        found += self.text[row, col]
                    break
        return found

    def is_below(self, place: Key, heads: Collection[Key]) -> bool:
        """Whether a text stands under one of ``heads``: 合计 under a head that spans columns."""
        row, col = place
        ends = dict(self.merges)

        def last(r: int, c: int) -> int:
            bottom, right = ends.get((r, c), (r, c))
            return right if right > c else self.unmerged(r, bottom, c)

        return any(row - 3 < r < row and c <= col <= last(r, c) for r, c in heads)

    def unmerged(self, row: int, bottom: int, col: int) -> int:
        """The last column of a head that is not merged across: blanks beside it, words below."""
        last = col
        if (bottom + 1, col) in self.text:
            while (bottom + 1, last + 1) in self.text and not self._is_taken(row, last + 1):
                last += 1
        return last

    def is_bare(self, row: int, first: int, col: int) -> bool:
        """Whether no text stands over a column, from a head's ``row`` to its ``first`` numbers."""
        rows = range(max(0, row - 1), first)
        return not any((r, col) in self.text for r in rows) and not any(
            a[1] <= col <= b[1] and a[0] < first and b[0] >= rows[0] and a[1] < b[1]
            for a, b in self.merges
        )

    def _is_taken(self, row: int, col: int) -> bool:
        """Whether a text stands in a cell, or a merged range reaches over it."""
        over = any(t[0] <= row <= e[0] and t[1] <= col <= e[1] for t, e in self.merges)
        return over or (row, col) in self.text

    def _reaches(self, row: int, col: int, target: int) -> bool:
        for (top, left), (bottom, right) in self.merges:
            if top <= row <= bottom and left <= col <= right:
                return left <= target <= right
        return True


@lru_cache(maxsize=64)
def row_labels(table: Table) -> frozenset[str]:
    """What tells a table on a sheet: the labels of its rows, of its columns where it has none."""
    rows = {normal(s) for b in table.blocks for r in b.rows for s in (r.label, *r.aliases)} - {""}
    columns = {normal(s) for b in table.blocks for c in b.columns for s in (c.label, *c.aliases)}
    return frozenset(rows or columns)
