"""A workbook becomes a Report: by its defined names, else by its labels.

Values come from python-calamine; formulas are looked up only where a value is missing and for
the template's totals.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from ..templates import edition as editions
from ..templates.covers import STAMPS
from ..templates.edition import Edition
from ..templates.errors import InputError
from ..templates.layout import cell_name, layout_of
from .bylabel import SheetText, locate
from .byname import Names, names_of
from .cellxml import look
from .encryption import decrypted, is_encrypted
from .labels import normal, reading
from .package import Limits, Package, load
from .report import ABSENT, Place, Report, Stamp, Standing, Value
from .structure import broken_names, changed_labels, label_remarks, missing_fields, stamp_remarks

Pack = Callable[[Edition], Edition]
_MAX_SHEETS = 60
_LARGEST = 1e15  # beyond, a float does not hold every whole number


def read(
    path: Path,
    *,
    pack: Pack | None = None,
    limits: Limits | None = None,
    password: str | None = None,
) -> Report:
    """The report in the workbook at ``path``.

    ``pack`` turns an edition into one with local rules; ``password`` opens an encrypted
    workbook. Raises ``InputError`` with one
    sentence that names the file and the remedy when the file cannot be opened as a workbook,
    or when no table of the form is found in it.
    """
    data = load(path, limits or Limits())
    if password is not None and is_encrypted(data):
        data = decrypted(data, str(path), password)
    return read_bytes(data, str(path), pack=pack, limits=limits)


def read_bytes(
    data: bytes, name: str, *, pack: Pack | None = None, limits: Limits | None = None
) -> Report:
    """As ``read``, for the bytes of a workbook called ``name``."""
    book = Book(data, name, limits)
    extend = pack or (lambda e: e)
    names = book.names
    fields = {k for k in names.cells if k.startswith("gj_")}
    if len(fields) >= 20:
        return _by_name(book, names, extend)
    return _by_label(book, extend)


class Book:
    """One workbook's values, names and, for .xlsx and .xlsm, its XML."""

    def __init__(self, data: bytes, name: str, limits: Limits | None = None) -> None:
        self.name = name
        self.package: Package | None = None
        bounds = limits or Limits()
        if _is_spreadsheet_other(data):
            if len(data) > bounds.file_bytes:
                raise InputError(
                    f"{name} 太大（{len(data) >> 20} MB），请删去无关的工作表后再试。",
                    f"{name} is too large ({len(data) >> 20} MB): remove unrelated sheets.",
                )
        else:
            self.package = Package.open(data, bounds, name=name)
        try:
            self.calamine = CalamineWorkbook.from_filelike(io.BytesIO(data))
            self.sheets: list[str] = self.calamine.sheet_names
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # calamine's Rust panics are BaseExceptions
            raise _unreadable(name) from error
        self._grids: dict[str, list[list[Any]]] = {}
        self._merges: dict[str, Any] = {}

    @property
    def names(self) -> Names:
        """The defined names; none where the format does not show them (.xls, .ods)."""
        if self.package is None:
            return Names({}, ())
        return names_of(self.package.read(self.package.workbook_part))

    def grid(self, sheet: str) -> list[list[Any]]:
        """The sheet's values from A1 on; ``""`` for an empty cell."""
        if sheet not in self._grids:
            if self.package is not None:
                self.package.sheet_extent_guard(sheet)
            try:
                loaded = self.calamine.get_sheet_by_name(sheet)
                self._grids[sheet] = loaded.to_python(skip_empty_area=False)
                self._merges[sheet] = loaded.merged_cell_ranges or []
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as error:
                raise _unreadable(self.name) from error
        return self._grids[sheet]

    def text(self, sheet: str) -> SheetText:
        """The sheet's labels."""
        grid = self.grid(sheet)
        return SheetText(sheet, grid, self._merges[sheet])

    def at(self, place: tuple[str, int, int]) -> Any:
        """The content of a cell, ``""`` outside what the sheet holds."""
        sheet, row, col = place
        if sheet not in self.sheets:
            return ""
        grid = self.grid(sheet)
        return grid[row][col] if row < len(grid) and col < len(grid[row]) else ""

    def sheet_xml(self, sheet: str) -> bytes | None:
        """The XML of a worksheet, None for .xls and .ods."""
        if self.package is None:
            return None
        part = next((s.part for s in self.package.sheets if s.name == sheet), None)
        return self.package.read(part) if part else None


def _is_spreadsheet_other(data: bytes) -> bool:
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


