"""Web pages, Word documents and PDF files back into the numbers of the form."""

from __future__ import annotations

import html
import io
import json
import quopri
import random
import re
import zipfile
from pathlib import Path

import pytest
from gouji.templates.edition import Edition, edition_ids, load
from gouji.templates.errors import InputError
from gouji.validators.judging.judge import judge
from gouji.validators.reading.published import (
    document_lines,
    pdf,
    pdf_pages,
    web_page,
    word_document,
)
from gouji.validators.reading.published.published_report import report_of
from gouji.validators.reading.published.tokens import TextLine
from gouji.validators.reading.published.word_paragraphs import Paragraphs, WordStyles
from gouji.validators.reading.readers import read
from gouji.validators.report import Report, Standing
from lxml import etree

from ....builders import consistent
from ....command import gouji
from ....published_documents import document, page
from ....published_documents import pdf as printed
from .refusals import has_its_sentence, read_or_refused

MOST = 100_000
PIECES = ["", "<", ">", "<td>", "</table>", "9", "\x00", "|", "<tr>", "&#0;"]


def lines(content: str) -> list[TextLine]:
    _, parts = web_page.read_parts(content.encode(), MOST)
    return document_lines.lines(parts)


def of_page(content: str) -> Report:
    return report_of(lines(content), Path("a.html"))


@pytest.mark.parametrize("edition_id", edition_ids())
@pytest.mark.parametrize("seed", range(6))
def test_a_web_page_with_merged_cells_is_read_back(edition_id: str, seed: int) -> None:
    edition = load(edition_id)
    values = consistent(edition, random.Random(seed))
    report = of_page(page(edition, values, "某县民政局", edition.from_year))
    assert report.edition is edition
    assert report.numbers == values
    assert (report.unit, report.year) == ("某县民政局", edition.from_year)
    assert report.remarks == ()


@pytest.mark.slow
@pytest.mark.parametrize("edition_id", edition_ids())
def test_a_word_document_with_merged_cells_is_read_back(edition_id: str) -> None:
    edition = load(edition_id)
    for seed in range(3):
        values = consistent(edition, random.Random(seed))
        data = document(edition, values, "某县民政局", edition.from_year)
        kind, parts = word_document.read_parts(data, MOST)
        assert kind == "ok"
        report = report_of(document_lines.lines(parts), Path("a.docx"))
        assert report.numbers == values
        assert report.remarks == ()


@pytest.mark.parametrize(
    ("cell", "shown", "number"),
    [
        ("{}<sup>2</sup>", "{}²", None),
        ("{}<span style='font-size:8px;vertical-align: super'>2</span>", "{}²", None),
        ("<del>12</del>{}", "{}", 1),
        ("<span style='text-decoration: line-through'>12</span>{}", "{}", 1),
        ("{}<span style='font-size:0'>9</span>", "{}", 1),
        ("{}<span style='font-size:0.9em'>0</span>", "{}0", 10),
    ],
)
def test_a_note_set_small_on_a_page_is_no_digit_and_what_is_struck_is_gone(
    form: Edition, cell: str, shown: str, number: float | None
) -> None:
    values = consistent(form, random.Random(2))
    values["t2.normative.in_force"] = 5127.0
    made = page(form, values, "某县", 2023)
    assert made.count("<span>5127</span>") == 1
    value = of_page(made.replace("<span>5127</span>", cell.format(5127))).values[
        "t2.normative.in_force"
    ]
    assert (value.shown, value.number) == (shown.format(5127), number and number * 5127)


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ("", "202"),
        ('<w:vertAlign w:val="superscript"/>', "20²"),
        ('<w:vertAlign w:val="baseline"/>', "202"),
        ("<w:strike/>", "20"),
        ('<w:strike w:val="0"/>', "202"),
        ("<w:dstrike/>", "20"),
    ],
)
def test_so_in_a_document(properties: str, text: str) -> None:
    run = f"<w:r><w:rPr>{properties}</w:rPr><w:t>2</w:t></w:r>"
    held = etree.fromstring(
        '<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:r><w:t>20</w:t></w:r>{run}</w:p>"
    )
    assert Paragraphs(WordStyles()).read(held)[0] == text


