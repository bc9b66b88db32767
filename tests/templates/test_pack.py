"""Rule packs: those that come with gouji, what a workbook remembers, every command takes them."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
from gouji.templates.covers import PACKS
from gouji.templates.edition import load
from gouji.templates.errors import InputError
from gouji.templates.notation import shipped_ids
from gouji.templates.workbook import build
from gouji.validators.cli.main import main
from gouji.validators.judging.judge import judge_plainly
from gouji.validators.judging.rules.sentences import stated

from ..builders import book_at, consistent, editing, entered, opened, report
from ..command import gouji
from ..conftest import ROOT

FORM, YEAR = load("2021"), 2024
EVIDENCE = FORM.with_pack(Path("evidence"))
UNITS, FIELDS = 33, 26


def catalogue(units: int = UNITS) -> list[list[Any]]:
    return [[f"第{n}局", f"领域{n % FIELDS}", "事项", date(YEAR, 3, 1)] for n in range(units)]


MEDIA = [
    *([f"账号{n}", "公众号", "甲局", date(2020, 1, n + 1), None] for n in range(6)),
    ["旧账号", "抖音", "乙局", date(2019, 1, 1), date(YEAR, 5, 1)],
]
WORDS = f"全区{UNITS}家单位编制了{FIELDS}个领域的标准目录。全区政务新媒体6家，关停政务新媒体1个。"


def filled(
    path: Path, units: int = UNITS, words: str = WORDS, pack: Path = Path("evidence")
) -> Path:
    """A right report with both ledgers of the pack, made by the command."""
    made = gouji(
        "template",
        "--year",
        YEAR,
        "--unit",
        "某区人民政府",
        "--ledgers",
        "--rules",
        pack,
        "-o",
        path,
        "--force",
    )
    assert made.exit_code == 0, made.output
    spoken = {s.title: "无。" for s in FORM.sections} | {
        FORM.sections[0].title: words,
        FORM.sections[4].title: "人手少，已补充。",
    }
    book_at(
        FORM.with_pack(pack),
        path,
        year=YEAR,
        unit="某区人民政府",
        ledgers=True,
        values=consistent(FORM, random.Random(1)),
        narrative=spoken,
    )
    return entered(path, {"标准目录": catalogue(units), "新媒体台账": MEDIA})


def claims(path: Path, *options: object) -> list[str]:
    run = gouji("check", path, "--format", "json", *options)
    (entry,) = json.loads(run.output)["files"]
    return [f["message"] for f in entry["findings"] if f["rule"] == "N-CLAIM"]


@pytest.mark.slow
def test_the_catalogue_and_the_accounts_are_compared_with_the_narrative(tmp_path: Path) -> None:
    assert claims(filled(tmp_path / "a.xlsx")) == []
    assert claims(filled(tmp_path / "b.xlsx", UNITS - 1)) == [
        "正文写“全区33家单位”，标准目录里数得32家（第2至33行），相差1家；请核对台账或改正文。"
    ]
    wrong = WORDS.replace("26", "27").replace("6家", "七家").replace("1个", "2个")
    assert claims(filled(tmp_path / "c.xlsx", words=wrong)) == [
        "正文写“全区33家单位编制了27个领域”，标准目录里数得26个（第2至34行），相差1个；"
        "请核对台账或改正文。",
        "正文写“全区政务新媒体七家”，新媒体台账里数得6家（第2至7行），相差1家；"
        "请核对台账或改正文。",
        "正文写“关停政务新媒体2个”，新媒体台账里数得1个（第8行），相差1个；请核对台账或改正文。",
    ]


def test_of_two_statements_the_one_that_does_not_fit_is_told(tmp_path: Path) -> None:
    words = "全区32家单位编制了标准目录。标准目录由33家单位编制。"
    (found,) = claims(filled(tmp_path / "a.xlsx", UNITS - 1, words))
    assert found.startswith("正文写“标准目录由33家单位”，标准目录里数得32家（第2至33行）")


def test_without_a_year_nothing_of_a_ledger_passes(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.xlsx", UNITS - 1)
    with editing(path) as book:
        sheet, cell = next(iter(book.defined_names["gouji_year"].destinations))
        book[sheet][cell.replace("$", "")] = None
    (entry,) = json.loads(gouji("check", path, "--format", "json").output)["files"]
    assert not [f for f in entry["findings"] if f["rule"] == "N-CLAIM"]
    reasons = [u["reason"] for u in entry["unchecked"] if u["rule"] == "N-CLAIM"]
    assert "正文写“全区33家单位”，没有报告年度，没有核对" in reasons


def test_a_stamp_names_no_file_and_fills_no_page(tmp_path: Path) -> None:
    """What a workbook says of its packs is at most told: no path of it is opened."""
    (tmp_path / "secret.toml").write_text("[[limits]]\n", "utf-8")
    path = filled(tmp_path / "a.xlsx")
    with editing(path) as book:
        sheet, cell = next(iter(book.defined_names[PACKS].destinations))
        named = [str(tmp_path / "secret.toml"), "../secret.toml", *map(str, range(1000))]
        book[sheet][cell.replace("$", "")] = "、".join(named)
    (entry,) = json.loads(gouji("check", path, "--format", "json").output)["files"]
    assert entry["status"] != "unreadable"
    assert sum("规则包" in u["reason"] for u in entry["unchecked"]) <= 5


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("全市18家单位编制完成标准目录。", {"catalogue_units": 18}),
        (
            "编制标准目录，覆盖二十个试点领域、18个部门。",
            {"catalogue_units": 18, "catalogue_fields": 20},
        ),
        ("开通政务新媒体账号共5个。", {"media_accounts": 5}),
        ("现有9家政务新媒体。", {"media_accounts": 9}),
        ("注销政务新媒体3家。", {"media_closed": 3}),
        ("约30家单位编制标准目录，30余家单位参加。", {}),
        ("培训18家单位，公布标准目录。", {}),
        ("通过新媒体发布信息484条。", {}),
        ("去年政务新媒体5家。", {}),
        ("抽查政务新媒体12家次。", {}),
    ],
)
def test_sentences_that_state_a_count_and_those_that_do_not(
    text: str, found: dict[str, float]
) -> None:
    made = report(EVIDENCE, consistent(FORM, random.Random(1)), year=YEAR)
    spoken = stated(replace(made, narrative=((FORM.sections[0].title, text),)))
    assert {s.claim.key: s.number for s in spoken if s.claim.equals} == found


def test_a_statement_without_its_ledger_is_unchecked(tmp_path: Path) -> None:
    made = report(EVIDENCE, consistent(FORM, random.Random(1)), year=YEAR)
    (verdict,) = judge_plainly([replace(made, narrative=((FORM.sections[0].title, WORDS),))])
    reasons = [u.reason for u in verdict.unchecked if u.rule == "N-CLAIM"]
    assert len(reasons) == 4
    assert all("没有《标准目录》" in r or "没有《新媒体台账》" in r for r in reasons)


@pytest.mark.slow
def test_a_workbook_remembers_a_pack_that_comes_with_gouji(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.xlsx", UNITS - 1)
    assert claims(path) == claims(path, "--rules", "evidence") != []
    (tmp_path / "evidence").write_text("not a pack")  # a file beside it is nothing
    plain = gouji("check", path).output
    assert "标准目录里数得32家" in plain
    assert PACKS not in {*opened(made_plain(tmp_path)).defined_names}


def made_plain(folder: Path) -> Path:
    path = folder / "plain.xlsx"
    path.write_bytes(build(FORM, year=YEAR))
    return path


@pytest.mark.slow
def test_a_pack_of_ones_own_that_is_not_given_is_said(tmp_path: Path) -> None:
    pack = tmp_path / "本市.toml"
    pack.write_text('include = ["evidence"]\n[[limits]]\nsection = "总体情况"\ncharacters = 5\n')
    path = filled(tmp_path / "a.xlsx", UNITS - 1, pack=pack)
    spoken = "带规则包“本市.toml”做的，这次没有给出"
    with_it, without = (gouji("check", path, *more).output for more in (["--rules", pack], []))
    assert spoken not in with_it
    assert "字数" in with_it or "超过" in with_it
    assert spoken in json.dumps(
        json.loads(gouji("check", path, "--format", "json").output), ensure_ascii=False
    )
    assert "标准目录里数得32家" in with_it
    assert "标准目录里数得32家" in without  # what comes with gouji is used all the same


def test_an_office_may_set_a_pack_that_comes_with_gouji_as_its_own(tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text('rules = "evidence"\n', "utf-8")
    made = tmp_path / "a.xlsx"
    run = gouji("template", "--year", YEAR, "--ledgers", "--config", settings, "-o", made)
    assert run.exit_code == 0, run.output
    assert "标准目录" in opened(made).sheetnames


def test_a_file_that_is_named_goes_before_a_pack_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("evidence").write_text('[[limits]]\nsection = "总体情况"\ncharacters = 5\n', "utf-8")
    made = FORM.with_pack(Path("evidence"))
    assert "catalogue" not in made.ledgers
    assert made.section_limits == ((FORM.sections[0].title, 5),)


def test_what_a_pack_may_not_do_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="随附的规则包是：evidence"):
        FORM.with_pack(Path("evidense"))
    pack = tmp_path / "a.toml"
    for text, words in (
        ('include = ["evidense"]', "第1行：没有随附的规则包“evidense”"),
        ('[claims.new]\nname = "x"\nfields = ["t2.fees.amount"]\nsays = ["{n}"]', "已经有了"),
        ('[ledgers.x]\nsheet = "审签"\ncolumns = [{ key = "a", label = "b" }]', "已被占用"),
    ):
        pack.write_text(text, "utf-8")
        with pytest.raises(InputError, match=words):
            FORM.with_pack(pack)


def test_both_editions_and_every_shipped_pack_load() -> None:
    for pack in shipped_ids("packs"):
        for edition in map(load, ("2019", "2021")):
            made = edition.with_pack(Path(pack))
            assert made.packs == (pack,)
            assert len(build(made, ledgers=True)) > 1000
            for key, ledger in made.ledgers.items():
                assert ledger.counts, key
    text = (ROOT / "templates" / "packs" / "evidence.toml").read_text("utf-8")
    assert "certainty" not in text  # it declares no rule of its own: nothing is said to be law


# What every command is given: {book} a workbook of the pack, {out} a place to write to.
COMMANDS: dict[str, list[str]] = {
    "template": ["--year", str(YEAR), "--ledgers", "-o", "{out}.xlsx"],
    "check": ["{book}"],
    "flag": ["{book}", "--copy-to", "{out}"],
    "fill": ["{book}", "--copy-to", "{out}"],
    "fix": ["{book}", "--yes-certain"],
    "publish": ["{book}", "-o", "{out}.html", "--with-errors"],
    "letters": ["{book}", "-o", "{out}", "--make-templates"],
    "import": ["{text}", "-o", "{out}.xlsx"],
    "distribute": ["{roster}", "--year", str(YEAR), "--ledgers", "-o", "{out}"],
    "collect": ["{folder}", "--roster", "{roster}", "-o", "{out}.xlsx", "--notices", "{out}"],
    "compare": ["{book}", "-o", "{out}.html"],
    "data": ["{book}", "-o", "{out}.csv"],
    "rules": ["N-CLAIM"],
    "serve": [],
}
WITHOUT = {"clear", "addin"}  # undo what was put into a file; install buttons: neither reads a form


def test_every_command_that_makes_or_reads_a_workbook_takes_rule_packs() -> None:
    context = click.Context(main)
    every = {name: main.get_command(context, name) for name in main.list_commands(context)}
    taking = {
        name
        for name, command in every.items()
        if command and any("--rules" in p.opts for p in command.params)
    }
    assert taking == set(every) - WITHOUT == set(COMMANDS)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"serve"}))
def test_each_command_runs_with_the_pack_and_stops_at_a_wrong_one(
    name: str, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    roster = tmp_path / "名册.csv"
    roster.write_text("单位名称,代码\n某区人民政府,1\n", "utf-8")
    given = {
        "book": filled(folder / "a.xlsx"),
        "out": tmp_path / "out",
        "folder": folder,
        "roster": roster,
        "text": ROOT / "tests" / "data" / "published" / "lianshan-2021.txt",
    }
    words = [word.format(**given) for word in COMMANDS[name]]
    wrong = gouji(name, *words, "--rules", "evidense")
    assert wrong.exit_code == 2, wrong.output
    assert "没有规则包“evidense”" in wrong.output
    if name == "fill":  # which fills nothing without a line
        book = opened(given["book"])
        for column, value in enumerate(["1号", "某办法", "规章"], 1):
            book["文件台账"].cell(2, column, value)
        book.save(given["book"])
    run = gouji(name, *words, "--rules", "evidence")
    assert run.exit_code in (0, 1), run.output
    if name in ("template", "distribute"):
        made = [tmp_path / "out.xlsx"] if name == "template" else [*(tmp_path / "out").iterdir()]
        assert {"标准目录", "新媒体台账"} <= set(opened(made[0]).sheetnames)
