"""Marks in any workbook: nothing else changes, and they come out again."""

from __future__ import annotations

import io
import os
import re
import subprocess
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from gouji.templates.edition import Edition
from gouji.templates.errors import InputError
from gouji.validators import mark
from gouji.validators.mark import Mark
from gouji.validators.ooxml.package import Package
from python_calamine import CalamineWorkbook

from ...builders import book_at, opened
from ...conftest import program
from ..ooxml.samples import SAMPLES, changed, parts, workbook


@pytest.fixture(params=list(SAMPLES))
def sample(request: pytest.FixtureRequest) -> bytes:
    return SAMPLES[request.param]()


def marks_for(data: bytes) -> list[Mark]:
    found = []
    for sheet in Package.open(data).sheets:
        found += [
            Mark(sheet.name, "J9", "error", "相差1。", rule="T3-ROW", found="11", expected="10"),
            Mark(sheet.name, "C3", "warning", "=cmd|' /c calc'!A0", found="=1+1", expected="@x"),
            Mark(sheet.name, "A1", "note", "控制\x01字符 <&> 一条", likely=True),
        ]
    return [
        *found,
        Mark("", "", "error", "整本工作簿的问题"),
        Mark("没有这张表", "A1", "note", "x"),
    ]


def test_clearing_gives_every_part_back_byte_for_byte(sample: bytes) -> None:
    marked = mark.apply_bytes(sample, marks_for(sample), summary=["汇总"])
    assert marked != sample
    assert parts(mark.clear_bytes(marked)) == parts(sample)


@pytest.mark.sampled
def test_marking_twice_is_marking_once(sample: bytes) -> None:
    marks = marks_for(sample)
    once = mark.apply_bytes(sample, marks)
    assert mark.apply_bytes(once, marks) == once
    other = mark.apply_bytes(once, marks[:1])
    assert parts(other) == parts(mark.apply_bytes(sample, marks[:1]))


def test_clearing_what_bears_no_mark_changes_nothing(sample: bytes) -> None:
    assert mark.clear_bytes(sample) is sample


def test_only_the_parts_that_had_to_change_are_changed(sample: bytes) -> None:
    before, after = dict(parts(sample)), dict(parts(mark.apply_bytes(sample, marks_for(sample))))
    touched = {n for n in before if before[n] != after.get(n)}
    allowed = (
        r"xl/(workbook|styles|worksheets/sheet\d+|comments\d+)\.xml$|.*\.rels$|"
        r"xl/drawings/vmlDrawing\d+\.vml$|\[Content_Types\]\.xml$"
    )
    assert all(re.match(allowed, n) for n in touched), touched
    assert "xl/vbaProject.bin" not in touched


def test_unchanged_parts_are_not_recompressed(sample: bytes) -> None:
    marked = mark.apply_bytes(sample, marks_for(sample))

    def raw(data: bytes) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            found = {}
            for info in package.infolist():
                at = info.header_offset
                skip = int.from_bytes(data[at + 26 : at + 28], "little")
                skip += int.from_bytes(data[at + 28 : at + 30], "little")
                first = at + 30 + skip
                found[info.filename] = data[first : first + info.compress_size]
        return found

    before, after = raw(sample), raw(marked)
    same = [n for n, content in parts(sample) if dict(parts(marked)).get(n) == content]
    assert same
    assert all(before[n] == after[n] for n in same)


def values(data: bytes) -> dict[str, list[list[object]]]:
    if any(part[:2] == b"\xff\xfe" for _, part in parts(data)):
        data = changed(data, lambda name, part: as_utf8(part))  # python-calamine reads no UTF-16
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets = [s.name for s in Package.open(data).sheets if s.kind == "worksheet"]
    return {n: book.get_sheet_by_name(n).to_python(skip_empty_area=False) for n in sheets}


def as_utf8(part: bytes) -> bytes:
    if part[:2] != b"\xff\xfe":
        return part
    return part.decode("utf-16").replace("UTF-16", "UTF-8").encode()


def test_other_readers_see_the_same_values_as_before(sample: bytes) -> None:
    marked = mark.apply_bytes(sample, marks_for(sample))
    before, after = values(sample), values(marked)
    assert {n: after[n] for n in before} == before
    if b"purl.oclc.org" not in dict(parts(sample))["xl/workbook.xml"]:
        opened(io.BytesIO(marked))


