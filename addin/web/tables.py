"""The tables of a report as rows of cells with their state, for a page to draw."""

from __future__ import annotations

from typing import Any

from ...templates.layout import SheetLayout, layout_of
from ...validators.finding import Verdict
from ...validators.mark import marks_of
from ...validators.report import Report, Standing


def tables(report: Report, verdict: Verdict) -> list[dict[str, Any]]:
    """One entry a table: ``title`` and ``rows`` of cells.

    A cell has ``text``, ``rows`` and ``cols`` it spans, and for a number ``field``, ``state``
    (a kind of mark, blank or ``""``) and ``title``, the messages about it.
    """
    fields = {(v.place.sheet, v.place.cell): k for k, v in report.values.items() if v.place}
    states: dict[str, str] = {}
    titles: dict[str, list[str]] = {}
    for finding in verdict.findings:
        if finding.field:
            states.setdefault(finding.field, finding.severity.value)
            titles.setdefault(finding.field, []).append(finding.message)
    for mark in marks_of(verdict):
        key = fields.get((mark.sheet, mark.cell))
        if key and mark.kind in ("likely", "rival", "sum"):
            if mark.kind != "sum" or states.get(key) not in ("likely", "rival"):
                states[key] = mark.kind
            if not mark.listed:
                titles.setdefault(key, []).insert(0, mark.text)
    layout = layout_of(report.edition)
    return [_table(report, sheet, states, titles) for sheet in layout.sheets]


def _table(
    report: Report, sheet: SheetLayout, states: dict[str, str], titles: dict[str, list[str]]
) -> dict[str, Any]:
    rows: dict[int, list[tuple[int, dict[str, Any]]]] = {}
    for span in sheet.spans:
        height, width = span.last_row - span.row + 1, span.last_col - span.col + 1
        cell = {"text": span.text, "rows": height, "cols": width}
        rows.setdefault(span.row, []).append((span.col, cell))
    for key, (row, col, last_col) in sheet.cells.items():
        value = report.values[key]
        blank = value.standing in (Standing.BLANK, Standing.ABSENT)
        cell = {
            "text": value.shown,
            "rows": 1,
            "cols": last_col - col + 1,
            "field": key,
            "state": states.get(key, "blank" if blank else ""),
            "title": "\n".join(titles.get(key, ())),
        }
        rows.setdefault(row, []).append((col, cell))
    ordered = [
        [cell for _, cell in sorted(cells, key=lambda c: c[0])] for _, cells in sorted(rows.items())
    ]
    return {"title": sheet.table.title, "rows": ordered}
