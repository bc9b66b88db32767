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
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest
from gouji.validators.mark import Mark, apply, apply_bytes, clear_bytes, is_as_marked
from gouji.validators.mark.signs import MARKER, NOTE_START
from gouji.validators.ooxml.spans import JOURNAL

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


def entry(new: bytes, old: bytes) -> dict[str, object]:
    whole = base64.b64encode(zlib.compress(old)).decode()
    return {"sha256": sha256(new).hexdigest(), "head": 0, "tail": 0, "old": whole}


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
    held = parts(marked)
    journal = json.loads(held[JOURNAL])
    change(held, journal)
    held[JOURNAL] = json.dumps(journal).encode()
    return packed(held)


def old_part(held: dict[str, bytes], journal: dict[str, object], name: str, old: bytes) -> None:
    changed = journal["changed"]
    assert isinstance(changed, dict)
    changed[name] = entry(held[name], old)


def a_number(held: dict[str, bytes], journal: dict[str, object]) -> None:
    name = sheet_of(held, "表三")
    old = re.sub(rb'<c r="D9"([^>]*)><v>[^<]*</v>', rb'<c r="D9"\1><v>777</v>', held[name])
    assert old != held[name]
    old_part(held, journal, name, old)


def another_sheets_number(held: dict[str, bytes], journal: dict[str, object]) -> None:
    name = sheet_of(held, "表二")
    old = re.sub(rb"(<sheetData>.*?<v>)[^<]*", rb"\g<1>777", held[name], count=1)
    old_part(held, journal, name, old)


def a_label(held: dict[str, bytes], journal: dict[str, object]) -> None:
    name = "xl/sharedStrings.xml"
    old_part(held, journal, name, held[name].replace("予以公开".encode(), "不予公开".encode()))


def a_validation(held: dict[str, bytes], journal: dict[str, object]) -> None:
    name = sheet_of(held, "表三")
    cut = re.sub(rb"<dataValidations.*?</dataValidations>", b"", held[name], flags=re.DOTALL)
    assert cut != held[name]
    old_part(held, journal, name, cut)


def a_clerks_format(held: dict[str, bytes], journal: dict[str, object]) -> None:
    name = sheet_of(held, "表三")
    theirs = re.compile(
        rb"<conditionalFormatting (?:(?!</cond).)*?ISNUMBER.*?</conditionalFormatting>"
    )
    cut = theirs.sub(b"", held[name], count=1)
    assert cut != held[name]
    old_part(held, journal, name, cut)


def a_defined_name(held: dict[str, bytes], journal: dict[str, object]) -> None:
    name = "xl/workbook.xml"
    old = held[name].replace(b"$D$9", b"$D$8", 1)
    assert old != held[name]
    old_part(held, journal, name, old)


def a_sheet_of_the_clerk(held: dict[str, bytes], journal: dict[str, object]) -> None:
    name = sheet_of(held, "正文")
    added = journal["added"]
    assert isinstance(added, dict)
    added[name] = sha256(held[name]).hexdigest()


def a_doctype(held: dict[str, bytes], journal: dict[str, object]) -> None:
    name = "xl/workbook.xml"
    old = held[name].replace(b"<workbook", b"<!DOCTYPE x><workbook", 1)
    old_part(held, journal, name, old)


def a_number_format(held: dict[str, bytes], journal: dict[str, object]) -> None:
    name = "xl/styles.xml"
    old = re.sub(rb'formatCode="[^"]*"', b'formatCode="777"', held[name], count=1)
    assert old != held[name]
    old_part(held, journal, name, old)


def a_bomb(held: dict[str, bytes], journal: dict[str, object]) -> None:
    name = sheet_of(held, "表三")
    old_part(held, journal, name, held[name] + b" " * (80 << 20))


@lru_cache(maxsize=2)
def contents(data: bytes) -> dict[str, list[list[object]]]:
    """The clerk's sheets, cell by cell."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    return {
        s.title: [[getattr(c.value, "text", c.value) for c in row] for row in s.iter_rows()]
        for s in book.worksheets
        if not s.title.startswith("校验结果")
    }


@pytest.mark.parametrize(
    "change",
    [
        a_number,
        another_sheets_number,
        a_label,
        a_validation,
        a_clerks_format,
        a_defined_name,
        a_sheet_of_the_clerk,
        a_doctype,
        a_number_format,
        pytest.param(a_bomb, marks=pytest.mark.slow),
    ],
)
def test_what_a_forged_journal_would_change_is_not_changed(
    change: Callable[[dict[str, bytes], dict[str, object]], None], marked: bytes
) -> None:
    data = forged(marked, change)
    assert not is_as_marked(data)
    for cleared in (clear_bytes(data), apply_bytes(data, MARKS)):
        assert contents(cleared) == contents(marked)
        assert b"777" not in b"".join(v for k, v in parts(cleared).items() if k != JOURNAL)
    held = parts(clear_bytes(data))
    assert JOURNAL not in held
    assert MARKER.encode() not in held[sheet_of(held, "表三")]
    assert NOTE_START not in "".join(v.decode("utf-8", "replace") for v in held.values())


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
