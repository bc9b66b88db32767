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
from ..finding import Repair
from ..report import Place, Report

_EPS = 1e-6
_MAX_PAIR_CELLS = 80


@dataclass(frozen=True)
class Blame:
    """Per failed instance (rule, key): its repair if one is certain, and how many rivals."""

    repair: Repair | None
    rivals: int


def locate(
    report: Report, failed: Sequence[Instance], held: Iterable[Instance]
) -> dict[tuple[str, str], Blame]:
    """The blame for each of the ``failed`` equalities of ``report``."""
    effects = _effects(report)
    residuals = {(i.rule, i.key): _residual(report, i) for i in failed}
    steady = {(i.rule, i.key) for i in held}
    blames: dict[tuple[str, str], Blame] = {}
    for group in _groups(failed, effects):
        wanted = {at: residuals[at] for at in group}
        answer = _single(wanted, effects, steady) or _pair(wanted, effects, steady, report)
        rivals = len(answer)
        chosen = next(iter(answer)) if rivals == 1 else {}
        for at in group:
            mine = next((c for c in chosen if at in effects[c]), None)
            repair = None
            if mine is not None:
                repair = _repair(report, mine, chosen[mine], len(group), len(chosen))
            blames[at] = Blame(repair, rivals)
        if rivals == 1 and any(blames[at].repair is None for at in group):
            for at in group:
                blames[at] = Blame(None, 0)
    return blames


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


def _residual(report: Report, inst: Instance) -> float:
    number = report.values
    return sum(number[k].number or 0 for k in inst.left) - sum(
        number[k].number or 0 for k in inst.right
    )


def _groups(failed: Sequence[Instance], effects: Effects) -> list[list[tuple[str, str]]]:
    """Failed equalities joined when a typed cell moves both."""
    groups: list[set[tuple[str, str]]] = [{(i.rule, i.key)} for i in failed]
    for moved in effects.values():
        touched = [g for g in groups if g & moved.keys()]
        if len(touched) > 1:
            joined = set().union(*touched)
            groups = [g for g in groups if g not in touched] + [joined]
    order = [(i.rule, i.key) for i in failed]
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


def _repair(report: Report, key: str, delta: float, failed: int, cells: int) -> Repair | None:
    value = report.values[key]
    place = value.place or Place(report.edition.fields[key].sheet)
    repaired = round((value.number or 0.0) + delta, 6)
    if repaired < 0 and report.edition.fields[key].kind != "signed":
        return None
    if cells == 1:
        zh = f"只改这一格，{failed}条不符的关系就全部相符"
        en = f"this one change makes all {failed} failed relations hold"
    else:
        zh = f"只改这样{cells}格，{failed}条不符的关系就全部相符"
        en = f"changing just {cells} such cells makes all {failed} failed relations hold"
    return Repair(key, place, repaired, zh, en)
