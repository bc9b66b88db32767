"""More of what stands on desks: notes set small, two units side by side, cells merged."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pytest
from gouji.templates.edition import edition_ids, load
from gouji.templates.layout import layout_of
from gouji.templates.workbook import build
from gouji.validators.finding import Finding, Result
from gouji.validators.office import check_bytes, check_files
from gouji.validators.ooxml.cells import cells_from
from gouji.validators.reading.agreement import labels_stand
from gouji.validators.reading.file import open_book
from gouji.validators.reading.heads import units, years
from gouji.validators.reading.readers import read
from gouji.validators.reading.sheet_text import SheetText
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from ...builders import consistent, editing
from ..ooxml.samples import changed
from .filled import FORM, VALUES, edited, findings

GRANTED = int(VALUES["t3.granted.natural"])


def at(result: Result, cell: str) -> list[Finding]:
    """The findings of one cell of 表三."""
    return [f for f in findings(result) if f.place and f.place.cell == cell]


def small(**font: Any) -> TextBlock:
    return TextBlock(InlineFont(**font), "2")


def noted(book: Any) -> None:
    book["表三"]["D9"] = CellRichText(str(GRANTED), small(vertAlign="superscript"))


def struck(book: Any) -> None:
    book["表三"]["D9"] = CellRichText(small(strike=True), str(GRANTED))


def inline(data: bytes) -> bytes:
    """The text of D9 within the cell instead of among the shared strings."""
    run = b'<is><r><rPr><vertAlign val="superscript"/></rPr><t>2</t></r></is>'

    def change(name: str, part: bytes) -> bytes:
        if not name.startswith("xl/worksheets/sheet"):
            return part
        begin = part.find(b'<c r="D9"')
        end = part.find(b"</c>", begin) + 4
        if begin < 0 or b"<v>%d</v>" % GRANTED not in part[begin:end]:
            return part
        runs = run.replace(b"<is>", b"<is><r><t>%d</t></r>" % GRANTED)
        return part[:begin] + b'<c r="D9" t="inlineStr">' + runs + b"</c>" + part[end:]

    return changed(data, change)


def test_the_number_of_a_note_set_small_is_no_digit_of_the_number(filled: Path) -> None:
    result = edited(filled, noted)
    (finding,) = [f for f in at(result, "D9") if f.rule == "CELL-TEXT"]
    assert "注号“²”" in finding.message
    assert finding.repair is None


def test_so_is_one_within_the_cell(filled: Path) -> None:
    filled.write_bytes(inline(filled.read_bytes()))
    assert read(filled).values["t3.granted.natural"].shown == f"{GRANTED}²"


def test_what_is_struck_through_is_gone(filled: Path) -> None:
    (finding,) = [f for f in at(edited(filled, struck), "D9") if f.rule == "CELL-TEXT"]
    assert finding.repair is not None
    assert finding.repair.value == GRANTED


@pytest.mark.parametrize("suffix", ["xls", "ods"])
@pytest.mark.slow
@pytest.mark.apps("soffice-calc")
def test_notes_set_small_are_seen_in_other_formats(
    filled: Path, suffix: str, libreoffice: Callable[..., Path]
) -> None:
    edited(filled, noted)
    assert read(libreoffice(filled, suffix)).values["t3.granted.natural"].shown == f"{GRANTED}²"


def pasted(sheet: str, down: int, right: int, wrong: bool = False) -> Callable[[Any], None]:
    """The table of another unit on the same sheet, without formulas."""

    def paste(book: Any) -> None:
        page = book[sheet]
        for row in list(page.iter_rows(max_col=17)):
            for cell in row:
                if cell.value is not None and not str(cell.value).startswith("="):
                    page.cell(cell.row + down, cell.column + right, cell.value)
        if wrong:
            page["D7"] = 999

    return paste


@pytest.mark.parametrize("sheet", ["表二", "表三", "表四"])
@pytest.mark.parametrize(("down", "right"), [(0, 20), (60, 0), (8, 20)])
@pytest.mark.sampled
def test_a_second_table_beside_or_below_the_templates_is_never_unseen(
    filled: Path, sheet: str, down: int, right: int
) -> None:
    result = edited(filled, pasted(sheet, down, right))
    (finding,) = findings(result)
    assert (finding.rule, finding.severity.value) == ("S-COPY", "error")
    assert f"“{sheet}”上有2张{sheet}" in finding.message
    assert result.report is not None
    assert {k: result.report.number(k) for k in VALUES} == VALUES


def test_two_units_side_by_side_are_refused(filled: Path) -> None:
    with editing(filled) as book:
        pasted("表三", 0, 20, wrong=True)(book)
        book.defined_names.clear()
    (result,) = check_files([filled])
    assert result.verdict is None
    assert "工作表“表三”上有2张表三，分不清哪一张是要上报的" in str(result.error)


def merged(data: bytes) -> bytes:
    """D9 and E9 as one cell, as WPS and LibreOffice merge when both numbers are kept."""

    def change(name: str, part: bytes) -> bytes:
        if b'r="D31"' not in part:
            return part
        return part.replace(b"</mergeCells>", b'<mergeCell ref="D9:E10"/></mergeCells>')

    return changed(data, change)


def test_a_number_that_a_merged_cell_covers_is_an_error_that_names_it(filled: Path) -> None:
    filled.write_bytes(merged(filled.read_bytes()))
    (result,) = check_files([filled])
    (finding,) = findings(result)
    assert (finding.rule, finding.severity.value) == ("S-TEMPLATE", "error")
    assert finding.place is not None
    assert finding.place.cell == "D9"
    assert "D9至E10被合并成一格" in finding.message
    assert f"D10是{VALUES['t3.partial.natural']:g}" in finding.message


def test_blank_cells_that_were_merged_away_are_a_warning(filled: Path) -> None:
    result = edited(filled, lambda book: book["表三"].merge_cells("D9:E9"))
    found = [f for f in findings(result, "S-TEMPLATE") if "合并" in f.message]
    assert [f.severity.value for f in found] == ["warning"]


def total(data: bytes, formula: str, shown: float) -> bytes:
    """The formula of J9 in another spelling, with the value that it shows."""

    def change(name: str, part: bytes) -> bytes:
        old = b"<f>SUM(D9:I9)</f>"
        begin = part.find(old)
        if begin < 0:
            return part
        end = part.find(b"</v>", begin)
        return part[:begin] + f"<f>{escape(formula)}</f><v>{shown:g}".encode() + part[end:]

    return changed(data, change)


@pytest.mark.parametrize(
    "formula",
    [
        "ROUND(SUM({}),0)",
        "IFERROR(SUM({}),0)",
        "SUM({})*1",
        "SUMPRODUCT({})",
        "SUM( D9 : I9 )",
        "_xlfn.SUM({})",
        'IFERROR(ROUND(D9+SUM(E9:I9),0),"")',
        "INT(SUM({}))/1",
    ],
)
def test_what_only_wraps_a_sum_is_looked_through(filled: Path, formula: str) -> None:
    stale = VALUES["t3.granted.total"] + 5  # under manual calculation: from before a change
    whole = formula.format("D9:I9")
    result = check_bytes(total(filled.read_bytes(), whole, stale), "a.xlsx")
    assert {f.severity.value for f in findings(result)} == {"note"}
    assert result.report is not None
    assert result.report.number("t3.granted.total") == VALUES["t3.granted.total"]


@pytest.mark.parametrize(
    "formula",
    ["ROUND(SUM({}),0)", "SUBTOTAL(9,{})", "AGGREGATE(9,6,{})", "SUM({})*1", "SUMPRODUCT({})"],
)
def test_cells_that_it_lacks_are_named_all_the_same(filled: Path, formula: str) -> None:
    shown = VALUES["t3.granted.total"] - VALUES["t3.granted.other"]
    whole = formula.format("D9:H9")
    result = check_bytes(total(filled.read_bytes(), whole, shown), "a.xlsx")
    (finding,) = [f for f in findings(result) if f.severity.value == "error"]
    assert finding.rule == "CELL-FORMULA"
    assert "漏了I9" in finding.message
    assert finding.message.endswith("=SUM(D9:I9)")


@pytest.mark.parametrize(
    "formula",
    ["SUBTOTAL(9,D9:I9)", 'SUMIF(D9:I9,">0")', "MAX(D9:I9)+I9", "41"],
)
def test_what_may_be_another_number_is_judged_by_what_it_shows(filled: Path, formula: str) -> None:
    shown = VALUES["t3.granted.total"]
    (finding,) = findings(
        check_bytes(total(filled.read_bytes(), formula, shown), "a.xlsx"), "CELL-FORMULA"
    )
    assert finding.severity.value == "note"
    assert formula in finding.message
    assert finding.message.endswith("=SUM(D9:I9)")


@pytest.mark.parametrize(
    "formula",
    ["SUBTOTAL(3,D9:I9)", "SUM(D9:I9)*2", "ROUND(SUM(D9:I9),-1)", "MAX(D9:I9)", "SUM(D9:I9)-1"],
)
def test_what_is_another_number_than_it_shows_is_not_judged(filled: Path, formula: str) -> None:
    shown = VALUES["t3.granted.total"]
    result = check_bytes(total(filled.read_bytes(), formula, shown), "a.xlsx")
    (finding,) = findings(result, "CELL-FORMULA")
    assert finding.severity.value == "warning"
    assert "可能是旧的" in finding.message
    assert result.report is not None
    assert result.report.number("t3.granted.total") is None


TITLE = "2025年度政府信息公开工作年度报告"


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("填报单位：清河县民政局（盖章）", "清河县民政局"),
        ("填报单位（公章）：清河县民政局   填报人：张三", "清河县民政局"),
        ("填报单位：清河县民政局填报人：张三", "清河县民政局"),
        ("填报单位：清河县民政局，填报时间：2026年1月5日", "清河县民政局"),
        ("填报单位:清河县  民政局", "清河县民政局"),
        ("填报单位：城关镇人民政府（盖章）2026年1月5日", "城关镇人民政府"),
        ("单位名称：清河县民政局（本级）", "清河县民政局(本级)"),
        ("填 报 单 位：清河县民政局", "清河县民政局"),
        ("编报单位：清河县民政局", "清河县民政局"),
        ("行政机关名称：清河县民政局", "清河县民政局"),
        ("金额单位：万元  填报单位：清河县民政局", "清河县民政局"),
    ],
)
def test_the_units_name_is_taken_without_seal_and_what_follows(line: str, unit: str) -> None:
    (said, *_) = units([headed(TITLE, line)])
    assert said.text == unit


@pytest.mark.parametrize("line", ["填报单位：", "填报单位：____", "填报单位：（盖章）", "单位：件"])
def test_a_title_names_the_unit_where_no_head_does(line: str) -> None:
    (said,) = units([headed("清河县民政局2025年政府信息公开工作年度报告", line)])
    assert said.text == "清河县民政局"


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("二0二五年政府信息公开年报", ["2025"]),
        ("二O二五年度政府信息公开年报", ["2025"]),
        ("政府信息公开工作年度报告（2025）", ["2025"]),
        ("政府信息公开工作年度报告(2025.1.1-2025.12.31)", ["2025"]),
        ("政府信息公开年报统计表（2021年版）", []),
        ("国办公开办函〔2021〕30号 政府信息公开年报", []),
        ("国办公开办函（2021）30号 政府信息公开年报", []),
        ("2024—2025年政府信息公开工作年度报告", ["2025", "2024"]),
    ],
)
def test_the_year_of_a_title(title: str, found: list[str]) -> None:
    assert [s.text for s in years([headed(title)], "x")] == found


def test_a_long_head_is_read_in_no_time() -> None:
    for line in ("单位" + " " * 30000, "填" * 30000, "填报单位：" + "a " * 15000):
        assert units([headed(line)]) == [] or line.startswith("填报单位")


def headed(*lines: str) -> SheetText:
    return SheetText("年报", cells_from([[line] for line in lines]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("十八", "用了汉字“十八”"),
        ("1.2万", "用了汉字“万”"),
        ("〇", "用了汉字“〇”"),
        ("1 8", "不是数字"),
        ("#N/A", "错误值#N/A"),
    ],
)
def test_a_total_without_a_stored_value_follows_the_cell_that_is_no_number(
    filled: Path, content: str, words: str
) -> None:
    def put(book: Any) -> None:  # openpyxl leaves no stored value of any formula
        book["表三"]["D9"] = content

    result = edited(filled, put)
    (wrong,) = [f for f in findings(result) if f.severity.value == "error"]
    assert wrong.place is not None
    assert wrong.place.cell == "D9"
    assert words in wrong.message
    assert wrong.repair is None
    notes = [f for f in findings(result) if f.severity.value == "note"]
    assert {f.place.cell for f in notes if f.place} == {"J9", "D30", "J30"}
    assert all("改好D9" in f.message for f in notes)


def test_an_error_value_that_a_total_shows_is_told_by_its_cause(filled: Path) -> None:
    def change(name: str, part: bytes) -> bytes:
        for cell in (b"J9", b"D9"):
            begin = part.find(b'<c r="%s"' % cell) if b'r="D31"' in part else -1
            if begin >= 0:
                end = part.find(b"</c>", begin)
                formula = b"SUM(D9:I9)" if cell == b"J9" else b"1/0"
                shown = b'<c r="%s" t="e"><f>%s</f><v>#DIV/0!</v>' % (cell, formula)
                part = part[:begin] + shown + part[end:]
        return part

    filled.write_bytes(changed(filled.read_bytes(), change))
    (result,) = check_files([filled])
    (first,) = at(result, "J9")
    assert first.rule == "CELL-ERROR"
    assert "是D9带来的" in first.message


def test_a_number_written_as_text_is_added_as_the_number_that_it_will_be(filled: Path) -> None:
    def put(book: Any) -> None:
        book["表三"]["D9"] = str(GRANTED)
        book["表三"]["D9"].data_type = "s"

    (finding,) = findings(edited(filled, put))
    assert (finding.rule, finding.repair and finding.repair.value) == ("CELL-TEXT", GRANTED)


def test_a_name_that_left_for_another_sheet_is_an_error_and_the_label_wins(filled: Path) -> None:
    def stray(book: Any) -> None:
        book.defined_names["gj_t3_granted_natural"].attr_text = "'表四'!$A$7"

    result = edited(filled, stray)
    (finding,) = [f for f in findings(result) if f.severity.value == "error"]
    assert finding.rule == "S-TEMPLATE"
    assert "现在在表四 A7" in finding.message
    assert result.report is not None
    assert {k: result.report.number(k) for k in VALUES} == VALUES


@pytest.mark.parametrize("code", ["0%", "0.00%", "0,", ";;;", '"18"', '0"0"', '0!.0,"万"'])
@pytest.mark.sampled
def test_a_format_that_shows_another_number_is_told(filled: Path, code: str) -> None:
    def put(book: Any) -> None:
        book["表三"]["D9"].number_format = code

    (finding,) = findings(edited(filled, put))
    assert (finding.rule, finding.severity.value) == ("CELL-TEXT", "warning")
    assert f"“{code}”" in finding.message
    assert finding.found == str(GRANTED)
    assert finding.expected == GRANTED


@pytest.mark.parametrize(
    "code",
    [
        "#,##0",
        '0"件"',
        "0_ ;[Red]-0",
        "G/通用格式",
        "@",
        "0;;",
        "[DBNum1]0",
        '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
        '[>9999]0!.0,"万";0',
    ],
)
@pytest.mark.sampled
def test_a_format_that_shows_the_number_is_none_of_ours(filled: Path, code: str) -> None:
    def put(book: Any) -> None:
        book["表三"]["D9"].number_format = code

    assert findings(edited(filled, put)) == []


@pytest.mark.parametrize("order", list(permutations(("表二", "表三", "表四"))))
def test_tables_below_one_another_are_read_in_any_order(
    tmp_path: Path, order: tuple[str, ...]
) -> None:
    book = openpyxl.Workbook()
    page, row = book.active, 3
    page["A1"] = "清河县民政局2025年政府信息公开工作年度报告"
    for sheet in sorted(layout_of(FORM).sheets, key=lambda s: order.index(s.table.sheet)):
        for span in sheet.spans:
            page.cell(row + span.row, span.col + 1, span.text)
        for key, (down, right, _) in sheet.cells.items():
            page.cell(row + down, right + 1, VALUES[key])
        row += sheet.bottom + 3
    book.save(tmp_path / "a.xlsx")
    (result,) = check_files([tmp_path / "a.xlsx"])
    assert findings(result) == []
    assert result.report is not None
    assert {k: result.report.number(k) for k in VALUES} == VALUES


def forms(path: Path, sheets: dict[str, dict[str, float]]) -> Result:
    """A workbook of one's own with a whole form of 清河县民政局 on each sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, values in sheets.items():
        page, row = book.create_sheet(name), 3
        page["A1"], page["A2"] = TITLE, "填报单位：清河县民政局"
        for sheet in layout_of(FORM).sheets:
            for span in sheet.spans:
                page.cell(row + span.row, span.col + 1, span.text)
            for key, (down, right, _) in sheet.cells.items():
                page.cell(row + down, right + 1, values.get(key))
            row += sheet.bottom + 3
    book.save(path)
    (result,) = check_files([path])
    return result


