"""Marking takes seconds, whatever stands in the sheet: comments, merges, another encoding."""

from __future__ import annotations

import time

import pytest
from gouji.templates.a1 import cell_name
from gouji.validators import mark
from gouji.validators.mark import Mark
from gouji.validators.mark.sheet import Merged

from ..ooxml.samples import changed, parts, workbook

SHEET = "xl/worksheets/sheet1.xml"
START, END = b"<sheetData>", b"</worksheet>"
MANY = 60_000


def with_sheet(old: bytes, new: bytes, utf16: bool = False) -> bytes:
    def change(name: str, part: bytes) -> bytes:
        if name != SHEET:
            return part
        part = part.replace(old, new, 1)
        return part.split(b"?>", 1)[1].decode().encode("utf-16") if utf16 else part

    return changed(workbook(lambda book: book.add_worksheet("一").write(0, 0, 1)), change)


HOSTILE = {
    "comment": lambda: with_sheet(START, b"<!--" + b"<cfRule " * MANY + b"-->" + START),
    "text": lambda: with_sheet(
        b"<v>1</v>", b'<f>1</f><v>1</v></c><c r="B1" t="str"><v>' + b"&lt;cfRule " * MANY + b"</v>"
    ),
    "rules": lambda: with_sheet(
        END,
        b'<conditionalFormatting sqref="A1">'
        + b'<cfRule type="x" priority="9"/>' * MANY
        + b"</conditionalFormatting>"
        + END,
    ),
    "utf-16": lambda: with_sheet(START, b"<!--" + b"<?xml " * MANY + b"-->" + START, utf16=True),
    "utf-16, quotes": lambda: with_sheet(
        START, b"<!--" + b"<?xml encoding=" * MANY + b"-->" + START, utf16=True
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(HOSTILE))
def test_a_sheet_that_wants_to_be_searched_for_ever_is_marked_at_once(kind: str) -> None:
    data = HOSTILE[kind]()
    start = time.perf_counter()
    marked = mark.apply_bytes(data, [Mark("一", "A1", "error", "相差1。")])
    assert parts(mark.clear_bytes(marked)) == parts(data)
    assert time.perf_counter() - start < 10


@pytest.mark.slow
@pytest.mark.parametrize("tall", [False, True])
def test_many_merges_and_many_marks_take_no_time(tall: bool) -> None:
    spans = (
        (f"{cell_name(0, c)}:{cell_name(900, c)}" for c in range(16_000))
        if tall
        else (f"{cell_name(r, 0)}:{cell_name(r, 1)}" for r in range(100_000))
    )
    cells = "".join(f'<mergeCell ref="{ref}"/>' for ref in spans)
    sheet = Merged(f"<worksheet><mergeCells>{cells}</mergeCells></worksheet>".encode())
    start = time.perf_counter()
    for row in range(8000):
        sheet.area(cell_name(row, 1))
    assert time.perf_counter() - start < 5


def test_the_merged_range_of_a_cell_is_found_wherever_it_stands() -> None:
    refs = ("A1:B1", "D1:E2", "A3:A20", "C5:F9", "G1:G2")
    cells = "".join(f'<mergeCell ref="{ref}"/>' for ref in refs)
    sheet = Merged(f"<worksheet><mergeCells>{cells}</mergeCells></worksheet>".encode())
    wanted = {"B1": "A1:B1", "C1": "C1", "E2": "D1:E2", "A20": "A3:A20", "D7": "C5:F9"}
    wanted |= {"G2": "G1:G2", "F1": "F1", "A21": "A21"}
    assert {cell: sheet.area(cell)[0] for cell in wanted} == wanted
