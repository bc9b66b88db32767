"""The sheets around the tables: 封面, 填报说明, 审核说明."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .a1 import absolute
from .classes import NO_CLASS, class_formula, trimmed, trimmed_value
from .edition import Edition
from .layout import Layout
from .live import CLASS_NAME, summary_formula, summary_value
from .styles import Styles, new_sheet
from .words import COVER as COVER_SHEET
from .words import EXPLANATIONS, NARRATIVE
from .words import GUIDE as GUIDE_SHEET

if TYPE_CHECKING:
    import xlsxwriter

BESIDE = (COVER_SHEET, GUIDE_SHEET, NARRATIVE)

# Where the cover's inputs stand, and the defined name of each.
_INPUTS = (
    *(("unit", "单位名称"), ("code", "单位代码"), ("year", "报告年度"), ("unit_class", "单位类别")),
    *(("filler", "填报人"), ("phone", "联系电话"), ("reviewer", "审核人"), ("head", "单位负责人")),
    ("date", "填报日期"),
)
_ASKED = ("unit", "year", "unit_class")  # what the checks need to know
_FIRST = 4
COVER = {key: f"'{COVER_SHEET}'!$B${_FIRST + i + 1}" for i, (key, _) in enumerate(_INPUTS)}
OTHER_CLASSES = ("县级政府", "政府部门", "其他")

# The stamp: what the file says about itself, in cells nobody sees.
STAMPS = ("edition", "year", "code", "fingerprint", "origin")
STAMP_COL = 25
STAMP = {key: (i, STAMP_COL) for i, key in enumerate(STAMPS)}
PACKS = "gouji_stamp_packs"  # the rule packs it was made with, where there were any
# Below it: the unit's class, which the live checks ask, and the two texts it is told from.
_CLASS_ROW = len(STAMPS)
CLASS_CELL, _NAME_CELL, _DECLARED_CELL = (
    f"'{COVER_SHEET}'!{absolute(_CLASS_ROW + i, STAMP_COL)}" for i in range(3)
)


def write_cover(
    book: xlsxwriter.Workbook,
    styles: Styles,
    layout: Layout,
    given: Mapping[str, str | int | None],
    shown: Mapping[str, float],
    imported: bool,
) -> None:
    """封面: who reports for which year, the people, and one line that counts open differences.

    ``given`` are unit, code, year and class, ``shown`` the numbers by field, totals among them;
    ``imported``: the totals are numbers as published.
    """
    edition = layout.edition
    ws = new_sheet(book, COVER_SHEET, (22, 52), pages_high=1)
    ws.set_margins(0.7, 0.7, 1.2, 0.8)
    ws.center_horizontally()
    ws.set_column(STAMP_COL, STAMP_COL, None, None, {"hidden": True})
    ws.merge_range(0, 0, 0, 1, edition.title, styles.title)
    ws.merge_range(1, 0, 1, 1, f"（格式：{edition.notice}）", styles.check_head)
    ws.set_row(0, 40)
    for i, (key, label) in enumerate(_INPUTS):
        row = _FIRST + i
        ws.set_row(row, 26)
        ws.write_string(row, 0, label, styles.cover_label)
        value = given.get(key)
        style = styles.cover_year if key == "year" else styles.cover_input
        if isinstance(value, int):
            ws.write_number(row, 1, value, style)
        elif value:
            ws.write_string(row, 1, value, style)
        else:
            ws.write_blank(row, 1, None, style)
        book.define_name(f"gouji_{key}", f"={COVER[key]}")
    _cover_rules(ws, edition)
    row = _FIRST + len(_INPUTS) + 1
    ws.write_string(row, 0, "勾稽核对", styles.cover_label)
    known = _write_class(ws, styles, edition, given)
    book.define_name(CLASS_NAME, f"={CLASS_CELL}")
    formula, now = summary_formula(layout, CLASS_CELL), summary_value(layout, shown, known)
    ws.write_formula(row, 1, formula, styles.cover_input, now)
    ws.write_string(row + 1, 0, "每条关系的结果在各表的上方和旁边。", styles.hint)
    _write_stamp(book, ws, styles=styles, layout=layout, given=given, imported=imported)
    ws.print_area(0, 0, _FIRST + len(_INPUTS) - 1, 1)  # the form's own part alone
    # It opens on the first thing to say, and nothing else can be typed in.
    asked = [i for i, (key, _) in enumerate(_INPUTS) if key in _ASKED and not given.get(key)]
    at = _FIRST + min(asked, default=0)
    ws.set_selection(at, 1, at, 1)
    ws.protect("")


def _write_stamp(
    book: xlsxwriter.Workbook,
    ws: Any,
    styles: Styles,
    layout: Layout,
    given: Mapping[str, str | int | None],
    imported: bool,
) -> None:
    """What the file says about itself; the rule packs it was made with only where there are any."""
    edition = layout.edition
    stamp = {
        "edition": edition.id,
        "year": given.get("year"),
        "code": given.get("code"),
        "fingerprint": layout.fingerprint,
        "origin": "import" if imported else "",
    }
    for key, (stamp_row, col) in STAMP.items():
        stamped = stamp[key]
        if stamped not in (None, ""):
            ws.write_string(stamp_row, col, str(stamped), styles.stamp)
        book.define_name(f"gouji_stamp_{key}", f"='{COVER_SHEET}'!{absolute(stamp_row, col)}")
    if edition.packs:
        ws.write_string(_CLASS_ROW + 3, STAMP_COL, "、".join(edition.packs), styles.stamp)
        book.define_name(PACKS, f"='{COVER_SHEET}'!{absolute(_CLASS_ROW + 3, STAMP_COL)}")


def _write_class(
    ws: Any, styles: Styles, edition: Edition, given: Mapping[str, str | int | None]
) -> str:
    """The class of the unit as a hidden formula; returns what it is now."""
    unit, declared = (str(given.get(k) or "").strip() for k in ("unit", "unit_class"))
    known = edition.class_of(unit, declared)
    formulas = (
        (class_formula(edition, _NAME_CELL, _DECLARED_CELL), known or NO_CLASS),
        (trimmed(COVER["unit"]), trimmed_value(unit)),
        (trimmed(COVER["unit_class"]), trimmed_value(declared)),
    )
    for row, (formula, value) in enumerate(formulas, _CLASS_ROW):
        ws.write_formula(row, STAMP_COL, formula, styles.stamp, value)
    return known


def _cover_rules(ws: Any, edition: Edition) -> None:
    at = {key: _FIRST + i for i, (key, _) in enumerate(_INPUTS)}
    last = edition.to_year or 2099
    until = f"至{last}年度。" if edition.to_year else "起的报告。"
    note = f"本格式用于{edition.from_year}年度{until}"
    years = {"criteria": "between", "minimum": edition.from_year, "maximum": last}
    asked = {"input_title": "报告年度", "input_message": f"四位年份。{note}"}
    wrong = {"error_title": "年度不对", "error_message": note}
    rule = {"validate": "integer", **years, **asked, **wrong}
    ws.data_validation(at["year"], 1, at["year"], 1, rule)
    declared = [d for c in edition.unit_classes for d in c.declared] + list(OTHER_CLASSES)
    listed = {"validate": "list", "source": declared, "error_type": "information"}
    asked = {"input_title": "单位类别", "input_message": "从列表里选；用来判断是否应当填报规章。"}
    ws.data_validation(at["unit_class"], 1, at["unit_class"], 1, listed | asked)


def write_guide(book: xlsxwriter.Workbook, styles: Styles, edition: Edition) -> None:
    """填报说明: how to fill the form, eight lines in a clerk's words."""
    ws = new_sheet(book, GUIDE_SHEET, (16, 84))
    ws.set_row(0, 30)
    ws.merge_range(0, 0, 0, 1, GUIDE_SHEET, styles.title)
    for row, (head, text) in enumerate((*_GUIDE, ("格式", f"{edition.notice}所附格式。")), 2):
        ws.set_row(row, 26)
        ws.write_string(row, 0, head, styles.cover_label)
        ws.write_string(row, 1, text, styles.text)
    ws.protect("")


