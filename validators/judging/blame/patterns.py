"""Events of several cells at once: exchanged, in the wrong column, shifted, totals left stale.

Only those are made that touch little else than relations that fail.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise, product
from typing import NamedTuple

from ....templates.relations import follow
from .levers import Causes, Effect
from .numbers import Numbers
from .odds import Odds, Step
from .plausible import Line, grid_of
from .slips import weights


@dataclass(frozen=True, slots=True)
class Pattern:
    """An event whose changes are fixed, and what they do to the relations."""

    effect: Effect
    step: Step


class _Suggestion(NamedTuple):
    """A kind of event, the cells it changes, and in how many ways it may happen."""

    kind: str
    changes: dict[str, float]
    variants: float


class Patterns:
    """The patterns that the failing relations of a report suggest."""

    def __init__(self, numbers: Numbers, causes: Causes, odds: Odds) -> None:
        self._numbers = numbers
        self._causes = causes
        self._odds = odds
        self._grid = grid_of(numbers.edition)
        self._rows = frozenset(self._grid.rows)
        self._gaps = numbers.gaps
        self._apart = causes.apart(frozenset(numbers.gaps))
        self._on_gaps, self._off_gaps = self._apart.on, self._apart.off
        # by how much a number may move to close a gap, where each counts once in it
        sizes = {
            round(sign * gap / count, 6)
            for gap in numbers.gaps.values()
            for count, sign in product((1, 2), (1, -1))
        }
        self._sizes = sizes if self._apart.single else set[float]()
        self._typed = {k for k in numbers.values if k not in numbers.formulas}
        self._failing = {
            key
            for n in numbers.gaps
            for lever in causes.levers.by_relation[n]
            for key in (lever.cell,)
            if key and not lever.followed
        }

    def all(self) -> list[Pattern]:
        """Every pattern; of those that change the same the likeliest."""
        best: dict[tuple[tuple[str, float], ...], Pattern] = {}
        for suggested in self._suggested():
            pattern = self._pattern_of(suggested)
            if pattern is not None:
                at = tuple(sorted(pattern.step.changes))
                if at not in best or best[at].step.log < pattern.step.log:
                    best[at] = pattern
        return [*best.values()]

    def _suggested(self) -> Iterator[_Suggestion]:
        yield from self._exchanges()
        yield from self._columns()
        values = self._numbers.values
        for line in self._grid.lines:
            if len(self._failing.intersection(line)) < 2:
                continue
            cells = tuple(k for k in line if k in self._typed)
            if sum(values[k] != 0 for k in cells) > 1 and self._may_close(cells):
                yield from self._shifts(cells)
                yield from self._shifts(cells[::-1])
        yield from self._stale()

    def _pattern_of(self, suggested: _Suggestion) -> Pattern | None:
        """The pattern, if it makes a relation hold and touches few that do already."""
        kind, changes, variants = suggested
        values, odds, gaps = self._numbers.values, self._odds, self._gaps
        if not self._settles(self._moved(changes, self._on_gaps)):
            return None
        sums = self._moved(changes, self._causes)
        effect = tuple((n, round(s, 6)) for n, s in sums.items() if abs(s) > 1e-9)
        on = [gaps[n] + by for n, by in effect if n in gaps]
        if len(effect) - len(on) > len(on) // 3 or not any(abs(left) < 1e-6 for left in on):
            return None
        changes = {k: to for k, to in changes.items() if to != values[k]}
        if len(changes) < 2 or not all(odds.possible(k, to) for k, to in changes.items()):
            return None
        log = odds.pattern(_SLIPS[kind], changes, variants)
        if kind == "stale":
            log += odds.left_over(changes)
        return Pattern(
            effect,
            Step(kind, tuple(changes.items()), log=log, relations=tuple(n for n, _ in effect)),
        )

    def _moved(
        self, changes: Mapping[str, float], moves: Causes | Mapping[str, Effect]
    ) -> dict[int, float]:
        """What ``changes`` do, by relation, as far as ``moves`` tells of relations."""
        sums: dict[int, float] = {}
        for key, to in changes.items():
            if by := to - self._numbers.values[key]:
                for n, step in moves[key]:
                    sums[n] = sums.get(n, 0.0) + by * step
        return sums

    def _settles(self, sums: Mapping[int, float], but: Collection[int] = ()) -> bool:
        """Whether a relation that fails, none of ``but``, may hold after ``sums``."""
        for n, gap in self._gaps.items():  # a plain loop: it is asked some hundred times a report
            if n not in but and abs(gap + sums.get(n, 0.0)) < 2e-6:
                return True
        return False

    def _pair_settles(self, one: str, by: float, two: str, other: float) -> bool:
        """Whether a relation that fails may hold after two cells change by so much."""
        sums = {n: by * step for n, step in self._on_gaps[one]}
        for n, step in self._on_gaps[two]:
            sums[n] = sums.get(n, 0.0) + other * step
        return self._settles(sums)

    def _closes_one(self, by: float) -> bool:
        """Whether a change of a cell by so much may close a gap."""
        return not self._sizes or by in self._sizes or (by % 1 != 0 and round(by, 6) in self._sizes)

    def _exchanges(self) -> Iterator[_Suggestion]:
        values, typed = self._numbers.values, self._typed
        totals = self._numbers.edition.totals
        for line in self._grid.lines:
            if self._failing.isdisjoint(line):
                continue
            for one, two in pairwise(line):
                if one not in typed or two not in typed:
                    continue
                by = values[two] - values[one]
                if not by or not self._closes_one(by) or self._failing.isdisjoint((one, two)):
                    continue
                parts = one not in totals and two not in totals
                if parts and line in self._rows and not (values[one] and values[two]):
                    continue  # a number in the wrong column: see there
                if self._pair_settles(one, by, two, -by):
                    swapped = {one: values[two], two: values[one]}
                    yield _Suggestion("exchange", swapped, 3.0)

    def _columns(self) -> Iterator[_Suggestion]:
        values, totals = self._numbers.values, self._numbers.edition.totals
        for line in self._grid.rows:
            if self._failing.isdisjoint(line):
                continue
            cells = [k for k in line if k in self._typed and k not in totals]
            empty = [k for k in cells if not values[k]]
            for key in cells:
                by = values[key]
                if by and key in self._failing and self._closes_one(by):
                    for other in empty:  # the next column is hit as often as all the others
                        if not self._pair_settles(key, -by, other, by):
                            continue
                        next_ = abs(line.index(other) - line.index(key)) == 1
                        variants = 2.0 if next_ else 2.0 * len(empty)
                        yield _Suggestion("column", {key: 0.0, other: by}, variants)

    def _may_close(self, cells: Line) -> bool:
        """Whether changes among ``cells`` may close a gap and leave what holds as it is.

        Where every cell moves a relation that holds just as it moves the one that fails, as a
        column's balance and that of the totals, they may not.
        """
        if len(self._gaps) > 2:  # then one that holds may break
            return True
        known = self._apart.closing
        if cells not in known:
            if len(known) >= 1024:
                known.clear()
            known[cells] = self._closes(cells)
        return known[cells]

    def _closes(self, cells: Line) -> bool:
        on = [dict(self._on_gaps[k]) for k in cells]
        off = [dict(self._off_gaps[k]) for k in cells]
        return not all(
            any(
                all(a.get(n, 0.0) == sign * b.get(after, 0.0) for a, b in zip(on, off, strict=True))
                for after in next(b for a, b in zip(on, off, strict=True) if n in a)
                for sign in (1.0, -1.0)
            )
            for n in self._gaps
            if any(n in a for a in on)
        )

    def _shifts(self, cells: Line) -> Iterator[_Suggestion]:
        """Runs whose numbers stand one place further on: the first cell was left empty."""
        values = self._numbers.values
        if len(self._apart.shows) >= 1024:
            self._apart.shows.clear()
        shows = self._apart.shows.setdefault(cells, {})
        filled = [at for at, key in enumerate(cells) if values[key]]
        for start, first in enumerate(cells[: filled[-1] - 1]):
            if values[first] or not values[cells[start + 1]]:
                continue
            changes: dict[str, float] = {}
            moved: dict[int, float] = {}
            count = 0
            for at in range(start + 1, filled[-1] + 1):
                key, before = cells[at], cells[at - 1]
                changes[before] = values[key]
                if by := values[key] - values[before]:
                    for n, step in self._causes[before]:
                        moved[n] = moved.get(n, 0.0) + by * step
                    if before not in shows:
                        shows[before] = self._private(before, cells)
                    if not shows[before]:
                        break
                count += bool(values[key])
                if values[key] and count > 1:
                    yield from self._run(changes, moved, key)

    def _run(
        self, changes: Mapping[str, float], moved: Mapping[int, float], last: str
    ) -> Iterator[_Suggestion]:
        """A run that ends at ``last``, which is 0; then with a number there that was written over.

        ``moved`` is what ``changes`` do to the relations.
        """
        gaps, own = self._gaps, {n for n, _ in self._causes[last]}
        stays = sum(abs(by) > 1e-9 for n, by in moved.items() if n not in gaps and n not in own)
        if stays > len(gaps) // 3:  # whatever is written at the end, too much breaks
            return
        now = self._numbers.values[last]
        settled = self._settles(moved, but=own)
        if self._is_worth(moved, last, -now):
            yield _Suggestion("shift", {**changes, last: 0.0}, 6.0)
        tried = {0.0, now}
        for relation, step in self._causes[last] if settled else self._on_gaps[last]:
            left = gaps.get(relation, 0.0) + moved.get(relation, 0.0) - now * step
            to = round(-left / step, 6)
            if to > 0 and to not in tried:
                tried.add(to)
                if self._is_worth(moved, last, to - now):
                    yield _Suggestion("shift", {**changes, last: to}, 20.0)

    def _is_worth(self, moved: Mapping[int, float], last: str, by: float) -> bool:
        """Whether, with ``by`` more in ``last``, a relation holds anew and few others break."""
        after = dict(moved)
        for n, step in self._causes[last]:
            after[n] = after.get(n, 0.0) + by * step
        if not self._settles(after):
            return False
        gaps = self._gaps
        broken = sum(abs(sum_) > 1e-9 for n, sum_ in after.items() if n not in gaps)
        return broken <= len(gaps) // 3

    def _private(self, key: str, cells: Line) -> bool:
        """Whether a change of ``key`` shows where it should: in what it shares with few others."""
        shared = {n for other in cells[:4] if other != key for n, _ in self._causes[other]}
        own = [n for n, _ in self._causes[key] if n not in shared]
        return not own or any(n in self._gaps for n in own)

    def _stale(self) -> Iterator[_Suggestion]:
        edition, numbers = self._numbers.edition, self._numbers
        for line in self._grid.totals:
            cells = [k for k in line if k in self._typed]
            if len(self._failing.intersection(cells)) < 2:
                continue
            after = follow(numbers.values, edition.sums, cells)
            cells = [k for k in cells if k in after]
            wrong = [k for k in cells if after[k] != numbers.values[k]]
            filled = [k for k in cells if after[k] or numbers.values[k]]
            if len(wrong) > 1 and len(wrong) >= weights().factor["stale_from"] * len(filled):
                yield _Suggestion("stale", {k: after[k] for k in wrong}, 1.0)


_SLIPS = {"exchange": "exchanged", "column": "column", "shift": "shifted", "stale": "stale"}


def by_relation(patterns: Iterable[Pattern]) -> dict[int, list[int]]:
    """The positions of the patterns that touch a relation."""
    found: dict[int, list[int]] = {}
    for position, pattern in enumerate(patterns):
        for n, _ in pattern.effect:
            found.setdefault(n, []).append(position)
    return found
