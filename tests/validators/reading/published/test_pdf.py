"""A report as offices print it to PDF: rules missing, pages cut: read, and no number wrong."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from gouji.templates.edition import Edition, load
from gouji.validators.reading.published import document_lines, pdf, pdf_pages
from gouji.validators.reading.published.decoding import simplified
from gouji.validators.reading.published.document_lines import Part
from gouji.validators.reading.published.published_report import report_of
from gouji.validators.reading.published.tokens import split
from gouji.validators.report import Report, Standing

from ....builders import consistent
from ....published_documents import Values
from ....published_documents import pdf as printed
from ....published_text import published

SEVEN = ["1", "2", "3", "4", "5", "6", "21"]


def read(form: Edition, values: Values, **how: str) -> Report:
    data = printed(form, values, "某县", form.from_year, **how)
    kind, parts = pdf.read_parts(data, 100_000)
    assert kind == "ok"
    return report_of(document_lines.lines(parts), Path("a.pdf"))


@pytest.mark.parametrize("rules", ["lines", "none"])
@pytest.mark.parametrize("edition_id", ["2019", "2021"])
def test_a_table_that_no_rules_divide_is_read_as_lines_and_an_empty_cell_costs_its_row(
    rules: str, edition_id: str
) -> None:
    form = load(edition_id)
    values = consistent(form, random.Random(f"{rules} {edition_id}"))
    numbers = {k: v for k, v in read(form, values, rules=rules).numbers.items() if v is not None}
    assert numbers.items() <= values.items()
    assert len(numbers) >= 0.95 * len(values)
    report = read(form, {k: v or None for k, v in values.items()}, rules=rules)
    for key, value in report.values.items():
        if value.standing is not Standing.ABSENT:
            assert value.number == (values[key] or None), key


def joined(*rows: list[str]) -> list[list[str]]:
    cut: list[list[Part]] = [[(f"第{n}页表1第1行", row)] for n, row in enumerate(rows, 1)]
    return [content for _, content in pdf_pages.parts_of(cut) if isinstance(content, list)]


def test_a_row_that_a_page_cuts_in_two_is_one_row_again() -> None:
    none = [""] * 7
    cut = joined(["（三", "1.属", *SEVEN], ["", "）不予公开", "于国家秘密", *none])
    assert cut == [["（三）不予公开", "1.属于国家秘密", *SEVEN]]
    low = joined(["1.属于", *none], ["国家秘密", *SEVEN])
    assert low == [["1.属于国家秘密", *SEVEN]]
    for two in (
        [["1.属于国家秘密", *SEVEN], ["2.其他法律行政法规禁止公开", *none]],
        [["行政许可", "3"], ["行政处罚", ""]],
        [["7.属于行政执法案卷", *SEVEN], ["8", *none]],
    ):
        assert joined(*two) == two


def test_two_rows_under_a_groups_name_that_a_page_cuts_are_two_rows() -> None:
    two = [
        ["（四）无", "1.本机关不掌握相关政府信息", *SEVEN],
        ["", "法提供", "2.没有现成信息需要另行制作", *SEVEN],
    ]
    assert joined(*two) == two


def test_lines_of_a_text_that_are_each_underlined_are_one_text() -> None:
    line = "本机关" * 9
    pieces: list[Part] = [(f"第1页表1第{n}行", line) for n in (1, 2)]
    pieces += [("第1页表1第3行", "完。"), ("第1页第1行", "- 1 -"), ("第1页表1第4行", "（二）其他")]
    assert [text for _, text in pdf_pages.parts_of([pieces])] == [f"{line}{line}完。", "（二）其他"]


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


def test_a_text_after_a_row_may_begin_with_a_number(form: Edition) -> None:
    values = consistent(form, random.Random(6))
    parts: list[Part] = []
    for line in split(published(form, values, "pipe table", "某县", 2023)):
        cells = [c.strip() for c in line.text.strip("|").split("|")]
        parts.append(("", cells if "|" in line.text else line.text))
        if line.text.startswith("| ") and len(cells) == 15 and cells[0].isdecimal():
            parts.append(("", "2023 年，本县做了工作。"))
    report = report_of(document_lines.lines(parts), Path("a.pdf"))
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
