"""Workbooks into reports: by names, by labels, and how each value stands."""

from __future__ import annotations

import io
import random
import re
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from gouji.templates.edition import Edition, load
from gouji.templates.errors import InputError
from gouji.templates.layout import layout_of
from gouji.templates.workbook import build
from gouji.validators import mark
from gouji.validators.finding import Severity
from gouji.validators.judging.judge import judge
from gouji.validators.reading.readers import read
from gouji.validators.report import RemarkKind, Report, Standing

from ...builders import book_at, consistent, editing, kept, opened


@pytest.fixture
def filled(tmp_path: Path, edition: Edition) -> tuple[Path, dict[str, float]]:
    data, values = template(edition)
    return kept(tmp_path / "filled.xlsx", data), dict(values)


@cache
def template(edition: Edition) -> tuple[bytes, dict[str, float]]:
    values = consistent(edition, random.Random(11))
    data = build(edition, year=edition.from_year, unit="某县人民政府", code="A01", values=values)
    return data, values


def numbers(report: Report) -> dict[str, float | None]:
    return {k: report.number(k) for k in report.edition.fields}


def rules(report: Report) -> list[str]:
    (verdict,) = judge([report])
    return [f.rule for f in verdict.findings]


def test_a_filled_template_is_read_back_by_its_names(
    filled: tuple[Path, dict[str, float]], edition: Edition
) -> None:
    path, values = filled
    report = read(path)
    assert numbers(report) == values
    assert (report.unit, report.year, report.edition) == (
        "某县人民政府",
        edition.from_year,
        edition,
    )
    assert report.stamp.code == "A01"
    assert report.stamp.fingerprint == layout_of(edition).fingerprint
    assert rules(report) == []


def strip_names(path: Path, change: Callable[[Any], None] = lambda book: None) -> Path:
    """A unit's own workbook: values only, no names, no stamp; ``change`` may rearrange it."""
    book = opened(path, data_only=True)
    book.defined_names.clear()
    for row in book["封面"].iter_rows(min_col=26, max_col=26):
        row[0].value = None
    change(book)
    out = path.with_name("own.xlsx")
    book.save(out)
    return out


def test_without_names_the_labels_are_found(
    filled: tuple[Path, dict[str, float]], edition: Edition
) -> None:
    path, values = filled
    report = read(strip_names(path))
    assert report.edition is edition
    assert numbers(report) == values
    assert report.year == edition.from_year
    assert rules(report) == []


def shift(book: Any) -> None:
    """Two rows above, one column left, all merges dissolved."""
    for name in ("表二", "表三", "表四"):
        sheet = book[name]
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_rows(1, 2)
        sheet.insert_cols(1)


def half_width(book: Any) -> None:
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    text = cell.value.replace("（", "(").replace("）", ")").replace("、", " ")
                    cell.value = text.replace("；", ";")


def split_labels(book: Any) -> None:
    sheet = book["表三"]
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == "商业企业":
                sheet.cell(cell.row - 1, cell.column).value = None
                cell.value = "企业"
                sheet.insert_rows(cell.row)
                sheet.cell(cell.row - 1, cell.column).value = "商业"
                return


def swap_columns(book: Any) -> None:
    """商业企业 and 科研机构 stand the other way round."""
    sheet = book["表三"]
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    for row in sheet.iter_rows(min_row=6):
        row[4].value, row[5].value = row[5].value, row[4].value


def one_sheet(book: Any) -> None:
    """All three tables one below the other on one sheet called 附表."""
    target = book.create_sheet("附表")
    at = 1
    for name in ("表二", "表三", "表四"):
        for row in book[name].iter_rows(values_only=True):
            for column, content in enumerate(row[:15], 1):
                target.cell(at, column).value = content
            at += 1
        at += 2
        del book[name]


@pytest.mark.parametrize("change", [shift, half_width, split_labels, swap_columns, one_sheet])
@pytest.mark.sampled
def test_labels_are_found_wherever_and_however_they_stand(
    filled: tuple[Path, dict[str, float]], change: Callable[[Any], None]
) -> None:
    path, values = filled
    assert numbers(read(strip_names(path, change))) == values


