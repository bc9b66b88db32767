"""Stored results of the clerk's own formulas: believed only where they must be current."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from gouji.templates.errors import InputError
from gouji.validators.finding import Result
from gouji.validators.office import check_files
from gouji.validators.office.fill import fill
from gouji.validators.office.fix import Repairs
from gouji.validators.ooxml.numbers import set_numbers
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from ...builders import book_at, cases_entered, opened
from .filled import FORM, VALUES, findings

KEY, CELL = "t3.granted.natural", "D9"
OLD = VALUES[KEY]


@pytest.mark.parametrize("formula", ["=[1]科室!B1", "=SUM(OFFSET(科室!A1,0,0,1048576,16384))"])
def test_a_formula_that_cannot_be_followed_is_judged_with_a_note(
    formula: str, tmp_path: Path
) -> None:
    result = checked(with_formula(tmp_path / "a.xlsx", formula, SHEET, asks=False))
    assert result.report is not None
    assert result.report.number(KEY) == OLD
    (note,) = findings(result)
    assert note.severity.value == "note"
    assert "D9是公式，在这个文件里算不出来" in note.message


def with_formula(
    path: Path, formula: str, own: Mapping[str, Any], stored: float = OLD, asks: bool = True
) -> Path:
    """A template whose D9 is ``formula`` over a sheet 科室, with ``stored`` as its result."""
    if not path.exists():
        book_at(FORM, path, year=2025, unit="某局", values=VALUES)
    book = opened(path)
    page = book["科室"] if "科室" in book.sheetnames else book.create_sheet("科室")
    for cell, content in own.items():
        page[cell] = content
    book["表三"][CELL] = formula
    book.defined_names["件数"] = DefinedName("件数", attr_text="科室!$B$1:$B$2")
    book.calculation.fullCalcOnLoad = asks
    book.save(path)
    name = f"xl/worksheets/sheet{book.sheetnames.index('表三') + 1}.xml"
    path.write_bytes(changed_part(path.read_bytes(), name, stored))
    return path


def changed_part(data: bytes, name: str, stored: float) -> bytes:
    """The workbook with a stored result for D9, as an application has written it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part == name:
                where = rb'(<c r="D9"[^>]*><f>[^<]*</f>)<v ?/?>(?:</v>)?'
                content, count = re.subn(where, rb"\g<1><v>%g</v>" % stored, content)
                assert count == 1
            if part == "docProps/app.xml":
                app = b"<Application>Microsoft Excel</Application>"
                content = re.sub(rb"<Application>[^<]*</Application>", app, content)
            new.writestr(part, content)
    return out.getvalue()


def checked(path: Path) -> Result:
    (result,) = check_files([path])
    return result


SHEET = {"A1": "公开", "B1": OLD + 3, "B2": 0, "A2": "部分"}


@pytest.mark.parametrize(
    "formula",
    ["=科室!B1", "=SUM(科室!B1:B2)", "=科室!B1+科室!B2", "=科室!$C$1", "=SUM(科室!B1:科室!B2)"],
)
@pytest.mark.sampled
def test_a_sum_that_is_old_is_computed_and_told(formula: str, tmp_path: Path) -> None:
    own = SHEET | {"C1": "=B1+B2"}
    result = checked(with_formula(tmp_path / "a.xlsx", formula, own))
    assert result.report is not None
    assert result.report.number(KEY) == OLD + 3
    assert any("公式还没有重新计算" in f.message for f in findings(result, "S-TEMPLATE"))
    assert findings(result, "T3-BALANCE")


@pytest.mark.parametrize(
    "formula",
    [
        '=VLOOKUP("公开",科室!A1:B2,2,0)',
        '=SUMIF(科室!A:A,"公开",科室!B:B)',
        "=科室!B1*1+MAX(0)",
        "=_xlfn.LET(_xlpm.x,科室!B1,_xlpm.x)",
        "=SUM(件数)",
        "=科室!A1",
    ],
)
@pytest.mark.sampled
def test_another_formula_whose_result_is_old_is_not_judged(formula: str, tmp_path: Path) -> None:
    result = checked(with_formula(tmp_path / "a.xlsx", formula, SHEET, asks=False))
    assert result.report is not None
    assert result.report.number(KEY) is None
    (finding,) = [f for f in findings(result, "CELL-FORMULA") if f.field == KEY]
    assert "请在表格软件里重新计算后保存" in finding.message
    assert finding.severity.value == "warning"
    assert result.verdict is not None
    assert {"T3-ROW", "T3-TOTAL"} <= {u.rule for u in result.verdict.unchecked}


