"""An edition's relations as one sparse system: quantities × instances, compiled once.

A quantity is a number of one source: ``t3.new.natural`` of the report itself,
``prior:t3.carried_out.natural`` of last year's. Nothing here needs numpy or pandas: ``frames``
makes matrices of the same system, ``plain`` evaluates it as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ...templates import relations
from ...templates.edition import Edition
from ...templates.form import Instance, Rule, split
from ...templates.relations import Outcome

Terms = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class System:
    """Every instance that the report and ``sources`` can decide.

    ``left`` and ``right`` hold, for each instance, the positions of its terms in ``quantities``,
    which ``parts`` has split into source and key. ``given`` are the positions of instances whose
    rule asks only for what its source gives.
    """

    edition: Edition
    sources: frozenset[str]
    quantities: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    instances: tuple[Instance, ...]
    rules: tuple[Rule, ...]
    left: tuple[Terms, ...]
    right: tuple[Terms, ...]
    given: frozenset[int]


@dataclass(frozen=True, slots=True)
class Row:
    """The numbers of one report and its sources, in the order of ``System.quantities``.

    ``unit`` is the report's position in its batch, ``reading`` which of several readings of a
    source this is, ``wanted`` the instances to look at (None: all).
    """

    unit: int
    numbers: Sequence[float | None]
    reading: int = 0
    wanted: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What one row came to: instances that lack a number, and those that do not hold."""

    missing: frozenset[int]
    broken: Mapping[int, Outcome]


@lru_cache(maxsize=64)
def system_of(edition: Edition, sources: frozenset[str] = frozenset()) -> System:
    """The system of every relation of ``edition`` that needs no source but ``sources``."""
    instances = tuple(i for i in edition.relations if i.sources <= sources)
    quantities = dict.fromkeys(edition.fields)
    for instance in instances:
        quantities.update(dict.fromkeys(instance.left + instance.right))
    order = {quantity: n for n, quantity in enumerate(quantities)}
    rules = tuple(edition.rule_by_id[i.rule] for i in instances)
    return System(
        edition,
        sources,
        quantities=tuple(quantities),
        parts=tuple(split(q) for q in quantities),
        instances=instances,
        rules=rules,
        left=tuple(tuple(order[q] for q in i.left) for i in instances),
        right=tuple(tuple(order[q] for q in i.right) for i in instances),
        given=frozenset(n for n, rule in enumerate(rules) if rule.given),
    )


def outcome(system: System, number: int, numbers: Sequence[float | None]) -> Outcome | None:
    """What instance ``number`` comes to, None when one of its terms has no number."""
    sides = system.left[number], system.right[number]
    left, right = ((numbers[t] for t in side) for side in sides)
    return relations.outcome(left, right)
