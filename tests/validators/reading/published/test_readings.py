"""Where a published text can be read in several ways: the sums tell, or nothing is taken."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from gouji.templates.edition import Edition, load
from gouji.templates.errors import InputError
from gouji.validators.reading.published.decoding import decoded, simplified
from gouji.validators.reading.published.published_report import report_of
from gouji.validators.reading.published.report_narrative import heading, title
from gouji.validators.reading.published.tokens import split
from gouji.validators.reading.spelling import normal
from gouji.validators.report import Report, Standing

from ....builders import consistent
from ....published_text import published

NEW, IN, GRANTED = (
    "一、本年新收政府信息公开申请数量",
    "二、上年结转政府信息公开申请数量",
    "（一）予以公开",
)
TOTAL, OUT = "（七）总计", "四、结转下年度继续办理"
ROWS = {"new": NEW, "carried_in": IN, "granted": GRANTED, "total": TOTAL, "carried_out": OUT}
COLUMNS = ("natural", "business", "research", "public_interest", "legal_service", "other", "total")


def of(text: str) -> Report:
    return report_of(split(simplified(text)), Path("a.txt"))


def row(report: Report, key: str) -> list[float | str | None]:
    held = (report.values[f"t3.{key}.{c}"] for c in COLUMNS)
    return [v.number if v.standing is Standing.NUMBER else v.standing.value for v in held]


BLANK, ABSENT = "blank", "absent"


@pytest.mark.parametrize(
    "padded",
    [
        f"{NEW} | 3 | 3 | |||||||\n{IN} | 0 | 0 | |||||||\n",
        f"| {NEW} | 3 | 3 | | | | | |\n| {IN} | 1 | 1 | | | | | |\n",
        f"{NEW} | 3 | 3 |\n{IN} | 0 | 0 |\n",
    ],
)
def test_a_run_padded_by_blanks_at_its_end_is_refused(padded: str) -> None:
    with pytest.raises(InputError, match="没有找到表二"):
        of(padded)


def test_the_reading_that_foots_is_taken_and_said() -> None:
    report = of(f"{NEW} | | 3 | | | | | | 3 | | |\n{IN} | | | | 2 | | | | 2 | | |\n")
    assert row(report, "new") == [3, BLANK, BLANK, BLANK, BLANK, BLANK, 3]
    # 2 in three columns foots as well as in any other: not taken
    assert row(report, "carried_in")[-1] == 2
    assert row(report, "carried_in").count(2.0) == 2


def test_a_bar_alone_is_the_end_of_its_cell_the_next_one_an_empty_cell(form: Edition) -> None:
    heads = "本年制发件数 |\n本年废止件数 |\n现行有效件数 |\n"
    report = of(heads + "规章\n|\n0\n|\n|\n6\n|\n行政规范性文件\n|\n1\n|\n2\n|\n3\n|\n")
    assert report.number("t2.normative.in_force") == 3
    assert report.values["t2.regulations.issued"].standing is Standing.ABSENT


def test_cells_of_a_line_each_are_cells_and_the_bars_after_them_padding() -> None:
    alone = "|\n" * 6
    report = of(f"{NEW} |\n{alone}4 |\n||\n{IN} |\n{alone}0 |\n||\n规章 |\n1 |\n2 |\n3 |\n")
    assert row(report, "new") == [BLANK] * 6 + [4]
    assert row(report, "carried_in") == [BLANK] * 6 + [0]
    fewer = "|\n" * 5
    with pytest.raises(InputError, match="没有找到表二"):
        of(f"{NEW} |\n{fewer}4 |\n||||\n")


def test_a_row_of_bars_beside_it_takes_no_number_from_a_row() -> None:
    heads = "信息内容 |\n上一年项目数量 |\n本年增/减 |\n处理决定数量 |\n|\n"
    lines = "行政许可 |\n37 |\n减3 |\n1125 |\n|\n其他对外管理服务事项 |\n||||\n"
    report = of(f"{heads}{lines}{heads}行政处罚 |\n0 |\n0 |\n0 |\n|\n")
    assert report.number("t2.licences.projects") == 37
    assert report.number("t2.licences.decisions") == 1125


def test_words_in_number_cells_lose_the_cell_not_the_row() -> None:
    report = of("| 规章 | 0 | 0 | 0 |\n| 行政规范性文件 | 减4 | 未增未减 | 3 |\n行政许可 | / |\n")
    assert report.values["t2.normative.issued"].standing is Standing.TEXT
    assert report.values["t2.normative.issued"].shown == "减4"
    assert report.number("t2.normative.in_force") == 3
    assert report.values["t2.licences.decisions"].standing is Standing.PLACEHOLDER


def test_a_sentence_with_a_number_is_no_row() -> None:
    with pytest.raises(InputError, match="没有找到表二"):
        of("我们办理行政许可 31 宗\n行政处罚 5 件\n行政强制 2 起\n")


def test_misspelt_cut_and_explained_labels_are_read_and_named() -> None:
    report = of(
        f"{NEW.replace('数量', '数')} | 3 | 0 | 0 | 0 | 0 | 0 | 3\n"
        "二、上年转结政府信息公开申请数量 | 1 | 0 | 0 | 0 | 0 | 0 | 1\n"
        "（二）部分公开（区分处理的） | 1 | 0 | 0 | 0 | 0 | 0 | 1\n"
        "2.其他法律行政止公开 | 2 | 0 | 0 | 0 | 0 | 0 | 2\n"
        "1.本机关不掌握（不存在） | 1 | 0 | 0 | 0 | 0 | 0 | 1\n"
    )
    for key, number in (
        ("new", 3),
        ("carried_in", 1),
        ("partial", 1),
        ("refused_law", 2),
        ("unable_not_held", 1),
    ):
        assert row(report, key)[0] == number, key
    assert sum("标签写作" in r.words for r in report.remarks) == 5


def test_another_rows_label_is_not_taken_for_a_misspelt_one() -> None:
    report = of(f"{IN} | 1 | 0 | 0 | 0 | 0 | 0 | 1\n{OUT} | 1 | 0 | 0 | 0 | 0 | 0 | 1\n")
    assert row(report, "new") == [ABSENT] * 7
    assert row(report, "carried_in")[0] == 1


@pytest.mark.parametrize(
    "heads",
    [
        "| 总计 | 自然人 | 商业企业 | 科研机构 | 社会公益组织 | 法律服务机构 | 其他 |\n",
        "| 自然人 | 科研机构 | 商业企业 | 社会公益组织 | 法律服务机构 | 其他 | 总计 |\n",
    ],
)
def test_under_heads_in_another_order_no_number_is_taken(heads: str) -> None:
    report = of(
        "| 规章 | 0 | 0 | 0 |\n| 行政规范性文件 | 1 | 2 | 3 |\n"
        f"{heads}| {NEW} | 3 | 2 | 0 | 0 | 0 | 0 | 5 |\n| {IN} | 1 | 0 | 0 | 0 | 0 | 0 | 1 |\n"
    )
    assert row(report, "new") == row(report, "carried_in") == [ABSENT] * 7
    assert sum("认不准各是哪一列" in r.words for r in report.remarks) == 2
    assert report.number("t2.normative.in_force") == 3


T4 = "四、政府信息公开行政复议、行政诉讼情况\n行政复议 行政诉讼\n结 结 其 尚\n果 果 他 未\n"


def test_table_four_as_fifteen_bare_numbers_is_placed_by_its_sums() -> None:
    report = of(f"{OUT} 0 0 0 0 0 0 0\n{T4}5 0 1 2 8 1 0 0 0 1 0 0 2 0 2\n")
    assert report.number("t4.review.total") == 8
    assert report.number("t4.after_review.other") == 2
    assert any("次序和各组的合计" in r.words for r in report.remarks)


def test_bars_that_are_left_of_merged_heads_are_no_numbers_of_table_four() -> None:
    leaves = "结果维持 |\n结果纠正 |\n其他结果 |\n尚未审结 |\n总计 |\n"
    cells = "".join(f"{n} |\n" for n in (5, 0, 1, 2, 8, 1, 0, 0, 0, 1, 0, 0, 2, 0, 2))
    report = of(
        f"{OUT} 0 0 0 0 0 0 0\n四、政府信息公开行政复议、行政诉讼情况\n行政复议 |\n行政诉讼 |\n"
        f"|||||||||||||\n{leaves}未经复议直接起诉 |\n复议后起诉 |\n||||||||\n{leaves * 2}"
        f"|||||\n{cells}"
    )
    assert report.number("t4.review.total") == 8
    assert report.number("t4.after_review.other") == 2
    assert not any("次序" in r.words for r in report.remarks)


def test_heads_of_table_four_in_another_order_are_not_overruled_by_its_sums() -> None:
    heads = "行政复议 行政诉讼 未经复议直接起诉 复议后起诉\n" + (
        "结果纠正 | 结果维持 | 其他结果 | 尚未审结 | 总计\n" * 3
    )
    report = of(f"{OUT} 0 0 0 0 0 0 0\n{heads}5 0 1 2 8 1 0 0 0 1 0 0 2 0 2\n")
    assert report.values["t4.review.total"].standing is Standing.ABSENT


def test_two_years_beside_each_other_are_refused_not_mixed() -> None:
    now, before = "3 | 0 | 0 | 0 | 0 | 0 | 3", "4 | 0 | 0 | 0 | 0 | 0 | 4"
    rows = [f"| {label} | {cells} |\n" for label in (NEW, IN) for cells in (now, before)]
    with pytest.raises(InputError, match="两份年报的表"):
        of("".join(rows))
    beside = f"{NEW} {now.replace(' |', '')} {NEW} {before.replace(' |', '')}\n"
    with pytest.raises(InputError, match="两份年报的表"):
        of(beside)
    twice = [f"| {label} | {now} |\n" for label in (NEW, NEW, IN)]
    assert row(of("".join(twice)), "new")[0] == 3


def test_fifteen_bare_numbers_that_do_not_foot_are_refused() -> None:
    report = of(f"{OUT} 0 0 0 0 0 0 0\n{T4}5 0 1 2 9 1 0 0 0 1 0 0 2 0 2\n")
    assert report.values["t4.review.total"].standing is Standing.ABSENT


def test_another_editions_heads_are_not_read_as_this_ones(form: Edition) -> None:
    values = consistent(form, random.Random(2))
    content = published(form, values, "pipe table", "某县", 2023)
    content = content.replace("本年制发件数", "本年新制作数量").replace(
        "本年废止件数", "本年新公开数量"
    )
    report = of(content.replace("现行有效件数", "对外公开总数量"))
    assert report.edition is form
    assert report.values["t2.regulations.issued"].standing is Standing.ABSENT
    assert report.number("t3.new.total") == values["t3.new.total"]
    assert any("2019年格式的表头" in r.words for r in report.remarks)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_every_usual_encoding_is_read(encoding: str, form: Edition) -> None:
    content = published(form, consistent(form, random.Random(1)), "tabs", "某县", 2023)
    assert decoded(content.encode(encoding), "a.txt").lstrip("\ufeff") == content


def test_every_traditional_character_is_known() -> None:
    assert (
        simplified("發生行政復議，轉結，網絡，檔案，總計") == "发生行政复议，转结，网络，档案，总计"
    )


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("某县民政局\n2023年\n政府信息公开工作年度报告", ("某县民政局", 2023)),
        ("某镇二〇二三年政府信息公开工作年度报告", ("某镇", 2023)),
        ("2022年度某镇政府信息公开工作年度报告", ("某镇", 2022)),
        ("根据某县政府的要求，编制《某局2022年政府信息公开工作年度报告》", ("", None)),
        ("本报告统计期限自2021年1月1日起至2021年12月31日止。", ("", 2021)),
        ("本报告所列数据的统计期限自20201月1日起至202012月31日止。", ("", 2020)),
        ("某县民政局政府信息公开工作年度报告（2023年度）", ("某县民政局", 2023)),
        ("2022年某县政府信息公开年报", ("某县", 2022)),
        (
            "某局2021年政府信息公开工作年度报告\n某局2022年政府信息公开工作年度报告\n"
            "统计期限自2022年1月1日至2022年12月31日",
            ("某局", 2022),
        ),
        (
            "某局2023年政府信息公开工作年度报告\n统计期限自2022年1月1日至2022年12月31日",
            ("某局", 2023),
        ),
        ("某某县\n人民政府2024年政府信息公开工作年度报告（文字版）", ("人民政府", 2024)),
    ],
)
def test_unit_and_year_are_those_of_the_title(text: str, output: tuple[str, int | None]) -> None:
    assert title(split(text)) == output


def test_sections_are_told_by_their_titles_in_whatever_wording(form: Edition) -> None:
    content = published(form, consistent(form, random.Random(1)), "tabs", "某县", 2023)
    content = content.replace("一、总体情况\n", "## 总体情况\n").replace(
        "五、存在的主要问题及改进情况\n", "五、政府信息公开工作存在的主要问题及改进情况\n"
    )
    report = of(
        content.replace("六、其他需要报告的事项\n", "六、其他需要报告的事项：无。其余见附件。\n")
    )
    assert report.headings == tuple(s.title for s in form.sections)
    assert dict(report.narrative)["六、其他需要报告的事项"].startswith("无。其余")
    assert [r.kind for r in report.remarks] == ["heading", "heading"]


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.sampled
def test_a_changed_text_is_never_read_wrong_where_its_sums_hold(seed: int, form: Edition) -> None:
    """Lines lost or doubled: what is read is what was written, or nothing."""
    rng = random.Random(seed)
    values = consistent(form, rng)
    layout = rng.choice(["one cell a line", "blank lines between", "bars on lines of their own"])
    lines = published(form, values, layout, "某县", 2023).splitlines()
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(lines))
        if not lines[at].strip("| ").isdigit():
            lines.insert(at, rng.choice(["", "第3页", "（续表）"])) if rng.random() < 0.5 else None
        elif rng.random() < 0.7:
            del lines[at]
    try:
        report = of("\n".join(lines))
    except InputError:
        return
    wrong = {k: (v, values[k]) for k, v in report.numbers.items() if v != values[k]}
    assert wrong == {}


@pytest.mark.slow
def test_a_long_text_without_a_table_is_refused_in_bounded_time() -> None:
    import time

    text = "2.其他法律 行政 3 4\n" * 3 + "一、本年新收 政府信息 5 | | |\n"
    start = time.monotonic()
    with pytest.raises(InputError, match="没有找到表二"):
        of(text * 2000)
    with pytest.raises(InputError, match="远多于一份年报"):
        of(text * 20_000)
    assert time.monotonic() - start < 30


def test_both_editions_are_told_by_their_own_heads() -> None:
    for edition_id, year in (("2019", 2023), ("2021", 2020)):
        form = load(edition_id)
        values = consistent(form, random.Random(4))
        assert of(published(form, values, "tabs", "某县", year)).edition is form


def test_marks_of_markdown_and_page_numbers_are_no_cells(form: Edition) -> None:
    values = consistent(form, random.Random(9))
    content = published(form, values, "pipe table", "某县", 2023)
    content = content.replace("商业企业", "商业<br>企业").replace("| 规章 |", "| **规章** |")
    content = content.replace(" 0 |", " **0** |", 5)
    assert of(content).numbers == values
    lines = published(form, values, "one cell a line", "某县", 2023).splitlines()
    at = lines.index("4.保护第三方合法权益")
    lines[at + 3 : at + 3] = ["- 4 -", "第4页 共9页"]
    assert of("\n".join(lines)).numbers == values


def test_a_row_of_a_table_that_was_not_found_is_no_heading(form: Edition) -> None:
    content = published(form, consistent(form, random.Random(1)), "tabs", "某县", 2023)
    first, mark, rest = content.partition("三、收到和处理政府信息公开申请情况")
    last = rest[rest.index("四、政府信息公开行政复议") :]
    torn = f"{IN} 2 2 5\n{IN}\n一、2023年的总体情况\n"
    report = of(first.replace("一、总体情况\n", torn) + mark + "\n" + last)
    assert report.headings == tuple(s.title for s in form.sections)


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("二是主动公开信息不够及时", ""),
        ("一是公开情况不够全面", ""),
        ("三项申请均已处理", ""),
        ("一年来主动公开情况总体良好", ""),
        ("二、主动公开情况", "二、主动公开政府信息情况"),
        ("二主动公开情况", "二、主动公开政府信息情况"),
        ("## 五．存在的问题", "五、存在的主要问题及改进情况"),
    ],
)
def test_a_point_of_a_list_is_no_heading_of_a_section(
    form: Edition, text: str, section: str
) -> None:
    heads = {normal(s.title): s.title for s in form.sections}
    assert heading(text, heads)[0] == section
