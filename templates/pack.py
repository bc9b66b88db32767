"""Rule packs: what an office, a province or we ourselves add to an edition (``--rules``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from .claim_notation import check_patterns, parse_claims, with_relations
from .errors import InputError
from .ledger_notation import parse_ledgers
from .notation import FilePart, FormFile, Known, parse_tables, shipped, shipped_ids
from .rule_notation import check_rules, parse_checks, parse_limits, parse_rules
from .shapes import check_file
from .slips import parse_slips, words_of
from .words import OPTIONS, SHEETS, listed, printable

if TYPE_CHECKING:
    from .edition import Edition

# Sheets that a workbook has beside its tables.
TAKEN = frozenset({*SHEETS, OPTIONS})


@lru_cache(maxsize=8)
def shipped_pack(name: str) -> FormFile:
    """A pack that comes with gouji: one of ``shipped_ids("packs")``."""
    return FormFile(f"{name}.toml", shipped(f"packs/{name}.toml"))


def included(path: Path) -> Iterator[FormFile]:
    """The packs that ``path`` names: those that the file includes (``include``), then itself.

    ``path`` is a file, or the name of a pack that comes with gouji; a file goes before. Raises
    ``InputError`` where there is neither.
    """
    if str(path) in shipped_ids("packs") and not path.is_file():
        yield shipped_pack(str(path))
        return
    if not path.suffix and not path.exists():
        known = listed(shipped_ids("packs"))
        raise InputError(
            f"没有规则包“{path}”：没有这个文件，随附的规则包是：{known.zh}。",
            f"There is no rule pack {str(path)!r}: no such file, and those that come with gouji "
            f"are: {known.en}.",
        )
    source = FormFile.read(path)
    check_file(source)
    named = source.data.get("include", [])
    packs = shipped_ids("packs")
    for name in named if isinstance(named, list) else [named]:
        if name not in packs:
            zh = f"没有随附的规则包“{name}”，有的是：{'、'.join(packs)}"
            raise FilePart(source, {}).error(zh, f"no pack {name!r} comes with gouji", "include")
        yield shipped_pack(name)
    yield source


def name_of(name: str, content: str) -> str:
    """What a workbook calls a pack that it was made with; a file's own name without its folder."""
    stem = name.removesuffix(".toml")
    if stem in shipped_ids("packs") and shipped_pack(stem).content == content:
        return stem
    return printable(Path(name).name)


def packed(edition: Edition, source: FormFile) -> Edition:
    """``edition`` with everything of a pack added; ``InputError`` names the line of a fault."""
    check_patterns(source)
    tables = parse_tables(source, {t.id for t in edition.tables})
    taken = TAKEN | {t.sheet for t in edition.tables} | {e.sheet for e in edition.ledgers.values()}
    for table in tables:
        if table.sheet in taken:
            zh = f"工作表名“{table.sheet}”已被占用，请换一个"
            raise FilePart(source, {}).error(
                zh, f"sheet name {table.sheet!r} is taken", table.sheet
            )
    merged = replace(edition, tables=edition.tables + tables)
    sets = {**edition.sets, **source.data.get("sets", {})}
    known = Known(
        merged.fields,
        sets,
        roles=edition.roles,
        sheets=taken | {t.sheet for t in tables},
        subjects=edition.subjects,
        ledgers=edition.ledgers,
    )
    ledgers = {**edition.ledgers, **parse_ledgers(source, known)}
    known = replace(known, ledgers=ledgers)
    own = parse_claims(source, None, known)
    for key, claim in own.items():
        earlier = edition.claims.get(key)
        if earlier is not None and (earlier.fields, earlier.equals) != (claim.fields, claim.equals):
            zh = f"正文的说法“{key}”已经有了，说的是别的数，请换一个名字"
            en = f"the claim {key!r} exists and is of another number"
            raise FilePart(source, {}).error(zh, en, f"[claims.{key}]")
    claims = {**edition.claims, **own}
    ids = {r.id for r in edition.rules}
    known = replace(known, claims=claims)
    rules = edition.rules + parse_rules(source, known, ids) + parse_checks(source, ids)
    check_rules(source, ledgers, rules)
    return replace(
        merged,
        rules=with_relations(source, rules, own),
        ledgers=ledgers,
        claims=claims,
        section_limits=edition.section_limits + parse_limits(source, edition.sections),
        slips=edition.slips + parse_slips(words_of(source), source.name),
    )
