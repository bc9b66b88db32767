"""How plausible a number is in its cell, whatever the relations say of it.

From the share of reports that use the cell (the edition's ``[usage]``), from the numbers beside
it, and from last year's where that is known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ....templates.edition import Edition
from .numbers import Numbers
from .slips import weights

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
                [".".join(filter(None, (table.id, row.key, c.key))) for c in block.columns]
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


_UNKNOWN = 0.5  # the share of a cell of which the edition tells none


class Plausible:
    """The log-likelihood of numbers in the cells of one report."""

    def __init__(self, numbers: Numbers) -> None:
        self._edition: Edition = numbers.edition
        self._values: Mapping[str, float] = numbers.values
        self._last = numbers.last
        self._grid = grid_of(numbers.edition)
        self._factor = weights().factor
        self._known: dict[tuple[str, float], float] = {}
        self._around: dict[str, tuple[float, float]] = {}
        self._tops: dict[tuple[str, ...], list[tuple[float, str]]] = {}

    def log(self, key: str, value: float) -> float:
        """Of ``value`` in ``key``; 0 for totals, which their parts decide."""
        if key in self._edition.totals:
            return 0.0
        at = (key, value)
        if at not in self._known:
            self._known[at] = self._log(key, value)
        return self._known[at]

    def _log(self, key: str, value: float) -> float:
        share, top = self._beside(key)
        last = self._last.get(key)
        if last is not None:
            share = 0.3 * share + 0.6 if last else share * 0.6
        share = min(0.98, max(0.002, share))
        if value == 0:
            return math.log(1 - share)
        size = abs(value)
        spread = 1 / (size * (self._factor["room"] + math.log(max(top, 1.0))))
        if size > top:
            spread *= ((top + 1) / (size + 1)) ** self._factor["beyond"]
        if last:
            near = 0.35 * abs(last) + 1
            mixed = self._factor["near_last"]
            spread = (1 - mixed) * spread + mixed * math.exp(-abs(value - last) / near) / (2 * near)
        return math.log(share) + math.log(spread)

    def _siblings(self, key: str) -> tuple[str, ...]:
        """The parts of the total that ``key`` is a part of, and that total."""
        for total, parts in self._edition.totals.items():
            if key in parts:
                return (*parts, total)
        return self._grid.row_of.get(key, ())

    def _largest(self, line: tuple[str, ...], but: str) -> float:
        """The largest number of a line, but for one cell's."""
        if line not in self._tops:
            largest = sorted((abs(self._values.get(k, 0.0)), k) for k in line)
            self._tops[line] = largest[-1:-3:-1]
        return next((number for number, key in self._tops[line] if key != but), 0.0)

    def _beside(self, key: str) -> tuple[float, float]:
        """The cell's share, and the largest number beside it."""
        if key not in self._around:
            share = self._edition.usage.get(key, _UNKNOWN)
            line = self._grid.column_of.get(key) or self._siblings(key)
            top = self._largest(line, key)
            if key in self._grid.column_of and not top:
                share *= self._factor["unused"]
            row = [
                self._values.get(k)
                for k in self._grid.row_of.get(key, ())
                if k != key and k not in self._edition.totals
            ]
            if key in self._grid.column_of and row:
                share *= self._factor["row_used" if any(row) else "row_unused"]
            self._around[key] = share, top
        return self._around[key]