def test_an_alias_is_read_and_reported_as_a_warning(tmp_path: Path, form: Edition) -> None:
    values = consistent(form, random.Random(11))
    path = book_at(form, tmp_path / "a.xlsx", year=2024, values=values)

    def rename(book: Any) -> None:
        book["表二"]["D5"].value = "现行有效件"

    report = read(strip_names(path, rename))
    assert numbers(report) == values
    (verdict,) = judge([report])
    (finding,) = verdict.findings
    assert (finding.rule, finding.severity) == ("S-TEMPLATE", Severity.WARNING)
    assert "“现行有效件”" in finding.message
    assert "“现行有效件数”" in finding.message
    assert finding.place is not None
    assert finding.place.cell == "D5"
    own = report.edition.rule_by_id["S-TEMPLATE"]
    for severity, seen in (("note", [Severity.NOTE]), ("none", [])):  # as an office sets it
        mine = replace(own, severity_if=(("label", severity),))
        rules = tuple(mine if r is own else r for r in report.edition.rules)
        (verdict,) = judge([replace(report, edition=replace(report.edition, rules=rules))])
        assert [f.severity for f in verdict.findings] == seen


def test_a_row_that_the_form_does_not_have_is_reported_and_disturbs_nothing(
    tmp_path: Path,
) -> None:
    form = load("2019")
    values = consistent(form, random.Random(11))
    path = book_at(form, tmp_path / "a.xlsx", year=2020, values=values)

    def add(book: Any) -> None:
        sheet = book["表二"]
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_rows(8)
        for column, content in enumerate(["其他主动公开文件", 5, 5, 5], 1):
            sheet.cell(8, column).value = content

    report = read(strip_names(path, add))
    assert numbers(report) == values
    (verdict,) = judge([report])
    (finding,) = verdict.findings
    assert (finding.rule, finding.severity) == ("S-TEMPLATE", Severity.WARNING)
    assert "“其他主动公开文件”一行是格式上没有的" in finding.message


def test_a_missing_row_is_an_error_and_its_relations_are_unchecked(
    tmp_path: Path, form: Edition
) -> None:
    path = book_at(form, tmp_path / "a.xlsx", year=2024, values=consistent(form, random.Random(1)))

    def drop(book: Any) -> None:
        sheet = book["表三"]
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.delete_rows(9)

    (verdict,) = judge([read(strip_names(path, drop))])
    errors = [f for f in verdict.findings if f.severity is Severity.ERROR]
    assert [f.rule for f in errors] == ["S-TEMPLATE"]
    assert "“（一）予以公开”行" in errors[0].message
    assert {u.rule for u in verdict.unchecked} == {"T3-ROW", "T3-TOTAL"}
    assert verdict.checked == len(load("2021").footings) - len(verdict.unchecked)


def test_a_missing_sheet_never_passes(tmp_path: Path, form: Edition) -> None:
    path = book_at(form, tmp_path / "a.xlsx", year=2024, values=consistent(form, random.Random(1)))

    def drop(book: Any) -> None:
        del book["表四"]

    (verdict,) = judge([read(strip_names(path, drop))])
    assert verdict.checked == 39
    assert any("没有找到表四" in f.message for f in verdict.findings)
    assert len([u for u in verdict.unchecked if u.rule == "T4-SUM"]) == 3


def test_a_workbook_that_is_not_the_form_is_refused_with_what_was_looked_for(
    tmp_path: Path,
) -> None:
    path = tmp_path / "工资表.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("工资")
        sheet.write_row(0, 0, ["姓名", "总计", "其他"])
        sheet.write_row(1, 0, ["张三", 1, 2])
    with pytest.raises(InputError) as caught:
        read(path)
    for word in ("工资表.xlsx", "工作表：工资", "“规章”", "“自然人”", "“结果维持”"):
        assert word in caught.value.zh
    assert "none of the form's tables" in caught.value.en


def put(path: Path, cells: dict[str, Any], **formats: str) -> Path:
    """A template whose 表三 has other contents in some cells, written as Excel would."""
    book = opened(path)
    sheet = book["表三"]
    for cell, content in cells.items():
        sheet[cell].value = content
    out = path.with_name("put.xlsx")
    book.save(out)
    return out


