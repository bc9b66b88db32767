"""The parts of a form: axes, blocks, tables, fields, rules. Frozen types without behaviour."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from .words import NOTHING, Words


@dataclass(frozen=True)
class Axis:
    """A row or a column of a block: ``path`` holds its printed labels from the outside in.

    ``short`` is what messages for programs call it, ``name`` what people do where the innermost
    label is too long to be said.
    """

    key: str
    path: tuple[str, ...]
    short: str
    kind: str = "count"
    aliases: tuple[str, ...] = ()
    name: str = ""

    @property
    def label(self) -> str:
        """The innermost printed label."""
        return self.path[-1]


@dataclass(frozen=True)
class Block:
    """One rectangle of a table: column heads above, row heads at the left."""

    columns: tuple[Axis, ...]
    rows: tuple[Axis, ...]
    caption: str = ""
    corner: str = ""
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Table:
    """One table of the form and the sheet that holds it; compared by identity."""

    id: str
    sheet: str
    title: str
    blocks: tuple[Block, ...]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    """One number of one table. ``kind`` is ``count``, ``signed`` or ``amount`` (万元)."""

    key: str
    table: str
    sheet: str
    kind: str
    row: Axis
    column: Axis

    @cached_property
    def name(self) -> str:
        """The workbook defined name of the field's cell."""
        return "gj_" + self.key.replace(".", "_")

    @property
    def label(self) -> str:
        """Row and column in few words, as messages use them."""
        group = "" if self.row.short else "".join(self.column.path[:-1])
        return " ".join(p for p in (self.row.short, group, self.column.short) if p)


# Where a number of a rule may come from, beside the report itself and its ledgers (each a source by
# its own name): last year's report, its narrative, what the two years' tables change by (%), the
# units of a roll-up.
SOURCES = ("prior", "claim", "change", "units")


def split(quantity: str) -> tuple[str, str]:
    """Source and key of a quantity; the source is ``""`` for a field of the report itself.

    >>> split("prior:t3.carried_out.natural")
    ('prior', 't3.carried_out.natural')
    """
    source, colon, key = quantity.partition(":")
    return (source, key) if colon else ("", quantity)


@dataclass(frozen=True)
class Instance:
    """One rule applied to definite quantities: sum(left) ``relation`` sum(right).

    ``target`` is the report's own field that a finding points at; ``""`` where ledgers, claims
    and the like are compared with each other alone.
    """

    rule: str
    key: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    target: str

    @cached_property
    def fields(self) -> frozenset[str]:
        """Every quantity the instance looks at."""
        return frozenset(self.left + self.right)

    @cached_property
    def sources(self) -> frozenset[str]:
        """The sources it needs beside the report itself; empty for a footing of the form."""
        return frozenset(split(q)[0] for q in self.fields) - {""}

    @cached_property
    def ledgers(self) -> frozenset[str]:
        """Those of its sources that are ledgers."""
        return self.sources - {*SOURCES}


@dataclass(frozen=True)
class Rule:
    """One rule: what it says, where that is written, how certain it is.

    ``relation`` is ``"="``, ``"<="`` or ``"~"`` (not far from: ``factor`` and ``gap`` of
    ``limits``) for a relation and ``""`` for a check of single cells, of lines or of the
    workbook, which has no ``instances``. ``certainty`` is A, B or C as in the project's rule
    book. ``given``: only where the source gives a number is there anything to check.
    ``severity_by_class`` (of unit), ``severity_by_table`` and ``severity_if`` (a condition such
    as ``renamed``) override ``severity``; ``"none"`` switches the rule off. ``advice`` ends the
    message; ``advice_if`` does under a condition. ``example`` and ``repair`` explain the rule.
    """

    id: str
    severity: str
    certainty: str
    basis: Words
    words: Words
    relation: str = ""
    instances: tuple[Instance, ...] = ()
    severity_by_class: tuple[tuple[str, str], ...] = ()
    severity_by_table: tuple[tuple[str, str], ...] = ()
    severity_if: tuple[tuple[str, str], ...] = ()
    limits: tuple[tuple[str, float], ...] = ()
    advice: Words = NOTHING
    advice_if: tuple[tuple[str, str], ...] = ()
    example: Words = NOTHING
    repair: Words = NOTHING
    given: bool = False

    def severity_for(
        self, unit_class: str = "", table: str = "", conditions: Iterable[str] = ()
    ) -> str:
        """``error``, ``warning``, ``note`` or ``none`` for a unit's class, a table, conditions."""
        for given in conditions:
            if given in dict(self.severity_if):
                return dict(self.severity_if)[given]
        by_table = dict(self.severity_by_table).get(table, self.severity)
        return dict(self.severity_by_class).get(unit_class, by_table)

    def limit(self, name: str) -> float:
        """The threshold ``name`` (``factor``, ``gap``, ``days``) as the edition sets it."""
        return dict(self.limits)[name]