@pytest.mark.parametrize(
    ("small", "gap", "shown"), [(5.8, 0, "20²"), (10, 0, "202"), (5.8, 30, "202"), (9, 0, "202")]
)
def test_small_digits_behind_a_number_of_a_pdf_are_a_notes(
    small: float, gap: float, shown: str
) -> None:
    chars = [
        {"text": "2", "size": 10, "x0": 0, "x1": 5, "top": 0, "bottom": 10},
        {"text": "0", "size": 10, "x0": 5, "x1": 10, "top": 0, "bottom": 10},
        {"text": "2", "size": small, "x0": 10 + gap, "x1": 13 + gap, "top": -1, "bottom": 5},
    ]
    pdf_pages.mark_raised(chars)
    assert "".join(str(c["text"]) for c in chars) == shown


@pytest.mark.slow
def test_documents_are_checked_like_workbooks(tmp_path: Path, form: Edition) -> None:
    values = consistent(form, random.Random(2))
    values["t3.granted.total"] += 1
    (tmp_path / "a.html").write_bytes(page(form, values, "某县", 2023).encode("gb18030"))
    (tmp_path / "a.docx").write_bytes(document(form, values, "某县", 2023))
    for name in ("a.html", "a.docx"):
        (verdict,) = judge([read(tmp_path / name)])
        wrong = [f for f in verdict.findings if f.severity == "error"]
        assert {f.rule for f in wrong} == {"T3-ROW", "T3-TOTAL"}
        assert all(f.place and "表2第" in f.place.cell for f in wrong)


def test_an_empty_cell_of_a_table_is_a_blank_and_a_word_loses_only_its_cell(form: Edition) -> None:
    values: dict[str, float | str | None] = {**consistent(form, random.Random(1))}
    values |= {"t3.new.natural": None, "t3.new.total": None, "t3.partial.business": "减4"}
    values |= {"t3.partial.total": None}
    report = of_page(page(form, values, "某县", 2023))
    assert report.values["t3.new.natural"].standing is Standing.BLANK
    assert report.values["t3.partial.business"].standing is Standing.TEXT
    assert report.values["t3.partial.total"].standing is Standing.BLANK
    kept = {k: v for k, v in values.items() if isinstance(v, float)}
    assert {k: report.number(k) for k in kept} == kept


def test_what_a_page_does_not_show_is_not_read(form: Edition) -> None:
    values = consistent(form, random.Random(4))
    content = page(form, values, "某县", 2023)
    other = page(form, dict.fromkeys(form.fields, 9.0), "别县", 2019).partition("<body>")[2]
    other = other.partition("</body>")[0]
    for hidden in (
        f'<div style="color:red; display : none">{other}</div>',
        f"<div hidden>{other}</div>",
        f"<!-- {other} -->",
        f"<noscript>{other}</noscript>",
    ):
        report = of_page(content.replace("<body>", "<body>" + hidden))
        assert report.numbers == values
        assert report.year == 2023


def test_a_table_that_only_lays_out_the_page_is_looked_into(form: Edition) -> None:
    values = consistent(form, random.Random(5))
    body = page(form, values, "某县", 2023).partition("<body>")[2].partition("</body>")[0]
    nested = f"<body><table><tr><td>菜单</td><td>{body}</td></tr></table></body>"
    assert of_page(nested).numbers == values


def test_a_table_split_over_pages_goes_on(form: Edition) -> None:
    values = consistent(form, random.Random(6))
    content = page(form, values, "某县", 2023)
    head, mark, tail = content.partition("4.保护第三方合法权益")
    at = head.rindex("<tr>")
    broken = head[:at] + "</table><p>-4-</p><table><tr><td>三、本年度办理结果</td></tr>" + head[at:]
    assert of_page(broken + mark + tail).numbers == values


