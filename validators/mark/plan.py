"""One plan of marks, made from findings and sheet names, for whichever application carries it out.

Marks (``marks``) become a plan: every fill, note, line and link.
OOXML (``put``), the xlwings macros, WPS, LibreOffice and VBA carry it out and decide nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass

from ..finding import SEVERITY_ZH, Change, Result, Severity, Verdict, counted
from .marks import Mark, marks_of_changes, marks_of_result, summary_of_changes
from .signs import HEADS, KEPT, LINES, LOOKS, NOTE_START, SHEET_NAME, SHEET_START, Column, formula

# (sheet, cell) → the range to fill and the cell of the note; None where nothing can be painted
Areas = Callable[[str, str], tuple[str, str] | None]


def alone(sheet: str, cell: str) -> tuple[str, str]:
    """The area of a cell that is merged with none."""
    return cell, cell


@dataclass(frozen=True)
class Fill:
    """One cell, or merged range, to be coloured. ``kind`` is a key of ``LOOKS``.

    ``as_shown``: its content keeps the format of the cell.
    """

    sheet: str
    cell: str
    kind: str
    as_shown: bool = False

    @property
    def background(self) -> str:
        """``#RRGGBB``."""
        return "#" + LOOKS[self.kind].background

    @property
    def font(self) -> str:
        """``#RRGGBB``."""
        return "#" + LOOKS[self.kind].font

    @property
    def letters(self) -> str:
        """Some of ``b``, ``i``, ``u``: how the number is set, which shows without colours."""
        return LOOKS[self.kind].letters

    @property
    def line(self) -> tuple[int, int]:
        """Style and weight of the border, as Excel's and WPS' object model number them."""
        return LINES[LOOKS[self.kind].border]


@dataclass(frozen=True)
class Note:
    """What a cell is told; a cell that has a note of somebody else's keeps that one."""

    sheet: str
    cell: str
    text: str


@dataclass(frozen=True)
class ResultLine:
    """One finding on the results sheet, in the order of ``HEADS``."""

    number: int
    severity: str
    rule: str
    place: str
    text: str
    found: str
    expected: str
    repair: str
    explanation: str
    basis: str

    @property
    def cells(self) -> tuple[str | int, ...]:
        """What stands under each of ``HEADS``."""
        return astuple(self)


@dataclass(frozen=True)
class Link:
    """From a cell of the results sheet (1-based row and column) to the cell it speaks of."""

    row: int
    column: int
    sheet: str
    cell: str


@dataclass(frozen=True)
class Plan:
    """Everything to show in one workbook.

    ``title`` is the results sheet's name, ``""`` when there is nothing to mark; ``summary`` stands
    above the list. ``fills`` and ``notes`` go together one by one. ``select`` is the (sheet, cell)
    of the first finding that has one; ``status`` is the line of counts.
    """

    status: str = ""
    title: str = ""
    summary: tuple[str, ...] = ()
    fills: tuple[Fill, ...] = ()
    notes: tuple[Note, ...] = ()
    lines: tuple[ResultLine, ...] = ()
    links: tuple[Link, ...] = ()
    select: tuple[str, str] | None = None

    @property
    def head_row(self) -> int:
        """The 1-based row of ``HEADS``: below the title and the summary, above the lines."""
        return len(self.summary) + 2

    def formula(self, fill: Fill) -> str:
        """The formula, with ``=``, of the conditional format that an application puts."""
        return "=" + formula(fill.kind, self.title)

    def rows(self) -> tuple[tuple[str | int, ...], ...]:
        """The results sheet from A1 as an application writes it, every row as wide as ``Column``.

        From the first line on, the columns from ``Column.MARKED`` on name the marked cells, their
        kind and their note, for who clears them or, as our VBA does, puts them.
        """
        rows: list[list[str | int]] = [[SHEET_START]]
        rows += [[text] for text in self.summary]
        rows += [[*HEADS], *([*line.cells] for line in self.lines)]
        first = self.head_row
        rows += [[] for _ in range(first + len(self.fills) - len(rows))]
        for row, fill, note in zip(rows[first:], self.fills, self.notes, strict=False):
            row += [""] * (Column.MARKED - len(row))
            row += [f"{fill.sheet}!{fill.cell}", fill.kind, note.text]
        return tuple((*row, *[""] * (len(Column) - len(row))) for row in rows)


def plan(
    marks: Sequence[Mark],
    sheets: Sequence[str],
    *,
    summary: Sequence[str] = (),
    status: str = "",
    areas: Areas = alone,
) -> Plan:
    """What ``marks`` come to in a workbook of ``sheets``, without marks nothing but ``status``.

    A mark on a sheet that is not there is listed, not painted. Marks on one cell give one fill,
    the strongest, and one note. ``areas`` says what a cell is merged with.
    """
    if not marks:
        return Plan(status)
    known = set(sheets)
    listed = [mark for mark in marks if mark.listed]
    shown = [m for m in marks if m.cell and m.sheet in known and m.rule != KEPT]
    fills, notes = _painted(shown, areas)
    first = len(summary) + 3
    return Plan(
        status=status,
        title=free_name(sheets),
        summary=tuple(summary),
        fills=fills,
        notes=notes,
        lines=tuple(_lines(listed)),
        links=tuple(
            Link(row, Column.PLACE + 1, mark.sheet, mark.cell or "A1")
            for row, mark in enumerate(listed, first)
            if mark.sheet in known
        ),
        select=_opened_on([m for m in listed if m.cell and m.sheet in known]),
    )


