"""Many reports into one: the sums, and what explains a sum that is not that of its parts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...templates.edition import Edition
from ..finding import Finding
from ..judging.rules import rollup as rule
from ..report import Place, Report, Standing, Value
from .collection import Collection


@dataclass(frozen=True)
class Part:
    """One unit's report within a roll-up, and the repairs that judging it proposed.

    ``repairs`` are (field, value that stands there, value that would repair it).
    """

    unit: str
    report: Report
    repairs: tuple[tuple[str, float, float], ...] = ()

    @classmethod
    def of(cls, report: Report, findings: Iterable[Finding] = ()) -> Part:
        """The part that ``report`` is, with the repairs of its ``findings``."""
        seen: dict[str, tuple[str, float, float]] = {}
        for finding in findings:
            if (repair := finding.repair) is not None:
                now = report.values[repair.field].number or 0.0
                seen[repair.field] = (repair.field, now, repair.value)
        return cls(report.unit or report.path, report, tuple(seen.values()))


def total_of(parts: Iterable[Mapping[str, float]], keys: Iterable[str]) -> dict[str, float]:
    """The numbers of ``parts`` added up key by key, exactly, in whatever order they come."""
    columns: dict[str, list[float]] = {key: [] for key in keys}
    for part in parts:
        for key, numbers in columns.items():
            if key in part:
                numbers.append(part[key])
    return {key: round(math.fsum(numbers), 6) for key, numbers in columns.items()}


def total(edition: Edition, reports: Iterable[Report]) -> dict[str, float]:
    """Every field of ``edition`` added up, exactly, whatever the order of ``reports``.

    A field that is no number in a report adds nothing; a report of another edition is left out.
    """
    own = (r for r in reports if r.edition is edition)
    parts = ({k: n for k in edition.fields if (n := r.number(k)) is not None} for r in own)
    return total_of(parts, edition.fields)


def compare(top: Report, parts: Sequence[Part], missing: Sequence[str] = ()) -> list[Finding]:
    """R-SUM: where ``top`` is not the sum of ``parts``, each with what explains the difference.

    ``missing`` are the units that should be there and are not. A field that is no number in
    ``top`` is not compared: it has a finding of its own.
    """
    sums = total(top.edition, (p.report for p in parts))
    gaps = {
        key: round(now - sums[key], 6)
        for key in top.edition.fields
        if (now := top.number(key)) is not None and abs(now - sums[key]) > 1e-6
    }
    whole = _unit_left_out(top, parts, gaps)
    return [
        rule.finding(top, key, sums[key], len(parts), whole or _cell(parts, key, gap), missing)
        for key, gap in gaps.items()
    ]


def compare_numbers(top: Report, found: Collection) -> list[Finding]:
    """R-SUM of a roll-up against a collection: units missing from it are named."""
    parts = []
    for state in found.counted:
        entry = state.entry
        if entry is not None and entry.edition == top.edition.id:
            places = {k: Place(*at) for k, at in entry.cells.items()}
            values = {
                k: Value(Standing.NUMBER, n, f"{n:g}", places.get(k))
                for k, n in entry.numbers.items()
            }
            report = Report(entry.path, top.edition, state.unit.name, entry.year, values)
            repairs = {
                f["repair"]["field"]: (f["repair"]["field"],
                                       entry.numbers.get(f["repair"]["field"], 0.0),
                                       float(f["repair"]["value"]))
                for f in entry.findings if f["repair"]
            }  # fmt: skip
            parts.append(Part(state.unit.name, report, tuple(repairs.values())))
    absent = [s.unit.name for s in found.states if s.entry is None]
    return compare(top, parts, absent)


def _unit_left_out(top: Report, parts: Sequence[Part], gaps: dict[str, float]) -> rule.Cause | None:
    """The one unit whose whole report is what is missing from, or counted twice in, ``top``."""
    fits = []
    for part in parts:
        own = {
            k: v for k in top.edition.fields
            if (v := part.report.number(k)) and top.number(k) is not None
        }  # fmt: skip
        if own and own.keys() == gaps.keys():
            if all(abs(gaps[k] + v) < 1e-6 for k, v in own.items()):
                fits.append(rule.Cause(part.unit, "absent"))
            elif all(abs(gaps[k] - v) < 1e-6 for k, v in own.items()):
                fits.append(rule.Cause(part.unit, "twice"))
    return fits[0] if len(fits) == 1 else None


def _cell(parts: Sequence[Part], key: str, gap: float) -> rule.Cause | None:
    """The one unit whose proposed repair of this field is the difference."""
    fits = [
        rule.Cause(p.unit, "cell", p.report.values[key].place, now, value)
        for p in parts
        for field, now, value in p.repairs
        if field == key and abs(value - now - gap) < 1e-6
    ]
    return fits[0] if len(fits) == 1 else None
