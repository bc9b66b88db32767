"""Reports of many units and years in order: each unit's years, judged beside the year before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from ...templates.a1 import Place
from ...templates.edition import Edition
from ...templates.roster import Roster, Unit
from ...templates.units import key_of, same, without_place
from ...templates.words import NOTHING, Words, listed
from ..finding import Card, Finding, Result, Severity, Verdict
from ..judging.judge import judge
from ..office.check import reports_in
from ..office.paths import gather
from ..office.worker import Read, judged
from ..report import NoPrior, Prior, Report
from .shared_lines import Line, lines_of

_BATCH = 512  # reports that are judged together


@dataclass(frozen=True)
class Series:
    """The reports of one unit: one a year where there is just one, and what else there is.

    ``twice`` are years with several reports, of which none counts; ``undated`` are reports that do
    not say their year. ``former`` are names that the roster says the unit had.
    """

    unit: str
    years: dict[int, Report] = field(default_factory=dict)
    twice: dict[int, list[Report]] = field(default_factory=dict)
    undated: list[Report] = field(default_factory=list)
    former: tuple[str, ...] = ()

    @property
    def missing(self) -> list[int]:
        """The years without any report between the first and the last."""
        there = {*self.years, *self.twice}
        return [y for y in range(min(there, default=0), max(there, default=0)) if y not in there]

    def instead(self, year: int) -> str:
        """Why there is nothing of a year: ``twice``, ``missing``, or ``""``."""
        return "twice" if year in self.twice else "missing" if year in self.missing else ""

    @property
    def reports(self) -> Iterator[Report]:
        """Every report of the unit, by year."""
        by_year = {year: [report] for year, report in self.years.items()} | self.twice
        for year in sorted(by_year):
            yield from by_year[year]
        yield from self.undated

    @property
    def remarks(self) -> Iterator[tuple[int | None, Words]]:
        """What keeps years from being bridged, with the year it is about."""
        for year in self.missing:
            yield year, Words("没有这一年的年报，前后两年没有对照", "no report: nothing bridged")
        for year, several in sorted(self.twice.items()):
            paths, count = listed(r.path for r in several), len(several)
            zh = f"有{count}份年报（{paths.zh}），都没有与前后年对照；请只留作准的一份"
            en = f"{count} reports ({paths.en}), none bridged: leave the one that counts"
            yield year, Words(zh, en)
        for report in self.undated:
            remark = Words(f"看不出是哪一年的（{report.path}）", f"year not known ({report.path})")
            yield None, remark

    def before(self, report: Report) -> Prior | NoPrior | None:
        """The report of the year before, where both years have just one; else why there is none."""
        year = report.year
        if year is None or year in self.twice:
            return None
        if year - 1 in self.years:
            prior = self.years[year - 1]
            former = any(same(prior.unit, name) for name in self.former)
            return Prior(prior, former and not same(prior.unit, report.unit))
        why = dict(self.remarks).get(year - 1, NOTHING)
        return NoPrior(Words(f"{year - 1}年：", f"{year - 1}: ") + why) if why else None


def arranged(reports: Iterable[Report], roster: Roster | None = None) -> list[Series]:
    """The reports by unit and year, units in the order of their names.

    A unit is the roster's (former names too), else one code, else one name, folded as a roster's
    are; a name without code or county joins the one unit that it can mean.
    """
    groups: dict[tuple[str, str], list[Report]] = {}
    units: dict[tuple[str, str], Unit] = {}
    for report in reports:
        unit = roster.find(report.unit, report.stamp.code) if roster is not None else None
        if unit is not None:
            key = ("roster", unit.name)
            units[key] = unit
        elif report.stamp.code:
            key = ("code", report.stamp.code)
        else:
            key = ("name", key_of(report.unit)) if report.unit else ("file", report.path)
        groups.setdefault(key, []).append(report)
    for key, owner in _joined(groups).items():
        groups[owner] += groups.pop(key)
    found = [_series(together, units.get(key)) for key, together in groups.items()]
    known = Counter(s.unit for s in found)
    return sorted((_apart(s) if known[s.unit] > 1 else s for s in found), key=lambda s: s.unit)


def _apart(series: Series) -> Series:
    """One of several units of a name, told from the others by its code, else by its file."""
    first = next(series.reports)
    return replace(series, unit=f"{series.unit}（{first.stamp.code or Path(first.path).name}）")


def _joined(groups: dict[tuple[str, str], list[Report]]) -> dict[tuple[str, str], tuple[str, str]]:
    """The groups of a name alone that are another group's, with that group."""
    meeting: dict[str, list[tuple[str, str]]] = {}
    for key, reports in groups.items():
        for name in {without_place(r.unit) for r in reports}:
            meeting.setdefault(name, []).append(key)
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for key in sorted((k for k in groups if k[0] == "name"), key=lambda k: len(k[1])):
        others = [
            other
            for other in meeting[without_place(groups[key][0].unit)]
            if other != key
            if other[0] != "name" or len(other[1]) > len(key[1])
            if any(same(r.unit, key[1]) for r in groups[other])
        ]
        if len(others) == 1:
            found[key] = others[0]
    for key, owner in found.items():
        while owner in found:
            owner = found[owner]
        found[key] = owner
    return found


