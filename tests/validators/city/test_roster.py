"""Lines of a roster that nobody sees are no units, and are told."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from gouji.validators.city.roster import roster_of
from openpyxl.styles import Font


@pytest.mark.parametrize("how", ["hidden", "struck", "filtered"])
def test_a_line_out_of_sight_is_told_and_is_no_unit(tmp_path: Path, how: str) -> None:
    book = openpyxl.Workbook()
    for line in (("单位名称", "代码"), ("甲局", "A1"), ("旧局", "A2"), ("乙局", "A3")):
        book.active.append(line)
    if how == "struck":
        for cell in book.active[3]:
            cell.font = Font(strike=True)
    else:
        book.active.row_dimensions[3].hidden = True
    if how == "filtered":
        book.active.auto_filter.ref = "A1:B4"
    book.create_sheet("说明").append(["甲局", "旧局"])
    path = tmp_path / "名册.xlsx"
    book.save(path)
    roster = roster_of(path)
    assert [u.name for u in roster.units] == ["甲局", "乙局"]
    word = "划掉的" if how == "struck" else "隐藏的"
    assert [r.zh for r in roster.remarks] == [f"第3行是{word}，没有算作单位：旧局"]


def test_a_cell_struck_in_a_line_that_stands_is_a_unit_all_the_same(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in (("单位名称", "联系人"), ("甲局", "王"), ("乙局", "李")):
        book.active.append(line)
    book.active["B2"].font = Font(strike=True)
    path = tmp_path / "名册.xlsx"
    book.save(path)
    assert len(roster_of(path).units) == 2
