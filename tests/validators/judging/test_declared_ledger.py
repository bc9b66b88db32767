"""A ledger that a rule pack declares: counted, compared with a claim, its contradictions found."""

from __future__ import annotations

import copy
import json
import random
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from gouji.templates.edition import Edition, load, load_file
from gouji.templates.errors import InputError
from gouji.templates.forms import Forms
from gouji.templates.notation import FormFile
from gouji.templates.pack import packed
from gouji.validators import judge_values, lines_schema, wide_schema
from gouji.validators.judging.by_schemas import failures
from gouji.validators.judging.judge import judge, judge_plainly
from gouji.validators.judging.sources import counted
from gouji.validators.office.fill import counts
from gouji.validators.reading.workbook import read_workbook

from ...builders import book_at, consistent, editing, entered, opened
from ...command import gouji
from ...conftest import DATA, ROOT

FORM, YEAR = load("2021"), 2024
GOOD: list[list[Any]] = [
    [date(YEAR, 3, 1), "依申请公开", "集中", 40, date(YEAR, 3, 5)],
    [date(YEAR, 6, 1), "标准目录", "线上", 120, None],
    [date(YEAR, 9, 2), "依申请公开", "上门", None, None],
]
WORDS = "本年组织业务培训3次，培训干部160人次。"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The pack that docs/rules-howto.md shows."""
    guide = (ROOT / "docs" / "rules-howto.md").read_text("utf-8")
    (example,) = [
        b for b in re.findall(r"```toml\n(.*?)```", guide, re.DOTALL) if "[ledgers.training]" in b
    ]
    path = tmp_path / "培训.toml"
    path.write_text(example, "utf-8")
    return path


def workbook(
    path: Path,
    edition: Edition,
    sheets: Mapping[str, Iterable[list[Any]]],
    words: str = "",
    year: int = YEAR,
) -> Path:
    """A right report of ``edition`` with its ledgers, lines in them and words in its 正文."""
    values = consistent(FORM, random.Random(1)) | {
        k: 0.0 for k in edition.fields if k not in FORM.fields
    }
    spoken = {s.title: "无。" for s in edition.sections} | {
        edition.sections[0].title: words or "无。",
        edition.sections[4].title: "人手少，已补充。",
    }
    book_at(edition, path, year=year, unit="甲局", ledgers=True, values=values, narrative=spoken)
    return entered(path, sheets)


def checked(path: Path, *options: object) -> dict[str, Any]:
    run = gouji("check", path, "--format", "json", *options)
    assert run.exit_code in (0, 1), run.output
    (entry,) = json.loads(run.output)["files"]
    return dict(entry)


def messages_of(entry: Mapping[str, Any], *rules: str) -> list[tuple[str, str]]:
    """Cell and message of the findings of ``rules``."""
    return [
        (f"{f['sheet']}!{f['cell']}", f["message"])
        for f in entry["findings"]
        if f["rule"] in (rules or ("N-CLAIM", "L-ROW"))
    ]


def test_a_declared_ledger_is_made_with_its_heads_and_lists(pack: Path, tmp_path: Path) -> None:
    made = tmp_path / "a.xlsx"
    run = gouji("template", "--year", YEAR, "--ledgers", "--rules", pack, "-o", made)
    assert run.exit_code == 0, run.output
    sheet = opened(made)["培训台账"]
    assert [c.value for c in sheet[1]] == ["培训日期", "培训内容", "形式", "人次", "归档日期"]
    kinds = {str(v.sqref): (v.type, v.formula1) for v in sheet.data_validations.dataValidation}
    assert kinds["C2:C2001"] == ("list", '"集中,线上,上门指导"')
    assert [kinds[f"{c}2:{c}2001"][0] for c in "ADE"] == ["date", "decimal", "date"]


def test_what_fits_the_ledger_is_no_finding_and_is_compared(pack: Path, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", FORM.with_pack(pack), {"培训台账": GOOD}, WORDS)
    entry = checked(path, "--rules", pack)
    assert messages_of(entry) == []
    assert not [u for u in entry["unchecked"] if u["rule"] in ("N-CLAIM", "L-ROW")]
    without = checked(
        workbook(tmp_path / "b.xlsx", FORM.with_pack(pack), {"培训台账": GOOD}), "--rules", pack
    )
    assert entry["checked"] == without["checked"] + 2  # the two statements ran


def test_the_narratives_own_counting_word_is_kept(pack: Path, tmp_path: Path) -> None:
    pack.write_text(pack.read_text("utf-8").replace('unit = "次"', 'unit = "场"'), "utf-8")
    path = workbook(
        tmp_path / "a.xlsx", FORM.with_pack(pack), {"培训台账": GOOD}, "本年组织业务培训4次。"
    )
    ((_, spoken),) = messages_of(checked(path, "--rules", pack))
    assert "数得3次（第2至4行），相差1次" in spoken


def test_a_claim_that_does_not_fit_is_told_with_the_lines(pack: Path, tmp_path: Path) -> None:
    words = "本年组织业务培训4次，培训干部161人次。"
    path = workbook(tmp_path / "a.xlsx", FORM.with_pack(pack), {"培训台账": GOOD}, words)
    entry = checked(path, "--rules", pack)
    assert messages_of(entry) == [
        (
            "正文!A5",
            "正文写“本年组织业务培训4次”，培训台账里数得3次（第2至4行），相差1次；"
            "请核对台账或改正文。",
        ),
        (
            "正文!A5",
            "正文写“培训干部161人次”，培训台账里数得160人次（第2、3行），相差1人次；"
            "请核对台账或改正文。",
        ),
    ]
    found = next(f for f in entry["findings"] if f["rule"] == "N-CLAIM")
    assert (found["severity"], found["found"], found["expected"]) == ("warning", 4, 3)
    assert found["related"] == [{"sheet": "培训台账", "cell": "A2", "field": ""}]
    english = gouji("check", path, "--rules", pack, "--lang", "en", "--format", "json").output
    assert (
        "The narrative says '本年组织业务培训4次'; the ledger 培训台账 counts 3 (lines 2-4), "
        "a difference of 1: check the ledger or correct the narrative." in english
    )


BAD: list[tuple[int, list[Any], list[str]]] = [
    (2, [None, "甲", "集中", 3], ["没有培训日期"]),
    (3, [date(YEAR, 2, 1), None, "集中", 3], ["没有培训内容"]),
    (4, ["去年", "乙", "集中", 3], ["“去年”不是日期"]),
    (5, [date(YEAR, 2, 1), "丙", "座谈", 3], ["形式“座谈”应是“集中”、“线上”或“上门指导”"]),
    (6, [date(YEAR, 2, 1), "丁", "集中", "许多"], ["“许多”不是数字"]),
    (7, [date(YEAR, 2, 1), "戊", "集中", 3, date(YEAR, 1, 1)], ["归档日期早于培训日期"]),
    (8, [date(YEAR, 2, 1), "己", "集中", None], ["没有填人次"]),
    (9, [date(YEAR, 2, 1), "己", "线上", 5], ["培训日期、培训内容“2024-02-01、己”与第8行相同"]),
    (10, [date(YEAR, 2, 1), "庚", "上门指导", None], []),
]


def test_every_way_in_which_a_line_contradicts_itself_is_found_in_its_cell(
    pack: Path, tmp_path: Path
) -> None:
    edition = FORM.with_pack(pack)
    path = workbook(tmp_path / "a.xlsx", edition, {"培训台账": [line for _, line, _ in BAD]})
    found = messages_of(checked(path, "--rules", pack), "L-ROW")
    for row, _, wanted in BAD:
        messages = [m for _, m in found if f"第{row}行（" in m]
        assert len(messages) == len(wanted), (row, messages)
        assert all(w in m for w, m in zip(wanted, messages, strict=True))
    cells = {"A2", "B3", "A4", "C5", "D6", "E7", "D8", "A9"}
    assert {cell for cell, _ in found} == {f"培训台账!{c}" for c in cells}

    run = gouji("flag", path, "--rules", pack)
    assert run.exit_code == 1, run.output
    marked = opened(path)["培训台账"]
    ranges = " ".join(str(r.sqref) for r in marked.conditional_formatting)
    assert cells <= set(ranges.split())
    assert {c.coordinate for row in marked.iter_rows() for c in row if c.comment} == cells
    # a marked date is still shown as a date
    assert all(r.dxf.numFmt is None for f in marked.conditional_formatting for r in f.rules)


@pytest.mark.slow
def test_both_engines_say_the_same_of_declared_ledgers(pack: Path, tmp_path: Path) -> None:
    edition, rng = FORM.with_pack(pack), random.Random(3)
    reports = []
    for number in range(6):
        lines = [rng.choice(GOOD + [line for _, line, _ in BAD]) for _ in range(rng.randint(0, 8))]
        words = f"组织业务培训{rng.randint(0, 9)}次，培训干部{rng.randint(0, 300)}人次。"
        path = workbook(tmp_path / f"{number}.xlsx", edition, {"培训台账": lines}, words)
        reports.append(read_workbook(path, Forms("2021", pack)))
    assert judge(reports) == judge_plainly(reports)
    assert any(f.rule == "N-CLAIM" for v in judge(reports) for f in v.findings)


@pytest.mark.slow
def test_counts_are_those_of_pandas(pack: Path, tmp_path: Path) -> None:
    edition, rng = FORM.with_pack(pack), random.Random(4)
    for number in range(6):
        lines = [
            [
                date(YEAR, 1, 1) + timedelta(days=rng.randint(-200, 500)),
                f"题{rng.randint(0, 9)}",
                rng.choice(["集中", "线上", "上门指导"]),
                rng.randint(1, 99),
            ]
            for _ in range(40)
        ]
        path = workbook(tmp_path / f"{number}.xlsx", edition, {"培训台账": lines})
        source = counted(read_workbook(path, Forms("2021", pack)))["training"]
        frame = pd.DataFrame(lines, columns=["held", "topic", "form", "people"])
        held = pd.to_datetime(frame["held"]).dt.year == YEAR
        here = frame[held]
        assert source.number("sessions") == len(here)
        assert source.number("topics") == frame["topic"].nunique()
        assert source.number("people") == here[here["form"] != "上门指导"]["people"].sum()
        for form in ("集中", "线上", "上门指导"):
            assert source.number(f"by.{form}") == (here["form"] == form).sum()


def test_width_and_spaces_make_no_other_thing(pack: Path, tmp_path: Path) -> None:
    day = date(YEAR, 3, 1)
    lines = [[day, "目录A", "集中", 1], [day, "目录 Ａ", "线上", 1], [day, "目录B", "线上", 1]]
    path = workbook(tmp_path / "a.xlsx", FORM.with_pack(pack), {"培训台账": lines})
    source = counted(read_workbook(path, Forms("2021", pack)))["training"]
    assert (source.number("sessions"), source.number("topics")) == (3, 2)
    (found,) = messages_of(checked(path, "--rules", pack))
    assert found[0] == "培训台账!A3"
    assert "“2024-03-01、目录 Ａ”与第2行相同" in found[1]


def test_what_stands_once_is_compared_with_its_blanks_and_not_with_what_is_unreadable(
    tmp_path: Path,
) -> None:
    """``evidence``: 单位, 领域 and 公开事项 stand once together, so do a name and its platform."""
    edition = FORM.with_pack(Path("evidence"))
    sheets = {
        "标准目录": [["甲局", "就业"], ["甲局", "就业"], ["甲局", "就业", "招聘"], [None, "就业"]],
        "新媒体台账": [["甲发布", "广播"], ["甲发布", "电视"]],
    }
    found = messages_of(checked(workbook(tmp_path / "a.xlsx", edition, sheets)), "L-ROW")
    assert [cell for cell, _ in found] == [
        "标准目录!A3",
        "标准目录!A5",
        "新媒体台账!B2",
        "新媒体台账!B3",
    ]
    assert "单位、领域、公开事项“甲局、就业”与第2行相同" in found[0][1]


def test_an_applicant_that_is_left_out_is_told_as_before(tmp_path: Path) -> None:
    line = ["1", None, date(YEAR, 3, 1), None, None, None, None, None, date(YEAR, 3, 9), "予以公开"]
    found = messages_of(checked(workbook(tmp_path / "a.xlsx", FORM, {"申请台账": [line]})), "L-ROW")
    assert found == [
        (
            "申请台账!B2",
            "申请台账 第2行（B2）：申请人类型“”不在六类之中，请从列表里选。请改正这一行。",
        )
    ]


@pytest.mark.slow
def test_what_cannot_be_counted_is_said_and_never_passes(pack: Path, tmp_path: Path) -> None:
    edition = FORM.with_pack(pack)

    def open_(name: str, lines: list[list[Any]], change: Any = None, year: int = YEAR) -> str:
        path = workbook(tmp_path / name, edition, {"培训台账": lines}, WORDS, year)
        if change is not None:
            with editing(path) as book:
                change(book)
        entry = checked(path, "--rules", pack)
        assert not messages_of(entry, "N-CLAIM")
        every = [u["reason"] for u in entry["unchecked"] if u["rule"] in ("N-CLAIM", "L-ROW")]
        return "；".join(every)

    empty = "正文写“本年组织业务培训3次”，没有《培训台账》，或者是空的，没有核对"
    assert empty in open_("empty.xlsx", [])
    assert empty in open_("gone.xlsx", GOOD, lambda b: b.remove(b["培训台账"]))

    def headless(book: Any) -> None:
        for cell in book["培训台账"][1]:
            cell.value = f"第{cell.column}列"

    assert "《培训台账》没有认出表头，台账没有核对" in open_("heads.xlsx", GOOD, headless)

    def no_people(book: Any) -> None:
        book["培训台账"]["D1"] = "备注"

    assert "《培训台账》没有“人次”这一列" in open_("column.xlsx", GOOD, no_people)
    blank = [[*GOOD[0][:3], None], *GOOD[1:]]
    assert "《培训台账》第2行的“人次”不是数字" in open_("blank.xlsx", blank)


def test_another_head_is_read_and_named_as_it_stands(pack: Path, tmp_path: Path) -> None:
    edition = FORM.with_pack(pack)
    path = workbook(tmp_path / "a.xlsx", edition, {"培训台账": [[None, "甲", "集中", 3]]})
    with editing(path) as book:
        book["培训台账"]["A1"] = "日期"
    assert messages_of(checked(path, "--rules", pack)) == [
        ("培训台账!A2", "培训台账 第2行（A2）：没有日期。请改正这一行。")
    ]


def test_numbers_alone_are_judged_and_the_schemas_know_the_ledger(pack: Path) -> None:
    edition = FORM.with_pack(pack)
    values = dict.fromkeys(FORM.fields, 0.0)
    sources = {"training": {"sessions": 3.0}, "claim": {"trainings": 4.0}}
    verdict = judge_values(values, edition=edition, year=YEAR, sources=sources)
    (found,) = [f for f in verdict.findings if f.rule == "N-CLAIM"]
    assert found.message == "正文写4，培训台账里数得3次，相差1次；请核对台账或改正文。"
    wide = wide_schema(edition, ("training", "claim"))
    assert {"training:sessions", "claim:trainings"} <= set(wide.columns)
    line = {
        "ledger": "training",
        "line": 2,
        "year": YEAR,
        "held": date(YEAR, 3, 1),
        "topic": "甲",
        "form": "座谈",
        "people": 3.0,
    }
    frame = pd.DataFrame([line, line | {"line": 3, "form": "线上", "held": None}], dtype=object)
    broken = failures(lines_schema(edition), frame)
    assert set(broken["check"]) == {"L-ROW form-choice", "L-ROW held-missing"}


def test_a_ledger_fills_and_checks_a_table_of_the_pack(tmp_path: Path) -> None:
    pack = DATA / "packs" / "channels.toml"
    edition = FORM.with_pack(pack)
    lines = [
        ["1", "网上申请", "是"],
        ["2", "书面申请", "是"],
        ["3", "网上申请", "是"],
        ["4", "书面申请", "否"],
    ]
    path = workbook(tmp_path / "a.xlsx", edition, {"渠道台账": lines})
    entry = checked(path, "--rules", pack)
    assert messages_of(entry, "X-CHANNELS")[0][1].startswith(
        "本省补充 网上件数（B5）是0，渠道台账里是2件（第2、4行），相差2。"
    )
    assert messages_of(entry, "X-SEEN") == [
        ("渠道台账!C5", "渠道台账 第5行（C5）：还没有核对。请改正这一行。")
    ]
    run = gouji("fill", path, "--rules", pack)
    assert run.exit_code == 2  # a wrong line is not counted
    assert "还没有核对" in run.output
    with editing(path) as book:
        book["渠道台账"]["C5"] = "是"
    assert "按台账填了2格" in gouji("fill", path, "--rules", pack).output
    report = read_workbook(path, Forms("2021", pack))
    assert (report.number("local.online.count"), report.number("local.paper.count")) == (2, 2)
    assert not messages_of(checked(path, "--rules", pack), "X-CHANNELS", "X-SEEN")
    explained = gouji("rules", "X-CHANNELS", "--rules", pack).output
    assert "渠道台账里是5件" in explained


def test_filling_takes_only_what_is_a_cell_of_the_form(pack: Path, tmp_path: Path) -> None:
    sheets = {"培训台账": GOOD, "文件台账": [["1号", "某办法", "规章", date(YEAR, 2, 1)]]}
    path = workbook(tmp_path / "a.xlsx", FORM.with_pack(pack), sheets)
    held = counts(read_workbook(path, Forms("2021", pack)))
    assert set(held) <= set(FORM.fields)
    assert sum(held.values()) == 2  # issued, in force


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('kind = "date"', 'kind = "day"', "kind 是“day”，只能是"),
        ('{ distinct = "topic" }', '{ distinct = "theme" }', "没有“theme”这一列"),
        ('{ distinct = "topic" }', '{ diferent = "topic" }', "没有“diferent”这一项"),
        ('sheet = "培训台账"', 'sheet = "表三"', "工作表名“表三”已被占用"),
        ('sheet = "培训台账"', 'sheet = "申请台账"', "工作表名“申请台账”已被占用"),
        ('sheet = "培训台账"', 'sheet = "培训/台账"', "不能作工作表名"),
        ("[ledgers.training]", "[ledgers.claim]", "这个名字不能用"),
        ('sum = "people"', 'sum = "topic"', "sum 应是 number 的列"),
        ('"by.{form}"', '"by.{topic}"', "花括号里应是 choice 的列"),
        ('before = ["reported", "held"]', 'before = ["reported"]', "before ="),
        ('before = ["reported", "held"]', 'before = ["reported", "people"]', "都是日期"),
        ('form = "上门指导" }   # …', 'form = "座谈" }   # …', "“形式”一列不会是“座谈”"),
        ('where = { held = "year" } }       ', 'where = { held = "今年" } } ', "不会是“今年”"),
        ('words = "没有填{head}"', 'words = "没有填{heads}"', "花括号里只能是"),
        ('equals = "training:sessions"', 'equals = "training:times"', "没有台账的计数"),
        ('equals = "training:sessions"', 'equals = "courses:sessions"', "没有台账的计数"),
        ('equals = "training:sessions"', "", "要写 fields"),
        ("{count}次'", "{count}次('", "不是合法的正则表达式"),
        ("{count}次'", "次'", "没有 {n}"),
        ('unique = [["held", "topic"]]', 'unique = ["held", "topic"]', "unique 应是几组文字"),
        ('unit = "次" ', 'role = "dogs" ', "没有“dogs”这个角色"),
        ('id = "people-missing"', 'id = "reported-early"', "id 相同"),
        ('id = "people-missing"', 'rule = "X-NONE"\nid = "people-missing"', "X-NONE 没有定义"),
        ('choices = ["集中"', 'choices_from = "没有"\n# ["集中"', "没有定义集合|写法有误"),
    ],
)
@pytest.mark.sampled
def test_a_fault_in_a_declaration_is_one_sentence_with_its_line(
    old: str, new: str, words: str, pack: Path
) -> None:
    text = pack.read_text("utf-8")
    assert old in text
    pack.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(InputError, match=words) as error:
        FORM.with_pack(pack)
    assert re.search(r"第\d+行", error.value.text("zh"))
    run = gouji("rules", "--edition", "2021", "--rules", pack)
    assert run.exit_code == 2
    assert len(run.output.strip().splitlines()) == 1


def test_a_pack_declares_a_deadline_of_its_own(tmp_path: Path) -> None:
    declared = (DATA / "packs" / "letters.toml").read_text("utf-8")
    pack = DATA / "packs" / "letters.toml"
    monday = date(YEAR, 6, 3)
    lines = [
        ["1", monday, None, None, None, date(YEAR, 6, 11)],  # 10 June is a holiday: the 5th day
        ["2", monday, None, None, None, date(YEAR, 6, 12)],
        ["3", monday, None, None, "是", date(YEAR, 6, 12)],
        ["4", monday, date(YEAR, 6, 4), date(YEAR, 6, 6), "否", date(YEAR, 6, 13)],
        ["5", monday, date(YEAR, 6, 4), None, None, None],
        ["6", monday],
    ]
    path = workbook(tmp_path / "a.xlsx", FORM.with_pack(pack), {"来信台账": lines})
    late = messages_of(checked(path, "--rules", pack), "X-LETTERS")
    assert [cell for cell, _ in late] == ["来信台账!F3", "来信台账!B7"]
    assert "编号2，最迟应在2024-06-11答复，2024-06-12答复，超期" in late[0][1]
    for old, new, words in (
        ("days = 5", "", "没有写 days"),
        ('from = ["came"]', "from = []", "要写 from"),
        ('answered = "done"', 'answered = "number"', "应是 date 的列"),
        ('extended = "longer"', 'extended = "came"', "应是 flag 的列"),
    ):
        wrong = tmp_path / "来信.toml"
        wrong.write_text(declared.replace(old, new), "utf-8")
        with pytest.raises(InputError, match=words):
            FORM.with_pack(wrong)


def test_the_two_ledgers_there_were_are_declarations_with_their_old_heads() -> None:
    for edition in map(load, ("2019", "2021")):
        heads = {k: [c.label for c in e.columns] for k, e in edition.ledgers.items()}
        assert heads == {
            "cases": [
                "编号",
                "申请人类型",
                "收到日期",
                "补正通知日期",
                "收到补正日期",
                "征求第三方意见日期",
                "收到第三方意见日期",
                "是否延期",
                "答复日期",
                "办理结果",
                "复议诉讼",
                "申请人",
                "申请内容",
            ],
            "documents": ["文号", "名称", "类别", "制发日期", "废止日期"],
        }


def nodes(held: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in a parsed file."""
    if at:
        yield at
    if not isinstance(held, dict | list):
        return
    for key, value in held.items() if isinstance(held, dict) else enumerate(held):
        yield from nodes(value, (*at, key))


