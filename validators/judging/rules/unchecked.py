"""Why a relation could not run, in words: never silence."""

from __future__ import annotations

from collections.abc import Mapping

from ....templates.form import Instance, split
from ....templates.naming import called, name_of
from ....templates.words import Words
from ...finding import Unchecked
from ...report import ABSENT, Report, Standing
from ..sources import Counted, LastYear, Source
from .failed import number_of, source_name

_WHY = {
    Standing.BLANK: Words("是空格", "is blank"),
    Standing.PLACEHOLDER: Words("没有填数字", "holds no number"),
    Standing.TEXT: Words("是文本", "holds text"),
    Standing.TEXT_NUMBER: Words("是文本，不是数字", "holds text, not a number"),
    Standing.FORMULA: Words("的公式没有结果", "has a formula without a value"),
    Standing.ERROR: Words("是错误值", "shows an error value"),
    Standing.ABSENT: Words("没有找到", "was not found"),
}
_OLD = Words("是公式，没有重新计算", "is a formula that was not computed again")


def unchecked(
    report: Report, inst: Instance, sources: Mapping[str, Source], reading: int = 0
) -> Unchecked:
    """Its first term that has no number, and how many more.

    ``sources`` are those that were asked for, ``reading`` which of several that one has.
    """
    bad = [q for q in inst.left + inst.right if number_of(report, sources, q, reading) is None]
    source, key = split(bad[0])
    words = _beyond(sources, source, key, report) if source else _own(report, key)
    if len(bad) > 1:
        words += Words(f"，另有{len(bad) - 1}格也不是数字", f", and {len(bad) - 1} more")
    return Unchecked(inst.rule, inst.target, words)


def _own(report: Report, key: str) -> Words:
    field, value = report.edition.fields[key], report.values.get(key, ABSENT)
    why = _OLD if value.odd == "uncomputed" else _WHY[value.standing]
    where = called(field, value.place)
    return Words(f"{where.zh}{why.zh}", f"{where.en} {why.en}")


def _beyond(sources: Mapping[str, Source], source: str, key: str, report: Report) -> Words:
    given = sources[source]
    form = given.edition if isinstance(given, LastYear) and given.edition else report.edition
    if source == "change":
        name = report.edition.subjects[key].name
        return Words(
            f"正文说{name}与上年相比的百分比，但上年的数是0或没有",
            f"the narrative compares {name} with last year, whose number is 0 or missing",
        )
    if isinstance(given, Counted) and given.why(key):
        why = given.why(key)
        return Words(f"《{given.sheet}》{why.zh}", f"the ledger {given.sheet}: {why.en}")
    name = source_name(report.edition, source)
    if key in form.fields:
        cell = called(form.fields[key], None)
        return Words(f"{name}的{cell.zh}没有可用的数字", f"{source}: {cell.en} has no number")
    own = report.edition.fields.get(key)
    label = name_of(own) if own else key
    if source in report.edition.ledgers:
        return Words(f"{name}没有“{label}”这个计数", f"{source} counts no {label}")
    return Words(
        f"{name}报告（{form.id}格式）没有“{label}”这一格",
        f"{source}: the form of edition {form.id} has no {label}",
    )