@pytest.mark.parametrize("order", [("样表", "年报"), ("年报", "样表")])
def test_a_blank_form_beside_the_filled_one_is_no_second_report(
    tmp_path: Path, order: tuple[str, str]
) -> None:
    result = forms(tmp_path / "a.xlsx", {n: VALUES if n == "年报" else {} for n in order})
    (finding,) = findings(result)
    assert finding.severity.value == "note"
    assert "“样表”是一张空白的表样" in finding.message
    assert result.report is not None
    assert {k: result.report.number(k) for k in VALUES} == VALUES


def test_two_reports_of_one_unit_are_called_so(tmp_path: Path) -> None:
    other = consistent(FORM, random.Random(9))
    result = forms(tmp_path / "a.xlsx", {"2024年": other, "2025年": VALUES})
    assert result.verdict is None
    assert "“清河县民政局”的2份年报（2024年、2025年）" in str(result.error)


@pytest.mark.parametrize("said", [45658, "25", "二零"])
def test_a_year_that_cannot_be_told_is_a_finding(filled: Path, said: object) -> None:
    def put(book: Any) -> None:
        book["封面"]["B7"] = said

    (finding,) = findings(edited(filled, put))
    assert (finding.rule, finding.severity.value) == ("S-TEMPLATE", "warning")
    assert f"“{said}”" in finding.message
    assert "如2025" in finding.message


