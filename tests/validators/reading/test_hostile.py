"""Files that want harm: one sentence, bounded time and memory, nothing executed."""

from __future__ import annotations

import io
import os
import re
import resource
import subprocess
import time
import zipfile
from collections.abc import Callable
from multiprocessing import spawn
from pathlib import Path

import pytest
from gouji.templates.edition import load
from gouji.templates.errors import InputError, UnreadError
from gouji.validators.mark import Mark, apply_bytes
from gouji.validators.ooxml.limits import Limits
from gouji.validators.ooxml.package import Package
from gouji.validators.reading import other_formats
from gouji.validators.reading.readers import read
from gouji.validators.reading.workbook import read_bytes

from ...builders import book_at
from ...conftest import program
from ..ooxml.samples import changed, parts, workbook


def plain() -> bytes:
    return workbook(lambda book: book.add_worksheet("数据").write(0, 0, 1))


def with_part(name: str, change: Callable[[bytes], bytes]) -> bytes:
    return changed(plain(), lambda n, part: change(part) if n == name else part)


def added(*entries: tuple[str, bytes]) -> bytes:
    out = io.BytesIO(plain())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
        for name, content in entries:
            package.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def bomb() -> bytes:
    """40 KB that unpack to 40 MB of blanks inside the sheet."""
    return with_part(SHEET, lambda x: x.replace(b"<sheetData>", b" " * (40 << 20) + b"<sheetData>"))


def doctype(name: str) -> bytes:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return with_part(name, lambda x: x.replace(b"?>", b"?>" + laughs, 1))


def external(name: str) -> bytes:
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    return with_part(name, lambda x: x.replace(b"?>", b"?>" + entity, 1))


def far_cell() -> bytes:
    return with_part(
        SHEET,
        lambda x: x.replace(
            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        ),
    )


def many_sheets() -> bytes:
    def change(name: str, part: bytes) -> bytes:
        if name != "xl/workbook.xml":
            return part
        entry = re.search(rb"<sheet [^>]*/>", part)
        assert entry
        return part.replace(entry[0], entry[0] * 10_000)

    return changed(plain(), change)


def many_parts() -> bytes:
    return added(*((f"xl/x{i}.xml", b"") for i in range(20_100)))


def cyclic() -> bytes:
    """The sheet's relationship leads back to the workbook."""
    return with_part(
        "xl/_rels/workbook.xml.rels", lambda x: x.replace(b"worksheets/sheet1.xml", b"workbook.xml")
    )


def headless() -> bytes:
    data = plain()
    return data[: data.rindex(b"PK\x05\x06")]


def duplicate() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate"):
        return added((SHEET, b"<worksheet/>"))


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb": (bomb, "可能是压缩炸弹"),
    "xml bomb in the workbook": (lambda: doctype("xl/workbook.xml"), "DOCTYPE"),
    "xml bomb in the sheet": (lambda: doctype(SHEET), "DOCTYPE"),
    "external entity": (lambda: external("[Content_Types].xml"), "DOCTYPE"),
    "external entity in strings": (lambda: external("xl/_rels/workbook.xml.rels"), "DOCTYPE"),
    "a cell at the far end": (far_cell, "没有认出"),
    "10,000 sheets": (many_sheets, "工作表超过1000张"),
    "20,100 parts": (many_parts, "个部件，超过上限"),
    "parent folder in a name": (lambda: added(("../../etc/cron.d/x", b"x")), "不正常的部件名"),
    "drive in a name": (lambda: added(("C:/x", b"x")), "不正常的部件名"),
    "duplicate entry": (duplicate, "重复的部件名"),
    "no central directory": (headless, "不完整"),
    "broken xml": (lambda: with_part("xl/workbook.xml", lambda x: x[:-30]), "已损坏"),
    "cyclic relationships": (cyclic, "已损坏|没有认出|内容已损坏"),
    "sheet that is not there": (
        lambda: changed(plain(), lambda n, x: None if n == SHEET else x),
        "已损坏",
    ),
}


@pytest.mark.parametrize("kind", list(HOSTILE))
@pytest.mark.sampled
def test_hostile_input_gets_one_sentence_in_bounded_time(tmp_path: Path, kind: str) -> None:
    make, words = HOSTILE[kind]
    path = tmp_path / "来件.xlsx"
    path.write_bytes(make())
    start = time.monotonic()
    with pytest.raises(InputError, match=words) as caught:
        read(path)
    assert time.monotonic() - start < 5
    assert "来件.xlsx" in caught.value.zh
    assert "来件.xlsx" in caught.value.en
    assert "\n" not in caught.value.zh


