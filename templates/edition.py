"""One edition of the form, loaded from its TOML file into frozen types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from graphlib import CycleError
from pathlib import Path
from typing import Any

from .claim_notation import check_patterns, parse_claims, with_relations
from .errors import InputError
from .form import Claim, Field, Instance, Roles, Rule, Section, Subject, Table, UnitClass
from .ledger_notation import parse_ledgers
from .ledger_parts import Ledger
from .notation import FilePart, FormFile, Known, id_of, parse_tables, shipped, shipped_ids
from .pack import included, name_of, packed, shipped_pack
from .relations import in_order
from .role_notation import parse_classes, parse_roles, parse_same, parse_subjects, parse_usage
from .rule_notation import check_rules, explanation, own, parse_checks, parse_rules
from .slips import Slip, parse_slips, with_words, words_of
from .telling import Picture, Ready, parse_pictures, parse_ready
from .words import NOTHING, Words


@dataclass(frozen=True, eq=False)
class Edition:
    """One published version of the form, with every rule that holds for it.

    Compared by identity: the same files give the same object every time, also after pickling.
    ``ledgers`` are those that a workbook of it may have, by the names of their sources.
    ``usage`` is the share of reports in which a field is more than 0, where the file tells it.
    ``decree`` is the number of the 条例 (国务院令) that reports cite; ``section_limits`` are the
    characters that an office allows a section. ``same_as`` has, by the id of an earlier edition,
    the fields that are the same number there. ``origin`` are the names and texts that it was made
    from: its own file, then rule packs.
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
    sets: Mapping[str, list[str]] = field(default_factory=dict, repr=False)
    subjects: Mapping[str, Subject] = field(default_factory=dict, repr=False)
    claims: Mapping[str, Claim] = field(default_factory=dict, repr=False)
    ledgers: Mapping[str, Ledger] = field(default_factory=dict, repr=False)
    roles: Roles = field(default_factory=Roles)
    usage: Mapping[str, float] = field(default_factory=dict, repr=False)
    pictures: tuple[Picture, ...] = field(default=(), repr=False)
    ready: tuple[Ready, ...] = field(default=(), repr=False)
    slips: tuple[Slip, ...] = field(default=(), repr=False)
    decree: str = ""
    section_limits: tuple[tuple[str, int], ...] = ()
    same_as: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    origin: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Every field by key, in the order of the form."""
        return {f.key: f for t in self.tables for f in _fields(t)}

    @cached_property
    def rule_by_id(self) -> Mapping[str, Rule]:
        """Every rule by its id."""
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def relations(self) -> tuple[Instance, ...]:
        """Every instance of every relation, those over other sources too, in the file's order."""
        return tuple(i for rule in self.rules for i in rule.instances)

    @cached_property
    def instances(self) -> tuple[Instance, ...]:
        """The instances within one report: those that a workbook can show live."""
        return tuple(i for i in self.relations if not i.sources)

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

    @cached_property
    def sums(self) -> Mapping[str, tuple[str, ...]]:
        """The same, each after those among its parts: the order in which they are added up."""
        return in_order(self.totals)

    def __reduce__(self) -> Any:
        return _put_together, (self.origin,)

    def fits_year(self, year: int) -> bool:
        """Whether the form of this edition is the one for report year ``year``."""
        return self.from_year <= year and (self.to_year is None or year <= self.to_year)

    def asked_of(self, class_id: str) -> Words:
        """What a unit of a class is asked, nothing for most."""
        return next((c.ask for c in self.unit_classes if c.id == class_id), NOTHING)

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

    @property
    def packs(self) -> tuple[str, ...]:
        """Its rule packs: the name of one that comes with gouji, else the file's."""
        return tuple(name_of(*pack) for pack in self.origin[1:])

    def table_of(self, instance: Instance) -> str:
        """The id of the table that a finding about ``instance`` points into, ``""`` for none."""
        return self.fields[instance.target].table if instance.target else ""

    def with_pack(self, path: Path) -> Edition:
        """This edition with a rule pack added: a file, or the name of a shipped one.

        Raises ``InputError`` for a pack that is missing, wrong, or does not fit this edition.
        """
        return self._with(with_words(source, path) for source in included(path))

    def with_shipped(self, names: Iterable[str]) -> Edition:
        """With those packs of ``names`` that come with gouji, are not there yet and go with it."""
        edition = self
        for name in names:
            if name in shipped_ids("packs") and name not in edition.packs:
                with suppress(InputError):  # another pack took the place of this one
                    edition = edition._with([shipped_pack(name)])
        return edition

    def _with(self, sources: Iterable[FormFile]) -> Edition:
        return _put_together((*self.origin, *((s.name, s.content) for s in sources)))


