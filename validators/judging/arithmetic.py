"""The arithmetic of a relation that does not hold, in one line for a person."""

from __future__ import annotations

from collections.abc import Sequence

from ...templates.form import split
from ...templates.naming import addressed, short_name, span
from ...templates.words import NOTHING, Words, plain
from .rules.failed import SOURCE_WORDS, Failed, place_of, source_name

_FEW = 3  # terms that are named one by one


def sum_of(failed: Failed) -> Words:
    """Both sides added up: D9至D29相加19，（七）总计18.

    More than three terms of a side are a range of cells.
    """
    sides = [side for side in sides_of(failed) if side]
    if len(failed.inst.left) == 1 and len(failed.inst.right) > 1:  # the parts, then their total
        sides.reverse()
    return Words("，".join(s.zh for s in sides), ", ".join(s.en for s in sides))


def sides_of(failed: Failed) -> tuple[Words, Words]:
    """Each side added up; nothing for one without terms."""
    inst, found = failed.inst, failed.outcome
    left = _side(failed, inst.left, found.left) if inst.left else NOTHING
    return left, _side(failed, inst.right, found.right) if inst.right else NOTHING


def _side(failed: Failed, terms: Sequence[str], total: float) -> Words:
    fields, shown = failed.edition.fields, plain(total)
    if len(terms) > _FEW and all(t in fields for t in terms):
        cells = span([place_of(failed.report, t) for t in terms])
        return Words(f"{cells.zh}相加{shown}", f"{cells.en} add up to {shown}")
    named = [(_name(failed, t), plain(failed.number(t))) for t in terms[:_FEW]]
    zh = "＋".join(f"{name.zh}{number}" for name, number in named)
    en = " + ".join(f"{name.en} {number}" for name, number in named)
    more = ("＋…", " + …") if len(terms) > _FEW else ("", "")
    if len(terms) == 1:
        return Words(zh, en)
    return Words(f"{zh}{more[0]}＝{shown}", f"{en}{more[1]} = {shown}")


def _name(failed: Failed, quantity: str) -> Words:
    source, key = split(quantity)
    field = failed.edition.fields.get(key)
    if source or field is None:
        claim = failed.edition.claims.get(key)
        name = short_name(field) if field is not None else claim.name if claim else key
        where = SOURCE_WORDS.get(source) or Words(source_name(failed.edition, source), source)
        return Words(f"{where.zh}{name}", f"{where.en} {name}")
    keys = [q for q in failed.inst.left + failed.inst.right if q in failed.edition.fields]
    fields = [failed.edition.fields[q] for q in keys]
    columns = {f.column.label for f in fields}
    if 1 < len(fields) == len(columns) and all(f.row is field.row for f in fields):
        return addressed(field.column.label, None)
    name = short_name(field)
    if all(f.column is field.column for f in fields):
        return addressed(name, None)
    return addressed(name, failed.report.values[key].place)
