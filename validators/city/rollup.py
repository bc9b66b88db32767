"""Many reports into one: the sums, and where a roll-up is not that of its parts."""

from __future__ import annotations

from collections.abc import Sequence

from ...templates.a1 import Place
from ...templates.words import Words
from ..finding import Unchecked
from ..judging.judge import judge
from ..judging.rules.rollup import Part, units
from ..report import Report, Standing, Value
from .collection import Collection


def compare(
    top: Report, parts: Sequence[Part], missing: Sequence[str] = ()
) -> tuple[list[Words], list[Unchecked]]:
    """R-SUM: a sentence for each cell of ``top`` that is not the sum of ``parts``, and its cause.

    ``missing`` are the units that should be there and are not. A field that is no number in
    ``top`` is unchecked.
    """
    source = units(top.edition, parts, missing)
    (verdict,) = judge([top], sources=[{"units": source}])
    rules = {i.rule for i in top.edition.relations if "units" in i.sources}
    return (
        [f.message for f in verdict.findings if f.rule in rules],
        [u for u in verdict.unchecked if u.rule in rules],
    )


def compare_numbers(top: Report, found: Collection) -> tuple[list[Words], list[Unchecked]]:
    """R-SUM of a roll-up against a collection: units missing from it are named."""
    parts = []
    for state in found.counted:
        entry = state.entry
        if entry is not None and entry.edition == top.edition.id:
            name, numbers = state.unit.name, entry.numbers
            places = {k: Place.of(*at) for k, at in entry.cells.items()}
            values = {
                k: Value(Standing.NUMBER, n, f"{n:g}", places.get(k)) for k, n in numbers.items()
            }
            report = Report(entry.path, top.edition, unit=name, year=entry.year, values=values)
            to = {r["field"]: float(r["value"]) for f in entry.findings if (r := f["repair"])}
            repairs = tuple((key, numbers.get(key, 0.0), number) for key, number in to.items())
            parts.append(Part(name, report, repairs))
    absent = [s.unit.name for s in found.states if s.entry is None]
    return compare(top, parts, absent)
