"""A number that a conditional format shows as another one is told, as one of the cell's own is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gouji.validators.office import check_files
from gouji.validators.ooxml.package import Package
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat

from ..ooxml.samples import changed
from .filled import edited, findings


def _conditional(book: Any, code: str, area: str) -> None:
    rule = FormulaRule(["TRUE"])
    rule.dxf = DifferentialStyle(numFmt=NumberFormat(numFmtId=200, formatCode=code))
    book["表三"].conditional_formatting.add(area, rule)


@pytest.mark.parametrize("area", ["D9", "D9:E9 J2", "A1:XFD1048576"])
@pytest.mark.parametrize("code", ['"99"', "0%"])
def test_a_conditional_format_that_shows_another_number_is_told(
    filled: Path, code: str, area: str
) -> None:
    found = findings(edited(filled, lambda book: _conditional(book, code, area)))
    answer = [f for f in found if f.place and f.place.cell == "D9"]
    assert [(f.rule, f.severity.value) for f in answer] == [("CELL-TEXT", "warning")]
    assert f"“{code}”" in answer[0].message


@pytest.mark.parametrize(
    ("code", "area"), [("#,##0", "D9"), ('"99"', "D40:D50"), ("0;;", "D1:D99")]
)
def test_a_conditional_format_that_shows_the_number_is_none_of_ours(
    filled: Path, code: str, area: str
) -> None:
    assert findings(edited(filled, lambda book: _conditional(book, code, area))) == []


def test_the_conditional_formats_of_an_extension_count_too(filled: Path) -> None:
    answer = (
        b'<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
        b'uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}"><x14:conditionalFormattings>'
        b'<x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
        b'<x14:cfRule type="expression" id="{0}"><xm:f>TRUE</xm:f><x14:dxf><numFmt numFmtId="200" '
        b'formatCode="&quot;99&quot;"/></x14:dxf></x14:cfRule><xm:sqref>D9</xm:sqref>'
        b"</x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst></worksheet>"
    )
    sheet = next(s.part for s in Package.open(filled).sheets if s.name == "表三")
    data = changed(
        filled.read_bytes(),
        lambda n, part: part.replace(b"</worksheet>", answer) if n == sheet else part,
    )
    filled.write_bytes(data)
    (result,) = check_files([filled])
    assert [f.place.cell for f in findings(result) if f.place] == ["D9"]


@pytest.mark.parametrize("area", ["D9", "D9:E9 J2", "A1:XFD1048576"])
def test_a_conditional_format_that_shows_nothing_is_told_once(filled: Path, area: str) -> None:
    found = findings(edited(filled, lambda book: _conditional(book, ";;;", area)))
    assert [(f.rule, f.severity.value) for f in found] == [("S-TEMPLATE", "warning")]
    assert "看不见的数" in found[0].message