def test_digits_of_one_number_in_several_spans_are_one_number_those_of_two_lines_none(
    form: Edition,
) -> None:
    row = "<tr><td>行政许可</td><td>{}</td></tr><tr><td>行政处罚</td><td>3</td></tr>"
    heads = "<tr><td>信息内容</td><td>本年处理决定数量</td></tr>"
    one = of_page(
        "<table>" + heads + row.format("<p><span>1</span><span>8</span></p>") + "</table>"
    )
    assert one.number("t2.licences.decisions") == 18
    two = of_page("<table>" + heads + row.format("<p>1</p><p>8</p>") + "</table>")
    assert two.values["t2.licences.decisions"].standing is Standing.TEXT


def test_a_saved_web_page_is_opened(tmp_path: Path, form: Edition) -> None:
    values = consistent(form, random.Random(7))
    content = page(form, values, "某县", 2023).encode("gb18030")
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
    part = b"--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    import base64

    (tmp_path / "a.mht").write_bytes(head + part + base64.encodebytes(content) + b"\r\n--b--\r\n")
    assert read(tmp_path / "a.mht").numbers == values


def test_a_page_saved_with_its_frames_is_read_where_the_report_is(
    tmp_path: Path, form: Edition
) -> None:
    values = consistent(form, random.Random(7))
    made = page(form, values, "某县", 2023).encode("utf-8")
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n'
    part = "\r\n--b\r\nContent-Type: {}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    menu = part.format("text/html").encode() + "<a>菜单</a>".encode("gbk")
    report = part.format("application/xhtml+xml").encode() + quopri.encodestring(made)
    whole = head + menu + report + b"\r\n--b--\r\n"
    for name in ("a.mht", "a.html", "a.docx"):  # whatever an office calls it
        (tmp_path / name).write_bytes(whole)
        assert read(tmp_path / name).numbers == values


def test_a_web_page_under_another_name_is_read(tmp_path: Path, form: Edition) -> None:
    values = consistent(form, random.Random(7))
    for name in ("a.docx", "a.txt", "a.mht"):
        (tmp_path / name).write_text(page(form, values, "某县", 2023), "utf-8")
        assert read(tmp_path / name).numbers == values


def test_the_tables_of_a_page_in_a_text_are_read_beside_its_lines(
    tmp_path: Path, form: Edition
) -> None:
    values = consistent(form, random.Random(7))
    body = page(form, values, "某县", 2023).partition("<body>")[2].partition("</body>")[0]
    tables = re.split(r"(<table.*?</table>)", body)
    spoken = [t if t[:6] == "<table" else re.sub("<p>(.*?)</p>", r"\n# \1\n\n", t) for t in tables]
    (tmp_path / "a.md").write_text("".join(spoken), "utf-8")
    report = read(tmp_path / "a.md")
    assert (report.numbers, report.year) == (values, 2023)
    assert len(report.headings) == 6


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_broken_byte_costs_its_character_alone(
    tmp_path: Path, form: Edition, encoding: str
) -> None:
    values = consistent(form, random.Random(7))
    data = page(form, values, "某县", 2023).encode(encoding)
    prose = "没有数字".encode(encoding)
    cell = data.index(b"<span>40</span>") + 6
    for broken in (b"\xff", b"\x00", "数".encode(encoding)[:1]):
        (tmp_path / "a.html").write_bytes(data.replace(prose, prose + broken, 1))
        assert read(tmp_path / "a.html").numbers == values
        (tmp_path / "b.html").write_bytes(data[:cell] + broken + data[cell:])
        wrong = {k: n for k, n in read(tmp_path / "b.html").numbers.items() if n != values[k]}
        assert wrong == {}
        assert len(read(tmp_path / "b.html").numbers) == len(values) - 1


