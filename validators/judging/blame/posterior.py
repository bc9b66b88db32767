"""Explanations become answers: identical repairs merged, each with its share of the belief."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .odds import Step, summed
from .search import Move, Search
from .slips import weights

Changed = frozenset[tuple[str, float]]
_KEPT = 12  # answers carried on while an explanation's events are put together


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole repair: its events, and the share of the belief it has."""

    steps: tuple[Step, ...]
    share: float

    @property
    def changes(self) -> Changed:
        """Every cell it changes, with the value after."""
        return frozenset(change for step in self.steps for change in step.changes)


def answers(search: Search, logs: Mapping[frozenset[Move], float]) -> list[Answer]:
    """Every repair that the explanations come to, likeliest first."""
    whole: list[float] = []
    merged: dict[Changed, list[tuple[float, tuple[Step, ...]]]] = {}
    for moves, log in sorted(logs.items(), key=lambda item: sorted(item[0])):
        options = [_options(search, move) for move in sorted(moves)]
        whole.append(log + _unseen(search, options))
        base = log - sum(summed([s.log for s in steps]) for steps in options)
        for total, steps in _products(options):
            changes = [c for step in steps for c in step.changes]
            if len({key for key, _ in changes}) == len(changes):
                merged.setdefault(frozenset(changes), []).append((base + total, steps))
    top = summed(whole)
    found = []
    for ways in merged.values():
        share = math.exp(summed([log for log, _ in ways]) - top)
        best = max(ways, key=lambda way: (round(way[0], 9), -len(way[1])))
        found.append(Answer(best[1], share))
    found.sort(key=lambda a: (-round(a.share, 9), sorted(a.changes)))
    return found


def _options(search: Search, move: Move) -> Sequence[Step]:
    position, delta = move
    if position < 0:
        return (search.patterns[-1 - position].step,)
    return search.odds.steps(search.by_id[position], delta)


def _unseen(search: Search, options: Iterable[Sequence[Step]]) -> float:
    """The log of what two errors that show as one add to the belief.

    They leave a difference of any size, smaller ones more often, whatever single error would:
    so the less likely the single one is, the more they count beside it.
    """
    factor = weights().factor
    hidden = 0.0
    for steps in options:
        if len(steps) > 1:
            key, to = next(c for step in steps for c in step.changes)
            off = abs(to - search.odds.numbers.values[key])
            both = factor["one_more"] * factor["unseen"] / (1 + off)
            hidden += factor["unseen_least"] * (1 - 1 / len(steps))
            hidden += min(1.0, both / math.exp(summed([s.log for s in steps])))
    return math.log1p(hidden)


def _products(options: Iterable[Sequence[Step]]) -> list[tuple[float, tuple[Step, ...]]]:
    """The likeliest choices of one step for each event."""
    chosen: list[tuple[float, tuple[Step, ...]]] = [(0.0, ())]
    for steps in options:
        chosen = [
            (log + step.log, (*steps_so_far, step))
            for log, steps_so_far in chosen
            for step in steps[:_KEPT]
        ]
        chosen.sort(key=lambda pair: -pair[0])
        del chosen[_KEPT:]
    return chosen


def parts(answer: Answer) -> list[tuple[Step, ...]]:
    """The events of an answer, those together that move a relation in common."""
    groups: list[tuple[set[int], list[Step]]] = []
    for step in answer.steps:
        touched = [g for g in groups if g[0] & set(step.relations)]
        relations = set(step.relations).union(*(g[0] for g in touched))
        steps = [s for g in touched for s in g[1]] + [step]
        groups = [g for g in groups if g not in touched] + [(relations, steps)]
    return [tuple(steps) for _, steps in groups]
