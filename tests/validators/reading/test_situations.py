"""What happens to a workbook on a desk: sheets copied, cells dragged, totals retyped, heads."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from gouji.templates.errors import InputError
from gouji.templates.layout import layout_of
from gouji.validators.finding import Result
from gouji.validators.mark import Mark, apply_bytes, clear_bytes
from gouji.validators.office import check_bytes, check_files
from gouji.validators.office.fill import fill
from gouji.validators.ooxml.package import Package
from gouji.validators.reading.file import open_book
from gouji.validators.reading.heads import year_of
from gouji.validators.reading.readers import read

from ...builders import book_at, opened
from ..ooxml.samples import parts
from .filled import FORM, VALUES, edited, findings


def copied(book: Any) -> None:
    """表三 copied, the numbers as they are shown."""
    values = opened(book.path_, data_only=True)["表三"]
    copy = book.copy_worksheet(book["表三"])
    copy.title = "表三 (2)"
    for row in values.iter_rows():
        for cell in row:
            if not isinstance(cell, openpyxl.cell.MergedCell):
                copy[cell.coordinate] = cell.value


def test_a_copy_with_the_same_numbers_is_a_warning_and_with_others_an_error(filled: Path) -> None:
    def copy(book: Any) -> None:
        book.path_ = filled
        copied(book)

    (finding,) = findings(edited(filled, copy))
    assert (finding.rule, finding.severity.value) == ("S-COPY", "warning")
    assert finding.place is not None
    assert finding.place.sheet == "表三 (2)"

    def change(book: Any) -> None:
        book["表三 (2)"]["D7"] = 777

    result = edited(filled, change)
    (finding,) = findings(result)
    assert (finding.rule, finding.severity.value) == ("S-COPY", "error")
    assert "D7" in finding.message
    assert "“表三 (2)”是777" in finding.message
    assert "删" not in finding.message  # never told to delete what may be another unit's
    assert result.report is not None
    assert result.report.number("t3.new.natural") == VALUES["t3.new.natural"]


@pytest.mark.slow
def test_filling_from_the_ledgers_never_writes_into_the_copy(tmp_path: Path) -> None:
    path = book_at(FORM, tmp_path / "a.xlsx", year=2025, unit="某局", ledgers=True)

    def copy(book: Any) -> None:
        book.path_ = path
        copied(book)
        sheet = book["申请台账"]
        for cell in sheet[1]:
            held = {"收到日期": "2025-03-05", "申请人类型": "自然人"}
            sheet.cell(2, cell.column).value = held.get(str(cell.value))

    before = edited(path, copy)
    assert before.report is not None
    assert fill(path) > 0
    book = opened(path)
    assert book["表三"]["D7"].value == 1
    assert book["表三 (2)"]["D7"].value != 1


def test_a_name_that_left_its_label_is_an_error_and_the_label_wins(filled: Path) -> None:
    values = dict(VALUES)

    def drag(book: Any) -> None:  # rows 22 and 23 exchanged: names go with their cells
        for name, defined in book.defined_names.items():
            for old, new in ((22, 99), (23, 22), (99, 23)):
                if name.startswith("gj_t3_rejected") and defined.attr_text.endswith(f"${old}"):
                    defined.attr_text = defined.attr_text.removesuffix(str(old)) + str(new)
                    break

    result = edited(filled, drag)
    found = findings(result, "S-TEMPLATE")
    assert any(f.severity.value == "error" and "拖动" in f.message for f in found)
    assert result.report is not None
    place = result.report.values["t3.rejected_petition.natural"].place
    assert place is not None
    assert place.cell == "D22"
    assert (
        result.report.number("t3.rejected_petition.natural")
        == values["t3.rejected_petition.natural"]
    )


def test_no_cell_stands_for_two_fields(filled: Path) -> None:
    def merge(book: Any) -> None:
        names = book.defined_names
        names["gj_t3_new_business"].attr_text = names["gj_t3_new_natural"].attr_text

    found = findings(edited(filled, merge), "S-TEMPLATE")
    assert [f.severity.value for f in found if "error" in f.severity.value]


@pytest.mark.parametrize(
    ("cell", "formula", "words", "proposed"),
    [
        ("J9", "=SUM(D9:D9)", "只加了D9，漏了E9至I9", "=SUM(D9:I9)"),
        ("J9", "=D9+E9+F9+G9+H9", "漏了I9", "=SUM(D9:I9)"),
        ("D30", "=SUM(D9:D21)", "漏了D22至D29", "=SUM(D9:D29)"),
        ("J10", "=SUM(D10:I10)+D10", "把D10加了两次", "=SUM(D10:I10)"),
        ("J10", "=SUM(D9:I10)", "多加了D9至I9", "=SUM(D10:I10)"),
        ("J10", "=SUM(D11:I11)", "漏了D10至I10，多加了D11至I11", "=SUM(D10:I10)"),
    ],
)
@pytest.mark.sampled
def test_a_total_that_adds_the_wrong_cells_is_named_with_the_right_formula(
    filled: Path, cell: str, formula: str, words: str, proposed: str
) -> None:
    def retype(book: Any) -> None:
        book["表三"][cell] = formula

    (finding,) = findings(edited(filled, retype))
    assert (finding.rule, finding.severity.value) == ("CELL-FORMULA", "error")
    assert finding.place is not None
    assert finding.place.cell == cell
    assert words in finding.message
    assert proposed in finding.message


@pytest.mark.parametrize(
    "formula",
    [
        "=D9+E9+F9+G9+H9+I9",
        "=SUM(D9:F9,G9:I9)",
        "=sum($D$9:$I$9)",
        "=SUM(D9:F9)+SUM(G9:I9)",
        "=+D9+E9+SUM(F9:I9)",
        "=SUM('表三'!D9:I9)",
        "=SUM((D9,E9),F9:I9)+0",
        "=SUM(C9:I9)",
        "=gj_t3_granted_natural+SUM(E9:I9)",
    ],
)
@pytest.mark.sampled
def test_another_spelling_of_the_same_sum_is_computed(filled: Path, formula: str) -> None:
    def retype(book: Any) -> None:
        book["表三"]["J9"] = formula

    result = edited(filled, retype)
    assert findings(result) == []
    assert result.report is not None
    assert result.report.number("t3.granted.total") == VALUES["t3.granted.total"]


def test_a_wrong_formula_that_was_never_computed_shows_nothing(filled: Path) -> None:
    def put(book: Any) -> None:
        book["表三"]["J9"] = "=SUM(D9:H9)"

    (finding,) = [f for f in findings(edited(filled, put), "CELL-FORMULA") if "漏了" in f.message]
    assert "漏了I9。文件里没有存它的结果，各项相加是" in finding.message


def test_the_grand_total_may_be_added_down_its_column(filled: Path) -> None:
    def retype(book: Any) -> None:
        book["表三"]["J30"] = "=SUM(J9:J29)"

    assert findings(edited(filled, retype)) == []


@pytest.mark.parametrize(
    "formula", ["=VLOOKUP(A1,B1:C9,2)", "=D9*2", "='别的'!B5", "=AVERAGE(D9:I9)"]
)
def test_any_other_formula_without_a_witness_is_not_judged(tmp_path: Path, formula: str) -> None:
    from ..ooxml.samples import changed

    path = book_at(FORM, tmp_path / "a.xlsx", year=2025, unit="某局", values=VALUES)
    data = changed(
        path.read_bytes(),
        lambda _, part: part.replace(b"<f>SUM(D9:I9)</f>", f"<f>{formula[1:]}</f>".encode()),
    )
    (finding,) = findings(check_bytes(data, "a.xlsx"))
    assert (finding.rule, finding.severity.value) == ("CELL-FORMULA", "warning")
    assert "没有核对" in finding.message


def test_totals_that_were_not_computed_again_are_computed_with_one_note(filled: Path) -> None:
    from ..ooxml.samples import changed

    stale = changed(filled.read_bytes(), lambda _, part: part.replace(b"</f><v>", b"</f><v>7"))
    result = check_bytes(stale, "a.xlsx")
    (finding,) = findings(result)
    assert finding.severity.value == "note"
    assert "F9" in finding.message
    assert result.report is not None
    assert result.report.number("t3.total.total") == VALUES["t3.total.total"]


@pytest.mark.parametrize(
    ("content", "rule", "words", "repair"),
    [
        ("120①", "CELL-TEXT", "注号“①”", None),
        ("20²", "CELL-TEXT", "注号“²”", None),
        ("٣", "CELL-TEXT", "注号“٣”", None),
        ("1,234,56", "CELL-TEXT", "不是数字", None),
        ("5元", "CELL-TEXT", "不是数字", None),
        ("1.2万", "CELL-TEXT", "不是数字", None),
        ("\u200b0", "CELL-TEXT", "看不见的字符", 0),
        ("1\u20608", "CELL-TEXT", "看不见的字符", 18),
        ("\u200b", "CELL-BLANK", "看不见的字符", None),
        ("１８", "CELL-TEXT", "请改为数字18", 18),
        ("Err:522", "CELL-ERROR", "Err:522", None),
        ("#SPILL!", "CELL-ERROR", "#SPILL!", None),
    ],
)
@pytest.mark.sampled
def test_a_text_in_a_numbers_cell_is_told_as_what_it_is(
    filled: Path, content: str, rule: str, words: str, repair: float | None
) -> None:
    def put(book: Any) -> None:
        book["表三"]["D11"] = content

    result = edited(filled, put)
    (finding,) = [f for f in findings(result, rule) if f.place and f.place.cell == "D11"]
    assert words in finding.message
    assert (finding.repair.value if finding.repair else None) == repair
    assert "\u200b" not in finding.message
    assert result.status == "findings"


def test_a_number_shown_as_a_date_is_its_number_and_the_format_is_to_be_changed(
    filled: Path,
) -> None:
    def put(book: Any) -> None:
        book["表三"]["D11"].number_format = 'yyyy"年"m"月"'

    result = edited(filled, put)
    (finding,) = findings(result)
    assert (finding.rule, finding.severity.value) == ("CELL-TEXT", "warning")
    assert "格式" in finding.message
    assert result.report is not None
    assert result.report.number("t3.refused_secret.natural") == VALUES["t3.refused_secret.natural"]


def test_noise_of_binary_fractions_is_a_whole_number(filled: Path) -> None:
    def put(book: Any) -> None:
        key = "t3.refused_secret.natural"
        book["表三"]["D11"] = VALUES[key] + 1e-9

    assert findings(edited(filled, put)) == []


def test_an_invisible_character_in_a_label_changes_nothing(filled: Path) -> None:
    def put(book: Any) -> None:
        for row in book["表三"].iter_rows():
            for cell in row:
                if cell.value == "科研机构":
                    cell.value = "科研\u200b机构"

    assert findings(edited(filled, put)) == []


def form_on(
    sheet: Any,
    top: int,
    values: dict[str, float],
    heads: list[list[str]],
    skip: str = "",
    keep: Callable[[str, int, str], bool] = lambda table, row, style: True,
) -> int:
    """A unit's own form without names, all tables below one another; the row after it.

    ``keep`` tells of each label and number (table, row, style) whether it is written.
    """
    row = top
    for line in heads:
        sheet.write_row(row, 0, line)
        row += 1
    for part in layout_of(FORM).sheets:
        base = row - 3
        for span in part.spans:
            if span.text != skip and keep(part.table.id, span.row, span.style):
                sheet.write_string(base + span.row, span.col, span.text)
        for key, (r, c, _) in part.cells.items():
            if keep(part.table.id, r, "number"):
                sheet.write_number(base + r, c, values[key])
        row = base + part.last_row + 3
    return row


def own_form(path: Path, fill: Callable[[Any], None]) -> Result:
    with xlsxwriter.Workbook(path) as book:
        fill(book)
    (result,) = check_files([path])
    return result


UNIT = [["清河县民政局2025年度政府信息公开工作年度报告"], ["填报单位：清河县民政局"]]


def test_a_unit_a_sheet_is_refused_with_their_number(tmp_path: Path) -> None:
    def units(book: Any) -> None:
        for number in range(70):
            other = VALUES | {"t3.new.natural": float(number)}
            form_on(book.add_worksheet(f"{number}局"), 0, other, [[f"填报单位：第{number}局"]])

    result = own_form(tmp_path / "a.xlsx", units)
    assert result.error is not None
    assert "70个单位" in result.error.zh
    assert "第0局、第1局、第2局等" in result.error.zh
    assert "删" not in result.error.zh


def test_two_units_on_one_sheet_are_refused(tmp_path: Path) -> None:
    def units(book: Any) -> None:
        sheet = book.add_worksheet("汇总")
        row = form_on(sheet, 0, VALUES, [["填报单位：甲局"]])
        form_on(sheet, row, VALUES | {"t3.new.natural": 999.0}, [["填报单位：乙局"]])

    result = own_form(tmp_path / "a.xlsx", units)
    assert result.error is not None
    assert "“汇总”上有2个单位的表（甲局、乙局）" in result.error.zh


def test_two_units_each_with_a_label_missing_are_never_mixed(tmp_path: Path) -> None:
    def units(book: Any) -> None:
        form_on(book.add_worksheet("甲局"), 0, VALUES, [["填报单位：甲局"]], "科研机构")
        other = VALUES | {"t3.new.natural": 999.0}
        form_on(book.add_worksheet("乙局"), 0, other, [["填报单位：乙局"]], "规章")

    result = own_form(tmp_path / "a.xlsx", units)
    assert result.error is not None
    assert "2个单位" in result.error.zh


def test_a_table_over_two_sheets_is_said_to_be_so(tmp_path: Path) -> None:
    def upper(table: str, row: int, style: str) -> bool:
        return table != "t3" or row <= 15

    def lower(table: str, row: int, style: str) -> bool:
        return table == "t3" and (row > 15 or style not in ("label", "number"))

    def halves(book: Any) -> None:
        form_on(book.add_worksheet("年报"), 0, VALUES, UNIT, keep=upper)
        form_on(book.add_worksheet("续表"), 0, VALUES, [], keep=lower)

    found = findings(own_form(tmp_path / "a.xlsx", halves), "S-TEMPLATE")
    assert [f.message for f in found if "分在" in f.message and "合成一张" in f.message]
    assert not [f for f in found if "没有找到“" in f.message]


@pytest.mark.parametrize(
    ("heads", "year", "unit"),
    [
        ([["计量单位：件、万元"], ["填报单位：清河县局"], ["报告年度", "2025"]], 2025, "清河县局"),
        (
            [["填报时间：2026年1月20日"], ["2025年度政府信息公开年度报告"], ["单位名称", "甲县"]],
            2025,
            "甲县",
        ),
        (
            [["国办公开办函〔2021〕30号 2021年9月26日"], ["2025年度"], ["填报单位（盖章）：甲局"]],
            2025,
            "甲局",
        ),
        ([["期限：2025年1月1日至2025年12月31日"], ["填报单位（盖章）", "", "甲局"]], 2025, "甲局"),
        ([["单位：件"], ["二〇二五年政府信息公开工作年度报告"], ["机关名称：乙局"]], 2025, "乙局"),
    ],
)
def test_heads_say_year_and_unit(
    tmp_path: Path, heads: list[list[str]], year: int, unit: str
) -> None:
    result = own_form(
        tmp_path / "x.xlsx", lambda book: form_on(book.add_worksheet("年报"), 0, VALUES, heads)
    )
    assert result.report is not None, result.error
    assert (result.report.year, result.report.unit) == (year, unit)
    assert findings(result) == []


def test_heads_that_disagree_are_a_finding_that_names_both(tmp_path: Path) -> None:
    heads = [["清河县2024年度政府信息公开工作年度报告"], ["报告年度：2025"]]
    result = own_form(
        tmp_path / "x.xlsx", lambda book: form_on(book.add_worksheet("年报"), 0, VALUES, heads)
    )
    (finding,) = findings(result, "S-TEMPLATE")
    assert "2025" in finding.message
    assert "2024" in finding.message


def test_a_days_date_is_no_report_year() -> None:
    assert year_of("2026年1月20日") is None
    assert year_of("2026.1.20") is None
    assert year_of("2025年") == 2025


@pytest.mark.parametrize(
    "head", [b"\x62\x14\x23\x65" + bytes(900), b"%TSD-Header-###%" + bytes(90)]
)
def test_a_file_of_a_document_protection_system_is_told_as_such(
    tmp_path: Path, head: bytes
) -> None:
    (tmp_path / "a.xlsx").write_bytes(head)
    with pytest.raises(InputError, match="文档加密系统"):
        read(tmp_path / "a.xlsx")


@pytest.mark.parametrize(
    "named",
    [
        lambda name: name.replace("/", "\\"),
        lambda name: name.replace("sheet4.xml", "sheet%204.xml"),  # escaped, as the norm has it
        lambda name: name.replace("sheet4.xml", "%E8%A1%A8.xml"),
    ],
)
def test_part_names_in_another_spelling_are_read_and_marked(
    filled: Path, named: Callable[[str], str]
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", 8) as new:
        for name, part in parts(filled.read_bytes()):
            output = named("sheet4.xml").encode() if "%" in named("sheet4.xml") else b"sheet4.xml"
            new.writestr(named(name), part.replace(b"sheet4.xml", output))
    data = out.getvalue()
    assert check_bytes(data, "a.xlsx").status == "ok"
    marked = apply_bytes(data, [Mark("表三", "D9", "error", "x")], name="a.xlsx")
    assert marked != data
    assert parts(clear_bytes(marked, "a.xlsx")) == parts(data)


def test_a_day_of_1904_is_told_as_it_is_shown(filled: Path) -> None:
    def put(book: Any) -> None:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        book["表三"]["D11"].number_format = "yyyy-mm-dd"
        book["表三"]["D11"].value = 3

    (finding, *_) = findings(edited(filled, put), "CELL-TEXT")
    assert "1904-1-4" in finding.message
    book = Package.open(filled)
    rows = dict(book.cells(book.sheets[3]).rows())
    assert (rows[10][3], rows[11][3]) == (1465.0, VALUES["t3.refused_law.natural"])


def test_names_of_one_sheet_of_an_ods_hold_on_that_sheet_alone() -> None:
    text = (
        '<o:document-content xmlns:o="o" xmlns:table="t"><table:table table:name="表三 (2)">'
        "<table:table-row/><table:named-expressions><table:named-range table:name='gj_a' "
        "table:cell-range-address='$表三.$D$9'/></table:named-expressions></table:table>"
        "<table:named-expressions><table:named-range table:name='gj_b' "
        "table:cell-range-address='$表三.$D$9'/></table:named-expressions></o:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        new.writestr("content.xml", text)
    assert list(open_book(out.getvalue(), "a.ods").names.cells) == ["gj_b"]