@pytest.mark.parametrize(
    ("around", "words"),
    [
        ("<script>document.write({!r})</script>", "没有能读的表"),
        ("<script>var report = {};</script>", "没有能读的表"),
        ("<textarea>{}</textarea>", "没有能读的表"),
        ('<iframe srcdoc="{}"></iframe>', "没有能读的表"),
        ('<iframe src="report.html"></iframe>', "只是一个框架"),
        ("<frameset><frame src=a.html></frameset>", "只是一个框架"),
    ],
)
def test_a_page_that_shows_no_report_says_where_it_is(
    tmp_path: Path, form: Edition, around: str, words: str
) -> None:
    made = page(form, consistent(form, random.Random(7)), "某县", 2023)
    held = json.dumps(made) if "var" in around else html.escape(made)
    has_its_sentence(tmp_path / "a.html", around.format(held).encode(), words)
    has_its_sentence(tmp_path / "b.html", html.escape(made).encode(), "没有能读的表")


def test_a_page_deeper_than_any_is_refused_not_cut_short(tmp_path: Path, form: Edition) -> None:
    made = page(form, consistent(form, random.Random(7)), "某县", 2023)
    deep = made.replace("<body>", "<body>" + "<div>" * 5000)
    has_its_sentence(tmp_path / "a.html", deep.encode(), "太大或太乱")


