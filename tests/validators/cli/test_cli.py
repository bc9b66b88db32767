"""The command line as a stranger uses it."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from gouji.templates.edition import Edition, load
from gouji.validators.cli.main import main

from ...builders import book_at, consistent, editing, opened
from ...command import gouji
from ...conftest import DATA

SOURCE = DATA / "published" / "lianshan-2021.txt"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def good(tmp_path: Path, form: Edition) -> Path:
    values = consistent(form, random.Random(2))
    return book_at(form, tmp_path / "好.xlsx", year=2024, unit="甲县", values=values)


@pytest.fixture
def bad(tmp_path: Path, form: Edition) -> Path:
    values = consistent(form, random.Random(2))
    values["t3.granted.total"] += 1
    return book_at(
        form, tmp_path / "坏.xlsx", year=2024, unit="乙县", values=values, typed_totals=True
    )


def test_a_clean_workbook_exits_0_and_says_so(good: Path) -> None:
    result = gouji("check", good)
    assert result.exit_code == 0
    assert "甲县 2024年度（2021格式）  还差2件" in result.output  # cover and narrative
    assert "可以上报" not in result.output
    assert result.output.endswith(
        "共1个文件：错误0，警告0，提示0；已核对勾稽关系42条，未核对0条，无法读取0个\n"
    )


def test_a_finding_is_one_line_with_its_place_and_exits_1(bad: Path) -> None:
    result = gouji("check", bad)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    (answer,) = [line for line in lines if "错误  " in line]
    assert answer.startswith("  表三!J9  错误  （一）予以公开（J9）应是")
    assert "T3-" not in result.output
    assert "T3-ROW；T3-TOTAL" in gouji("check", bad, "--rules-shown").output


def test_english_is_spoken_on_request(bad: Path) -> None:
    result = gouji("check", "--lang", "en", bad)
    assert "error  （一）予以公开 (J9) should be" in result.output
    assert "1 file(s): 2 error(s)" in result.output


def test_the_json_document_has_the_promised_keys(bad: Path, good: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    result = gouji("check", bad, good, "--format", "json", "-o", out)
    assert result.exit_code == 1
    document = json.loads(out.read_text("utf-8"))
    assert document["schema"] == 1
    assert document["summary"] == {
        "files": 2,
        "errors": 2,
        "warnings": 0,
        "notes": 0,
        "unreadable": 0,
    }
    first, second = document["files"]
    assert {k: first[k] for k in ("unit", "year", "edition", "status", "error", "checked")} == {
        "unit": "乙县",
        "year": 2024,
        "edition": "2021",
        "status": "findings",
        "error": None,
        "checked": len(load("2021").footings),
    }
    assert (second["status"], second["findings"], second["unchecked"]) == ("ok", [], [])
    finding = first["findings"][0]
    assert set(finding) == {
        "rule",
        "severity",
        "sheet",
        "cell",
        "field",
        "related",
        "found",
        "expected",
        "message",
        "basis",
        "repair",
    }
    assert (finding["rule"], finding["sheet"], finding["cell"], finding["field"]) == (
        "T3-ROW",
        "表三",
        "J9",
        "t3.granted.total",
    )
    assert finding["found"] == finding["expected"] + 1
    assert set(finding["related"][0]) == {"sheet", "cell", "field"}
    assert finding["repair"]["cell"] == "J9"
    assert finding["repair"]["value"] == finding["expected"]
    assert set(finding["repair"]) == {"field", "sheet", "cell", "value", "reason"}


def test_folders_and_globs_are_searched_and_lock_files_left_out(
    good: Path, bad: Path, tmp_path: Path
) -> None:
    (tmp_path / "~$好.xlsx").write_bytes(b"lock")
    (tmp_path / "sub").mkdir()
    good.rename(tmp_path / "sub" / "好.xlsx")
    for arguments in ([tmp_path], [tmp_path / "**" / "*.xlsx"], [tmp_path, bad]):
        document = json.loads(gouji("check", *arguments, "--format", "json").output)
        assert [f["unit"] for f in document["files"]] in (["甲县", "乙县"], ["乙县", "甲县"])


def test_one_unreadable_file_never_stops_the_others(bad: Path, tmp_path: Path) -> None:
    broken = tmp_path / "a.xlsx"
    broken.write_bytes(b"not a workbook")
    result = gouji("check", broken, bad, tmp_path / "missing.xlsx")
    assert result.exit_code == 2
    assert "无法读取  " in result.output
    assert "a.xlsx 不是工作簿" in result.output
    assert "找不到文件" in result.output
    assert "（一）予以公开（J9）应是" in result.output
    assert "无法读取2个" in result.output


def test_strict_makes_a_warning_count(tmp_path: Path, form: Edition) -> None:
    values = consistent(form, random.Random(2))
    del values["t2.fees.amount"]
    path = book_at(form, tmp_path / "a.xlsx", year=2024, values=values)
    assert gouji("check", path).exit_code == 0
    assert gouji("check", path, "--strict").exit_code == 1


def test_usage_errors_and_empty_folders_exit_2(tmp_path: Path) -> None:
    assert gouji("check").exit_code == 2
    assert gouji("check", "--nonsense").exit_code == 2
    result = gouji("check", tmp_path)
    assert result.exit_code == 2
    assert "没有工作簿" in result.output
    assert "holds no workbook" in gouji("check", "--lang", "en", tmp_path).output
    assert gouji("check", tmp_path / "*.xlsx").exit_code == 2


@pytest.mark.slow
def test_two_processes_say_what_one_says(good: Path, bad: Path, tmp_path: Path) -> None:
    one = gouji("check", tmp_path)
    assert gouji("check", tmp_path, "--jobs", "2").output == one.output


def test_flag_marks_and_clear_restores(bad: Path) -> None:
    before = bad.read_bytes()
    result = gouji("flag", bad)
    assert result.exit_code == 1
    assert "还差3件" in result.output
    book = opened(bad)
    assert book.sheetnames[-1] == "校验结果"
    assert "（一）予以公开（J9）应是" in book["表三"]["J9"].comment.text
    assert "待改" in [row[2].value for row in book["校验结果"].iter_rows()]
    assert gouji("check", bad).exit_code == 1  # the marks do not disturb reading
    assert gouji("clear", bad).exit_code == 0
    assert opened(bad).sheetnames[-1] == "审核说明"
    assert len(before) == pytest.approx(bad.stat().st_size, rel=0.05)


def test_a_corrected_workbook_loses_its_marks_when_flagged_again(
    bad: Path, form: Edition, tmp_path: Path
) -> None:
    gouji("flag", bad)
    with editing(bad) as book:
        book["表三"]["J9"].value -= 1
    result = gouji("flag", bad)
    assert result.exit_code == 0
    assert "没有问题，未加标记" in result.output
    assert "校验结果" not in opened(bad).sheetnames


def test_flag_on_copies_leaves_the_originals_alone(bad: Path, good: Path, tmp_path: Path) -> None:
    before = bad.read_bytes(), good.read_bytes()
    out = tmp_path / "已标注"
    assert gouji("flag", bad, good, "--copy-to", out).exit_code == 1
    assert (bad.read_bytes(), good.read_bytes()) == before
    assert sorted(p.name for p in out.iterdir()) == ["坏.xlsx", "好.xlsx"]


def test_what_cannot_be_marked_is_said_and_the_rest_is_marked(bad: Path, tmp_path: Path) -> None:
    broken = tmp_path / "a.xlsx"
    broken.write_bytes(b"")
    result = gouji("flag", broken, bad)
    assert result.exit_code == 2
    assert "是空文件" in result.output
    assert "还差3件" in result.output


def test_import_then_check_is_clean(tmp_path: Path) -> None:
    out = tmp_path / "r.xlsx"
    result = gouji("import", SOURCE, "-o", out)
    assert result.exit_code == 0
    assert "200个格中读到200个数字" in result.output
    assert gouji("check", out).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["template", "--year=2020", "--edition=2021", "-o", "a.xlsx"], "--edition 2019"),
        (["template", "--edition", "1999", "-o", "a.xlsx"], "可用的是：2019、2021"),
        (["template", "-o", "a.xls"], "不是 .xlsx"),
        (["import", "a.ofd", "-o", "a.xlsx"], "还不能读取 .ofd"),
        (["check", "none.xlsx", "--rules", "none.toml"], "读不到规则文件"),
    ],
)
def test_each_wrong_use_has_its_sentence_and_exits_2(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "none.xlsx").write_bytes(b"")
    book_at(load("2021"), tmp_path / "none.xlsx")
    result = gouji(*arguments)
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output


@pytest.mark.slow
def test_the_password_comes_from_the_environment(
    tmp_path: Path, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import msoffcrypto.format.ooxml

    path = tmp_path / "secret.xlsx"
    with good.open("rb") as source, path.open("wb") as out:
        msoffcrypto.format.ooxml.OOXMLFile(source).encrypt("p", out)
    assert gouji("check", path).exit_code == 2
    assert "没有名为 GJ_PW 的环境变量" in gouji("check", path, "--password-env", "GJ_PW").output
    monkeypatch.setenv("GJ_PW", "p")
    assert gouji("check", path, "--password-env", "GJ_PW").exit_code == 0
    assert "有打开密码" in gouji("flag", path).output


def test_a_local_rule_pack_is_checked_too(tmp_path: Path, form: Edition) -> None:
    pack = tmp_path / "LOCAL.toml"
    guide = (ROOT / "docs" / "rules-howto.md").read_text("utf-8")
    example = re.search(r"```toml\n(.*?)```", guide, re.DOTALL)
    assert example
    pack.write_text(example[1], "utf-8")
    blank = tmp_path / "blank.xlsx"
    assert gouji("template", "--year", "2024", "--rules", pack, "-o", blank).exit_code == 0
    wider = form.with_pack(pack)
    values: dict[str, float] = consistent(form, random.Random(2))
    extra = [k for k in wider.fields if k not in form.fields]
    values |= dict.fromkeys(extra, 0.0)
    path = book_at(wider, tmp_path / "a.xlsx", year=2024, values=values)
    document = json.loads(gouji("check", path, "--rules", pack, "--format", "json").output)
    rules = {f["rule"] for f in document["files"][0]["findings"]}
    assert rules == {"X-CHANNELS"}
    assert gouji("rules", "--rules", pack).output.count("X-CHANNELS") == 1


@pytest.mark.parametrize("form_name", ["text", "md", "json"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_rule_is_listed_with_words_basis_certainty_and_severity(
    edition: Edition, form_name: str, lang: str
) -> None:
    result = gouji("rules", "--edition", edition.id, "--format", form_name, "--lang", lang)
    assert result.exit_code == 0
    for rule in edition.rules:
        assert rule.id in result.output
        assert (rule.words.text(lang)) in result.output
        assert (rule.basis.text(lang)) in result.output


def test_every_command_has_a_help_with_an_example() -> None:
    for name, command in main.commands.items():
        text = gouji(name, "--help").output
        assert f"例：gouji {name}" in text, name
        for option in command.params:
            help_text: Any = getattr(option, "help", option.param_type_name)
            assert help_text or option.param_type_name == "argument", (name, option.name)


def test_every_command_is_documented() -> None:
    for page in ("README.md", "README.zh-CN.md"):
        text = (ROOT / page).read_text("utf-8")
        for name in main.commands:
            assert f"gouji {name}" in text, (page, name)


def test_a_template_for_a_year_before_the_first_form_is_made_and_says_so(tmp_path: Path) -> None:
    done = gouji("template", "--year", "1999", "-o", str(tmp_path / "a.xlsx"))
    assert done.exit_code == 0
    assert "1999年度还没有全国统一的格式，用的是2019格式，请核对年度。" in done.output
    done = gouji("template", "--year", "2024", "-o", str(tmp_path / "b.xlsx"))
    assert "请核对年度" not in done.output
