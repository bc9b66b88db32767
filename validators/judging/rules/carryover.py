"""Y-*: a report and last year's, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ....templates.edition import Edition
from ...finding import Finding, Severity, Unchecked, number_text
from ...report import Place, Prior, Report

IN, OUT = "t3.carried_in.", "t3.carried_out."


@dataclass(frozen=True)
class Carry:
    """One relation across two years: ``target`` = last year's ``before`` + ``plus`` − ``minus``."""

    rule: str
    target: str
    before: str
    plus: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()


def relations(edition: Edition, last: Edition) -> list[Carry]:
    """Every relation whose fields both editions have."""
    found = [
        Carry("Y-CARRY", key, OUT + key.removeprefix(IN))
        for key in edition.fields
        if key.startswith(IN)
    ]
    for key in edition.fields:
        stem, _, column = key.rpartition(".")
        if column == "in_force" and key in last.fields:
            found.append(Carry("Y-IN-FORCE", key, key, (f"{stem}.issued",), (f"{stem}.repealed",)))
    return [c for c in found if c.before in last.fields]


def sides(report: Report, prior: Report, carry: Carry) -> tuple[float | None, float | None]:
    """What stands there, and what it should be; None where a number is missing."""
    parts = [report.number(k) for k in (*carry.plus, *carry.minus)]
    before = prior.number(carry.before)
    if before is None or any(p is None for p in parts):
        return report.number(carry.target), None
    signs = [1] * len(carry.plus) + [-1] * len(carry.minus)
    moved = sum(s * (p or 0.0) for s, p in zip(signs, parts, strict=True))
    return report.number(carry.target), round(before + moved, 6)


def finding(report: Report, prior: Prior, carry: Carry, left: float, right: float) -> Finding:
    """The finding for a relation that does not hold."""
    edition = report.edition
    rule, field = edition.rule_by_id[carry.rule], edition.fields[carry.target]
    place = report.values[carry.target].place or Place(field.sheet)
    year = f"{prior.report.year}年度" if prior.report.year else "上年"
    now, due = number_text(left), number_text(right)
    gap = number_text(round(abs(left - right), 6))
    before = prior.report.edition.fields[carry.before].label
    severity = Severity(rule.severity)
    if carry.rule == "Y-CARRY":
        how = f"{year}报告的{before}是{due}"
        how_en = f"{before} was {due} in last year's report"
        severity = Severity.WARNING if prior.renamed else severity
        tail = "单位合并、更名的请说明。" if prior.renamed else ""
    else:
        was = number_text(prior.report.number(carry.before))
        issued = number_text(report.number(carry.plus[0]))
        repealed = number_text(report.number(carry.minus[0]))
        how = f"{year}现行有效{was}+本年制发{issued}-本年废止{repealed}={due}"
        how_en = f"{was} last year + {issued} issued - {repealed} repealed = {due}"
        tail = "修订、到期失效、机构改革造成的请说明。"
    return Finding(
        rule=carry.rule,
        severity=severity,
        message=f"{field.sheet} {field.label}（{place.cell}）是{now}，{how}，相差{gap}。"
        f"请对照上年报告核对；若上年无误，{place.cell}应为{due}。{tail}",
        message_en=f"{field.sheet} {field.label} ({place.cell}) is {now}, but {how_en}, a "
        f"difference of {gap}. If last year's report is right, {place.cell} should be {due}.",
        basis=rule.basis,
        basis_en=rule.basis_en,
        place=place,
        field=carry.target,
        found=left,
        expected=right,
        instance=carry.target,
    )


def unchecked(report: Report, carry: Carry) -> Unchecked:
    """A relation of which a number is missing, this year or last."""
    label = report.edition.fields[carry.target].label
    return Unchecked(
        carry.rule, carry.target, f"{label}：本年或上年没有可用的数字",
        f"{label}: a number is missing this year or last",
    )  # fmt: skip


def without(report: Report) -> Unchecked:
    """No report of last year was found for the unit."""
    return Unchecked(
        "Y-CARRY", "", f"没有找到“{report.unit}”上年的报告",
        f"no report of last year was found for {report.unit}",
    )  # fmt: skip


def jumps(report: Report, prior: Prior) -> Iterator[Finding]:
    """Y-JUMP: totals far from last year's."""
    edition, rule = report.edition, report.edition.rule_by_id["Y-JUMP"]
    keys = [k for k, f in edition.fields.items() if f.table == "t2"]
    keys += ["t3.new.total", "t4.review.total", "t4.direct.total", "t4.after_review.total"]
    for key in keys:
        if key not in prior.report.edition.fields or key not in edition.fields:
            continue
        now, was = report.number(key), prior.report.number(key)
        if now is None or was is None or abs(now - was) < 20:
            continue
        if min(now, was) * 5 > max(now, was):
            continue
        field = edition.fields[key]
        place = report.values[key].place or Place(field.sheet)
        shown, before = number_text(now), number_text(was)
        yield Finding(
            rule="Y-JUMP",
            severity=Severity(rule.severity),
            message=f"{field.sheet} {field.label}（{place.cell}）是{shown}，上年是{before}，"
            "相差很大。请再核对一次，属实的不用改。",
            message_en=f"{field.sheet} {field.label} ({place.cell}) is {shown}, last year "
            f"{before}: look again, keep it if it is so.",
            basis=rule.basis,
            basis_en=rule.basis_en,
            place=place,
            field=key,
            found=now,
            expected=None,
        )
