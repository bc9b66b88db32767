"""Finds a form's fields on sheets that carry no defined names: by the printed labels alone.

A field is where the row of its row label meets the column of its column label. Labels may be
split over neighbouring cells, merged, moved, spelled as an alias. What cannot be told for
certain is left out, never guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ...templates.a1 import Place
from ...templates.form import Axis, Block, Table
from ..ooxml.cells import Cells, Key
from .spelling import normal

_MAX_PARTS = 4  # a label split over at most so many cells
_MAX_ROWS, _MAX_COLS = 2000, 200
_MOST_PLACES = 400  # places of one label that are looked at
_TELLING = 3  # row labels of a table by which a sheet is looked at more closely
_LONGEST = 120  # characters of a text that may be a label


class SheetText:
    """One sheet as labels: ``text`` has the normal form of its text cells by (row, column)."""

    def __init__(self, name: str, cells: Cells) -> None:
        self.name = name
        self.cells = cells
        self.merges = cells.merges
        self.texts: dict[Key, str] = {
            at: content
            for at, cell in cells.held.items()
            if cell.kind in ("s", "t") and at[0] < _MAX_ROWS and at[1] < _MAX_COLS
            if isinstance(content := cells.content(cell), str)
        }
        self.text = {
            at: label
            for at, content in self.texts.items()
            if len(content) <= _LONGEST and (label := normal(content))
        }

    @cached_property
    def across(self) -> dict[str, list[Key]]:
        """Where each label ends that stands in one cell or in neighbours of a row."""
        return self._joined(sorted(self.text), _MAX_COLS)

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
        telling = _row_labels(table)
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

    def _reaches(self, row: int, col: int, target: int) -> bool:
        for (top, left), (bottom, right) in self.merges:
            if top <= row <= bottom and left <= col <= right:
                return left <= target <= right
        return True


_known: dict[int, tuple[Table, frozenset[str]]] = {}  # by identity: a table's hash is long


def _row_labels(table: Table) -> frozenset[str]:
    """What tells a table on a sheet: the labels of its rows, of its columns where it has none."""
    if id(table) not in _known or _known[id(table)][0] is not table:
        _known[id(table)] = table, _telling(table)
    return _known[id(table)][1]


def _telling(table: Table) -> frozenset[str]:
    rows = {normal(s) for b in table.blocks for r in b.rows for s in (r.label, *r.aliases)} - {""}
    columns = {normal(s) for b in table.blocks for c in b.columns for s in (c.label, *c.aliases)}
    return frozenset(rows or columns)


@dataclass
class Found:
    """A table as one sheet holds it: field → (row, column), and how many times it stands there.

    ``loose`` are the fields of rows without a label, whose row is only likely.
    """

    sheet: SheetText
    table: Table
    cells: dict[str, Key]
    times: int = 1
    loose: frozenset[str] = frozenset()

    @property
    def whole(self) -> bool:
        """Whether at least half of the table's fields are there."""
        return len(self.cells) * 2 >= size_of(self.table) or self.times > 1


def size_of(table: Table) -> int:
    """The number of a table's fields."""
    return sum(len(b.rows) * len(b.columns) for b in table.blocks)


def find(sheet: SheetText, table: Table) -> Found:
    """The fields of ``table`` that stand on ``sheet``."""
    found = Found(sheet, table, {})
    again = rows = 0
    loose: set[str] = set()
    for block in table.blocks:
        heads = {c.key: _places(sheet.down, c) for c in block.columns}
        heads = {k: v for k, v in heads.items() if v}
        if not heads:
            continue
        taken: set[int] = set()
        for axis in block.rows:
            answers = _row(sheet, block, axis, heads, taken)
            rows += bool(answers)
            again += len(answers) > 1
            if len(answers) != 1:
                continue
            taken.add(next(iter(answers[0].values()))[0])
            for column, place in answers[0].items():
                key = ".".join(p for p in (table.id, axis.key, column) if p)
                found.cells[key] = place
                if not axis.label:
                    loose.add(key)
    found.loose = frozenset(loose)
    bare = [b for b in table.blocks if not any(r.label for r in b.rows)]
    found.times = max((_times_of_heads(sheet, b) for b in bare), default=1)
    if again * 2 > max(rows, 2):
        found.times = _times(sheet, table)
    return found