@pytest.mark.parametrize(("stored", "number"), [(OLD, None), (OLD + 2, OLD + 2)])
def test_columns_of_a_table_are_followed_by_their_names(
    stored: float, number: float | None, tmp_path: Path
) -> None:
    own = {"A1": "情形", "B1": "件数", "A2": "公开", "B2": OLD, "A3": "部分", "B3": 2}
    path = with_formula(tmp_path / "a.xlsx", "=SUM(表1[件数])", own, asks=False)
    book = opened(path)
    book["科室"].add_table(Table(displayName="表1", ref="A1:B3"))
    book.save(path)
    name = f"xl/worksheets/sheet{book.sheetnames.index('表三') + 1}.xml"
    path.write_bytes(changed_part(path.read_bytes(), name, stored))
    result = checked(path)
    assert result.report is not None
    assert result.report.number(KEY) == number


def test_another_formula_whose_result_is_right_is_judged(tmp_path: Path) -> None:
    formula = '=VLOOKUP("公开",科室!A1:B2,2,0)'
    result = checked(with_formula(tmp_path / "a.xlsx", formula, SHEET | {"B1": OLD}))
    assert result.report is not None
    assert result.report.number(KEY) == OLD
    assert findings(result) == []


@pytest.mark.parametrize(("asks", "number"), [(True, None), (False, OLD)])
def test_without_the_engine_a_result_is_believed_that_an_application_has_saved(
    asks: bool, number: float | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "formualizer", None)
    path = with_formula(tmp_path / "a.xlsx", '=COUNTIF(科室!A:A,"公开")', SHEET, asks=asks)
    result = checked(path)
    assert result.report is not None
    assert result.report.number(KEY) == number


def test_fill_writes_nothing_under_a_formula(tmp_path: Path) -> None:
    path = book_at(FORM, tmp_path / "a.xlsx", year=2025, unit="某局", values=VALUES, ledgers=True)
    cases_entered(path, FORM, ["予以公开"], 2025)
    with_formula(path, "=科室!B1", SHEET | {"B1": 7}, stored=7)
    before = path.read_bytes()
    with pytest.raises(InputError, match="D9是公式"):
        fill(path)
    assert path.read_bytes() == before


def test_a_repair_keeps_the_results_that_do_not_follow_it(tmp_path: Path) -> None:
    path = with_formula(tmp_path / "a.xlsx", '=VLOOKUP("公开",科室!A1:B2,2,0)', SHEET | {"B1": OLD})
    data = set_numbers(path.read_bytes(), {("表三", "D12"): 5.0}, "a")
    book = opened(io.BytesIO(data), data_only=True)
    assert book["表三"]["D9"].value == OLD
    data = set_numbers(path.read_bytes(), {("科室", "B1"): 5.0}, "a")
    book = opened(io.BytesIO(data), data_only=True)
    assert book["表三"]["D9"].value is None


def test_a_confirmed_repair_leaves_the_rest_as_it_was_judged(tmp_path: Path) -> None:
    wrong = VALUES | {"t3.carried_out.natural": VALUES["t3.carried_out.natural"] + 90}
    path = book_at(FORM, tmp_path / "a.xlsx", year=2025, unit="某局", values=wrong)
    with_formula(path, "=SUM(科室!B1:B2)", SHEET | {"B1": OLD})
    draft = Repairs(path)
    draft.confirm(draft.offers()[0])
    result = checked(path)
    assert findings(result) == []
    assert result.report is not None
    assert result.report.number(KEY) == OLD


@pytest.mark.parametrize(
    "formula", ['=COUNTIF(科室!A:XFD,"<>x")', "=LARGE(科室!A:XFD,1)", "=SUM((科室!A:XFD=1)*1)"]
)
def test_a_formula_over_a_whole_sheet_ends_and_is_told(formula: str, tmp_path: Path) -> None:
    result = checked(with_formula(tmp_path / "a.xlsx", formula, SHEET | {"XFD1048576": 1}))
    assert result.report is not None
    assert result.report.number(KEY) is None
    assert [f for f in findings(result, "CELL-FORMULA") if f.field == KEY]
