"""The tables of a report as rows of cells with their state, for a page to draw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...templates.a1 import cell_name, column_name
from ...templates.layout import SheetLayout, Span, layout_of
from ..finding import Result, Verdict
from ..formats import format_of
from ..mark.marks import marks_of_card
from ..mark.signs import LOOKS
from ..report import Report, Standing
from .json import file_entry


def page_entry(result: Result, data: bytes, lang: str = "zh") -> dict[str, Any]:
    """What a page shows of one file, whose bytes are ``data``.

    ``file`` is its entry as in ``--format json``, ``left`` how many cards are open, ``tables`` as
    ``tables`` gives them, ``markable`` whether marks can be put into it.
    """
    report, verdict = result.report, result.verdict
    known = format_of(Path(result.path))
    zipped = data[:2] == b"PK" and b"opendocument" not in data[:200]
    return {
        "file": file_entry(result, lang),
        "left": verdict.left if verdict else 0,
        "tables": tables(report, verdict, lang) if report and verdict else [],
        "markable": zipped and (known is None or known.workbook),
    }


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
    for card in verdict.cards:
        for cell, mark in zip(card.cells, marks_of_card(verdict, card), strict=False):
            key = cell.field or fields.get((cell.place.sheet, cell.place.cell))
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