def _fields(table: Table) -> Iterator[Field]:
    for block in table.blocks:
        for row in block.rows:
            for column in block.columns:
                key = ".".join(p for p in (table.id, row.key, column.key) if p)
                kind = row.kind if row.kind != "count" else column.kind
                yield Field(key, table.id, sheet=table.sheet, kind=kind, row=row, column=column)


def parse(source: FormFile, common: FormFile) -> Edition:
    """An edition from its file and the rules common to all; ``InputError`` names the line.

    A rule of the edition takes the place of a common one with the same id.
    """
    head = source.table("edition")
    tables = parse_tables(source, set())
    bare = Edition(
        id=id_of(head),
        title=head.text("title"),
        notice=head.text("notice"),
        decree=head.get("decree", ""),
        from_year=head.integer("from_year"),
        to_year=head.integer("to_year") if "to_year" in head.values else None,
        sections=tuple(
            Section(s["title"], s.get("prompt", ""), s.get("table", ""))
            for s in head.get("sections", [])
        ),
        tables=tables,
        rules=(),
        unit_classes=parse_classes(source),
        sets=source.data.get("sets", {}),
    )
    if len(bare.fields) != sum(len(b.rows) * len(b.columns) for t in tables for b in t.blocks):
        zh, en = "两个格的字段键相同", "two cells have the same field key"
        raise FilePart(source, {}).error(zh, en, "[[tables]]")
    subjects = parse_subjects(source, bare.fields)
    roles, usage = parse_roles(source, bare.fields), parse_usage(source, bare.fields)
    sheets = frozenset(t.sheet for t in tables)
    known, taken = Known(bare.fields, bare.sets, roles, sheets, subjects), set[str]()
    shared = parse_ledgers(common, known, without=source.data.get("ledgers", {}))
    ledgers = shared | parse_ledgers(source, replace(known, ledgers=shared))
    known = replace(known, ledgers=ledgers)
    claims = parse_claims(source, common, known)
    known = replace(known, claims=claims)
    rules = parse_checks(source, taken) + parse_rules(source, known, taken)
    checks = parse_checks(own(common, "checks", taken), set(taken))
    relations = parse_rules(own(common, "rules", taken), known, set(taken))
    every = tuple(_explained(rule, common) for rule in checks + rules + relations)
    counted = {key: claim for key, claim in claims.items() if claim.equals}
    every = with_relations(source, every, counted)
    check_rules(source, ledgers, every)
    edition = replace(
        bare,
        rules=every,
        subjects=subjects,
        claims=claims,
        ledgers=ledgers,
        roles=roles,
        usage=usage,
        same_as=parse_same(source, bare.fields),
        pictures=parse_pictures(source, bare.fields),
        ready=parse_ready(source, bare.fields),
        slips=_starter() + parse_slips(words_of(source), source.name),
    )
    _check_totals(source, edition)
    return edition


def _check_totals(source: FormFile, edition: Edition) -> None:
    try:
        edition.sums  # noqa: B018 - computed once, kept
    except CycleError as error:
        names = "、".join(error.args[1])
        zh, en = f"合计互相引用：{names}", f"totals refer to one another: {names}"
        raise FilePart(source, {}).error(zh, en, "[[rules]]") from None