_GUIDE = (
    ("先填什么", "先填《封面》的单位名称、报告年度和单位类别，再填各表白色的格，最后写《正文》。"),
    ("没有的", "填0。不要留空，不要填“/”“-”“无”：空格不会当作0核对。"),
    ("数字", "只填数字，不带“件”“条”等单位；金额的单位是万元，可以有小数。"),
    ("总计", "灰色的总计格自动计算，不用填，也不要改成数字。"),
    ("核对", "表的上方和旁边随填随核：√ 相符；红色的必须改；黄色的请核实；— 不用核对。"),
    ("填完以后", "按“校验”，照《校验结果》一件一件改；属实不用改的，在“说明”一栏写明原因。"),
    ("保护", "工作表有保护、没有密码，只为防止误改；需要时可以取消保护。"),
)


EXPLAIN_HEADS = ("工作表", "格", "当时的数", "说明")


def write_explanations(book: xlsxwriter.Workbook, styles: Styles) -> None:
    """审核说明: what a unit says to a warning, bound to the number that it explains."""
    ws = book.add_worksheet(EXPLANATIONS)
    ws.hide_gridlines(2)
    for column, (head, width) in enumerate(zip(EXPLAIN_HEADS, (12, 10, 14, 70), strict=True)):
        ws.set_column(column, column, width)
        ws.write_string(0, column, head, styles.head)
        for row in range(1, 31):
            ws.write_blank(row, column, None, styles.cover_input)
    hint = "警告属实、不用改的，在这里写明：哪张表、哪一格、格里的数、为什么。数改了，说明就失效。"
    ws.write_string(32, 0, hint + "错误不能用说明代替改正。", styles.hint)
