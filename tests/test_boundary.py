"""Whatever room raises what nobody foresaw: one sentence, exit code 2, the other files judged."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from gouji.addin.page import road
from gouji.addin.remote import answer
from gouji.addin.web.server import make_app
from gouji.templates.errors import InputError
from gouji.templates.unforeseen import bounded
from gouji.validators.cli.main import main
from starlette.testclient import TestClient

from .builders import one_wrong_cell

SECRET, BAD = "甲局的内容91", "坏的.xlsx"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    for name in ("a.xlsx", BAD):
        one_wrong_cell(tmp_path / "in" / name)
    return tmp_path / "in"


def breaks(monkeypatch: pytest.MonkeyPatch, name: str, *, always: bool = False) -> None:
    """The function ``room:function`` raises, for the bad file or ``always``."""
    room, _, function = name.partition(":")
    module = importlib.import_module(f"gouji.{room}")
    real = getattr(module, function)

    def raising(*given: Any, **named: Any) -> Any:
        about = (getattr(getattr(g, "report", g), "path", g) for g in given)
        if always or any(BAD in str(a) for a in about if isinstance(a, str | Path)):
            raise KeyError(SECRET)
        return real(*given, **named)

    monkeypatch.setattr(module, function, raising)


def gouji(*words: object) -> Result:
    return CliRunner().invoke(main, [str(w) for w in words])


def is_told(done: Result, home: Path) -> None:
    assert done.exit_code == 2, (done.output, done.exception)
    assert "没有核对完：遇到没有料到的内容（KeyError" in done.output
    assert "Traceback" not in done.output
    assert SECRET not in done.output
    (kept,) = (home / ".gouji" / "reports").iterdir()
    assert str(kept) in done.output
    text = kept.read_text("utf-8")
    assert "KeyError" in text
    for hidden in (SECRET, "坏的", str(home.parent)):
        assert hidden not in text


IN_EVERY_ROOM = (
    ("check", "validators.ooxml.package:recognise"),
    ("check", "validators.reading.workbook:load"),
    ("check", "validators.judging.judge:_verdict"),
    ("flag", "validators.ooxml.package:recognise"),
    ("flag", "validators.judging.judge:_verdict"),
    ("flag", "validators.mark:summary_of"),
    ("flag", "validators.mark.put:load"),
    ("clear", "validators.mark.put:load"),
    ("fill", "validators.office.fill:load"),
)


@pytest.mark.parametrize(("command", "room"), IN_EVERY_ROOM)
@pytest.mark.sampled
def test_one_file_that_nobody_foresaw_costs_its_own_result_alone(
    command: str, room: str, inbox: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch, room)
    done = gouji(command, inbox)
    is_told(done, home)
    assert "a.xlsx" in done.output
    if command == "check":
        held = json.loads(gouji(command, inbox, "--format", "json").output)
        assert [f["status"] for f in held["files"]] == ["findings", "unreadable"]


WHOLE = (
    ("check {in}", "validators.output.text:lines"),
    ("check {in} --format json", "validators.output.json:file_entry"),
    ("check {in} --format html", "validators.output.html:_card"),
    ("fix {bad} --yes-certain", "validators.office.fix:set_numbers"),
    ("publish {bad} -o {out}.docx --with-errors", "validators.office.publish:content_of"),
    ("letters {bad} -o {out}", "validators.office.letters:read_as"),
    ("data {in} -o {out}.csv", "validators.compare.data_file:_csv"),
    ("collect {in} --roster {roster} -o {out}.xlsx", "validators.city.collection:arrange"),
    ("collect {in} --roster {roster} -o {out}.xlsx", "validators.city.book:standing_of"),
    ("distribute {roster} --year 2025 -o {out}", "templates.distribute:build"),
    ("template -o {out}.xlsx", "templates.workbook:build"),
    ("import {text} -o {out}.xlsx", "validators.reading.published.plain_text:decoded"),
    ("rules", "validators.output.rules:text"),
)


@pytest.mark.parametrize(("words", "room"), WHOLE)
def test_a_command_that_breaks_off_ends_with_a_sentence(
    words: str, room: str, inbox: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (inbox.parent / "r.csv").write_text("单位名称\n某县\n", "utf-8")
    (inbox.parent / "t.txt").write_text("某县2025年政府信息公开工作年度报告", "utf-8")
    names = {
        "in": inbox,
        "bad": inbox / BAD,
        "out": inbox.parent / "out",
        "roster": inbox.parent / "r.csv",
        "text": inbox.parent / "t.txt",
    }
    breaks(monkeypatch, room, always=True)
    is_told(gouji(*words.format(**names).split()), home)


@pytest.mark.usefixtures("home")
def test_the_server_tells_nothing_of_its_inside(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (inbox / "a.xlsx").read_bytes()
    breaks(monkeypatch, "validators.judging.judge:_verdict", always=True)
    with TestClient(make_app()) as client:
        for path in ("/api/check", "/api/flag", "/api/fix"):
            reply = client.post(path, content=data, headers={"x-repairs": "1.1"})
            assert reply.status_code == 500
            assert "没有核对完" in reply.json()["error"]
            assert not {"KeyError", SECRET, ".gouji"} & {
                *filter(reply.text.__contains__, ("KeyError", SECRET, ".gouji"))
            }
        breaks(monkeypatch, "addin.remote:check_book_plainly", always=True)
        reply = client.post("/api/book", content=b'{"name": "a", "sheets": [], "names": []}')
        assert (reply.status_code, "没有核对完" in reply.text) == (500, True)


@pytest.mark.usefixtures("home")
def test_the_buttons_and_the_page_say_one_sentence(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (inbox / "a.xlsx").read_bytes()
    breaks(monkeypatch, "addin.remote:check_book_plainly", always=True)
    reply = answer({"name": "a", "sheets": [], "names": []})["error"]
    assert "没有核对完" in reply
    assert SECRET not in reply
    breaks(monkeypatch, "validators.judging.judge:_verdict", always=True)
    assert "没有核对完" in json.loads(road.check(data, "a.xlsx"))["file"]["error"]
    for act in (road.flag, lambda *given: road.fix(*given, "1.1")):
        with pytest.raises(InputError, match="没有核对完"):
            act(data, "a.xlsx")


@pytest.mark.parametrize("kind", [ValueError, MemoryError, RecursionError, OSError, AssertionError])
@pytest.mark.usefixtures("home")
def test_every_kind_of_exception_is_a_sentence_of_its_own(kind: type[Exception]) -> None:
    with pytest.raises(InputError, match="年报 没有核对完") as reply, bounded("年报"):
        raise kind(SECRET)
    assert SECRET not in reply.value.zh + reply.value.en
