"""What is said of failed equalities: the types that judging and ``blame`` speak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..finding import Event, Repair

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
