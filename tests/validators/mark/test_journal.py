"""A forged journal is ignored: no cell, sheet or note is put back from it."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import openpyxl
import pytest
from gouji.templates.disk import digest_of
from gouji.validators.mark import Mark, apply, apply_bytes, clear_bytes, is_as_marked
from gouji.validators.mark.signs import MARKER, NOTE_START
from gouji.validators.ooxml.xml import JOURNAL

from ...builders import one_wrong_cell

MARKS = [Mark("表三", "D9", "error", "多了1"), Mark("表三", "J9", "warning", "总计")]


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {n: package.read(n) for n in package.namelist()}


def packed(held: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in held.items():
            package.writestr(name, content)
    return out.getvalue()


def sheet_of(held: dict[str, bytes], name: str) -> str:
    """The part of the sheet ``name``."""
    book, rels = held["xl/workbook.xml"].decode(), held["xl/_rels/workbook.xml.rels"].decode()
    number = re.search(rf'<sheet name="{name}"[^>]*r:id="(\w+)"', book)
    assert number
    target = re.search(rf'Id="{number[1]}"[^>]*Target="([^"]+)"', rels)
    assert target
    return f"xl/{target[1]}"


@pytest.fixture
def marked(tmp_path: Path) -> bytes:
    path = one_wrong_cell(tmp_path / "a.xlsx")
    apply(path, MARKS)
    return path.read_bytes()


def forged(marked: bytes, change: Callable[[dict[str, bytes], dict[str, object]], None]) -> bytes:
    """``marked`` with a journal that gives back another number, under the seal that was there."""
    held = parts(marked)
    journal = json.loads(held[JOURNAL])
    change(held, journal)
    held[JOURNAL] = json.dumps(journal).encode()
    return packed(held)


def a_number(held: dict[str, bytes], journal: dict[str, object]) -> None:
    name = sheet_of(held, "表三")
    old = re.sub(rb'<c r="D9"([^>]*)><v>[^<]*</v>', rb'<c r="D9"\1><v>777</v>', held[name])
    assert old != held[name]
    whole = base64.b64encode(zlib.compress(old)).decode()
    changed = journal["changed"]
    assert isinstance(changed, dict)
    changed[name] = {"sha256": digest_of(held[name]), "head": 0, "tail": 0, "old": whole}


def a_sheet_of_the_clerk(held: dict[str, bytes], journal: dict[str, object]) -> None:
    name = sheet_of(held, "正文")
    added = journal["added"]
    assert isinstance(added, dict)
    added[name] = digest_of(held[name])


def no_seal(held: dict[str, bytes], journal: dict[str, object]) -> None:
    a_number(held, journal)
    del journal["seal"]


def is_ignored(data: bytes, marked: bytes) -> None:
    """The marks go by their marker, and nothing else does."""
    assert not is_as_marked(data)
    for cleared in (clear_bytes(data), apply_bytes(data, MARKS)):
        assert contents(cleared) == contents(marked)
    held = parts(clear_bytes(data))
    assert JOURNAL not in held
    assert MARKER.encode() not in held[sheet_of(held, "表三")]
    assert NOTE_START not in "".join(v.decode("utf-8", "replace") for v in held.values())


@lru_cache(maxsize=2)
def contents(data: bytes) -> dict[str, list[list[object]]]:
    """The clerk's sheets, cell by cell."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    return {
        s.title: [[getattr(c.value, "text", c.value) for c in row] for row in s.iter_rows()]
        for s in book.worksheets
        if not s.title.startswith("校验结果")
    }


@pytest.mark.parametrize("change", [a_number, a_sheet_of_the_clerk, no_seal])
def test_a_journal_that_this_user_did_not_write_is_ignored(
    change: Callable[[dict[str, bytes], dict[str, object]], None], marked: bytes
) -> None:
    is_ignored(forged(marked, change), marked)


def test_what_another_user_marked_is_cleared_by_its_marker(
    marked: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_as_marked(marked)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "another")
    is_ignored(marked, marked)


def test_a_journal_of_ours_in_another_workbook_is_ignored(marked: bytes) -> None:
    held = parts(marked)
    name = sheet_of(held, "表三")
    held[name] = re.sub(rb'<c r="D9"([^>]*)><v>[^<]*</v>', rb'<c r="D9"\1><v>5</v>', held[name])
    data = packed(held)
    is_ignored(data, data)


def test_an_honest_journal_gives_every_byte_back(tmp_path: Path) -> None:
    path = one_wrong_cell(tmp_path / "a.xlsx")
    before = parts(path.read_bytes())
    marked = apply_bytes(path.read_bytes(), MARKS)
    assert is_as_marked(marked)
    assert parts(clear_bytes(marked)) == before


@pytest.mark.parametrize(
    "journal",
    [
        b"",
        b"[]",
        b"{}",
        b'{"changed": 1, "added": {}}',
        b'{"changed": {}, "added": {"x": 1}}',
        b'{"changed": {"xl/workbook.xml": 7}, "added": {}}',
        b"[" * 100_000,
        b'{"gouji": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_journal_of_another_shape_is_none(journal: bytes, marked: bytes) -> None:
    held = {**parts(marked), JOURNAL: journal}
    cleared = parts(clear_bytes(packed(held)))
    assert JOURNAL not in cleared
    assert MARKER.encode() not in cleared[sheet_of(cleared, "表三")]
