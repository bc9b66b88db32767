"""Own forms: a table in pieces, two years on one sheet, working papers, heads that name no unit."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from gouji.templates.layout import layout_of
from gouji.validators.office import check_files

from ...builders import book_at
from .filled import FORM, VALUES, edited, findings
from .test_candidates import OTHER, error_messages, own, put


def in_pieces(book: Any, gap: int = 0) -> None:
    """表四 with 复议 above 诉讼, each under its own heads."""
    book.remove(book["表四"])
    page = book.create_sheet("表四")
    page.append(["四、政府信息公开行政复议、行政诉讼情况"])
    heads = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    keys = list(next(s for s in layout_of(FORM).sheets if s.table.id == "t4").cells)
    page.append(["行政复议"])
    page.append(heads)
    page.append([VALUES[k] for k in keys[:5]])
    for _ in range(gap):
        page.append([])
    page.append(["行政诉讼"])
    page.append(["未经复议直接起诉", None, None, None, None, "复议后起诉"])
    page.append(heads * 2)
    page.append([VALUES[k] for k in keys[5:]])


@pytest.mark.parametrize("gap", [0, 1, 3])
def test_a_table_printed_in_pieces_is_put_together(gap: int, tmp_path: Path) -> None:
    result = own(tmp_path / "a.xlsx", lambda book: in_pieces(book, gap))
    assert error_messages(result) == []
    assert result.report is not None
    assert result.report.numbers == VALUES


def stacked(first: str, second: str, right: int) -> Any:
    """Two of 表三 on one sheet, that of number ``right`` this year's."""

    def edit(book: Any) -> None:
        page, below = book["表三"], book.create_sheet("别")
        put(below, "t3", OTHER if right == 0 else VALUES)
        if right:
            put(page, "t3", OTHER)
        page["A1"], below["A1"] = f"表三（{first}）", f"表三（{second}）"
        for row in below.iter_rows():
            for cell in row:
                if cell.value is not None:
                    page.cell(cell.row + 35, cell.column, cell.value)
        book.remove(below)

    return edit


@pytest.mark.parametrize(
    "edit", [stacked("2025年", "2024年", 0), stacked("2024年度", "2025年度", 1)]
)
def test_of_two_years_on_one_sheet_the_reports_own_is_read(edit: Any, tmp_path: Path) -> None:
    result = own(tmp_path / "a.xlsx", edit)
    assert result.report is not None
    assert result.report.numbers == VALUES
    assert any("有2张表三（2025年、2024年）" in f.message or "（2024年、2025年）" in f.message
               for f in findings(result))  # fmt: skip


def test_two_that_no_year_tells_apart_are_refused_without_other_units(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        stacked("甲", "乙", 0)(book)
        book["表三"]["A2"] = "填报单位：清河县民政局"

    result = own(tmp_path / "a.xlsx", edit)
    assert result.error is not None
    assert "分不清哪一张是要上报的" in result.error.zh


@pytest.mark.parametrize("formula", ["=机关!D7+中心!D7+协会!D7", "=SUM(机关:协会!D7)"])
def test_sheets_that_the_table_adds_are_its_working_papers(formula: str, tmp_path: Path) -> None:
    path = book_at(FORM, tmp_path / "a.xlsx", year=2025, unit="某局", values=VALUES)
    nothing = dict.fromkeys(VALUES, 0.0)

    def edit(book: Any) -> None:
        for name, values in (("机关", VALUES), ("中心", nothing), ("协会", nothing)):
            put(book.create_sheet(name), "t3", values)
        book["表三"]["D7"] = formula

    messages = [f.message for f in findings(edited(path, edit), "S-COPY")]
    assert len(messages) == 3
    assert all("相加用的底稿" in m for m in messages)


def test_a_head_of_the_form_beside_a_label_is_no_unit(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        page = book["表四"]
        page.insert_cols(1)
        page["A4"], page["A7"] = "单位", "清河县民政局"

    assert findings(own(tmp_path / "a.xlsx", edit)) == []


@pytest.mark.parametrize(
    ("day", "code", "year"),
    [
        (date(2025, 12, 31), 'yyyy"年"', 2025),
        (date(2025, 6, 30), "yyyy", 2025),
        (date(2026, 1, 20), "yyyy-mm-dd", None),
    ],
)
def test_a_date_that_shows_its_year_alone_is_that_year(
    day: date, code: str, year: int | None, tmp_path: Path
) -> None:
    path = book_at(FORM, tmp_path / "a.xlsx", year=2025, unit="某局", values=VALUES)

    def edit(book: Any) -> None:
        book["封面"]["B7"], book["封面"]["B7"].number_format = day, code

    result = edited(path, edit)
    assert result.report is not None
    assert result.report.year == year
    assert all("46042" not in f.message for f in findings(result))


def test_an_amount_fits_as_the_narrative_rounds_it(tmp_path: Path) -> None:
    values = VALUES | {"t2.fees.amount": 282.149}
    output = {"二、主动公开政府信息情况": "全年行政事业性收费282.15万元。"}
    path = book_at(
        FORM, tmp_path / "a.xlsx", year=2025, unit="某局", values=values, narrative=output
    )
    (result,) = check_files([path])
    assert findings(result, "N-CLAIM") == []
