"""其余空格填0: only cells with nothing in them, sums brought up to date, all else as it was."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from gouji.templates.edition import Edition
from gouji.templates.errors import InputError
from gouji.validators.office import check_bytes, zeros_bytes, zeros_of
from gouji.validators.office.fill import _must_take
from gouji.validators.ooxml.numbers import set_numbers
from gouji.validators.ooxml.package import Package
from gouji.validators.reading import read
from gouji.validators.report import Standing

from ...builders import book_at, opened
from ..ooxml.samples import changed


def test_blank_cells_become_0_and_texts_stay(tmp_path: Path, edition: Edition) -> None:
    key = next(k for k in edition.fields if k.startswith("t3.") and k not in edition.totals)
    path = book_at(edition, tmp_path / "a.xlsx", year=edition.from_year, values={key: "无"})
    made, count = zeros_bytes(path.read_bytes(), "a.xlsx")
    assert count == len(edition.fields) - len(edition.totals) - 1
    result = check_bytes(made, "a.xlsx")
    assert result.verdict
    assert result.report
    assert {f.rule for f in result.verdict.findings} == {"CELL-BLANK"}
    assert result.report.values[key].shown == "无"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "a.xlsx") as new:
        assert old.namelist() == new.namelist()


def test_a_filled_form_has_nothing_to_fill(tmp_path: Path, form: Edition) -> None:
    values = dict.fromkeys(form.fields, 0.0)
    path = book_at(form, tmp_path / "a.xlsx", year=2024, values=values)
    with pytest.raises(InputError, match="没有空着的格"):
        zeros_bytes(path.read_bytes(), "a.xlsx")


def test_a_formula_that_gives_an_empty_text_stays(tmp_path: Path, form: Edition) -> None:
    """A 0 beside it would be gone at the next calculation, one in its place would lose it."""
    key = "t3.granted.natural"
    values = dict.fromkeys(form.fields, 0.0)
    del values["t3.new.natural"]
    path = tmp_path / "a.xlsx"
    book_at(form, path, year=2024, values=values, formulas={key: '=IF(1,"",0)'}, typed_totals=True)
    empty = rb'<c r="D9"\1 t="str"><f>IF(1,"",0)</f><v></v></c>'
    path.write_bytes(
        changed(
            path.read_bytes(),
            lambda _, part: re.sub(rb'<c r="D9"([^>]*)><f>.*?</f><v>0</v></c>', empty, part),
        )
    )
    report = read(path)
    assert report.values[key].formula
    assert report.values[key].standing is Standing.BLANK
    made, count = zeros_bytes(path.read_bytes(), "a.xlsx")
    assert count == 1
    assert list(zeros_of(report)) == [("表三", "D7")]
    after = opened(io.BytesIO(made))["表三"]
    assert (after["D7"].value, after["D9"].value) == (0, '=IF(1,"",0)')


ROW = re.compile(rb'<row r="12".*?</row>')


@pytest.mark.parametrize(
    "change",
    [
        lambda part: re.sub(rb'<c r="[A-Z]+12"', b"<c", part),  # as some programs leave them out
        lambda part: re.sub(rb'<row r="\d+"', b"<row", part),
        lambda part: re.sub(rb'r="([DE])12"', lambda m: b'r="%s12"' % m[1].lower(), part),
        lambda part: ROW.sub(b'<row r="12"/>', part),
        lambda part: ROW.sub(b"", part),
        lambda part: re.sub(rb'<row r="12".*</row>', b"", part),
    ],
)
def test_a_number_comes_to_its_cell_however_the_sheet_is_spelled(
    tmp_path: Path, form: Edition, change: Callable[[bytes], bytes]
) -> None:
    path = book_at(form, tmp_path / "a.xlsx", year=2024)
    name = "xl/worksheets/sheet4.xml"
    data = changed(path.read_bytes(), lambda n, part: change(part) if n == name else part)
    assert data != path.read_bytes()
    made = set_numbers(data, {("表三", "D12"): 7, ("表三", "E12"): 8, ("表三", "D14"): 9}, "x")
    sheet = opened(io.BytesIO(made))["表三"]
    assert [sheet[c].value for c in ("D12", "E12", "D14")] == [7, 8, 9]
    package = Package.open(made)
    cells = package.cells(package.sheets[3])
    assert [cells.at(11, 3), cells.at(11, 4), cells.at(13, 3)] == [7, 8, 9]


def test_a_number_that_nobody_would_see_is_not_filled_in(tmp_path: Path, form: Edition) -> None:
    path = book_at(form, tmp_path / "a.xlsx", year=2024, unit="某县")
    report = read(path)
    _must_take(report, report.values)
    covered = replace(report, covered=frozenset({"t3.granted.research"}))
    with pytest.raises(InputError, match="表三 F9被合并的格盖住了"):
        _must_take(covered, ["t3.granted.research"])
    _must_take(covered, ["t3.granted.natural"])