@pytest.mark.parametrize("said", ["２０２５", "二0二五", "2025年度", " 2025 "])
def test_a_year_on_the_cover_in_any_spelling(filled: Path, said: str) -> None:
    def put(book: Any) -> None:
        book["封面"]["B7"] = said
        book["封面"]["B5"] = "清河县民政局（盖章）"

    result = edited(filled, put)
    assert findings(result) == []
    assert result.report is not None
    assert (result.report.year, result.report.unit) == (2025, "清河县民政局")


@pytest.mark.parametrize("edition_id", edition_ids())
def test_the_templates_own_sheets_are_known_without_being_searched(edition_id: str) -> None:
    edition = load(edition_id)
    book = open_book(build(edition, year=edition.from_year, unit="某县"), "a.xlsx")
    for sheet in layout_of(edition).sheets:
        assert labels_stand(book, sheet.table.sheet, sheet)


def test_the_titles_and_labels_of_the_tables_are_no_narrative(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page, row = book.active, 3
    page["A1"] = "清河县民政局2025年政府信息公开工作年度报告"
    for sheet in layout_of(FORM).sheets:
        page.cell(row, 1, sheet.table.title)
        for span in sheet.spans:
            page.cell(row + 1 + span.row, span.col + 1, span.text)
        for key, (down, right, _) in sheet.cells.items():
            page.cell(row + 1 + down, right + 1, VALUES[key])
        row += sheet.bottom + 4
    book.save(tmp_path / "a.xlsx")
    (result,) = check_files([tmp_path / "a.xlsx"])
    assert findings(result) == []  # 未经复议 heads a column of 表四 and claims nothing
    assert result.report is not None
    assert result.report.unread == ("narrative",)
