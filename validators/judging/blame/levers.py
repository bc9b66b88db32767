"""What one more in a typed cell does to every equality, formulas followed: the levers of a form.

Compiled once for a system and the set of totals that are formulas. A lever is a typed cell, or a
cell together with the typed totals that were added up from it. Levers that move the same
relations in the same proportions cannot be told apart by them: they form a cause.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from ....templates.edition import Edition
from ....templates.form import split
from ..system import System
from .slips import weights

Effect = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Lever:
    """A cell and the totals that ``followed`` it, or (without a cell) a source's own number.

    ``number`` is its place among the levers of its system; ``how`` names the factor of
    ``weights.toml`` for totals that followed, or the source.
    """

    cell: str
    followed: tuple[str, ...]
    how: str
    effect: Effect
    number: int = -1


@dataclass(frozen=True, slots=True)
class Cause:
    """Levers of one direction: ``effect`` of one step, which is ``scale`` steps of a member.

    ``id`` is the number of its first lever, so that it does not depend on what was asked before.
    """

    id: int
    effect: Effect
    members: tuple[tuple[Lever, float], ...]


@dataclass
class Levers:
    """Every lever of a system; ``moves`` are the effects of a cell alone."""

    system: System
    relations: tuple[int, ...]
    moves: Mapping[str, Effect]
    by_relation: Mapping[int, Sequence[Lever]]
    tables: dict[frozenset[int], Causes] = field(default_factory=dict)

    def causes(self, active: frozenset[int]) -> Causes:
        """The causes among the ``active`` relations, kept for the next report of that kind."""
        if active not in self.tables:
            if len(self.tables) >= 32:
                self.tables.clear()
            self.tables[active] = Causes(self, active)
        return self.tables[active]


@dataclass(frozen=True, slots=True)
class MovesApart:
    """By cell what one more does to relations that fail (``on``) and to those that hold (``off``).

    ``single``: every cell counts once, in each; ``closing`` keeps whether changes along a line
    may close a gap, ``shows`` by line whether one of a cell shows where it should.
    """

    on: Mapping[str, Effect]
    off: Mapping[str, Effect]
    single: bool
    closing: dict[tuple[str, ...], bool] = field(default_factory=dict)
    shows: dict[tuple[str, ...], dict[str, bool]] = field(default_factory=dict)


class Causes:
    """The causes that touch a relation, found when it is first asked for."""

    def __init__(self, levers: Levers, active: frozenset[int]) -> None:
        self.levers = levers
        self.active = active
        self._known: dict[Effect, Cause] = {}
        self._touching: dict[int, tuple[Cause, ...]] = {}
        self._moves: dict[str, Effect] = {}
        self._apart: dict[frozenset[int], MovesApart] = {}

    def __getitem__(self, cell: str) -> Effect:
        """What one more in ``cell`` does to the active relations."""
        if cell not in self._moves:
            whole = self.levers.moves.get(cell, ())
            self._moves[cell] = tuple(e for e in whole if e[0] in self.active)
        return self._moves[cell]

    def apart(self, gaps: frozenset[int]) -> MovesApart:
        """What every cell does to the relations that fail, and to those that hold."""
        if gaps not in self._apart:
            if len(self._apart) >= 64:
                self._apart.clear()
            on = {k: tuple(m for m in self[k] if m[0] in gaps) for k in self.levers.moves}
            off = {k: tuple(m for m in self[k] if m[0] not in gaps) for k in self.levers.moves}
            single = all(abs(step) == 1 for moves in on.values() for _, step in moves)
            self._apart[gaps] = MovesApart(on, off, single)
        return self._apart[gaps]

    @cached_property
    def _reach(self) -> Mapping[int, frozenset[int]]:
        groups: list[set[int]] = []
        for effect in self.levers.moves.values():
            moved = {n for n, _ in effect if n in self.active}
            touched = [g for g in groups if g & moved]
            groups = [g for g in groups if g not in touched] + [moved.union(*touched)]
        return {n: frozenset(group) for group in groups for n in group}

    def reach(self, relation: int) -> frozenset[int]:
        """The relations that ``relation`` hangs together with by cells they share."""
        return self._reach.get(relation, frozenset({relation}))

    def touching(self, relation: int) -> tuple[Cause, ...]:
        """Every cause that moves ``relation``."""
        if relation not in self._touching:
            groups: dict[Effect, list[tuple[Lever, float]]] = {}
            for lever in self.levers.by_relation.get(relation, ()):
                effect = [e for e in lever.effect if e[0] in self.active]
                scale = effect[0][1]
                unit = tuple((n, round(c / scale, 9)) for n, c in effect)
                groups.setdefault(unit, []).append((lever, scale))
            self._touching[relation] = tuple(
                self._known.setdefault(unit, Cause(members[0][0].number, unit, tuple(members)))
                for unit, members in groups.items()
            )
        return self._touching[relation]


@lru_cache(maxsize=64)
def levers_of(system: System, formulas: frozenset[str]) -> Levers:
    """The levers of ``system`` where the totals ``formulas`` follow their parts."""
    edition = system.edition
    known = weights().source
    relations = tuple(
        n
        for n, inst in enumerate(system.instances)
        if system.rules[n].relation == "=" and all(s in known for s in inst.sources)
    )
    own = _own(system, relations)
    parents = _parents(edition)
    computed = {k: [t for t in ts if t in formulas] for k, ts in parents.items()}
    typed = {k: [t for t in ts if t not in formulas] for k, ts in parents.items()}
    moves = {k: _sum(own, _closure([k], computed)) for k in edition.fields if k not in formulas}
    levers = [Lever(key, (), "", effect) for key, effect in moves.items()]
    for key in moves:
        if key not in edition.totals and typed.get(key):
            levers += _followed(edition, key, typed, own)
    levers += [
        Lever("", (), source, ((n, 1.0),))
        for n in relations
        for source in sorted(system.instances[n].sources)
    ]
    levers = [replace(lever, number=n) for n, lever in enumerate(levers)]
    by_relation: dict[int, list[Lever]] = {n: [] for n in relations}
    for lever in levers:
        for relation, _ in lever.effect:
            by_relation[relation].append(lever)
    return Levers(system, relations, moves, by_relation)


def _own(system: System, relations: Iterable[int]) -> dict[str, dict[int, float]]:
    """Each field's own coefficient in each relation."""
    found: dict[str, dict[int, float]] = {}
    for n in relations:
        inst = system.instances[n]
        for terms, sign in ((inst.left, 1.0), (inst.right, -1.0)):
            for quantity in terms:
                source, key = split(quantity)
                if not source:
                    at = found.setdefault(key, {})
                    at[n] = at.get(n, 0.0) + sign
    return found


