"""A report as offices print it to PDF: rules missing, pages cut: read, and no number wrong."""

from __future__ import annotations

import io
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.shared import Pt
from gouji.templates.edition import Edition, load
from gouji.validators.reading import read_published
from gouji.validators.reading.published import columns, grid_tables, pages, pdf
from gouji.validators.reading.published.decoding import simplified
from gouji.validators.reading.published.pages import Item
from gouji.validators.reading.published.stream import report_of
from gouji.validators.reading.published.tokens import split
from gouji.validators.report import Report, Standing

from ....builders import consistent
from ....conftest import require_app
from ....published_documents import Values, document
from ....published_documents import pdf as printed
from ....published_text import published

SEVEN = ["1", "2", "3", "4", "5", "6", "21"]


def read(form: Edition, values: Values, **how: str) -> Report:
    data = printed(form, values, "某县", form.from_year, **how)
    kind, parts = pdf.read_parts(data, 100_000)
    assert kind == "ok"
    return report_of(grid_tables.lines(parts), Path("a.pdf"))


@pytest.mark.parametrize("edition_id", ["2019", "2021"])
@pytest.mark.parametrize("rules", ["lines", "none"])
def test_tables_that_no_rules_divide_are_read_by_where_their_numbers_stand(
    rules: str, edition_id: str
) -> None:
    form = load(edition_id)
    values = consistent(form, random.Random(f"{rules} {edition_id}"))
    numbers = {k: v for k, v in read(form, values, rules=rules).numbers.items() if v is not None}
    assert numbers.items() <= values.items()
    assert len(numbers) >= 0.95 * len(values)


def test_empty_cells_between_no_rules_are_empty_and_no_number_moves(form: Edition) -> None:
    values: dict[str, float | str | None] = {**consistent(form, random.Random(4))}
    shown = {k: v or None for k, v in values.items()}
    report = read(form, shown, rules="none")
    for key, value in report.values.items():
        if value.standing is not Standing.ABSENT:
            assert value.number == shown[key], key
    assert sum(report.numbers.get(k) is not None for k in shown if k.startswith("t3.")) > 60


def test_what_runs_on_every_page_is_no_text_and_cuts_no_row(form: Edition) -> None:
    values = consistent(form, random.Random(5))
    report = read(form, values, running="某县政府信息公开工作年度报告")
    assert report.numbers == values
    assert all("/" not in text for _, text in report.narrative)


def word(text: str, x: float, y: float) -> dict[str, Any]:
    return {"text": text, "x0": x, "x1": x + 5 * len(text), "top": y, "bottom": y + 10}


def row(y: float, *texts: str) -> list[dict[str, Any]]:
    return [word(text, 200 + 40 * n, y) for n, text in enumerate(texts) if text]


def test_a_label_of_several_lines_goes_with_the_row_in_its_middle() -> None:
    words = [
        word("自然人", 200, 80),
        word("商业", 240, 74),
        word("企业", 240, 86),
        word("1.属于国家秘密", 60, 100),
        *row(100, "1", "0", "2", "3"),
        word("2.其他法律行政法", 60, 120),
        word("规禁止公开", 60, 132),
        *row(126, "4", "", "", "4"),
        word("（三）不予公开", 10, 126),
        word("3.危及“三安全一稳定”", 60, 150),
        *row(150, "0", "5", "0", "5"),
        word("4.保护第三方合法权益", 60, 170),
        *row(170, "6", "7", "8", "21"),
    ]
    (grid,) = columns.grids(words)
    assert grid.rows == [
        ["自然人商业企业"],
        ["1.属于国家秘密", "1", "0", "2", "3"],
        ["（三）不予公开", "2.其他法律行政法规禁止公开", "4", "", "", "4"],
        ["3.危及“三安全一稳定”", "0", "5", "0", "5"],
        ["4.保护第三方合法权益", "6", "7", "8", "21"],
    ]


def test_a_wide_head_stands_over_the_narrow_numbers_of_its_column() -> None:
    heads = [
        word("自然人", 200, 80),
        word("商业企业的名", 230, 80),
        word("科研机构", 280, 80),
        word("其他", 320, 80),
    ]
    lines = [w for y in (100, 120, 140) for w in row(y, "1", "2", "3", "4")]
    (grid,) = columns.grids([*heads, *lines])
    assert grid.rows[0] == ["自然人", "商业企业的名", "科研机构", "其他"]


def test_numbers_in_a_text_are_no_table() -> None:
    words = [word(str(n), 20 + 40 * n, 100) for n in range(1, 9)]
    assert columns.grids(words) == []


