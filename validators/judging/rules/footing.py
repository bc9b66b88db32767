"""T2-*, T3-*, T4-*: the linear relations between fields, in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ....templates.edition import Edition
from ....templates.form import Field, Instance
from ...finding import Finding, Related, Repair, Severity, Unchecked, number_text
from ...report import Place, Report, Standing

_NUMBERING = re.compile(r"^[（(]?[一二三四五六七八九十\d]+[)）]?[.、．]?")
_WHY = {
    Standing.BLANK: ("是空格", "is blank"),
    Standing.PLACEHOLDER: ("没有填数字", "holds no number"),
    Standing.TEXT: ("是文本", "holds text"),
    Standing.TEXT_NUMBER: ("是文本，不是数字", "holds text, not a number"),
    Standing.FORMULA: ("的公式没有结果", "has a formula without a value"),
    Standing.ERROR: ("是错误值", "shows an error value"),
    Standing.ABSENT: ("没有找到", "was not found"),
}


def finding(
    report: Report, inst: Instance, severity: str, repair: Repair | None, ambiguous: int
) -> Finding:
    """The finding for an instance that does not hold.

    ``ambiguous`` is how many cells could each explain the failure alone (0 when none can).
    """
    edition = report.edition
    rule = edition.rule_by_id[inst.rule]
    left, right = _sum(report, inst.left), _sum(report, inst.right)
    target = report.values[inst.target]
    found, expected = target.number, _expected(report, inst, left, right)
    places = {k: report.values[k].place or Place(edition.fields[k].sheet) for k in inst.fields}
    related = tuple(
        Related(k, places[k]) for k in dict.fromkeys(inst.left + inst.right) if k != inst.target
    )
    heading, terms = names(edition, inst)
    sides = [_side(report, keys, terms) for keys in (inst.left, inst.right)]
    cells = _cells(inst, places)
    diff = number_text(round(abs(left - right), 6))
    if rule.relation == "=":
        zh = f"{heading}：{sides[0]}，{sides[1]}，相差{diff}。"
        en = f"{heading}: {sides[0]}, {sides[1]}, a difference of {diff}."
    elif inst.right:
        zh = f"{heading}：{sides[0]}大于{sides[1]}，多出{diff}。"
        en = f"{heading}: {sides[0]} is above {sides[1]} by {diff}."
    else:
        zh = f"{heading}：{sides[0]}，应为0。"
        en = f"{heading}: {sides[0]} should be 0."
    remedy_zh, remedy_en = _remedy(report, inst, expected, repair, ambiguous)
    return Finding(
        rule=inst.rule,
        severity=Severity(severity),
        message=f"{zh}有关的格：{cells}。{remedy_zh}",
        message_en=f"{en} Cells: {cells}. {remedy_en}",
        basis=rule.basis,
        basis_en=rule.basis_en,
        place=places[inst.target],
        field=inst.target,
        related=related,
        found=found,
        expected=expected,
        repair=repair,
        instance=inst.key,
    )


def unchecked(report: Report, inst: Instance) -> Unchecked:
    """Why the instance could not run: its first field that is not a number, and how many more."""
    bad = [k for k in inst.left + inst.right if report.number(k) is None]
    value, field = report.values[bad[0]], report.edition.fields[bad[0]]
    why_zh, why_en = _WHY[value.standing]
    at = f"（{value.place.cell}）" if value.place and value.place.cell else ""
    more_zh = f"，另有{len(bad) - 1}格也不是数字" if len(bad) > 1 else ""
    more_en = f", and {len(bad) - 1} more" if len(bad) > 1 else ""
    return Unchecked(
        inst.rule,
        inst.target,
        f"{field.sheet} {field.label}{at}{why_zh}{more_zh}",
        f"{field.sheet} {field.label}{at} {why_en}{more_en}",
    )


def names(edition: Edition, inst: Instance) -> tuple[str, dict[str, str]]:
    """What the fields of an instance have in common, and what tells each apart."""
    fields: Sequence[Field] = [edition.fields[k] for k in inst.left + inst.right]
    first = fields[0]
    if len(fields) > 1 and all(f.column is first.column for f in fields):
        return f"{first.sheet} {first.column.short}", {f.key: f.row.short for f in fields}
    if all(f.row is first.row for f in fields):
        if first.row.label:
            title = _NUMBERING.sub("", first.row.label)
            heading = title if title == first.row.short else f"{first.row.short} {title}"
        else:
            heading = "".join(first.column.path[:-1])
        return f"{first.sheet} {heading}", {f.key: f.column.short for f in fields}
    return first.sheet, {f.key: f.label for f in fields}


def _sum(report: Report, keys: Sequence[str]) -> float:
    return sum(report.values[k].number or 0.0 for k in keys)


def _expected(report: Report, inst: Instance, left: float, right: float) -> float | None:
    """What the target would have to be, were every other field right; None if below 0."""
    edition = report.edition
    rule = edition.rule_by_id[inst.rule]
    now = report.values[inst.target].number
    if now is None:
        return None
    step = left - right
    needed = now - step if inst.target in inst.left else now + step
    if rule.relation == "<=" and not inst.right:
        return 0.0
    if needed < 0 and edition.fields[inst.target].kind != "signed":
        return None
    return round(needed, 6)


def _side(report: Report, keys: Sequence[str], terms: dict[str, str]) -> str:
    """``一(18)+二(0)=18``; of a long sum only the terms that are not 0."""
    numbers = [(terms[k], report.values[k].number or 0.0) for k in keys]
    total = number_text(round(sum(n for _, n in numbers), 6))
    shown = numbers if len(numbers) <= 3 else [(t, n) for t, n in numbers if n]
    if not shown:
        return f"各项都是0，合计{total}"
    text = "+".join(f"{t}({number_text(n)})" for t, n in shown)
    return text if len(numbers) == 1 else f"{text}={total}"


def _cells(inst: Instance, places: dict[str, Place]) -> str:
    listed = [places[k].cell for k in dict.fromkeys(inst.left + inst.right)]
    if len(listed) > 8:
        return f"{'、'.join(listed[:3])}……{listed[-1]}（共{len(listed)}格）"
    return "、".join(listed)


def _remedy(
    report: Report, inst: Instance, expected: float | None, repair: Repair | None, ambiguous: int
) -> tuple[str, str]:
    if repair is not None:
        now = number_text(report.values[repair.field].number)
        value = number_text(repair.value)
        label = report.edition.fields[repair.field].label
        cell = repair.place.cell
        return (
            f"最可能是{cell}（{label}）：由{now}改为{value}，{repair.reason}。",
            f"Most likely {cell} ({label}): {value} instead of {now}, {repair.reason_en}.",
        )
    place = report.values[inst.target].place
    cell = place.cell if place else ""
    if report.edition.rule_by_id[inst.rule].relation == "<=":
        return (f"请核对{cell}。", f"Check {cell}.")
    if report.values[inst.target].formula and inst.target in report.edition.totals:
        return (
            f"{cell}由公式算出，改好其他不符的格后会自动相符。",
            f"{cell} is a formula: it will fit when the other cells are right.",
        )
    if expected is None:
        return (
            "请对照台账逐格核对。",
            "Check each of them against the case ledger.",
        )
    value = number_text(expected)
    several = f"有{ambiguous}格都可能是错的，" if ambiguous > 1 else ""
    several_en = f"{ambiguous} cells could each be the wrong one; " if ambiguous > 1 else ""
    return (
        f"{several}请对照台账核对；若其余各格无误，{cell}应为{value}。",
        f"{several_en}check the ledger; if the others are right, {cell} should be {value}.",
    )