def test_a_clerks_own_note_is_kept_and_gets_none_of_ours() -> None:
    sample = SAMPLES["notes, button"]()
    marked = mark.apply_bytes(sample, marks_for(sample))
    sheet = opened(io.BytesIO(marked))["批注"]
    assert sheet["A1"].comment.text.endswith("我自己的批注")
    assert sheet["C3"].comment.text.endswith("另一条")
    assert sheet["J9"].comment.text == "【勾稽】错误 相差1。"
    assert sheet["J9"].comment.author == "勾稽"


def test_a_clerks_own_sheet_of_that_name_is_kept() -> None:
    sample = SAMPLES["odd sheet names, chart sheet"]()
    marked = mark.apply_bytes(sample, marks_for(sample))
    names = [s.name for s in Package.open(marked).sheets]
    assert names[-1] == "校验结果(勾稽2)"
    assert names[:-1] == [s.name for s in Package.open(sample).sheets]


def test_the_results_sheet_links_to_the_cell_and_holds_no_formula() -> None:
    sample = SAMPLES["odd sheet names, chart sheet"]()
    marked = mark.apply_bytes(sample, [Mark("It's 表", "J9", "error", "=1+1", found="-5")])
    sheet = opened(io.BytesIO(marked)).worksheets[-1]
    assert sheet["A1"].value == "【勾稽】校验结果"
    assert sheet["D3"].hyperlink.location == "'It''s 表'!J9"
    assert sheet["E3"].value == "=1+1"
    assert sheet["E3"].data_type in ("s", "inlineStr")
    assert sheet["E3"].quotePrefix
    assert sheet["F3"].value == -5
    xml = dict(parts(marked))[Package.open(marked).sheets[-1].part]
    assert b"<f>" not in xml


def test_the_fill_is_a_format_that_carries_our_marker_and_leaves_theirs_alone() -> None:
    sample = SAMPLES["formats, chart, protection"]()
    marked = mark.apply_bytes(sample, [Mark("条件格式", "J9", "error", "x")])
    before, after = (dict(parts(d))["xl/worksheets/sheet1.xml"].decode() for d in (sample, marked))
    theirs = re.findall(r"<conditionalFormatting.*?</conditionalFormatting>", before)
    ours = re.findall(r"<conditionalFormatting.*?</conditionalFormatting>", after)
    assert ours[: len(theirs)] == theirs
    assert 'sqref="J9"' in ours[-1]
    assert '<formula>N("gouji:error")=0</formula>' in ours[-1]
    tags = ("mergeCells", "conditionalFormatting", "dataValidations", "drawing", "legacyDrawing")
    order = [min(after.find(f"<{t}{end}") % (1 << 40) for end in " >") for t in tags]
    assert order == sorted(order)


def test_a_mark_inside_a_merged_cell_fills_all_of_it() -> None:
    sample = SAMPLES["formats, chart, protection"]()
    marked = mark.apply_bytes(sample, [Mark("条件格式", "C3", "error", "x")])
    sheet = opened(io.BytesIO(marked))["条件格式"]
    assert "B2:D4" in {str(r.sqref) for r in sheet.conditional_formatting}
    assert sheet["B2"].comment.text.startswith("【勾稽】")


def resaved(data: bytes) -> bytes:
    """As after Excel saved it: no journal; dxf ids and comment parts renumbered."""

    def change(name: str, part: bytes) -> bytes | None:
        if name == "xl/gouji.journal.json":
            return None
        if name == "[Content_Types].xml":
            part = re.sub(rb'<Override PartName="/xl/gouji.journal.json"[^>]*/>', b"", part)
        if name == "xl/styles.xml":
            return re.sub(
                rb'<((?:x:)?)dxfs count="(\d+)">',
                lambda m: b'<%bdxfs count="%d"><%bdxf></%bdxf>' % (m[1], int(m[2]) + 1, m[1], m[1]),
                part,
            )
        if name.startswith("xl/worksheets/sheet"):
            part = re.sub(rb'dxfId="(\d+)"', lambda m: b'dxfId="%d"' % (int(m[1]) + 1), part)
        return part.replace(b"xl/comments", b"xl/notes9").replace(
            b"/comments1.xml", b"/notes91.xml"
        )

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts(changed(data, change)):
            package.writestr(name.replace("xl/comments", "xl/notes9"), content)
    return out.getvalue()