def test_no_value_of_a_declaration_gets_anything_but_a_sentence(pack: Path) -> None:
    """Every value replaced by others: it is refused in words, or a template can be made of it."""
    text = pack.read_text("utf-8")
    whole = tomllib.loads(text)
    others: list[Any] = [5, "x", "", [], {}, True, [1], ["x"], {"a": 1}, [[]], [{}], "{x}", "a("]
    refused = 0
    for at in nodes(whole):
        for other in others:
            data = copy.deepcopy(whole)
            inner = data
            for key in at[:-1]:
                inner = inner[key]
            inner[at[-1]] = other
            try:
                made = packed(FORM, FormFile("p.toml", text).with_data(data))
            except InputError:
                refused += 1
                continue
            for ledger in made.ledgers.values():
                assert ledger.sheet
                assert all(0 < c.width < 256 for c in ledger.columns)
    assert refused > 500


def test_an_edition_file_declares_a_ledger_of_its_own(tmp_path: Path) -> None:
    """A form without the two ledgers and without N-CLAIM: its own ledger fills and is compared."""
    text = (DATA / "editions" / "enforcement.toml").read_text("utf-8")
    declared = (DATA / "packs" / "permits.toml").read_text("utf-8")
    file = tmp_path / "e.toml"
    file.write_text(f"{text}\n{declared}", "utf-8")
    edition = load_file(file)
    path = tmp_path / "a.xlsx"
    spoken = {edition.sections[0].title: "本年准予许可3宗。"}
    book_at(edition, path, year=YEAR, unit="甲局", ledgers=True, narrative=spoken)
    outcomes = enumerate(("准予", "准予", "不予"), 1)
    entered(path, {"许可台账": [[str(n), date(YEAR, 5, n + 1), how] for n, how in outcomes]})
    options = ("--edition", file)
    assert messages_of(checked(path, *options), "E-PERMITS") == [
        (
            "正文!A5",
            "正文写“本年准予许可3宗”，许可台账里数得2宗（第2、3行），相差1宗；请核对台账或改正文。",
        ),
    ]
    assert "按台账填了2格" in gouji("fill", path, *options).output
    without = tmp_path / "b.toml"
    without.write_text(f"{text}\n{declared.partition('[[rules]]')[0]}", "utf-8")
    with pytest.raises(InputError, match="没有 N-CLAIM"):
        load_file(without)
