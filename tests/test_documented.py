"""Every documented command line is run, in both languages, on a desk that has its inputs."""

from __future__ import annotations

import ast
import importlib
import os
import re
import shutil
from functools import cache
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from gouji.addin.install.desk import Desk
from gouji.templates.edition import edition_ids, find, load
from gouji.templates.layout import layout_of
from gouji.templates.naming import name_of, short_name
from gouji.validators.cli.main import main
from gouji.validators.reading.other_formats import end_child

from .builders import cases
from .conftest import ROOT, shared
from .documented import (
    NOT_HERE,
    Line,
    command_of,
    commands,
    every_line,
    pages,
    parsed,
    shell_lines,
    stage,
)

LINES = every_line()
WHOLE = {text: line for text, line in LINES.items() if parsed(line)}
HERE = {text: line for text, line in WHOLE.items() if text not in NOT_HERE}


@pytest.fixture(scope="module")
def desk() -> Path:
    end_child()  # one that read much for other tests has no room left for what a PDF needs
    return shared("documented", stage)


def test_no_command_and_no_page_is_left_out() -> None:
    answer = {" ".join(path) for path, _ in commands()}
    run = {command_of(line)[0] for line in WHOLE.values()}
    assert {n for n in answer if all(c not in run for p, c in commands() if " ".join(p) == n)} <= {
        "addin"
    }
    assert len(WHOLE) > 80
    assert set(NOT_HERE) <= set(WHOLE)
    for page in pages():
        for line in shell_lines(page):
            assert line.startswith(("gouji ", "make ", "pip ", "py ", "python ", "eval ", "_GOUJI"))


def before(line: Line) -> list[list[str]]:
    """What has been done on the desk by the time that the line is typed."""
    words = list(line.words)
    if words[0] == "clear":
        return [["flag", words[1]]]
    if "--undo" in words:
        return [["fix", words[1], "--yes-certain"]]
    if "--templates" in words:
        made = words[words.index("--templates") + 1]
        return [["letters", words[1], "-o", made, "--make-templates"]]
    return []


def lay(desk: Path, line: Line, folder: Path) -> None:
    """The desk as the line finds it: what it will write is not there yet."""
    kinds = {"publish": "right", "letters": "ledger", "fill": "ledger"}
    shutil.copytree(desk / "common", folder, dirs_exist_ok=True)
    kind = "blank" if "--zeros" in line.words else kinds.get(line.words[0], "wrong")
    shutil.copytree(desk / kind, folder, dirs_exist_ok=True)
    for name in line.outputs:
        if (folder / name).is_file():
            (folder / name).unlink()


