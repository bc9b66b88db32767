"""An open book, seen through the xlwings object model, as the reader wants a workbook."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from ..templates.a1 import position
from ..validators.reading import MAC_EPOCH, Key, Merge
from . import painting
from .grids import OpenGrids, alike, merged

_OURS = ("gj_", "gouji_")
# Errors that xlwings leaves as COM packs them; it knows the seven old ones.
_PACKED = range(-2146828288 + 2000, -2146828288 + 3000)
_NEW = ("#SPILL!", "#CONNECT!", "#BLOCKED!", "#UNKNOWN!", "#FIELD!", "#CALC!", "#BUSY!")
_ERRORS = {2043: "#GETTING_DATA", **dict(enumerate(_NEW, 2045))}


class LiveBook(OpenGrids):
    """The values and names of an ``xlwings.Book``, unsaved edits included.

    Each sheet's values come in one call, and where the engine can tell them, the formulas of a
    sheet in one more; ``calls`` counts both. Number formats and merged ranges are asked for where
    the fields stand, area by area.
    """

    def __init__(self, book: Any) -> None:
        super().__init__(str(book.name))
        self.book = book
        self.sheets: list[str] = [sheet.name for sheet in book.sheets]
        self.calls: int = 0
        self._formulas: dict[str, list[list[str]] | None] = {}
        self.epoch: int = _epoch(book)
        self._merged: set[str] = set()  # the sheets whose merged ranges are all known

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Our defined names; what others refer to is not asked for, each answer takes a call."""
        for name in self.book.names:
            if name.name.startswith(_OURS):
                yield name.name, (name.refers_to or "#REF!").removeprefix("=")

    def values(self, sheet: str) -> list[list[Any]]:
        """The sheet's values from A1 to the last used cell, errors as ``#REF!`` and its kind."""
        values = self._used(sheet).options(ndim=2, err_to_str=True).value
        return [["" if v is None else _content(v) for v in row] for row in values]

    def formula_grid(self, sheet: str) -> list[list[str]] | None:
        """The sheet's formulas, asked for once; None where the engine sends none."""
        if sheet not in self._formulas:
            self._formulas[sheet] = self._all_formulas(sheet)
        return self._formulas[sheet]

    def _all_formulas(self, sheet: str) -> list[list[str]] | None:
        try:
            formulas = self._used(sheet).formula
        except NotImplementedError:  # the remote engine sends no formulas
            return None
        return [[formulas]] if isinstance(formulas, str) else [list(row) for row in formulas]

    def _used(self, sheet: str) -> Any:
        """The range from A1 to the last used cell, of which all is asked in one call."""
        self.calls += 1
        last = self.book.sheets[sheet].used_range.last_cell
        return self.book.sheets[sheet].range((1, 1), (last.row, last.column))

    def tell_merges(self, sheet: str) -> None:
        """Asks once for what is merged on a sheet whose tables are looked for by their labels."""
        if sheet not in self._merged:
            self._merged.add(sheet)
            cells = self.cells(sheet).held
            last = (max((r for r, _ in cells), default=0), max((c for _, c in cells), default=0))
            self.cells(sheet).merges = self._merges(sheet, ((0, 0), last))

    def tell_looks(self, sheet: str, keys: Collection[Key]) -> None:
        """Asks for number formats at ``keys``, and what is merged there where it is not known."""
        super().tell_looks(sheet, keys)
        if sheet not in self._merged and keys:
            self.cells(sheet).merges = self._merges(sheet, _box(keys))

    def formats(self, sheet: str, keys: Collection[Key]) -> list[tuple[Merge, str]]:
        """The number formats around ``keys``; none where the engine tells none."""

        def code(area: Merge) -> str | None:
            one_code = self._area(sheet, area).number_format
            return one_code if isinstance(one_code, str) else None

        try:
            return [*alike(_box(keys), code)] if keys else []
        except NotImplementedError:
            return []

    def _merges(self, sheet: str, area: Merge) -> list[Merge]:
        def ask(part: Merge) -> bool | None:
            is_merged = self._area(sheet, part).merge_cells
            return is_merged if isinstance(is_merged, bool) else None

        def whole(cell: Key) -> Merge:
            first, _, last = self._area(sheet, (cell, cell)).merge_area.address.partition(":")
            ends = [position(end.replace("$", "")) or cell for end in (first, last or first)]
            return ends[0], ends[1]

        try:
            return merged(area, ask, whole)
        except NotImplementedError:  # the remote engine tells none
            return []

    def _area(self, sheet: str, area: Merge) -> Any:
        (top, left), (bottom, right) = area
        return self.book.sheets[sheet].range((top + 1, left + 1), (bottom + 1, right + 1))


def _epoch(book: Any) -> int:
    """Where the book's day 0 is, asked of Excel's own object, since xlwings does not tell."""
    try:
        return MAC_EPOCH if painting.NATIVE and book.api.Date1904 is True else 0
    except Exception:  # each engine has its own kind for what it does not know
        return 0


def _box(keys: Collection[Key]) -> Merge:
    rows, columns = [row for row, _ in keys], [column for _, column in keys]
    return (min(rows), min(columns)), (max(rows), max(columns))


def _content(value: Any) -> Any:
    """A value as a cell holds it: an error by its name."""
    if type(value) is int and value in _PACKED:
        return _ERRORS.get(value - _PACKED.start + 2000, "#ERR!")
    return value