@pytest.mark.parametrize("kind", [k for k in HOSTILE if "far end" not in k and k != "bomb"])
def test_hostile_input_is_not_marked_either(kind: str) -> None:
    data = HOSTILE[kind][0]()
    try:
        marked = apply_bytes(data, [Mark("数据", "A1", "error", "x")], name="来件.xlsx")
    except InputError as error:
        assert "来件.xlsx" in error.zh
    else:
        Package.open(marked)


@pytest.mark.slow
def test_reading_hostile_input_stays_under_512_mb(tmp_path: Path) -> None:
    for number, (make, _) in enumerate(HOSTILE.values()):
        (tmp_path / f"{number}.xlsx").write_bytes(make())

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))

    subprocess.run(program("read_all", tmp_path), check=True, preexec_fn=bounded)


@pytest.mark.parametrize(
    "address",
    [
        b"A99999999999",
        b"ZZZZZZ1",
        b"A&#57;999999",
        b"",
        b"A-1",
        b"AAAA5",
        b"A0000001048577",
        b"a1x",
        b"$A$1",
        b"A0",
    ],
)
def test_a_senseless_address_is_refused(address: bytes) -> None:
    for tag in (b'r="%s"', b"r='%s'", b'r = "%s"'):
        data = with_part(SHEET, lambda x, t=tag: x.replace(b'r="A1"', t % address))  # type: ignore[misc]
        with pytest.raises(InputError, match="已损坏"):
            read_bytes(data, "x.xlsx")


@pytest.mark.parametrize("attribute", ["uniqueCount", "count"])
def test_what_a_list_declares_of_its_length_costs_nothing(attribute: str) -> None:

    def fill(book: object) -> None:
        book.add_worksheet("数据").write(0, 0, "文字")  # type: ignore[attr-defined]

    def swell(name: str, part: bytes) -> bytes:
        if name != "xl/sharedStrings.xml":
            return part
        return re.sub(
            rb'%s="1"' % attribute.encode(), b'%s="99999999999"' % attribute.encode(), part
        )

    data = changed(workbook(fill), swell)
    assert b"99999999999" in dict(parts(data))["xl/sharedStrings.xml"]
    with pytest.raises(InputError, match="没有认出"):
        read_bytes(data, "x.xlsx")


def test_a_declared_range_of_the_whole_sheet_costs_nothing() -> None:
    data = with_part(SHEET, lambda x: x.replace(b'ref="A1"', b'ref="A1:XFD1048576"'))
    assert b"XFD1048576" in dict(parts(data))[SHEET]
    with pytest.raises(InputError, match="没有认出"):
        read_bytes(data, "x.xlsx")


def dies(data: bytes, most: int) -> tuple[str, object]:
    os.kill(os.getpid(), 9)
    return "ok", None


def hangs(data: bytes, most: int) -> tuple[str, object]:
    time.sleep(600)
    return "ok", None


