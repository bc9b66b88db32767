"""Finds a form's fields on sheets that carry no defined names: by the printed labels alone.

A field is where the row of its row label meets the column of its column label. Labels may be
split over neighbouring cells, merged, moved, spelled as an alias. What cannot be told for
certain is left out, never guessed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from ...templates.a1 import Place
from ...templates.form import Axis, Block, Table
from ..ooxml.cells import Key
from .several_lines import Hits, Selection, TableLines, line_of
from .sheet_text import MAX_COLUMNS, SheetText, row_labels
from .spelling import normal

_MOST_PLACES = 400  # places of one label that are looked at


@dataclass
class FoundTable:
    """A table as one sheet holds it: field → (row, column), and how many times it stands there.

    ``loose`` are the fields of rows without a label, whose row is only likely; ``choices`` what
    stood there to choose from, ``seen`` all those rows (True) and columns, ``open`` the fields of
    which the cell could not be told.
    """

    sheet: SheetText
    table: Table
    cells: dict[str, Key]
    times: int = 1
    loose: frozenset[str] = frozenset()
    choices: list[Selection] = field(default_factory=list)
    open: set[str] = field(default_factory=set)
    seen: set[tuple[bool, int]] = field(default_factory=set)

    def tell(self, choice: Selection, keys: Iterable[str]) -> None:
        """Notes a choice, once however many fields it is about, and what it leaves open."""
        self.seen |= {(choice.rows, c.at) for c in choice.candidates}
        if not any(choice.is_like(other) for other in self.choices):
            self.choices.append(choice)
        if choice.taken is None:
            self.open |= set(keys)

    @property
    def whole(self) -> bool:
        """Whether at least half of the table's fields are there."""
        return len(self.cells) * 2 >= size_of(self.table) or self.times > 1


def size_of(table: Table) -> int:
    """The number of a table's fields."""
    return sum(len(b.rows) * len(b.columns) for b in table.blocks)


def find(sheet: SheetText, table: Table, year: int | None = None) -> FoundTable:
    """The fields of ``table`` that stand on ``sheet``; ``year`` helps where it holds several."""
    found, lines = FoundTable(sheet, table, {}), TableLines(sheet, row_labels(table), year)
    again = rows = 0
    loose: set[str] = set()
    for block in table.blocks:
        heads = _Heads(sheet, block)
        if not heads or _put_pieces(found, heads, lines):
            continue
        lines_hit: dict[str, Hits] = {}
        taken: set[int] = set()
        for axis in block.rows:
            answers = _row(heads, axis, taken)
            rows += bool(answers)
            choice = None
            if len(answers) > 1:
                choice = lines.labelled_again(answers)
                again += choice is None
                answers = [h for h in answers if choice and line_of(h) == choice.at]
            elif answers:
                row_of = lines.continued if axis.label else lines.under_heads
                row, choice = row_of(answers[0])
                answers = [{k: (row, c) for k, (_, c) in answers[0].items()}]
            if len(answers) != 1:
                continue
            taken.add(line_of(answers[0]))
            lines_hit[axis.key] = answers[0]
            if not axis.label or choice is not None:
                keys = [_key(table, axis.key, c) for c in answers[0]]
                loose.update(keys if not axis.label else ())
                if choice is not None:
                    found.tell(choice, keys)
        _fill(found, heads, lines, lines_hit)
    found.loose = frozenset(loose)
    bare = [b for b in table.blocks if not any(r.label for r in b.rows)]
    found.times = max((_times_of_heads(sheet, b) for b in bare), default=1)
    if again * 2 > max(rows, 2):
        found.times = _times(sheet, table)
    return found


def _put_pieces(found: FoundTable, heads: _Heads, lines: TableLines) -> bool:
    """Puts a block without row labels into ``found`` whose groups stand below each other."""
    block = heads.block
    if any(axis.label for axis in block.rows) or len(heads.lowest()) == len(block.columns):
        return False
    pieces = lines.in_pieces(block.columns, heads)
    for hits, choice in pieces:
        cells = {_key(found.table, block.rows[0].key, c): at for c, at in hits.items()}
        found.cells.update(cells)
        if choice is not None:
            found.tell(choice, cells)
    return bool(pieces)


def _key(table: Table, row: str, column: str) -> str:
    return ".".join(filter(None, (table.id, row, column)))


def _fill(
    found: FoundTable, heads: _Heads, lines: TableLines, lines_hit: Mapping[str, Hits]
) -> None:
    """Puts the rows of a block into ``found``, each head's column decided for all of them."""
    used = {at[1] for hits in lines_hit.values() for at in hits.values()}
    for column in heads.block.columns:
        columns_hit = {k: hits[column.key] for k, hits in lines_hit.items() if column.key in hits}
        keys = {_key(found.table, key, column.key): at for key, at in columns_hit.items()}
        moved: dict[int, int] = {}
        for c in {c for _, c in columns_hit.values()}:
            rows = [r for r, at in columns_hit.values() if at == c]
            head = max(h for h in heads[column.key] if h[1] == c and h[0] < min(rows))
            moved[c], choice = lines.spread(head, rows, used - {c})
            if choice is not None:
                found.tell(choice, keys)
        found.cells.update({key: (r, moved[c]) for key, (r, c) in keys.items()})