def typed(words: list[str], stdin: str = "") -> Result:
    data = Path(stdin).read_bytes() if stdin else None
    return CliRunner().invoke(main, words, input=data)


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, no npm, and a server that does not block."""
    server = importlib.import_module("gouji.addin.web.server")
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    assert Desk().home == tmp_path / "home"
    monkeypatch.setattr(click, "get_app_dir", lambda name: str(tmp_path / "home" / name))
    monkeypatch.delenv("APPDATA", raising=False)
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "npm" else which(name))
    monkeypatch.setattr(
        server, "run", lambda host, port, token, announce, *_, **__: announce(f"{host}:{port}")
    )
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("text", HERE)
def test_every_line_can_be_typed(text: str, lang: str, desk: Path, alone: Path) -> None:
    line = HERE[text]
    lay(desk, line, alone)
    for words in before(line):
        assert typed(words).exit_code in (0, 1)
    result = typed([*line.words, "--lang", lang], line.stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in (0, 1), result.output
    assert result.output.strip() or line.words[0] == "flag"
    for name in line.outputs:
        assert (alone / name).exists(), name
    if lang == "en":
        names = names_on(alone, desk)
        assert chinese_left(result.output, names) == ""
        for name in line.outputs if line.words[0] == "check" else ():
            written = (alone / name).read_text("utf-8")
            assert chinese_left(written.replace("！ ", ""), names) == ""  # the sign of a warning


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("more", [[], ["--help"], ["--nonsense"], ["nonsense", "\x1b", ""]])
@pytest.mark.parametrize(("path", "command"), [([], main), *commands()])
def test_whatever_a_command_is_given_it_ends_with_help_or_a_sentence(
    path: list[str], command: click.Command, more: list[str], lang: str, alone: Path
) -> None:
    own = Path(click.get_app_dir("gouji"))
    own.mkdir(parents=True)
    (own / "config.toml").write_text(f'lang = "{lang}"\n', "utf-8")
    helped = more == ["--help"] or (not more and isinstance(command, click.Group))
    well = 1 if [*path, *more] == ["addin", "doctor"] else 0  # 1: no button is installed here
    result = typed([*path, *more])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in ((0,) if helped else (well, 2))
    assert result.output
    assert "Traceback" not in result.output
    if helped:
        assert result.output.startswith("用法" if lang == "zh" else "Usage")


@pytest.mark.slow
def test_what_goes_wrong_is_told_in_english_too(desk: Path, alone: Path) -> None:
    lay(desk, Line("", ("check",)), alone)
    lines = "单位名称,代码\n甲局,A1\n甲局（本级）,A2\n合计,\n"
    (alone / "近名册.csv").write_text(lines, "utf-8")
    (alone / "坏名册.csv").write_text(lines + ",A4\n", "utf-8")
    (alone / "坏.xlsx").write_bytes(b"PK..")
    (alone / "答复书").mkdir(exist_ok=True)
    codes = []
    for text in cases("documented.txt", "trouble"):
        result = typed([*text.split(), "--lang", "en"])
        assert result.exception is None or isinstance(result.exception, SystemExit), text
        assert chinese_left(result.output, names_on(alone, desk)) == "", text
        assert result.output.strip(), text
        codes.append(result.exit_code)
    assert codes.count(2) > 18


_CHINESE = re.compile("[一-鿿，。；：！？（）、]")
_KEPT = re.compile(
    r"[一二三四五六](?:、|（[一-十]）|\([一-十]\))?\d?|第\d局|另一局|某[县局队]|“无”|\b无\b|等"
    r"|是 or 否|（20\d\d）|〔\d{4}〕\d+号|国办(?:公开办)?[发函]+"
)


@cache
def kept_by_forms(desk: Path) -> frozenset[str]:
    """What the forms of a desk call things: titles, labels, columns of ledgers, local rules."""
    folder = desk / "common"
    names = set(cases("documented.txt", "kept"))
    packs = [folder / "LOCAL.toml", folder / "培训.toml", Path("evidence")]
    editions = [*map(load, edition_ids()), *map(load("2021").with_pack, packs)]
    for edition in [*editions, find(str(folder / "我的格式.toml"))]:
        names |= {
            t for r in edition.rules if r.words.en == r.words.zh for t in (r.words.zh, r.basis.zh)
        }
        names |= {called(f) for f in edition.fields.values() for called in (name_of, short_name)}
        names |= {edition.title, edition.notice, *(f.label for f in edition.fields.values())}
        names |= {r.label for t in edition.tables for b in t.blocks for r in (*b.rows, *b.columns)}
        for ledger in edition.ledgers.values():
            names |= {ledger.sheet, *(c.label for c in ledger.columns)}
        for sheet in layout_of(edition).sheets:
            names |= {s.text for s in sheet.spans} | {sheet.table.sheet, sheet.table.title}
    return frozenset(n for n in names if re.search("[一-鿿]", n))


def names_on(folder: Path, desk: Path) -> list[str]:
    """The Chinese names that an English text on the desk may hold, those of ``folder`` too."""
    files = {part for p in folder.rglob("*") for part in (p.name, p.stem)}
    names = kept_by_forms(desk) | {n for n in files if re.search("[一-鿿]", n)}
    return sorted(names, key=len, reverse=True)


def chinese_left(text: str, names: list[str]) -> str:
    """The lines of an English text in which Chinese is left that is no name and no label."""
    if text.isascii():
        return ""
    for name in names:
        text = text.replace(name, "")
    return "\n".join(x for x in _KEPT.sub("", text).splitlines() if _CHINESE.search(x))


def test_completion_is_offered_as_it_is_documented() -> None:
    typed_lines = [t for page in pages() for t in shell_lines(page) if "_GOUJI_COMPLETE" in t]
    assert len(typed_lines) >= 3
    for line in typed_lines:
        (wanted,) = re.findall(r"_GOUJI_COMPLETE=(\w+)", line)
        result = CliRunner().invoke(
            main, prog_name="gouji", env={**os.environ, "_GOUJI_COMPLETE": wanted}
        )
        assert result.exit_code == 0
        assert "_GOUJI_COMPLETE" in result.output


def english(call: ast.Call) -> str:
    """The constant text of the English half of a pair of sentences; ``""`` for another call."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    at = {"Words": 1, "InputError": 1, "say": 2}.get(name, 99)
    parts = ast.walk(call.args[at]) if len(call.args) > at else ()
    return "".join(
        n.value for n in parts if isinstance(n, ast.Constant) and isinstance(n.value, str)
    )


@pytest.mark.slow
def test_no_english_sentence_is_written_with_chinese_in_it(desk: Path) -> None:
    found, wrong, names = 0, [], names_on(desk / "common", desk)
    for room in ("templates", "validators", "addin"):
        for path in (ROOT / room).rglob("*.py"):
            calls = (n for n in ast.walk(ast.parse(path.read_text("utf-8"))))
            for text in (english(n) for n in calls if isinstance(n, ast.Call)):
                found += bool(text)
                # a column's heads as one writes them; the list that is taken apart; a cut quotation
                bare = re.sub(r"、, |（……）", "", text)
                wrong += [(path.name, text)] if chinese_left(bare, names) else []
    assert found > 300
    assert wrong == []
