"""What of an .xls and an .ods nobody sees, or a conditional format shows as another number."""

from __future__ import annotations

import io
import struct
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest
import xlrd
from gouji.validators.ooxml.limits import Limits
from gouji.validators.ooxml.ods import read_ods
from gouji.validators.reading import other_formats
from gouji.validators.reading.xls_records import conditions

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


AREAS = struct.pack("<HH8xH", 1, 7 << 1, 1) + struct.pack("<4H", 6, 8, 3, 3)  # D7:D9
EMPTY, FONT, NUMBER = struct.pack("<IH", 0, 0), 1 << 26, 1 << 25
INK = struct.pack("<IH", FONT, 0) + bytes(80) + struct.pack("<I", 9) + bytes(34)
CODE = struct.pack("<IHHHB", NUMBER, 1, 7, 2, 0) + b"99"
BUILT_IN = struct.pack("<IHBB", NUMBER, 0, 0, 9)
ZERO = b"\x1e\0\0"


def compared(look: bytes, sign: int = 5) -> bytes:
    """A rule: greater than 0."""
    return struct.pack("<BBHH", 1, sign, len(ZERO), 0) + look + ZERO


def newer(look: bytes) -> bytes:
    """The same in a record of Excel 2007."""
    head = struct.pack("<12xBBHHI", 1, 5, len(ZERO), 0, len(look))
    return head + (look or bytes(2)) + ZERO


def further(look: bytes) -> bytes:
    """What is added to the first rule of the areas of number 7."""
    return struct.pack("<12xIHHBBHBBI", 0, 7, 0, 5, 0, 1, 0, 1, len(look)) + look


HIDES = [(("cellIs", "greaterThan", ("0",)), (((6, 3), (8, 3)),))]


@pytest.mark.parametrize(
    ("rules", "looks", "hides"),
    [
        ([(0x1B1, compared(EMPTY))], [], []),
        ([(0x1B1, compared(INK))], [], HIDES),
        ([(0x1B1, compared(CODE))], ["99"], []),
        ([(0x1B1, compared(BUILT_IN))], ["0%"], []),
        ([(0x87A, newer(INK))], [], HIDES),
        ([(0x87A, newer(b""))], [], []),
        ([(0x1B1, compared(EMPTY)), (0x87B, further(INK))], [], HIDES),
        ([(0x1B1, compared(EMPTY)), (0x87B, further(CODE))], ["99"], []),
        ([(0x1B1, compared(INK)[:40])], [], []),
        ([(0x1B1, compared(CODE)[:20])], ["99"], []),
        ([(0x87B, further(INK)[:20]), (0x1B1, b"")], [], []),
    ],
)
def test_the_conditional_formats_of_an_xls_are_those_of_an_xlsx(
    rules: list[tuple[int, bytes]], looks: list[str], hides: list[Any]
) -> None:
    made = b"".join(record(code, body) for code, body in [(0x1B0, AREAS), *rules])
    book = xlrd.book.Book()
    book.biff_version, book.formatting_info = 80, False
    book.mem, book._sh_abs_posn = record(0x809) + made + record(0x0A), [0]
    book.colour_map = {9: (255, 255, 255)}
    book.format_map = {9: SimpleNamespace(format_str="0%")}
    shown, hiding = conditions(book, 0)
    assert list(shown) == [(((6, 3), (8, 3)), code) for code in looks]
    assert [(tuple(r)[1:], r.areas) for r in hiding] == hides


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
    ("ink", "pattern", "ground", "height", "faint"),
    [
        (9, 0, 64, 200, True),
        (10, 0, 64, 200, True),
        (8, 0, 64, 200, False),
        (8, 0, 64, 20, True),
        (9, 1, 8, 200, False),
        (8, 1, 8, 200, True),
        (0x7FFF, 0, 64, 200, False),
    ],
)
def test_numbers_of_an_xls_in_the_colour_of_their_ground_are_known(
    ink: int, pattern: int, ground: int, height: int, faint: bool
) -> None:
    book = SimpleNamespace(
        colour_map={8: (0, 0, 0), 9: (255,) * 3, 10: (253, 253, 254), 64: None, 0x7FFF: None},
        font_list=[SimpleNamespace(colour_index=ink, height=height)],
    )
    look = SimpleNamespace(fill_pattern=pattern, pattern_colour_index=ground)
    xf = SimpleNamespace(font_index=0, background=look)
    assert other_formats._is_faint(book, xf) is faint
