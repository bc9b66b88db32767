"""One workbook's values, names and XML, each loaded when it is asked for."""

from __future__ import annotations

import contextlib
import io
import os
import threading
from collections.abc import Iterable, Iterator
from typing import Any

from python_calamine import CalamineWorkbook

from ...templates.errors import InputError
from ..ooxml.limits import Limits
from ..ooxml.package import Package
from .by_name import Names, names_of
from .formulas import CellXml, formula_cells, look
from .grids import Grids

_quiet = threading.Lock()


@contextlib.contextmanager
def _calamine(name: str) -> Iterator[None]:
    """Turns every way python-calamine can fail into one sentence.

    A panic in its Rust code is a BaseException and writes a backtrace to standard error by
    itself; the sentence says all a user can use, so that is kept from the terminal.
    """
    with _quiet:
        kept = os.dup(2)
        sink = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(sink, 2)
            yield
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            raise _unreadable(name) from error
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(sink)


class Book(Grids):
    """One workbook's values, names and, for .xlsx and .xlsm, its XML."""

    def __init__(self, data: bytes, name: str, limits: Limits | None = None) -> None:
        super().__init__(name)
        self.package: Package | None = None
        bounds = limits or Limits()
        if _is_other_format(data):
            if len(data) > bounds.file_bytes:
                raise InputError(
                    f"{name} 太大（{len(data) >> 20} MB），请删去无关的工作表后再试。",
                    f"{name} is too large ({len(data) >> 20} MB): remove unrelated sheets.",
                )
        else:
            self.package = Package.open(data, bounds, name=name)
            self.package.count_guard()
        with _calamine(name):
            self.calamine = CalamineWorkbook.from_filelike(io.BytesIO(data))
            self.sheets = self.calamine.sheet_names

    @property
    def names(self) -> Names:
        """The defined names; none where the format does not show them (.xls, .ods)."""
        if self.package is None:
            return Names({}, ())
        return names_of(self.package.read(self.package.workbook_part))

    def load(self, sheet: str) -> list[list[Any]]:
        """The sheet's values as python-calamine reads them."""
        if self.package is not None:
            self.package.sheet_extent_guard(sheet)
        with _calamine(self.name):
            loaded = self.calamine.get_sheet_by_name(sheet)
            self._merges[sheet] = loaded.merged_cell_ranges or []
            return loaded.to_python(skip_empty_area=False)

    def _xml(self, sheet: str) -> bytes:
        assert self.package is not None
        part = next(s.part for s in self.package.sheets if s.name == sheet)
        return self.package.read(part)

    def look(self, sheet: str, cells: Iterable[str]) -> dict[str, CellXml]:
        """What the sheet's XML says of single cells."""
        return look(self._xml(sheet), cells)

    def formula_cells(self, sheet: str) -> set[str] | None:
        """From the sheet's XML; None for .xls and .ods."""
        return None if self.package is None else formula_cells(self._xml(sheet))


def _is_other_format(data: bytes) -> bool:
    """Whether these are the bytes of an .xls or an .ods, which have no OOXML package."""
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return b"W\x00o\x00r\x00k\x00b\x00o\x00o\x00k\x00" in data or (
            b"B\x00o\x00o\x00k\x00" in data
            and b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00" not in data
        )
    return data[:4] == b"PK\x03\x04" and b"opendocument.spreadsheet" in data[:200]


def _unreadable(name: str) -> InputError:
    return InputError(
        f"打不开工作簿 {name}：内容已损坏。请用 Excel 或 WPS 打开后另存为 .xlsx，再试。",
        f"The workbook {name} cannot be opened, its content is damaged: open it in Excel or WPS, "
        "save it as .xlsx and try again.",
    )
