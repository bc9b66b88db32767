"""What stands in a published report, whatever file it becomes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...templates.layout import TOP, SheetLayout, layout_of
from ...templates.words import Words, plain, printable
from ..finding import Act, Result, Severity, Verdict
from ..report import Report, Standing, Value
from .charts import Chart, charts_of

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\Z")


@dataclass(frozen=True)
class PrintedCell:
    """One cell of a printed table, 0-based, with what it is merged over.

    ``kind`` is caption, corner, head, label or number.
    """

    row: int
    col: int
    last_row: int
    last_col: int
    text: str
    kind: str


@dataclass(frozen=True)
class PrintedTable:
    """A table as the form prints it."""

    title: str
    rows: int
    cols: int
    label_cols: int
    cells: tuple[PrintedCell, ...]

    @property
    def head_rows(self) -> int:
        """How many rows above the first number are heads."""
        return min(c.row for c in self.cells if c.kind == "number")


@dataclass(frozen=True)
class ReportSection:
    """One of the report's sections: its heading, then its paragraphs, then its table."""

    heading: str
    paragraphs: tuple[str, ...]
    grid: PrintedTable | None = None


@dataclass(frozen=True)
class Content:
    """A whole report. ``faults`` stand on its face: it is a draft while there are any.

    ``heads`` are the title's two lines; ``day`` is the 成文日期, with blanks where it is not known.
    """

    heads: tuple[str, str]
    unit: str
    day: str
    parts: tuple[ReportSection, ...]
    charts: tuple[Chart, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The title in one line."""
        return "".join(self.heads)


def content_of(result: Result, earlier: Sequence[Report] = ()) -> Content:
    """The report of a judged workbook, ready to be written.

    While it is ``unfinished`` it is a draft that says so. ``earlier`` are the unit's reports of
    other years, for the pictures.
    """
    report, verdict = result.report, result.verdict
    assert report is not None
    assert verdict is not None
    faults = tuple(printable(words.zh) for words in unfinished(report, verdict))
    year = f"{report.year}年" if report.year else ""
    return Content(
        heads=(f"{printable(report.unit)}{year}", report.edition.title),
        unit=printable(report.unit),
        day=_day(report),
        parts=tuple(_parts(report)),
        charts=tuple(charts_of([*earlier, report])),
        faults=faults,
    )


def _day(report: Report) -> str:
    """The day of the last signature, to be written by hand where there is none."""
    signed = _DATE.match(report.signatures[-1].date) if report.signatures else None
    return "{}年{}月{}日".format(*map(int, signed.groups())) if signed else "　　　　年　　月　　日"


def unfinished(report: Report, verdict: Verdict) -> list[Words]:
    """What stands against publishing: errors, blanks of the tables, no narrative, a late change.

    What of the cover is still empty does not.
    """
    found = [
        card.title
        for card in verdict.cards
        if card.severity is Severity.ERROR
        or Act.ZEROS in card.acts
        or any(verdict.findings[n].rule == "S-SIGNED" for n in card.findings)
    ]
    if not report.narrative:
        found.append(Words("正文还没有写", "the narrative is not written"))
    return found


def _parts(report: Report) -> Iterator[ReportSection]:
    texts = dict(report.narrative)
    grids = {s.table.id: grid_of(s, report) for s in layout_of(report.edition).sheets}
    for section in report.edition.sections:
        lines = map(str.strip, texts.get(section.title, "").split("\n"))
        paragraphs = tuple(printable(line) for line in lines if line)
        yield ReportSection(section.title, paragraphs, grids.pop(section.table, None))
    for grid in grids.values():  # tables that no section holds: a rule pack's own
        yield ReportSection(grid.title, (), grid)


def grid_of(sheet: SheetLayout, report: Report) -> PrintedTable:
    """The table of ``sheet`` with the report's numbers as they stand there."""
    cells = [
        PrintedCell(s.row - TOP, s.col, s.last_row - TOP, s.last_col, s.text, s.style)
        for s in sheet.spans
    ]
    cells += [
        PrintedCell(row - TOP, col, row - TOP, last, text=shown(report.values[key]), kind="number")
        for key, (row, col, last) in sheet.cells.items()
    ]
    cells.sort(key=lambda c: (c.row, c.col))
    rows, cols = sheet.last_row - TOP + 1, sheet.last_col + 1
    return PrintedTable(sheet.table.title, rows, cols, sheet.label_cols, tuple(cells))


def shown(value: Value) -> str:
    """A field as it is printed: its number, or what stands there instead."""
    if value.standing is Standing.NUMBER and value.number is not None:
        return str(plain(value.number))
    return printable(value.shown)
