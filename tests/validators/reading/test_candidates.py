"""Own forms with several rows, columns or sheets of numbers: none is taken for being first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from gouji.templates.layout import layout_of
from gouji.validators.finding import Result
from gouji.validators.office import check_files

from ...builders import book_at, opened
from .filled import FORM, VALUES, findings

OTHER = {key: value + 1 for key, value in VALUES.items()}
T4 = list(next(s for s in layout_of(FORM).sheets if s.table.id == "t4").cells)
ROW = 7  # of 表四's numbers
Edit = Callable[[Any], None]


def own(path: Path, edit: Edit, values: Mapping[str, float] = VALUES) -> Result:
    """The result for a form of one's own, a table a sheet, after ``edit`` of the workbook."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in layout_of(FORM).sheets:
        put(book.create_sheet(sheet.table.sheet), sheet.table.id, values)
    book["表二"]["A1"] = "清河县民政局2025年政府信息公开工作年度报告"
    book["表二"]["A2"] = "填报单位：清河县民政局"
    edit(book)
    book.save(path)
    (result,) = check_files([path])
    return result


def put(page: Any, table: str, values: Mapping[str, float]) -> None:
    """One table on a page of its own."""
    sheet = next(s for s in layout_of(FORM).sheets if s.table.id == table)
    for span in sheet.spans:
        page.cell(span.row + 1, span.col + 1, span.text)
    for key, (row, col, _) in sheet.cells.items():
        page.cell(row + 1, col + 1, values[key])


def rows_of_t4(*rows: tuple[object, Mapping[str, float] | None]) -> Edit:
    """表四 one column to the right, with these rows, each with its words in the first column."""

    def edit(book: Any) -> None:
        page = book["表四"]
        page.insert_cols(1)
        for n, (output, values) in enumerate(rows):
            page.cell(ROW + n, 1, output)
            for col, key in enumerate(T4, 2):
                page.cell(ROW + n, col, None if values is None else values[key])

    return edit


def error_messages(result: Result) -> list[str]:
    return [f.message for f in findings(result) if f.severity.value == "error"]


@pytest.mark.parametrize(
    "rows",
    [
        [("2024年", OTHER), ("2025年", VALUES)],
        [("2025年度", VALUES), ("2024年度", OTHER)],
        [(2024, OTHER), (2025, VALUES)],
        [("上年", OTHER), ("本年", VALUES), ("增减", OTHER)],
        [("本年数", VALUES), ("去年同期", OTHER)],
        [("机关", OTHER), ("下属单位", OTHER), ("合计", VALUES)],
        [("2024年", OTHER), ("2025年", VALUES), ("合计", OTHER)],
        [("示例", OTHER), (None, VALUES)],
        [("上年", OTHER), (None, VALUES)],
        [(None, VALUES), (None, VALUES)],
        [("二〇二四年", OTHER), ("二〇二五年", VALUES)],
        [("24年", OTHER), ("25年", VALUES)],
        [("2025年", VALUES), ("2025年较2024年", OTHER)],
        [("上年结转", OTHER), ("本年新增", OTHER), ("合计", VALUES)],
        [("上半年", OTHER), ("全年", VALUES)],
    ],
)
@pytest.mark.sampled
def test_the_row_of_the_report_is_told_by_its_words(rows: Any, tmp_path: Path) -> None:
    result = own(tmp_path / "a.xlsx", rows_of_t4(*rows))
    assert error_messages(result) == []
    assert result.report is not None
    assert result.report.numbers == VALUES


@pytest.mark.parametrize(
    "rows",
    [
        [(None, VALUES), (None, OTHER)],
        [("机关", VALUES), ("下属", OTHER)],
        [("2023年", VALUES), ("2024年", OTHER)],
        [("2025年", VALUES), ("2025年", OTHER)],
        [("上年结转", VALUES), ("本年新增", OTHER)],
    ],
)
def test_where_nothing_tells_the_row_the_table_is_refused_and_names_them(
    rows: Any, tmp_path: Path
) -> None:
    result = own(tmp_path / "a.xlsx", rows_of_t4(*rows))
    (message,) = error_messages(result)
    assert "表四同一处有2行数（第7行" in message
    assert "第8行" in message
    assert result.report is not None
    assert not [k for k in T4 if result.report.number(k) is not None]
    assert result.report.number("t3.new.natural") == VALUES["t3.new.natural"]


