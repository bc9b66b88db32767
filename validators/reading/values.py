"""What stands in each field's cell, and how it stands there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from ...templates.a1 import Place
from ...templates.edition import Edition
from ...templates.relations import whole
from ..ooxml.cells import Cell, Cells, Content, Key
from ..ooxml.formats import alters
from ..report import ABSENT, Standing, Value
from .grids import Grids
from .spelling import LARGEST, folded, hanzi, is_spaced, marks, reading, visible

_KNOWN = 5000  # numbers that are remembered for one cell
_SHOWN = 60  # characters of a content that is repeated in a sentence


@dataclass(eq=False)
class Slot:
    """One field's cell, and the values that were made for it: most numbers come again."""

    key: str
    kind: str
    sheet: str
    at: Key
    place: Place
    blank: Value
    numbers: dict[float, Value] = field(default_factory=dict)
    computed: dict[float, Value] = field(default_factory=dict)


_Taken = tuple[Slot, str, Key, dict[float, Value], dict[float, Value]]


@dataclass(eq=False)
class Slots:
    """Where every field stands; compared by identity, made once for a distribution's names."""

    found: tuple[Slot, ...]
    sheets: tuple[str, ...]
    looked: bool

    @cached_property
    def by_sheet(self) -> list[tuple[str, list[_Taken]]]:
        """What a loop over a sheet's slots needs of each."""
        return [
            (name, [(s, s.key, s.at, s.numbers, s.computed) for s in self.found if s.sheet == name])
            for name in self.sheets
        ]

    @cached_property
    def keys(self) -> list[tuple[str, tuple[Key, ...]]]:
        """Where the fields of each sheet stand."""
        return [(name, tuple(s.at for s in self.found if s.sheet == name)) for name in self.sheets]


def slots_of(edition: Edition, where: Mapping[str, Place], looked: bool = True) -> Slots:
    """The slots of the fields that have a cell, in the order of the form.

    ``looked``: whether a number in a total's cell is one instead of the template's formula.
    """
    found = []
    for key, form in edition.fields.items():
        if key in where:
            place = where[key]
            blank = Value(Standing.BLANK, None, "", place, formula=False if looked else None)
            found.append(Slot(key, form.kind, place.sheet, place.at, place=place, blank=blank))
    return Slots(tuple(found), tuple(dict.fromkeys(s.sheet for s in found)), looked)


def values_of(book: Grids, edition: Edition, slots: Slots) -> dict[str, Value]:
    """The value of every field as it stands, ABSENT where there is no cell for it.

    A total's formula is not followed here: ``sums.follow`` does.
    """
    for name, keys in slots.keys:
        book.tell_formulas(name)
        book.tell_looks(name, keys)
    grids = {name: book.cells(name) for name in slots.sheets}
    shown = book.formulas and slots.looked
    values: dict[str, Value] = dict.fromkeys(edition.fields, ABSENT)
    for name, slots_there in slots.by_sheet:
        grid = grids[name]
        at, odd = grid.held.get, grid.dated.union(grid.altering) if grid.altering else grid.dated
        for slot, key, place, numbers, computed in slots_there:
            cell = at(place)
            if cell is None:
                values[key] = slot.blank
                continue
            kind, number, formula, style = cell
            if kind == "n" and style not in odd:
                known = numbers if formula is None else computed
                value = known.get(number)  # type: ignore[arg-type]
                if value is None:
                    value = _remembered(slot, known, number, shown)  # type: ignore[arg-type]
                values[key] = value
            else:
                values[key] = odd_value(slot, cell, grid)
    return values


def _remembered(slot: Slot, known: dict[float, Value], number: float, shown: bool) -> Value:
    formula = True if known is slot.computed else (False if shown else None)
    value = number_value(number, slot.place, formula)
    if (formula or slot.blank.formula is formula) and len(known) < _KNOWN:
        known[number] = value
    return value


def number_value(
    number: float, place: Place, formula: bool | None, odd: str = "", detail: str = ""
) -> Value:
    """A number; one that is whole but for the noise of binary fractions is whole."""
    if not abs(number) < LARGEST:  # also infinity and NaN
        return Value(Standing.TEXT, None, shown=repr(number)[:_SHOWN], place=place, formula=formula)
    number = whole(number)
    shown = str(int(number)) if number.is_integer() else repr(number)
    return Value(
        Standing.NUMBER, number, shown=shown, place=place, formula=formula, odd=odd, detail=detail
    )


def odd_value(slot: Slot, cell: Cell, grid: Cells) -> Value:
    """What stands in a cell that is not just a number."""
    content: Content = grid.content(cell)
    formula = cell.formula is not None
    if cell.kind == "n" and not isinstance(content, str):
        odd = "date" if cell.style in grid.dated else ""
        detail = _as_date(float(content) + grid.epoch) if odd else ""
        if not odd and alters(code := grid.altering.get(cell.style, ""), float(content)):
            odd, detail = "format", visible(code)[:_SHOWN]
        return number_value(float(content), slot.place, formula=formula, odd=odd, detail=detail)
    if not cell.kind:
        text = "=" + (grid.formula(*slot.at) or "")
        return Value(Standing.FORMULA, None, shown=text[:_SHOWN], place=slot.place, formula=True)
    if cell.kind == "e":
        shown = visible(str(content))[:_SHOWN]
        return Value(Standing.ERROR, None, shown, slot.place, formula=formula)
    if isinstance(content, bool):
        shown = "TRUE" if content else "FALSE"
        return Value(Standing.TEXT, None, shown, slot.place, formula=formula)
    return _text_value(slot, str(content), formula)


def _text_value(slot: Slot, content: str, formula: bool) -> Value:
    standing, number = reading(content[:200], slot.kind)
    shown = visible(content[:200]).strip()[:_SHOWN]
    if standing is Standing.TEXT_NUMBER and is_spaced(folded(content[:200])):
        standing, number = Standing.TEXT, None  # two numbers, or one: nobody can tell
    odd, detail = "", ""
    if standing is Standing.BLANK and formula:
        odd = "empty"
    elif visible(content[:200]) != content[:200]:
        odd = "invisible"
    elif standing is Standing.TEXT and (detail := marks(content[:200])):
        odd = "marks"
    elif standing is Standing.TEXT and (detail := hanzi(content[:200])):
        odd = "hanzi"
    return Value(
        standing, number, shown=shown, place=slot.place, formula=formula, odd=odd, detail=detail
    )


@lru_cache(maxsize=256)
def _as_date(number: float) -> str:
    """The day that a number shows as, ``""`` where it is none."""
    from datetime import date, timedelta

    if not 1 <= number < 2958466:
        return ""
    day = date(1899, 12, 31 if number < 60 else 30) + timedelta(days=int(number))
    return f"{day.year}-{day.month}-{day.day}"
