"""Help and errors in two languages, settings of an office, standard input, quiet, no colour."""

from __future__ import annotations

import io
import json
import random
import re
from pathlib import Path

import click
import click.shell_completion
import pytest
from babel.messages.mofile import read_mo
from click.testing import CliRunner
from gouji.templates.edition import Edition
from gouji.validators.cli.main import main
from gouji.validators.cli.speech import in_english

from bench import catalogue

from ...builders import book_at, consistent
from ...command import gouji
from ...documented import commands

EVERY = list(commands())


@pytest.fixture
def bad(tmp_path: Path, form: Edition) -> Path:
    values = consistent(form, random.Random(2))
    values["t3.granted.total"] += 1
    return book_at(
        form, tmp_path / "坏.xlsx", year=2024, unit="乙县", values=values, typed_totals=True
    )


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folder of settings, on every system."""
    monkeypatch.setattr(click, "get_app_dir", lambda name: str(tmp_path / "own" / name))
    return tmp_path / "own" / "gouji"


@pytest.mark.parametrize(("path", "command"), [([], main), *EVERY])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_help_is_in_its_language_and_its_examples_are_lines(
    path: list[str], command: click.Command, lang: str
) -> None:
    for arguments in ([*path, "--help", "--lang", lang], ["--lang", lang, *path, "--help"]):
        shown = gouji(*arguments).output
        assert "\\b" not in shown
        name = "gouji " + " ".join(path)
        lines = [x.strip() for x in shown.splitlines()]
        examples = [x for x in lines if x.startswith(("例：gouji", "Example: ", "Examples: "))]
        assert len(examples) == 1
        assert examples[0].partition("gouji ")[2].startswith(name.removeprefix("gouji ").strip())
        assert ("用法" in shown) == (lang == "zh")
        assert ("显示这个说明" in shown) == (lang == "zh")
        assert ("Show this message" in shown) == (lang == "en")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("typed", "offered"),
    [("", "check"), ("ch", "check"), ("check --for", "--format"), ("addin ", "install")],
)
def test_a_shell_completes(shell: str, typed: str, offered: str) -> None:
    words = f"gouji {typed}"
    last = typed.rpartition(" ")[2]
    asked = {
        "_GOUJI_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": last if shell == "fish" else str(words.count(" ")),
    }
    done = CliRunner().invoke(
        main, prog_name="gouji", env=asked, catch_exceptions=False, standalone_mode=True
    )
    assert done.exit_code == 0
    assert offered in re.split(r"[\s,]", done.output)


def test_bash_completes_behind_an_equals_sign() -> None:
    asked = {
        "_GOUJI_COMPLETE": "bash_complete",
        "COMP_WORDS": "gouji check --format = h",  # as bash cuts --format=h
        "COMP_CWORD": "4",
    }
    done = CliRunner().invoke(main, prog_name="gouji", env=asked, standalone_mode=True)
    assert done.output == "plain,html\n"


def test_every_help_has_its_english() -> None:
    for _, command in [([], main), *EVERY]:
        assert in_english(command), command.name
        for option in command.params:
            if isinstance(option, click.Option) and option.help:
                assert in_english(command, option), (command.name, option.name)


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        (["check"], "没有写参数“文件”", "Missing argument"),
        (["check", ""], "这里的文件名是空的", "empty here"),
        (["check", "a", "--prior", ""], "这里的文件名是空的", "empty here"),
        (["check", "--nonsense"], "--nonsense", "No such option"),
        (["chekc"], "没有 chekc 这个命令", "No such command"),
        (["check", "a", "--jobs", "x"], "--jobs 的写法不对：x 不是数", "is not a valid"),
        (["check", "a", "--jobs", "0"], "0 不在范围", "is not in the range"),
        (["check", "a", "--jobs"], "选项 --jobs 后面要写1个值", "requires an argument"),
        (["rules", "--format", "x"], "可用的是：text、md、json", "is not one of"),
        (["check", "a", "--format", "x"], "可用的是：text、json、sarif、html", "no format 'x'"),
    ],
)
def test_wrong_use_is_told_in_the_language_asked_for(
    arguments: list[str], zh: str, en: str
) -> None:
    result = gouji(*arguments)
    assert result.exit_code == 2
    assert zh in result.output
    assert "Error" not in result.output
    result = gouji("--lang", "en", *arguments)
    assert result.exit_code == 2
    assert en in result.output


def test_the_binary_catalogue_is_that_of_the_text() -> None:
    shipped, made = (
        [(word.id, word.string) for word in read_mo(io.BytesIO(file)) if word.id]
        for file in ((catalogue.FOLDER / "messages.mo").read_bytes(), catalogue.binary())
    )  # not the head, which names the version of Babel
    assert shipped
    assert shipped == made


def test_quiet_says_findings_and_nothing_else(bad: Path, form: Edition, tmp_path: Path) -> None:
    values = consistent(form, random.Random(2))
    good = book_at(form, tmp_path / "好.xlsx", year=2024, unit="甲县", values=values)
    quiet = gouji("check", "-q", good, bad)
    assert quiet.exit_code == 1
    lines = quiet.output.splitlines()
    assert [line.split("  ")[:3] for line in lines if "错误" in line] == [
        [str(bad), "表三!J9", "错误"]
    ]
    assert {line.split("  ")[2] for line in lines} == {"错误", "待填"}
    assert gouji("check", "-q", good, "-o", tmp_path / "r.txt").output == ""
    assert gouji("flag", "-q", bad).output == ""
    assert gouji("clear", "-q", bad).output == ""
    assert gouji("template", "-q", "-o", tmp_path / "t.xlsx").output == ""
    assert "找不到文件" in gouji("check", "-q", tmp_path / "none.xlsx").output


def test_a_workbook_comes_by_standard_input(bad: Path) -> None:
    result = gouji("check", "-", "--format", "json", input=bad.read_bytes())
    assert result.exit_code == 1
    (file,) = json.loads(result.output)["files"]
    (same,) = json.loads(gouji("check", bad, "--format", "json").output)["files"]
    assert file.pop("path") == "-"
    assert same.pop("path") == str(bad)
    assert file == same
    both = gouji("check", bad, "-", input=bad.read_bytes())
    assert "共2个文件：错误4" in both.output
    assert gouji("check", "-", input=b"").exit_code == 2
    assert gouji("check", "-", "--prior", bad, input=bad.read_bytes()).exit_code == 1


def test_no_color_is_obeyed(bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in gouji("check", bad, color=True).output
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in gouji("check", bad, color=True).output


def test_an_office_sets_its_defaults(bad: Path, home: Path, tmp_path: Path) -> None:
    home.mkdir(parents=True)
    (home / "config.toml").write_text('lang = "en"\n[check]\nformat = "json"\n', "utf-8")
    assert "structure of table 3" in gouji("check", bad).output
    assert "Usage:" in gouji("check", "--help").output
    assert "marks cleared" in gouji("clear", bad).output
    assert "已清除标记" in gouji("clear", bad, "--lang", "zh").output
    other = tmp_path / "other.toml"
    other.write_text('lang = "zh"\n', "utf-8")
    for arguments in (["--config", other, "check", bad], ["check", "--config", other, bad]):
        assert "错误  （一）予以公开" in gouji(*arguments).output


def test_a_path_in_the_settings_is_meant_from_their_folder(
    bad: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.mkdir(parents=True)
    (home / "config.toml").write_text('rules = "missing.toml"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    result = gouji("check", bad)
    assert result.exit_code == 2
    assert str(home / "missing.toml") in result.output


def test_settings_beside_the_workbooks_are_not_read(
    bad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = gouji("check", tmp_path).output
    for name in ("config.toml", "gouji.toml", ".gouji.toml"):
        (tmp_path / name).write_text('lang = "en"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    after = gouji("check", tmp_path).output
    assert [x for x in after.splitlines() if ".toml" not in x][:-1] == before.splitlines()[:-1]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("colour = 1", "colour"),
        ("[check]\nforce = true", "[check] force"),
        ("[x]\na = 1", "[x]"),
        ("lang = ", "读不了设置文件"),
    ],
)
def test_a_wrong_setting_has_its_sentence(text: str, word: str, bad: Path, home: Path) -> None:
    home.mkdir(parents=True)
    (home / "config.toml").write_text(text, "utf-8")
    result = gouji("check", bad)
    assert result.exit_code == 2
    assert word in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("held", "language"),
    [
        ({}, "zh"),
        ({"LANG": "C"}, "zh"),
        ({"LANG": "POSIX"}, "zh"),
        ({"LC_ALL": "C.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LC_ALL": "en_GB"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8", "GOUJI_LANG": "zh"}, "zh"),
        ({"GOUJI_LANG": "EN"}, "en"),
        ({"GOUJI_LANG": "klingon", "LANG": "en_US"}, "en"),
    ],
)
def test_the_language_is_asked_for_or_the_systems_where_that_is_english(
    held: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LANG", "GOUJI_LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in held.items():
        monkeypatch.setenv(name, value)
    assert ("Usage" in gouji("check").output) == (language == "en")
    assert "用法" in gouji("check", "--lang", "zh").output


def test_quiet_version_and_no_colour_stand_anywhere(
    bad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in (["-V"], ["check", "-V"], ["--version"], ["addin", "doctor", "--version"]):
        done = gouji(*words)
        assert (done.exit_code, done.output.partition(",")[0]) == (0, "gouji")
    assert gouji("-q", "check", bad).output == gouji("check", bad, "-q").output
    assert "共1个文件" not in gouji("-q", "check", bad).output
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in gouji("check", bad).output
    assert "\x1b" not in gouji("check", "--no-color", bad).output
    assert "\x1b" not in gouji("--no-color", "check", bad).output
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in gouji("check", bad).output


def test_the_form_is_a_choice_in_any_case_or_what_the_file_is_called(
    bad: Path, tmp_path: Path
) -> None:
    assert gouji("check", bad, "--format", "JSON").output.startswith('{\n  "schema": 1')
    assert gouji("check", bad, "-o", "-").output == gouji("check", bad).output
    for name, start in (("a.json", "{"), ("a.sarif", "{"), ("a.HTML", "<!doctype"), ("a.txt", "")):
        gouji("check", bad, "-o", tmp_path / name)
        assert (tmp_path / name).read_text("utf-8").startswith(start)
    wrong = gouji("check", bad, "--format", "xml")
    assert wrong.exit_code == 2
    assert "text、json、sarif、html" in wrong.output


def test_a_dry_run_says_what_would_be_marked_and_writes_nothing(bad: Path) -> None:
    before = bad.read_bytes()
    answer = gouji("flag", bad, "--dry-run").output
    assert "表三!J9" in answer
    assert bad.read_bytes() == before


def test_a_folder_that_is_not_there_is_made_and_that_is_said(bad: Path, tmp_path: Path) -> None:
    made = gouji("check", bad, "-o", tmp_path / "neu" / "a.json")
    assert f"没有文件夹 {tmp_path / 'neu'}，会新建。" in made.stderr
    assert (tmp_path / "neu" / "a.json").exists()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("gouji che", ["check"]),
        ("gouji check --for", ["--force", "--format"]),
        ("gouji check --format h", ["html"]),
        ("gouji check --edition 20", ["2019", "2021"]),
        ("gouji rules t3", ["T3-BALANCE", "T3-ROW", "T3-TOTAL"]),
        ("gouji check --rules ev", ["evidence"]),
    ],
)
def test_the_first_tab_completes(typed: str, offered: list[str]) -> None:
    words = typed.split()
    completed = click.shell_completion.BashComplete(main, {}, "gouji", "_GOUJI_COMPLETE")
    found = completed.get_completions(words[1:-1], words[-1])
    assert sorted(item.value for item in found) == offered