@pytest.mark.parametrize(
    "line",
    [
        list(range(1, 16)),
        [str(n) for n in range(1, 16)],
        [f"（{n}）" for n in range(31, 46)],
        ["单位：件"],
        [None],
    ],
)
def test_lines_that_number_the_columns_or_are_words_are_no_rows(
    line: list[object], tmp_path: Path
) -> None:
    def edit(book: Any) -> None:
        page = book["表四"]
        page.insert_rows(ROW)
        for col, content in enumerate(line, 1):
            page.cell(ROW, col, content)

    result = own(tmp_path / "a.xlsx", edit)
    assert error_messages(result) == []
    assert result.report is not None
    assert result.report.numbers == VALUES


def two_columns(first: object, second: object, right: int, merged: bool) -> Edit:
    """表三 with two columns under each head; that of number ``right`` holds the report's."""

    def edit(book: Any) -> None:
        page = book["表三"]
        rows = [[c.value for c in row] for row in page.iter_rows(max_col=10)]
        page.delete_rows(1, page.max_row)
        for r, row in enumerate(rows, 1):
            for c, content in enumerate(row[:3], 1):
                page.cell(r, c, content)
            for c, content in enumerate(row[3:]):
                at, number = 4 + 2 * c, isinstance(content, int | float)
                page.cell(r, at + (right if number else 0), content)
                if number:
                    page.cell(r, at + 1 - right, content + 5)
        page.delete_rows(4)  # the upper head
        page.insert_rows(6)
        for at in range(4, 18, 2):
            head = page.cell(5, at).value or page.cell(4, at).value
            page.cell(4, at).value, page.cell(5, at).value = None, head
            page.cell(6, at, first)
            page.cell(6, at + 1, second)
            if merged:
                page.merge_cells(start_row=5, end_row=5, start_column=at, end_column=at + 1)

    return edit


@pytest.mark.parametrize(
    ("first", "second", "right", "merged"),
    [
        ("上年", "本年", 1, True),
        ("上年", "本年", 1, False),
        ("本年", "上年", 0, True),
        ("本年", "上年", 0, False),
        ("2024年", "2025年", 1, False),
        (2024, 2025, 1, False),
        ("机关", "合计", 1, True),
    ],
)
def test_the_column_of_the_report_is_told_by_its_head(
    first: object, second: object, right: int, merged: bool, tmp_path: Path
) -> None:
    result = own(tmp_path / "a.xlsx", two_columns(first, second, right, merged))
    assert error_messages(result) == []
    assert result.report is not None
    assert result.report.numbers == VALUES


def test_heads_that_are_not_merged_span_the_words_below_them(tmp_path: Path) -> None:
    """合计 is another word for the form's own 总计: under another head it is none."""
    result = own(tmp_path / "a.xlsx", two_columns("机关", "合计", 1, merged=False))
    assert [f.message for f in findings(result)] == [
        "表三同一处有2列数（D列“机关”、E列“合计”），核对的是E列“合计”。"
    ]
    assert result.report is not None
    assert result.report.numbers == VALUES


@pytest.mark.parametrize(
    ("first", "second", "merged", "output"),
    [
        ("甲科", "乙科", True, "D列“甲科”、E列“乙科”"),
        (None, None, False, "D列、E列"),
        ("机关", None, False, "D列“机关”、E列"),
    ],
)
def test_two_columns_of_which_nothing_tells_one_are_refused(
    first: object, second: object, merged: bool, output: str, tmp_path: Path
) -> None:
    result = own(tmp_path / "a.xlsx", two_columns(first, second, 0, merged))
    assert f"表三同一处有2列数（{output}）" in error_messages(result)[0]
    assert result.report is not None
    assert result.report.number("t3.new.natural") is None


@pytest.mark.parametrize(
    ("words", "taken"), [(("上年", "本年"), True), (("本年", "上年"), True), ((None, None), False)]
)
def test_of_two_lines_under_one_label_the_first_is_not_taken_unasked(
    words: tuple[str | None, str | None], taken: bool, tmp_path: Path
) -> None:
    def edit(book: Any) -> None:
        page = book["表三"]
        page.insert_rows(8)
        page["C7"], page["C8"] = words
        line = 8 if words[1] == "本年" else 7
        for col in range(4, 11):
            number = page.cell(7, col).value
            page.cell(7, col).value = page.cell(8, col).value = number + 3
            page.cell(line, col).value = number

    result = own(tmp_path / "a.xlsx", edit)
    assert result.report is not None
    number = result.report.number("t3.new.natural")
    assert number == (VALUES["t3.new.natural"] if taken else None)
    assert bool(error_messages(result)) is not taken