def _parents(edition: Edition) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for total, parts in edition.totals.items():
        for part in parts:
            found.setdefault(part, []).append(total)
    return found


def _closure(cells: list[str], above: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How often each cell counts one more: ``cells`` and every total above them."""
    times: dict[str, int] = {}
    queue = list(cells)
    while queue:
        cell = queue.pop()
        times[cell] = times.get(cell, 0) + 1
        queue += above.get(cell, [])
    return times


def _sum(own: Mapping[str, Mapping[int, float]], times: Mapping[str, int]) -> Effect:
    sums: dict[int, float] = {}
    for cell, count in times.items():
        for relation, sign in own.get(cell, {}).items():
            sums[relation] = sums.get(relation, 0.0) + sign * count
    return tuple(sorted((n, s) for n, s in sums.items() if s))


def _followed(
    edition: Edition,
    key: str,
    above: Mapping[str, Sequence[str]],
    own: Mapping[str, Mapping[int, float]],
) -> Iterable[Lever]:
    """A cell with one typed total of its own, and with all of them."""
    every = tuple(t for t in _closure([key], above) if t != key)
    seen = set()
    if len(every) > 1:
        for total in above[key]:
            same = edition.fields[total].row is edition.fields[key].row
            how = "followed_line" if same else "followed_cross"
            for followed in ((total,), tuple(t for t in _closure([total], above))):
                if set(followed) != set(every) and followed not in seen:
                    seen.add(followed)
                    yield Lever(key, followed, how, _sum(own, dict.fromkeys((key, *followed), 1)))
    yield Lever(key, every, "followed_all", _sum(own, dict.fromkeys((key, *every), 1)))