def test_text_that_was_deleted_or_hidden_in_word_is_not_read(form: Edition) -> None:
    values = consistent(form, random.Random(8))
    data = document(form, values, "某县", 2023)
    old = zipfile.ZipFile(io.BytesIO(data))
    body = old.read("word/document.xml").decode()
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>9</w:t></w:r>"
    gone = f"<w:p><w:del><w:r><w:t>规章</w:t></w:r></w:del>{hidden}</w:p>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            held = old.read(name)
            if name == "word/document.xml":
                held = body.replace("<w:body>", "<w:body>" + gone).encode()
            new.writestr(name, held)
    kind, parts = word_document.read_parts(out.getvalue(), MOST)
    assert kind == "ok"
    assert parts[0][1] == "某县"
    assert report_of(document_lines.lines(parts), Path("a.docx")).numbers == values


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b" " * (60 << 20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.docx", b"PK\x03\x04" + b"x" * 40, "不完整"),
        ("a.docx", b"hello", "不是完好的 Word"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "旧格式"),
        ("a.docx", bomb(), "大得不像一份年报"),
        ("a.pdf", b"hello", "不是完好的 PDF"),
        ("a.pdf", b"%PDF-1.4\n" + b"x" * 400, "PDF"),
        ("a.html", b"", "是空文件"),
        ("a.html", "<p>今天天气很好。</p>".encode(), "没有找到表二"),
    ],
)
def test_what_is_no_document_has_its_sentence(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    has_its_sentence(tmp_path / name, content, words)


def test_a_blank_form_is_said_to_be_blank(form: Edition) -> None:
    with pytest.raises(InputError, match="空白的表样"):
        of_page(page(form, {}, "某县", 2023))


def test_a_missing_library_is_named_with_what_to_install(
    tmp_path: Path, form: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.html"
    path.write_text(page(form, {}, "某县", 2023), "utf-8")
    monkeypatch.setattr(document_lines, "in_child", lambda *_, **more: ("missing", None))
    with pytest.raises(InputError, match=r"pip install \"\.\[published\]\""):
        read(path)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.sampled
def test_a_damaged_page_is_read_or_refused_never_a_traceback(form: Edition, seed: int) -> None:
    rng = random.Random(seed)
    content = [*page(form, consistent(form, rng), "某县", 2023)]
    for _ in range(rng.randint(1, 60)):
        at = rng.randrange(len(content))
        content[at] = rng.choice(PIECES)
    try:
        report_of(lines("".join(content)), Path("x.html"))
    except InputError as error:
        assert "x.html" in error.zh


@pytest.mark.parametrize(
    "seed", [n if n < 2 else pytest.param(n, marks=pytest.mark.slow) for n in range(12)]
)
def test_a_damaged_word_document_is_read_or_refused(form: Edition, seed: int) -> None:
    rng = random.Random(seed)
    data = document(form, consistent(form, rng), "某县", 2023)
    read_or_refused(word_document, data, rng, 20, Path("x.docx"))


@pytest.mark.slow
@pytest.mark.parametrize("edition_id", edition_ids())
def test_a_pdf_with_ruled_tables_over_several_pages_is_read_back(edition_id: str) -> None:
    edition = load(edition_id)
    for seed in range(2):
        values = consistent(edition, random.Random(seed))
        kind, parts = pdf.read_parts(printed(edition, values, "某县", edition.from_year), MOST)
        assert kind == "ok"
        report = report_of(document_lines.lines(parts), Path("a.pdf"))
        assert report.numbers == values
        assert (report.unit, report.year, report.remarks) == ("某县", edition.from_year, ())
        place = report.values["t3.new.natural"].place
        assert place is not None
        assert re.fullmatch(r"第\d页表1第\d行第2格", place.cell), place


@pytest.mark.slow
def test_a_pdf_is_checked_and_one_without_text_is_said_to_be_a_scan(
    tmp_path: Path, form: Edition
) -> None:
    values = consistent(form, random.Random(3))
    (tmp_path / "a.pdf").write_bytes(printed(form, values, "某县", 2023))
    (verdict,) = judge([read(tmp_path / "a.pdf")])
    assert [f for f in verdict.findings if f.severity == "error"] == []
    empty = re.sub(rb"BT.*?ET", b"", printed(form, values, "某县", 2023))
    (tmp_path / "b.pdf").write_bytes(empty)
    with pytest.raises(InputError, match="像是扫描件"):
        read(tmp_path / "b.pdf")


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_pdf_is_read_or_refused(form: Edition, seed: int) -> None:
    rng = random.Random(seed)
    data = printed(form, consistent(form, rng), "某县", 2023)
    read_or_refused(pdf, data, rng, 200, Path("x.pdf"))


def test_a_group_printed_as_one_row_is_named_and_not_shared_out(form: Edition) -> None:
    values = consistent(load("2019"), random.Random(3))
    content = page(load("2019"), values, "某县", 2023)
    now = consistent(form, random.Random(3))
    new = page(form, now, "某县", 2023)
    row = re.search(r"<tr>(?:(?!<tr>).)*（六）其他处理.*?</tr>", content)
    assert row
    first = new.index("<tr>", new.rindex("</tr>", 0, new.index("（六）其他处理")))
    last = new.index("<tr>", new.index("3.其他</span>"))
    report = of_page(new[:first] + row[0] + new[last:])
    assert report.edition is form
    assert report.values["t3.other_other.total"].standing is Standing.ABSENT
    assert report.number("t3.total.total") == now["t3.total.total"]
    assert any("“（六）其他处理”印成了一行" in r.words for r in report.remarks)


def test_the_place_of_a_published_number_is_said_in_words(
    tmp_path: Path, form: Edition, capsys: pytest.CaptureFixture[str]
) -> None:

    values = consistent(form, random.Random(2))
    values["t3.granted.total"] += 1
    (tmp_path / "a.html").write_text(page(form, values, "某县", 2023), "utf-8")
    done = gouji("check", tmp_path / "a.html")
    assert done.exit_code == 1
    assert "表三 表2第6行第9格" in done.output


def test_unit_and_year_stand_in_the_title_of_the_page(form: Edition) -> None:
    content = page(form, consistent(form, random.Random(2)), "", 2023)
    content = content.replace("<p>2023年政府信息公开工作年度报告</p>", "").replace("<p></p>", "")
    title = "<title>某网&nbsp;- 某县民政局2023年政府信息公开工作年度报告_政务公开</title>"
    report = of_page(re.sub("<title>.*?</title>", title, content))
    assert (report.unit, report.year) == ("某县民政局", 2023)