def _by_name(book: Book, names: Names, extend: Pack) -> Report:
    stamps = {s: _text(book, names, f"gouji_stamp_{s}") for s in STAMPS}
    edition = extend(_edition_of_names(names, stamps["edition"]))
    cells = {
        key: names.cells[field.name]
        for key, field in edition.fields.items()
        if field.name in names.cells and names.cells[field.name][0] in book.sheets
    }
    extra = [k for k in edition.fields if k not in cells]
    if extra:
        found = locate(edition, [book.text(s) for s in book.sheets[:_MAX_SHEETS]])
        cells |= {k: found.cells[k] for k in extra if k in found.cells}
    stamp = Stamp(
        stamps["edition"],
        _year(stamps["year"]),
        stamps["code"],
        stamps["fingerprint"],
        stamps["origin"],
    )
    values = _values(book, edition, cells, totals_formulas=stamp.origin != "import")
    year_at = names.cells.get("gouji_year")
    year = _year(book.at(year_at)) if year_at else None
    unit = _text(book, names, "gouji_unit")
    layout = layout_of(edition)
    remarks = [
        *missing_fields(edition, cells),
        *broken_names(edition, names.broken, cells),
        *changed_labels(layout, cells, book.at),
        *stamp_remarks(stamp, year, _place(year_at)),
    ]
    sections = [
        (s.title, _text(book, names, f"gouji_section_{i}"))
        for i, s in enumerate(edition.sections, 1)
    ]
    return Report(
        path=book.name,
        edition=edition,
        unit=unit or Path(book.name).stem,
        year=year,
        values=values,
        unit_class=edition.class_of(unit, _text(book, names, "gouji_unit_class")),
        year_place=_place(year_at),
        stamp=stamp,
        remarks=tuple(remarks),
        narrative=tuple((t, x) for t, x in sections if x),
    )


def _edition_of_names(names: Names, stamped: str) -> Edition:
    if stamped in editions.EDITION_IDS:
        return editions.load(stamped)
    candidates = [editions.load(e) for e in editions.EDITION_IDS]
    return max(candidates, key=lambda e: sum(f.name in names.cells for f in e.fields.values()))


def _by_label(book: Book, extend: Pack) -> Report:
    sheets = [book.text(s) for s in book.sheets[:_MAX_SHEETS]]
    tries = [(e := extend(editions.load(i)), locate(e, sheets)) for i in editions.EDITION_IDS]
    year, year_at = _find_year(book)
    tries.sort(
        key=lambda t: (len(t[1].cells), year is not None and t[0].fits_year(year)), reverse=True
    )
    edition, found = tries[0]
    if not found.cells:
        raise _not_recognised(book, edition)
    unit = _find_unit(sheets)
    return Report(
        path=book.name,
        edition=edition,
        unit=unit or Path(book.name).stem,
        year=year,
        values=_values(book, edition, found.cells, totals_formulas=False),
        unit_class=edition.class_of(unit),
        year_place=year_at,
        remarks=(*missing_fields(edition, found.cells), *label_remarks(found)),
    )


def _not_recognised(book: Book, edition: Edition) -> InputError:
    heads = [t.blocks[0].columns[0].label for t in edition.tables]
    rows = [r.label for t in edition.tables for r in t.blocks[0].rows[:1] if r.label]
    looked = "、".join(f"“{x}”" for x in dict.fromkeys([*rows, *heads]))
    sheets = "、".join(book.sheets[:6])
    return InputError(
        f"{book.name} 里没有认出表二、表三、表四（看了工作表：{sheets}；要找的行列标签如{looked}，"
        "没有成表出现）。请核对是不是这份年报，或用 gouji template 的模板填报。",
        f"{book.name}: none of the form's tables was recognised (sheets: {sheets}; labels looked "
        f"for, such as {looked}, do not form a table). Check that it is the annual report, or "
        "use the workbook that gouji template makes.",
    )


def _values(
    book: Book,
    edition: Edition,
    cells: Mapping[str, tuple[str, int, int]],
    *,
    totals_formulas: bool,
) -> dict[str, Value]:
    values: dict[str, Value] = {}
    doubtful: dict[str, list[str]] = {}
    totals = edition.totals if totals_formulas else {}
    for key in edition.fields:
        at = cells.get(key)
        if at is None:
            values[key] = ABSENT
            continue
        value = _value(book.at(at), Place(at[0], cell_name(at[1], at[2])))
        values[key] = value
        if value.standing is Standing.BLANK or key in totals:
            doubtful.setdefault(at[0], []).append(key)
    for sheet, keys in doubtful.items():
        xml = book.sheet_xml(sheet)
        if xml is not None:
            _look_closer(xml, keys, values)
    _compute_own_totals(edition, values)
    return values


def _value(content: Any, place: Place) -> Value:
    if isinstance(content, bool):
        return Value(Standing.TEXT, None, "TRUE" if content else "FALSE", place)
    if isinstance(content, float | int):
        number = float(content)
        if not abs(number) < _LARGEST:  # also infinity and NaN
            return Value(Standing.TEXT, None, repr(content)[:60], place)
        shown = str(int(number)) if number.is_integer() else repr(number)
        return Value(Standing.NUMBER, number, shown, place)
    if isinstance(content, str):
        standing, read_as = reading(content)
        return Value(standing, read_as, content.strip()[:60], place)
    if isinstance(content, datetime.date | datetime.time | datetime.timedelta):
        return Value(Standing.TEXT, None, str(content), place)
    return Value(Standing.TEXT, None, str(content)[:60], place)