def test_after_somebody_else_saved_only_our_marks_go(sample: bytes) -> None:
    marked = resaved(mark.apply_bytes(sample, marks_for(sample)))
    cleared = mark.clear_bytes(marked)
    assert values(cleared) == values(sample)
    left = [n for n, x in parts(cleared) if b"gouji:" in x or "【勾稽】".encode() in x]
    assert left == []
    assert [s.name for s in Package.open(cleared).sheets] == [
        s.name for s in Package.open(sample).sheets
    ]
    before, after = dict(parts(sample)), dict(parts(cleared))
    for name in before:
        if name.startswith("xl/worksheets/sheet") and name.endswith("1.xml"):
            old = re.sub(
                rb'dxfId="(\d+)"', lambda m: b'dxfId="%d"' % (int(m[1]) + 1), as_utf8(before[name])
            )
            assert after[name] == old
    assert mark.clear_bytes(cleared) is cleared


def test_a_results_sheet_moved_to_the_front_goes_and_indices_follow(form: Edition) -> None:
    sample = SAMPLES["odd sheet names, chart sheet"]()
    marked = resaved(mark.apply_bytes(sample, [Mark("最后", "A1", "error", "x")]))

    def front(name: str, part: bytes) -> bytes:
        if name != "xl/workbook.xml":
            return part
        sheets = re.search(rb"<sheets>(.*?)</sheets>", part)
        assert sheets
        entries = re.findall(rb"<sheet .*?/>", sheets[1])
        moved = part.replace(sheets[1], b"".join([entries[-1], *entries[:-1]]))
        moved = re.sub(
            rb'localSheetId="(\d+)"', lambda m: b'localSheetId="%d"' % (int(m[1]) + 1), moved
        )
        return re.sub(rb'activeTab="(\d+)"', lambda m: b'activeTab="%d"' % (int(m[1]) + 1), moved)

    cleared = mark.clear_bytes(changed(marked, front))
    old, new = (dict(parts(d))["xl/workbook.xml"] for d in (sample, cleared))
    assert new == old


def test_a_mark_must_have_a_known_severity_and_a_cell_address() -> None:
    with pytest.raises(ValueError, match="severity"):
        Mark("a", "A1", "fatal", "x")
    with pytest.raises(ValueError, match="cell address"):
        Mark("a", "第9行", "error", "x")


@pytest.fixture
def book(tmp_path: Path, form: Edition) -> Path:
    return book_at(form, tmp_path / "年报.xlsx", year=2024, unit="某县")


ONE = [Mark("表三", "J9", "error", "相差1。", rule="T3-ROW")]


def test_files_are_marked_in_place_or_as_a_copy(book: Path) -> None:
    original = book.read_bytes()
    book.chmod(0o640)
    copy = mark.apply(book, ONE, book.with_name("copy.xlsx"))
    assert book.read_bytes() == original
    assert mark.apply(book, ONE) == book
    assert book.read_bytes() == copy.read_bytes()
    assert book.stat().st_mode & 0o777 == 0o640
    mark.clear(book)
    assert parts(book.read_bytes()) == parts(original)
    assert sorted(p.name for p in book.parent.iterdir()) == ["copy.xlsx", "年报.xlsx"]


def test_clearing_an_unmarked_file_does_not_even_write_it(book: Path) -> None:
    before = book.stat()
    mark.clear(book)
    assert book.stat().st_mtime_ns == before.st_mtime_ns
    assert book.stat().st_ino == before.st_ino


@pytest.mark.parametrize("lock", ["~$年报.xlsx", ".~lock.年报.xlsx#"])
def test_a_file_open_elsewhere_is_refused(book: Path, lock: str) -> None:
    original = book.read_bytes()
    (book.parent / lock).write_bytes(b"x")
    with pytest.raises(InputError, match="正被打开"):
        mark.apply(book, ONE)
    assert book.read_bytes() == original


