"""What of an .xls and an .ods nobody sees, or a conditional format shows as another number."""

from __future__ import annotations

import io
import struct
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest
from gouji.validators.ooxml.limits import Limits
from gouji.validators.ooxml.ods import read_ods
from gouji.validators.reading import other_formats
from gouji.validators.reading.xls_formulas import shows_others

SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="t" '
    'xmlns:style="s" xmlns:number="n" xmlns:calcext="c"'
)


def book_of(condition: str) -> bytes:
    """An .ods of one number, 92 in D7, with a conditional format that may show 99."""
    styles = (
        f"<office:document-styles {SPACES}><office:styles>"
        '<number:number-style style:name="N1"><number:text>99</number:text></number:number-style>'
        '<style:style style:name="Look_5f_1" style:display-name="Look_1" '
        'style:family="table-cell" style:data-style-name="N1"/>'
        "</office:styles></office:document-styles>"
    )
    empty = '<table:table-row table:number-rows-repeated="6"/>'
    cells = '<table:table-cell table:number-columns-repeated="3"/>'
    cell = '<table:table-cell office:value-type="float" office:value="92"/>'
    content = (
        f'<office:document-content {SPACES}><table:table table:name="表三">{empty}'
        f"<table:table-row>{cells}{cell}</table:table-row>"
        f"<calcext:conditional-formats>{condition}</calcext:conditional-formats>"
        "</table:table></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("styles.xml", styles)
        book.writestr("content.xml", content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("area", "shown"),
    [("表三.D7", True), ("'表 三'.A1:'表 三'.J31", True), ("表三.D8:表三.J9", False)],
)
def test_a_conditional_format_of_an_ods_that_shows_another_number_is_known(
    area: str, shown: bool
) -> None:
    condition = (
        f'<calcext:conditional-format calcext:target-range-address="{area}">'
        '<calcext:condition calcext:apply-style-name="Look_1" calcext:value="=92"/>'
        "</calcext:conditional-format>"
    )
    cells = read_ods(book_of(condition), "a.ods", Limits())[0]["表三"]
    assert (cells.held[6, 3].style in cells.altering) is shown


def record(code: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", code, len(body)) + body


@pytest.mark.parametrize(("flags", "answer"), [(0x02000000, True), (0x04000000, False)])
def test_a_conditional_format_of_an_xls_with_a_number_format_is_known(
    flags: int, answer: bool
) -> None:
    body = struct.pack("<BBHHIH", 2, 0, 0, 0, flags, 0)
    held = record(0x809) + record(0x1B1, body) + record(0x0A)
    assert shows_others(SimpleNamespace(mem=held, _sh_abs_posn=[0]), 0) is answer


def line(**of: Any) -> SimpleNamespace:
    return SimpleNamespace(**{"hidden": 0, "height": 300, "width": 2000, **of})


def test_hidden_rows_and_columns_of_an_xls_are_known_and_those_too_narrow_to_read() -> None:
    sheet = SimpleNamespace(
        rowinfo_map={5: line(), 8: line(hidden=1), 9: line(height=20)},
        colinfo_map={3: line(), 4: line(hidden=1), 5: line(width=10)},
    )
    unseen = other_formats._unseen(sheet)
    assert [at for at in range(12) if unseen.hides((at, 0))] == [8, 9]
    assert [at for at in range(8) if unseen.hides((0, at))] == [4, 5]


@pytest.mark.parametrize(
    ("ink", "pattern", "ground", "faint"),
    [
        (9, 0, 64, True),
        (8, 0, 64, False),
        (9, 1, 8, False),
        (8, 1, 8, True),
        (0x7FFF, 0, 64, False),
    ],
)
def test_numbers_of_an_xls_in_the_colour_of_their_ground_are_known(
    ink: int, pattern: int, ground: int, faint: bool
) -> None:
    book = SimpleNamespace(
        colour_map={8: (0, 0, 0), 9: (255, 255, 255), 64: None, 0x7FFF: None},
        font_list=[SimpleNamespace(colour_index=ink)],
    )
    look = SimpleNamespace(fill_pattern=pattern, pattern_colour_index=ground)
    xf = SimpleNamespace(font_index=0, background=look)
    assert other_formats._is_faint(book, xf) is faint
