"""A sheet's part, or the shared strings, read by streaming: any XML that Excel may write."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ...templates.a1 import COLUMNS, ROWS
from .cells import BadSheetError, Cell, ErrorText, Key, Merge, Shared, is_error, key_of, merge_of
from .conditional import ConditionalLooks, Looks
from .limits import Budget
from .runs import Run
from .stream import parse

ARRAY = "array "  # how the group of an array's cells is called, before its area
_TEXT = 40_000  # characters kept of one text: a cell holds 32,767
_NUMBER = frozenset("0123456789+-.eE")
_HEX = frozenset("0123456789abcdefABCDEF")
_LOOKS = ("conditionalFormatting", "extLst")  # the children that tell conditional formats


class SheetContent(NamedTuple):
    """What a sheet's part holds; ``hides``: a row or column of it may be hidden."""

    cells: dict[Key, Cell]
    merges: list[Merge]
    looks: Looks
    hides: bool = True


def unescaped(text: str) -> str:
    """A text with ``_x000D_`` and its kind as the character that is meant.

    >>> unescaped("a_x0041_b"), unescaped("_x005F_x0041_")
    ('aAb', '_x0041_')
    """
    done, at = [], 0
    while (found := text.find("_x", at)) >= 0:
        code = text[found + 2 : found + 6]
        meant = int(code, 16) if len(code) == 4 and _HEX.issuperset(code) else 0xD800
        if text[found + 6 : found + 7] == "_" and not 0xD800 <= meant < 0xE000:
            done += [text[at:found], chr(meant)]
            at = found + 7
        else:
            done.append(text[at : found + 2])
            at = found + 2
    return "".join([*done, text[at:]]) if done else text


def cell_of(kind: str, style: str, value: str | None, formula: str | Shared | None) -> Cell | None:
    """The cell with attributes ``t`` and ``s`` and the text of its value; None for an empty one.

    ``kind`` is ``t`` as the file has it (``n``, ``s``, ``str``, ``b``, ``e``, ``inlineStr`` or
    none), ``style`` the index of the cell's format.
    """
    number = int(style) if style.isdecimal() and len(style) < 7 else 0
    if value is None or (not value.strip() and kind in ("", "n", "s", "b", "e", "d")):
        return None if formula is None else Cell("", "", formula, number)
    if kind in ("", "n"):
        return _number(value, formula, number)
    if kind == "s":
        if not (value.strip().isascii() and value.strip().isdigit() and len(value) < 12):
            raise BadSheetError(f"string {value[:20]}")
        return Cell("s", int(value), formula, number)
    if kind == "b":
        return Cell("b", value.strip() in ("1", "true"), formula, number)
    if kind == "e":
        return Cell("e", ErrorText(value.strip()), formula, number)
    text = unescaped(value)
    if is_error(text):
        return Cell("e", ErrorText(text), formula, number)
    if not text:  # the result of a formula, or nothing
        return None if formula is None else Cell("t", "", formula, number)
    return Cell("t", text, formula, number)


def _number(value: str, formula: str | Shared | None, style: int) -> Cell:
    bare = value.strip()
    if _NUMBER.issuperset(bare) and len(bare) < 400:
        try:
            return Cell("n", float(bare), formula, style)
        except ValueError:
            pass
    return Cell("t", value, formula, style)


class SheetReader:
    """Takes expat's events of one sheet and keeps its cells and merged ranges."""

    def __init__(self, budget: Budget, codes: Mapping[str, str] | None = None) -> None:
        self.looks: ConditionalLooks = ConditionalLooks(codes or {})
        self.held: dict[Key, Cell] = {}
        self.merges: list[Merge] = []
        self._budget = budget
        self._row = self._column = -1
        self._part = ""  # the child of the sheet that is read
        self._cell: dict[str, str] | None = None
        self._child = ""  # the child of the cell that is read
        self._value: str | None = None
        self._inline: str | None = None
        self._formula: str | Shared | None = None
        self._attrs: dict[str, str] = {}
        self._text: list[str] | None = None
        self._size = 0
        self._silent = 0  # the depth of a phonetic run
        self._run = Run()

    def start(self, depth: int, local: str, attrs: dict[str, str]) -> None:
        """An element begins."""
        if depth == 2:
            self._part = local
        if self._part in _LOOKS:
            self.looks.start(depth, self._part, local, attrs)
        elif self._cell is not None:
            self._inside(depth, local, attrs)
        elif depth == 3 and self._part == "sheetData" and local == "row":
            given = attrs.get("r")
            self._row = self._row + 1 if given is None else key_of("A" + given)[0]
            self._column = -1
        elif depth == 4 and self._part == "sheetData" and local == "c":
            self._cell, self._value, self._inline, self._formula = attrs, None, None, None
            self._run.begin()
        elif depth == 3 and self._part == "mergeCells" and local == "mergeCell":
            self.merges.append(merge_of(attrs.get("ref", "")))

    def _inside(self, depth: int, local: str, attrs: dict[str, str]) -> None:
        if self._silent:
            return
        if depth == 5:
            self._child = local
        if self._text is not None:
            raise BadSheetError(f"{local} within a text")
        if depth == 5 and local in ("v", "f"):
            if (self._value if local == "v" else self._formula) is not None:
                raise BadSheetError(f"{local} twice")
            self._text, self._attrs, self._size = [], attrs, 0
        elif depth > 5 and self._child == "is":
            if local == "rPh":
                self._silent = depth
            elif local == "t":
                self._text, self._size = [], 0
            else:
                self._run.start(local, attrs)

    def text(self, content: str) -> None:
        """Characters: kept where a value, a formula or a text is read."""
        if self._part == "extLst":
            self.looks.text(content)
        elif self._text is not None and self._size < _TEXT:
            self._size += len(content)
            self._text.append(content)

    def end(self, depth: int, local: str) -> None:
        """An element ends."""
        if self._part == "extLst":
            self.looks.end(depth)
        if self._cell is None:
            return
        if self._silent:
            if depth == self._silent:
                self._silent = 0
        elif self._text is not None and local in ("v", "f", "t"):
            text, self._text = "".join(self._text), None
            if local == "f":
                self._formula = formula_of(self._attrs, text)
            elif local == "v":
                self._value = text
            else:
                self._inline = (self._inline or "") + self._run.shown(text)
        elif depth == 4 and local == "c":
            self._close()

    def _close(self) -> None:
        attrs = self._cell or {}
        self._cell = None
        given = attrs.get("r")
        key = (self._row, self._column + 1) if given is None else key_of(given)
        if not (0 <= key[0] < ROWS and key[1] < COLUMNS):
            raise BadSheetError(str(key))
        self._column = key[1]
        contents = (self._value, self._inline)  # the one that its kind asks for counts
        first, other = reversed(contents) if attrs.get("t") == "inlineStr" else contents
        value = other if first is None else first
        cell = cell_of(attrs.get("t", ""), attrs.get("s", ""), value, self._formula)
        if cell is not None:
            self._budget.spend(0, 1)
            if self.held.setdefault(key, cell) is not cell:
                raise BadSheetError(f"twice {key}")


