"""An open book, seen through the xlwings object model, as the reader wants a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..validators.reading.by_name import Names, names_from
from ..validators.reading.formulas import CellXml
from ..validators.reading.grids import Grids
from .remote import formulas_at


class LiveBook(Grids):
    """The values and names of an ``xlwings.Book``, unsaved edits included.

    Each sheet's values come in one call, and where the engine can tell them, the formulas of a
    sheet in one more. ``calls`` counts both.
    """

    def __init__(self, book: Any) -> None:
        super().__init__(str(book.name))
        self.book = book
        self.sheets = [sheet.name for sheet in book.sheets]
        self.calls = 0
        self._formulas: dict[str, list[list[str]] | None] = {}

    @property
    def names(self) -> Names:
        """The defined names that point at one cell."""
        pairs = []
        for name in self.book.names:
            if name.name.startswith(("gj_", "gouji_")):
                pairs.append((name.name, (name.refers_to or "#REF!").removeprefix("=")))
        return names_from(pairs)

    def load(self, sheet: str) -> list[list[Any]]:
        """The sheet's values from A1 to the last used cell, errors as ``#REF!`` and its kind."""
        self.calls += 1
        last = self.book.sheets[sheet].used_range.last_cell
        area = self.book.sheets[sheet].range((1, 1), (last.row, last.column))
        values = area.options(ndim=2, err_to_str=True).value
        return [["" if v is None else v for v in row] for row in values]

    def look(self, sheet: str, cells: Iterable[str]) -> dict[str, CellXml]:
        """Which of ``cells`` hold a formula."""
        return formulas_at(self._formula_grid(sheet) or (), cells)

    def formula_cells(self, sheet: str) -> set[str] | None:
        """None where the engine sends no formulas; else ``look`` tells each."""
        return None if self._formula_grid(sheet) is None else set()

    def _formula_grid(self, sheet: str) -> list[list[str]] | None:
        if sheet not in self._formulas:
            self._formulas[sheet] = self._all_formulas(sheet)
        return self._formulas[sheet]

    def _all_formulas(self, sheet: str) -> list[list[str]] | None:
        grid = self.grid(sheet)
        columns = max((len(row) for row in grid), default=1)
        try:
            self.calls += 1
            area = self.book.sheets[sheet].range((1, 1), (max(1, len(grid)), max(1, columns)))
            formulas = area.formula
        except NotImplementedError:  # the remote engine sends no formulas
            return None
        if isinstance(formulas, str):
            return [[formulas]]
        return [list(row) for row in formulas]