def _times(sheet: SheetText, table: Table) -> int:
    """How many times the table's longest row label stands on the sheet."""
    labels = sorted(row_labels(table), key=len, reverse=True)[:5]
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


def _spellings(axis: Axis) -> tuple[str, ...]:
    return _spelled(axis.label, axis.aliases)


@lru_cache(maxsize=4096)
def _spelled(label: str, aliases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(normal(text) for text in (label, *aliases))


def _places(index: Mapping[str, list[Key]], axis: Axis) -> list[Key]:
    spelled = _spellings(axis)
    found = {place for s in spelled for place in index.get(s, ())}
    if not found and axis.label:  # with an explanation in brackets behind it
        stems = {s.partition("(")[0] for s in spelled} if axis.kind == "amount" else set(spelled)
        begun = tuple(s + "(" for s in stems if s)
        found = {
            p for t, at in index.items() if t.endswith(")") and t.startswith(begun) for p in at
        }
    return sorted(found)[:_MOST_PLACES]


def _row(heads: _Heads, axis: Axis, taken: set[int]) -> list[dict[str, Key]]:
    """The places of one row's fields, more than one where the row stands there twice."""
    if not axis.label:
        hits = heads.lowest()
        return [hits] if hits else []
    answers: list[dict[str, Key]] = []
    places = _places(heads.sheet.across, axis)
    for r, c in places:
        if r not in taken:
            # a table that stands beside another ends where the other one's labels begin
            end = min((o for row, o in places if row == r and o > c), default=MAX_COLUMNS)
            hits = heads.over(r, c, end)
            if hits and hits not in answers:
                answers.append(hits)
    full = max((len(a) for a in answers), default=0)
    return [a for a in answers if len(a) == full]


class _Heads(dict[str, list[Key]]):
    """Where the heads of a block's columns stand; which are over a row is worked out once."""

    def __init__(self, sheet: SheetText, block: Block) -> None:
        super().__init__({c.key: at for c in block.columns if (at := _places(sheet.down, c))})
        self.sheet, self.block = sheet, block
        self.rows = sorted(r for at in self.values() for r, _ in at)
        self.known: dict[tuple[int, int, int], Mapping[str, int]] = {}

    def lowest(self) -> dict[str, Key]:
        """The fields under the lowest row of a head: where most of its columns stand together.

        A word such as 总计 heads a column of other tables on the same sheet too.
        """
        together = Counter(
            row for places in self.values() for row in {r + d for r, _ in places for d in range(3)}
        )
        return self.over(max(set(self.rows), key=lambda r: (together[r], r), default=-1) + 1, -1)

    def over(self, row: int, label_col: int, end: int = MAX_COLUMNS) -> dict[str, Key]:
        """For each column the one head above ``row``, right of the label and left of ``end``."""
        asked = bisect_left(self.rows, row), label_col, end
        if asked not in self.known:
            self.known[asked] = self._over(row, label_col, end)
        return {key: (row, column) for key, column in self.known[asked].items()}

    def _over(self, row: int, label_col: int, end: int) -> Mapping[str, int]:
        hits: dict[str, int] = {}
        for column in self.block.columns:
            places = self.get(column.key, ())
            above = [(r, c) for r, c in places if r < row and label_col < c < end]
            if not above:
                continue
            nearest = max(r for r, _ in above)
            close = [(r, c) for r, c in above if nearest - r <= 2]
            if len(close) > 1:
                close = self._by_parent(column, close) or close
                every = {place for places in self.values() for place in places}
                close = [p for p in close if not self.sheet.is_below(p, every)] or close
            if len({c for _, c in close}) == 1:
                hits[column.key] = close[0][1]
        taken = Counter(hits.values())
        return {k: c for k, c in hits.items() if taken[c] == 1}

    def _by_parent(self, column: Axis, places: Iterable[Key]) -> list[Key]:
        parents = [normal(p) for p in column.path[:-1]]
        return [p for p in places if parents and parents[-1] in self.sheet.parents(*p)]


def variants(sheet: SheetText, table: Table) -> list[tuple[str, str, Place]]:
    """Labels that stand there as an alias: (as printed by the form, as found, place)."""
    found = []
    seen: set[str] = set()
    for block in table.blocks:
        axes = [(c, sheet.down) for c in block.columns] + [(r, sheet.across) for r in block.rows]
        for axis, index in axes:
            if not axis.label or axis.label in seen or index.get(normal(axis.label)):
                continue
            alias = next((a for a in axis.aliases if index.get(normal(a))), None)
            if alias is not None:
                seen.add(axis.label)
                place = Place(sheet.name, *index[normal(alias)][0])
                found.append((axis.label, alias, place))
    return found
