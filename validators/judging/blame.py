"""Which cell is most likely wrong, and what value repairs it.

A violated rule and the cell at fault are two questions. A cell is blamed when changing it, and
nothing else, makes every failed footing of its group hold and breaks none that held; failing
that, when exactly one pair of cells does. Totals that are formulas follow their parts and are
never blamed. Two answers equally good are no answer: the findings then carry no repair.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from ...templates.form import Instance
from ...templates.words import Words
from ..finding import Change, Event, Repair
from ..report import Place, Report

_EPS = 1e-6
_MAX_PAIR_CELLS = 80


@dataclass(frozen=True)
class Blame:
    """What is said of one failed equality: its repair if one is certain, and how many rivals."""

    repair: Repair | None
    rivals: int


NO_BLAME = Blame(None, 0)


@dataclass(frozen=True)
class Blames:
    """The blame of every failed equality by (rule, key), and the events that explain them."""

    by_instance: Mapping[tuple[str, str], Blame]
    events: tuple[Event, ...]


def blame(report: Report, failed: Mapping[Instance, float], held: Iterable[Instance]) -> Blames:
    """Who is to blame for the ``failed`` equalities of ``report``, given with their residuals."""
    if not failed:
        return Blames({}, ())
    effects = _effects(report)
    residuals = {(i.rule, i.key): gap for i, gap in failed.items()}
    steady = {(i.rule, i.key) for i in held}
    blames: dict[tuple[str, str], Blame] = {}
    events: list[Event] = []
    for number, group in enumerate(_groups([*residuals], effects), 1):
        wanted = {at: residuals[at] for at in group}
        answers = _single(wanted, effects, steady) or _pair(wanted, effects, steady, report)
        event = _event(report, number, answers[0], len(group)) if len(answers) == 1 else None
        if event is None:
            rivals = 0 if len(answers) == 1 else len(answers)
            blames |= dict.fromkeys(group, Blame(None, rivals))
            continue
        events.append(event)
        for at in group:
            mine = next(c for c in event.changes if at in effects[c.field])
            repair = Repair(mine.field, mine.place, mine.to, event.reason, event.reason_en)
            blames[at] = Blame(repair, 1)
    return Blames(blames, tuple(events))


def _event(report: Report, group: int, deltas: Mapping[str, float], failed: int) -> Event | None:
    """The one answer as an event; None when a cell would have to go below 0."""
    changes = []
    for key, delta in deltas.items():
        value = report.values[key]
        now = value.number or 0.0
        to = round(now + delta, 6)
        if to < 0 and report.edition.fields[key].kind != "signed":
            return None
        place = value.place or Place(report.edition.fields[key].sheet)
        changes.append(Change(key, place, now, to))
    words = Words(
        f"只改这一格，{failed}条不符的关系就全部相符",
        f"this one change makes all {failed} failed relations hold",
    )
    if len(changes) > 1:
        words = Words(
            f"只改这样{len(changes)}格，{failed}条不符的关系就全部相符",
            f"changing just {len(changes)} such cells makes all {failed} failed relations hold",
        )
    kind = "cell" if len(changes) == 1 else "cells"
    return Event(group, 1, "certain", kind, tuple(changes), words.zh, words.en)


Effects = Mapping[str, Mapping[tuple[str, str], float]]


def _effects(report: Report) -> Effects:
    """What one more in a typed cell does to each equality's residual, formulas followed."""
    edition = report.edition
    follows: dict[str, list[str]] = {}
    for total, parts in edition.totals.items():
        if report.values[total].formula:
            for part in parts:
                follows.setdefault(part, []).append(total)
    sign: dict[str, dict[tuple[str, str], float]] = {}
    for inst in edition.footings:
        for keys, step in ((inst.left, 1.0), (inst.right, -1.0)):
            for key in keys:
                at = (inst.rule, inst.key)
                sign.setdefault(key, {})[at] = sign.get(key, {}).get(at, 0.0) + step
    effects: dict[str, dict[tuple[str, str], float]] = {}
    for key in edition.fields:
        value = report.values[key]
        if value.number is None or (key in edition.totals and value.formula):
            continue
        sums: dict[tuple[str, str], float] = {}
        queue = [key]
        while queue:
            moved = queue.pop()
            for at, step in sign.get(moved, {}).items():
                sums[at] = sums.get(at, 0.0) + step
            queue += follows.get(moved, [])
        effects[key] = {at: s for at, s in sums.items() if s}
    return effects


def _groups(order: Sequence[tuple[str, str]], effects: Effects) -> list[list[tuple[str, str]]]:
    """Failed equalities joined when a typed cell moves both."""
    groups: list[set[tuple[str, str]]] = [{at} for at in order]
    for moved in effects.values():
        touched = [g for g in groups if g & moved.keys()]
        if len(touched) > 1:
            joined = set().union(*touched)
            groups = [g for g in groups if g not in touched] + [joined]
    return [sorted(g, key=order.index) for g in groups]


def _single(
    wanted: Mapping[tuple[str, str], float], effects: Effects, steady: set[tuple[str, str]]
) -> list[dict[str, float]]:
    found = []
    first = next(iter(wanted))
    for cell, moves in effects.items():
        if first not in moves or moves.keys() & steady or not wanted.keys() <= moves.keys():
            continue
        delta = -wanted[first] / moves[first]
        if all(abs(moves[at] * delta + rest) < _EPS for at, rest in wanted.items()):
            found.append({cell: delta})
    return found


def _pair(
    wanted: Mapping[tuple[str, str], float],
    effects: Effects,
    steady: set[tuple[str, str]],
    report: Report,
) -> list[dict[str, float]]:
    near = [c for c, m in effects.items() if m.keys() & wanted.keys() and not m.keys() & steady]
    if len(wanted) < 3 or len(near) > _MAX_PAIR_CELLS:
        return []
    found = []
    for one, two in combinations(near, 2):
        a, b = effects[one], effects[two]
        if a.keys() | b.keys() != wanted.keys():
            continue
        only_a = next((at for at in a if at not in b), None)
        only_b = next((at for at in b if at not in a), None)
        if only_a is None or only_b is None:
            continue
        da, db = -wanted[only_a] / a[only_a], -wanted[only_b] / b[only_b]
        if all(
            abs(a.get(at, 0) * da + b.get(at, 0) * db + rest) < _EPS for at, rest in wanted.items()
        ):
            found.append({one: da, two: db})
    return [f for f in found if _sensible(report, f)]


def _sensible(report: Report, change: Mapping[str, float]) -> bool:
    return all((report.values[c].number or 0) + d >= -_EPS for c, d in change.items())
