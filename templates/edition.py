"""One edition of the form, loaded from its TOML file into frozen types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from .errors import InputError
from .form import Axis, Block, Field, Instance, Rule, Section, Table, UnitClass
from .notation import Source, parse_checks, parse_rules, parse_tables

EDITION_IDS = ("2019", "2021")


@dataclass(frozen=True, eq=False)
class Edition:
    """One published version of the form, with every rule that holds for it.

    Compared by identity: ``load`` gives the same object every time, also after pickling.
    """

    id: str
    title: str
    notice: str
    from_year: int
    to_year: int | None
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    rules: tuple[Rule, ...]
    unit_classes: tuple[UnitClass, ...] = ()

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Every field by key, in the order of the form."""
        return {f.key: f for t in self.tables for f in _fields(t)}

    @cached_property
    def rule_by_id(self) -> Mapping[str, Rule]:
        """Every rule by its id."""
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def instances(self) -> tuple[Instance, ...]:
        """Every instance of every footing rule, in the order of the edition file."""
        return tuple(i for rule in self.rules for i in rule.instances)

    @cached_property
    def footings(self) -> tuple[Instance, ...]:
        """The instances that must be equal (勾稽关系): what ``checked`` counts."""
        return tuple(i for i in self.instances if self.rule_by_id[i.rule].relation == "=")

    @cached_property
    def totals(self) -> Mapping[str, tuple[str, ...]]:
        """Fields that a template computes, each with the fields it adds up.

        A footing whose left side is its target alone defines that target; where two do (the
        grand total), the first in the file is used.
        """
        found: dict[str, tuple[str, ...]] = {}
        for inst in self.footings:
            if inst.left == (inst.target,):
                found.setdefault(inst.target, inst.right)
        return found

    def __reduce__(self) -> Any:
        if self.id in EDITION_IDS and load(self.id) is self:
            return load, (self.id,)
        return super().__reduce__()

    def fits_year(self, year: int) -> bool:
        """Whether the form of this edition is the one for report year ``year``."""
        return self.from_year <= year and (self.to_year is None or year <= self.to_year)

    def class_of(self, unit: str, declared: str = "") -> str:
        """The id of the unit's class, ``""`` when nothing tells it."""
        for unit_class in self.unit_classes:
            if declared and declared in unit_class.declared:
                return unit_class.id
        if declared:
            return ""
        for unit_class in self.unit_classes:
            if unit and unit_class.name.search(unit):
                return unit_class.id
        return ""

    def with_pack(self, path: Path) -> Edition:
        """This edition with the tables and rules of a local rule pack added."""
        source = Source.read(path)
        tables = parse_tables(source, {t.id for t in self.tables})
        sheets = {t.sheet for t in self.tables} | {"封面", "填报说明", "正文"}
        for table in tables:
            if table.sheet in sheets:
                zh = f"工作表名“{table.sheet}”已被占用，请换一个"
                raise source.error(zh, f"sheet name {table.sheet!r} is taken", table.sheet)
        merged = replace(self, tables=self.tables + tables)
        known = {r.id for r in self.rules}
        rules = parse_rules(source, merged.fields, known) + parse_checks(source, known)
        return replace(merged, rules=self.rules + rules)


def _fields(table: Table) -> Iterator[Field]:
    for block in table.blocks:
        for row in block.rows:
            for column in block.columns:
                key = ".".join(p for p in (table.id, row.key, column.key) if p)
                kind = row.kind if row.kind != "count" else column.kind
                yield Field(key, table.id, table.sheet, kind, row, column)


def parse(source: Source, common: Source) -> Edition:
    """An edition from its file and the rules common to all; ``InputError`` names the line."""
    head = source.table("edition")
    tables = parse_tables(source, set())
    bare = Edition(
        id=source.text(head, "id", "edition"),
        title=source.text(head, "title", "edition"),
        notice=source.text(head, "notice", "edition"),
        from_year=source.integer(head, "from_year", "edition"),
        to_year=source.integer(head, "to_year", "edition") if "to_year" in head else None,
        sections=tuple(
            Section(s["title"], s.get("prompt", ""), s.get("table", ""))
            for s in head.get("sections", [])
        ),
        tables=tables,
        rules=(),
        unit_classes=tuple(
            UnitClass(key, tuple(value.get("declared", ())), re.compile(value.get("name", r"(?!)")))
            for key, value in source.data.get("unit_classes", {}).items()
        ),
    )
    if len(bare.fields) != sum(len(b.rows) * len(b.columns) for t in tables for b in t.blocks):
        raise source.error("两个格的字段键相同", "two cells have the same field key", "[[tables]]")
    rules = parse_rules(source, bare.fields, set())
    checks = parse_checks(common, {r.id for r in rules})
    return replace(bare, rules=checks + rules)


@lru_cache
def load(edition_id: str) -> Edition:
    """The edition ``"2019"`` or ``"2021"``.

    Raises ``InputError`` for an id that does not exist.

    >>> len(load("2021").fields)
    200
    """
    if edition_id not in EDITION_IDS:
        known = "、".join(EDITION_IDS)
        raise InputError(
            f"没有“{edition_id}”这个格式版本，可用的是：{known}。",
            f"There is no edition {edition_id!r}: use one of {', '.join(EDITION_IDS)}.",
        )
    folder = files("gouji.templates.editions")
    common = Source("common.toml", (folder / "common.toml").read_text("utf-8"))
    name = f"{edition_id}.toml"
    return parse(Source(name, (folder / name).read_text("utf-8")), common)


def load_file(path: Path) -> Edition:
    """An edition from a file of one's own, in the notation of the shipped ones."""
    folder = files("gouji.templates.editions")
    common = Source("common.toml", (folder / "common.toml").read_text("utf-8"))
    return parse(Source.read(path), common)


def for_year(year: int) -> Edition:
    """The edition whose form is used for report year ``year``; the nearest one outside all."""
    for edition_id in EDITION_IDS:
        if load(edition_id).fits_year(year):
            return load(edition_id)
    return load(EDITION_IDS[0 if year < load(EDITION_IDS[0]).from_year else -1])


__all__ = [
    "EDITION_IDS",
    "Axis",
    "Block",
    "Edition",
    "Field",
    "Instance",
    "Rule",
    "Section",
    "Table",
    "UnitClass",
    "for_year",
    "load",
    "load_file",
    "parse",
]
