"""正文 against the tables, and in itself: counts, parts, percentages, sections, period."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from gouji.templates.edition import Edition, load
from gouji.templates.errors import InputError
from gouji.validators.finding import Finding
from gouji.validators.judging.judge import judge, judge_plainly
from gouji.validators.judging.rules.sentences import counted, paragraphs, stated
from gouji.validators.report import Prior, Report, Standing

from ...builders import cases, report

FORM = load("2021")
WHOLE = "本节写了应当写的内容。"


@pytest.mark.parametrize("end", ["市", "7", "》", "%"])
def test_a_line_that_is_full_and_ends_amid_a_sentence_goes_on(end: str) -> None:
    full = "甲" * 24 + end
    assert paragraphs(f"{full}\n乙乙。") == (f"{full}乙乙。",)
    assert paragraphs(f"{full}\n（一）乙。") == (full, "(一)乙。")
    assert paragraphs(f"{full[1:]}\n乙乙。") == (full[1:], "乙乙。")
    assert paragraphs(f"{full[:-1]}甲。\n乙乙。") == (f"{full[:-1]}甲。", "乙乙。")


def county(**more: float) -> dict[str, float]:
    """20 new, 2 carried in, 19 answered, 3 carried out, by natural persons; 3 reviews, 2 suits."""
    values = dict.fromkeys(FORM.fields, 0.0)
    rows = {
        "new": 20,
        "carried_in": 2,
        "granted": 10,
        "partial": 1,
        "refused_law": 1,
        "refused_process": 2,
        "unable_not_held": 4,
        "rejected_repeat": 1,
        "total": 19,
        "carried_out": 3,
    }
    for row, number in rows.items():
        values |= {f"t3.{row}.natural": number, f"t3.{row}.total": number}
    values |= {"t4.review.upheld": 2, "t4.review.pending": 1, "t4.review.total": 3}
    values |= {"t4.direct.upheld": 1, "t4.direct.total": 1}
    values |= {"t4.after_review.other": 1, "t4.after_review.total": 1}
    values |= {"t2.normative.issued": 6, "t2.normative.repealed": 2, "t2.normative.in_force": 49}
    values |= {"t2.licences.decisions": 324, "t2.penalties.decisions": 31, "t2.fees.amount": 282.1}
    return values | more


def report_with(
    text: str, *, year: int = 2023, unit: str = "某县人民政府", **more: float
) -> Report:
    first, *_, fifth, sixth = FORM.sections
    made = report(FORM, county(**more), year=year, unit=unit)
    return replace(
        made,
        narrative=(
            (first.title, text),
            (fifth.title, WHOLE),
            (sixth.title, "无。"),
        ),
    )


def findings(text: str, **how: object) -> list[Finding]:
    made = report_with(text, **how)  # type: ignore[arg-type]
    (verdict,) = judge_plainly([made])
    return [f for f in verdict.findings if f.rule.startswith(("N-", "S-"))]


RIGHT = cases("narrative.txt", "right")
LISTS = cases("narrative.txt", "lists that hold or are open")
LISTS_WRONG = cases("narrative.txt", "lists that do not add up")


@pytest.mark.parametrize("text", RIGHT)
def test_what_the_tables_say_too_or_do_not_speak_of_is_no_finding(text: str) -> None:
    assert findings(text) == []


WRONG = [
    ("全县共收到政府信息公开申请21件。", "t3.new.total", 20, 21, "收到政府信息公开申请21件"),
    ("全年未收到政府信息公开申请。", "t3.new.total", 20, 0, "未收到政府信息公开申请"),
    ("本机关新收政府信息公开申请二十一宗。", "t3.new.total", 20, 21, "二十一宗"),
    ("收到政府信息公开申请20件，办结18件。", "t3.total.total", 19, 18, "办结18件"),
    ("收到申请20件，上年度结转政府信息公开申请5件。", "t3.carried_in.total", 2, 5, "上年度结转"),
    ("收到公开申请20件，剩余4件结转下年度办理。", "t3.carried_out.total", 3, 4, "剩余4件"),
    ("申请中予以公开9件。", "t3.granted.total", 10, 9, "予以公开9件"),
    ("申请中不予公开2件。", "t3.refused_secret.total", 3, 2, "（三）不予公开合计"),
    ("申请中予以公开及部分公开10件。", "t3.granted.total", 11, 10, "予以公开和部分公开"),
    ("政府信息公开行政复议5件。", "t4.review.total", 3, 5, "行政复议5件"),
    ("政府信息公开行政复议3件，均获维持。", "t4.review.upheld", 2, 3, "3是表四"),
    ("政府信息公开无行政复议发生。", "t4.review.total", 3, 0, "无行政复议"),
    ("未发生因政府信息公开引起的行政复议和行政诉讼。", "t4.review.total", 3, 0, "行政复议"),
    ("政府信息公开行政诉讼3件。", "t4.direct.total", 2, 3, "行政诉讼（两类总计）"),
    ("制发行政规范性文件7件。", "t2.normative.issued", 6, 7, "规范性文件7件"),
    ("收到公开申请20件，第三部分收到公开申请21件。", "t3.new.total", 20, 21, "公开申请21件"),
    ("行政许可处理决定数量325件。", "t2.licences.decisions", 324, 325, "325件"),
    ("行政事业性收费金额283万元。", "t2.fees.amount", 282.1, 283, "283万元"),
]


@pytest.mark.parametrize(("text", "field", "now", "said", "words"), WRONG)
def test_what_the_tables_do_not_say_is_found_with_sentence_number_and_field(
    text: str, field: str, now: float, said: float, words: str
) -> None:
    found = [f for f in findings(text) if f.field == field]
    (finding,) = found
    assert (finding.rule, finding.severity, finding.found) == ("N-CLAIM", "warning", now)
    assert words in finding.message
    assert f"相差{abs(now - said):g}" in finding.message


def test_an_answer_in_words_of_the_whole_may_mean_what_was_carried_in_as_well() -> None:
    (finding,) = findings("全年收到政府信息公开申请23件。")
    assert "20" in finding.message


def test_other_sums_that_the_words_may_mean_are_told_where_none_fits() -> None:
    (finding,) = judge_plainly([report_with("全年办理政府信息公开申请25件。")])[0].findings
    assert (
        "本年新收（J7）是20，相差5。本年新收＋上年结转是22、总计是19，也不是25。" in finding.message
    )
    assert "本年新收＋上年结转 is 22, 总计 is 19" in finding.message.en


def test_the_cell_that_holds_the_number_is_named() -> None:
    more = {"t3.new.natural": 18.0, "t3.new.business": 2.0}
    (finding,) = findings("收到政府信息公开申请18件。", **more)
    assert "18是表三 一、本年新收（D7）" in finding.message


def test_a_review_without_applications_and_one_carried_out_at_once_are_right() -> None:
    values = dict.fromkeys(FORM.fields, 0.0)
    values |= {"t4.review.upheld": 1.0, "t4.review.total": 1.0}
    words = (("一、总体情况", "全年未收到政府信息公开申请。"),)
    quiet = replace(report(FORM, values, year=2023), narrative=words)
    values |= dict.fromkeys(("t3.new.natural", "t3.new.total"), 1.0)
    values |= dict.fromkeys(("t3.carried_out.natural", "t3.carried_out.total"), 1.0)
    busy = report(FORM, values, year=2023)
    for made in (quiet, busy):
        (verdict,) = judge([made])
        assert [f for f in verdict.findings if f.rule != "S-SECTION"] == []


def test_a_claim_that_cannot_be_compared_is_said_to_be_unchecked() -> None:
    made = report_with("收到政府信息公开申请20件。")
    blank = replace(made.values["t3.new.total"], standing=Standing.BLANK, number=None)
    values = {**made.values, "t3.new.total": blank}
    (verdict,) = judge([replace(made, values=values)])
    assert ("N-CLAIM", "t3.new.total") in {(u.rule, u.field) for u in verdict.unchecked}


def test_a_count_below_what_the_filled_cells_come_to_is_found_though_the_total_is_empty() -> None:
    made = report_with("申请中无法提供3件，予以公开10件。")
    values = {**made.values}
    for key in ("t3.unable_not_held.total", "t3.granted.total"):
        values[key] = replace(values[key], standing=Standing.BLANK, number=None)
    (verdict,) = judge([replace(made, values=values)])
    (finding,) = [f for f in verdict.findings if f.rule == "N-CLAIM"]
    assert "光是填了数的就有4，至少多1" in finding.message
    assert "N-CLAIM" in {u.rule for u in verdict.unchecked}


def test_counts_and_percentages_of_one_narrative_are_both_judged() -> None:
    text = "收到政府信息公开申请21件，同比增长100%。"
    made = report_with(text)
    more = {"t3.new.natural": 10.0, "t3.new.total": 10.0}
    last = report(FORM, county(**more), year=2022)
    (verdict,) = judge([made], [Prior(last)])
    claims = [f for f in verdict.findings if f.rule == "N-CLAIM"]
    assert [f.field for f in claims] == ["t3.new.total"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("二十三", 23),
        ("一百零五", 105),
        ("十", 10),
        ("两", 2),
        ("三千零二十", 3020),
        ("一万二千", 12000),
        ("二〇二三", 2023),
        ("3,119", 3119),
    ],
)
def test_chinese_numerals(text: str, number: float) -> None:
    assert counted(text) == number


@pytest.mark.parametrize("text", LISTS)
def test_lists_that_add_up_may_lack_a_part_or_are_open_are_no_finding(text: str) -> None:
    assert [f.message for f in findings(text) if f.rule == "N-SUM"] == []


@pytest.mark.parametrize("text", LISTS_WRONG)
def test_lists_that_do_not_add_up_are_one_finding(text: str) -> None:
    assert [f.rule for f in findings(text) if f.rule == "N-SUM"] == ["N-SUM"]


ADDS_UP = [
    "发布信息98条，其中公告42条，动态1条，文件49条，其他6条。",
    "答复98件，其中予以公开42件，占42.86%；部分公开1件，占1.02%；无法提供49件，占50%；不予处理6件，占6.12%。",
    "发布信息100条，其中网站30条、微信20条。",  # far too few: not closed
    "发布信息100条，其中网站90条、微信80条。",  # one may be in both
    "发布信息100条，其中网站50条、微信48条等。",
    "发布信息100条，主要包括其中网站50条、微信48条。",
    "收到申请9件，上年结转1件，其中网络申请5件，信函申请5件。",
    "共公开394条，其中甲216条，占55%；乙65条，占17%；丙113条，占28%。",  # made to be 100
    "发布信息100条，其中网站50余条、微信48条。",
    "发布信息100条，其中甲县50条，另有48条在乙县。",
]


@pytest.mark.parametrize("text", ADDS_UP)
def test_parts_that_add_up_or_are_not_all_are_no_finding(text: str) -> None:
    assert [f for f in findings(text) if f.rule == "N-SUM"] == []


@pytest.mark.parametrize(
    ("text", "whole", "total"),
    [
        ("发布信息95条，其中公告24条，动态66条，文件3条。", 95, 93),
        ("共处理372件。其中，甲类331件；乙类61件。", 372, 392),
        (
            "累计公开8775条（本年新增388条），在已公开信息当中甲累计5434条，乙累计1919条，丙累计1425条。",
            8775,
            8778,
        ),
        ("公开八十一条，其中退回三条，推送七十九条。", 81, 82),
    ],
)
def test_parts_that_do_not_add_up_are_found(text: str, whole: float, total: float) -> None:
    (finding,) = [f for f in findings(text) if f.rule == "N-SUM"]
    assert (finding.found, finding.expected, finding.severity) == (whole, total, "warning")
    assert f"={total}" in finding.message


def test_one_percentage_that_does_not_fit_among_others_that_do_is_found() -> None:
    text = "答复805件，其中甲258件，占33.9%；乙35件，占4.35%；丙265件，占32.9%；丁等247件。"
    (finding,) = [f for f in findings(text) if f.rule == "N-SUM"]
    assert "258件占33.9%，按805件算是32.05%" in finding.message


def published(text: str, **more: object) -> Report:
    titles = tuple(s.title for s in FORM.sections)
    return replace(report_with(text), **{"headings": titles, **more})  # type: ignore[arg-type]


def of(made: Report, rule: str) -> list[Finding]:
    (verdict,) = judge_plainly([made])
    return [f for f in verdict.findings if f.rule == rule]


def test_a_missing_section_is_an_error_in_a_published_report() -> None:
    titles = tuple(s.title for s in FORM.sections)
    (finding,) = of(published(WHOLE, headings=titles[:4] + titles[5:]), "S-SECTION")
    assert finding.severity == "error"
    assert "五、存在的主要问题" in finding.message
    (order,) = of(published(WHOLE, headings=(*titles[1:], titles[0])), "S-SECTION")
    assert "次序" in order.message


@pytest.mark.parametrize("nothing", ["无", "无。", "暂无问题。", "目前不存在问题", "没有"])
def test_the_fifth_section_that_says_there_are_no_problems_is_empty(nothing: str) -> None:
    made = published(WHOLE)
    texts = {**dict(made.narrative), FORM.sections[4].title: nothing}
    (finding,) = of(replace(made, narrative=tuple(texts.items())), "S-SECTION")
    assert "等于没有写" in finding.message


def test_an_empty_section_of_a_workbook_is_a_warning_and_a_blank_narrative_nothing() -> None:
    made = report_with(WHOLE)
    (finding,) = of(replace(made, narrative=made.narrative[:2]), "S-SECTION")
    assert finding.severity == "warning"
    assert of(replace(made, narrative=()), "S-SECTION") == []


def test_titles_that_were_not_found_leave_the_sections_unchecked() -> None:
    titles = tuple(s.title for s in FORM.sections)
    for known in (1, 2, 3):  # of six
        (verdict,) = judge_plainly([published(WHOLE, headings=titles[:known])])
        assert "S-SECTION" in {u.rule for u in verdict.unchecked}
        assert [f for f in verdict.findings if f.rule == "S-SECTION"] == []
    assert of(published(WHOLE, headings=titles[:4]), "S-SECTION")


@pytest.mark.parametrize(
    ("period", "right"),
    [
        ("2023年1月1日起至2023年12月31日", True),
        ("2023年1月1日—12月31日", True),
        ("2022年1月1日起至2022年12月31日", False),
        ("2023年1月1日起至2023年12月30日", False),
        ("2022年12月1日至2023年11月30日", False),
    ],
)
def test_the_period_is_the_report_year(period: str, right: bool) -> None:
    found = of(published(WHOLE, introduction=f"本报告所列数据的统计期限自{period}止。"), "S-PERIOD")
    assert [f.severity for f in found] == ([] if right else ["error"])
    assert of(published(f"县政务公开日活动于{period}举行。"), "S-PERIOD") == []
    bare = of(published(WHOLE, introduction=f"期限{period}。"), "S-PERIOD")  # nothing before it
    assert len(bare) == (not right)


@pytest.mark.parametrize(
    ("cited", "right"),
    [
        ("国办公开办函〔2021〕30号", True),
        ("国办公开办函[2021]30号", True),
        ("国办公开办函〔2019〕60号", False),
        ("国办公开办涵〔2021〕30号", False),
        ("国办公开办函〔2019〕61号", True),  # another notice, of other things
        ("《中华人民共和国政府信息公开条例》（国务院令第711号）", True),
        ("《中华人民共和国政府信息公开条例》（国务院令第492号）", False),
    ],
)
def test_the_notice_and_the_decree_are_cited_rightly(cited: str, right: bool) -> None:
    found = of(published(WHOLE, introduction=f"根据{cited}的要求编制。"), "S-EDITION")
    assert [f.severity for f in found] == ([] if right else ["warning"])


def test_an_offices_own_limit_of_characters_comes_by_rule_pack(tmp_path: Path) -> None:
    pack = tmp_path / "city.toml"
    pack.write_text('[[limits]]\nsection = "总体情况"\ncharacters = 20\n', "utf-8")
    form = FORM.with_pack(pack)
    made = replace(report_with("一" * 21), edition=form)
    (finding,) = of(made, "S-SECTION")
    assert "有21字，超过本单位规定的20字。请精简1字" in finding.message
    assert of(replace(report_with("一" * 20), edition=form), "S-SECTION") == []
    pack.write_text('[[limits]]\nsection = "总体"\n', "utf-8")
    with pytest.raises(InputError, match="缺少 characters"):
        FORM.with_pack(pack)
    pack.write_text('[[limits]]\nsection = "没有"\ncharacters = 20\n', "utf-8")
    with pytest.raises(InputError, match="没有“没有”这一部分"):
        FORM.with_pack(pack)


def test_direct_suits_where_every_outcome_is_a_refusal_are_a_note_from_2024_on() -> None:
    values = dict.fromkeys(FORM.fields, 0.0)
    for row in ("new", "refused_law", "total"):
        values |= {f"t3.{row}.natural": 1.0, f"t3.{row}.total": 1.0}
    values |= {"t4.direct.other": 1.0, "t4.direct.total": 1.0}
    found = {y: of(report(FORM, values, year=y), "T4-DIRECT") for y in (2023, 2024)}
    assert found[2023] == []
    (finding,) = found[2024]
    assert (finding.severity, finding.field) == ("note", "t4.direct.total")
    values |= {
        "t3.granted.natural": 1.0,
        "t3.granted.total": 1.0,
        "t3.new.natural": 2.0,
        "t3.new.total": 2.0,
        "t3.total.natural": 2.0,
        "t3.total.total": 2.0,
    }
    assert of(report(FORM, values, year=2024), "T4-DIRECT") == []


@pytest.mark.parametrize("bad", ["(", "[z-a]"])
def test_a_pattern_that_is_none_is_refused_with_its_line(bad: str, tmp_path: Path) -> None:
    from gouji.templates.edition import load_file

    source = Path(__file__).parents[3] / "templates" / "editions" / "2021.toml"
    file = tmp_path / "own.toml"
    text = source.read_text("utf-8").replace("says = ['行政事业", f"says = ['{bad}行政事业")
    file.write_text(text, "utf-8")
    with pytest.raises(InputError, match="不是合法的正则"):
        load_file(file)


def test_a_narrative_of_any_length_is_judged_in_bounded_time() -> None:
    import time

    made = report_with(
        "收到政府信息公开申请" * 3000 + "其中予以公开，部分公开、" * 2000 + "未收到" * 2000
    )
    start = time.monotonic()
    stated(made)
    judge([made])
    assert time.monotonic() - start < 10


def test_every_claim_of_the_edition_can_be_stated(form: Edition) -> None:
    assert {c.quantity for c in form.claims.values()} <= {
        q.removeprefix("claim:") for i in form.rule_by_id["N-CLAIM"].instances for q in i.right
    }


@pytest.mark.parametrize(("open_", "told_"), [(3, []), (4, ["N-SUM"]), (1, [])])
def test_what_was_done_is_also_of_what_was_carried_in(open_: int, told_: list[str]) -> None:
    text = f"收到政府信息公开申请200件，其中答复199件，正在办理{open_}件。"
    more = {"t3.new.natural": 200.0, "t3.new.total": 200.0}
    made = findings(text, **more)  # two were carried in
    assert [f.rule for f in made if f.rule == "N-SUM"] == told_


@pytest.mark.parametrize(("count", "unchecked"), [(19_990, 0), (20_001, 1), (32_000, 1)])
def test_a_section_that_is_too_long_is_named_unchecked(count: int, unchecked: int) -> None:
    from gouji.templates.workbook import build
    from gouji.validators.office import check_bytes

    form = load("2021")
    section = form.sections[0].title
    data = build(form, year=2024, unit="某县", narrative={section: "工" * count})
    verdict = check_bytes(data, "a.xlsx").verdict
    assert verdict is not None
    reasons = [u.reason for u in verdict.unchecked if "只核对了前面20000个字" in u.reason.zh]
    assert len(reasons) == unchecked
    assert all(section in r.zh for r in reasons)