def _series(sent: Sequence[Report], unit: Unit | None) -> Series:
    newest = max(sent, key=lambda r: (r.year or 0, len(r.unit)))
    name = unit.name if unit else newest.unit or Path(newest.path).stem
    series = Series(name, former=unit.former if unit else ())
    by_year: dict[int | None, list[Report]] = {}
    for report in sent:
        by_year.setdefault(report.year, []).append(report)
    series.undated.extend(by_year.pop(None, ()))
    for year, reports in sorted((y, r) for y, r in by_year.items() if y is not None):
        if len(reports) == 1:
            series.years[year] = reports[0]
        else:
            series.twice[year] = reports
    return series


@dataclass(frozen=True)
class Contradiction:
    """One thing that contradicts itself: of which report, and what is told of it.

    ``across``: it is one with the year before. ``place`` is the cell it points at.
    """

    unit: str
    report: Report
    severity: Severity
    words: Words
    place: Place | None
    across: bool


@dataclass
class Comparison:
    """Every unit with its years, what each report came to, and what could not be read."""

    series: list[Series]
    unreadable: list[Result] = field(default_factory=list)
    results: dict[int, Result] = field(default_factory=dict)  # by the id of the report

    @property
    def lines(self) -> list[Line]:
        """The numbers that stand side by side."""
        return lines_of(r.edition for s in self.series for r in s.reports)

    @property
    def years(self) -> list[int]:
        """Every year from the first to the last with a report."""
        every = {y for s in self.series for y in (*s.years, *s.twice)}
        return [*range(min(every), max(every) + 1)] if every else []

    def verdict(self, report: Report) -> Verdict | None:
        """The verdict on one of the reports, beside the year before."""
        return self.results[id(report)].verdict

    @property
    def contradictions(self) -> Iterator[Contradiction]:
        """Relations that do not hold, notes left out: by unit and year."""
        for series in self.series:
            for report in series.reports:
                verdict = self.verdict(report)
                for card in verdict.cards if verdict is not None else ():
                    found = [verdict.findings[n] for n in card.findings] if verdict else []
                    if any(is_broken(report, f) for f in found):
                        yield _contradiction(series, report, card, found)

    @property
    def otherwise_wrong(self) -> int:
        """How many reports have an error that is no contradiction: a text, a negative number."""
        return sum(
            any(f.severity is Severity.ERROR and not is_broken(r, f) for f in verdict.findings)
            for s in self.series
            for r in s.reports
            if (verdict := self.verdict(r)) is not None
        )

    def exit_code(self, strict: bool) -> int:
        """2 for what could not be read, 1 for an error (``strict``: anything), else 0."""
        if self.unreadable:
            return 2
        grave = [*Severity] if strict else [Severity.ERROR]
        found = (r.verdict for r in self.results.values() if r.verdict is not None)
        return int(any(verdict.count(s) for verdict in found for s in grave))


def is_broken(report: Report, finding: Finding) -> bool:
    """Whether a finding is of numbers that contradict each other; what is a note is not."""
    relation = report.edition.rule_by_id[finding.rule].relation
    return finding.severity is not Severity.NOTE and bool(relation or finding.rule == "N-SUM")


def _contradiction(
    series: Series, report: Report, card: Card, found: Sequence[Finding]
) -> Contradiction:
    known = any(cell.role == "culprit" for cell in card.cells) or not card.sum
    title = next((f.title for f in found if f.title), card.title if known else NOTHING)
    words = title or card.sum
    if title and any(sign in card.sum for sign in "=＝"):
        words += Words(f"：{card.sum.zh}", f": {card.sum.en}")
    if len(found) > 1:
        words += Words(f"（共{len(found)}处不符）", f" ({len(found)} relations)")
    place = next((f.place for f in found if f.place), None)
    across = any(f.rule in with_last_year(report.edition) for f in found)
    return Contradiction(
        series.unit, report, severity=card.severity, words=words, place=place, across=across
    )


@lru_cache(maxsize=8)
def with_last_year(edition: Edition) -> frozenset[str]:
    """The rules of an edition that look at the year before."""
    return frozenset(i.rule for i in edition.relations if "prior" in i.sources)


def side_by_side(paths: Iterable[str | Path], *, roster: Roster | None = None) -> Comparison:
    """The reports at ``paths`` (files, folders, globs; workbooks and published ones) compared.

    With a ``roster`` former names are its units'. Raises ``InputError`` where there is nothing.
    """
    return compared(taken(reports_in(gather(map(str, paths), True).files)), roster)


def taken(
    read: Iterable[Sequence[Read]], progress: Callable[[int], None] | None = None
) -> tuple[list[Report], list[Result]]:
    """The reports that were read, batch by batch, and what could not be read."""
    reports: list[Report] = []
    unreadable: list[Result] = []
    for batch in read:
        for path, found in batch:
            if isinstance(found, Report):
                reports.append(copy(found))  # by its packed form: equal values become one
            else:
                unreadable.append(Result(str(path), error=found))
        if progress is not None:
            progress(len(batch))
    return reports, unreadable


def compared(
    read: tuple[list[Report], list[Result]],
    roster: Roster | None = None,
    progress: Callable[[int], None] | None = None,
) -> Comparison:
    """What was ``taken``, put in order and judged beside the year before."""
    comparison = Comparison(arranged(read[0], roster), [*read[1]])
    owner = {id(r): s for s in comparison.series for r in s.reports}
    ordered = [r for s in comparison.series for r in s.reports]
    for at in range(0, len(ordered), _BATCH):
        some = ordered[at : at + _BATCH]
        results = judged([(Path(r.path), r) for r in some], judge, lambda r: owner[id(r)].before(r))
        for report, result in zip(some, results, strict=True):
            if result.error is not None:
                comparison.unreadable.append(result)
            comparison.results[id(report)] = result
        if progress is not None:
            progress(len(some))
    return comparison
