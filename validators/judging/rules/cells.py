"""CELL-*: how a single value stands in its cell."""

from __future__ import annotations

from ....templates.edition import Edition
from ....templates.words import Words, plain
from ...finding import Finding, Repair, Severity
from ...report import Place, Standing, Value

# What is said after the place, by rule and by how the value stands ("" for any other way).
_WORDS = {
    ("CELL-BLANK", "blank"): Words(
        "是空格，没有参加核对；没有的请填0。",
        " is blank and was not checked: write 0 if there is none.",
    ),
    ("CELL-BLANK", ""): Words(
        "填的是“{shown}”，没有参加核对；没有的请填0。",
        " holds {shown!r} and was not checked: write 0 if there is none.",
    ),
    ("CELL-TEXT", "text_number"): Words(
        "是文本“{shown}”，不是数字，求和时不计；请改为数字{number}。",
        " holds the text {shown!r}, which sums skip: write the number {number}.",
    ),
    ("CELL-TEXT", ""): Words(
        "填的是“{shown}”，不是数字；请改为数字，没有的填0。",
        " holds {shown!r}, not a number: write a number, 0 if there is none.",
    ),
    ("CELL-NEGATIVE", ""): Words(
        "是{number}，不能小于0；请核对后改正。",
        " is {number}, which cannot be below 0: correct it.",
    ),
    ("CELL-FRACTION", ""): Words(
        "是{number}，件数必须是整数；请核对后改正。",
        " is {number}, but a count is a whole number: correct it.",
    ),
    ("CELL-ERROR", ""): Words(
        "显示错误值{shown}，无法核对；请改正公式或直接填数字。",
        " shows the error {shown}: correct the formula or write the number.",
    ),
    ("CELL-FORMULA", "formula"): Words(
        "的公式（{shown}）没有结果，无法核对；请用 Excel 或 WPS 打开保存一次，或直接填数字。",
        " has a formula ({shown}) without a stored value: open and save it in Excel or WPS, or "
        "write the number.",
    ),
    ("CELL-FORMULA", ""): Words(
        "原是自动求和的公式，被改成了数字{number}；数字已照常核对。"
        "请恢复公式，以免改了明细忘改总计。",
        " was a formula and is now the number {number}, which was checked: restore the formula.",
    ),
}


def finding(edition: Edition, rule_id: str, key: str, value: Value) -> Finding:
    """The finding for field ``key`` whose ``value`` breaks ``rule_id``."""
    rule, field = edition.rule_by_id[rule_id], edition.fields[key]
    place = value.place or Place(field.sheet)
    where = Words(
        f"{place.sheet} {field.label}（{place.cell}）",
        f"{place.sheet} {field.label} ({place.cell})",
    )
    said = _WORDS.get((rule_id, value.standing.value)) or _WORDS[rule_id, ""]
    told = said.filled(shown=value.shown, number=plain(value.number))
    severity = Severity(rule.severity)
    if rule_id == "CELL-FORMULA" and value.standing is Standing.FORMULA:
        severity = Severity.ERROR
    found, expected = _numbers(rule_id, value)
    return Finding.of(
        rule, where + told, severity=severity, place=place, field=key, found=found,
        expected=expected, repair=_repair(rule_id, key, place, value),
    )  # fmt: skip


def _numbers(rule_id: str, value: Value) -> tuple[float | str | None, float | str | None]:
    """What stands there, and what should."""
    if rule_id == "CELL-BLANK":
        return ("" if value.standing is Standing.BLANK else value.shown), 0
    if rule_id == "CELL-TEXT":
        return value.shown, value.number if value.standing is Standing.TEXT_NUMBER else None
    if rule_id == "CELL-ERROR" or value.standing is Standing.FORMULA:
        return value.shown, None
    return value.number, None


def _repair(rule_id: str, key: str, place: Place, value: Value) -> Repair | None:
    """A number that was written as text has a repair of its own."""
    readable = rule_id == "CELL-TEXT" and value.standing is Standing.TEXT_NUMBER
    if not readable or value.number is None:
        return None
    return Repair(
        key, place, value.number,
        f"文本“{value.shown}”写成数字", f"the text {value.shown!r} as a number",
    )  # fmt: skip
