"""A table that stands several times on a sheet, below each other: that of the report's year."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

from ...templates.a1 import Place
from ...templates.form import Table
from ...templates.words import Words
from ..report import Remark, RemarkKind
from .by_label import FoundTable, find
from .heads import units
from .several_lines import years_in
from .sheet_text import SheetText
from .spelling import folded, normal


def of_the_year(
    sheet: SheetText, table: Table, year: int | None
) -> tuple[FoundTable, Remark] | None:
    """The one of several years of one unit that is the report's; None where nothing tells it."""
    pieces = _pieces(sheet, table)
    stated = [_years_of(piece) for piece in pieces]
    named = {normal(u.text) for piece in pieces for u in units([piece], rows=2000)}
    if year is None or len(pieces) < 2 or len(named) > 1 or any(len(y) != 1 for y in stated):
        return None
    own = [p for p, y in zip(pieces, stated, strict=True) if str(year) in y]
    if len(own) != 1 or len(set(map(tuple, stated))) < len(stated):
        return None
    found = find(own[0], table, year)
    listed = "、".join(f"{y[0]}年" for y in stated)
    words = Words(
        f"工作表“{sheet.name}”上有{len(pieces)}张{table.sheet}（{listed}），核对的是{year}年的一张。",
        f"{sheet.name!r} holds {table.sheet} of {', '.join(y[0] for y in stated)}; that of {year} "
        "was checked.",
    )
    return found, Remark(RemarkKind.CHOSEN, words, Place(sheet.name))


def _pieces(sheet: SheetText, table: Table) -> list[SheetText]:
    """The sheet cut below the last numbers before each head that comes again."""
    block = table.blocks[0]
    first = block.rows[0] if block.rows[0].label else block.columns[0]
    index = sheet.across if block.rows[0].label else sheet.down
    starts = sorted({r for s in (first.label, *first.aliases) for r, _ in index.get(normal(s), ())})
    numbers = sorted({r for (r, _), c in sheet.cells.held.items() if c.kind == "n"})
    cuts = [0]
    for start in starts[1:]:
        before = [r for r in numbers if r < start]
        if before and before[-1] >= starts[0] and before[-1] + 1 > cuts[-1]:
            cuts.append(before[-1] + 1)
    ends = [*(c - 1 for c in cuts[1:]), 1 << 20]
    return [_between(sheet, a, b) for a, b in zip(cuts, ends, strict=True)]


def _between(sheet: SheetText, first: int, last: int) -> SheetText:
    cells = copy(sheet.cells)
    cells.held = {k: c for k, c in sheet.cells.held.items() if first <= k[0] <= last}
    cells.merges = [m for m in sheet.cells.merges if first <= m[0][0] <= last]
    return SheetText(sheet.name, cells, sheet.hidden)


def _years_of(piece: SheetText) -> Sequence[str]:
    """The years that stand over the numbers of a piece."""
    top = min((r for (r, _), c in piece.cells.held.items() if c.kind == "n"), default=0)
    texts = (t for (r, _), t in piece.texts.items() if r <= top)
    return sorted({y for t in texts for y in years_in(folded(t))})
