"""CELL-*: how a single value stands in its cell."""

from __future__ import annotations

from ....templates.edition import Edition
from ....templates.form import Field
from ....templates.words import Words
from ...finding import Finding, Repair, Severity, number_text
from ...report import Place, Standing, Value


def finding(edition: Edition, rule_id: str, key: str, value: Value) -> Finding:
    """The finding for field ``key`` whose ``value`` breaks ``rule_id``."""
    rule = edition.rule_by_id[rule_id]
    field = edition.fields[key]
    place = value.place or Place(field.sheet)
    where = f"{place.sheet} {field.label}（{place.cell}）"
    where_en = f"{place.sheet} {field.label} ({place.cell})"
    zh, en, found, expected = _words(rule_id, field, value)
    severity = Severity(rule.severity)
    if rule_id == "CELL-FORMULA" and value.standing is Standing.FORMULA:
        severity = Severity.ERROR
    repair = None
    if (
        rule_id == "CELL-TEXT"
        and value.standing is Standing.TEXT_NUMBER
        and value.number is not None
    ):
        repair = Repair(
            key, place, value.number,
            f"文本“{value.shown}”写成数字", f"the text {value.shown!r} as a number",
        )  # fmt: skip
    words = Words(f"{where}{zh}", f"{where_en} {en}")
    return Finding.of(
        rule, words, severity=severity, place=place, field=key, found=found, expected=expected,
        repair=repair,
    )  # fmt: skip


def _words(
    rule_id: str, field: Field, value: Value
) -> tuple[str, str, float | str | None, float | str | None]:
    shown = value.shown
    number = number_text(value.number)
    if rule_id == "CELL-BLANK":
        if value.standing is Standing.BLANK:
            return (
                "是空格，没有参加核对；没有的请填0。",
                "is blank and was not checked: write 0 if there is none.",
                "",
                0,
            )
        return (
            f"填的是“{shown}”，没有参加核对；没有的请填0。",
            f"holds {shown!r} and was not checked: write 0 if there is none.",
            shown,
            0,
        )
    if rule_id == "CELL-TEXT":
        if value.standing is Standing.TEXT_NUMBER:
            return (
                f"是文本“{shown}”，不是数字，求和时不计；请改为数字{number}。",
                f"holds the text {shown!r}, which sums skip: write the number {number}.",
                shown,
                value.number,
            )
        return (
            f"填的是“{shown}”，不是数字；请改为数字，没有的填0。",
            f"holds {shown!r}, not a number: write a number, 0 if there is none.",
            shown,
            None,
        )
    if rule_id == "CELL-NEGATIVE":
        return (
            f"是{number}，不能小于0；请核对后改正。",
            f"is {number}, which cannot be below 0: correct it.",
            value.number,
            None,
        )
    if rule_id == "CELL-FRACTION":
        return (
            f"是{number}，件数必须是整数；请核对后改正。",
            f"is {number}, but a count is a whole number: correct it.",
            value.number,
            None,
        )
    if rule_id == "CELL-ERROR":
        return (
            f"显示错误值{shown}，无法核对；请改正公式或直接填数字。",
            f"shows the error {shown}: correct the formula or write the number.",
            shown,
            None,
        )
    if value.standing is Standing.FORMULA:
        return (
            f"的公式（{shown}）没有结果，无法核对；请用 Excel 或 WPS 打开保存一次，或直接填数字。",
            f"has a formula ({shown}) without a stored value: open and save it in Excel or WPS, or "
            "write the number.",
            shown,
            None,
        )
    return (
        f"原是自动求和的公式，被改成了数字{number}；数字已照常核对。请恢复公式，以免改了明细忘改总计。",
        f"was a formula and is now the number {number}, which was checked: restore the formula.",
        value.number,
        None,
    )
