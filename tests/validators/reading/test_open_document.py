"""What cells of an OpenDocument sheet, and of an .xls, hold beside plain numbers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gouji.templates.edition import load
from gouji.templates.workbook import write
from gouji.validators.reading import read
from gouji.validators.reading.file import open_book
from gouji.validators.report import Standing

from ...builders import opened


def cells_of(*cells: str, styles: str = "") -> Any:
    """The cells of one row of an .ods."""
    text = (
        '<o:document-content xmlns:o="o" xmlns:table="t" xmlns:text="x" xmlns:office="f" '
        f'xmlns:style="s">{styles}<table:table table:name="表三">'
        f"<table:table-row>{''.join(cells)}</table:table-row>"
        "</table:table></o:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        new.writestr("content.xml", text)
    return open_book(out.getvalue(), "a.ods").cells("表三")


def cell(kind: str, value: str = "", formula: str = "", shown: str | None = "") -> str:
    said = "" if shown is None else f"<text:p>{shown}</text:p>"
    kind = f'office:value-type="{kind}" ' if kind else ""
    formula = f'table:formula="{formula}" ' if formula else ""
    return f"<table:table-cell {kind}{value} {formula}>{said}</table:table-cell>"


def test_a_number_shown_as_a_time_is_that_number() -> None:
    cells = cells_of(
        cell("time", 'office:time-value="PT96H00M00S"', shown="96:00"),
        cell("time", 'office:time-value="PT06H30M36S"'),
        cell("time", 'office:time-value="P1Y"', shown="soon"),
    )
    assert [cells.at(0, c) for c in range(3)] == [4.0, pytest.approx(6.51 / 24), "soon"]
    assert [cells.is_date(0, c) for c in range(3)] == [True, True, False]


def test_a_formula_that_shows_nothing_is_told_from_one_without_a_result() -> None:
    cells = cells_of(cell("", formula="of:=&quot;&quot;"), cell("", formula="of:=1+1", shown=None))
    assert [cells.told(0, c) for c in range(2)] == [True, False]


def test_a_percentage_is_shown_as_another_number() -> None:
    cells = cells_of(cell("percentage", 'office:value="8"', shown="800%"))
    assert cells.altering[cells.held[0, 0].style] == "0%"


@pytest.mark.parametrize(
    ("line", "seen"),
    [('style:text-line-through-type="single"', "18"),
     ('style:text-line-through-style="solid"', "18"),
     ('style:text-line-through-style="none" style:text-line-through-type="single"', "187")],
)  # fmt: skip
def test_what_is_struck_through_is_gone(line: str, seen: str) -> None:
    style = f'<style:style style:name="T1"><style:text-properties {line}/></style:style>'
    said = '18<text:span text:style-name="T1">7</text:span>'
    assert cells_of(cell("string", shown=said), styles=style).at(0, 0) == seen


@pytest.mark.parametrize("suffix", ["xls", "ods"])
@pytest.mark.slow
@pytest.mark.apps
def test_other_formats_tell_what_a_number_is_shown_as(
    tmp_path: Path, suffix: str, libreoffice: Callable[..., Path]
) -> None:
    form = load("2021")
    path = write(form, tmp_path / "a.xlsx", year=2024, unit="某县", values=dict.fromkeys(
        form.fields, 5.0), typed_totals=True)  # fmt: skip
    book = opened(path)
    book["表三"]["D9"].number_format, book["表三"]["D10"].number_format = "0%", "yyyy/m/d"
    book["表三"]["D11"].number_format = "h:mm"
    sheet = book["表四"]
    for row in list(sheet.merged_cells.ranges):
        sheet.merged_cells.remove(row)
    sheet.delete_rows(1, 40)  # its cells are gone, their names are not
    book.save(path)
    values = read(libreoffice(path, suffix)).values
    odd = [values[f"t3.{row}.natural"].odd for row in ("granted", "partial", "refused_secret")]
    assert odd == ["format", "date", "date"]
    assert {values[k].number for k in form.fields if k.startswith("t3.")} == {5.0}
    assert values["t4.review.upheld"].standing is Standing.BLANK
