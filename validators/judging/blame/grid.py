"""Where a form's cells stand beside one another: what can be exchanged, shifted, misplaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ....templates.edition import Edition

Line = tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """Rows and columns of every block with two cells or more, in the order of the form.

    ``row_of`` and ``column_of`` give the line of a cell; a cell alone in its line has none.
    ``totals`` are the lines in which two totals or more stand.
    """

    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    row_of: Mapping[str, Line]
    column_of: Mapping[str, Line]
    totals: tuple[Line, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """All of them."""
        return self.rows + self.columns


@lru_cache(maxsize=16)
def grid_of(edition: Edition) -> Grid:
    """The grid of an edition."""
    rows: list[Line] = []
    columns: list[Line] = []
    for table in edition.tables:
        for block in table.blocks:
            keys = [
                [
                    ".".join(p for p in (table.id, row.key, column.key) if p)
                    for column in block.columns
                ]
                for row in block.rows
            ]
            rows += [tuple(line) for line in keys if len(line) > 1]
            columns += [line for line in zip(*keys, strict=True) if len(line) > 1]
    totals = [tuple(k for k in line if k in edition.totals) for line in rows + columns]
    return Grid(
        tuple(rows),
        tuple(columns),
        row_of={key: line for line in rows for key in line},
        column_of={key: line for line in columns for key in line},
        totals=tuple(line for line in totals if len(line) > 1),
    )
