"""A workbook opened by what it holds, not by its name: the one door to every format."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from ..ooxml.cells import Cells
from ..ooxml.limits import Limits, encrypted, recognise, truncated
from ..ooxml.package import Package
from ..ooxml.references import table_columns
from ..ooxml.unseen import NONE, Unseen
from ..ooxml.workbook_part import SheetRef
from .grids import Grids, Names, names_from, names_of
from .password import OLE, is_encrypted, unlocked

if TYPE_CHECKING:
    from .other_formats import Whole

_APP = "docProps/app.xml"
_APPLICATION = re.compile(rb"<(?:\w+:)?Application>([^<]{0,100})<")
# What the applications call themselves that compute before they save.
_DESKS = ("Microsoft", "WPS", "LibreOffice", "OpenOffice", "Collabora", "ONLYOFFICE", "Kingsoft")


class Book(Grids):
    """An .xlsx or .xlsm, read by streaming."""

    def __init__(self, data: bytes, name: str, limits: Limits | None = None) -> None:
        super().__init__(name)
        self.package: Package = Package.open(data, limits, name=name)
        self._refs: dict[str, SheetRef] = {
            s.name: s for s in self.package.sheets if s.kind == "worksheet"
        }
        self.sheets: list[str] = list(self._refs)

    @cached_property
    def names(self) -> Names:
        """The defined names of the workbook."""
        return names_of(self.package.book)

    @property
    def targets(self) -> Mapping[str, str]:
        """What the names of the whole workbook, and columns of its tables, refer to."""
        named = {n.name: n.target for n in self.package.book.names if n.sheet is None}
        for name, ref in self._refs.items():
            for rel in self.package.rels(ref.part):
                if rel.type.endswith("/table") and not rel.external and rel.target in self.package:
                    named |= table_columns(self.package.read(rel.target), name, self.package.budget)
        return named

    @cached_property
    def may_be_stale(self) -> bool:  # type: ignore[override]
        """Whether the file asks to be computed, or a program wrote it that does not compute."""
        if self.package.book.asks or _APP not in self.package:
            return True
        match = _APPLICATION.search(self.package.read(_APP)[:4096])
        name = match[1].decode("utf-8", "replace") if match else ""
        return not name.startswith(_DESKS) or "Compatible" in name

    def load(self, sheet: str) -> Cells:
        """The sheet's cells, within the limits of the whole workbook."""
        return self.package.cells(self._refs[sheet])

    def unseen(self, sheet: str) -> Unseen:
        """What of the sheet nobody sees."""
        return self.package.unseen(self._refs[sheet])

    def hidden(self, sheet: str) -> str:
        """``hidden`` or ``veryHidden``, as the workbook part says."""
        state = self._refs[sheet].state
        return state if state in ("hidden", "veryHidden") else ""


class Read(Grids):
    """A workbook of another format, which was read whole."""

    def __init__(self, name: str, whole: Whole) -> None:
        super().__init__(name)
        self._cells, self._pairs, self.formulas, self.plain, self._unseen = whole
        self.sheets: list[str] = list(self._cells)

    @cached_property
    def names(self) -> Names:
        """The defined names of the workbook."""
        return names_from(self._pairs)

    def unseen(self, sheet: str) -> Unseen:
        """Rows and columns that are hidden, in an .ods and an .xls."""
        return self._unseen.get(sheet, NONE)

    def load(self, sheet: str) -> Cells:
        """The sheet's cells: all are there already."""
        return self._cells[sheet]


def open_book(
    data: bytes, name: str, limits: Limits | None = None, password: str | None = None
) -> Grids:
    """The workbook in ``data``, called ``name`` in messages.

    ``password`` opens an encrypted one; the default password that programs set themselves needs
    none. Raises ``InputError`` with one sentence that names the file and the remedy.
    """
    bounds = limits or Limits()
    if is_encrypted(data):
        data = unlocked(data, name, password)
    if data.startswith(OLE):
        from .other_formats import read_xls

        recognise(data, name, bounds, ole=True)
        return Read(name, read_xls(data, name, bounds, password))
    if data.startswith(b"PK") and (kind := _zip_kind(data, name)):
        recognise(data, name, bounds)
        if kind == "ods":
            from ..ooxml.ods import read_ods

            return Read(name, read_ods(data, name, bounds))
        from .other_formats import read_xlsb

        return Read(name, read_xlsb(data, name, bounds))
    return Book(data, name, bounds)


def _zip_kind(data: bytes, name: str) -> str:
    """``ods`` or ``xlsb`` by the entries; ``""`` for anything that a package may be."""
    if b"xl/workbook.bin" not in data and b"content.xml" not in data:
        return ""
    import io

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {i.filename.lower().replace("\\", "/") for i in archive.infolist()}
            locked = any(i.flag_bits & 1 for i in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise truncated(name) from error
    if locked:
        raise encrypted(name)
    if "content.xml" in names and "[content_types].xml" not in names:
        return "ods"
    return "xlsb" if "xl/workbook.bin" in names and "xl/workbook.xml" not in names else ""
