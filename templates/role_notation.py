"""The parts that fields play: ``[subjects]``, ``[roles]``, ``[usage]``, ``[same_as]``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from .form import CaseRoles, DirectRoles, DocumentRoles, Field, Kind, Roles, Subject, UnitClass
from .notation import FormFile
from .words import Words

SUM = re.compile(r"\[(\w+)\]")  # of a term: the members of a set added up
Entry = tuple[str, int]  # the table of a file and its number among those of its name


def members_of(
    source: FormFile, members: Any, sets: Mapping[str, list[str]], at: Entry
) -> list[str]:
    """The members of a set: a list as it stands, or the one that ``sets`` has by that name.

    Raises ``InputError`` for a set that is not there.
    """
    if isinstance(members, list):
        return [str(m) for m in members]
    if members not in sets:
        raise source.error(
            f"没有定义集合“{members}”", f"there is no set {members!r}", str(members), *at
        )
    return sets[members]


def parse_classes(source: FormFile) -> tuple[UnitClass, ...]:
    """Every class of ``[unit_classes]``, in their order."""
    return tuple(
        UnitClass(
            key,
            tuple(value.get("declared", ())),
            re.compile(value.get("name", r"(?!)")),
            Words(value.get("ask", ""), value.get("ask_en", "")),
        )
        for key, value in source.data.get("unit_classes", {}).items()
    )


def parse_subjects(source: FormFile, fields: Mapping[str, Field]) -> dict[str, Subject]:
    """Every ``[subjects.KEY]`` of the file."""
    found = {}
    for key, part in source.data.get("subjects", {}).items():
        at = (f"[subjects.{key}]", 0)
        keys = tuple(part.get("fields", ()))
        for field in keys:
            if field not in fields:
                raise source.error(f"没有字段“{field}”", f"there is no field {field!r}", field, *at)
        pattern = re.compile(source.text(part, "words", *at))
        found[key] = Subject(key, source.text(part, "name", *at), pattern, keys)
    return found


def parse_usage(source: FormFile, fields: Mapping[str, Field]) -> dict[str, float]:
    """How often each field is used, from ``[usage.TABLE]``: its row's share times its column's."""
    found = {}
    for table, part in source.data.get("usage", {}).items():
        rest = float(part.get("rest", 1.0))
        for key, field in fields.items():
            if field.table == table:
                share = 1.0
                for name, axis in (("rows", field.row), ("columns", field.column)):
                    if name in part:
                        share *= float(part[name].get(axis.key, rest))
                found[key] = share
    return found


def parse_same(source: FormFile, fields: Mapping[str, Field]) -> dict[str, frozenset[str]]:
    """Of each edition named in ``[same_as]``, the fields that are the same number there."""
    sets: Mapping[str, list[str]] = source.data.get("sets", {})
    return {
        str(edition): frozenset(
            _fields_of(source, terms, fields=fields, sets=sets, at=("[same_as]", 0))
        )
        for edition, terms in source.data.get("same_as", {}).items()
    }


def parse_roles(source: FormFile, fields: Mapping[str, Field]) -> Roles:
    """The table ``[roles]``; a role that is left out plays no part."""
    part = source.data.get("roles", {})
    at = ("[roles", 0)
    sets: Mapping[str, list[str]] = source.data.get("sets", {})
    intake = part.get("intake", "")
    if intake and intake not in fields:
        raise source.error(f"没有字段“{intake}”", f"there is no field {intake!r}", intake, *at)
    cases = documents = None
    if "cases" in part:
        given = part["cases"]
        columns = tuple(members_of(source, given.get("columns", []), sets, at))
        outcomes = tuple(members_of(source, given.get("outcomes", []), sets, at))
        names = [
            source.text(given, k, *at) for k in ("table", "this_year", "earlier", "unanswered")
        ]
        for row, column in product([*names[1:], *outcomes], columns):
            key = f"{names[0]}.{row}.{column}"
            if key not in fields:
                raise source.error(f"没有字段“{key}”", f"there is no field {key!r}", row, *at)
        cases = CaseRoles(names[0], columns, outcomes, *names[1:])
    if "documents" in part:
        given = part["documents"]
        kinds = tuple(_kind(source, k, at) for k in given.get("kinds", ()))
        columns = tuple(source.text(given, k, *at) for k in ("made", "ended", "valid"))
        documents = DocumentRoles(kinds, *columns)
    direct = None
    if "direct" in part:
        given = part["direct"]
        sums = [
            tuple(_fields_of(source, given.get(k, ()), fields=fields, sets=sets, at=at))
            for k in ("suits", "refused", "outcomes")
        ]
        direct = DirectRoles(*sums)
    return Roles(intake, cases, documents, direct)


def _fields_of(
    source: FormFile,
    terms: Iterable[str],
    fields: Mapping[str, Field],
    sets: Mapping[str, list[str]],
    at: Entry,
) -> Iterator[str]:
    for term in terms:
        if summed := SUM.search(term):
            members = members_of(source, summed[1], sets, at)
            named = (term.replace(summed[0], member, 1) for member in members)
            yield from _fields_of(source, named, fields=fields, sets=sets, at=at)
        elif term not in fields:
            raise source.error(f"没有字段“{term}”", f"there is no field {term!r}", term, *at)
        else:
            yield term


def _kind(source: FormFile, part: Mapping[str, Any], at: Entry) -> Kind:
    label, row = (source.text(part, k, *at) for k in ("label", "row"))
    return Kind(label, row, tuple(part.get("aliases", ())))
