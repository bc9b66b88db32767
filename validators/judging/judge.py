"""Reports in, verdicts out: one road for every rule, whichever source its numbers come from.

A report and its sources are a vector of the edition's system; what the schemas (or, without
pandas, ``plain``) find broken becomes findings, and what could not run becomes unchecked, here
and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from ...templates.edition import Edition
from ...templates.form import Instance
from ...templates.relations import Outcome
from ..finding import Finding, Severity, Unchecked, Verdict
from ..report import NoPrior, Prior, Report
from . import plain
from .cards import cards_of
from .line_checks import LineCheck, findings_of_lines, without_calendar
from .records import records
from .rules import cells, structure
from .rules.failed import NO_BLAME, Blames, Failed
from .rules.families import words_of
from .rules.unchecked import unchecked
from .sources import Counted, LastYear, Source, counted, numbers_in
from .system import Judged, Row, System, system_of

Sources = Mapping[str, Source]


class Engine(Protocol):
    """What decides: ``schemas`` over frames, or ``plain`` without them."""

    def cells(self, edition: Edition, reports: Sequence[Report]) -> list[list[tuple[str, str]]]:
        """Per report the (rule, field) of every cell that breaks a rule."""

    def footings(self, system: System, rows: Sequence[Row]) -> list[Judged]:
        """Per row the instances that lack a number or do not hold."""

    def lines(
        self, edition: Edition, reports: Sequence[Report]
    ) -> list[list[tuple[LineCheck, str, int]]]:
        """Per report the (check, ledger, position) of every line that breaks a check."""


@dataclass
class _Case:
    """One report on its way: its sources, its rows of the system, what is known so far."""

    report: Report
    sources: dict[str, Source]
    unchecked: list[Unchecked] = field(default_factory=list)
    cells: list[tuple[str, str]] = field(default_factory=list)
    lines: list[tuple[LineCheck, str, int]] = field(default_factory=list)
    rows: list[tuple[Row, Judged]] = field(default_factory=list)


def judge(
    reports: Sequence[Report],
    priors: Sequence[Prior | NoPrior | None] | None = None,
    *,
    sources: Sequence[Sources] | None = None,
) -> list[Verdict]:
    """One verdict per report, in order, by the pandera schemas. Editions may be mixed.

    ``priors`` are last year's reports, one for each (None where there is none); without it
    nothing is said of last year. ``sources`` are further sources, one mapping for each report.
    """
    from . import by_schemas

    return _judge(by_schemas, reports, priors, sources)


def judge_plainly(
    reports: Sequence[Report],
    priors: Sequence[Prior | NoPrior | None] | None = None,
    *,
    sources: Sequence[Sources] | None = None,
) -> list[Verdict]:
    """As ``judge``, the same verdicts without numpy and pandas."""
    return _judge(plain, reports, priors, sources)


def _judge(
    engine: Engine,
    reports: Sequence[Report],
    priors: Sequence[Prior | NoPrior | None] | None,
    sources: Sequence[Sources] | None,
) -> list[Verdict]:
    cases = [
        _case(
            report, priors is not None, priors[n] if priors else None, sources[n] if sources else {}
        )
        for n, report in enumerate(reports)
    ]
    groups: dict[tuple[Edition, frozenset[str]], list[_Case]] = {}
    for case in cases:
        groups.setdefault((case.report.edition, frozenset(case.sources)), []).append(case)
    for (edition, asked), together in groups.items():
        _decide(engine, system_of(edition, asked), together)
    return [_verdict(case) for case in cases]


def _case(report: Report, asked: bool, given: Prior | NoPrior | None, more: Sources) -> _Case:
    case = _Case(report, counted(report))
    prior = given if isinstance(given, Prior) else None
    if report.narrative:
        from .rules import claims

        case.sources |= claims.sources(report, prior, case.sources)
        if any(claim.equals for claim in report.edition.claims.values()):
            from .rules import ledger_claims

            case.unchecked += ledger_claims.without_ledger(report, case.sources)
    case.sources |= more
    if prior is not None:
        case.sources["prior"] = LastYear.of(prior)
    elif asked:
        from .rules import last_year

        why = given.why if isinstance(given, NoPrior) else None
        case.unchecked += [Unchecked(rule, "", why) for rule, why in last_year.without(report, why)]
    if report.year is None:
        case.unchecked += structure.without_year(report)
    return case


def _decide(engine: Engine, system: System, cases: Sequence[_Case]) -> None:
    reports = [case.report for case in cases]
    for case, broken in zip(cases, engine.cells(system.edition, reports), strict=True):
        case.cells = broken
    if any(r.ledgers.lines for r in reports):
        for case, lines in zip(cases, engine.lines(system.edition, reports), strict=True):
            case.lines = lines
    rows = [row for n, case in enumerate(cases) for row in _rows(system, case, n)]
    for row, judged in zip(rows, engine.footings(system, rows), strict=True):
        cases[row.unit].rows.append((row, judged))


def _rows(system: System, case: _Case, unit: int) -> Iterator[Row]:
    """The report's row, and one more for every further reading that a source has."""
    most = max((len(r) for s in case.sources.values() for r in s.readings.values()), default=1)
    for reading in range(max(1, most)):
        numbers = numbers_in(system, case.sources, case.report.numbers, reading)
        wanted = None
        if system.given or reading:
            wanted = frozenset(
                n for n in range(len(system.instances)) if _wanted(system, case, n, reading)
            )
        yield Row(unit, numbers, reading, wanted)