@dataclass(frozen=True)
class Subject:
    """What a sentence of the narrative may speak of: words that name it, fields it sums up."""

    key: str
    name: str
    words: re.Pattern[str]
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """What the narrative may state of the tables: words that state it, fields that it sums up.

    Without fields it is of a ledger, and ``equals`` the count (``catalogue:units``) it must be,
    ``unit`` its counting word.
    ``others`` are sums that the words may mean as well (``-`` before a field takes it away);
    ``none`` are words that state 0. ``context`` must stand before in the same paragraph,
    ``unless`` must not stand in the clause. ``within``: also as a part of another number (其中).
    ``whole``: only where every word before the number is one in which a unit tells of its whole.
    Words are regular expressions, compiled for who reads a narrative.
    """

    key: str
    name: str
    fields: tuple[str, ...]
    others: tuple[tuple[str, ...], ...]
    says: tuple[str, ...]
    none: tuple[str, ...]
    context: str
    unless: str
    within: bool = True
    equals: str = ""
    unit: str = ""
    whole: bool = False

    @property
    def quantity(self) -> str:
        """The key of the source ``claim``: the field's where it is one."""
        return self.fields[0] if len(self.fields) == 1 else self.key

    @cached_property
    def stating(self) -> tuple[re.Pattern[str], ...]:
        """The words that state a number, its group called ``n``."""
        return tuple(map(re.compile, self.says))

    @cached_property
    def denying(self) -> tuple[re.Pattern[str], ...]:
        """The words that state 0."""
        return tuple(map(re.compile, self.none))

    def meant(self, before: str, clause: str) -> bool:
        """Whether what stands ``before`` and in the ``clause`` lets the words mean this."""
        if self.unless and re.search(self.unless, clause):
            return False
        return not self.context or bool(re.search(self.context, before))


@dataclass(frozen=True)
class CaseRoles:
    """How the lines of 申请台账 are counted: ``table``, its ``columns`` of applicants, its rows.

    A case counts in the row ``this_year`` or ``earlier`` by its date of receipt, and in the row
    of its outcome (one of ``outcomes``) or in ``unanswered``.
    """

    table: str
    columns: tuple[str, ...]
    outcomes: tuple[str, ...]
    this_year: str
    earlier: str
    unanswered: str


@dataclass(frozen=True)
class Kind:
    """A kind of document: what 文件台账 calls it, and the row that counts it."""

    label: str
    row: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class DocumentRoles:
    """How the lines of 文件台账 are counted: kinds of document, columns of the table."""

    kinds: tuple[Kind, ...]
    made: str
    ended: str
    valid: str


@dataclass(frozen=True)
class DirectRoles:
    """Suits without a review before them, and the outcomes that need one (refusals) of all."""

    suits: tuple[str, ...]
    refused: tuple[str, ...]
    outcomes: tuple[str, ...]


@dataclass(frozen=True)
class Roles:
    """Fields that play a part elsewhere; what an edition leaves out plays none.

    ``intake`` is the number by which units are ranked in a roll-up's chart.
    """

    intake: str = ""
    cases: CaseRoles | None = None
    documents: DocumentRoles | None = None
    direct: DirectRoles | None = None


@dataclass(frozen=True)
class UnitClass:
    """A class of unit, told from the cover's 单位类别 or from the unit's name.

    ``ask``: what a person is asked where the name does not tell enough.
    """

    id: str
    declared: tuple[str, ...]
    name: re.Pattern[str]
    ask: Words = NOTHING


@dataclass(frozen=True)
class Section:
    """One of the six sections of the narrative."""

    title: str
    prompt: str
    table: str = ""
