"""One relation that does not hold, with numbers: what ``gouji rules ID`` shows of a rule."""

from __future__ import annotations

from dataclasses import dataclass

from ...templates.edition import Edition
from ...templates.form import Instance, Rule, split
from ...templates.relations import Outcome, added
from ..finding import Finding, Severity
from ..report import Report
from .bare_numbers import source_of, values_of
from .rules.failed import Failed
from .rules.families import words_of

_PARTS = (5.0, 2.0, 1.0)  # the first terms of the right side; the others are 0


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