STANDINGS = [
    ("18", Standing.TEXT_NUMBER, 18.0, "CELL-TEXT", "是文本“18”，不是数字，求和时不计"),
    ("１８", Standing.TEXT_NUMBER, 18.0, "CELL-TEXT", "是文本“１８”"),
    ("1,234", Standing.TEXT_NUMBER, 1234.0, "CELL-TEXT", "请改为数字1234"),
    ("18件", Standing.TEXT_NUMBER, 18.0, "CELL-TEXT", "是文本“18件”"),
    ("12abc", Standing.TEXT, None, "CELL-TEXT", "填的是“12abc”，不是数字"),
    (None, Standing.BLANK, None, "CELL-BLANK", "是空格，没有参加核对；没有的请填0"),
    ("/", Standing.PLACEHOLDER, None, "CELL-BLANK", "填的是“/”，没有参加核对；没有的请填0"),
    ("-", Standing.PLACEHOLDER, None, "CELL-BLANK", "填的是“-”"),
    ("无", Standing.PLACEHOLDER, None, "CELL-BLANK", "填的是“无”"),
    (-3, Standing.NUMBER, -3.0, "CELL-NEGATIVE", "是-3，不能小于0"),
    (2.5, Standing.NUMBER, 2.5, "CELL-FRACTION", "是2.5，件数必须是整数"),
    (True, Standing.TEXT, None, "CELL-TEXT", "填的是“TRUE”"),
]


@pytest.mark.parametrize(("content", "standing", "number", "rule", "words"), STANDINGS)
@pytest.mark.sampled
def test_each_way_a_value_can_stand_is_kept_and_has_its_sentence(
    tmp_path: Path,
    form: Edition,
    content: Any,
    standing: Standing,
    number: float | None,
    rule: str,
    words: str,
) -> None:
    values: dict[str, float | str] = dict(consistent(form, random.Random(6)))
    path = book_at(form, tmp_path / "a.xlsx", year=2024, values=values, typed_totals=True)
    report = read(put(path, {"D9": content}))
    value = report.values["t3.granted.natural"]
    assert (value.standing, value.number) == (standing, number)
    (verdict,) = judge([report])
    finding = next(f for f in verdict.findings if f.rule == rule)
    assert words in finding.message
    assert finding.message.startswith("表三 （一）予以公开（D9）")
    assert finding.message.en
    assert finding.field == "t3.granted.natural"
    if standing is not Standing.NUMBER:
        assert any(u.field == "t3.granted.total" for u in verdict.unchecked)


def test_amounts_may_have_decimals_and_changes_may_be_negative(
    tmp_path: Path, edition: Edition
) -> None:
    values = consistent(edition, random.Random(6))
    for key, field in edition.fields.items():
        if field.kind == "amount":
            values[key] = 113.9642
        if field.kind == "signed":
            values[key] = -35.0
    path = book_at(edition, tmp_path / "a.xlsx", year=edition.from_year, values=values)
    assert rules(read(path)) == []


