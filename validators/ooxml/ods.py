"""An OpenDocument spreadsheet, read by streaming within the same limits as an .xlsx."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from xml.parsers.expat import ExpatError

from ...templates.a1 import COLUMNS, ROWS
from ...templates.errors import InputError
from .cells import Cell, Cells, ErrorText, Key, Merge, is_error
from .limits import MB, Budget, Limits, check_packing, encrypted, short, truncated
from .ods_conditions import OdsConditions, formula_of
from .ods_styles import OdsStyles
from .runs import raised
from .stream import DoctypeError, parse
from .unseen import Unseen

_TIME = re.compile(r"PT([0-9]{1,9})H(?:([0-9]{1,2})M)?(?:([0-9.]{1,20})S)?")
_LOOKS = 1 << 20  # where the number formats of conditional formats begin
Whole = tuple[dict[str, Cells], list[tuple[str, str]], bool, str, dict[str, Unseen]]


def read_ods(data: bytes, name: str, limits: Limits) -> Whole:
    """Sheets, names, formulas told, what is hidden; ``InputError`` names what is in the way."""
    budget = Budget(limits, name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_packing(archive.infolist(), name)
            entries = {i.filename: i for i in archive.infolist()}
            if _locked(archive, entries, budget):
                raise encrypted(name)
            reader = _Reader(budget)
            if "styles.xml" in entries:
                chunks = _stream(archive, entries["styles.xml"], budget)
                parse(
                    chunks,
                    budget,
                    start=reader.styled,
                    end=reader.end,
                    text=reader.text,
                    mixed=True,
                )
            chunks = _stream(archive, entries["content.xml"], budget)
            parse(chunks, budget, start=reader.start, end=reader.end, text=reader.text, mixed=True)
    except (ExpatError, LookupError, ValueError, DoctypeError, EOFError, zlib.error) as error:
        raise _broken(name) from error
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        raise truncated(name) from error
    except RuntimeError as error:  # an encrypted zip entry
        raise encrypted(name) from error
    if not reader.sheets:
        raise _broken(name)
    return reader.sheets, reader.names, True, "", reader.unseen


def _stream(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> Iterator[bytes]:
    limits, size = budget.limits, 0
    with archive.open(info) as stream:
        while piece := stream.read(1 << 18):
            size += len(piece)
            swollen = size > 8 * MB and size / max(1, info.compress_size) > limits.ratio
            if size > limits.part_mb * MB or swollen:
                raise InputError(
                    f"{budget.name} 解压后过大，可能是压缩炸弹，没有打开。请核对来源。",
                    f"{budget.name} is too large when unpacked, it may be a zip bomb and was not "
                    "opened; check where it comes from.",
                )
            yield piece


def _locked(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], budget: Budget) -> bool:
    """Whether the manifest says that the content is encrypted."""
    if "META-INF/manifest.xml" not in entries:
        return False
    found = False

    def start(depth: int, local: str, attrs: dict[str, str]) -> None:
        nonlocal found
        found = found or local == "encryption-data"

    parse(_stream(archive, entries["META-INF/manifest.xml"], budget), budget, start, mixed=True)
    return found


def _broken(name: str) -> InputError:
    return InputError(
        f"打不开工作簿 {name}：内容已损坏。请用 Excel、WPS 或 LibreOffice 打开后另存为 "
        ".xlsx，再试。",
        f"The workbook {name} cannot be opened, its content is damaged: open it in Excel, WPS or "
        "LibreOffice, save it as .xlsx and try again.",
    )


def _bare(attrs: dict[str, str]) -> dict[str, str]:
    """Attributes by their local names; LibreOffice's own kind of value after the standard's."""
    found: dict[str, str] = {}
    for key, value in attrs.items():
        prefix, _, local = key.rpartition(":")
        if prefix == "calcext":
            found["calcext:" + local] = value
        else:
            found.setdefault(local, value)
    return found


def _times(text: str | None, most: int) -> int:
    if text is None:
        return 1
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValueError(f"repeated {text[:20]}")
    return min(int(text), most) or 1


class _Reader:
    """Takes the events of ``content.xml``: one sheet after the other."""

    def __init__(self, budget: Budget) -> None:
        self.sheets: dict[str, Cells] = {}
        self.names: list[tuple[str, str]] = []
        self.unseen: dict[str, Unseen] = {}
        self._budget = budget
        self._held: dict[Key, Cell] = {}
        self._merges: list[Merge] = []
        self._sheet: str | None = None
        self._table = self._silent = 0
        self._row = self._column = self._rows = 0
        self._line: list[tuple[int, Cell]] = []
        self._cell: dict[str, str] | None = None
        self._text: list[str] = []
        self._style, self._unseen, self._hidden = "", set[str](), False
        self._shown = False  # whether a cell says what it shows
        self._styles = OdsStyles()
        self._epoch = 0  # days from 1899-12-30 to the day 0 of its dates
        self._columns: list[tuple[int, str]] = []  # up to which column, the style of its cells
        self._row_style = ""
        self._spans: list[str] = []
        self._conditions = OdsConditions(self._styles)

    def start(self, depth: int, local: str, attrs: dict[str, str]) -> None:
        """An element begins."""
        if self._silent:
            return
        if self._sheet is None:
            self._outside(depth, local, attrs)
        elif local in ("table-row", "table-column"):
            self._line_begins(self._sheet, local, _bare(attrs))
        elif local == "span":
            self._spans.append(self._styles.runs.get(_bare(attrs).get("style-name", ""), ""))
        elif local in ("table-cell", "covered-table-cell"):
            self._cell, self._text, self._spans = _bare(attrs), [], []
            self._shown = False
        elif local == "conditional-format":
            self._conditions.target(attrs.get("calcext:target-range-address", ""))
        elif local == "condition":
            style = attrs.get("calcext:apply-style-name", "")
            self._conditions.condition(attrs.get("calcext:value", ""), style)
        elif local in ("annotation", "table", "shapes"):
            self._silent = depth
        elif local == "p":
            self._shown = True
            if self._text:
                self._text.append("\n")
        elif local in ("s", "tab", "line-break"):
            self._text.append("\n" if local == "line-break" else " ")

    def _line_begins(self, sheet: str, local: str, bare: dict[str, str]) -> None:
        """A row, or a column, and how many alike follow it."""
        style = bare.get("default-cell-style-name", "")
        if local == "table-row":
            self._column, self._line, self._row_style = 0, [], style
            self._rows = _times(bare.get("number-rows-repeated"), ROWS)
            first, last = self._row, self._row + self._rows
        else:
            first = last = self._columns[-1][0] if self._columns else 0
            last += _times(bare.get("number-columns-repeated"), COLUMNS)
            self._columns.append((last, style))
        slit = bare.get("style-name") in self._styles.slits
        if slit or bare.get("visibility", "visible") != "visible":
            unseen = self.unseen.setdefault(sheet, Unseen())
            (unseen.rows if local == "table-row" else unseen.columns).append((first, last - 1))

    def _outside(self, depth: int, local: str, attrs: dict[str, str]) -> None:
        """An element begins that is in no sheet: a sheet, a name, a style."""
        bare = _bare(attrs)
        if local == "table" and "table:name" in attrs:
            if attrs["table:name"].startswith("'file:"):  # what a link has kept is no sheet
                self._silent = depth
                return
            self._sheet, self._table = attrs["table:name"], depth
            self._held, self._merges, self._row = {}, [], 0
            self._columns, self._conditions = [], OdsConditions(self._styles)
            self._hidden = bare.get("style-name", "") in self._unseen
        elif local == "named-range":  # those of one sheet hold there alone
            self.names.append((bare.get("name", ""), _target(bare.get("cell-range-address", ""))))
        elif local == "null-date":
            self._epoch = int(_serial(bare.get("date-value", "1899-12-30")))
        else:
            self._styles.start(local, bare)
            if local == "style":
                self._style = bare.get("name", "")
            elif local == "table-properties" and bare.get("display") == "false":
                self._unseen.add(self._style)

    def styled(self, depth: int, local: str, attrs: dict[str, str]) -> None:
        """An element of the styles begins."""
        self._styles.start(local, _bare(attrs))

    def text(self, content: str) -> None:
        """Characters of a cell, or of a number format."""
        if self._sheet is None:
            self._styles.text(content)
        if self._cell is None or self._silent or "struck" in self._spans:
            return
        if len(self._text) < 4000:
            self._text.append(raised(content) if "raised" in self._spans else content)

    def end(self, depth: int, local: str) -> None:
        """An element ends."""
        if self._silent:
            if depth == self._silent:
                self._silent = 0
        elif local == "span" and self._spans:
            self._spans.pop()
        elif local in ("table-cell", "covered-table-cell") and self._cell is not None:
            self._close(self._cell)
            self._cell = None
        elif local == "table-row" and self._sheet is not None:
            self._end_row()
        elif local == "table" and depth == self._table and self._sheet is not None:
            self._sheet_ends(self._sheet)
            self._sheet = None
        elif self._sheet is None:
            self._styles.end(local)

    def _sheet_ends(self, name: str) -> None:
        looks, conditions = self._styles.formats(), self._conditions
        cells = self.sheets[name] = Cells(
            self._held, self._merges, dated=looks.dated, altering=looks.altering, epoch=self._epoch
        )
        conditions.done()
        cells.show(conditions.looks, _LOOKS, self._budget.tick)
        cells.faint = looks.faint
        cells.hidden = "hidden" if self._hidden else ""
        if conditions.rules:
            self.unseen.setdefault(name, Unseen()).conditions += conditions.rules

    def _close(self, attrs: dict[str, str]) -> None:
        times = _times(attrs.get("number-columns-repeated"), COLUMNS)
        cell = _cell(attrs, "".join(self._text).strip(), self._shown)
        if cell is not None:
            if cell.kind == "n" and not cell.style:
                style = self._style_of(attrs)
                last = self._row + self._rows - 1, self._column + times - 1
                self._conditions.cell(style, ((self._row, self._column), last))
                index = self._styles.index(style, attrs.get("value-type", ""))
                cell = cell._replace(style=index)
            if attrs.get("value-type") == "date" and isinstance(cell.payload, float):
                cell = cell._replace(payload=cell.payload - self._epoch)
            self._budget.spend(0, times)
            self._line += [(self._column + i, cell) for i in range(times)]
        wide = _times(attrs.get("number-columns-spanned"), COLUMNS)
        high = _times(attrs.get("number-rows-spanned"), ROWS)
        if wide > 1 or high > 1:
            last = (self._row + high - 1, self._column + wide - 1)
            self._merges.append(((self._row, self._column), last))
        self._column += times

    def _style_of(self, attrs: dict[str, str]) -> str:
        """The style of a cell: its own, its row's, its column's."""
        own = attrs.get("style-name") or self._row_style
        return own or next((s for last, s in self._columns if self._column < last), "")

    def _end_row(self) -> None:
        if self._line:
            self._budget.spend(0, len(self._line) * (self._rows - 1))
            for row in range(self._row, self._row + self._rows):
                self._held.update({(row, column): cell for column, cell in self._line})
        self._row += self._rows
        if self._row > 2 * ROWS:
            raise ValueError("rows")


def _cell(attrs: dict[str, str], text: str, shown: bool) -> Cell | None:
    """A cell with its text; ``shown``: it has one, be it empty, as a formula without has none."""
    formula = attrs.get("formula")
    stated = None if formula is None else formula_of(formula)
    kind = attrs.get("value-type", "")
    if attrs.get("calcext:value-type") == "error" or (text and is_error(text)):
        return Cell("e", ErrorText(text or "#ERR!"), stated, 0)
    if kind in ("float", "percentage", "currency"):
        return Cell("n", float(attrs.get("value", "nan")), stated, 0)
    if kind == "date":
        return Cell("n", _serial(attrs.get("date-value", "")), stated, 1)
    if kind == "time" and (span := _TIME.fullmatch(attrs.get("time-value", ""))):
        hours, minutes, seconds = (float(part or 0) for part in span.groups())
        return Cell("n", (hours + minutes / 60 + seconds / 3600) / 24, stated, 1)
    if kind == "boolean":
        return Cell("b", attrs.get("boolean-value") == "true", stated, 0)
    content = attrs.get("string-value", text) if kind == "string" else text
    if content:
        return Cell("t", content, stated, 0)
    return None if stated is None else Cell("t" if kind == "string" or shown else "", "", stated, 0)


def _serial(text: str) -> float:
    moment = datetime.fromisoformat(text)
    span = moment.replace(tzinfo=None) - datetime.combine(date(1899, 12, 30), datetime.min.time())
    return span.days + span.seconds / 86400


def _target(address: str) -> str:
    """``$表三.$D$7`` as a workbook's names say it: ``'表三'!$D$7``."""
    sheet, dot, cell = address.lstrip("$").rpartition(".")
    return f"{sheet}!{cell}" if dot else short(address)
