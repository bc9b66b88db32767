"""``gouji compare -o 对照.xlsx``: one sheet a table, a line a number, the years in a row."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any

from ...templates.a1 import cell_name
from ...templates.disk import there
from ...templates.errors import InputError
from ...templates.styles import TEXTS_AS_TEXTS
from ...templates.words import Words, printable, wide
from ..finding import Severity
from ..mark.signs import LOOKS
from ..office.outputs import is_comparison, is_workbook_with
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
    if out.suffix.lower() not in SUFFIXES:
        raise InputError(
            f"{out} 的扩展名不是 {'、'.join(SUFFIXES)} 之一。请换一个文件名。",
            f"{out}: the suffix is not one of {', '.join(SUFFIXES)}: choose another name.",
        )
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
            looks = _Looks(book)
            _contradictions(book, looks, comparison, lang)
            lines = comparison.lines
            for table in dict.fromkeys(line.table for line in lines):
                _table(book, looks, comparison, table, lines, lang)
        file.seek(0)
        yield from iter(lambda: file.read(_PIECE), b"")


class _Looks:
    """The formats of the workbook: a broken number has a sign before it, and its colour."""

    def __init__(self, book: Any) -> None:
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


def _sheet(book: Any, looks: _Looks, name: str, heads: list[str], widths: list[float]) -> Any:
    sheet = book.add_worksheet(name)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 2 * _HEIGHT)
    sheet.write_row(0, 0, heads, looks.head)
    sheet.set_landscape()
    sheet.set_paper(_A3)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C&A  &P / &N")
    return sheet


def _contradictions(book: Any, looks: _Looks, comparison: Comparison, lang: str) -> None:
    heads = [w.text(lang) for w in _FOUND]
    sheet = _sheet(book, looks, name=FIRST, heads=heads, widths=_WIDTHS)
    sheet.freeze_panes(1, 0)
    row = 0
    for row, found in enumerate(comparison.contradictions, 1):
        at = found.place
        texts = [
            found.unit,
            found.report.year,
            f"{LOOKS[found.severity.value].sign} {found.severity.value}",
            printable(found.words.text(lang)),
            found.report.path,
            at.text if at is not None and at.cell else "",
        ]
        _write(sheet, row, texts, looks)
    apart = ((s.unit, y, w) for s in comparison.series for y, w in s.remarks)
    for unit, year, words in apart:
        row += 1
        _write(sheet, row, [unit, year, "", words.text(lang), "", ""], looks)
    for result in comparison.unreadable:
        row += 1
        reason = result.error.text(lang) if result.error is not None else ""
        _write(sheet, row, ["", "", "", reason, result.path, ""], looks)
    sheet.write_row(row + 2, 0, [summary(comparison).text(lang)])


def _write(sheet: Any, row: int, cells: list[Any], looks: _Looks) -> None:
    lines = (ceil(wide(str(h or "")) / w) for h, w in zip(cells, _WIDTHS, strict=True))
    sheet.set_row(row, _HEIGHT * max(1, *lines))
    sheet.write_row(row, 0, cells, looks.wrap)


def _table(
    book: Any, looks: _Looks, comparison: Comparison, table: str, lines: list[Line], lang: str
) -> None:
    years, own = comparison.years, [(n, x) for n, x in enumerate(lines) if x.table == table]
    heads = [w.text(lang) for w in _HEADS] + [str(y) for y in years]
    for year in years[1:]:
        heads += [w.text(lang).format(year=year) for w in (_GAP, _SHARE)]
    widths = [24, 30, 18] + [10.0] * len(years) + [11.0, 11.0] * (len(years) - 1)
    sheet = _sheet(book, looks, name=table, heads=heads, widths=widths)
    sheet.freeze_panes(1, 3)
    row = 0
    for series in comparison.series:
        broken = {y: marks(comparison, r, lines, lang) for y, r in series.years.items()}
        for number, line in own:
            reports = series.years.values()
            if row >= _MOST or not any(line.value(r) is not None for r in reports):
                continue
            row += 1
            only = f"（{line.only}）" if line.only else ""
            sheet.write_row(row, 0, [series.unit, line.row, line.column + only])
            marked = {y: found[number] for y, found in broken.items() if number in found}
            _years(sheet, looks, row, series, line, years, marked)
    sheet.autofilter(0, 0, max(1, row), len(heads) - 1)


def _years(
    sheet: Any,
    looks: _Looks,
    row: int,
    series: Series,
    line: Line,
    years: list[int],
    marked: dict[int, tuple[str, str, str]],
) -> None:
    """The numbers of one line, and formulas for what they change by."""
    numbers = [line.number(series.years.get(year)) for year in years]
    for n, (year, number) in enumerate(zip(years, numbers, strict=True)):
        mark = marked.get(year)
        if mark is not None:
            sheet.write_comment(row, 3 + n, mark[2])
        if number is not None:
            sheet.write_number(row, 3 + n, number, looks.broken[mark[0]] if mark else None)
        else:
            there = "—" if year in series.years else ""
            sheet.write_string(row, 3 + n, _NO.get(series.instead(year), there), looks.none)
    for n in range(1, len(years)):
        gap, share = change(numbers[n], numbers[n - 1])
        now, was = cell_name(row, 3 + n), cell_name(row, 2 + n)
        column = 3 + len(years) + 2 * (n - 1)
        if gap is not None:
            sheet.write_formula(row, column, f"=ROUND({now}-{was},6)", looks.gap, gap)
            formula, shown = f'=IF({was}=0,"",({now}-{was})/{was})', "" if share is None else share
            sheet.write_formula(row, column + 1, formula, looks.share, shown)