def _look_closer(xml: bytes, keys: Sequence[str], values: dict[str, Value]) -> None:
    """Blank for calamine: an error value, a formula without a value, or truly blank?"""
    places = {k: p.cell for k in keys if (p := values[k].place) is not None}
    seen = look(xml, places.values())
    for key, cell in places.items():
        value, inside = values[key], seen[cell]
        has_formula = inside.formula is not None
        if value.standing is Standing.BLANK and inside.error:
            standing, shown = Standing.ERROR, inside.error
        elif value.standing is Standing.BLANK and has_formula:
            standing, shown = Standing.FORMULA, "=" + (inside.formula or "")
        else:
            standing, shown = value.standing, value.shown
        values[key] = Value(standing, value.number, shown, value.place, has_formula)


def _compute_own_totals(edition: Edition, values: dict[str, Value]) -> None:
    """A total's formula without a stored value that is the template's own is computed here."""
    for _ in range(3):  # a total of totals needs a second round
        for key, parts in edition.totals.items():
            value = values[key]
            if value.standing is not Standing.FORMULA or not _is_own(value.shown, parts, values):
                continue
            numbers = [values[p].number for p in parts if values[p].standing is Standing.NUMBER]
            blanks = sum(values[p].standing is Standing.BLANK for p in parts)
            if len(numbers) + blanks == len(parts):
                total = sum(n for n in numbers if n is not None)
                values[key] = Value(Standing.NUMBER, total, f"{total:g}", value.place, True)


def _is_own(formula: str, parts: Iterable[str], values: Mapping[str, Value]) -> bool:
    """Whether ``formula`` is a SUM over exactly the cells of ``parts``."""
    match = re.fullmatch(r"=SUM\(([A-Z0-9:$,;]+)\)", formula.replace(" ", ""), re.IGNORECASE)
    if not match:
        return False
    summed: set[str] = set()
    for area in re.split("[,;]", match[1].replace("$", "").upper()):
        ends = re.fullmatch(r"([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?", area)
        if not ends:
            return False
        left, top, right, bottom = (
            ends[1],
            int(ends[2]),
            ends[3] or ends[1],
            int(ends[4] or ends[2]),
        )
        if bottom - top > 200 or len(left) > 2 or len(right) > 2:
            return False
        from_col, to_col = _col(left), _col(right)
        summed |= {
            cell_name(r - 1, c) for r in range(top, bottom + 1) for c in range(from_col, to_col + 1)
        }
    return summed == {p.cell for k in parts if (p := values[k].place)}


def _col(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _place(at: tuple[str, int, int] | None) -> Place | None:
    return Place(at[0], cell_name(at[1], at[2])) if at else None


def _text(book: Book, names: Names, name: str) -> str:
    at = names.cells.get(name)
    content = book.at(at) if at else ""
    if isinstance(content, float) and content.is_integer():
        content = int(content)
    return str(content).strip()


def _year(content: Any) -> int | None:
    if isinstance(content, float) and content.is_integer():
        content = int(content)
    match = re.search(r"(?<!\d)(19|20)\d\d(?!\d)", normal(str(content)))
    return int(match[0]) if match else None


_YEAR = re.compile(r"(?<!\d)(20\d\d)年|年[度份][:：](20\d\d)(?!\d)")
_YEAR_LABELS = ("报告年度", "报告年份", "年度", "年份")
_UNIT = re.compile(r"(?:填报)?(?:单位|机关|部门)(?:名称)?[:：]\s*([^\s:：]{2,40})")


def _find_year(book: Book) -> tuple[int | None, Place | None]:
    """The report year as titles say it, the sheets' names and the file's name after them."""
    for sheet in book.sheets[:_MAX_SHEETS]:
        for r, row in enumerate(book.grid(sheet)[:8]):
            for c, content in enumerate(row[:12]):
                if not isinstance(content, str):
                    continue
                if match := _YEAR.search(content.replace(" ", "")):
                    return int(match[1] or match[2]), Place(sheet, cell_name(r, c))
                beside = _year(row[c + 1]) if c + 1 < len(row) else None
                if beside and normal(content) in _YEAR_LABELS:
                    return beside, Place(sheet, cell_name(r, c + 1))
    for text in (*book.sheets, Path(book.name).stem):
        if match := re.search(r"(?<!\d)(20\d\d)(?!\d)", text):
            return int(match[1]), None
    return None, None


def _find_unit(sheets: Sequence[SheetText]) -> str:
    for sheet in sheets:
        for row in sheet.grid[:10]:
            for c, content in enumerate(row[:12]):
                if not isinstance(content, str):
                    continue
                if match := _UNIT.search(content):
                    return match[1]
                if normal(content) in ("单位名称", "填报单位", "单位"):
                    right = next(
                        (str(v) for v in row[c + 1 : c + 4] if isinstance(v, str) and v), ""
                    )
                    if right.strip():
                        return right.strip()
    return ""


__all__ = ["Book", "read", "read_bytes"]
