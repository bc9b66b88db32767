"""Builds the template workbook of an edition: blank, or with values in it.

Written with XlsxWriter because it stores a formula together with its value; openpyxl writes
formulas without one, and a reader that does not recalculate then sees blanks.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from .a1 import absolute
from .covers import BESIDE, CLASS_CELL, COVER, write_cover, write_explanations, write_guide
from .disk import put
from .edition import Edition
from .formulas import computed_totals, total_formula
from .layout import Layout, SheetLayout, layout_of
from .ledger import write_ledgers
from .live import write_checks
from .narrative import write_narrative
from .signing import write_signing
from .styles import TEXTS_AS_TEXTS, Styles
from .words import plain, printable

PROMPTS = {
    "count": ("填整数", "填大于或等于0的整数；没有的填0，不要留空，不要带“件”等单位。"),
    "signed": ("填整数，减少填负数", "比上一年增加填正数，减少填负数（如-8）；没有变化填0。"),
    "amount": ("填金额（万元）", "单位是万元，可以有小数；没有的填0。"),
}
_VALIDATE: dict[str, dict[str, Any]] = {
    "count": {"validate": "integer", "criteria": ">=", "value": 0},
    "signed": {"validate": "integer", "criteria": "between", "minimum": -(10**9), "maximum": 10**9},
    "amount": {"validate": "decimal", "criteria": ">=", "value": 0},
}
# Column widths in characters: label columns by how many there are, then numbers. With this zoom
# a table, its 总计 and the live checks beside it are seen together on a screen of 1366 × 768.
_LABEL_WIDTHS = {0: (), 1: (30,), 2: (12, 34), 3: (9, 12, 36)}
_ZOOM = {0: 100, 1: 100, 2: 90, 3: 80}
_ROW = 20  # points


@dataclass(frozen=True)
class Contents:
    """Whose report it is, what stands in it, and which sheets it has beside the tables.

    ``values`` maps field keys to numbers (or to text, written as text); missing ones stay
    blank. With ``typed_totals`` the totals are the given numbers instead of formulas, as a
    published report states them. ``formulas`` maps field keys to a formula whose value is that of
    ``values``; ``locked`` maps field keys whose cell is pre-filled to the note shown with them.
    ``hint`` stands above the tables instead of the usual one. ``narrative`` maps section titles
    to their text. ``ledgers`` adds the sheets 申请台账 and 文件台账, ``more`` whatever it writes
    after the others, ``first`` before them. With ``sums`` it is a roll-up, without what only a
    clerk fills in: 填报说明, 正文, 审签, 审核说明.
    """

    year: int | None = None
    unit: str = ""
    code: str = ""
    unit_class: str = ""
    values: Mapping[str, float | str] = field(default_factory=dict)
    typed_totals: bool = False
    formulas: Mapping[str, str] = field(default_factory=dict)
    locked: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""
    narrative: Mapping[str, str] = field(default_factory=dict)
    ledgers: bool = False
    more: Callable[[xlsxwriter.Workbook, Styles], None] | None = None
    sums: bool = False
    first: Callable[[xlsxwriter.Workbook, Styles], None] | None = None

    @property
    def numbers(self) -> dict[str, float]:
        """Those of ``values`` that are numbers."""
        return {k: float(v) for k, v in self.values.items() if isinstance(v, int | float)}

    @property
    def line_above(self) -> str:
        """The line above the tables."""
        if self.hint:
            return self.hint
        if self.typed_totals:
            return "数字照已公布的原文，总计也是；改了明细，总计不会自动跟着变。"
        return "只填白色的格；灰色的总计自动计算；没有的填0。"


def write(edition: Edition, out: Path, contents: Contents | None = None, **given: Any) -> Path:
    """Write the workbook to ``out`` and return it.

    ``contents`` is what it is filled with, by default nothing; ``given`` are single fields of
    ``Contents`` that take the place of those (``year=2024, unit="某局"``; None leaves the field).
    Raises ``InputError`` when ``out`` cannot be written, ``TypeError`` for a field that
    ``Contents`` does not have.
    """
    put(out, build(edition, contents, **given))
    return out


def build(edition: Edition, contents: Contents | None = None, **given: Any) -> bytes:
    """The workbook that ``write`` writes, as bytes: the same for the same arguments."""
    filled = replace(contents or Contents(), **{k: v for k, v in given.items() if v is not None})
    # they stand in formulas, where no control character may
    shown: dict[str, Any] = {
        k: printable(getattr(filled, k)) for k in ("unit", "code", "unit_class")
    }
    filled = replace(filled, **shown)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, TEXTS_AS_TEXTS) as book:
        book.worksheet_class = _PlainFormulas
        _write_sheets(book, edition, filled)
    return buffer.getvalue()


class _PlainFormulas(xlsxwriter.worksheet.Worksheet):  # type: ignore[misc]
    """A worksheet whose formulas name no function of Excel 365, which XlsxWriter looks for.

    Looking for each of the thirty takes a tenth of the time of ``gouji template``.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