def _wanted(system: System, case: _Case, number: int, reading: int) -> bool:
    """Whether an instance is to be looked at: its sources say it in this reading."""
    terms = (system.parts[t] for t in system.left[number] + system.right[number])
    sourced = [(case.sources[s], k) for s, k in terms if s]
    own = [len(s.readings.get(k, ())) for s, k in sourced]
    # what a ledger counts is one number, however often the narrative says its own
    stated = [n for n, (s, _) in zip(own, sourced, strict=True) if not isinstance(s, Counted)]
    if number in system.given:
        return min(stated or own, default=0) > reading
    return not reading or max(stated, default=0) > reading


def _verdict(case: _Case) -> Verdict:
    report, edition = case.report, case.report.edition
    system = system_of(edition, frozenset(case.sources))
    blames = _blames(case, system)
    after = _after(case, system, blames)
    found = [
        *structure.findings(report),
        *cells.noticed(edition, report.values),
        *(cells.finding(edition, rule, key, report.values[key]) for rule, key in case.cells),
    ]
    open_ = [*structure.unchecked(report)]
    checked = 0
    for row, judged in case.rows:
        together = _together(system, judged)
        for number, inst in enumerate(system.instances):
            if row.wanted is not None and number not in row.wanted:
                continue
            rule = system.rules[number]
            ran = number not in judged.missing
            checked += ran and rule.relation == "="
            if ran and number not in judged.broken:
                continue
            severity = rule.severity_for(
                report.unit_class, edition.table_of(inst), _conditions(case, inst)
            )
            if severity == "none":
                continue
            if not ran:
                open_.append(unchecked(report, inst, case.sources, row.reading))
            else:
                failed = Failed(
                    report,
                    rule,
                    inst=inst,
                    outcome=judged.broken[number],
                    severity=Severity(severity),
                    sources=case.sources,
                    reading=row.reading,
                    blame=blames.by_instance.get((inst.rule, inst.key), NO_BLAME),
                    together=together[inst.rule],
                    after=after,
                )
                found.append(words_of(inst)(failed))
    if report.ledgers.lines:
        by_ledger = {ledger: records(report, ledger) for ledger in report.ledgers.lines}
        found += findings_of_lines(report, case.lines, by_ledger)
        open_ += without_calendar(edition, by_ledger)
    found.sort(key=_order(edition))
    cards = cards_of(report, found, blames.events, zeros_fit=not blames.by_instance)
    open_ += case.unchecked
    return Verdict(checked, tuple(found), tuple(open_), repairs=blames.events, cards=cards)


def _blames(case: _Case, system: System) -> Blames:
    """Which events explain the equalities that do not hold, blanks counted as 0."""
    if all(not judged.broken and not judged.missing for _, judged in case.rows):
        return Blames()
    from .blame import blame  # for a report that needs it

    wanted = next(row.wanted for row, _ in case.rows if row.reading == 0)
    return blame(case.report, system, case.sources, lambda n: wanted is None or n in wanted)


def _after(case: _Case, system: System, blames: Blames) -> dict[str, float | None]:
    """What cells should be by the likeliest repairs; None where relations want different things."""
    gaps: dict[str, set[float]] = {}
    for _, judged in case.rows:
        for number, outcome in judged.broken.items():
            inst = system.instances[number]
            if system.rules[number].relation == "=" and inst.target in inst.left + inst.right:
                gap = outcome.residual * (-1 if inst.target in inst.left else 1)
                gaps.setdefault(inst.target, set()).add(round(gap, 6))
    contested = dict.fromkeys((key for key, numbers in gaps.items() if len(numbers) > 1), None)
    return {**contested, **blames.after}


def _together(system: System, judged: Judged) -> dict[str, dict[str, Outcome]]:
    """The outcomes of all broken instances of a rule, by their target."""
    found: dict[str, dict[str, Outcome]] = {}
    for number, outcome in judged.broken.items():
        inst = system.instances[number]
        found.setdefault(inst.rule, {})[inst.target] = outcome
    return found


def _conditions(case: _Case, inst: Instance) -> tuple[str, ...]:
    last = case.sources.get("prior")
    if "prior" in inst.sources and isinstance(last, LastYear):
        return last.conditions
    return ()


@lru_cache(maxsize=8)
def _order(edition: Edition) -> Callable[[Finding], tuple[int, int, int]]:
    rules = {rule: n for n, rule in enumerate(edition.rule_by_id)}
    fields = {key: n for n, key in enumerate(edition.fields)}

    def key(finding: Finding) -> tuple[int, int, int]:
        return finding.severity.rank, rules[finding.rule], fields.get(finding.field, -1)

    return key
