"""Where numbers come from beyond the report's own tables: each source with what words need.

A source that was not asked for is not there; one that is there and lacks a number leaves its
relations *unchecked*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...templates.edition import Edition
from ...templates.ledger_parts import Count, Ledger, folded
from ...templates.words import NOTHING, Words
from ..report import LedgerLine, Prior, Report
from .records import records
from .system import System

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


def numbers_in(
    system: System, sources: Mapping[str, Source], values: Mapping[str, Number], reading: int = 0
) -> list[float | None]:
    """The number of every quantity: of ``values``, or what its source says in this reading.

    ``values`` are the report's own by field, ``reading`` which of several that a source has.
    """
    return [
        sources[source].number(key, reading) if source else values.get(key)
        for source, key in system.parts
    ]


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
    """What a ledger counts: the lines of each key.

    ``missing`` says why a key has no number; ``unit`` is the ledger's counting word.
    """

    sheet: str = ""
    lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    missing: Mapping[str, Words] = field(default_factory=dict)
    unit: str = "件"

    def number(self, key: str, reading: int = 0) -> Number:
        """The number of ``key``: one, however often another source says its own."""
        return super().number(key)

    def why(self, key: str) -> Words:
        """Why ``key`` has no number; nothing where it has one."""
        return self.missing.get(key, NOTHING)


def counted(report: Report) -> dict[str, Source]:
    """The ledgers of a report whose year is known, by source; what has no line counts 0."""
    if report.year is None:
        return {}
    return {
        key: _counted(report.edition.ledgers[key], lines, records(report, key))
        for key, lines in report.ledgers.lines.items()
        if lines and key in report.edition.ledgers
    }


def _counted(
    ledger: Ledger, lines: Sequence[LedgerLine], records: Sequence[dict[str, object]]
) -> Counted:
    several = len({line.sheet for line in lines}) > 1  # rows of several sheets tell nothing
    numbers: dict[str, tuple[Number, ...]] = {}
    rows: dict[str, tuple[int, ...]] = {}
    missing: dict[str, Words] = {}
    for count in ledger.counts:
        absent = [c for c in count.columns if c not in lines[0].columns]
        if absent:
            head = ledger.column[absent[0]].label
            why = Words(f"没有“{head}”这一列", f"there is no column {head}")
            missing |= dict.fromkeys(count.keys, why)
            numbers |= dict.fromkeys(count.keys, (None,))
            continue
        by_key: dict[str, list[dict[str, object]]] = {key: [] for key in count.keys}
        for record in records:
            key = count.key_of(record)
            if key in by_key:
                by_key[key].append(record)
        for key, counting in by_key.items():
            number, kept, gap = _number(ledger, count, counting)
            numbers[key] = (number,)
            rows[key] = () if several else kept
            if number is None:
                missing[key] = gap
    return Counted(numbers, ledger.sheet, rows, missing, ledger.unit)


def _number(
    ledger: Ledger, count: Count, records: Sequence[dict[str, object]]
) -> tuple[Number, tuple[int, ...], Words]:
    """What the counted lines come to, their rows, and why there is no number.

    A line without what is added up, or whose words could not be read, leaves no sum.
    """
    column = count.distinct or count.total
    if not column:
        return float(len(records)), tuple(_rows(records)), NOTHING
    filled = [r for r in records if r[column] not in (None, "")]
    if count.distinct:
        different = {folded(str(r[column])) for r in filled}
        return float(len(different)), tuple(_rows(filled)), NOTHING
    open_ = [r for r in records if r[column] is None]
    if open_:
        head = ledger.column[column].label
        row = open_[0]["line"]
        why = Words(f"第{row}行的“{head}”不是数字", f"{head} of line {row} is no number")
        return None, (), why
    total = sum(float(str(r[column])) for r in filled)
    return round(total, 6), tuple(_rows(filled)), NOTHING


def _rows(records: Sequence[dict[str, object]]) -> list[int]:
    return [int(str(r["line"])) for r in records]
