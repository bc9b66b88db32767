"""The numbers of one report as the search takes them, and how much each relation is out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ....templates.edition import Edition
from ....templates.formulas import TOLERANCE
from ...report import Report, Standing
from ..sources import Source
from ..system import System, holds
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
    """The numbers of ``report``; ``wanted`` tells which instances were looked at."""
    formulas = frozenset(k for k in report.edition.totals if report.values[k].formula)
    levers = levers_of(system, formulas)
    values, blanks = _values(report, formulas)
    gaps, active = _gaps(system, filter(wanted, levers.relations), values, sources)
    prior = sources.get("prior")
    last = (
        {k: n for k in report.edition.fields if (n := prior.number(k)) is not None}
        if (prior is not None)
        else {}
    )
    renamed = "renamed" in getattr(prior, "conditions", ())
    doubt = {name: "renamed" if renamed and name == "prior" else name for name in sources}
    return Numbers(
        report, levers, values, blanks, formulas, frozenset(active), gaps, last, doubt, sources
    )


def _values(report: Report, formulas: frozenset[str]) -> tuple[dict[str, float], frozenset[str]]:
    values: dict[str, float] = {}
    blanks = set()
    for key, value in report.values.items():
        if value.standing in _EMPTY:
            values[key] = 0.0
            blanks.add(key)
        elif value.number is not None and value.standing in (
            Standing.NUMBER,
            Standing.TEXT_NUMBER,
        ):
            values[key] = value.number
    follow(values, report.edition, formulas)
    return values, frozenset(blanks)


def follow(values: dict[str, float], edition: Edition, formulas: frozenset[str]) -> None:
    """Adds the formula totals up again; one of whose parts has no number has none."""
    pending = [t for t in edition.totals if t in formulas]
    while pending:
        ready = [t for t in pending if not set(edition.totals[t]) & set(pending)]
        if not ready:
            return
        for total in ready:
            parts = [values.get(p) for p in edition.totals[total]]
            if None in parts:
                values.pop(total, None)
            else:
                values[total] = round(sum(p for p in parts if p is not None), 6)
        pending = [t for t in pending if t not in ready]


def _gaps(
    system: System,
    relations: Iterable[int],
    values: Mapping[str, float],
    sources: Mapping[str, Source],
) -> tuple[dict[int, float], list[int]]:
    numbers = [
        sources[source].number(key) if source else values.get(key) for source, key in system.parts
    ]
    gaps, active = {}, []
    for n in relations:
        left = _added(numbers, system.left[n])
        right = _added(numbers, system.right[n])
        if left is None or right is None:
            continue
        active.append(n)
        if abs(left - right) > TOLERANCE:
            gaps[n] = round(left - right, 6)
    return gaps, active


def _added(numbers: Sequence[float | None], terms: Sequence[int]) -> float | None:
    total = 0.0
    for term in terms:
        number = numbers[term]
        if number is None:
            return None
        total += number
    return total


def settles(numbers: Numbers, changes: Mapping[str, float]) -> bool:
    """Whether after ``changes`` every equality holds and nothing is broken that held.

    Every reading of every source is looked at.
    """
    before, after = numbers.values, {**numbers.values, **changes}
    follow(after, numbers.edition, numbers.formulas)
    readings = max(
        (len(r) for s in numbers.sources.values() for r in s.readings.values()), default=1
    )
    return all(
        _holds(numbers, n, after, reading)
        or (n not in numbers.gaps and not reading and not _holds(numbers, n, before, reading))
        for reading in range(max(1, readings))
        for n in range(len(numbers.system.instances))
    )


def _holds(numbers: Numbers, n: int, values: Mapping[str, float], reading: int) -> bool:
    """True as well where a term has no number."""
    system = numbers.system
    rule, sides = system.rules[n], []
    if rule.relation == "~" or (reading and not system.instances[n].sources):
        return True
    if rule.relation == "=" and not reading and n not in numbers.active:
        return True
    for terms in (system.left[n], system.right[n]):
        side = 0.0
        for term in terms:
            source, key = system.parts[term]
            number = numbers.sources[source].number(key, reading) if source else values.get(key)
            if number is None:
                return True
            side += number
        sides.append(side)
    return holds(rule, round(sides[0], 6), round(sides[1], 6))
