"""Rows and columns with numbers that the form does not have, and that its totals may include.

What a total includes belongs to 其他: it is judged there, so that no right cell is blamed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ...templates.a1 import Place, column_name
from ...templates.edition import Edition
from ...templates.form import Field
from ...templates.relations import TOLERANCE
from ...templates.words import Words
from ..report import Remark, RemarkKind, Standing, Value
from .adding import added_by
from .grids import Grids
from .heads import is_measure
from .several_lines import is_numbering, is_telling
from .sheet_words import WORDS
from .spelling import normal

_OTHER = "其他"
_NO_LINE = WORDS.expression("no_line_of_the_form")


@dataclass(frozen=True)
class _Line:
    """A row (or column) of one table that the form lacks, and its numbers by the axis across."""

    label: str
    at: int
    rows: bool
    cells: Mapping[str, tuple[Place, float]]  # by the key of the column (of the row)

    @property
    def name(self) -> str:
        """What the sheet calls it."""
        where = f"第{self.at + 1}行" if self.rows else f"{column_name(self.at)}列"
        return f"{where}“{self.label[:20]}”"


def merge_extra(
    book: Grids,
    edition: Edition,
    values: dict[str, Value],
    known: Collection[tuple[str, bool, int]],
) -> tuple[list[Remark], frozenset[Place]]:
    """Adds the lines that the totals include to 其他; what was noticed, and the cells merged.

    ``known`` are rows and columns, with sheet and whether a row, of which more was told already.
    """
    remarks: list[Remark] = []
    merged: set[Place] = set()
    for table in {f.table: f.sheet for f in edition.fields.values()}:
        fields = [f for f in edition.fields.values() if f.table == table and f.row.label]
        placed = {f.key: p for f in fields if (p := values[f.key].place) is not None}
        if not placed or len({p.sheet for p in placed.values()}) > 1:
            continue
        for line in [*_lines(book, edition, fields, placed)]:
            if (next(iter(placed.values())).sheet, line.rows, line.at) in known:
                continue
            into = _into(fields, line)
            if into and _is_included(book, edition, fields=fields, values=values, line=line):
                remarks.append(_merged(values, line, into))
                merged |= {place for place, _ in line.cells.values()}
            else:
                remarks.append(_beside(line))
    return remarks, frozenset(merged)


def _lines(
    book: Grids, edition: Edition, fields: Sequence[Field], placed: Mapping[str, Place]
) -> Iterator[_Line]:
    """The rows and columns between those of the form that have a label of their own and numbers."""
    sheet = next(iter(placed.values())).sheet
    cells, known = book.cells(sheet), _labels(edition)
    known_fields = [f for f in fields if f.key in placed]
    rows = {placed[f.key].row: f.row.key for f in known_fields}
    columns = {placed[f.key].column: f.column.key for f in known_fields}
    top, left = min(rows), min(columns)
    numbers = {k for k, c in cells.held.items() if c.kind == "n" and c.payload}
    ways = (
        (True, range(top, max(rows)), rows, columns),
        (False, range(left, max(columns)), columns, rows),
    )
    for is_row, between, own, across in ways:
        for at in between:
            before = range(left) if is_row else range(max(0, top - 3), top)
            texts = [cells.at(*((at, n) if is_row else (n, at))) for n in before]
            words = [t for t in texts if isinstance(t, str) and t.strip()]
            spots = {k: (at, n) if is_row else (n, at) for n, k in across.items()}
            found = {
                k: (Place(sheet, *spot), float(cells.at(*spot)))
                for k, spot in spots.items()
                if spot in numbers
            }
            if at not in own and found and _is_own(words, known):
                yield _Line(words[-1].strip(), at, is_row, found)


def _is_own(words: Sequence[str], known: frozenset[str]) -> bool:
    """Whether texts beside a row (over a column) name something that the form does not have."""
    if not words or any(_NO_LINE.search(t) or is_telling(t) or is_measure(t) for t in words):
        return False
    label = normal(words[-1])
    return bool(label) and label not in known and not label.isdigit() and not is_numbering([*words])


@lru_cache(maxsize=16)
def _labels(edition: Edition) -> frozenset[str]:
    axes = (a for t in edition.tables for b in t.blocks for a in (*b.rows, *b.columns))
    found = {normal(s) for a in axes for s in (*a.path, *a.aliases)}
    return frozenset(
        found | {normal(i) for t in edition.tables for b in t.blocks for i in b.ignore}
    )


def _into(fields: Sequence[Field], line: _Line) -> dict[str, Field]:
    """The form's own 其他 that takes the numbers of a line, by the axis across."""
    found: dict[str, Field] = {}
    for field in fields:
        own, across = (field.row, field.column) if line.rows else (field.column, field.row)
        if normal(own.label).endswith(_OTHER) and own.short != "" and across.key in line.cells:
            found[across.key] = field
    return found if found.keys() == line.cells.keys() else {}


def _is_included(
    book: Grids, edition: Edition, fields: Sequence[Field], values: Mapping[str, Value], line: _Line
) -> bool:
    """Whether a total adds a number of the line: by its formula, or by what it comes to."""
    for total, parts in edition.sums.items():
        if total not in {f.key for f in fields}:
            continue
        field = edition.fields[total]
        same = [p for p in parts if _across(edition.fields[p], line) == _across(field, line)]
        cell = line.cells.get(_across(field, line))
        if cell is None or len(same) < len(parts):
            continue
        value, place = values[total], values[total].place
        if value.formula and place is not None:
            text = book.cells(place.sheet).formula(*place.at) or ""
            adds = added_by(book, place, text)
            if adds is not None and cell[0] in adds.found:
                return True
        numbers = [values[p].number for p in parts]
        if value.number is not None and None not in numbers:
            gap = value.number - sum(n for n in numbers if n is not None)
            if abs(gap - cell[1]) <= TOLERANCE:
                return True
    return False


def _across(field: Field, line: _Line) -> str:
    return field.column.key if line.rows else field.row.key


def _merged(values: dict[str, Value], line: _Line, into: Mapping[str, Field]) -> Remark:
    merged = []
    for key, field in into.items():
        place, number = line.cells[key]
        value = values[field.key]
        if value.standing is Standing.NUMBER and value.number is not None:
            new = value.number + number
            values[field.key] = replace(value, number=new, shown=f"{new:.15g}")
        if value.place is not None and not value.formula:
            merged.append((place, number, value.place, values[field.key].shown))
    place, number, to, shown = merged[0]
    own = next(iter(into.values()))
    label = own.row.label if line.rows else own.column.label
    more = f"等{len(merged)}格" if len(merged) > 1 else ""
    kind = "行" if line.rows else "列"
    words = Words(
        f"{line.name}格式上没有，总计却加了它：请并入“{label}”（{to.cell}{more}填{shown}），"
        f"再删去这一{kind}（{place.cell}是{number:.15g}）；已按并入后核对。",
        f"{line.label!r} is not on the form and the totals include it: add it to {label} "
        f"({to.cell}: {shown}), {place.cell} is {number:.15g}; it was checked so.",
    )
    return Remark(RemarkKind.ADDED, words, place)


def _beside(line: _Line) -> Remark:
    place, number = next(iter(line.cells.values()))
    words = Words(
        f"{line.name}格式上没有，里面有数（{place.cell}是{number:.15g}），没有核对。"
        "请核对是否应当并入“其他”。",
        f"{line.label!r} is not on the form and holds numbers ({place.cell}: {number:.15g}), "
        "not checked: see whether they belong to 其他.",
    )
    return Remark(RemarkKind.EXTRA, words, place)
