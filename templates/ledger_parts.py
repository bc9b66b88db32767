"""The parts of a ledger: columns, counts, rules of lines. Frozen types that an edition declares.

A line is looked at as a *record*: a column's key → what stands there (``date``, text, bool,
number, None), with ``year`` (of the report), ``line`` (its row) and ``unread`` (the columns whose
words could not be read).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product
from typing import Any

from .words import NOTHING, Words, composed, plain

Record = Mapping[str, Any]
COLUMN_KINDS = ("text", "choice", "date", "number", "flag")
WHEN = ("before", "year", "after")  # a date, as the report's year has it
FLAGS = ("是", "否")


@dataclass(frozen=True)
class Choice:
    """One word that may stand in a column: as it is printed, what it stands for, other spellings.

    ``value`` is what records, counts and conditions call it.
    """

    label: str
    value: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class LedgerColumn:
    """One column: its printed head and its other spellings, its width in characters, its kind.

    ``kind`` is ``text``, ``choice`` (one of ``choices``), ``date``, ``number`` or ``flag`` (是 or
    否). ``required``: a line without it contradicts itself; ``choose``: an empty cell is told as
    a word that is no choice. ``wrong`` is what is said of a word that cannot be read; it may
    name {text} and {head}, the head as it stands on the sheet.
    """

    key: str
    label: str
    width: int
    kind: str = "text"
    choices: tuple[Choice, ...] = ()
    aliases: tuple[str, ...] = ()
    required: bool = False
    choose: bool = False
    wrong: Words = NOTHING


@dataclass(frozen=True)
class Condition:
    """What must stand in a column: one of ``words``; with ``unless`` none of them.

    A word is a choice's value, 是 or 否, a text, ``""`` for nothing; of a date ``before``,
    ``year`` or ``after``: how it lies to the report's year.
    """

    column: str
    words: tuple[str, ...]
    unless: bool = False

    def holds(self, record: Record) -> bool:
        """Whether the line is as asked."""
        return (_word(record[self.column], record["year"]) in self.words) is not self.unless


def _word(value: Any, year: int) -> str:
    """What a condition compares a cell with."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return FLAGS[not value]
    if isinstance(value, date):
        return WHEN[(value.year > year) - (value.year < year) + 1]
    return str(plain(value))


@dataclass(frozen=True)
class Count:
    """One thing that is counted: the lines where all ``where`` hold.

    ``key`` is the quantity's key; ``{column}`` in it is the value of the line's choice, and
    ``keys`` are all that it can be. ``distinct``: different contents of that column are counted
    instead of lines; ``total``: the numbers of that column are added up.
    """

    key: str
    keys: tuple[str, ...]
    where: tuple[Condition, ...] = ()
    distinct: str = ""
    total: str = ""
    within: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that it needs."""
        named = (*self.within, *(c.column for c in self.where), self.distinct, self.total)
        return tuple(dict.fromkeys(c for c in named if c))

    def key_of(self, record: Record) -> str | None:
        """The key that a line counts under, None where it is not counted."""
        if not all(c.holds(record) for c in self.where):
            return None
        key = self.key
        for column in self.within:
            key = key.replace(f"{{{column}}}", str(record[column] or ""))
        return key


@dataclass(frozen=True)
class LineRule:
    """One way in which a line contradicts itself: where all ``where`` hold and ``before`` does.

    ``before``: the first of the two lies before (or is less than) the second, both being there.
    A finding stands at ``column``; ``words`` may name {year} and {head}, the head of ``column`` as
    it stands on the sheet. ``rule`` is the rule's id.
    """

    key: str
    column: str
    where: tuple[Condition, ...] = ()
    before: tuple[str, str] | None = None
    words: Words = NOTHING
    rule: str = "L-ROW"

    @cached_property
    def columns(self) -> frozenset[str]:
        """The columns that it looks at."""
        return frozenset((self.column, *(c.column for c in self.where), *(self.before or ())))

    def broken(self, record: Record) -> bool:
        """Whether the line contradicts itself; not asked of words that could not be read."""
        if not self.columns.isdisjoint(record["unread"]):
            return False
        if self.before is not None:
            first, second = (record[c] for c in self.before)
            if not first or not second or not first < second:
                return False
        return all(c.holds(record) for c in self.where)


@dataclass(frozen=True)
class Deadline:
    """Which columns a last day of answer is computed from, under the rule ``rule``.

    The days run from the first of ``start`` that is there, twice as many where ``extended``
    says so, those between a pair of ``pauses`` not counted; while a pair of ``waits`` is open
    and nothing is answered there is no last day.
    """

    rule: str
    start: tuple[str, ...]
    answered: str
    extended: str = ""
    pauses: tuple[tuple[str, str], ...] = ()
    waits: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Ledger:
    """A sheet of one line per case, document, account …: what stands in it and what it counts.

    ``key`` names it as a source (``cases:``); ``unit`` is the counting word of its lines;
    ``unique`` are columns that together stand once.
    """

    key: str
    sheet: str
    columns: tuple[LedgerColumn, ...]
    counts: tuple[Count, ...] = ()
    lines: tuple[LineRule, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    deadline: Deadline | None = None
    unit: str = "件"

    @cached_property
    def column(self) -> Mapping[str, LedgerColumn]:
        """Its columns by key."""
        return {c.key: c for c in self.columns}

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of everything that it counts."""
        return frozenset(key for count in self.counts for key in count.keys)


def every_key(key: str, within: Mapping[str, tuple[Choice, ...]]) -> Iterator[str]:
    """All that ``key`` can be, each ``{column}`` in it being any of that column's choices."""
    for chosen in product(*within.values()):
        filled = key
        for column, choice in zip(within, chosen, strict=True):
            filled = filled.replace(f"{{{column}}}", choice.value)
        yield filled


def folded(text: str) -> str:
    """A text as two lines are compared by it: width and spaces do not count.

    >>> folded("Ａ 局") == folded("A局")
    True
    """
    return "".join(composed(text).split())