def _opened_on(placed: Sequence[Mark]) -> tuple[str, str] | None:
    """The cell that a marked workbook opens on: the first with an error, else the first."""
    grave = [m for m in placed if m.severity == Severity.ERROR.value]
    return next(((m.sheet, m.cell) for m in (*grave, *placed)), None)


def plan_of(
    result: Result, sheets: Sequence[str], changes: Sequence[Change] = (), areas: Areas = alone
) -> Plan:
    """What the findings of ``result`` come to in the open workbook that was judged.

    ``changes`` were carried out on it before; their cells are told what stood there. ``areas``
    says what a cell is merged with.
    """
    verdict = result.verdict
    if verdict is None:
        return Plan()
    marks, summary = [*marks_of_result(result), *marks_of_changes(changes)], summary_of(result)
    if changes:
        summary = (*summary, summary_of_changes(changes))
    return plan(marks, sheets, summary=summary, status=status_of(verdict), areas=areas)


def free_name(taken: Sequence[str], name: str = SHEET_NAME) -> str:
    """``name``, or another one when the clerk has a sheet of that name."""
    low = {t.lower() for t in taken}
    names = [name, f"{name}(勾稽)"]
    names += [f"{name}(勾稽{n})" for n in range(2, len(taken) + 3)]
    return next(n for n in names if n.lower() not in low)


def _painted(marks: Sequence[Mark], areas: Areas) -> tuple[tuple[Fill, ...], tuple[Note, ...]]:
    """Fills and notes: of the marks on one area the strongest kind, and everything they say."""
    order = list(LOOKS)
    kinds: dict[tuple[str, str, str], str] = {}
    typed: set[tuple[str, str, str]] = set()
    texts: dict[tuple[str, str, str], list[str]] = {}
    for mark in marks:
        area = areas(mark.sheet, mark.cell)
        if area is None:
            continue
        at = (mark.sheet, *area)
        kinds[at] = min(kinds.get(at, mark.kind), mark.kind, key=order.index)
        texts.setdefault(at, []).append(f"{_word(mark)} {mark.text}")
        if not mark.as_shown:
            typed.add(at)
    fills = tuple(Fill(at[0], at[1], kind, at not in typed) for at, kind in kinds.items())
    notes = tuple(
        Note(sheet, top, NOTE_START + "\n".join(dict.fromkeys(text)))
        for (sheet, _, top), text in texts.items()
    )
    return fills, notes


def _lines(listed: Sequence[Mark]) -> Iterator[ResultLine]:
    for n, m in enumerate(listed, 1):
        texts = (m.rule, m.place, m.together or m.text, m.found, m.expected, m.repair)
        yield ResultLine(n, _word(m), *texts, m.explanation, m.basis)


def _word(mark: Mark) -> str:
    return SEVERITY_ZH[Severity(mark.severity)]


_EACH = 3  # a rule unchecked in more places has one line
_UNCHECKED = 20  # so many rules above the list are said to be unchecked


def summary_of(result: Result) -> tuple[str, ...]:
    """The lines above the list on the results sheet; none when nothing was found."""
    report, verdict = result.report, result.verdict
    if report is None or verdict is None or not verdict.findings:
        return ()
    lines = [f"{report.unit} {report.year or ''}年度，{report.edition.notice}", status_of(verdict)]
    by_rule: dict[str, list[str]] = {}
    for item in verdict.unchecked:
        by_rule.setdefault(item.rule, []).append(item.reason.zh)
    for rule, reasons in [*by_rule.items()][:_UNCHECKED]:
        if len(reasons) > _EACH:
            lines.append(f"未核对 {rule}，共{len(reasons)}条，如：{reasons[0]}")
        else:
            lines += [f"未核对 {rule}：{reason}" for reason in reasons]
    if len(by_rule) > _UNCHECKED:
        lines.append(f"……另有{len(by_rule) - _UNCHECKED}条规则没有核对全")
    return tuple(lines)


def status_of(verdict: Verdict) -> str:
    """``错误2，警告0，提示0；已核对勾稽关系42条，未核对0条；还差1件``.

    What is left is named where nothing is marked that would tell.
    """
    counts = counted({severity: verdict.count(severity) for severity in Severity})
    left = f"；{verdict.left_words.zh}" if verdict.left else "；可以上报"
    if verdict.left and not verdict.findings:
        left += "：" + "、".join(card.title for card in verdict.cards if card.open)
    checked = f"已核对勾稽关系{verdict.checked}条，未核对{len(verdict.unchecked)}条"
    return f"{counts}；{checked}{left}"
