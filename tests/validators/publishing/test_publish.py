"""The workbook becomes the report: every number as the form prints it; a draft says so."""

from __future__ import annotations

import io
import random
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from gouji.templates.edition import Edition, load
from gouji.templates.words import plain
from gouji.validators.office.publish import publish
from gouji.validators.publishing.report_content import content_of, grid_of

from ...builders import book_at, consistent, editing, one_wrong_cell
from ...command import gouji

docx = pytest.importorskip("docx")
pytest.importorskip("matplotlib")
TEXT = "第一段，正文自己写的。\n第二段 <b>不是标签</b> & 其他。"


def workbook(path: Path, edition: Edition, seed: int = 1, year: int | None = None) -> Path:
    narrative = {s.title: TEXT for s in edition.sections}
    values = consistent(edition, random.Random(seed))
    for key in list(values):
        if key.startswith("t2.regulations"):
            values[key] = 0.0
    return book_at(
        edition,
        path,
        year=year or edition.from_year,
        unit="某某市某局",
        values=values,
        narrative=narrative,
    )


class Tables(HTMLParser):
    """The texts of all td, the tags seen, the scopes of all th."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.tags: list[str] = []
        self.scopes: list[str | None] = []
        self._in = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._in = tag == "td"
        if self._in:
            self.cells.append("")
        if tag == "th":
            self.scopes.append(dict(attrs).get("scope"))

    def handle_endtag(self, tag: str) -> None:
        self._in = self._in and tag != "td"

    def handle_data(self, data: str) -> None:
        if self._in:
            self.cells[-1] += data


def numbers_of(result: Any) -> list[str]:
    report = result.report
    return [str(plain(report.number(key))) for key in report.edition.fields]


@pytest.mark.slow
@pytest.mark.parametrize("edition_id", ["2019", "2021"])
def test_a_document_holds_every_number_in_the_forms_order(edition_id: str, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", load(edition_id))
    result = publish(path, tmp_path / "a.docx")
    document = docx.Document(str(tmp_path / "a.docx"))
    assert len(document.tables) == 3
    found = []
    for table in document.tables:
        seen = set()
        for row in table.rows:
            for cell in row.cells:
                if cell._tc not in seen:
                    seen.add(cell._tc)
                    text = cell.text
                    if text.replace(".", "").lstrip("-").isdigit():
                        found.append(text)
    assert found == numbers_of(result)
    texts = [p.text for p in document.paragraphs]
    assert texts[0] == f"某某市某局{load(edition_id).from_year}年\n政府信息公开工作年度报告"
    assert [t for t in texts if t[:2] in ("一、", "六、")]
    assert texts.count("第二段 <b>不是标签</b> & 其他。") == 6
    section = document.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    assert "PAGE" in section.footer._element.xml
    assert not any("草稿" in t for t in texts)


@pytest.mark.slow
@pytest.mark.parametrize("edition_id", ["2019", "2021"])
def test_a_page_holds_the_same_accessibly_and_runs_nothing(edition_id: str, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", load(edition_id))
    result = publish(path, tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text("utf-8")
    tables = Tables()
    tables.feed(page)
    found = [c for c in tables.cells if c.replace(".", "").lstrip("-").isdigit()]
    assert found == numbers_of(result)
    assert '<html lang="zh-CN">' in page
    assert tables.tags.count("caption") == tables.tags.count("table") == 3
    assert all(tables.scopes)
    assert "script" not in tables.tags
    assert "第二段 &lt;b&gt;不是标签&lt;/b&gt; &amp; 其他。" in page
    assert tables.tags.count("figure") == 4
    ids = [part.split('"')[0] for part in page.split(' id="')[1:]]
    assert len(ids) == len(set(ids))


@pytest.mark.slow
def test_a_workbook_with_errors_is_a_draft_or_nothing(tmp_path: Path) -> None:
    path = one_wrong_cell(tmp_path / "a.xlsx")
    run = gouji("publish", path, "-o", tmp_path / "a.docx")
    assert run.exit_code == 2
    assert "没有发布：（一）予以公开（" in run.output
    assert not (tmp_path / "a.docx").exists()
    for name in ("a.docx", "a.html"):
        command = ["publish", str(path), "-o", str(tmp_path / name), "--with-errors"]
        assert gouji(*command).exit_code == 0
    assert "草稿：还有2件没有改好，不得发布。" in (tmp_path / "a.html").read_text("utf-8")
    texts = [p.text for p in docx.Document(str(tmp_path / "a.docx")).paragraphs]
    assert texts[1] == "草稿：还有2件没有改好，不得发布。"


@pytest.mark.parametrize(
    ("unit", "printed"), [("某" * 300 + "局", "某" * 300 + "局"), ("某_xFFFF_局", "某\ufffd局")]
)
@pytest.mark.slow
def test_a_name_that_word_does_not_take_is_no_obstacle(
    unit: str, printed: str, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "a.xlsx", load("2021"), year=2025)
    with editing(path) as book:
        book["封面"]["B5"] = unit
    command = ["publish", str(path), "-o", str(tmp_path / "a.docx"), "--with-errors"]
    assert gouji(*command).exit_code == 0
    title = docx.Document(str(tmp_path / "a.docx")).paragraphs[0].text
    assert title.startswith(printed)


@pytest.mark.parametrize("missing", ["narrative", "cells", "class"])
def test_what_is_not_filled_in_is_not_published_but_an_empty_cover_is(
    missing: str, tmp_path: Path
) -> None:
    form = load("2021")
    values: dict[str, float] = dict(consistent(form, random.Random(1)))
    narrative = {s.title: TEXT for s in form.sections}
    if missing == "cells":
        values = {k: v for k, v in values.items() if k != "t2.fees.amount"}
    if missing == "narrative":
        narrative = {}
    path = tmp_path / "a.xlsx"
    book_at(form, path, year=2024, unit="某市某局", values=values, narrative=narrative)
    out = tmp_path / "a.html"
    answer = {"narrative": "没有发布：正文还没有写", "cells": "没有发布：1格空着"}
    run = gouji("publish", path, "-o", out)
    assert (run.exit_code, out.exists()) == ((2, False) if missing in answer else (0, True))
    assert answer.get(missing, "已生成") in run.output
    if missing in answer:
        command = ["publish", str(path), "-o", str(out), "--with-errors"]
        assert gouji(*command).exit_code == 0
        assert "草稿：还有1件没有改好，不得发布。" in out.read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["html", "docx"])
def test_the_same_report_gives_the_same_bytes_and_no_foreign_file_is_lost(
    tmp_path: Path, suffix: str
) -> None:
    path = workbook(tmp_path / "a.xlsx", load("2021"))
    out = tmp_path / f"a.{suffix}"
    publish(path, out)
    before = out.read_bytes()
    publish(path, out)
    assert out.read_bytes() == before
    out.write_bytes(b"mine")
    run = gouji("publish", path, "-o", out)
    assert run.exit_code == 2
    assert out.read_bytes() == b"mine"
    publish(path, out, force=True)
    assert out.read_bytes() == before
    run = gouji("publish", path, "-o", tmp_path / "a.pdf")
    assert run.exit_code == 2
    assert ".docx" in run.output


@pytest.mark.slow
def test_last_year_stands_beside_this_year_in_the_pictures(tmp_path: Path) -> None:
    last = workbook(tmp_path / "b.xlsx", load("2021"), seed=2, year=2023)
    path = workbook(tmp_path / "a.xlsx", load("2021"), year=2024)
    publish(path, tmp_path / "a.html", prior=last, with_errors=True)
    page = (tmp_path / "a.html").read_text("utf-8")
    assert re.search(r"本年新收：2023年 \d+，2024年 \d+；", page)
    for year in (2021, 2022):
        workbook(tmp_path / f"{year}.xlsx", load("2021"), seed=year, year=year)
    publish(path, tmp_path / "a.html", prior=tmp_path, with_errors=True, force=True)
    page = (tmp_path / "a.html").read_text("utf-8")
    assert re.search(r"本年新收：2021年 \d+，2022年 \d+，2023年 \d+，2024年 \d+；", page)


def test_what_is_no_number_is_printed_as_it_stands(tmp_path: Path) -> None:
    from gouji.templates.layout import layout_of
    from gouji.validators.office import check_files

    form = load("2021")
    values: dict[str, float | str] = dict(consistent(form, random.Random(1)))
    values["t3.new.natural"] = "18件"
    del values["t3.new.business"]
    path = book_at(
        form, tmp_path / "a.xlsx", year=2024, unit="某县", values=values, typed_totals=True
    )
    (result,) = check_files([path])
    assert result.report is not None
    grid = grid_of(layout_of(form).sheets[1], result.report)
    first = [c.text for c in grid.cells if c.kind == "number"][:3]
    assert first[:2] == ["18件", ""]
    assert grid.head_rows == 3
    content = content_of(result)
    assert content.faults


@pytest.mark.slow
def test_the_package_has_no_time_in_it(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", load("2021"))
    publish(path, tmp_path / "a.docx")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "a.docx").read_bytes())) as package:
        assert {i.date_time[0] for i in package.infolist()} == {1980}
