"""Files that hold more than one report, or one whose tables cannot be read: one report, or none."""

from __future__ import annotations

import base64
import io
import random
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from gouji.templates.edition import Edition
from gouji.validators.judging.judge import judge
from gouji.validators.reading.readers import read
from gouji.validators.report import Report

from ....builders import consistent
from ....published_documents import Values, document, page
from .refusals import has_its_sentence

_PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


def body(form: Edition, values: Values, unit: str) -> str:
    return page(form, values, unit, 2023).partition("<body>")[2].partition("</body>")[0]


def without_table(content: str, number: int) -> str:
    """The report with one of its tables as a picture."""
    before, *tables = content.split("<table")
    for n, table in enumerate(tables):
        tail = table.partition("</table>")[2]
        before += f"<p><img src=a.png></p>{tail}" if n == number else f"<table{table}"
    return before


def report_of(tmp_path: Path, content: str) -> Report:
    (tmp_path / "a.html").write_text(f"<html><body>{content}</body></html>", "utf-8")
    return read(tmp_path / "a.html")


@pytest.fixture
def two(form: Edition) -> tuple[dict[str, float], dict[str, float]]:
    return consistent(form, random.Random(1)), consistent(form, random.Random(2))


def test_of_two_reports_in_a_file_the_first_is_read_and_the_other_named(
    tmp_path: Path, form: Edition, two: tuple[Values, Values]
) -> None:
    report = report_of(tmp_path, body(form, two[0], "某县") + body(form, two[1], "别县"))
    assert (report.unit, report.numbers) == ("某县", two[0])
    (verdict,) = judge([report])
    (finding,) = [f for f in verdict.findings if f.rule == "S-COPY"]
    assert finding.severity == "error"
    assert "后面还有一份年报" in finding.message


@pytest.mark.parametrize("number", [0, 1, 2])
def test_no_table_of_another_report_stands_in_for_one_that_is_a_picture(
    tmp_path: Path, form: Edition, two: tuple[Values, Values], number: int
) -> None:
    first = without_table(body(form, two[0], "某县"), number)
    report = report_of(tmp_path, first + body(form, two[1], "别县"))
    left = {k for k in two[0] if not k.startswith(f"t{number + 2}.")}
    assert report.numbers == {k: v for k, v in two[0].items() if k in left}
    assert any(r.rule == "S-COPY" for r in report.remarks)


def test_a_report_is_that_of_the_unit_over_its_tables(
    tmp_path: Path, form: Edition, two: tuple[Values, Values]
) -> None:
    first = body(form, two[0], "某县")
    for number in (0, 0, 0):
        first = without_table(first, number)
    report = report_of(tmp_path, first + body(form, two[1], "别县"))
    assert (report.unit, report.numbers) == ("别县", two[1])
    assert any("前面还有一份年报" in r.words for r in report.remarks)


def test_the_same_report_twice_or_a_list_of_its_sections_is_no_second_one(
    tmp_path: Path, form: Edition, two: tuple[Values, Values]
) -> None:
    content = body(form, two[0], "某县")
    contents = "".join(f"<p>{s.title}</p>" for s in form.sections)
    for made in (
        content + content,
        contents + content,
        "<p>某县2023年年报</p>" + content + contents,
    ):
        report = report_of(tmp_path, made)
        assert (report.unit, report.numbers, report.remarks) == ("某县", two[0], ())


def saved(made: Any) -> bytes:
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def test_tables_that_are_pictures_or_another_file_are_named(
    tmp_path: Path, form: Edition, two: tuple[Values, Values]
) -> None:
    made = docx.Document(io.BytesIO(document(form, two[0], "某县", 2023)))
    for table in made.tables:
        table._tbl.getparent().remove(table._tbl)
    made.add_picture(io.BytesIO(_PICTURE))
    has_its_sentence(tmp_path / "a.docx", saved(made), "贴成了图片")
    made.element.body.insert(0, parse_xml(f"<w:altChunk {nsdecls('w', 'r')} r:id='rId99'/>"))
    has_its_sentence(tmp_path / "b.docx", saved(made), "嵌在里面的另一份文件")
