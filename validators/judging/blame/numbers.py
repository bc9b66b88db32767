"""The numbers of one report as the search takes them, and how much each relation is out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ....templates.edition import Edition
from ....templates.relations import follow, holds
from ...report import Report, Standing
from ..sources import Source, numbers_in
from ..system import System, outcome
from .levers import Levers, levers_of

_EMPTY = (Standing.BLANK, Standing.PLACEHOLDER)


@dataclass(frozen=True)
class Numbers:
    """``values`` has a number for every field that holds or stands for one; a blank stands for 0.

    ``formulas`` are the totals that follow their parts: they are added up anew. ``gaps`` are left
    minus right of the equalities that do not hold, by number; ``active`` those that could be
    looked at.
    """

    report: Report
    levers: Levers
    values: Mapping[str, float]
    blanks: frozenset[str]
    formulas: frozenset[str]
    active: frozenset[int]
    gaps: Mapping[int, float]
    last: Mapping[str, float]
    doubt: Mapping[str, str]
    sources: Mapping[str, Source]

    @property
    def edition(self) -> Edition:
        """The report's edition."""
        return self.report.edition

    @property
    def system(self) -> System:
        """The system it is judged by."""
        return self.levers.system


def numbers_of(
    report: Report, system: System, sources: Mapping[str, Source], wanted: Callable[[int], bool]
) -> Numbers:
    """The numbers of ``report``; ``wanted`` tells which instances were looked at.

    ``sources`` are last year's report, ledgers and the narrative by name.
    """
    formulas = frozenset(k for k in report.edition.totals if report.values[k].formula)
    levers = levers_of(system, formulas)
    values, blanks = _values(report, formulas)
    vector = numbers_in(system, sources, values)
    found = {n: outcome(system, n, vector) for n in levers.relations if wanted(n)}
    ran = {n: each for n, each in found.items() if each is not None}
    gaps = {
        n: each.residual
        for n, each in ran.items()
        if not holds(system.rules[n], each.left, each.right)
    }
    prior = sources.get("prior")
    last = (
        {k: n for k in report.edition.fields if (n := prior.number(k)) is not None}
        if prior is not None
        else {}
    )
    renamed = "renamed" in getattr(prior, "conditions", ())
    doubt = {name: "renamed" if renamed and name == "prior" else name for name in sources}
    return Numbers(
        report,
        levers,
        values=values,
        blanks=blanks,
        formulas=formulas,
        active=frozenset(ran),
        gaps=gaps,
        last=last,
        doubt=doubt,
        sources=sources,
    )


def _values(report: Report, formulas: frozenset[str]) -> tuple[dict[str, float], frozenset[str]]:
    values: dict[str, float] = {}
    blanks = set()
    for key, value in report.values.items():
        if value.standing in _EMPTY:
            values[key] = 0.0
            blanks.add(key)
        elif value.number is not None and value.standing in (Standing.NUMBER, Standing.TEXT_NUMBER):
            values[key] = value.number
    return follow(values, report.edition.sums, formulas), frozenset(blanks)


def settles(numbers: Numbers, changes: Mapping[str, float]) -> bool:
    """Whether after ``changes`` every equality holds and nothing is broken that held.

    Every reading of every source is looked at.
    """
    system, edition = numbers.system, numbers.edition
    after = follow({**numbers.values, **changes}, edition.sums, numbers.formulas)
    most = max((len(r) for s in numbers.sources.values() for r in s.readings.values()), default=1)
    for reading in range(max(1, most)):
        now, then = (
            numbers_in(system, numbers.sources, values, reading)
            for values in (numbers.values, after)
        )
        for n in range(len(system.instances)):
            if _fits(numbers, n, then, reading):
                continue
            if n in numbers.gaps or reading or _fits(numbers, n, now, reading):
                return False
    return True


def _fits(numbers: Numbers, n: int, vector: Sequence[float | None], reading: int) -> bool:
    """Whether instance ``n`` holds; true as well where a term has no number."""
    system = numbers.system
    rule = system.rules[n]
    if rule.relation == "~" or (reading and not system.instances[n].sources):
        return True
    if rule.relation == "=" and not reading and n not in numbers.active:
        return True
    found = outcome(system, n, vector)
    return found is None or bool(holds(rule, found.left, found.right))