def _write_sheets(book: xlsxwriter.Workbook, edition: Edition, filled: Contents) -> None:
    """Every sheet in its order, then the name of every field's cell."""
    book.set_properties({"title": edition.title, "created": datetime(2021, 9, 26)})
    book.set_calc_mode("auto")
    typed = filled.typed_totals
    styles, layout = Styles(book), layout_of(edition, typed)
    shown = filled.numbers if typed else computed_totals(edition, filled.numbers)
    cover = {key: getattr(filled, key) for key in ("unit", "code", "year", "unit_class")}
    if filled.first is not None:
        filled.first(book, styles)
    write_cover(book, styles, layout=layout, given=cover, shown=shown, imported=typed)
    if not filled.sums:
        write_guide(book, styles, edition)
    for sheet in layout.sheets:
        _Table(book, styles, layout=layout, sheet=sheet, filled=filled, shown=shown).write()
    if not filled.sums:
        write_narrative(book, styles, layout=layout, narrative=filled.narrative, shown=shown)
        write_signing(book, styles, layout, shown)
        write_explanations(book, styles)
    if filled.ledgers:
        write_ledgers(book, styles, edition)
    if filled.more is not None:
        filled.more(book, styles)
    # it opens on what a clerk fills first: the cover, or the first table after it
    tables = [ws for ws in book.worksheets() if ws.get_name() not in BESIDE]
    if filled.unit and filled.year and filled.unit_class and tables:
        tables[0].activate()
    for key, (name, row, col) in layout.cells.items():
        book.define_name(edition.fields[key].name, f"='{name}'!{absolute(row, col)}")


