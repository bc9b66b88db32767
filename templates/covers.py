"""The sheets around the tables: 封面, 填报说明, 正文."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .a1 import cell_name
from .edition import Edition
from .formulas import FITS, UNFILLED, check_value
from .layout import Layout
from .styles import Styles

if TYPE_CHECKING:
    import xlsxwriter

COVER_SHEET = "封面"
GUIDE_SHEET = "填报说明"
NARRATIVE_SHEET = "正文"

# Where the cover's inputs stand, and the defined name of each.
_INPUTS = (
    ("unit", "单位名称"),
    ("code", "单位代码"),
    ("year", "报告年度"),
    ("unit_class", "单位类别"),
    ("filler", "填报人"),
    ("phone", "联系电话"),
    ("reviewer", "审核人"),
    ("head", "单位负责人"),
    ("date", "填报日期"),
)
_FIRST = 4
COVER = {key: f"'{COVER_SHEET}'!$B${_FIRST + i + 1}" for i, (key, _) in enumerate(_INPUTS)}
OTHER_CLASSES = ("县级政府", "政府部门", "其他")

# The stamp: what the file says about itself, in cells nobody sees.
STAMPS = ("edition", "year", "code", "fingerprint", "origin")
STAMP_COL = 25
STAMP = {key: (i, STAMP_COL) for i, key in enumerate(STAMPS)}


def write_cover(
    book: xlsxwriter.Workbook,
    styles: Styles,
    layout: Layout,
    given: Mapping[str, str | int | None],
    shown: Mapping[str, float],
    imported: bool,
) -> None:
    """封面: who reports for which year, the people, and one line that counts open differences."""
    edition = layout.edition
    ws = book.add_worksheet(COVER_SHEET)
    ws.hide_gridlines(2)
    ws.set_paper(9)
    ws.set_margins(0.7, 0.7, 1.2, 0.8)
    ws.center_horizontally()
    ws.fit_to_pages(1, 1)
    ws.set_column(0, 0, 22)
    ws.set_column(1, 1, 52)
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
    ws.write_formula(row, 1, _open_formula(layout), styles.cover_input, _open_value(layout, shown))
    ws.write_string(row + 1, 0, "每条勾稽关系的结果在各表的右侧和下方（不打印）。", styles.hint)
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
        place = cell_name(stamp_row, col).rstrip("0123456789")
        book.define_name(f"gouji_stamp_{key}", f"='{COVER_SHEET}'!${place}${stamp_row + 1}")
    ws.print_area(0, 0, row + 1, 1)
    ws.protect("")


def _cover_rules(ws: Any, edition: Edition) -> None:
    at = {key: _FIRST + i for i, (key, _) in enumerate(_INPUTS)}
    last = edition.to_year or 2099
    note = f"本格式用于{edition.from_year}年度" + (
        f"至{last}年度。" if edition.to_year else "起的报告。"
    )
    ws.data_validation(at["year"], 1, at["year"], 1, {
        "validate": "integer", "criteria": "between", "minimum": edition.from_year,
        "maximum": last, "input_title": "报告年度", "input_message": f"四位年份。{note}",
        "error_title": "年度不对", "error_message": note,
    })  # fmt: skip
    declared = [d for c in edition.unit_classes for d in c.declared] + list(OTHER_CLASSES)
    ws.data_validation(at["unit_class"], 1, at["unit_class"], 1, {
        "validate": "list", "source": declared, "error_type": "information",
        "input_title": "单位类别", "input_message": "从列表里选；用来判断是否应当填报规章。",
    })  # fmt: skip


def _open_formula(layout: Layout) -> str:
    """A sentence that counts the live verdicts that are neither √ nor 未填全."""
    wrong, unfilled, fits = [], [], []
    for sheet in layout.sheets:
        places = sheet.checks.values()
        if not places:
            continue
        rows = {r for r, _ in places if r > sheet.last_row}
        cols = {c for r, c in places if r <= sheet.last_row}
        areas = [
            (min(rows), sheet.label_cols, max(rows), sheet.last_col) if rows else None,
            (0, min(cols), sheet.last_row, max(cols)) if cols else None,
        ]
        for area in areas:
            if area is None:
                continue
            top, left, bottom, right = area
            span = f"'{sheet.table.sheet}'!{cell_name(top, left)}:{cell_name(bottom, right)}"
            wrong.append(f"COUNT({span})")
            unfilled.append(f'COUNTIF({span},"{UNFILLED}")')
            fits.append(f'COUNTIF({span},"{FITS}")')
    if not wrong:
        return '""'
    bad, open_, good = "+".join(wrong), "+".join(unfilled), "+".join(fits)
    return (
        f'IF({bad}>0,"有"&({bad})&"处不符，见各表右侧和下方标红处",'
        f'IF({open_}>0,"还有"&({open_})&"处未填全",({good})&"条勾稽关系全部相符"))'
    )


def _open_value(layout: Layout, shown: Mapping[str, float]) -> str:
    """What the sentence of ``_open_formula`` says for the values ``shown``."""
    edition = layout.edition
    verdicts = [
        check_value(inst, edition.rule_by_id[inst.rule].relation, shown)
        for inst in edition.instances
        if (inst.rule, inst.key) in layout.checks
    ]
    wrong = sum(isinstance(v, float) for v in verdicts)
    if wrong:
        return f"有{wrong}处不符，见各表右侧和下方标红处"
    if unfilled := verdicts.count(UNFILLED):
        return f"还有{unfilled}处未填全"
    return f"{verdicts.count(FITS)}条勾稽关系全部相符"


def write_guide(book: xlsxwriter.Workbook, styles: Styles, edition: Edition) -> None:
    """填报说明: how to fill the form, and every rule in its own words."""
    ws = book.add_worksheet(GUIDE_SHEET)
    ws.hide_gridlines(2)
    ws.set_paper(9)
    ws.fit_to_pages(1, 0)
    ws.set_column(0, 0, 16)
    ws.set_column(1, 1, 84)
    ws.merge_range(0, 0, 0, 1, "填报说明", styles.title)
    lines: list[tuple[str, str]] = [
        ("格式", f"{edition.notice}所附格式。"),
        ("填什么", "先填《封面》的单位名称和报告年度，再填各表白色的格，最后写《正文》。"),
        ("没有的", "填0。不要留空，不要填“/”“-”“无”：空格不会当作0核对。"),
        ("数字", "只填数字，不带“件”“条”等单位；金额的单位是万元，可以有小数。"),
        ("总计", "灰色的总计格自动计算，不用填，也不要改成数字。"),
        ("核对", "表的右侧和下方随填随核：√ 表示相符，红色数字是左边减右边的差。"),
        ("保护", "工作表有保护、没有密码，只为防止误改；需要时可以取消保护。"),
    ]
    row = 2
    for head, text in lines:
        ws.write_string(row, 0, head, styles.label)
        ws.write_string(row, 1, text, styles.text)
        row += 1
    ws.write_string(row + 1, 0, "核对的规则", styles.heading)
    row += 2
    words = {"error": "错误，必须改", "warning": "提示核实", "note": "提示"}
    for rule in edition.rules:
        ws.write_string(row, 0, rule.id, styles.label)
        ws.write_string(row, 1, f"{rule.words}（{words[rule.severity]}）", styles.text)
        ws.set_row(row, 30 if len(rule.words) > 38 else 16)
        row += 1
    ws.protect("")


def write_narrative(
    book: xlsxwriter.Workbook, styles: Styles, edition: Edition, narrative: Mapping[str, str]
) -> None:
    """正文: the six sections, one text cell each."""
    ws = book.add_worksheet(NARRATIVE_SHEET)
    ws.hide_gridlines(2)
    ws.set_paper(9)
    ws.fit_to_pages(1, 0)
    ws.set_column(0, 0, 96)
    ws.write_string(0, 0, edition.title, styles.title)
    row = 2
    for number, section in enumerate(edition.sections, 1):
        ws.write_string(row, 0, section.title, styles.heading)
        ws.write_string(row + 1, 0, section.prompt, styles.hint)
        text = narrative.get(section.title, "")
        ws.set_row(row + 2, min(400, max(20 if section.table else 120, 16 * (len(text) // 45 + 2))))
        if text:
            ws.write_string(row + 2, 0, text[:32767], styles.text_input)
        else:
            ws.write_blank(row + 2, 0, None, styles.text_input)
        book.define_name(f"gouji_section_{number}", f"='{NARRATIVE_SHEET}'!$A${row + 3}")
        row += 4
    ws.protect("", {"format_rows": True})


EXPLANATIONS = "审核说明"
CASES, DOCUMENTS = "申请台账", "文件台账"
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
