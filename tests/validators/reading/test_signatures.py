"""审签: the code of the sheet is the code of the checker, and a changed number is noticed."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import openpyxl
import pytest
from gouji.templates.edition import load
from gouji.templates.signing import FIRST, SHEET, code_of
from gouji.templates.workbook import write
from gouji.validators.finding import Result
from gouji.validators.office import check_files
from gouji.validators.publishing import content_of

from ...builders import consistent
from ...conftest import require_app


def signed(path: Path, edition: str = "2021", **cells: object) -> Path:
    """A right report; ``cells`` are written into it, ``C3`` of 表三 as ``t3_C3``."""
    form = load(edition)
    values = {
        k: 0.0 if k.startswith("t2.reg") else v
        for k, v in consistent(form, random.Random(5)).items()
    }
    write(form, path, year=form.from_year, unit="某局", values=values)
    book = openpyxl.load_workbook(path)
    code = code_of(form, values)
    for row, role in enumerate(("初审", "复审", "终审"), FIRST + 1):
        assert book[SHEET].cell(row, 1).value == role
    book[SHEET]["B6"], book[SHEET]["C6"], book[SHEET]["D6"] = "张三", "2022-01-10", int(code)
    for name, value in cells.items():
        sheet, _, cell = name.partition("_")
        book[{"t2": "表二", "t3": "表三", "sign": SHEET}[sheet]][cell] = value
    book.save(path)
    return path


def found(path: Path) -> tuple[Result, list[str]]:
    (result,) = check_files([path])
    assert result.verdict is not None
    return result, [f.message for f in result.verdict.findings if f.rule == "S-SIGNED"]


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_numbers_as_they_were_signed_are_no_finding(edition: str, tmp_path: Path) -> None:
    result, messages = found(signed(tmp_path / "a.xlsx", edition))
    assert messages == []
    assert result.report is not None
    (line,) = result.report.signatures
    assert (line.role, line.name, line.date) == ("初审", "张三", "2022-01-10")
    assert content_of(result).signatures == ("初审：张三　2022-01-10",)


def test_a_number_changed_after_signing_is_a_warning_at_the_code(tmp_path: Path) -> None:
    result, messages = found(signed(tmp_path / "a.xlsx", t2_B10=77))
    assert len(messages) == 1
    assert messages[0].startswith("初审（张三，2022-01-10）签的是摘要码")
    assert "签后改过数。请重新审签。" in messages[0]
    assert result.verdict is not None
    (finding,) = [f for f in result.verdict.findings if f.rule == "S-SIGNED"]
    assert finding.severity.value == "warning"
    assert finding.found in messages[0]
    assert finding.expected in messages[0]
    assert (finding.place.sheet, finding.place.cell) == (SHEET, "D6") if finding.place else False


def test_a_name_without_the_code_asks_for_it_and_a_code_without_a_name_is_nothing(
    tmp_path: Path,
) -> None:
    _, messages = found(signed(tmp_path / "a.xlsx", sign_D6=None))
    assert "没有抄“签时摘要码”" in messages[0]
    _, messages = found(signed(tmp_path / "b.xlsx", sign_B6=None, sign_D7=123))
    assert messages == []


def test_every_single_changed_number_changes_the_code() -> None:
    form, rng = load("2021"), random.Random(8)
    values = consistent(form, rng)
    before = code_of(form, values)
    for key in form.fields:
        change = 0.01 if form.fields[key].kind == "amount" else rng.choice([1, -1, 9, 90])
        assert code_of(form, {**values, key: values[key] + change}) != before, key


@pytest.mark.apps("soffice-calc")
@pytest.mark.slow
@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_the_sheet_computes_the_same_code(edition: str, tmp_path: Path) -> None:
    form = load(edition)
    soffice = require_app("soffice-calc")
    for seed in range(4):
        values = consistent(form, random.Random(seed))
        write(form, tmp_path / f"{seed}.xlsx", year=form.from_year, unit="某局", values=values)
        book = openpyxl.load_workbook(tmp_path / f"{seed}.xlsx")  # drops the stored values
        book.save(tmp_path / f"{seed}.xlsx")
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "ods",
            "--outdir",
            str(tmp_path / "out"),
            *(str(tmp_path / f"{seed}.xlsx") for seed in range(4)),
        ],
        check=True,
        capture_output=True,
        timeout=240,
    )
    from python_calamine import CalamineWorkbook

    for seed in range(4):
        grid = CalamineWorkbook.from_path(str(tmp_path / "out" / f"{seed}.ods"))
        shown = grid.get_sheet_by_name(SHEET).to_python(skip_empty_area=False)[2][1]
        values = consistent(form, random.Random(seed))
        assert f"{int(shown):06d}" == code_of(form, values)