def _times(sheet: SheetText, table: Table) -> int:
    """How many times the table's longest row label stands on the sheet."""
    labels = sorted(_row_labels(table), key=len, reverse=True)[:5]
    return max(2, sorted(len(set(sheet.across.get(x, ()))) for x in labels)[len(labels) // 2])


def _times_of_heads(sheet: SheetText, block: Block) -> int:
    """How many times the heads of a block without row labels stand on the sheet."""
    counts = []
    for column in block.columns:
        spelled = _spellings(column)
        alike = sum(not set(_spellings(c)).isdisjoint(spelled) for c in block.columns)
        places = set(_places(sheet.down, column))
        # one below the other within a head is one label that was merged
        apart = [(r, c) for r, c in places if (r - 1, c) not in places and (r - 2, c) not in places]
        counts.append((len(apart) + alike // 2) // alike)
    return max(1, sorted(counts)[len(counts) // 2])


def extra_rows(sheet: SheetText, table: Table) -> Iterator[tuple[str, Key]]:
    """Rows that some offices add and the form does not have."""
    for label in (name for block in table.blocks for name in block.ignore):
        places = sheet.across.get(normal(label))
        if places:
            yield label, places[0]


def _spellings(axis: Axis) -> list[str]:
    return [normal(label) for label in (axis.label, *axis.aliases)]


def _places(index: Mapping[str, list[tuple[int, int]]], axis: Axis) -> list[tuple[int, int]]:
    found = sorted({place for s in _spellings(axis) for place in index.get(s, ())})
    return found[:_MOST_PLACES]


def _row(
    sheet: SheetText,
    block: Block,
    axis: Axis,
    heads: Mapping[str, list[tuple[int, int]]],
    taken: set[int],
) -> list[dict[str, tuple[int, int]]]:
    """The places of one row's fields, more than one where the row stands there twice."""
    if not axis.label:
        row = _first_filled(sheet, _head_row(heads) + 1)
        hits = _columns(sheet, block, heads, row, -1)
        return [hits] if hits else []
    answers: list[dict[str, tuple[int, int]]] = []
    places = _places(sheet.across, axis)
    for r, c in places:
        if r not in taken:
            # a table that stands beside another ends where the other one's labels begin
            end = min((o for row, o in places if row == r and o > c), default=_MAX_COLS)
            hits = _columns(sheet, block, heads, r, c, end)
            if hits and hits not in answers:
                answers.append(hits)
    full = max((len(a) for a in answers), default=0)
    return [a for a in answers if len(a) == full]


def _head_row(heads: Mapping[str, list[tuple[int, int]]]) -> int:
    """The lowest row of a head: where most of its columns stand together.

    A word such as 总计 heads a column of other tables on the same sheet too.
    """
    together = Counter(
        row for places in heads.values() for row in {r + d for r, _ in places for d in range(3)}
    )
    rows = {r for places in heads.values() for r, _ in places}
    return max(rows, key=lambda r: (together[r], r), default=-1)


def _columns(
    sheet: SheetText,
    block: Block,
    heads: Mapping[str, list[tuple[int, int]]],
    row: int,
    label_col: int,
    end: int = _MAX_COLS,
) -> dict[str, tuple[int, int]]:
    """For each column the one head above ``row``, right of the label and left of ``end``."""
    hits: dict[str, tuple[int, int]] = {}
    for column in block.columns:
        above = [(r, c) for r, c in heads.get(column.key, ()) if r < row and label_col < c < end]
        if not above:
            continue
        nearest = max(r for r, _ in above)
        close = [(r, c) for r, c in above if nearest - r <= 2]
        if len(close) > 1:
            close = _by_parent(sheet, column, close) or close
        if len({c for _, c in close}) == 1:
            hits[column.key] = (row, close[0][1])
    columns = [place[1] for place in hits.values()]
    return {k: v for k, v in hits.items() if columns.count(v[1]) == 1}


def _by_parent(
    sheet: SheetText, column: Axis, places: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    parents = [normal(p) for p in column.path[:-1]]
    if not parents:
        return []
    return [p for p in places if parents[-1] in sheet.parents(*p)]


def _first_filled(sheet: SheetText, start: int) -> int:
    """The first of the three rows from ``start`` on that holds something, else ``start``."""
    filled = {row for row, _ in sheet.cells.held if start <= row < start + 3}
    return min(filled, default=start)


def variants(sheet: SheetText, table: Table) -> list[tuple[str, str, Place]]:
    """Labels that stand there as an alias: (as printed by the form, as found, place)."""
    found = []
    seen: set[str] = set()
    for block in table.blocks:
        axes = [(c, sheet.down) for c in block.columns] + [(r, sheet.across) for r in block.rows]
        for axis, index in axes:
            if not axis.label or axis.label in seen or index.get(normal(axis.label)):
                continue
            for alias in axis.aliases:
                places = index.get(normal(alias))
                if places:
                    seen.add(axis.label)
                    found.append((axis.label, alias, Place(sheet.name, *places[0])))
                    break
    return found
