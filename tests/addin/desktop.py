"""A desktop Excel for xlwings, generated from xlwings' own engine base classes.

No Excel runs here. Every member of these classes must exist in the base class that xlwings' COM
and AppleScript engines are written to, or in the source of the COM engine; a
macro that asks for anything else fails, and so does a write to what cannot be written. The
behaviour that the macros rely on is COM's: values as tuples, ``None`` for an empty cell, errors
as COM's numbers, text with a leading apostrophe kept as text.
"""

from __future__ import annotations

import ast
import copy
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gouji.templates.a1 import cell_name as address
from gouji.templates.a1 import position
from xlwings import base_classes as base

_ERRORS = {-2146826265: "#REF!", -2146826281: "#DIV/0!"}


def _com_members() -> dict[str, set[str]]:
    """The members of the classes of xlwings' COM engine, from its source: it runs on Windows."""
    source = Path(base.__file__).with_name("_xlwindows.py").read_text("utf-8")
    found: dict[str, set[str]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            names = {n.name for n in node.body if isinstance(n, ast.FunctionDef)}
            names |= {
                t.id
                for n in node.body
                if isinstance(n, ast.Assign)
                for t in n.targets
                if isinstance(t, ast.Name)
            }
            made = (n for n in ast.walk(node) if isinstance(n, ast.Attribute))
            names |= {
                n.attr
                for n in made
                if isinstance(n.ctx, ast.Store)
                and isinstance(n.value, ast.Name)
                and n.value.id == "self"
            }
            found[node.name] = names
    return found


_COM = _com_members()


_MEMBERS = json.loads((Path(__file__).parent / "wps" / "members.json").read_text("utf-8"))


class Native:
    """One of Excel's own objects, whose members are those that WPS' declarations list too."""

    def __init__(self, kind: str, held: dict[str, Any]) -> None:
        self.__dict__.update(_kind=kind, _held=held)

    def __getattr__(self, name: str) -> Any:
        if name not in _MEMBERS[self._kind] or name not in self._held:
            raise AttributeError(f"{self._kind} has no {name}")
        return self._held[name]

    def __setattr__(self, name: str, value: Any) -> None:
        if _MEMBERS[self._kind].get(name) != "property":
            raise AttributeError(f"{self._kind}.{name} cannot be written")
        self._held[name] = value


class CallCounter:
    """How many calls went to the application, by name."""

    def __init__(self) -> None:
        self.made: dict[str, int] = {}

    def __call__(self, name: str) -> None:
        self.made[name] = self.made.get(name, 0) + 1


def real(cls: type) -> type:
    """Refuses a class with a public member that its base class, the real object model, lacks."""
    (parent, *_) = cls.__bases__
    for name in vars(cls):
        known = hasattr(parent, name) or name in _COM.get(parent.__name__, ())
        if not name.startswith("_") and not known:
            raise TypeError(f"{parent.__name__} has no {name}")

    def guarded(self: Any, name: str, value: Any) -> None:
        held = getattr(cls, name, None)
        own = name.startswith("_") or name == "options"  # xlwings' own note on a range
        if not own and not (isinstance(held, property) and held.fset):
            raise AttributeError(f"{parent.__name__}.{name} cannot be written")
        object.__setattr__(self, name, value)

    cls.__setattr__ = guarded  # type: ignore[assignment]
    return cls


class Engine:
    """The engine as xlwings asks for it."""

    name, type = "excel", "desktop"

    @staticmethod
    def clean_value_data(
        data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool
    ) -> list[list[Any]]:
        def clean(value: Any) -> Any:
            if value is None:
                return empty_as
            if value in _ERRORS:
                return _ERRORS[value] if err_to_str else None
            return value

        return [[clean(v) for v in row] for row in data]

    @staticmethod
    def prepare_xl_data_element(x: Any, options: Any) -> Any:
        return x


@real
class App(base.App):
    def __init__(self, calls: CallCounter) -> None:
        self._calls, self._status, self._alerts = calls, None, []
        self._book: Any = None
        self._selected: Any = None

    pid = 1

    @property
    def books(self) -> Any:
        return Books(self)

    @property
    def selection(self) -> Any:
        return self._selected

    @property
    def status_bar(self) -> Any:
        return self._status

    @status_bar.setter
    def status_bar(self, value: Any) -> None:
        self._calls("status_bar")
        self._status = value

    def activate(self, steal_focus: bool = False) -> None:
        pass

    def alert(self, prompt: str, title: str, buttons: Any, mode: Any, callback: Any) -> Any:
        self._alerts.append(prompt)


App.engine = Engine()  # as xlwings' own engines set it  # type: ignore[attr-defined]


@real
class Books(base.Books):
    def __init__(self, app: App) -> None:
        self._app = app

    @property
    def active(self) -> Any:
        return self._app._book


@real
class Book(base.Book):
    def __init__(self, app: App, sent: dict[str, Any]) -> None:
        self._app, self._name = app, sent["name"]
        self._sheets = [Sheet(self, s["name"], s["values"], s["formulas"]) for s in sent["sheets"]]
        for sheet, answer in zip(self._sheets, sent["sheets"], strict=True):
            sheet._merges, sheet._codes = answer.get("merges", []), answer.get("codes", {})
        self._date1904 = bool(sent.get("date1904"))
        self._names = [(n["name"], "=" + n["refers_to"]) for n in sent["names"]]
        app._book = self

    def activate(self) -> None:
        pass

    app = property(lambda self: self._app)
    api = property(lambda self: Native("Workbook", {"Date1904": self._date1904}))
    name = property(lambda self: self._name)
    fullname = property(lambda self: self._name)
    sheets = property(lambda self: Sheets(self))
    names = property(lambda self: Names(self))


@real
class Names(base.Names):
    def __init__(self, book: Book) -> None:
        self._book = book

    def __len__(self) -> int:
        return len(self._book._names)

    def __call__(self, index: Any) -> Any:
        return Name(*self._book._names[index - 1])


@real
class Name(base.Name):
    def __init__(self, name: str, target: str) -> None:
        self._name, self._target = name, target

    name = property(lambda self: self._name)
    refers_to = property(lambda self: self._target)


@real
class Sheets(base.Sheets):
    def __init__(self, book: Book) -> None:
        self._book = book

    def __len__(self) -> int:
        return len(self._book._sheets)

    def __iter__(self) -> Any:
        return iter(list(self._book._sheets))

    def __call__(self, which: Any) -> Any:
        sheets = self._book._sheets
        if isinstance(which, int):
            return sheets[which - 1]
        found = [s for s in sheets if s._name == which]
        if not found:
            raise KeyError(which)
        return found[0]

    def add(self, before: Any = None, after: Any = None, name: Any = None) -> Any:
        self._book._app._calls("add sheet")
        made = Sheet(self._book, name or f"Sheet{len(self) + 1}", [], [])
        self._book._sheets.insert(self._book._sheets.index(after) + 1, made)
        return made


@real
class Sheet(base.Sheet):
    def __init__(self, book: Book, name: str, values: Any, formulas: Any) -> None:
        self._book, self._name = book, name
        self._values, self._formulas = copy.deepcopy(values), copy.deepcopy(formulas)
        self._formats: dict[str, list[Any]] = {}
        self._notes: dict[str, str] = {}
        self._links: dict[str, str] = {}
        self._locked = False
        self._merges: list[str] = []
        self._codes: dict[str, str] = {}

    book = property(lambda self: self._book)
    index = property(lambda self: self._book._sheets.index(self) + 1)

    @property
    def name(self) -> str:
        return str(self._name)

    @name.setter
    def name(self, value: str) -> None:
        self._name = value

    @property
    def used_range(self) -> Any:
        width = max((len(r) for r in self._values), default=1)
        return Range(self, 1, 1, max(1, len(self._values)), max(1, width))

    def range(self, arg1: Any, arg2: Any = None) -> Any:
        def corner(at: Any) -> tuple[int, int]:
            if isinstance(at, tuple):
                return at
            if isinstance(at, str):
                row, column = position(at) or (0, 0)
                return row + 1, column + 1
            return at.row, at.column

        first = corner(arg1)
        return Range(self, *first, *(corner(arg2) if arg2 is not None else first))

    def activate(self) -> None:
        self._book._app._calls("activate")

    def delete(self) -> None:
        self._book._app._calls("delete sheet")
        self._book._sheets.remove(self)


@real
class Range(base.Range):
    def __init__(self, sheet: Sheet, row: int, column: int, last_row: int, last: int) -> None:
        self._sheet, self._at, self._end = sheet, (row, column), (last_row, last)

    sheet = property(lambda self: self._sheet)
    api = property(lambda self: Native("Range", {"FormatConditions": self._native_formats()}))
    row = property(lambda self: self._at[0])
    column = property(lambda self: self._at[1])
    coords = property(lambda self: (self._sheet._name, *self._at))
    shape = property(lambda self: (self._end[0] - self._at[0] + 1, self._end[1] - self._at[1] + 1))
    max_cells_per_read = 4_000_000
    max_cells_per_write = 4_000_000

    @property
    def address(self) -> str:
        first = "$" + self._cell.rstrip("0123456789") + f"${self._at[0]}"
        last = address(self._end[0] - 1, self._end[1] - 1)
        last = "$" + last.rstrip("0123456789") + f"${self._end[0]}"
        return first if self._at == self._end else f"{first}:{last}"

    @property
    def _all(self) -> set[tuple[int, int]]:
        rows, columns = (range(self._at[i], self._end[i] + 1) for i in (0, 1))
        return {(row, column) for row in rows for column in columns}

    def _met(self) -> list[Range]:
        whole = [self._sheet.range(*area.split(":")) for area in self._sheet._merges]
        return [area for area in whole if area._all & self._all]

    @property
    def merge_cells(self) -> Any:
        self._sheet._book._app._calls("look")
        covered = {cell for area in self._met() for cell in area._all}
        return None if covered & self._all and self._all - covered else bool(covered & self._all)

    @property
    def merge_area(self) -> Any:
        return next(iter(self._met()), self)

    @property
    def number_format(self) -> Any:
        self._sheet._book._app._calls("look")
        codes = self._sheet._codes
        answer = {codes.get(address(r - 1, c - 1), "General") for r, c in self._all}
        return answer.pop() if len(answer) == 1 else None

    @property
    def _cell(self) -> str:
        return address(self._at[0] - 1, self._at[1] - 1)

    def __len__(self) -> int:
        return int(self.shape[0] * self.shape[1])

    def __call__(self, arg1: Any, arg2: Any = None) -> Any:
        if arg2 is None:
            arg1, arg2 = divmod(arg1 - 1, self.shape[1])
            arg1, arg2 = arg1 + 1, arg2 + 1
        row, column = self._at[0] + arg1 - 1, self._at[1] + arg2 - 1
        return Range(self._sheet, row, column, row, column)

    def _rows(self, grid: Any, empty: Any) -> Any:
        def at(row: int, column: int) -> Any:
            inside = row <= len(grid) and column <= len(grid[row - 1])
            return grid[row - 1][column - 1] if inside else empty

        rows = tuple(
            tuple(at(r, c) for c in range(self._at[1], self._end[1] + 1))
            for r in range(self._at[0], self._end[0] + 1)
        )
        return rows[0][0] if len(self) == 1 else rows

    @property
    def raw_value(self) -> Any:
        self._sheet._book._app._calls("read")
        return self._rows(self._sheet._values, None)

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        self._sheet._book._app._calls("write")
        rows = data if isinstance(data, list | tuple) else [[data]]
        for r, row in enumerate(rows):
            while len(self._sheet._values) < self._at[0] + r:
                self._sheet._values.append([])
            line = self._sheet._values[self._at[0] + r - 1]
            line += [None] * (self._at[1] + len(row) - 1 - len(line))
            for c, value in enumerate(row):
                if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") and value != "-":
                    raise AssertionError(f"would become a formula: {value}")
                kept = value[1:] if isinstance(value, str) and value[:1] == "'" else value
                line[self._at[1] - 1 + c] = None if kept == "" else kept

    @property
    def formula(self) -> Any:
        self._sheet._book._app._calls("read formulas")
        return self._rows(self._sheet._formulas, "")

    @formula.setter
    def formula(self, value: Any) -> None:
        raise AssertionError("no macro writes formulas here")

    def select(self) -> None:
        self._sheet._book._app._calls("select")
        self._sheet._book._app._selected = self

    def add_hyperlink(
        self, address: str, text_to_display: Any = None, screen_tip: Any = None
    ) -> None:
        self._sheet._book._app._calls("link")
        self._sheet._links[self._cell] = address

    def _native_formats(self) -> Any:
        """Excel's own objects of the formats on the cell, as far as the macros use them."""
        held = self._sheet._formats.get(self._cell, [])

        def item(index: int) -> Any:
            look = held[index - 1].setdefault("native", {})
            return Native(
                "FormatCondition",
                {
                    "Font": Native("Font", look),
                    "Borders": Native("Borders", look),
                },
            )

        return Native("FormatConditions", {"Item": item})

    @property
    def conditional_formats(self) -> Any:
        return ConditionalFormats(self)

    @property
    def note(self) -> Any:
        return Note(self) if self._cell in self._sheet._notes else None

    def add_note(self, text: str) -> Any:
        self._sheet._book._app._calls("note")
        if self._sheet._locked:
            raise RuntimeError("1004")
        self._sheet._notes[self._cell] = text
        return Note(self)


@real
class Note(base.Note):
    def __init__(self, area: Range) -> None:
        self._area = area

    @property
    def text(self) -> str:
        return self._area._sheet._notes[self._area._cell]

    def delete(self) -> None:
        del self._area._sheet._notes[self._area._cell]


@real
class ConditionalFormats(base.ConditionalFormats):
    def __init__(self, area: Range) -> None:
        self._area = area

    @property
    def _held(self) -> list[Any]:
        return self._area._sheet._formats.setdefault(self._area._cell, [])

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Any:
        return iter([ConditionalFormat(self._held, f) for f in self._held])

    def __call__(self, key: Any) -> Any:
        return ConditionalFormat(self._held, self._held[key - 1])

    def add_custom(self, spec: Any) -> Any:
        self._area._sheet._book._app._calls("format")
        if self._area._sheet._locked:
            raise RuntimeError("1004")
        self._held.insert(0, spec)
        return ConditionalFormat(self._held, spec)


@real
class ConditionalFormat(base.ConditionalFormat):
    def __init__(self, held: list[Any], spec: Any) -> None:
        self._held, self._spec = held, spec

    type = property(lambda self: "custom")

    def _of(self, name: str) -> Any:
        return self._spec[name] if isinstance(self._spec, dict) else getattr(self._spec, name)

    formula = property(lambda self: self._of("formula"))
    formula1 = property(lambda self: self._of("formula"))

    def delete(self) -> None:
        self._held.remove(self._spec)


def open_book(sent: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """An ``xlwings.Book`` on the double, with ``sent`` (see ``wps.sent``) open in it."""
    import xlwings

    book = xlwings.Book(impl=Book(App(CallCounter()), sent))
    # of other applications xlwings knows none on Linux, and asks which one is in front
    monkeypatch.setattr(xlwings.main, "apps", SimpleNamespace(active=book.app))
    return book
