"""What is said of the failed relations of one report: its repairs, group by group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ....templates.relations import follow
from ...finding import Change, Event, Repair
from ...report import Report
from ..rules.failed import NO_BLAME, Blame, Blames, InstanceKey
from ..sources import Source
from ..system import System
from .levers import Causes
from .numbers import Numbers, numbers_of, settles
from .odds import Odds, Step
from .patterns import Patterns
from .posterior import Answer, answers, parts
from .search import Search
from .sentences import brief, place_of, whole
from .slips import weights


@dataclass(frozen=True)
class FailureGroup:
    """Relations that fail together, and the answers for them; none where too much fails."""

    relations: frozenset[int]
    answers: Sequence[Answer]


def blame(
    report: Report, system: System, sources: Mapping[str, Source], wanted: Callable[[int], bool]
) -> Blames:
    """Which events explain what fails in ``report``; ``wanted`` are the instances looked at.

    ``sources`` are last year's report, ledgers and the narrative by name. Nothing where all holds.
    """
    numbers = numbers_of(report, system, sources, wanted)
    if not numbers.gaps:
        return Blames()
    groups = _groups(numbers)
    sure = _sure(numbers, groups)
    by_instance: dict[InstanceKey, Blame] = {}
    events: list[Event] = []
    number = 0
    for group in groups:
        for relations, choices in _split(group):
            found = _settled(numbers, _events(numbers, number + 1, choices, sure))
            number += bool(found)
            events += found
            about = Blame(_repair(found), number) if found else NO_BLAME
            for n in relations:
                inst = system.instances[n]
                by_instance[inst.rule, inst.key] = about
    return Blames(by_instance, tuple(events), _after(numbers, events))


def _settled(numbers: Numbers, events: list[Event]) -> list[Event]:
    """The events as far as they may be told of a report that is still being filled in.

    No event writes a number but 0 into a blank cell, nor changes another because of one, unless
    at most three cells of the table are blank and everything holds after it. In a table with more
    blanks and sums of its own only what is certain is told: what is missing shows in one relation
    there.
    """
    fields, filling = numbers.edition.fields, numbers.report.being_filled
    for event in events:
        filled = any(c.field in numbers.blanks and c.to for c in event.changes)
        if any(fields[c.field].table in filling for c in event.changes):
            if filled or (numbers.formulas and event.certainty != "certain"):
                return []
        elif filled and not settles(numbers, {c.field: c.to for c in event.changes}):
            return []
    return events


def _after(numbers: Numbers, events: Iterable[Event]) -> dict[str, float | None]:
    first = [e for e in events if e.rank == 1 and e.certainty != "tied"]
    changed = {c.field: c.to for e in first for c in e.changes}
    edition = numbers.edition
    values = follow({**numbers.values, **changed}, edition.sums, numbers.formulas)
    return {k: v for k, v in values.items() if k in changed or v != numbers.values[k]}


def _groups(numbers: Numbers) -> list[FailureGroup]:
    """The failing relations, apart where no event could move both, with their answers."""
    causes = numbers.levers.causes(numbers.active)
    odds = Odds(numbers)
    patterns = Patterns(numbers, causes, odds).all()
    linked = [{n for n, _ in p.effect} for p in patterns]
    groups: list[FailureGroup] = []
    for relations in _components(numbers, causes, linked):
        search = Search(causes, odds, patterns)
        found = search.explain({n: numbers.gaps[n] for n in relations})
        listed = [] if found.cut else answers(search, found.logs)
        groups.append(FailureGroup(frozenset(relations), listed))
    return groups


def _components(numbers: Numbers, causes: Causes, linked: Iterable[set[int]]) -> list[list[int]]:
    groups = [{n, *causes.reach(n)} for n in numbers.gaps]
    groups += [set(link) for link in linked]
    joined: list[set[int]] = []
    for group in groups:
        touched = [g for g in joined if g & group]
        joined = [g for g in joined if g not in touched] + [group.union(*touched)]
    found = [sorted(n for n in g if n in numbers.gaps) for g in joined]
    return sorted(g for g in found if g)


Choice = tuple[tuple[Step, ...], float]


def _split(group: FailureGroup) -> list[tuple[frozenset[int], list[Choice]]]:
    """A group as the independent events of its first answer, each with what may be in its place."""
    if not group.answers:
        return [(group.relations, [])]
    first = group.answers[0]
    separate = parts(first)
    if len(separate) == 1:
        return [(group.relations, [(a.steps, a.share) for a in group.answers])]
    found = []
    for steps in separate:
        relations = {n for s in steps for n in s.relations} & group.relations
        others = [s for s in first.steps if s not in steps]
        choices = []
        for answer in group.answers:
            if all(s in answer.steps for s in others):
                choices.append((tuple(s for s in answer.steps if s not in others), answer.share))
        found.append((frozenset(relations), choices))
    return found


def _sure(numbers: Numbers, groups: Sequence[FailureGroup]) -> bool:
    """Whether the first answers are certain: each far ahead, together leaving nothing failing."""
    changes: dict[str, float] = {}
    for group in groups:
        if not any(_own(numbers, n) for n in group.relations):
            continue
        if not group.answers:
            return False
        room = (1 - weights().search["certain"]) / len(group.answers[0].steps)
        if group.answers[0].share < 1 - room:
            return False
        if any(step.kind == "source" for step in group.answers[0].steps):
            return False
        changes |= dict(group.answers[0].changes)
    return bool(changes) and settles(numbers, changes)


def _own(numbers: Numbers, relation: int) -> bool:
    """Whether a relation is the form's own."""
    return not numbers.system.instances[relation].sources


def _events(numbers: Numbers, group: int, choices: Sequence[Choice], certain: bool) -> list[Event]:
    """The answers as events; none where the first is that a source is wrong."""
    limits = weights().search
    if not choices or not any(s.changes for s in choices[0][0]):
        return []
    near = [share for _, share in choices if share >= limits["tied"] * choices[0][1]]
    events: list[Event] = []
    for steps, share in choices[: 1 if certain else limits["listed"]]:
        changes = tuple(
            Change(key, place_of(numbers, key), numbers.values[key], to)
            for step in steps
            for key, to in step.changes
        )
        if not changes or share < limits["least"] * choices[0][1]:
            continue
        tied = len(near) > 1 and share >= near[-1]
        certainty = "certain" if certain and not events else "tied" if tied else "likely"
        kind, short = steps[0].kind if len(steps) == 1 else "several", brief(numbers, steps)
        event = Event(group, len(events) + 1, certainty, kind, changes, whole(short, steps), short)
        events.append(event)
    return events


def _repair(events: Sequence[Event]) -> Repair | None:
    """The first change of a certain event."""
    if not events or events[0].certainty != "certain":
        return None
    change = events[0].changes[0]
    return Repair(change.field, change.place, change.to, events[0].reason)