def _explained(rule: Rule, common: FormFile) -> Rule:
    """A rule that does not explain itself, with the explanation common to all editions."""
    more = explanation(common.data.get("explained", {}).get(rule.id, {}))
    return replace(
        rule, example=rule.example or more["example"], repair=rule.repair or more["repair"]
    )


@lru_cache(maxsize=32)
def _put_together(origin: tuple[tuple[str, str], ...]) -> Edition:
    """The edition of its own file's name and text, then those of rule packs."""
    (name, content), *packs = origin
    edition = parse(FormFile(name, content), _shipped("common"))
    for pack in packs:
        edition = packed(edition, FormFile(*pack))
    return replace(edition, origin=origin)


@lru_cache(maxsize=1)
def _starter() -> tuple[Slip, ...]:
    return parse_slips(shipped("editions/words.txt").splitlines(), "words.txt")


def _shipped(stem: str) -> FormFile:
    return FormFile(f"{stem}.toml", shipped(f"editions/{stem}.toml"))


@lru_cache(maxsize=1)
def edition_ids() -> tuple[str, ...]:
    """The ids of the shipped editions: the names of the files in ``editions/``."""
    return tuple(stem for stem in shipped_ids("editions") if stem != "common")


@lru_cache
def load(edition_id: str) -> Edition:
    """The shipped edition of that id, such as ``"2021"``.

    Raises ``InputError`` for an id that does not exist.

    >>> len(load("2021").fields)
    200
    """
    if edition_id not in edition_ids():
        year = _of_year(edition_id)
        raise InputError(
            f"没有“{edition_id}”这个格式版本，可用的是：{'、'.join(edition_ids())}。{year.zh}",
            f"There is no edition {edition_id!r}: use one of {', '.join(edition_ids())}.{year.en}",
        )
    source = _shipped(edition_id)
    return _put_together(((source.name, source.content),))


def _of_year(text: str) -> Words:
    """Which edition the reports of a year are in, where ``text`` is one."""
    if not re.fullmatch(r"20\d\d", text):
        return NOTHING
    fits = for_year(int(text)).id
    zh = f"{text}年度的年报用{fits}格式：--edition {fits}。"
    return Words(zh, f" Reports of {text} are in edition {fits}.")


def load_file(path: Path) -> Edition:
    """An edition from a file of one's own, in the notation of the shipped ones."""
    source = FormFile.read(path)
    check_patterns(source)
    return _put_together(((source.name, source.content),))


def find(text: str) -> Edition:
    """The edition that ``--edition`` names: an id, or the path of a file ending in .toml."""
    return load_file(Path(text)) if text.lower().endswith(".toml") else load(text)


def _heads(title: str = "") -> dict[str, Mapping[str, Any]]:
    """Id → ``[edition]`` of the shipped editions of a form, oldest first; of the usual form."""
    wanted = title or _shipped("common").table("defaults").get("title")
    every = {}
    for edition_id in edition_ids():  # it stands first: the tables are not parsed for it
        source = _shipped(edition_id)
        head = FormFile(source.name, source.content.partition("\n[[")[0]).table("edition").values
        if head["title"] == wanted:
            every[edition_id] = head
    return dict(sorted(every.items(), key=lambda item: item[1]["from_year"]))


def newest() -> Edition:
    """The newest edition of the usual form."""
    return load([*_heads()][-1])


def notices(like: Edition) -> dict[str, str]:
    """Id → notice of every edition of the form of ``like``, itself among them."""
    return {i: str(h["notice"]) for i, h in _heads(like.title).items()} | {like.id: like.notice}


def for_year(year: int, like: Edition | None = None) -> Edition:
    """The edition whose form is used for report year ``year``; the nearest one outside all.

    Only editions of the form of ``like`` are looked at, itself among them.
    """
    if like is not None and like.fits_year(year):
        return like
    heads = _heads(like.title if like else "")
    if like is not None and not heads:
        return like
    fits = [i for i, h in heads.items() if h["from_year"] <= year <= h.get("to_year", year)]
    ids = [*heads]
    return load(fits[0] if fits else ids[0 if year < heads[ids[0]]["from_year"] else -1])
