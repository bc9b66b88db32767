"""Adding up, following totals and "does it hold": decided here, and nowhere else.

The template's live formulas are made of the same table as the judge's answer (``holds``,
``holds_formula``). Nothing here needs numpy: what it computes, it computes for numbers and for
columns of numbers alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .form import Rule

TOLERANCE = 1e-6  # sums of amounts with four decimals differ by less
Totals = Mapping[str, tuple[str, ...]]


class Relation(NamedTuple):
    """One kind of relation between two sums: as a function and as a formula of a sheet."""

    holds: Callable[[Any, Any, Rule], Any]
    formula: Callable[[str, str, Rule], str]


def difference_formula(one: str, other: str) -> str:
    """Left minus right, rounded to a millionth, as a formula of a sheet."""
    return f"ROUND({one}-{other},6)" if other != "0" else one


def _far_apart(one: str, other: str, rule: Rule) -> str:
    near = f"ABS({difference_formula(one, other)})<{rule.limit('gap'):g}"
    return f"OR({near},MIN({one},{other})*{rule.limit('factor'):g}>MAX({one},{other}))"


RELATIONS = {
    "=": Relation(
        lambda left, right, _: abs(left - right) <= TOLERANCE,
        lambda one, other, _: f"ABS({difference_formula(one, other)})<={TOLERANCE:.6f}",
    ),
    "<=": Relation(
        lambda left, right, _: left - right <= TOLERANCE,
        lambda one, other, _: f"{difference_formula(one, other)}<={TOLERANCE:.6f}",
    ),
    # broken by two numbers at least ``gap`` apart, one ``factor`` times the other or more
    "~": Relation(
        lambda left, right, rule: (
            (abs(left - right) < rule.limit("gap"))
            | ((left * rule.limit("factor") > right) & (right * rule.limit("factor") > left))
        ),
        _far_apart,
    ),
}


def holds(rule: Rule, left: Any, right: Any) -> Any:
    """Whether ``left`` stands to ``right`` as ``rule`` says: numbers, or columns of numbers."""
    return RELATIONS[rule.relation].holds(left, right, rule)


def holds_formula(rule: Rule, one: str, other: str) -> str:
    """The same as a formula of a sheet; ``one`` and ``other`` are formulas, ``""`` for nothing."""
    return RELATIONS[rule.relation].formula(one, other, rule)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The two sides of a relation that could be looked at, rounded to a millionth."""

    left: float
    right: float

    @property
    def residual(self) -> float:
        """Left minus right."""
        return round(self.left - self.right, 6)


def added(numbers: Iterable[float | None]) -> float | None:
    """Their sum rounded to a millionth, None when one is missing."""
    total = 0.0
    for number in numbers:
        if number is None:
            return None
        total += number
    return round(total, 6)


def outcome(left: Iterable[float | None], right: Iterable[float | None]) -> Outcome | None:
    """What the two sides come to, None when one of their terms has no number."""
    one, other = added(left), added(right)
    return None if one is None or other is None else Outcome(one, other)


def leaves(sums: Totals) -> dict[str, Counter[str]]:
    """What each of ``sums`` (in order) adds up once all are followed: fields, how many times."""
    found: dict[str, Counter[str]] = {}
    for total, parts in sums.items():
        found[total] = Counter()
        for part in parts:
            found[total].update(found.get(part, (part,)))
    return found


def whole(number: float) -> float:
    """The number without the noise of binary fractions: 18 for 17.999999999999996."""
    near = float(round(number))
    return near if abs(number - near) <= TOLERANCE else number


def in_order(totals: Totals) -> dict[str, tuple[str, ...]]:
    """The totals, each after those among its parts.

    Raises ``graphlib.CycleError`` where totals refer to one another.
    """
    parts = {total: [p for p in totals[total] if p in totals] for total in totals}
    return {key: totals[key] for key in TopologicalSorter(parts).static_order()}


def follow(
    values: Mapping[str, float], totals: Totals, formulas: Collection[str]
) -> dict[str, float]:
    """``values`` with those ``totals`` that are ``formulas`` added up anew.

    ``totals`` are in order. A total one of whose parts has no number has none.
    """
    known = dict(values)
    for total, parts in totals.items():
        if total in formulas:
            number = added(map(known.get, parts))
            if number is None:
                known.pop(total, None)
            else:
                known[total] = number
    return known
