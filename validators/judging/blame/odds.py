"""How likely one event is: what a hand does, and how plausible the numbers are before and after."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .levers import Cause, Lever
from .numbers import Numbers
from .plausible import Plausible
from .slips import far, slip, total_slip, weights

Changes = Mapping[str, float]
_NEVER = -math.inf


@dataclass(frozen=True, slots=True)
class Step:
    """One event: what it changes to which values, why it is thought of, how likely it is.

    ``kind`` is ``cell``, ``followed``, ``exchange``, ``column``, ``shift``, ``stale`` or
    ``source`` (then ``detail`` names it and nothing is changed). ``cause`` counts how many levers
    show as this one.
    """

    kind: str
    changes: tuple[tuple[str, float], ...]
    log: float
    detail: str = ""
    relations: tuple[int, ...] = ()


class Odds:
    """The likelihood of events in one report."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers
        self.plausible: Plausible = Plausible(numbers)
        self._weights = weights()
        values, formulas = numbers.values, numbers.formulas
        self._filled = sum(bool(v) and k not in formulas for k, v in values.items())
        self._pick = -math.log(max(self._filled, 3))
        self._impossible = {
            key for key, v in values.items() if (v < 0 or v % 1) and not self.possible(key, v)
        }
        self._surely = math.log(self._weights.factor["impossible"])
        self._steps: dict[tuple[int, float], tuple[float, Sequence[Step]]] = {}

    def mass(self, cause: Cause, delta: float) -> float:
        """Log of the likelihood that some lever of ``cause`` did it."""
        return self._both(cause, delta)[0]

    def steps(self, cause: Cause, delta: float) -> Sequence[Step]:
        """The events behind it, likeliest first."""
        return self._both(cause, delta)[1]

    def _both(self, cause: Cause, delta: float) -> tuple[float, Sequence[Step]]:
        at = (cause.id, delta)
        if at not in self._steps:
            relations = tuple(n for n, _ in cause.effect)
            steps = [
                step
                for lever, scale in cause.members
                if (step := self._step(lever, delta / scale, relations)) is not None
            ]
            steps.sort(key=lambda s: -s.log)
            self._steps[at] = summed([s.log for s in steps]), steps
        return self._steps[at]

    def _step(self, lever: Lever, delta: float, relations: tuple[int, ...]) -> Step | None:
        if not lever.cell:
            doubt = self.numbers.doubt.get(lever.how, lever.how)
            return Step(
                "source",
                (),
                log=math.log(self._weights.source[doubt]),
                detail=lever.how,
                relations=relations,
            )
        values = self.numbers.values
        if lever.cell not in values or any(f not in values for f in lever.followed):
            return None
        changes = [(key, round(values[key] + delta, 6)) for key in (lever.cell, *lever.followed)]
        if not all(self.possible(key, to) for key, to in changes):
            return None
        log = self._slip(lever.cell, changes[0][1])
        if log == _NEVER:
            return None
        if lever.how:
            log += math.log(self._weights.factor[lever.how])
        return Step(
            "followed" if lever.followed else "cell", tuple(changes), log=log, relations=relations
        )

    def possible(self, key: str, to: float) -> bool:
        """Whether ``to`` may stand in the cell: no count is below 0 or a fraction."""
        kind = self.numbers.edition.fields[key].kind
        if to < 0 and kind != "signed":
            return False
        return kind == "amount" or to % 1 == 0

    def _slip(self, key: str, to: float) -> float:
        typed = self.numbers.values[key]
        p = slip(to, typed)
        last = self.numbers.last.get(key)
        if last and last == typed:
            p += self._weights.slip["last"]
        if key in self.numbers.edition.totals:
            p += self._total(key, typed, to)
        if not p:
            return _NEVER
        return math.log(p) + self._pick + self.prior({key: to})

    def _total(self, key: str, typed: float, to: float) -> float:
        off = abs(typed - to)
        parts = [abs(self.numbers.values.get(k, 0)) for k in self.numbers.edition.totals[key]]
        parts = [p for p in parts if p]
        p = total_slip(off)
        if off in parts:
            share = self._weights.slip["total"] * 0.5
            p += share * parts.count(off) / (2 * len(parts))
        return p

    def prior(self, changes: Changes) -> float:
        """How much more plausible the numbers are after ``changes`` than they stand."""
        values = self.numbers.values
        log = self.plausible.log
        plausible = sum(log(key, to) - log(key, values[key]) for key, to in changes.items())
        return plausible + self._surely * len(self._impossible.intersection(changes))

    def left_over(self, changes: Changes) -> float:
        """How likely totals that were not brought up to date show just the numbers that stand.

        An empty line is sure to be 0, last year's to show last year's; other numbers may be any.
        """
        log = 0.0
        for key, to in changes.items():
            typed = self.numbers.values[key]
            if typed and typed != self.numbers.last.get(key):
                log += math.log(far(to, typed))
        return log

    def pattern(self, kind: str, changes: Changes, variants: float) -> float:
        """Log of the likelihood of a pattern.

        ``kind`` is a key of ``slip`` in ``weights.toml``, ``changes`` the number that each cell has
        once it is undone, ``variants`` how many patterns of that kind begin at the same cell.
        """
        share = self._weights.slip[kind]
        return math.log(share / variants) + self._pick + self.prior(changes)


def summed(logs: Sequence[float]) -> float:
    """``log(exp(a) + exp(b) + …)`` of the numbers in ``logs``; minus infinity for none."""
    if not logs:
        return _NEVER
    top = max(logs)
    if top == _NEVER:
        return _NEVER
    return top + math.log(sum(math.exp(x - top) for x in logs))
