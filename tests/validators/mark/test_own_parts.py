"""A part is touched only when it is of its own kind, whatever a relationship says."""

from __future__ import annotations

import re

import pytest
from gouji.validators import mark
from gouji.validators.mark import Mark

from ..ooxml.samples import changed, parts, workbook

RELS = "xl/worksheets/_rels/sheet1.xml.rels"
OTHERS = ("/xl/workbook.xml", "/xl/worksheets/sheet2.xml", "/xl/styles.xml", "/_rels/.rels")


def noted() -> bytes:
    """Two sheets; the first has a note, with its drawing and its part."""

    def write(book):  # type: ignore[no-untyped-def]
        book.add_worksheet("一").write_comment("B2", "本单位的批注")
        book.add_worksheet("二").write(0, 0, 1)

    return workbook(write)


def led_astray(kind: str, target: str) -> bytes:
    """The relationship of ``kind`` names another part than its own."""

    def change(name: str, part: bytes) -> bytes:
        if name != RELS:
            return part
        wanted = rf'(Type="[^"]*/{kind}" Target=")[^"]*'.encode()
        return re.sub(wanted, rb"\1" + target.encode(), part)

    return changed(noted(), change)


@pytest.mark.parametrize("target", OTHERS)
@pytest.mark.parametrize("kind", ["vmlDrawing", "comments"])
def test_what_names_a_part_of_another_kind_changes_nothing_in_it(kind: str, target: str) -> None:
    before = led_astray(kind, target)
    marked = mark.apply_bytes(before, [Mark("一", "A1", "error", "相差1。")])
    assert b"_x0000_s" not in dict(parts(marked))[target[1:]]
    assert b"<comment " not in dict(parts(marked))[target[1:]]
    assert parts(mark.clear_bytes(marked)) == parts(before)
    saved = changed(marked, lambda name, part: None if "gouji" in name else part)
    assert target[1:] in dict(parts(mark.clear_bytes(saved)))


@pytest.mark.parametrize("kind", ["printerSettings", "vmlDrawing", "comments"])
def test_a_results_sheet_takes_no_part_of_others_with_it(kind: str) -> None:
    marked = mark.apply_bytes(noted(), [Mark("一", "A1", "error", "相差1。")])
    results = max(n for n, _ in parts(marked) if re.match(r"xl/worksheets/s.*\.xml$", n))
    rel = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        f'relationships/{kind}" Target="/xl/worksheets/sheet2.xml"/></Relationships>'
    )
    name = f"xl/worksheets/_rels/{results.rpartition('/')[2]}.rels"

    def change(part_name: str, part: bytes) -> bytes | None:
        if "gouji" in part_name:
            return None
        return rel.encode() if part_name == name else part

    forged = changed(marked, change)
    assert "xl/worksheets/sheet2.xml" in dict(parts(mark.clear_bytes(forged)))