def test_a_read_only_file_is_refused(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = book.read_bytes()
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    with pytest.raises(InputError, match="是只读文件"):
        mark.apply(book, ONE)
    assert book.read_bytes() == original


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device"), "磁盘已满"),
        (OSError(18, "Invalid cross-device link"), "写不了"),
    ],
)
def test_a_full_disk_or_a_failed_rename_leaves_the_file_as_it_was(
    book: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, words: str
) -> None:
    original = book.read_bytes()

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(InputError, match=words):
        mark.apply(book, ONE)
    assert book.read_bytes() == original
    assert [p.name for p in book.parent.iterdir()] == ["年报.xlsx"]


@pytest.mark.slow
def test_two_processes_marking_the_same_file_leave_it_whole(book: Path) -> None:
    runs = [subprocess.Popen(program("mark_ten_times", book)) for _ in range(2)]
    assert [r.wait() for r in runs] == [0, 0]
    Package.open(book)
    assert mark.clear_bytes(book.read_bytes())


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_the_old_file_or_the_new_one(book: Path) -> None:
    old = book.read_bytes()
    new = mark.apply_bytes(old, ONE, name=str(book))
    for number in range(25):
        run = subprocess.Popen(program("mark_on", book), stdout=subprocess.PIPE)
        assert run.stdout is not None
        run.stdout.readline()
        time.sleep(0.003 * number)
        run.kill()
        run.wait()
        run.stdout.close()
        assert parts(book.read_bytes()) in (parts(old), parts(new))


def test_a_signed_workbook_is_not_marked() -> None:
    out = io.BytesIO(workbook(lambda book: book.add_worksheet()))
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("_xmlsignatures/sig1.xml", b"<x/>")
    with pytest.raises(InputError, match="数字签名"):
        mark.apply_bytes(out.getvalue(), ONE)


@pytest.mark.slow
@pytest.mark.apps("soffice-calc")
def test_after_libreoffice_saved_the_marked_file_clearing_leaves_no_marker(
    book: Path, libreoffice: Callable[..., Path]
) -> None:
    before = values(book.read_bytes())
    mark.apply(book, [*ONE, Mark("表二", "B6", "warning", "请核对。")])
    saved = libreoffice(book, "xlsx")
    assert "校验结果" in [s.name for s in Package.open(saved).sheets]
    mark.clear(saved)
    cleared = saved.read_bytes()
    assert [n for n, x in parts(cleared) if b"gouji:" in x] == []
    assert "校验结果" not in [s.name for s in Package.open(cleared).sheets]
    sheets = opened(saved)
    for sheet in sheets:
        for row in sheet.iter_rows():
            assert not [c for c in row if c.comment and "【勾稽】" in c.comment.text]
    after = values(cleared)
    for name, grid in before.items():
        filled = {(r, c): v for r, row in enumerate(grid) for c, v in enumerate(row) if v != ""}
        again = {
            (r, c): v for r, row in enumerate(after[name]) for c, v in enumerate(row) if v != ""
        }
        assert again == filled, name


@pytest.mark.slow
@pytest.mark.apps("soffice-calc", "pdftoppm")
def test_libreoffice_shows_the_original_content_and_the_marks(
    tmp_path: Path, book: Path, libreoffice: Callable[..., Path]
) -> None:
    def text(path: Path) -> str:
        out = subprocess.run(
            ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True
        )
        return out.stdout.decode()

    before = text(libreoffice(book, "pdf", "before"))
    mark.apply(book, ONE)
    after = text(libreoffice(book, "pdf", "after"))
    assert after.startswith(before.rstrip("\f\n")[:200])
    assert set(before.split()) <= set(after.split())
    assert after.count("\f") == before.count("\f") + 1
    assert "【勾稽】校验结果" in after


@pytest.mark.parametrize("name", ["表四", "校验结果"])
def test_a_sheet_with_our_words_in_its_first_cell_is_never_taken_out(
    name: str, tmp_path: Path, form: Edition
) -> None:
    path = book_at(form, tmp_path / "a.xlsx", year=2024, unit="某县")
    book = opened(path)
    sheet = book["表四"] if name in book.sheetnames else book.create_sheet(name)
    sheet["A1"] = "【勾稽】校验结果"
    sheet["B3"] = 18
    book.save(path)
    mark.clear(path)
    mark.apply(path, [Mark("表三", "J9", "error", "相差1")])
    mark.clear(path)
    after = opened(path)
    assert after.sheetnames == book.sheetnames
    assert after[name]["B3"].value == 18
