"""Titles, units and labels as sites print them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from gouji.templates.edition import Edition, load
from gouji.validators.reading.published.published_report import report_of
from gouji.validators.reading.published.report_narrative import title
from gouji.validators.reading.published.tokens import split
from gouji.validators.reading.readers import read

from ....conftest import DATA

REPORT = "政府信息公开工作年度报告"
TEXT = (DATA / "published" / "lianshan-2021.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("lines", "unit", "year"),
    [
        (
            "2022年政府信息公开工作年度报告\n清河县松树镇人民政府\n2022年政府信息公开工作年度报告",
            "清河县松树镇人民政府",
            2022,
        ),
        (
            "清河县松树镇人民政府\n关于2021年度政府信息公开工作的年度报告",
            "清河县松树镇人民政府",
            2021,
        ),
        ("标题: 清河县司法局2022年度政府信息公开工作年度报告", "清河县司法局", 2022),
        ("关于清河县教育局\n2021年度政府信息公开工作\n的年度报告", "清河县教育局", 2021),
        (f"2021年{REPORT}\n2022年{REPORT}", "", 2021),
    ],
)
def test_unit_and_year_stand_in_a_title_over_several_lines(
    lines: str, unit: str, year: int
) -> None:
    assert title(split(lines)) == (unit, year)


def in_table(form: Edition, label: str, printed: str) -> dict[str, float | None]:
    """表二 of the report with a label printed otherwise."""
    changed = re.sub(rf"(?m)^(\W*){label}(?=\s*\|)", rf"\g<1>{printed}", TEXT)
    assert changed != TEXT
    report = report_of(split(changed), Path("a.txt"))
    return {k: report.number(k) for k in form.fields if k.startswith("t2.")}


@pytest.mark.parametrize(
    ("label", "printed"),
    [
        ("规章", "规章（设区的市、自治州人民政府应提供相关数据）"),
        ("规章", "规章(省级政府和较大的市才有权制定,没有的填0)"),
        ("行政许可", "行政许可（含行政确认，按事项数计，不按办件数计，下同）"),
    ],
)
def test_a_label_with_an_explanation_in_brackets_is_a_row(
    form: Edition, label: str, printed: str
) -> None:
    assert in_table(form, label, printed) == in_table(form, label, f"{label} ")


def test_a_converters_word_for_a_word_of_the_form_is_that_word(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT.replace("规范性文件", "規範性檔案"), "utf-8")
    assert read(path).number("t2.normative.in_force") == 1


@pytest.mark.parametrize("lost", ["减3", "增1423", "减少3"])
def test_a_change_in_words_loses_its_own_cell_alone(lost: str) -> None:
    lines = [
        "第二十条第（五）项",
        "信息内容 | 上一年项目数量 | 本年增/减 | 处理决定数量",
        f"行政许可 | 37 | {lost} | 1125",
        "其他对外管理服务事项 | 4 | 0 | 9",
    ]
    text = "\n".join(["某县2020年政府信息公开工作年度报告", *lines])
    report = report_of(split(text), Path("a.txt"))
    assert report.edition == load("2019")
    keys = ("t2.licences.projects", "t2.licences.change", "t2.licences.decisions")
    assert [report.number(k) for k in keys] == [37, None, 1125]
    assert report.number("t2.other_services.decisions") == 9
