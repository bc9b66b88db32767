"""Finds a form's fields on sheets that carry no defined names: by the printed labels alone.

A field is where the row of its row label meets the column of its column label. Labels may be
split over neighbouring cells, merged, moved, spelled as an alias. What cannot be told for
certain is left out, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...templates.edition import Edition
from ...templates.form import Axis, Block, Table
from .spelling import normal

Grid = Sequence[Sequence[Any]]
Merge = tuple[tuple[int, int], tuple[int, int]]
_MAX_PARTS = 4  # a label split over at most so many cells
_MAX_ROWS, _MAX_COLS = 2000, 200


@dataclass
class SheetText:
    """One sheet as labels: ``text[r][c]`` is the normal form of a text cell, else ``""``."""

    name: str
    grid: Grid
    merges: Sequence[Merge] = ()
    text: list[list[str]] = field(init=False)
    down: dict[str, list[tuple[int, int]]] = field(init=False)
    across: dict[str, list[tuple[int, int]]] = field(init=False)

    def __post_init__(self) -> None:
        self.text = [
            [normal(v) if isinstance(v, str) else "" for v in row[:_MAX_COLS]]
            for row in self.grid[:_MAX_ROWS]
        ]
        self.down, self.across = {}, {}
        for r, row in enumerate(self.text):
            for c, last in enumerate(row):
                if last:
                    self._join(self.across, r, c, 0, -1)
                    self._join(self.down, r, c, -1, 0)

    def _join(
        self, index: dict[str, list[tuple[int, int]]], r: int, c: int, dr: int, dc: int
    ) -> None:
        """Every suffix of the run of texts that ends at (r, c) is a label ending there."""
        joined, parts = "", 0
        row, col = r, c
        while row >= 0 and col >= 0 and parts < _MAX_PARTS:
            piece = self.text[row][col] if col < len(self.text[row]) else ""
            if piece:
                joined = piece + joined
                parts += 1
                index.setdefault(joined, []).append((r, c))
                if len(joined) > 80:
                    break
            row, col = row + dr, col + dc
            if dr and r - row > 4:
                break

    def parents(self, r: int, c: int) -> str:
        """The text of the heads above (r, c), merged or blank cells filled from the left."""
        found = ""
        for row in range(max(0, r - 3), r):
            for col in range(min(c, len(self.text[row]) - 1), -1, -1):
                if self.text[row][col]:
                    if self._reaches(row, col, c):
                        found += self.text[row][col]
                    break
        return found

    def _reaches(self, row: int, col: int, target: int) -> bool:
        for (top, left), (bottom, right) in self.merges:
            if top <= row <= bottom and left <= col <= right:
                return left <= target <= right
        return True


@dataclass
class Located:
    """Where fields were found: key → (sheet, row, col), and what else was seen.

    ``variants``: labels spelled as an alias; ``twice``: sheets that hold the same table;
    ``extra``: rows that some offices add and the form does not have.
    """

    cells: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    variants: list[tuple[str, str, tuple[str, int, int]]] = field(default_factory=list)
    twice: list[tuple[str, str]] = field(default_factory=list)
    extra: list[tuple[str, tuple[str, int, int]]] = field(default_factory=list)


def locate(edition: Edition, sheets: Sequence[SheetText]) -> Located:
    """Every field of ``edition`` that stands on one of ``sheets``.

    A table counts as found on the sheet that holds the most of its fields, when that is at
    least half of them.
    """
    found = Located()
    for table in edition.tables:
        best: tuple[int, dict[str, tuple[int, int]], SheetText] | None = None
        for sheet in sheets:
            cells = _table(sheet, table)
            if best and len(cells) == best[0] and cells:
                found.twice.append((best[2].name, sheet.name))
            if cells and (best is None or len(cells) > best[0]):
                best = (len(cells), cells, sheet)
        size = sum(len(b.rows) * len(b.columns) for b in table.blocks)
        if best and best[0] * 2 >= size:
            _, cells, sheet = best
            found.cells.update({k: (sheet.name, r, c) for k, (r, c) in cells.items()})
            found.variants += _variants(sheet, table)
            for label in (name for block in table.blocks for name in block.ignore):
                places = sheet.across.get(normal(label))
                if places:
                    found.extra.append((label, (sheet.name, *places[0])))
    return found


def _spellings(axis: Axis) -> list[str]:
    return [normal(label) for label in (axis.label, *axis.aliases)]


def _table(sheet: SheetText, table: Table) -> dict[str, tuple[int, int]]:
    cells: dict[str, tuple[int, int]] = {}
    for block in table.blocks:
        heads = {c.key: _places(sheet.down, c) for c in block.columns}
        if not all(heads.values()):
            heads = {k: v for k, v in heads.items() if v}
        if not heads:
            continue
        taken: set[int] = set()
        for row_axis in block.rows:
            hits = _row(sheet, block, row_axis, heads, taken)
            if hits:
                taken.add(next(iter(hits.values()))[0])
            for column, place in hits.items():
                cells[".".join(p for p in (table.id, row_axis.key, column) if p)] = place
    return cells


def _places(index: Mapping[str, list[tuple[int, int]]], axis: Axis) -> list[tuple[int, int]]:
    return sorted({place for s in _spellings(axis) for place in index.get(s, ())})


def _row(
    sheet: SheetText,
    block: Block,
    axis: Axis,
    heads: Mapping[str, list[tuple[int, int]]],
    taken: set[int],
) -> dict[str, tuple[int, int]]:
    """The places of one row's fields; empty when the row is not there or there twice."""
    if not axis.label:
        deepest = max((r for places in heads.values() for r, _ in places), default=-1)
        row = _first_filled(sheet, deepest + 1)
        return _columns(sheet, block, heads, row, -1) if row is not None else {}
    answers = []
    for r, c in _places(sheet.across, axis):
        if r not in taken:
            hits = _columns(sheet, block, heads, r, c)
            if hits and hits not in answers:
                answers.append(hits)
    full = max((len(a) for a in answers), default=0)
    answers = [a for a in answers if len(a) == full]
    return answers[0] if len(answers) == 1 else {}


def _columns(
    sheet: SheetText,
    block: Block,
    heads: Mapping[str, list[tuple[int, int]]],
    row: int,
    label_col: int,
) -> dict[str, tuple[int, int]]:
    """For each column the one head above ``row`` and right of the label."""
    hits: dict[str, tuple[int, int]] = {}
    for column in block.columns:
        above = [(r, c) for r, c in heads.get(column.key, ()) if r < row and c > label_col]
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


def _first_filled(sheet: SheetText, start: int) -> int | None:
    for row in range(start, min(start + 3, len(sheet.grid))):
        if any(v not in ("", None) for v in sheet.grid[row]):
            return row
    return start if start < len(sheet.grid) else None


def _variants(sheet: SheetText, table: Table) -> list[tuple[str, str, tuple[str, int, int]]]:
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
                    found.append((axis.label, alias, (sheet.name, *places[0])))
                    break
    return found