@pytest.mark.parametrize("blank", [False, True])
@pytest.mark.parametrize(
    ("name", "state", "output"),
    [
        ("表三备", "hidden", "隐藏的"),
        ("表三备", "veryHidden", "深度隐藏"),
        ("填表示例", "visible", "示例"),
        ("2024表三", "visible", "2024年的"),
        ("上年表三", "visible", "往年的"),
    ],
)
@pytest.mark.sampled
def test_a_sheet_that_is_not_the_reports_is_noted_and_never_judged(
    name: str, state: str, output: str, blank: bool, tmp_path: Path
) -> None:
    def edit(book: Any) -> None:
        page = book.create_sheet(name, 0)
        put(page, "t3", OTHER)
        page.sheet_state = state
        book.active = 1
        if blank:
            for row in book["表三"].iter_rows():
                for cell in row:
                    if isinstance(cell.value, int | float):
                        cell.value = None

    result = own(tmp_path / "a.xlsx", edit)
    (note,) = [f for f in findings(result) if f.rule == "S-COPY"]
    assert note.severity.value == "note"
    assert f"工作表“{name}”" in note.message
    assert output in note.message
    assert result.report is not None
    place = result.report.values["t3.new.natural"].place
    assert place is not None
    assert place.sheet == "表三"


@pytest.mark.parametrize(
    ("old", "new", "state"),
    [("表三旧", "表三", "hidden"), ("2024年", "2025年", "visible"), ("样表", "表三", "visible")],
)
def test_the_templates_own_sheet_kept_as_last_years_is_not_judged_for_its_copy(
    old: str, new: str, state: str, tmp_path: Path
) -> None:
    path = book_at(FORM, tmp_path / "a.xlsx", year=2025, unit="某局", values=OTHER)
    book = opened(path)
    page = book["表三"]
    copy = book.copy_worksheet(page)
    page.title, page.sheet_state, copy.title = old, state, new
    for name in book.defined_names.values():  # as an application renames them with the tab
        name.attr_text = name.attr_text.replace("'表三'", f"'{old}'").replace("表三!", f"'{old}'!")
    sheet = next(s for s in layout_of(FORM).sheets if s.table.id == "t3")
    for key, (row, col, _) in sheet.cells.items():
        if key not in FORM.totals:
            copy.cell(row + 1, col + 1, VALUES[key])
    book.save(path)
    (result,) = check_files([path])
    assert result.report is not None
    assert result.report.number("t3.new.natural") == VALUES["t3.new.natural"]
    (note,) = [f for f in findings(result) if f.rule == "S-COPY"]
    assert f"工作表“{old}”" in note.message
    assert f"核对的是“{new}”" in note.message


def test_a_table_that_only_a_hidden_sheet_has_is_told(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        book["表三"].sheet_state = "hidden"

    messages = [f.message for f in findings(own(tmp_path / "a.xlsx", edit))]
    assert any("表三取自隐藏的工作表“表三”" in m and "取消隐藏" in m for m in messages)


def test_of_two_sheets_without_a_sign_none_is_judged(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        book["表三"].title = "申请情况甲"
        put(book.create_sheet("申请情况乙"), "t3", OTHER)

    result = own(tmp_path / "a.xlsx", edit)
    (message,) = error_messages(result)
    assert "有2张表三（“申请情况甲”、“申请情况乙”），数字不同" in message
    assert result.report is not None
    assert result.report.number("t3.new.natural") is None
    assert result.report.number(T4[0]) == VALUES[T4[0]]


def test_a_copy_before_the_forms_own_tab_does_not_win(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        put(book.create_sheet("表三 (2)", 0), "t3", OTHER)

    result = own(tmp_path / "a.xlsx", edit)
    assert result.report is not None
    assert result.report.number("t3.new.natural") == VALUES["t3.new.natural"]
    assert any("核对的是“表三”" in m for m in error_messages(result))