def rewrite(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """The same package with one part's text changed."""
    out = path.with_name("rewritten.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == part:
                text = change(data.decode())
                assert text != data.decode()
                data = text.encode()
            new.writestr(info, data)
    return out


T3 = "xl/worksheets/sheet4.xml"


def test_an_error_value_is_told_from_a_blank(tmp_path: Path, form: Edition) -> None:
    path = book_at(form, tmp_path / "a.xlsx", year=2024, values=consistent(form, random.Random(6)))

    def spoil(xml: str) -> str:
        return re.sub(
            r'<c r="J9"( s="\d+")><f>[^<]*</f><v>[^<]*</v>',
            r'<c r="J9"\1 t="e"><f>SUM(#REF!)</f><v>#REF!</v>',
            xml,
        )

    report = read(rewrite(path, T3, spoil))
    assert report.values["t3.granted.total"].standing is Standing.ERROR
    (verdict,) = judge([report])
    finding = next(f for f in verdict.findings if f.rule == "CELL-ERROR")
    assert "显示错误值#REF!" in finding.message


def test_the_templates_own_formula_without_a_value_is_computed(
    tmp_path: Path, form: Edition
) -> None:
    values = consistent(form, random.Random(6))
    path = book_at(form, tmp_path / "a.xlsx", year=2024, values=values)

    def empty(xml: str) -> str:
        return re.sub(r"(</f>)<v>[^<]*</v>", r"\1", xml)

    report = read(rewrite(path, T3, empty))
    assert numbers(report) == values
    assert rules(report) == []


def test_a_formula_of_ones_own_without_a_value_is_an_error(tmp_path: Path, form: Edition) -> None:
    path = book_at(form, tmp_path / "a.xlsx", year=2024, values=consistent(form, random.Random(6)))

    def own(xml: str) -> str:
        return re.sub(
            r'<c r="D9"( s="\d+")><v>[^<]*</v></c>',
            r'<c r="D9"\1><f>VLOOKUP(1,A1:B2,2)</f></c>',
            xml,
        )

    report = read(rewrite(path, T3, own))
    assert report.values["t3.granted.natural"].standing is Standing.FORMULA
    (verdict,) = judge([report])
    finding = next(f for f in verdict.findings if f.rule == "CELL-FORMULA")
    assert finding.severity is Severity.ERROR
    assert "VLOOKUP" in finding.message
    assert "没有结果，无法核对" in finding.message


def test_a_totals_formula_replaced_by_a_number_is_a_note_and_the_number_is_judged(
    tmp_path: Path, form: Edition
) -> None:
    values = consistent(form, random.Random(6))
    path = book_at(form, tmp_path / "a.xlsx", year=2024, values=values)
    wrong = int(values["t3.granted.total"]) + 1

    def typed(xml: str) -> str:
        return re.sub(
            r'<c r="J9"( s="\d+")><f>[^<]*</f><v>[^<]*</v>', rf'<c r="J9"\1><v>{wrong}</v>', xml
        )

    (verdict,) = judge([read(rewrite(path, T3, typed))])
    severities = {f.rule: f.severity for f in verdict.findings}
    assert severities["CELL-FORMULA"] is Severity.NOTE
    assert severities["T3-ROW"] is Severity.ERROR


def test_inserted_rows_move_the_names_with_their_cells(tmp_path: Path, form: Edition) -> None:
    """What Excel writes after a row was inserted above the table: names and cells moved."""
    values = consistent(form, random.Random(6))
    path = book_at(form, tmp_path / "a.xlsx", year=2024, values=values, typed_totals=True)

    def down(xml: str) -> str:
        xml = re.sub(r'<row r="(\d+)"', lambda m: f'<row r="{int(m[1]) + 1}"', xml)
        return re.sub(r'<c r="([A-Z]+)(\d+)"', lambda m: f'<c r="{m[1]}{int(m[2]) + 1}"', xml)

    def names(xml: str) -> str:
        return re.sub(r"(>'?表三'?!\$[A-Z]+\$)(\d+)<", lambda m: f"{m[1]}{int(m[2]) + 1}<", xml)

    moved = rewrite(path, T3, down)
    report = read(rewrite(moved.rename(path), "xl/workbook.xml", names))
    assert numbers(report) == values
    (verdict,) = judge([report])
    (note,) = verdict.findings
    assert (note.rule, note.severity) == ("S-TEMPLATE", Severity.NOTE)


def test_an_overtyped_label_of_the_template_is_a_warning(tmp_path: Path, form: Edition) -> None:
    path = book_at(form, tmp_path / "a.xlsx", year=2024, values=consistent(form, random.Random(6)))

    def relabel(xml: str) -> str:
        return xml.replace("（一）予以公开", "（一）同意公开")

    report = read(rewrite(path, "xl/sharedStrings.xml", relabel))
    (verdict,) = judge([report])
    (finding,) = verdict.findings
    assert "现在是“（一）同意公开”，格式上是“（一）予以公开”" in finding.message


def test_a_template_of_another_year_is_told_by_its_stamp(tmp_path: Path, form: Edition) -> None:
    path = book_at(form, tmp_path / "a.xlsx", year=2023, values=consistent(form, random.Random(6)))
    with editing(path) as book:
        book["封面"]["B7"].value = 2024
    (verdict,) = judge([read(path)])
    assert any("模板是为2023年度发的，封面填的是2024年度" in f.message for f in verdict.findings)


@pytest.mark.parametrize("suffix", ["xls", "ods", "xlsx"])
@pytest.mark.slow
@pytest.mark.apps("soffice-calc")
def test_other_formats_written_by_libreoffice_are_read(
    tmp_path: Path, form: Edition, suffix: str, libreoffice: Callable[..., Path]
) -> None:
    values = consistent(form, random.Random(6))
    path = book_at(form, tmp_path / "a.xlsx", year=2024, unit="某县", values=values)
    report = read(libreoffice(path, suffix))
    assert numbers(report) == values
    assert report.year == 2024
    assert [r for r in rules(report) if r != "CELL-FORMULA"] == []


def docx() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    return buffer.getvalue()


def packed() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("年报.html", "<html></html>")
    return buffer.getvalue()


def encrypted() -> bytes:
    import msoffcrypto
    from msoffcrypto.format.ooxml import OOXMLFile

    plain = io.BytesIO()
    with xlsxwriter.Workbook(plain) as book:
        book.add_worksheet()
    assert msoffcrypto is not None
    out = io.BytesIO()
    OOXMLFile(plain).encrypt("secret", out)
    return out.getvalue()


def truncated() -> bytes:
    plain = io.BytesIO()
    with xlsxwriter.Workbook(plain) as book:
        book.add_worksheet().write(0, 0, "x" * 5000)
    return plain.getvalue()[:-400]


UNREADABLE = {
    "not a workbook": (lambda: b"hello, I am text" * 20, "不是工作簿（内容不是 Excel 格式"),
    "a renamed docx": (docx, "而是Word 文档。是年报正文的，请把扩展名改成 .docx"),
    "a zip": (packed, "而是压缩包，里面没有工作簿。请先解压，再选里面的文件"),
    "an old Word document": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") * 90,
        "是旧格式的 Word 文档（.doc）。请用 Word 或 WPS 打开，另存为 .docx",
    ),
    "empty": (lambda: b"", "是空文件（0字节）"),
    "encrypted": (encrypted, "有打开密码"),
    "truncated": (truncated, "不完整（文件没有传完或被截断）"),
}


@pytest.mark.parametrize("kind", list(UNREADABLE))
def test_each_unreadable_input_has_its_own_sentence(tmp_path: Path, kind: str) -> None:
    make, words = UNREADABLE[kind]
    path = tmp_path / "年报.xlsx"
    path.write_bytes(make())
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        read(path)
    assert "年报.xlsx" in caught.value.zh
    assert "年报.xlsx" in caught.value.en


@pytest.mark.slow
def test_an_encrypted_workbook_is_read_with_its_password(tmp_path: Path, form: Edition) -> None:
    import msoffcrypto.format.ooxml

    values = consistent(form, random.Random(1))
    plain = book_at(form, tmp_path / "plain.xlsx", year=2024, values=values)
    path = tmp_path / "secret.xlsx"
    with plain.open("rb") as source, path.open("wb") as out:
        msoffcrypto.format.ooxml.OOXMLFile(source).encrypt("密码1", out)
    assert numbers(read(path, password="密码1")) == values
    with pytest.raises(InputError, match="密码不对"):
        read(path, password="别的")
    with pytest.raises(InputError, match="--password-env"):
        read(path)
    before = path.read_bytes()
    with pytest.raises(InputError, match="标不了"):
        mark.apply(path, [mark.Mark("表三", "J9", "error", "x")])
    assert path.read_bytes() == before


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "msoffcrypto", None)
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(InputError, match=r"pip install \"\.\[encrypted\]\""):
        read(path, password="x")


def test_a_missing_file_and_a_folder_have_their_sentences(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="找不到文件"):
        read(tmp_path / "none.xlsx")
    with pytest.raises(InputError, match="是文件夹"):
        read(tmp_path)


def test_the_kinds_of_remark_are_the_conditions_that_a_rule_may_name() -> None:
    written = (files("gouji.templates") / "editions" / "conditions.txt").read_text("utf-8")
    listed = [line for line in written.splitlines() if not line.startswith("#")]
    assert sorted(listed[listed.index("missing") :]) == sorted(RemarkKind)
