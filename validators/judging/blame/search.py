"""The search for explanations: sets of events that together make every failing relation hold.

Every explanation must contain an event that moves the relation looked at (the pivot), so only
those are tried, and only if fewer relations fail afterwards; then once more with slack. A cap on
the events tried decides when to stop, so that every desk gives the same answer.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .levers import Cause, Causes, Effect
from .odds import Odds
from .patterns import Pattern, by_relation
from .slips import weights

# An event as the search knows it: a cause and by how much, or a pattern's position (below 0).
Move = tuple[int, float]
_SOON = 5000  # events that are tried whatever the clock says: a pause of the collector is none
_MARGIN = 5.5  # logs below the best explanation that still count
# Python in a browser (WebAssembly) has no thread_time; process_time is the nearest there.
_clock = getattr(time, "thread_time", time.process_time)


@dataclass(frozen=True, slots=True)
class SearchNode:
    """Part of an explanation: its events, what still fails, how likely it is so far."""

    log: float
    rest: Mapping[int, float]
    moves: frozenset[Move]


@dataclass
class Explained:
    """Explanations by their events; ``cut`` when the search was given up."""

    logs: dict[frozenset[Move], float] = field(default_factory=dict)
    cut: bool = False


class Search:
    """The search among the failing relations of one report."""

    def __init__(self, causes: Causes, odds: Odds, patterns: list[Pattern]) -> None:
        self.causes = causes
        self.odds = odds
        self.patterns = patterns
        self.by_id: dict[int, Cause] = {}
        self._at = by_relation(patterns)
        self._limits = weights().search
        self._more = math.log(weights().factor["one_more"])
        self._tries = 0
        self._until = _clock() + self._limits["seconds"]
        self._cut = False

    def explain(self, gaps: Mapping[int, float]) -> Explained:
        """The explanations of ``gaps``, first without slack."""
        found = self._run(gaps, 0)
        if not found.logs and not self._cut:
            found = self._run(gaps, 1)
        found.cut = self._cut
        return found

    def _run(self, gaps: Mapping[int, float], slack: int) -> Explained:
        found, frontier = Explained(), [SearchNode(0.0, gaps, frozenset())]
        last = self._limits["depth"]
        beam = self._limits["beam"]
        depth = 0
        while frontier and depth < last and not self._cut:
            children: dict[frozenset[Move], SearchNode] = {}
            for node in frontier:
                for child in self._children(node, slack):
                    if child.rest:
                        children[child.moves] = child
                    else:
                        found.logs[child.moves] = child.log
                if self._out():
                    break
            depth += 1
            if found.logs:  # one event beyond the fewest
                last = min(last, depth + 1)
            width = beam[min(depth, len(beam)) - 1]
            frontier = self._best(children, width, max(found.logs.values(), default=-math.inf))
        return found

    def _out(self) -> bool:
        """Whether the cap is reached, or as the last resort the time is up."""
        late = self._tries > _SOON and _clock() > self._until
        self._cut = late or self._tries >= self._limits["tries"]
        return self._cut

    def _best(
        self, children: Mapping[frozenset[Move], SearchNode], width: int, best: float
    ) -> list[SearchNode]:
        """The likeliest nodes, each judged with what its failing relations will still cost."""
        kept = [
            (node.log - 4.0 * math.ceil(len(node.rest) / 3), node)
            for node in children.values()
            if node.log + self._more - 2.0 > best - _MARGIN
        ]
        kept.sort(key=lambda pair: (-pair[0], sorted(pair[1].moves)))
        return [node for _, node in kept[:width]]

    def _children(self, node: SearchNode, slack: int) -> Iterator[SearchNode]:
        rest = node.rest
        pivot = min(rest, key=lambda n: (len(self.causes.touching(n)), n))
        more = self._more if node.moves else 0.0
        used = {move for move, _ in node.moves}
        for cause in self.causes.touching(pivot):
            if cause.id in used:
                continue
            self.by_id[cause.id] = cause
            deltas = {round(-rest[n] / step, 6) for n, step in cause.effect if n in rest}
            self._tries += len(deltas)
            for delta in sorted(deltas):
                after = _after(rest, cause.effect, delta, slack)
                if after is None:
                    continue
                log = self.odds.mass(cause, delta)
                if log > -math.inf:
                    yield self._node(node, after, (cause.id, delta), log + more)
        for position in self._at.get(pivot, ()):
            pattern = self.patterns[position]
            if -1 - position not in used:
                self._tries += 1
                after = _after(rest, pattern.effect, 1.0, slack)
                if after is not None:
                    yield self._node(node, after, (-1 - position, 1.0), pattern.step.log + more)

    @staticmethod
    def _node(node: SearchNode, rest: Mapping[int, float], move: Move, log: float) -> SearchNode:
        return SearchNode(node.log + log, rest, node.moves | {move})


def _after(
    rest: Mapping[int, float], effect: Effect, delta: float, slack: int
) -> dict[int, float] | None:
    """What still fails after a move; None unless that is less, or with slack no more."""
    change = 0
    for n, step in effect:
        gap = rest.get(n)
        if gap is None:
            change += 1
        elif abs(gap + step * delta) < 1e-6:
            change -= 1
    if change >= slack:
        return None
    after = dict(rest)
    for n, step in effect:
        gap = after.pop(n, 0.0) + step * delta
        if abs(gap) >= 1e-6:
            after[n] = round(gap, 6)
    return after
