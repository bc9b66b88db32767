"""Y-*: a report and last year's, in words."""

from __future__ import annotations

from collections.abc import Iterator

from ....templates.form import split
from ....templates.naming import addressed, short_name
from ....templates.words import Words, plain
from ...finding import Finding
from ...report import Report
from ..arithmetic import sum_of
from ..sources import LastYear
from .failed import Failed


def finding(failed: Failed) -> Finding:
    """The finding for a relation with numbers of last year's report that does not hold."""
    return _far(failed) if failed.rule.relation == "~" else _unequal(failed)


def _unequal(failed: Failed) -> Finding:
    word = {"=": "相差", "<=": "多出"}[failed.rule.relation]
    words = Words(
        "{where}是{now}，{how}，{word}{gap}。",
        "{where} is {now}, but {how}, a difference of {gap}. ",
    ).filled(
        word=word,
        where=failed.where,
        how=_sum(failed),
        now=failed.target.number or 0.0,
        gap=abs(failed.outcome.residual),
    )
    return failed.finding(
        words + _advice(failed),
        expected=failed.due,
        sum=_years(failed),
        gap=failed.outcome.residual,
        title=_title(failed),
    )


def _title(failed: Failed) -> Words:
    """上年结转（D8）是3，上年报告的结转下年度是5."""
    fields, target = failed.edition.fields, failed.inst.target
    own = addressed(short_name(fields[target]), failed.place)
    terms = [q for q in failed.inst.left + failed.inst.right if q != target]
    key = split(terms[0])[1]
    now, due = plain(failed.target.number or 0.0), plain(failed.needed)
    if len(terms) == 1 and key in fields:
        before = short_name(fields[key])
        return Words(
            f"{own.zh}是{now}，上年报告的{before}是{due}",
            f"{own.en} is {now}, {before} of last year's report is {due}",
        )
    return Words(
        f"{own.zh}是{now}，照上年推算是{due}", f"{own.en} is {now}, last year's numbers give {due}"
    )


def _years(failed: Failed) -> Words:
    """2025：3；2024：5, or the whole sum where it has more terms."""
    year = failed.report.year
    if year is None or len(failed.inst.left) + len(failed.inst.right) > 2:
        return _sum(failed)
    now, was = plain(failed.target.number or 0.0), plain(failed.needed)
    return Words(f"{year}：{now}；{year - 1}：{was}", f"{year}: {now}; {year - 1}: {was}")


def _sum(failed: Failed) -> Words:
    """What the target should be, as the sum it is: last year's numbers first, then this year's."""
    inst, last = failed.inst, failed.sources["prior"]
    year = f"{last.year}年度" if isinstance(last, LastYear) and last.year else "上年"
    onto = inst.right if inst.target in inst.left else inst.left
    off = list(inst.left if inst.target in inst.left else inst.right)
    off.remove(inst.target)
    if len(onto) == 1 and not off:
        due, key = plain(failed.number(onto[0])), split(onto[0])[1]
        before = last.edition if isinstance(last, LastYear) and last.edition else failed.edition
        name = short_name(before.fields[key]) if key in before.fields else key
        return Words(f"{year}报告的{name}是{due}", f"{name} was {due} in last year's report")
    zh, en = "", []
    for sign, terms in (("+", onto), ("-", off)):
        for term in terms:
            source, key = split(term)
            number, form = plain(failed.number(term)), failed.edition.fields
            short = form[key].column.short if key in form else key
            mark = sign if zh or sign == "-" else ""
            zh += f"{mark}{year if source else '本年'}{short}{number}"
            en += [mark, str(number), "last year" if source else key.rpartition(".")[2]]
    due = plain(failed.needed)
    return Words(f"{zh}={due}", f"{' '.join(e for e in en if e)} = {due}")


def _advice(failed: Failed) -> Words:
    last = failed.sources["prior"]
    given = dict(failed.rule.advice_if)
    conditions = last.conditions if isinstance(last, LastYear) else ()
    return failed.rule.advice + Words("".join(given.get(c, "") for c in conditions))


def _far(failed: Failed) -> Finding:
    """Y-JUMP: a number far from last year's."""
    words = Words(
        "{where}是{now}，上年是{was}，相差很大。请再核对一次，属实的不用改。",
        "{where} is {now}, last year {was}: look again, keep it if it is so.",
    ).filled(where=failed.where, now=failed.outcome.left, was=failed.outcome.right)
    return failed.finding(
        words, found=failed.outcome.left, sum=sum_of(failed), gap=failed.outcome.residual
    )


def without(report: Report, why: Words | None) -> Iterator[tuple[str, Words]]:
    """The rule that could not run, and why: no report of last year was found for the unit."""
    rule = next((i.rule for i in report.edition.relations if "prior" in i.sources), "")
    if rule:
        none = Words(
            f"没有找到“{report.unit}”上年的报告",
            f"no report of last year was found for {report.unit}",
        )
        yield rule, why or none
