"""``gouji compare -o 对照.xlsx``: one sheet a table, a line a number, the years in a row."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from pathlib import Path
from typing import Any

from ...templates.a1 import cell_name
from ...templates.disk import there
from ...templates.styles import TEXTS_AS_TEXTS
from ...templates.words import Words, printable, wide
from ..finding import Severity
from ..mark.signs import LOOKS
from ..office.outputs import is_comparison, is_workbook_with, suffix_of
from .comparison_page import marks, summary
from .series import Comparison, Series
from .shared_lines import Line, change

FIRST = "矛盾"
_A3 = 8
_MOST = 1_048_575  # lines of a sheet
_PIECE = 1 << 20
_HEIGHT = 15  # points of a line
_WIDTHS = [26.0, 8.0, 10.0, 80.0, 44.0, 18.0]
_HEADS = (Words("单位", "unit"), Words("行", "row"), Words("列", "column"))
_GAP, _SHARE = Words("{year}增减", "{year} difference"), Words("{year}增减比例", "{year} share")
_FOUND = (
    *(Words("单位", "unit"), Words("年度", "year"), Words("等级", "severity")),
    *(Words("内容", "what"), Words("文件", "file"), Words("位置", "cell")),
)

_NO = {"twice": "不止一份", "missing": "缺"}

is_comparison_workbook = is_workbook_with((FIRST, "表三"))
SUFFIXES = (".html", ".htm", ".xlsx")


def may_write(out: Path, *, force: bool = False) -> bool:
    """Whether what stands at ``out`` is to be replaced.

    Raises ``InputError`` for another suffix, and for a file that is not ours without ``force``.
    """
    suffix_of(out, SUFFIXES)
    replace = force or is_comparison(out) or is_comparison_workbook(out)
    if out.exists() and not replace:
        raise there(out)
    return replace


def workbook(comparison: Comparison, lang: str = "zh") -> Iterator[bytes]:
    """The whole workbook in pieces; it is made line by line, on disk."""
    import xlsxwriter

    with tempfile.TemporaryFile() as file:
        options = {**TEXTS_AS_TEXTS, "in_memory": False, "constant_memory": True}
        with xlsxwriter.Workbook(file, options) as book:
            sheets = _Sheets(book, comparison, lang)
            sheets.contradictions()
            for table in dict.fromkeys(line.table for line in sheets.lines):
                sheets.table(table)
        file.seek(0)
        yield from iter(lambda: file.read(_PIECE), b"")


class _Sheets:
    """Writes the sheets: a broken number has a sign before it, and its colour."""

    def __init__(self, book: Any, comparison: Comparison, lang: str) -> None:
        self.book, self.comparison, self.lang = book, comparison, lang
        self.lines, self.years = comparison.lines, comparison.years
        head = {"bold": True, "bg_color": "#EAF1F8", "border": 1, "text_wrap": True}
        self.head = book.add_format(head)
        self.gap = book.add_format({"num_format": '"+"General;-General;0', "font_color": "#4A5A6A"})
        self.share = book.add_format({"num_format": "+0.0%;-0.0%;0%", "font_color": "#4A5A6A"})
        self.none = book.add_format({"font_color": "#4A5A6A", "align": "center"})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.broken = {}
        for kind in (s.value for s in Severity):
            drawn = {"bold": True, "border": 1, "bg_color": f"#{LOOKS[kind].background}"}
            sign = f'"{LOOKS[kind].sign} "General'
            self.broken[kind] = book.add_format({**drawn, "num_format": sign})

    def _sheet(self, name: str, heads: list[str], widths: list[float], frozen: int) -> Any:
        sheet = self.book.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_row(0, 2 * _HEIGHT)
        sheet.write_row(0, 0, heads, self.head)
        sheet.set_landscape()
        sheet.set_paper(_A3)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&C&A  &P / &N")
        sheet.freeze_panes(1, frozen)
        return sheet

    def contradictions(self) -> None:
        """What contradicts itself, which years were not bridged, what could not be read."""
        comparison, lang = self.comparison, self.lang
        sheet = self._sheet(FIRST, [w.text(lang) for w in _FOUND], _WIDTHS, 0)
        rows: list[list[Any]] = []
        for found in comparison.contradictions:
            kind, at = found.severity.value, found.place
            words = printable(found.words.text(lang))
            where = at.text if at is not None and at.cell else ""
            cells = [f"{LOOKS[kind].sign} {kind}", words, found.report.path, where]
            rows.append([found.unit, found.report.year, *cells])
        for series in comparison.series:
            rows += [[series.unit, y, "", words.text(lang), "", ""] for y, words in series.remarks]
        for result in comparison.unreadable:
            reason = result.error.text(lang) if result.error is not None else ""
            rows.append(["", "", "", reason, result.path, ""])
        for row, cells in enumerate(rows, 1):  # as high as their texts need
            lines = (ceil(wide(str(h or "")) / w) for h, w in zip(cells, _WIDTHS, strict=True))
            sheet.set_row(row, _HEIGHT * max(1, *lines))
            sheet.write_row(row, 0, cells, self.wrap)
        sheet.write_row(len(rows) + 2, 0, [summary(comparison).text(lang)])

    def table(self, table: str) -> None:
        """The numbers of one table, a line each: every year, and what it changed by."""
        years, own = self.years, [(n, x) for n, x in enumerate(self.lines) if x.table == table]
        heads = [w.text(self.lang) for w in _HEADS] + [str(y) for y in years]
        for year in years[1:]:
            heads += [w.text(self.lang).format(year=year) for w in (_GAP, _SHARE)]
        widths = [24, 30, 18] + [10.0] * len(years) + [11.0, 11.0] * (len(years) - 1)
        sheet, row = self._sheet(table, heads, widths, 3), 0
        for series in self.comparison.series:
            broken = {
                year: marks(self.comparison, report, self.lines, self.lang)
                for year, report in series.years.items()
            }
            for number, line in own:
                reports = series.years.values()
                if row >= _MOST or not any(line.value(r) is not None for r in reports):
                    continue
                row += 1
                only = f"（{line.only}）" if line.only else ""
                sheet.write_row(row, 0, [series.unit, line.row, line.column + only])
                marked = {y: found[number] for y, found in broken.items() if number in found}
                self._line(sheet, row, series, line, marked)
        sheet.autofilter(0, 0, max(1, row), len(heads) - 1)

    def _line(
        self, sheet: Any, row: int, series: Series, line: Line, marked: Mapping[int, Sequence[str]]
    ) -> None:
        years = self.years
        numbers = [line.number(series.years.get(year)) for year in years]
        for column, (year, number) in enumerate(zip(years, numbers, strict=True), 3):
            mark = marked.get(year)
            if mark is not None:
                sheet.write_comment(row, column, mark[2])
            if number is not None:
                sheet.write_number(row, column, number, self.broken[mark[0]] if mark else None)
            else:
                there = "—" if year in series.years else ""
                sheet.write_string(row, column, _NO.get(series.instead(year), there), self.none)
        for n in range(1, len(years)):
            gap, share = change(numbers[n], numbers[n - 1])
            now, was = cell_name(row, 3 + n), cell_name(row, 2 + n)
            column = 3 + len(years) + 2 * (n - 1)
            if gap is not None:
                sheet.write_formula(row, column, f"=ROUND({now}-{was},6)", self.gap, gap)
                formula = f'=IF({was}=0,"",({now}-{was})/{was})'
                shown = "" if share is None else share
                sheet.write_formula(row, column + 1, formula, self.share, shown)
