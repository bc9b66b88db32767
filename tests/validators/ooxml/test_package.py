"""A package is opened safely, edited part by part, written whole."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest
from gouji.templates.errors import InputError
from gouji.validators.ooxml.draft import Draft, journal_of, without_journal
from gouji.validators.ooxml.limits import Limits
from gouji.validators.ooxml.package import Package
from python_calamine import CalamineWorkbook

from .samples import SAMPLES, changed, parts


@pytest.fixture(params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> bytes:
    return SAMPLES[request.param]()


def entries(data: bytes) -> dict[str, bytes]:
    """Each entry as it lies in the file, packed."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            start = info.header_offset + 30 + len(info.filename.encode()) + len(info.extra)
            found[info.filename] = data[start : start + info.compress_size]
    return found


def test_parts_and_sheets_are_those_of_the_file(sample: bytes) -> None:
    package = Package.open(sample)
    assert [(name, package.read(name)) for name in package.names.values()] == parts(sample)
    read = CalamineWorkbook.from_filelike(io.BytesIO(sample))
    assert [s.name for s in package.sheets] == read.sheet_names
    assert "XL/Workbook.XML" in package
    assert "xl/none.xml" not in package


def test_a_part_that_is_streamed_is_the_part(sample: bytes) -> None:
    package = Package.open(sample)
    for sheet in package.sheets:
        assert b"".join(package.stream(sheet.part)) == package.read(sheet.part)


def test_what_comes_again_is_read_and_paid_for_like_the_first_time(sample: bytes) -> None:
    every = []
    for _ in range(3):
        package = Package.open(bytes(bytearray(sample)))
        read = [package.cells(s) for s in package.sheets]
        left = package.budget.elements, package.budget.cells
        every.append(([(dict(c.held), [*c.merges], [*c.strings]) for c in read], left))
        for cells in read:
            cells.held.clear()  # as whoever has them may change them
    assert every[0] == every[1] == every[2]
    assert any(held for held, _, _ in every[0][0])


def test_a_small_part_is_parsed_once_however_often_a_workbook_asks_for_it(sample: bytes) -> None:
    package = Package.open(changed(sample, lambda _, part: part + b"\n"))  # seen by nobody yet
    assert package.rels(package.workbook_part) is package.rels(package.workbook_part)


def test_the_same_packed_bytes_with_another_checksum_are_damaged(sample: bytes) -> None:
    package, known = Package.open(sample), Package.open(sample)
    assert known.read(known.workbook_part)
    name = package.names[package.workbook_part]
    package.archive.getinfo(name).CRC ^= 1
    with pytest.raises(InputError, match="已损坏"):
        package.read(package.workbook_part)


def test_only_what_is_written_changes_and_the_journal_gives_it_back(sample: bytes) -> None:
    package = Package.open(sample)
    draft, part = Draft(package), package.sheets[0].part
    free = draft.free("xl/worksheets/sheet{}.xml")
    assert not draft.has(free)
    draft.write(part, draft.read(part) + b"<!-- more -->")
    draft.write(free, b"<x/>")
    assert draft.has(free)
    assert draft.names() == [*package.names.values(), free]
    draft.journalled()
    packed = draft.packed()
    old, new = entries(sample), entries(packed)
    assert {name for name in old if old[name] != new[name]} == {
        part,
        "[Content_Types].xml",
    }
    again = Package.open(packed)
    assert again.read(part).endswith(b"<!-- more -->")
    assert again.read(free) == b"<x/>"
    journal = journal_of(again)
    assert journal is not None
    assert parts(without_journal(again, journal)) == parts(sample)


def test_a_part_that_is_dropped_is_gone(sample: bytes) -> None:
    draft = Draft(Package.open(sample))
    draft.drop("docProps/app.xml")
    assert not draft.has("docProps/app.xml")
    left = [name for name, _ in parts(sample) if name != "docProps/app.xml"]
    assert [name for name, _ in parts(draft.packed())] == left


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("/xl/a.xml", "不正常的部件名"),
        ("xl/../../a.xml", "不正常的部件名"),
        ("C:a", "不正常的部件名"),
        ("XL/WORKBOOK.XML", "重复的部件名"),
    ],
)
def test_a_part_with_a_name_that_leads_elsewhere_is_refused(name: str, words: str) -> None:
    data = io.BytesIO(SAMPLES["plain"]())
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(InputError, match=words):
        Package.open(data.getvalue(), name="a.xlsx")


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(file_mb=0), "超过上限"),
        (replace(Limits(), parts=3), "个部件，超过上限3"),
    ],
)
def test_what_is_larger_than_a_limit_is_not_opened(limits: Limits, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Package.open(SAMPLES["plain"](), limits, "a.xlsx")


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_no_office_program_packs_so_is_not_unpacked(packing: int) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", packing) as archive:
        for name, content in entries(SAMPLES["plain"]()).items():
            archive.writestr(name, content)
    with pytest.raises(InputError, match="压缩方法不是办公软件用的"):
        Package.open(data.getvalue(), name="a.xlsx")


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("word/document.xml", "Word 文档"),
        ("ppt/presentation.xml", "PowerPoint 演示文稿"),
        ("xl/workbook.bin", "二进制工作簿"),
        ("content.xml", "OpenDocument 文件"),
        ("a.txt", "压缩包，里面没有工作簿"),
    ],
)
def test_a_package_of_another_kind_is_named(part: str, words: str) -> None:
    data = changed(SAMPLES["plain"](), lambda name, held: None if "workbook" in name else held)
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(part, b"x")
    with pytest.raises(InputError, match=f"不是 .xlsx 工作簿，而是{words}"):
        Package.open(out.getvalue(), name="a.xlsx")
