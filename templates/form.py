"""The parts of a form: axes, blocks, tables, fields, rules. Frozen types without behaviour."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Axis:
    """A row or a column of a block: ``path`` holds its printed labels from the outside in."""

    key: str
    path: tuple[str, ...]
    short: str
    kind: str = "count"
    aliases: tuple[str, ...] = ()

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


@dataclass(frozen=True)
class Table:
    """One table of the form and the sheet that holds it."""

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
        parts = [self.row.short, "".join(self.column.path[:-1]), self.column.short]
        if self.table == "t3":
            parts = [self.row.short, self.column.short]
        return " ".join(p for p in parts if p)


@dataclass(frozen=True)
class Instance:
    """One rule applied to definite fields: sum(left) ``relation`` sum(right)."""

    rule: str
    key: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    target: str

    @cached_property
    def fields(self) -> frozenset[str]:
        """Every field the instance looks at."""
        return frozenset(self.left + self.right)


@dataclass(frozen=True)
class Rule:
    """One rule: what it says, where that is written, how certain it is.

    ``relation`` is ``"="`` or ``"<="`` for a footing rule and ``""`` for a check of single
    cells or of the workbook, which has no ``instances``. ``certainty`` is A, B or C as in the
    project's rule book; ``severity_by_class`` overrides ``severity`` for a class of unit
    (``"none"`` switches the rule off).
    """

    id: str
    severity: str
    certainty: str
    basis: str
    basis_en: str
    words: str
    words_en: str
    relation: str = ""
    instances: tuple[Instance, ...] = ()
    severity_by_class: tuple[tuple[str, str], ...] = ()

    def severity_for(self, unit_class: str) -> str:
        """``error``, ``warning``, ``note`` or ``none`` for a unit of ``unit_class``."""
        return dict(self.severity_by_class).get(unit_class, self.severity)


@dataclass(frozen=True)
class UnitClass:
    """A class of unit, told from the cover's 单位类别 or from the unit's name."""

    id: str
    declared: tuple[str, ...]
    name: re.Pattern[str]


@dataclass(frozen=True)
class Section:
    """One of the six sections of the narrative."""

    title: str
    prompt: str
    table: str = ""
