"""The tables of a report as rows of cells with their state, for a page to draw."""

from __future__ import annotations

from typing import Any

from ...templates.a1 import cell_name, column_name
from ...templates.layout import SheetLayout, Span, layout_of
from ..finding import Verdict
from ..mark import marks_of
from ..mark.signs import LOOKS
from ..report import Report, Standing


def tables(report: Report, verdict: Verdict, lang: str = "zh") -> list[dict[str, Any]]:
    """One entry a table: ``title``, ``sheet``, ``columns``, ``numbers`` and ``rows`` of cells.

    A cell has ``text``, ``rows`` and ``cols`` it spans; a label has the ``scope`` that HTML
    knows; a number has ``field``, ``cell`` (its address), ``state`` (a kind of mark, blank or
    ``""``), the ``sign`` that shows without colour, and ``title``, the messages about it.
    ``columns`` are the letters above the table and ``numbers`` those beside its rows, empty where
    the workbook's cells do not stand as the template's.
    """
    fields = {(v.place.sheet, v.place.cell): k for k, v in report.values.items() if v.place}
    states: dict[str, str] = {}
    titles: dict[str, list[str]] = {}
    order = list(LOOKS)
    for mark in marks_of(verdict):
        key = fields.get((mark.sheet, mark.cell))
        if key:
            states[key] = min(states.get(key, mark.kind), mark.kind, key=order.index)
            if lang == "zh":
                titles.setdefault(key, []).append(mark.text)
    for finding in verdict.findings:
        if finding.field and lang != "zh":
            titles.setdefault(finding.field, []).append(finding.message.text(lang))
    layout = layout_of(report.edition)
    return [_table(report, sheet, states, titles) for sheet in layout.sheets]


def _table(
    report: Report, sheet: SheetLayout, states: dict[str, str], titles: dict[str, list[str]]
) -> dict[str, Any]:
    first = {
        r: min(c for x, c, _ in sheet.cells.values() if x == r) for r, _, _ in sheet.cells.values()
    }
    rows: dict[int, list[tuple[int, dict[str, Any]]]] = {}
    for span in sheet.spans:
        height, width = span.last_row - span.row + 1, span.last_col - span.col + 1
        cell = {"text": span.text, "rows": height, "cols": width, "scope": _scope(span, first)}
        rows.setdefault(span.row, []).append((span.col, cell))
    moved = False
    for key, (row, col, last_col) in sheet.cells.items():
        value = report.values[key]
        blank = value.standing in (Standing.BLANK, Standing.ABSENT)
        state = states.get(key, "blank" if blank else "")
        moved = moved or value.place is None or value.place.cell != cell_name(row, col)
        cell = {
            "text": value.shown,
            "rows": 1,
            "cols": last_col - col + 1,
            "field": key,
            "cell": value.place.cell if value.place else "",
            "state": state,
            "sign": LOOKS[state].sign if state in LOOKS else "",
            "title": "\n".join(titles.get(key, ())),
        }
        rows.setdefault(row, []).append((col, cell))
    ordered = [[cell for _, cell in sorted(rows[r], key=lambda c: c[0])] for r in sorted(rows)]
    place = next((report.values[k].place for k in sheet.cells), None)
    return {
        "title": sheet.table.title,
        "sheet": place.sheet if place else sheet.table.sheet,
        "columns": [] if moved else [column_name(c) for c in range(sheet.last_col + 1)],
        "numbers": [] if moved else [row + 1 for row in sorted(rows)],
        "rows": ordered,
    }


def _scope(span: Span, first: dict[int, int]) -> str:
    """What a label is the head of: the numbers to its right, else those below it."""
    if span.col < first.get(span.row, 0):
        return "rowgroup" if span.last_row > span.row else "row"
    return "colgroup" if span.last_col > span.col else "col"
