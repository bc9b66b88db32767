"""The parts that fields play: ``[subjects]``, ``[roles]``, ``[usage]``, ``[same_as]``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from .form import CaseRoles, DirectRoles, DocumentRoles, Field, Kind, Roles, Subject, UnitClass
from .notation import FilePart, FormFile
from .words import Words

SUM = re.compile(r"\[(\w+)\]")  # of a term: the members of a set added up
Sets = Mapping[str, list[str]]


def members_of(part: FilePart, members: Any, sets: Sets) -> list[str]:
    """The members of a set: a list as it stands, or the one that ``sets`` has by that name.

    Raises ``InputError`` for a set that is not there.
    """
    if isinstance(members, list):
        return [str(m) for m in members]
    if members not in sets:
        raise part.error(f"没有定义集合“{members}”", f"there is no set {members!r}", str(members))
    return sets[members]


def parse_classes(source: FormFile) -> tuple[UnitClass, ...]:
    """Every class of ``[unit_classes]``, in their order."""
    return tuple(
        UnitClass(
            key,
            tuple(part.get("declared", ())),
            re.compile(part.get("name", r"(?!)")),
            Words(part.get("ask", ""), part.get("ask_en", "")),
        )
        for key, part in source.keyed("unit_classes")
    )


def parse_subjects(source: FormFile, fields: Mapping[str, Field]) -> dict[str, Subject]:
    """Every ``[subjects.KEY]`` of the file."""
    found = {}
    for key, part in source.keyed("subjects"):
        keys = tuple(part.get("fields", ()))
        for field in keys:
            if field not in fields:
                raise part.no_field(field)
        found[key] = Subject(
            key, words=re.compile(part.text("words")), name=part.text("name"), fields=keys
        )
    return found


def parse_usage(source: FormFile, fields: Mapping[str, Field]) -> dict[str, float]:
    """How often each field is used, from ``[usage.TABLE]``: its row's share times its column's."""
    found = {}
    for table, part in source.keyed("usage"):
        rest = float(part.get("rest", 1.0))
        for key, field in fields.items():
            if field.table == table:
                found[key] = 1.0
                for name, axis in (("rows", field.row), ("columns", field.column)):
                    if name in part.values:
                        found[key] *= float(part.get(name).get(axis.key, rest))
    return found


def parse_same(source: FormFile, fields: Mapping[str, Field]) -> dict[str, frozenset[str]]:
    """Of each edition named in ``[same_as]``, the fields that are the same number there."""
    part = FilePart(source, source.data.get("same_as", {}), "[same_as]")
    return {
        str(edition): frozenset(_fields_of(part, terms, fields, source.data.get("sets", {})))
        for edition, terms in part.values.items()
    }


def parse_roles(source: FormFile, fields: Mapping[str, Field]) -> Roles:
    """The table ``[roles]``; a role that is left out plays no part."""
    part = FilePart(source, source.data.get("roles", {}), "[roles")
    sets: Sets = source.data.get("sets", {})
    intake = part.get("intake", "")
    if intake and intake not in fields:
        raise part.no_field(intake)
    cases = documents = direct = None
    if "cases" in part.values:
        given = part.within(part.get("cases"))
        columns, outcomes = (
            tuple(members_of(part, given.get(k, []), sets)) for k in ("columns", "outcomes")
        )
        table, *rows = map(given.text, ("table", "this_year", "earlier", "unanswered"))
        for row, column in product([*rows, *outcomes], columns):
            if (key := f"{table}.{row}.{column}") not in fields:
                raise part.no_field(key, row)
        cases = CaseRoles(table, columns, outcomes, *rows)
    if "documents" in part.values:
        given = part.within(part.get("documents"))
        kinds = tuple(_kind(part.within(kind)) for kind in given.get("kinds", ()))
        documents = DocumentRoles(kinds, *map(given.text, ("made", "ended", "valid")))
    if "direct" in part.values:
        named = (part.get("direct").get(k, ()) for k in ("suits", "refused", "outcomes"))
        direct = DirectRoles(*(tuple(_fields_of(part, terms, fields, sets)) for terms in named))
    return Roles(intake, cases, documents, direct)


def _fields_of(
    part: FilePart, terms: Iterable[str], fields: Mapping[str, Field], sets: Sets
) -> Iterator[str]:
    for term in terms:
        if summed := SUM.search(term):
            members = members_of(part, summed[1], sets)
            named = (term.replace(summed[0], member, 1) for member in members)
            yield from _fields_of(part, named, fields, sets)
        elif term not in fields:
            raise part.no_field(term)
        else:
            yield term


def _kind(part: FilePart) -> Kind:
    return Kind(part.text("label"), part.text("row"), tuple(part.get("aliases", ())))