def joined(*rows: list[str]) -> list[list[str]]:
    held = [Item(f"第{n}页表1第1行", row, 0) for n, row in enumerate(rows, 1)]
    return [c for _, c in pages.parts([[item] for item in held]) if isinstance(c, list)]


def test_heads_that_a_page_cuts_are_heads_again() -> None:
    above, below = ["结\n果\n维", "其\n他\n结", "总\n计"], ["持", "果", ""]
    assert joined(above, below) == [["结\n果\n维持", "其\n他\n结果", "总\n计"]]
    two = [["行政复议", "行政诉讼"], ["未经复议直接起诉", "复议后起诉"]]
    assert joined(*two) == two


def test_digits_that_a_page_cuts_are_no_number() -> None:
    label = "1.属于国家秘密"
    (whole,) = joined([label, "4", *SEVEN[1:]], ["", "0", *[""] * 6])
    assert whole == [label, "4\n0", *SEVEN[1:]]
    (whole,) = joined(["1.属于国", "4", *SEVEN[1:]], ["家秘密", "0", *[""] * 6])
    assert whole == [label, "4\n0", *SEVEN[1:]]
    two = [["（七）总计", *SEVEN], ["结转下年度继续办理", *SEVEN]]
    assert joined(*two) == two


def test_a_row_is_put_together_below_heads_that_are_printed_again() -> None:
    heads, low = ["自然人", "商业企业"], ["1.属于", *[""] * 7]
    items = [
        [Item("第1页表1第1行", heads, 0), Item("第1页表1第2行", low, 0)],
        [Item("第2页表1第1行", heads, 0), Item("第2页表1第2行", ["国家秘密", *SEVEN], 0)],
    ]
    assert [c for _, c in pages.parts(items)] == [heads, ["1.属于国家秘密", *SEVEN], heads]


def test_a_text_after_a_row_may_begin_with_a_number(form: Edition) -> None:
    values = consistent(form, random.Random(6))
    parts: list[grid_tables.Part] = []
    for line in split(published(form, values, "pipe table", "某县", 2023)):
        cells = [c.strip() for c in line.text.strip("|").split("|")]
        parts.append(("", cells if "|" in line.text else line.text))
        if line.text.startswith("| ") and len(cells) == 15 and cells[0].isdecimal():
            parts.append(("", "2023 年，本县做了工作。"))
    report = report_of(grid_tables.lines(parts), Path("a.pdf"))
    assert len(parts) > len(split(published(form, values, "pipe table", "某县", 2023)))
    assert report.numbers == values


def test_radicals_of_a_printed_page_are_characters() -> None:
    assert simplified("⼀、总体情况：⻔⼾⽹站⼯作，⼈⺠") == "一、总体情况：门户网站工作，人民"


@pytest.mark.parametrize(
    ("torn", "kept"),
    [("（一）予以公开 0 3 4 0 0 2 4\n0\n5", False), ("（一）予以公开 0 3 4 0 0 2 9", True)],
)
def test_a_row_is_believed_if_its_sum_is_right_or_no_number_is_left_over(
    torn: str, kept: bool
) -> None:
    new = "一、本年新收政府信息公开申请数量 3 0 0 0 0 0 3\n"
    report = report_of(split(f"{new}{torn}\n（七）总计 1 1 0 0 0 0 2\n"), Path("a.txt"))
    assert report.number("t3.new.total") == 3
    assert (report.number("t3.granted.total") is not None) is kept
    if not kept:
        assert any("“（一）予以公开”" in r.words for r in report.remarks)


@pytest.mark.slow
@pytest.mark.apps("soffice-writer")
@pytest.mark.parametrize("edition_id", ["2019", "2021"])
def test_a_document_without_borders_is_read_from_its_pdf(edition_id: str, tmp_path: Path) -> None:
    form = load(edition_id)
    values = consistent(form, random.Random(edition_id))
    made = Document(io.BytesIO(document(form, values, "某县", form.from_year)))
    made.styles["Normal"].font.size = Pt(8)
    for table in made.tables:
        table.style = "Normal Table"
    made.save(str(tmp_path / "a.docx"))
    subprocess.run(
        [
            require_app("soffice-writer"),
            f"-env:UserInstallation={(tmp_path / 'p').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(tmp_path),
            str(tmp_path / "a.docx"),
        ],
        check=True,
        capture_output=True,
        timeout=240,
    )
    report = read_published(tmp_path / "a.pdf")
    numbers = {k: v for k, v in report.numbers.items() if v is not None}
    assert numbers.items() <= values.items()
    assert len(numbers) >= 0.95 * len(values)
