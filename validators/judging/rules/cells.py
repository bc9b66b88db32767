"""CELL-*: how a single value stands in its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ....templates.a1 import Place
from ....templates.edition import Edition
from ....templates.naming import called
from ....templates.words import Words, plain
from ...finding import Finding, Repair
from ...report import Standing, Value

_SHOWN = ("date", "format")  # what may be odd about how a number is shown, and of nothing else
# What is said after the place, by rule and by what is odd or how the value stands ("" for any
# other way).
_WORDS = {
    ("CELL-BLANK", "blank"): Words(
        "是空格，没有参加核对；没有的请填0。",
        " is blank and was not checked: write 0 if there is none.",
    ),
    ("CELL-BLANK", "empty"): Words(
        "的公式算出来是空的文本，不是数字，没有参加核对；没有的请填0。",
        " has a formula whose result is an empty text and was not checked: write 0 if there "
        "is none.",
    ),
    ("CELL-BLANK", "invisible"): Words(
        "看上去是空格，里面有看不见的字符（多半是从网页粘贴来的），没有参加核对；请清空后重填，没有的填0。",
        " looks blank but holds invisible characters and was not checked: clear it and write 0 if "
        "there is none.",
    ),
    ("CELL-BLANK", ""): Words(
        "填的是“{shown}”，没有参加核对；没有的请填0。",
        " holds {shown!r} and was not checked: write 0 if there is none.",
    ),
    ("CELL-TEXT", "text_number"): Words(
        "是文本“{shown}”，不是数字，求和时不计；请改为数字{number}。",
        " holds the text {shown!r}, which sums skip: write the number {number}.",
    ),
    ("CELL-TEXT", "text_number invisible"): Words(
        "是文本“{shown}”，里面还有看不见的字符（多半是从网页粘贴来的），求和时不计；请清空后重新输入{number}。",
        " holds the text {shown!r} with invisible characters in it, which sums skip: clear it and "
        "type {number}.",
    ),
    ("CELL-TEXT", "marks"): Words(
        "填的是“{shown}”，带有注号“{detail}”，不是数字；请只填数字，注释写到正文里。",
        " holds {shown!r} with the footnote mark {detail!r}, not a number: write the number alone, "
        "and the note in the narrative.",
    ),
    ("CELL-TEXT", "hanzi"): Words(
        "填的是“{shown}”，用了汉字“{detail}”，不是数字；请用阿拉伯数字填写，没有的填0。",
        " holds {shown!r}, with {detail!r} in Chinese characters, not a number: write it in "
        "digits, 0 if there is none.",
    ),
    ("CELL-TEXT", "invisible"): Words(
        "填的是“{shown}”，里面还有看不见的字符，不是数字；请清空后重新输入数字，没有的填0。",
        " holds {shown!r} with invisible characters in it, not a number: clear it and type the "
        "number, 0 if there is none.",
    ),
    ("CELL-TEXT", "date"): Words(
        "的数是{number}，但格式是日期，显示成日期{detail}，打印出来不是{number}；"
        "请把单元格格式改为“常规”，不用重填。",
        " is {number}, but its format shows it as a date {detail}: set the cell's format to "
        "General.",
    ),
    ("CELL-TEXT", "format"): Words(
        "的数是{number}，但单元格格式（或条件格式）是“{detail}”，显示和打印出来都不是{number}；"
        "请把单元格格式改为“常规”，删去这样的条件格式，不用重填。",
        " is {number}, but its format {detail!r} shows something else: set the cell's format to "
        "General, and delete such a conditional format.",
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
    ("CELL-ERROR", "follows"): Words(
        "显示错误值{shown}，是{detail}带来的；改好{detail}后它会重新算出来，不要在这里直接填数字。",
        " shows the error {shown}, which comes from {detail}: correct {detail} and type nothing "
        "here.",
    ),
    ("CELL-FORMULA", "follows"): Words(
        "由公式算出，其中{detail}不是数字，所以没有核对；改好{detail}后再核对，不要在这里直接填数字。",
        " is a formula that adds {detail}, which is no number, so it was not checked: correct "
        "{detail} and type nothing here.",
    ),
    ("CELL-FORMULA", "uncomputed"): Words(
        "是公式，存的结果{shown}可能是旧的，没有核对；请在表格软件里重新计算后保存。",
        " is a formula whose stored result {shown} may be old, and was not checked: compute it "
        "again in the spreadsheet application and save.",
    ),
    ("CELL-FORMULA", "formula"): Words(
        "的公式（{shown}）没有结果，无法核对；请用 Excel 或 WPS 打开保存一次，或直接填数字。",
        " has a formula ({shown}) without a stored value: open and save it in Excel or WPS, or "
        "write the number.",
    ),
    ("CELL-FORMULA", "other_sum"): Words(
        "的公式（{formula}）不是模板那样的求和，没有跟着它算，按显示的{shown}核对；"
        "请改为 ={proposed}",
        " has a formula ({formula}) that is not the template's sum; its value {shown} was judged: "
        "make it ={proposed}",
    ),
    ("CELL-FORMULA", "unread_sum"): Words(
        "的公式读不出来，没有跟着它算，按显示的{shown}核对；请改为 ={proposed}",
        " has a formula that cannot be read; its value {shown} was judged: make it ={proposed}",
    ),
    ("CELL-FORMULA", ""): Words(
        "原是自动求和的公式，被改成了数字{number}；数字已照常核对。"
        "请恢复公式，以免改了明细忘改总计。",
        " was a formula and is now the number {number}, which was checked: restore the formula.",
    ),
}


def finding(edition: Edition, rule_id: str, key: str, value: Value) -> Finding:
    """The finding for field ``key`` whose ``value`` breaks ``rule_id``.

    ``rule_id`` is one of CELL-*; where the field stands is in ``value``.
    """
    rule, field = edition.rule_by_id[rule_id], edition.fields[key]
    place = value.place or Place(field.sheet)
    condition = _condition(rule_id, value)
    sentence = _wrong_sum(place, value) if condition == "wrong_sum" else _message(rule_id, value)
    words = sentence.filled(
        shown=value.shown,
        number=plain(value.number),
        detail=value.detail,
        formula=value.sums.added[:60] if value.sums else "",
        proposed=value.sums.proposed if value.sums else "",
    )
    found, expected = _numbers(rule_id, value)
    return Finding.of(
        rule,
        called(field, place) + words,
        severity=rule.severity_for(conditions=(condition,)),
        place=place,
        field=key,
        found=found,
        expected=expected,
        repair=_repair(key, place, value),
    )


def noticed(edition: Edition, values: Mapping[str, Value]) -> Iterator[Finding]:
    """What is odd about numbers: formats that show others, totals that are not their own sums."""
    for key in [k for k, v in values.items() if v.odd in _SHOWN]:
        yield finding(edition, "CELL-TEXT", key, values[key])
    for key in edition.totals:
        value = values[key]
        replaced = value.formula is False or value.sums is not None
        if replaced and value.standing is Standing.NUMBER:
            yield finding(edition, "CELL-FORMULA", key, value)


def _condition(rule_id: str, value: Value) -> str:
    """Under which condition of the rule's severity the value falls."""
    if rule_id == "CELL-FORMULA" and value.standing is Standing.FORMULA:
        return value.odd or "no_value"
    if rule_id == "CELL-FORMULA" and value.sums is not None:
        if not value.sums.wrong:
            return "other_sum" if value.sums.added else "unread_sum"
        return "wrong_sum"
    return value.odd


