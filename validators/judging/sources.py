"""Where numbers come from beyond the report's own tables: each source with what words need.

A source that was not asked for is not there; one that is there and lacks a number leaves its
relations *unchecked*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from ...templates.covers import CASES, DOCUMENTS
from ...templates.edition import Edition
from ...templates.form import CaseRoles
from ..report import Case, Prior, Report

Number = float | None


@dataclass(frozen=True)
class Source:
    """The numbers of a source by key; several readings of one where it says it several times."""

    readings: Mapping[str, tuple[Number, ...]] = field(default_factory=dict)

    @classmethod
    def plain(cls, numbers: Mapping[str, Number]) -> Source:
        """Of one number a key."""
        return cls({key: (number,) for key, number in numbers.items()})

    def number(self, key: str, reading: int = 0) -> Number:
        """The number of ``key`` in its ``reading``, None where there is none."""
        numbers = self.readings.get(key, ())
        return numbers[reading] if reading < len(numbers) else None


@dataclass(frozen=True)
class LastYear(Source):
    """``prior:``, last year's report. ``renamed``: the unit was merged or renamed since."""

    edition: Edition | None = None
    year: int | None = None
    renamed: bool = False

    @classmethod
    def of(cls, prior: Prior) -> LastYear:
        """Every number of last year's report."""
        report = prior.report
        numbers = {key: (report.number(key),) for key in report.values}
        return cls(numbers, report.edition, report.year, prior.renamed)

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions that ``severity_if`` and ``advice_if`` may name."""
        return ("renamed",) if self.renamed else ()


@dataclass(frozen=True)
class Counted(Source):
    """``cases:`` and ``documents:``, what a ledger counts: the lines of each field."""

    sheet: str = ""
    lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def counted(report: Report) -> dict[str, Source]:
    """The ledgers of a report whose year is known, by source; a field without a line counts 0."""
    edition, year = report.edition, report.year
    found: dict[str, Source] = {}
    if year is None:
        return found
    roles = edition.roles
    if report.ledgers.cases is not None and roles.cases is not None:
        lines: dict[str, list[int]] = {
            f"{roles.cases.table}.{row}.{column}": []
            for row in (roles.cases.this_year, roles.cases.earlier, roles.cases.unanswered,
                        *roles.cases.outcomes)
            for column in roles.cases.columns
        }  # fmt: skip
        for case in report.ledgers.cases:
            for row in _rows_of(roles.cases, case, date(year, 1, 1)):
                lines.get(f"{roles.cases.table}.{row}.{case.applicant}", []).append(case.row)
        found["cases"] = _counted(CASES, lines)
    if report.ledgers.documents is not None and roles.documents is not None:
        found["documents"] = _counted(DOCUMENTS, _documents(report, year))
    return found


def _rows_of(roles: CaseRoles, case: Case, start: date) -> Iterator[str]:
    received = case.dates.get("received")
    if received is not None:
        yield roles.earlier if received < start else roles.this_year
    yield case.outcome or roles.unanswered


def _documents(report: Report, year: int) -> dict[str, list[int]]:
    """A document without a date of issue is in force."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    roles = report.edition.roles.documents
    assert roles is not None
    columns = (roles.made, roles.ended, roles.valid)
    keys = (f"{k.row}.{c}" for k in roles.kinds for c in columns)
    lines: dict[str, list[int]] = {k: [] for k in keys if k in report.edition.fields}
    for doc in report.ledgers.documents or ():
        issued, repealed = doc.dates.get("issued"), doc.dates.get("repealed")
        shown = (
            issued is not None and first <= issued <= last,
            repealed is not None and first <= repealed <= last,
            (issued is None or issued <= last) and (repealed is None or repealed > last),
        )
        for column, counts in zip(columns, shown, strict=True):
            if counts:
                lines.get(f"{doc.kind}.{column}", []).append(doc.row)
    return lines


def _counted(sheet: str, lines: Mapping[str, list[int]]) -> Counted:
    numbers = {key: (float(len(rows)),) for key, rows in lines.items()}
    return Counted(numbers, sheet, {key: tuple(rows) for key, rows in lines.items()})
