"""The verdict on numbers that stand in no file: as a page, a script or an example has them.

An example is one relation that does not hold: what ``gouji rules ID`` shows of a rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from ...templates.edition import Edition, load
from ...templates.form import Instance, Rule, split
from ...templates.formulas import computed_totals
from ...templates.layout import layout_of
from ...templates.relations import Outcome, added
from ..finding import Finding, Severity, Verdict
from ..report import Report, Standing, Value
from .judge import judge_plainly
from .rules.failed import Failed
from .rules.families import words_of
from .sources import Counted, LastYear, Source

_PARTS = (5.0, 2.0, 1.0)  # the first terms of an example's right side; the others are 0

Numbers = Mapping[str, Mapping[str, float | None]]


def judge_values(
    values: Mapping[str, float | None],
    *,
    edition: str | Edition = "2021",
    year: int | None = None,
    unit: str = "",
    formulas: bool = False,
    sources: Numbers | None = None,
) -> Verdict:
    """The verdict on the numbers of one report, without a workbook, numpy or pandas.

    ``values`` maps field keys to numbers, None for a blank cell; a key that is missing is a cell
    that is not there, and its relations are unchecked. With ``formulas`` the totals are the
    template's own sums, whatever ``values`` says of them. ``sources`` are numbers from
    elsewhere: ``{"prior": {key: number}, "claim": {…}, "cases": {…}, "units": {…}}``. Keys that
    the edition does not have are ignored. Places are those of the edition's template.
    """
    form = load(edition) if isinstance(edition, str) else edition
    report = Report(
        "",
        form,
        unit=unit,
        year=year,
        values=values_of(form, values, formulas),
        unit_class=form.class_of(unit),
    )
    by_name = {name: source_of(name, numbers, form) for name, numbers in (sources or {}).items()}
    return judge_plainly([report], sources=[by_name])[0]


def values_of(
    form: Edition, values: Mapping[str, float | None], formulas: bool
) -> dict[str, Value]:
    """Numbers as values that stand where the template has them."""
    places = layout_of(form).cells
    numbers: dict[str, float | None] = {k: v for k, v in values.items() if k in form.fields}
    if formulas:
        known = {k: float(v) for k, v in numbers.items() if v is not None and isfinite(v)}
        sums = computed_totals(form, {k: v for k, v in known.items() if k not in form.totals})
        numbers |= {total: sums[total] for total in form.totals}
    found = {}
    for key in form.fields:
        number = numbers.get(key)
        if number is not None and not isfinite(number):
            shown = str(float(number)).replace("nan", "NaN")
            found[key] = Value(Standing.TEXT, None, shown, places[key])
        elif number is not None:
            formula = True if formulas and key in form.totals else None
            found[key] = Value(
                Standing.NUMBER,
                float(number),
                shown=f"{number:g}",
                place=places[key],
                formula=formula,
            )
        elif key in numbers:
            found[key] = Value(Standing.BLANK, None, "", places[key])
        else:
            found[key] = Value(Standing.ABSENT)
    return found


def source_of(name: str, numbers: Mapping[str, float | None], form: Edition) -> Source:
    """The source ``name`` of one number a key."""
    readings = Source.plain(numbers).readings
    if name == "prior":
        return LastYear(readings, form)
    ledger = form.ledgers.get(name)
    return Counted(readings, ledger.sheet, unit=ledger.unit) if ledger else Source(readings)


@dataclass(frozen=True)
class Example:
    """Numbers under which an instance of a rule does not hold, and what is said of them."""

    instance: Instance
    numbers: dict[str, float]
    finding: Finding


def example_of(edition: Edition, rule: Rule) -> Example | None:
    """The first instance of ``rule``, one too many on its left; None for a rule of single cells."""
    if not rule.instances:
        return None
    inst = rule.instances[0]
    numbers = dict.fromkeys(inst.left + inst.right, 0.0)
    numbers |= dict(zip(inst.right, _PARTS, strict=False))
    right = added(numbers[q] for q in inst.right) or 0.0
    gap = right * rule.limit("factor") + rule.limit("gap") if rule.relation == "~" else 1.0
    numbers[inst.left[0]] = right + gap
    own = dict.fromkeys(edition.fields, 0.0)
    sources: dict[str, dict[str, float | None]] = {name: {} for name in inst.sources}
    for quantity, number in numbers.items():
        source, key = split(quantity)
        if source:
            sources[source][key] = number
        else:
            own[key] = number
    year = edition.from_year + 1
    report = Report(
        "", edition, unit="", year=year, values=values_of(edition, dict(own), formulas=False)
    )
    failed = Failed(
        report,
        rule,
        inst=inst,
        outcome=Outcome(right + gap, right),
        severity=Severity(rule.severity),
        sources={name: source_of(name, given, edition) for name, given in sources.items()},
    )
    return Example(inst, numbers, words_of(inst)(failed))
