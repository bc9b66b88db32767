"""XML as spans of bytes: where tags end, in time that grows with the bytes and no faster."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from gouji.templates.errors import InputError
from gouji.validators.mark import Mark, apply
from gouji.validators.ooxml.spans import TooMuchError, tree

from ...builders import one_wrong_cell
from .samples import changed


def test_a_tag_ends_where_no_quote_is_open() -> None:
    data = b"""<a b="x>y" c='">"'><d/><e f="'">t</e></a>"""
    root = tree(data)
    assert data[root.start : root.open_end] == b"""<a b="x>y" c='">"'>"""
    assert [data[c.start : c.end] for c in root.children] == [b"<d/>", b"""<e f="'">t</e>"""]


@pytest.mark.slow
def test_ten_times_the_tags_take_about_ten_times_as_long() -> None:
    def seconds(count: int) -> float:
        data = b"<a>" + b'<b c="1"/>' * count + b" " * (200 * count) + b"</a>"
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            tree(data)
            best = min(best, time.process_time() - start)
        return best

    assert seconds(20_000) < 40 * seconds(2_000)


@pytest.mark.slow
def test_more_than_can_be_held_is_its_own_error_and_sentence(tmp_path: Path) -> None:
    with pytest.raises(TooMuchError):
        tree(b"<a>" + b"<b/>" * 400_001 + b"</a>")
    with pytest.raises(TooMuchError):
        tree(b"<a>" * 300 + b"</a>" * 300)
    rows = random.Random(1).choices(range(1, 1_000_000), k=400_001)  # no bomb: it packs badly
    rules = b"".join(b'<conditionalFormatting sqref="A%d"/>' % row for row in rows)

    def crowded(name: str, part: bytes) -> bytes:
        place = b"<pageMargins" if name.endswith("sheet4.xml") else b"\x00"
        return part.replace(place, rules + place, 1)

    path = one_wrong_cell(tmp_path / "a.xlsx")
    path.write_bytes(changed(path.read_bytes(), crowded))
    before = path.read_bytes()
    with pytest.raises(InputError, match="多得放不下标记"):
        apply(path, [Mark("表三", "D9", "error", "x")])
    assert path.read_bytes() == before
