"""What a cell is called in a sentence for a person: as the form prints it, then its address."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .a1 import Place
from .form import Field
from .words import Words, listed

_NUMBERED = re.compile(r"^[（(]?[一二三四五六七八九十\d]+[)）]?[.、．]?")
_MARK = re.compile(r"^[（(][一二三四五六七八九十]+[)）]")
_EXPLAINED = re.compile(r"[（(][^（(）)]{5,}[)）]\Z")  # a label's own explanation in brackets
_LONGEST = 22  # characters of a name in a title


def name_of(field: Field) -> str:
    """The field's row as the form prints it; with its column where the row alone is no name.

    >>> from .edition import load
    >>> [name_of(load("2021").fields[k]) for k in ("t3.unable_create.natural", "t4.review.upheld")]
    ['（四）2.没有现成信息需要另行制作', '行政复议结果维持']
    """
    row, column = field.row, field.column
    if not row.label:
        return _cut("".join(column.path[-2:]))
    label = _EXPLAINED.sub("", row.name or row.label)
    if not _NUMBERED.match(row.label):
        return _cut(f"{label}{column.name or column.short}")
    above = _MARK.match(row.path[-2]) if len(row.path) > 1 else None
    return _cut(label if above is None or _MARK.match(label) else above[0] + label)


def short_name(field: Field) -> str:
    """The same without its number, for a line of arithmetic: 上年结转, 予以公开."""
    name = name_of(field)
    return _NUMBERED.sub("", name) or name


def column_of(field: Field) -> Words:
    """The field's column, in quotation marks: “自然人”列."""
    return Words(f"“{field.column.label}”列", f"column {field.column.label}")


def line_of(fields: Sequence[Field]) -> Words | None:
    """The column or the row that all the fields stand in, as the form prints it; None for others.

    >>> from .edition import load
    >>> fields = load("2021").fields
    >>> line_of([fields["t3.new.natural"], fields["t3.carried_in.natural"]]).zh
    '“自然人”列'
    """
    first = fields[0] if fields else None
    if first is None or len(fields) < 2:
        return None
    if all(f.column is first.column for f in fields):
        return column_of(first)
    if any(f.row is not first.row for f in fields):
        return None
    name = _EXPLAINED.sub("", first.row.name or first.row.label) or "".join(first.column.path[:-1])
    return Words(name, name)


def called(field: Field, place: Place | None) -> Words:
    """A cell in a message: its sheet, its name as the form prints it, its address.

    >>> from .edition import load
    >>> called(load("2021").fields["t3.granted.natural"], Place.of("表三", "D9")).zh
    '表三 （一）予以公开（D9）'
    """
    name = addressed(name_of(field), place)
    if place is None or not place.cell:
        name = column_of(field) + name if _NUMBERED.match(field.row.label) else name
    return Words(f"{field.sheet} {name.zh}", f"{field.sheet} {name.en}")


def addressed(name: str, place: Place | None) -> Words:
    """A name with the address of its cell: 予以公开（D9）."""
    if place is None or not place.cell:
        return Words(name, name)
    return Words(f"{name}（{place.cell}）", f"{name} ({place.cell})")


def span(places: Sequence[Place]) -> Words:
    """Cells in a row or a column as a range: D9至D29; others as a list of at most four."""
    cells = [p.cell for p in places if p.cell]
    lines = {p.row for p in places}, {p.column for p in places}
    if len(cells) > 2 and 1 in map(len, lines):
        return Words(f"{cells[0]}至{cells[-1]}", f"{cells[0]} to {cells[-1]}")
    more = Words("等", " …") if len(cells) > 4 else Words()
    return listed(cells[:4]) + more


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
