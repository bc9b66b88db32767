"""An office's own template of a letter: filled wherever the placeholders stand, bounded, once."""

from __future__ import annotations

import io
import re
import time
import zipfile

import pytest
from gouji.templates.edition import load
from gouji.templates.errors import InputError
from gouji.validators.publishing.letter_template import LetterTemplate
from gouji.validators.publishing.reply_letters import blanks

docx = pytest.importorskip("docx")

VALUES = {"单位": "甲局", "编号": "2024-001", "申请人": ""}
REL = (
    '<Relationship Id="rQ" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/{}" Target="/word/{}"/></Relationships>'
)


def template(body: str = "", **parts: tuple[str, str]) -> bytes:
    """Our own template with ``body`` at its beginning, and texts replaced in other parts."""
    out = io.BytesIO()
    held = next(iter(blanks(load("2021")).values()))
    with zipfile.ZipFile(io.BytesIO(held)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "word/document.xml":
                text = text.replace(b"<w:body>", b"<w:body>" + body.encode(), 1)
            if name == "word/_rels/document.xml.rels" and "rels" in parts:
                rel = REL.format(*parts["rels"]).encode()
                text = text.replace(b"</Relationships>", rel)
            new.writestr(name, text)
    return out.getvalue()


def output(data: bytes) -> str:
    """The text of the letter's first paragraphs, links and boxes included."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        body = package.read("word/document.xml").decode()
    docx.Document(io.BytesIO(data))
    return "".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", body)).partition("政府信息公开")[0]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<w:p><w:hyperlink><w:r><w:t>{单位}</w:t></w:r></w:hyperlink></w:p>", "甲局"),
        (
            "<w:p><w:r><w:t>{单位}，网址</w:t></w:r>"
            "<w:hyperlink><w:r><w:t>x.gov.cn</w:t></w:r></w:hyperlink></w:p>",
            "甲局，网址x.gov.cn",
        ),
        (
            "<w:p><w:r><w:t>第{</w:t></w:r><w:hyperlink><w:r><w:t>编</w:t></w:r></w:hyperlink>"
            "<w:r><w:t>号}号{单位}</w:t></w:r></w:p>",
            "第2024-001号甲局",
        ),
        ("<w:p><w:r><w:t>{编</w:t><w:br/><w:t>号}</w:t></w:r></w:p>", "{编号}"),
        ("<w:p><w:r><w:t>{没有}{单位}{单位}</w:t></w:r></w:p>", "{没有}甲局甲局"),
        (
            "<w:sdt><w:sdtContent><w:p><w:r><w:t>{单位}</w:t></w:r></w:p></w:sdtContent></w:sdt>",
            "甲局",
        ),
        (
            "<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p><w:r><w:t>{单位}</w:t></w:r></w:p>"
            "</w:tc></w:tr></w:tbl>",
            "甲局",
        ),
    ],
)
@pytest.mark.sampled
def test_a_placeholder_is_filled_wherever_it_stands_and_nothing_is_doubled(
    body: str, text: str
) -> None:
    held = LetterTemplate(template(body), "模板.docx")
    made = held.filled(VALUES)
    assert output(made) == text
    assert output(held.filled(VALUES | {"单位": "乙局"})) == text.replace("甲局", "乙局")
    assert held.filled(VALUES) == made


@pytest.mark.parametrize("kind", ["header", "footer"])
@pytest.mark.parametrize("target", ["document.xml", "styles.xml", "nothing.xml"])
def test_a_header_that_is_another_part_is_one_sentence(kind: str, target: str) -> None:
    with pytest.raises(InputError, match=r"模板\.docx"):
        LetterTemplate(template(rels=(kind, target)), "模板.docx")


@pytest.mark.parametrize(
    "body",
    [
        "<w:p><w:r><w:t>" + "{" * 100_000 + "</w:t></w:r></w:p>",
        "<w:p>" + "<w:r><w:t>{单位}</w:t></w:r>" * 10_000 + "</w:p>",
        "<w:p>" + "<w:r><w:t>{</w:t></w:r>" * 10_000 + "</w:p>",
        "<w:tbl>"
        + "<w:tr><w:tc><w:tcPr><w:gridSpan w:val='9999'/></w:tcPr><w:p/></w:tc></w:tr>" * 2_000
        + "</w:tbl>",
    ],
    ids=["braces", "places", "begun", "spans"],
)
def test_what_is_large_takes_no_time(body: str) -> None:
    start = time.perf_counter()
    LetterTemplate(template(body), "模板.docx").filled(VALUES)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    "body",
    [
        "<w:p>" * 300 + "</w:p>" * 300,
        "<w:p/>" * 400_000,
        "<w:p>" + "<w:r><w:t>{</w:t></w:r>" * 30_000 + "</w:p>",
        "<w:p>",
    ],
    ids=["deep", "large", "many runs", "broken"],
)
def test_what_is_no_letter_is_one_sentence(body: str) -> None:
    with pytest.raises(InputError, match=r"模板\.docx"):
        LetterTemplate(template(body), "模板.docx")
