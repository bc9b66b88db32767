"""Stored results of the clerk's own formulas: computed again where they can be followed.

A plain sum of cells is added up here; any other formula is computed by formualizer, where it is
installed, from the cells that it looks at and nothing else of the file. Its answer is a witness:
a stored result that it contradicts is not judged, never replaced by it.
"""

from __future__ import annotations

import contextlib
import json
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from importlib.util import find_spec
from typing import Any

from ...templates.a1 import ROWS, Place
from ...templates.edition import Edition
from ...templates.errors import InputError
from ...templates.relations import TOLERANCE
from ...templates.words import Words
from ..ooxml.cells import Cell
from ..ooxml.limits import Limits
from ..ooxml.references import looked_at
from ..report import Remark, RemarkKind, Standing, Value
from .adding import added_by, first_of, stale_remark
from .grids import Grids
from .other_formats import in_child
from .values import Slots, number_value

_MOST = 60_000  # cells that the formulas of a report may look at
_ASIDE = 1000  # the column of a cell in which a condition is computed
_DEEPEST = 50  # formulas one after another
_ROUNDS = ("ROUND", "INT(")
_ERRORS = ("Value", "Div", "Na")  # of the engine, that a sheet would show too


def renew(book: Grids, edition: Edition, slots: Slots, values: dict[str, Value]) -> list[Remark]:
    """Brings fields that are formulas up to date; totals, which follow their parts, are left.

    One that is a sum of cells gets the number it gives now. One of which nothing confirms the
    stored result gets none: the file asks to be calculated, no application of a desk wrote it, or
    the engine finds another number.
    """
    formulas = [
        s
        for s in slots.found
        if values[s.key].formula is True
        and values[s.key].standing is Standing.NUMBER
        and s.key not in edition.sums
    ]
    if not formulas:
        return []
    following = Following(book)
    old: list[tuple[Value, Value]] = []
    believed = []
    for slot in formulas:
        value = values[slot.key]
        number, right = _compared(following, value)
        if number is not None and abs(number - (value.number or 0.0)) > TOLERANCE:
            new = number_value(number, slot.place, formula=True, odd=value.odd, detail=value.detail)
            values[slot.key] = new
            old.append((value, new))
        elif number is None and (right is False or (right is None and book.may_be_stale)):
            values[slot.key] = _uncomputed(value)
        elif right is None:
            believed.append(value)
    remarks = [stale_remark(old, Words("公式", "Formulas"), "gives")] if old else []
    return [*remarks, _believed(believed)] if believed else remarks


def current(book: Grids, value: Value) -> Value:
    """A total whose formula is another than a sum of its parts: without a number if it is old."""
    if value.standing is not Standing.NUMBER or value.place is None:
        return value
    _, right = _compared(Following(book), value)
    return _uncomputed(value) if right is False or (right is None and book.may_be_stale) else value


def _uncomputed(value: Value) -> Value:
    return replace(value, standing=Standing.FORMULA, number=None, odd="uncomputed")


def _compared(following: Following, value: Value) -> tuple[float | None, bool | None]:
    """What a cell comes to by plain sums, if they tell it, and whether its stored number is right.

    The engine says it where sums do not; None where it cannot follow the formula.
    """
    assert value.place is not None
    number = following.number(value.place, 0)
    found = number if number is not None else following.by_engine(value.place)
    if isinstance(found, float):
        return number, value.number is not None and abs(found - value.number) <= TOLERANCE
    error = found.get("kind") if isinstance(found, dict) else None
    return None, False if isinstance(found, str) or error in _ERRORS else None


def _believed(found: Sequence[Value]) -> Remark:
    first = found[0].place or Place("")
    words = Words(
        f"{first_of(first, len(found))}是公式，在这个文件里算不出来（如取自别的工作簿），"
        f"核对的是上次保存的结果{found[0].shown}。请打开文件按 F9 重新计算，核对后保存。",
        f"{first.sheet} {first.cell}: a formula that cannot be followed within this file; its "
        f"stored result {found[0].shown} was judged: press F9, check it and save.",
    )
    return Remark(RemarkKind.STALE, words, first)


