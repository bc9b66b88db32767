"""Judges what reaches beyond the tables of one report: last year's report and the ledgers."""

from __future__ import annotations

from collections.abc import Sequence

from ...templates.covers import CASES, DOCUMENTS
from ..finding import Finding, Unchecked
from ..report import Case, Prior, Report
from .rules import carryover, claims, ledger
from .schemas import FOOTINGS, failures, relations_frame

Row = tuple[int, str, str, float | None, float | None]


class Beyond:
    """Findings, unchecked relations and the number checked, per report of a batch."""

    def __init__(self, count: int) -> None:
        self.findings: list[list[Finding]] = [[] for _ in range(count)]
        self.unchecked: list[list[Unchecked]] = [[] for _ in range(count)]
        self.checked = [0] * count


def judge_beyond(reports: Sequence[Report], priors: Sequence[Prior | None] | None) -> Beyond:
    """Every relation of every report in one frame, validated once.

    ``priors`` are last year's reports, one for each report, or None when nobody asked for them.
    """
    made = Beyond(len(reports))
    rows: list[Row] = []
    about: list[tuple[int, carryover.Carry | ledger.Count]] = []
    for unit, report in enumerate(reports):
        if priors is not None:
            prior = priors[unit]
            if prior is None:
                made.unchecked[unit].append(carryover.without(report))
            else:
                made.findings[unit] += carryover.jumps(report, prior)
                made.findings[unit] += claims.findings(report, prior)
                for carry in carryover.relations(report.edition, prior.report.edition):
                    sides = carryover.sides(report, prior.report, carry)
                    rows.append((unit, carry.rule, carry.target, *sides))
                    about.append((unit, carry))
        _lines(made, unit, report)
        for count in ledger.counts(report, report.year) if report.year is not None else ():
            counted = float(len(count.rows))
            rows.append((unit, count.rule, count.field, report.number(count.field), counted))
            about.append((unit, count))
    if not rows:
        return made
    frame = relations_frame(rows)
    broken = {int(i) for i in failures(FOOTINGS, frame)["index"]}
    for number, (unit, what) in enumerate(about):
        _, _, _, left, right = rows[number]
        if left is None or right is None:
            made.unchecked[unit].append(_unchecked(reports[unit], what))
            continue
        made.checked[unit] += 1
        if number in broken:
            made.findings[unit].append(_finding(reports[unit], priors, unit, what, left, right))
    return made


def _finding(
    report: Report, priors: Sequence[Prior | None] | None, unit: int,
    what: carryover.Carry | ledger.Count, left: float, right: float,
) -> Finding:  # fmt: skip
    if isinstance(what, ledger.Count):
        return ledger.count_finding(report, what)
    prior = priors[unit] if priors else None
    assert prior is not None
    return carryover.finding(report, prior, what, left, right)


def _unchecked(report: Report, what: carryover.Carry | ledger.Count) -> Unchecked:
    if isinstance(what, carryover.Carry):
        return carryover.unchecked(report, what)
    label = report.edition.fields[what.field].label
    return Unchecked(what.rule, what.field, f"{label}没有数字", f"{label} is no number")


def _lines(made: Beyond, unit: int, report: Report) -> None:
    year = report.year
    for sheet, lines in (
        (CASES, report.ledgers.cases),
        (DOCUMENTS, report.ledgers.documents),
    ):
        if lines is None:
            continue
        if year is None:
            rule = "L-COUNT" if sheet == CASES else "D-COUNT"
            made.unchecked[unit].append(
                Unchecked(rule, "", "没有找到报告年度", "the report year was not found")
            )
            continue
        seen: dict[str, int] = {}
        late: dict[str, Unchecked] = {}
        for line in lines:
            for what in ledger.contradictions(line, year, seen):
                made.findings[unit].append(ledger.row_finding(report, sheet, line, what))
            if isinstance(line, Case):
                told = ledger.deadline(report, line, year)
                if isinstance(told, Finding):
                    made.findings[unit].append(told)
                elif told is not None:
                    late.setdefault(told.reason.rpartition("：")[2], told)
        made.unchecked[unit] += late.values()