class _Table:
    """One of the form's tables on its sheet. ``shown`` are the numbers, totals among them."""

    def __init__(
        self,
        book: xlsxwriter.Workbook,
        styles: Styles,
        layout: Layout,
        sheet: SheetLayout,
        filled: Contents,
        shown: Mapping[str, float],
    ) -> None:
        self.ws = book.add_worksheet(sheet.table.sheet)
        self.styles, self.layout, self.sheet = styles, layout, sheet
        self.filled, self.shown = filled, shown
        self.unit_class = layout.edition.class_of(filled.unit.strip(), filled.unit_class.strip())

    def write(self) -> None:
        """The whole sheet: heads, labels, cells, input rules, live checks, protection."""
        _page(self.ws, self.sheet)
        self._heading()
        self._labels()
        inputs: dict[str, list[tuple[int, int]]] = {}
        for key, (row, col, last_col) in self.sheet.cells.items():
            if not self._formula(key) and key not in self.filled.locked:
                kind = self.layout.edition.fields[key].kind
                inputs.setdefault(kind, []).append((row, col))
            self._cell(key, row, col, last_col)
        _input_rules(self.ws, inputs)
        first = min((at for cells in inputs.values() for at in cells), default=(0, 0))
        self.ws.set_selection(*first, *first)
        known = (CLASS_CELL, self.unit_class)
        write_checks(self.ws, self.styles, self.layout, self.sheet, self.shown, unit_class=known)
        # "format_cells" and "objects": without them Excel lets no add-in mark a cell
        allowed = ("format_cells", "format_columns", "format_rows", "objects")
        self.ws.protect("", dict.fromkeys((*allowed, "select_locked_cells"), True))

    def _heading(self) -> None:
        ws, styles, filled, last = self.ws, self.styles, self.filled, self.sheet.last_col
        ws.merge_range(0, 0, 0, last, self.sheet.table.title, styles.title)
        unit, year = f"填报单位：{filled.unit}", f"报告年度：{filled.year or ''}"
        ws.write_formula(1, 0, f'"填报单位："&{COVER["unit"]}', styles.line, unit)
        half = max(1, (last + 1) // 2)
        ws.write_formula(1, half, f'"报告年度："&{COVER["year"]}', styles.line, year)
        # beside the form, so that it is not printed
        ws.merge_range(0, last + 2, 2, last + 3, filled.line_above, styles.small)

    def _labels(self) -> None:
        for span in self.sheet.spans:
            style = self.styles.label if span.style == "label" else self.styles.head
            if (span.row, span.col) == (span.last_row, span.last_col):
                self.ws.write_string(span.row, span.col, span.text, style)
            else:
                area = (span.row, span.col, span.last_row, span.last_col)
                self.ws.merge_range(*area, span.text, style)

    def _formula(self, key: str) -> str:
        """The formula of a cell that adds up others, ``""`` for one with a number of its own."""
        is_sum = key in self.layout.edition.totals and not self.filled.typed_totals
        return self.filled.formulas.get(key) or (total_formula(self.layout, key) if is_sum else "")

    def _style(self, key: str, formula: str) -> Any:
        if formula:
            return self.styles.total
        return self.styles.prefilled if key in self.filled.locked else self.styles.number

    def _cell(self, key: str, row: int, col: int, last_col: int) -> None:
        ws, values, formula = self.ws, self.filled.values, self._formula(key)
        style = self._style(key, formula)
        if last_col > col:
            ws.merge_range(row, col, row, last_col, "", style)
        if formula:
            given = key in self.filled.formulas
            number = float(values.get(key, 0)) if given else self.shown[key]
            ws.write_formula(row, col, formula, style, plain(number))
        elif isinstance(values.get(key), str):
            ws.write_string(row, col, str(values[key]), style)
        elif key in values:
            ws.write_number(row, col, float(values[key]), style)
        else:
            ws.write_blank(row, col, None, style)
        if key in self.filled.locked:
            ws.write_comment(row, col, self.filled.locked[key], {"author": "gouji"})


def _input_rules(ws: Any, inputs: Mapping[str, list[tuple[int, int]]]) -> None:
    """What may be typed. The first cell of a kind says how to fill it; no other is covered."""
    for kind, cells in inputs.items():
        title, text = PROMPTS[kind]
        message = {"input_title": title, "input_message": text}
        wrong = {"ignore_blank": True, "error_title": "这里要填数字", "error_message": text}
        for some, prompt in ((cells[:1], message), (cells[1:], {})):
            if some:
                others = {"other_cells": [[*at, *at] for at in some[1:]]}
                rule = {**_VALIDATE[kind], **prompt, **wrong, **others}
                ws.data_validation(*some[0], *some[0], rule)


def _page(ws: Any, sheet: SheetLayout) -> None:
    ws.hide_gridlines(2)
    ws.set_paper(9)
    ws.set_landscape() if sheet.last_col > 3 else ws.set_portrait()
    ws.set_margins(0.5, 0.5, 0.6, 0.6)
    ws.center_horizontally()
    ws.fit_to_pages(1, 1)
    ws.print_area(0, 0, sheet.last_row, sheet.last_col)
    widths = _LABEL_WIDTHS[min(3, sheet.label_cols)]
    for col, width in enumerate(widths):
        ws.set_column(col, col, width)
    numbers = 20 if sheet.last_col <= 3 else 10
    ws.set_column(sheet.label_cols, sheet.last_col, numbers)
    ws.set_column(sheet.last_col + 1, sheet.last_col + 1, 2)
    ws.set_column(sheet.last_col + 2, sheet.last_col + 4, 12)
    ws.set_row(0, 26)
    ws.set_zoom(_ZOOM[min(3, sheet.label_cols)])
    for row in range(3, sheet.last_row + 1):
        ws.set_row(row, _ROW)
    for span in sheet.spans:
        if span.style == "label" and span.row == span.last_row and widths:
            wide = sum(widths[span.col : span.last_col + 1]) or widths[-1]
            lines = -(-2 * len(span.text) // wide)
            ws.set_row(span.row, max(_ROW, 13 * lines + 3))
    if sheet.label_cols:
        first = min(row for row, _, _ in sheet.cells.values())
        deep = any(len(c.path) > 1 for block in sheet.table.blocks for c in block.columns)
        ws.freeze_panes(first if deep else 3, sheet.label_cols)