def swells(data: bytes, most: int) -> tuple[str, object]:
    return "ok", len(bytearray(1 << 31))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("work", "words"), [(dies, "内容已损坏"), (swells, "内容已损坏"), (hangs, "没有读完")]
)
def test_a_child_that_dies_swells_or_hangs_is_one_sentence(
    work: Callable[[bytes, int], tuple[str, object]], words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    limits = Limits(seconds=5)
    with pytest.raises(InputError, match=words):
        other_formats.in_child(work, b"", "x.xls", limits)
    assert other_formats.in_child(fine, b"abc", "x.xls", limits) == ("ok", 3)  # the next is read
    assert capfd.readouterr().err == ""


def first_full(path: bytes, _most: int) -> tuple[str, int]:
    """As a child that has no room left for a library; the next one has."""
    mark = Path(path.decode())
    if not mark.exists():
        mark.write_text("full", encoding="ascii")
        raise ImportError("failed to map segment from shared object")
    return "ok", 1


def always_full(_data: bytes, _most: int) -> tuple[str, int]:
    raise ImportError("failed to map segment from shared object")


@pytest.mark.slow
def test_a_child_without_room_for_a_library_is_followed_by_another(tmp_path: Path) -> None:
    asked = str(tmp_path / "mark").encode()
    assert other_formats.in_child(first_full, asked, "x.pdf", Limits()) == ("ok", 1)
    with pytest.raises(InputError, match="内容已损坏"):
        other_formats.in_child(always_full, b"", "x.xls", Limits())


def fine(data: bytes, most: int) -> tuple[str, object]:
    return "ok", len(data)


@pytest.mark.skipif(os.name == "nt", reason="no such scripts there")
@pytest.mark.slow
def test_a_child_that_does_not_start_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, own = tmp_path / "python", spawn.get_executable()
    program.write_text("#!/bin/sh\nexec tail -f /dev/null\n")
    program.chmod(0o755)
    monkeypatch.setattr(other_formats, "_pool", None)
    monkeypatch.setattr(other_formats, "_START", 0.5)
    spawn.set_executable(str(program))
    try:
        with pytest.raises(UnreadError, match=r"没有起来，a\.xls 没有读"):
            other_formats.in_child(other_formats._xls, b"", "a.xls", Limits())
    finally:
        spawn.set_executable(own)
    assert other_formats._pool is None


def test_a_giant_string_is_read_and_shortened_where_it_is_echoed(tmp_path: Path) -> None:
    def fill(book: object) -> None:
        sheet = book.add_worksheet("数据")  # type: ignore[attr-defined]
        sheet.write_string(0, 0, "一" * 32767)

    with pytest.raises(InputError) as caught:
        read_bytes(workbook(fill), "x.xlsx")
    assert len(caught.value.zh) < 500


def styled(formats: int, code: str, used: bool) -> bytes:
    """A workbook with so many number formats, which cells may use."""
    output = b"".join(
        f'<numFmt numFmtId="{200 + i}" formatCode="{i}{code}"/>'.encode() for i in range(formats)
    )
    xfs = b"".join(f'<xf numFmtId="{200 + i}"/>'.encode() for i in range(formats * used))

    def change(part: bytes) -> bytes:
        part = part.replace(b"<fonts", b"<numFmts>" + output + b"</numFmts><fonts", 1)
        return part.replace(b"</cellXfs>", xfs + b"</cellXfs>")

    return with_part("xl/styles.xml", change)


def test_number_formats_that_no_cell_uses_cost_nothing() -> None:
    package = Package.open(styled(3000, "0" * 250, used=False))
    start = time.monotonic()
    assert not package.formats.altering
    assert time.monotonic() - start < 0.5


def test_number_formats_cost_no_more_than_the_time_of_the_workbook(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    package = Package.open(styled(300, "0" * 250, used=True), Limits(seconds=3))
    now = time.monotonic()
    monkeypatch.setattr("gouji.validators.ooxml.limits.time.monotonic", lambda: now + 9)
    with pytest.raises(InputError, match="读了3秒还没有读完"):
        _ = package.formats


def test_a_format_longer_than_excel_takes_is_looked_at_where_it_is_shown() -> None:
    package = Package.open(styled(1, "0" * 300 + "%", used=True))
    assert list((package.formats.altering or {}).values()) == ["0" + "0" * 300 + "%"]


def test_merged_ranges_over_one_another_are_told_once(tmp_path: Path) -> None:
    path = book_at(load("2021"), tmp_path / "a.xlsx", year=2024)
    ranges = b"".join(
        b'<mergeCell ref="A1:%s%d"/>' % (c, n) for c in (b"XFD", b"XFC") for n in range(5000, 6000)
    )

    def change(name: str, part: bytes) -> bytes:
        return part.replace(b"</mergeCells>", ranges + b"</mergeCells>")

    report = read_bytes(changed(path.read_bytes(), change), "x.xlsx")
    assert len([r for r in report.remarks if "被合并成一格" in r.words]) == 3  # one a table


def test_every_limit_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Limits() == Limits(100, 256, 512, 200, 20_000, 1_000, 1_000_000, 5_000_000, 256, 10)
    monkeypatch.setenv("GOUJI_MAX_FILE_MB", "1")
    monkeypatch.setenv("GOUJI_MAX_SHEETS", "nonsense")
    assert (Limits().file_mb, Limits().sheets) == (1, 1000)
    with pytest.raises(InputError, match="超过上限1 MB"):
        read_bytes(b"PK" + bytes(2 << 20), "x.xlsx")


def test_the_documented_limits_are_the_limits() -> None:
    page = (Path(__file__).parents[3] / "docs" / "limits.md").read_text("utf-8")
    stated = {m[1].lower(): int(m[2]) for m in re.finditer(r"`GOUJI_MAX_(\w+)` \| (\d+)", page)}
    assert stated == {k: getattr(Limits(), k) for k in Limits.__dataclass_fields__}


@pytest.mark.parametrize(
    "text", ["=cmd|'/c calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", "file:///c:/x"]
)
def test_echoed_text_never_becomes_a_formula_or_a_link(text: str) -> None:
    mark = Mark(text, "A1", "error", text, rule=text, found=text, expected=text, basis=text)
    marked = apply_bytes(plain(), [mark])
    package = Package.open(marked)
    xml = package.read(package.sheets[-1].part)
    assert b"<f" not in xml.replace(b"<fo", b"")
    assert b"<hyperlink" not in xml
    assert b't="inlineStr"' in xml
