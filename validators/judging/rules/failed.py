"""What the words of a relation that does not hold are made from, and what is to blame for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ....templates.a1 import Place
from ....templates.edition import Edition
from ....templates.form import Instance, Rule, split
from ....templates.naming import called
from ....templates.relations import Outcome
from ....templates.words import Words
from ...finding import Event, Finding, Related, Repair, Severity
from ...report import ABSENT, Report, Value
from ..sources import Source

InstanceKey = tuple[str, str]


@dataclass(frozen=True)
class Blame:
    """What is said of one failed equality.

    ``group`` is that of the events that explain it, 0 where there are none; ``repair`` the first
    change of the first event when that is certain.
    """

    repair: Repair | None = None
    group: int = 0


NO_BLAME = Blame()


@dataclass(frozen=True)
class Blames:
    """The blame of every failed equality by (rule, key), and the events that explain them.

    ``after`` are the numbers that the first events come to where they are not tied: of the cells
    they change and of the formulas that follow.
    """

    by_instance: Mapping[InstanceKey, Blame] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    after: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Failed:
    """One instance of a report that does not hold, with the sources it was judged against.

    ``together`` are all failed instances of the same rule, by their target; ``after`` the numbers
    that the likeliest repairs come to, None for a cell of which different things would be said.
    """

    report: Report
    rule: Rule
    inst: Instance
    outcome: Outcome
    severity: Severity
    sources: Mapping[str, Source] = field(default_factory=dict)
    reading: int = 0
    blame: Blame = NO_BLAME
    together: Mapping[str, Outcome] = field(default_factory=dict)
    after: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def edition(self) -> Edition:
        """The report's edition."""
        return self.report.edition

    @property
    def target(self) -> Value:
        """What stands in the target's cell."""
        return self.report.values.get(self.inst.target, ABSENT)

    @property
    def place(self) -> Place:
        """Where the target stands; its sheet where it has no cell, a ledger's without a target."""
        if not self.inst.target:
            return Place(self.sheet)
        return place_of(self.report, self.inst.target)

    @property
    def sheet(self) -> str:
        """The sheet of the target; of the first ledger where there is none."""
        if self.inst.target:
            return self.edition.fields[self.inst.target].sheet
        return next((self.edition.ledgers[s].sheet for s in sorted(self.inst.ledgers)), "")

    @property
    def where(self) -> Words:
        """The target as messages name it."""
        return called(self.edition.fields[self.inst.target], self.place)

    def finding(self, words: Words, **given: Any) -> Finding:
        """The finding that says ``words`` of the target's cell.

        ``given`` are further arguments of ``Finding.of``, or others than these.
        """
        own = {
            "severity": self.severity,
            "place": self.place,
            "field": self.inst.target,
            "found": self.target.number,
            "repair": self.blame.repair,
            "instance": self.inst.key,
            "group": self.blame.group,
        }
        return Finding.of(self.rule, words, **(own | given))

    def number(self, quantity: str) -> float:
        """The number of a quantity; every term of an instance that ran has one."""
        return number_of(self.report, self.sources, quantity, self.reading) or 0.0

    @property
    def needed(self) -> float:
        """What the target would have to be, were every other term right."""
        now, gap = self.target.number or 0.0, self.outcome.residual
        return round(now - gap if self.inst.target in self.inst.left else now + gap, 6)

    @property
    def due(self) -> float | None:
        """What the target should be, as far as it can be said without contradicting a repair."""
        if self.inst.target in self.after:
            return self.after[self.inst.target]
        if self.blame.group:
            return None
        below = self.needed < 0 and self.edition.fields[self.inst.target].kind != "signed"
        return None if below else self.needed

    def related(self) -> tuple[Related, ...]:
        """The report's other fields that the instance looks at."""
        keys = dict.fromkeys(q for q in self.inst.left + self.inst.right if not split(q)[0])
        return tuple(Related(k, place_of(self.report, k)) for k in keys if k != self.inst.target)


SOURCE_WORDS = {
    "prior": Words("上年", "last year"),
    "claim": Words("正文", "narrative"),
    "change": Words("两年变化", "change"),
    "units": Words("各单位合计", "units"),
}


def source_name(edition: Edition, source: str) -> str:
    """What messages call a source; a ledger by its sheet."""
    ledger = edition.ledgers.get(source)
    return ledger.sheet if ledger is not None else SOURCE_WORDS[source].zh


def place_of(report: Report, key: str) -> Place:
    """Where a field stands; its sheet where it has no cell."""
    return report.values.get(key, ABSENT).place or Place(report.edition.fields[key].sheet)


def number_of(
    report: Report, sources: Mapping[str, Source], quantity: str, reading: int
) -> float | None:
    """The number of a quantity: the report's own, or what its source says in this reading."""
    source, key = split(quantity)
    return sources[source].number(key, reading) if source else report.number(key)
