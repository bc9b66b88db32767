"""Rows that a report prints as one, under their group's name: no number can be told of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import groupby

from ....templates.edition import Edition
from ....templates.form import Axis, Table
from ...report import Standing
from ..spelling import normal
from .labels import Index, starts_at
from .rows import run_from
from .tokens import Line, Token

_WINDOW = 250  # tokens after the table's last row among which a group may stand


def printed_as_one(
    edition: Edition,
    table: Table,
    index: Index,
    lines: dict[int, Line],
    span: tuple[int, int],
    found: Collection[Axis],
) -> Iterator[tuple[Axis, list[Axis], tuple[Token, ...]]]:
    """The group's label, its rows, the cells that stand after the label.

    Only groups of which no row was ``found`` are looked for, within the table's ``span``.
    """
    for block in table.blocks:
        grouped = [r for r in block.rows if len(r.path) > 1 and normal(r.path[-2])]
        for path, members in groupby(grouped, key=lambda r: r.path[:-1]):
            rows = [*members]
            if len(rows) < 2 or any(r in found for r in rows):
                continue
            group = Axis("", path, path[-1])
            for at in index.starts(group, False, span[0], span[1] + _WINDOW):
                hit = starts_at(index.tokens, at, group, near=False)
                if hit is None:
                    continue
                run = run_from(edition, index.tokens, hit.end, len(block.columns), lines)
                filled = [c for c in run.cells if c.standing is not Standing.BLANK]
                if filled and len(run.cells) >= len(block.columns):
                    yield group, rows, run.cells
                    break