def formula_of(attrs: dict[str, str], text: str) -> str | Shared:
    """A formula's text; a shared one with its group, and one of an array with its area."""
    kind, area = attrs.get("t", ""), attrs.get("ref", "")
    if kind == "shared":
        return Shared(attrs.get("si", ""), text, area)
    first, _, last = area.partition(":")
    return Shared(ARRAY + area, text, area) if kind == "array" and last not in ("", first) else text


def share_arrays(cells: dict[Key, Cell]) -> None:
    """Gives every cell of an array's area the formula, as an application shows it.

    Cell by cell it is what the first one has, moved; one with functions cannot be told apart.
    """
    for cell in [c for c in cells.values() if isinstance(c.formula, Shared)]:
        shared = cell.formula
        assert isinstance(shared, Shared)
        if not shared.group.startswith(ARRAY):
            continue
        (top, left), (bottom, right) = merge_of(shared.area)
        inside = range(top, bottom + 1), range(left, right + 1)
        for key in [k for k in cells if k[0] in inside[0] and k[1] in inside[1]]:
            text = shared if "(" not in shared.text else f"ARRAY({shared.text})"
            if key != (top, left) or isinstance(text, str):
                text = text if isinstance(text, str) else Shared(shared.group, "")
                cells[key] = cells[key]._replace(formula=text)


def read_sheet(
    chunks: Iterable[bytes], budget: Budget, codes: Mapping[str, str] | None = None
) -> SheetContent:
    """Cells, merged ranges and conditional number formats of a sheet's part."""
    reader = SheetReader(budget, codes)
    parse(chunks, budget, start=reader.start, end=reader.end, text=reader.text)
    return SheetContent(reader.held, reader.merges, reader.looks.found)


class _Done(Exception):  # noqa: N818
    """What was looked for is found."""


def first_cell(chunks: Iterable[bytes], budget: Budget) -> tuple[Key, Cell] | None:
    """The first cell of a sheet that holds something; no more of the part is read."""
    reader = SheetReader(budget)

    def end(depth: int, local: str) -> None:
        reader.end(depth, local)
        if reader.held:
            raise _Done

    with contextlib.suppress(_Done):
        parse(chunks, budget, start=reader.start, end=end, text=reader.text)
    return next(iter(reader.held.items()), None)


def read_strings(chunks: Iterable[bytes], budget: Budget) -> list[str]:
    """The shared strings, without their phonetic readings."""
    found: list[str] = []
    pieces: list[str] = []
    taking, silent, size = False, 0, 0
    run = Run()

    def start(depth: int, local: str, attrs: dict[str, str]) -> None:
        nonlocal taking, silent, size
        if depth == 2:
            pieces.clear()
            run.begin()
            size = 0
        elif local == "rPh" and not silent:
            silent = depth
        else:
            run.start(local, attrs)
        taking = local == "t" and depth > 2 and not silent

    def text(content: str) -> None:
        nonlocal size
        if taking and size < _TEXT:
            size += len(content)
            pieces.append(run.shown(content))

    def end(depth: int, local: str) -> None:
        nonlocal taking, silent
        taking = False
        if depth == silent:
            silent = 0
        if depth == 2 and local == "si":
            budget.spend(0, 1)
            found.append(unescaped("".join(pieces)))

    parse(chunks, budget, start=start, end=end, text=text)
    return found