def _message(rule_id: str, value: Value) -> Words:
    standing = value.standing.value
    keys = (f"{standing} {value.odd}", _condition(rule_id, value) or standing, standing, "")
    return next(w for k in keys if (w := _WORDS.get((rule_id, k))))


def _wrong_sum(place: Place, value: Value) -> Words:
    """``J9的公式只加了D9，漏了E9至I9`` and the formula that is right."""
    sums = value.sums
    assert sums is not None
    zh, en = [], []
    if sums.lacks:
        zh.append(f"只加了{sums.added}，漏了{sums.lacks}" if sums.added else f"漏了{sums.lacks}")
        en.append(f"lacks {sums.lacks}")
    if sums.doubled:
        zh.append(f"把{sums.doubled}加了两次")
        en.append(f"adds {sums.doubled} twice")
    if sums.extra:
        zh.append(f"多加了{sums.extra}")
        en.append(f"adds {sums.extra}, which is no part of it")
    now, now_en = "现在显示{shown}", "It shows {shown}"
    if value.shown.startswith("="):  # no result is stored: it was never computed
        now, now_en = "文件里没有存它的结果", "Its result is not stored"
    return Words(
        f"的公式不对：{place.cell}的公式{'，'.join(zh)}。{now}，各项相加是{{number}}；"
        f"请把公式改为 ={sums.proposed}",
        f" has a wrong formula: it {', '.join(en)}. {now_en}, its parts add up to "
        f"{{number}}: make it ={sums.proposed}",
    )


def _numbers(rule_id: str, value: Value) -> tuple[float | str | None, float | str | None]:
    """What stands there, and what should."""
    if rule_id == "CELL-BLANK":
        return ("" if value.standing is Standing.BLANK else value.shown), 0
    if rule_id == "CELL-TEXT" and value.standing is Standing.NUMBER:
        return (value.detail if value.odd == "date" else "") or value.shown, value.number
    if rule_id == "CELL-TEXT":
        return value.shown, value.number if value.standing is Standing.TEXT_NUMBER else None
    if rule_id == "CELL-ERROR" or value.standing is Standing.FORMULA:
        return value.shown, None
    if value.sums is not None and value.sums.wrong and rule_id == "CELL-FORMULA":
        return _number(value.shown), value.number
    return value.number, None


def _number(shown: str) -> float | str:
    try:
        return float(shown)
    except ValueError:
        return shown


def _repair(key: str, place: Place, value: Value) -> Repair | None:
    """A number that was written as text has a repair of its own."""
    if value.standing is not Standing.TEXT_NUMBER or value.number is None:
        return None
    return Repair(
        key,
        place,
        value.number,
        Words(f"文本“{value.shown}”写成数字", f"the text {value.shown!r} as a number"),
    )