class Following:
    """Formulas of a workbook, followed through its cells."""

    def __init__(self, book: Grids) -> None:
        self.book = book
        self.known: dict[Place, float | None] = {}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The workbook's names with what they refer to."""
        return self.book.targets

    def number(self, at: Place, depth: int) -> float | None:
        """What a cell comes to by plain sums alone; None where that cannot be told."""
        if at not in self.known:
            self.known[at] = None  # a formula that comes back to itself
            self.known[at] = self._number(at, depth)
        return self.known[at]

    def _number(self, at: Place, depth: int) -> float | None:
        cell = self._cell(at)
        if cell is None:
            return 0.0
        if cell.formula is None:
            return float(cell.payload) if cell.kind == "n" else None
        text = self.book.cells(at.sheet).formula(*at.at) or ""
        adds = added_by(self.book, at, text)
        if adds is None or adds.partial or depth > _DEEPEST:
            return None
        total = 0.0
        for part, count in adds.found.items():
            number = self.number(part, depth + 1)
            if number is None:
                return None
            total += count * number
        rounded = any(word in text.upper() for word in _ROUNDS)
        return None if rounded and total % 1 else total

    def _cell(self, at: Place) -> Cell | None:
        if at.sheet not in self.book.sheets:
            return None
        self.book.tell_formulas(at.sheet)
        return self.book.cells(at.sheet).held.get(at.at)

    def by_engine(self, at: Place, formula: str = "") -> object:
        """What formualizer makes of a cell's formula, or of another there; None where it cannot.

        In the child that reads old formats, since a formula may ask for any time and memory; a
        workbook's formulas together have the seconds that reading it may take.
        """
        book = self.book
        if find_spec("formualizer") is None or book.engine_seconds > (most := Limits()).seconds:
            return None
        inputs = self._looked_at(at, formula)
        if inputs is None:
            return None
        cells = [(p.sheet, p.row + 1, p.column + 1, content) for p, content in inputs.items()]
        asked = json.dumps([list(book.sheets), cells, (at.sheet, at.row + 1, at.column + 1)])
        start = time.monotonic()
        try:
            kind, found = in_child(computed, asked.encode(), book.name, most)
        except InputError:  # it took too long, or died
            book.engine_seconds = math.inf
            return None
        book.engine_seconds += time.monotonic() - start
        return found if kind == "ok" else None

    def is_true(self, condition: str, first: Place, at: Place) -> bool:
        """Whether the condition of a format, as it is said for its ``first`` cell, holds at one."""
        from openpyxl.formula.translate import Translator

        if condition.strip().upper() in ("TRUE", "TRUE()", "1"):
            return True
        with contextlib.suppress(Exception):  # no formula, or one that leaves the sheet
            moved = Translator("=" + condition, first.cell).translate_formula(at.cell)
            below = min(self.book.cells(at.sheet).bottom + 2, ROWS - 1)
            return self.by_engine(Place(at.sheet, below, _ASIDE), str(moved)[1:]) is True
        return False

    def _looked_at(self, start: Place, formula: str = "") -> dict[Place, Any] | None:
        """Every cell that a formula looks at, with its content; None for too many."""
        found: dict[Place, Any] = {}
        waiting = [start]
        while waiting:
            at = waiting.pop()
            grid = self.book.cells(at.sheet)
            text = (formula if at == start else "") or grid.formula(*at.at) or ""
            looked = looked_at(text, at.sheet, self.book.sheets, self.names)
            if looked is None:
                return None
            found[at] = "=" + looked.text
            for area in looked.areas:
                self.book.tell_formulas(area.sheet)
                cells = self.book.cells(area.sheet)
                for key in _within(cells.held, area.first, area.last):
                    place = Place(area.sheet, *key)
                    if place not in found:
                        cell = cells.held[key]
                        found[place] = cells.content(cell) if cell.formula is None else None
                        if cell.formula is not None:
                            waiting.append(place)
                if len(found) > _MOST:
                    return None
        return found


def _within(
    cells: Mapping[tuple[int, int], Cell], first: tuple[int, int], last: tuple[int, int]
) -> Iterable[tuple[int, int]]:
    """The cells of an area that hold something."""
    rows, columns = range(first[0], last[0] + 1), range(first[1], last[1] + 1)
    if len(rows) * len(columns) <= len(cells):
        return [(r, c) for r in rows for c in columns if (r, c) in cells]
    return [(r, c) for r, c in cells if r in rows and c in columns]


def computed(asked: bytes, _most: int) -> tuple[str, object]:
    """In the child: what a formula comes to, among the cells that it looks at."""
    import formualizer

    engine = formualizer.Workbook()
    sheets, cells, at = json.loads(asked)
    for sheet in sheets:
        engine.add_sheet(sheet)
    for sheet, row, column, content in cells:
        if isinstance(content, str) and content.startswith("="):
            engine.set_formula(sheet, row, column, content)
        elif content is not None:
            engine.set_value(sheet, row, column, content)
    try:
        found = engine.evaluate_cell(*at)
    except Exception:  # whatever the engine stumbles over
        return "bad", None
    if isinstance(found, int | float) and not isinstance(found, bool):
        return "ok", float(found)
    kept = isinstance(found, str | bool | dict)
    return "ok", found if kept else None
