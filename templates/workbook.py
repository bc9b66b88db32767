"""Builds the template workbook of an edition: blank, or with values in it.

Written with XlsxWriter because it stores a formula together with its value; openpyxl writes
formulas without one, and a reader that does not recalculate then sees blanks.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from .a1 import cell_name
from .covers import COVER, write_cover, write_explanations, write_guide, write_narrative
from .edition import Edition
from .errors import InputError
from .form import Axis
from .formulas import check_formula, check_value, computed_totals, total_formula
from .layout import Layout, SheetLayout, layout_of
from .ledger import write_ledgers
from .styles import Styles

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
# Column widths in characters: label columns by how many there are, then numbers.
_LABEL_WIDTHS = {0: (), 1: (30,), 2: (12, 34), 3: (9, 12, 40)}


def write(
    edition: Edition,
    out: Path,
    *,
    year: int | None = None,
    unit: str = "",
    code: str = "",
    unit_class: str = "",
    values: Mapping[str, float | str] | None = None,
    typed_totals: bool = False,
    narrative: Mapping[str, str] | None = None,
    locked: Mapping[str, str] | None = None,
    ledgers: bool = False,
    explanations: bool = False,
    formulas: Mapping[str, str] | None = None,
    hint: str = "",
    more: Callable[[xlsxwriter.Workbook, Styles], None] | None = None,
) -> Path:
    """Write the workbook to ``out`` and return it.

    ``values`` maps field keys to numbers (or to text, written as text); missing ones stay
    blank. With ``typed_totals`` the totals are the given numbers instead of formulas, as a
    published report states them. ``narrative`` maps section titles to their text. ``locked``
    maps field keys whose cell is pre-filled to the note shown with them; ``ledgers`` adds the
    sheets 申请台账 and 文件台账, ``explanations`` the sheet 审核说明,
    ``more`` whatever it writes after the others. ``formulas`` maps field keys to a formula whose
    value is that of ``values``; ``hint`` stands above the tables instead of the usual one.
    Raises ``InputError`` when ``out`` cannot be written.
    """
    given = dict(values or {})
    layout = layout_of(edition)
    partial = out.with_name(f".~gouji-{os.getpid()}-{out.name}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with xlsxwriter.Workbook(str(partial)) as book:
            book.set_properties({"title": edition.title, "created": datetime(2021, 9, 26)})
            book.set_calc_mode("auto")
            styles = Styles(book)
            numbers = {k: float(v) for k, v in given.items() if isinstance(v, int | float)}
            shown = numbers if typed_totals else computed_totals(edition, numbers)
            cover = {"unit": unit, "code": code, "year": year, "unit_class": unit_class}
            write_cover(book, styles, layout, cover, shown, typed_totals)
            write_guide(book, styles, edition)
            for sheet in layout.sheets:
                _write_table(
                    book,
                    styles,
                    layout,
                    sheet,
                    given,
                    shown,
                    typed_totals,
                    locked or {},
                    (unit, year),
                    formulas or {},
                    hint,
                )
            write_narrative(book, styles, edition, narrative or {})
            if explanations:
                write_explanations(book, styles)
            if ledgers:
                write_ledgers(book, styles, edition)
            if more is not None:
                more(book, styles)
            for key, (name, row, col) in layout.cells.items():
                place = cell_name(row, col)
                letters = place.rstrip("0123456789")
                book.define_name(edition.fields[key].name, f"='{name}'!${letters}${row + 1}")
        partial.replace(out)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        with suppress(OSError):
            partial.unlink()
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"写不了文件 {out}（{reason}）。请检查文件夹是否存在、是否可写，文件是否正被打开。",
            f"{out} cannot be written ({reason}): check that its folder exists and is writable "
            "and that it is not open.",
        ) from error
    return out


def _write_table(
    book: xlsxwriter.Workbook,
    styles: Styles,
    layout: Layout,
    sheet: SheetLayout,
    given: Mapping[str, float | str],
    shown: Mapping[str, float],
    typed_totals: bool,
    locked: Mapping[str, str],
    whose: tuple[str, int | None],
    formulas: Mapping[str, str],
    told: str,
) -> None:
    unit, year = whose
    edition, table = layout.edition, sheet.table
    ws = book.add_worksheet(table.sheet)
    _page(ws, sheet)
    ws.merge_range(0, 0, 0, sheet.last_col, table.title, styles.title)
    half = max(1, (sheet.last_col + 1) // 2)
    ws.write_formula(1, 0, f'"填报单位："&{COVER["unit"]}', styles.line, f"填报单位：{unit}")
    ws.write_formula(
        1, half, f'"报告年度："&{COVER["year"]}', styles.line, f"报告年度：{year or ''}"
    )
    hint = "只填白色的格；灰色的总计自动计算；没有的填0。"
    if typed_totals:
        hint = "数字照已公布的原文，总计也是；改了明细，总计不会自动跟着变。"
    ws.write_string(2, 0, told or hint, styles.hint)
    for span in sheet.spans:
        style = styles.label if span.style == "label" else styles.head
        if (span.row, span.col) == (span.last_row, span.last_col):
            ws.write_string(span.row, span.col, span.text, style)
        else:
            area = (span.row, span.col, span.last_row, span.last_col)
            ws.merge_range(*area, span.text, style)
    inputs: dict[str, list[tuple[int, int]]] = {}
    for key, (row, col, last_col) in sheet.cells.items():
        is_total = key in edition.totals
        amount = edition.fields[key].kind == "amount"
        if key in formulas or (is_total and not typed_totals):
            style = styles.total
        elif key in locked:
            style = styles.prefilled
        else:
            style = styles.amount if amount else styles.number
            inputs.setdefault(edition.fields[key].kind, []).append((row, col))
        if last_col > col:
            ws.merge_range(row, col, row, last_col, "", style)
        if key in formulas:
            ws.write_formula(row, col, formulas[key], style, _plain(float(given.get(key, 0))))
        elif is_total and not typed_totals:
            ws.write_formula(row, col, total_formula(layout, key), style, _plain(shown[key]))
        elif isinstance(given.get(key), str):
            ws.write_string(row, col, str(given[key]), style)
        elif key in given:
            ws.write_number(row, col, float(given[key]), style)
        else:
            ws.write_blank(row, col, None, style)
        if key in locked:
            ws.write_comment(row, col, locked[key], {"author": "gouji"})
    _input_rules(ws, inputs)
    _write_checks(ws, styles, layout, sheet, shown)
    # "format_cells" and "objects": without them Excel lets no add-in mark a cell
    ws.protect(
        "",
        {
            "format_cells": True,
            "format_columns": True,
            "format_rows": True,
            "objects": True,
            "select_locked_cells": True,
        },
    )


def _plain(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value


def _input_rules(ws: Any, inputs: Mapping[str, list[tuple[int, int]]]) -> None:
    for kind, cells in inputs.items():
        title, message = PROMPTS[kind]
        rule = {
            **_VALIDATE[kind],
            "ignore_blank": True,
            "input_title": title,
            "input_message": message,
            "error_title": "这里要填数字",
            "error_message": message,
            "other_cells": [[r, c, r, c] for r, c in cells[1:]],
        }
        row, col = cells[0]
        ws.data_validation(row, col, row, col, rule)


def _write_checks(
    ws: Any, styles: Styles, layout: Layout, sheet: SheetLayout, shown: Mapping[str, float]
) -> None:
    edition = layout.edition
    for row, col, rule_id in sheet.check_heads:
        ws.write_string(row, col, f"{rule_id} 核对", styles.check_head)
        ws.write_comment(row, col, edition.rule_by_id[rule_id].words, {"author": "gouji"})
    for inst in edition.instances:
        place = sheet.checks.get((inst.rule, inst.key))
        if place is None:
            continue
        relation = edition.rule_by_id[inst.rule].relation
        ws.write_formula(
            *place,
            check_formula(layout, inst, relation),
            styles.check,
            check_value(inst, relation, shown),
        )
    places = list(sheet.checks.values())
    if not places:
        return
    top, left = min(p[0] for p in places), min(p[1] for p in places)
    bottom, right = max(p[0] for p in places), max(p[1] for p in places)
    for first, first_col, last, last_col in (
        (top, sheet.last_col + 1, sheet.last_row, right),
        (sheet.last_row + 1, left, bottom, sheet.last_col),
    ):
        if last >= first and last_col >= first_col:
            area = (first, first_col, last, last_col)
            at = cell_name(first, first_col)
            good = {"type": "formula", "criteria": f'={at}="√"', "format": styles.good}
            bad = {"type": "formula", "criteria": f"=ISNUMBER({at})", "format": styles.bad}
            ws.conditional_format(*area, good)
            ws.conditional_format(*area, bad)


def _page(ws: Any, sheet: SheetLayout) -> None:
    ws.hide_gridlines(2)
    ws.set_paper(9)
    ws.set_landscape() if sheet.last_col > 3 else ws.set_portrait()
    ws.set_margins(0.5, 0.5, 0.6, 0.6)
    ws.center_horizontally()
    ws.fit_to_pages(1, 1)
    ws.print_area(0, 0, sheet.last_row, sheet.last_col)
    for col, width in enumerate(_LABEL_WIDTHS[min(3, sheet.label_cols)]):
        ws.set_column(col, col, width)
    numbers = 20 if sheet.last_col <= 3 else 10
    ws.set_column(sheet.label_cols, sheet.last_col, numbers)
    ws.set_column(sheet.last_col + 1, sheet.last_col + 1, 2)
    ws.set_column(sheet.last_col + 2, sheet.last_col + 4, 14)
    ws.set_row(0, 26)
    for row in range(3, sheet.last_row + 1):
        ws.set_row(row, 22)
    widths = _LABEL_WIDTHS[min(3, sheet.label_cols)]
    for span in sheet.spans:
        if span.style == "label" and span.row == span.last_row and widths:
            lines = -(-2 * len(span.text) // sum(widths[span.col : span.last_col + 1]))
            ws.set_row(span.row, max(22, 14 * lines + 4))
    if sheet.label_cols:
        first = min(row for row, _, _ in sheet.cells.values())
        deep = max(len(c.path) for c in _columns(sheet)) > 1
        ws.freeze_panes(first if deep else 3, sheet.label_cols)


def _columns(sheet: SheetLayout) -> tuple[Axis, ...]:
    return tuple(c for block in sheet.table.blocks for c in block.columns)
