"""Notices that were broken off go on, and a record that somebody forged deletes nothing."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from gouji.templates import outside
from gouji.templates.disk import digest_of
from gouji.templates.errors import InputError, UnreadError
from gouji.templates.roster import Roster, Unit
from gouji.templates.unforeseen import unforeseen
from gouji.validators.city import notices as room
from gouji.validators.city.collection import Collection, arrange
from gouji.validators.city.memory import Entry, entry_of
from gouji.validators.city.notices import write_notices
from gouji.validators.city.rounds import NAME
from gouji.validators.finding import Result

from ...command import run
from .test_collect import FORM, YEAR, distributed

UNITS = Roster(tuple(Unit(f"第{n}局", line=n + 2) for n in range(3)))


class KilledError(BaseException):
    """As a signal that nobody can catch."""


def sent(*wrong: int) -> Collection:
    """Every unit sent a file; those of ``wrong`` one that cannot be read."""
    entries = [
        Entry(f"第{n}局.xlsx", 1, 1, "打不开" if n in wrong else "", unit=f"第{n}局", year=YEAR)
        for n in range(3)
    ]
    return arrange(Path(), UNITS, entries, year=YEAR)


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def killed_at(count: int, real: Callable[..., None]) -> Callable[..., None]:
    left = [count]

    def put(*given: object, **named: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KilledError
        real(*given, **named)

    return put


@pytest.mark.parametrize("count", range(6))
@pytest.mark.slow
def test_a_run_killed_between_two_files_goes_on(
    count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for folder in (whole, killed):
        write_notices(sent(0, 1), FORM, folder)
    write_notices(sent(1, 2), FORM, whole)
    with monkeypatch.context() as patched:
        patched.setattr(room, "put", killed_at(count, room.put))
        if count < 5:
            with pytest.raises(KilledError):
                write_notices(sent(1, 2), FORM, killed)
        else:
            write_notices(sent(1, 2), FORM, killed)
    write_notices(sent(1, 2), FORM, killed)
    assert contents(killed) == contents(whole)
    assert not (killed / "第0局.docx").exists()


def test_a_notice_that_cannot_be_taken_away_is_told_and_goes_with_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_notices(sent(0, 1), FORM, tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", lambda *_, **__: os.open(tmp_path, os.O_WRONLY))
        with pytest.raises(InputError, match=r"第0局\.docx"):
            write_notices(sent(1), FORM, tmp_path)
    assert (tmp_path / "第0局.docx").exists()
    write_notices(sent(1), FORM, tmp_path)
    assert not (tmp_path / "第0局.docx").exists()


@pytest.mark.parametrize("name", ["第1局.docx", "重要.docx", "../重要.docx", "汇总情况.docx"])
def test_a_forged_record_deletes_and_replaces_nothing(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "退回"
    write_notices(sent(0), FORM, folder)
    mine = folder / name
    mine.write_bytes(b"mine")
    held = json.loads((folder / NAME).read_text("utf-8"))
    held["files"][name] = [digest_of(b"mine")]
    (folder / NAME).write_text(json.dumps(held), "utf-8")
    with pytest.raises(InputError, match="已经有了"):
        write_notices(sent(1), FORM, folder)
    assert mine.read_bytes() == b"mine"


def test_half_a_character_in_a_forged_record_stops_nothing(tmp_path: Path) -> None:
    write_notices(sent(0), FORM, tmp_path)
    held = json.loads((tmp_path / NAME).read_text("utf-8"))
    held["now"] = {"第0局": {"\ud800": "\udfff"}}
    (tmp_path / NAME).write_text(json.dumps(held), "utf-8")
    rounds = write_notices(sent(0), FORM, tmp_path)
    assert rounds.counts == (1, 0, 1)
    assert write_notices(sent(0), FORM, tmp_path).now == rounds.now


def test_a_name_that_no_notice_has_is_not_deleted_even_with_a_seal(tmp_path: Path) -> None:
    folder = tmp_path / "退回"
    rounds = write_notices(sent(0), FORM, folder)
    (folder / "重要.docx").write_bytes(b"mine")
    room.keep(rounds, folder, {"重要.docx": b"mine"}, rounds.files)
    write_notices(sent(), FORM, folder, force=True)
    assert (folder / "重要.docx").read_bytes() == b"mine"


def test_no_notice_is_written_while_a_file_cannot_be_read_and_it_is_read_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing, inbox, _ = distributed(tmp_path, 2)
    back, out = tmp_path / "退回", tmp_path / "s.xlsx"
    words = ("collect", inbox, "--roster", listing, "-o", out, "--notices", back)

    def refused(path: Path, most: int) -> bytes:
        if path.name == "A001_第1局.xlsx":
            raise OSError(errno.EIO, "Input/output error")
        return outside.read_outside(path, most)

    with monkeypatch.context() as patched:
        patched.setattr("gouji.validators.ooxml.limits.read_outside", refused)
        code, said = run(*words)
    assert (code, back.exists()) == (2, False)
    assert "有1个文件没有读到（A001_第1局.xlsx），退回通知没有写" in said
    code, said = run(*words)
    assert (code, back.exists()) == (0, True), said


@pytest.mark.parametrize(
    ("error", "unread"),
    [
        (InputError("坏了", "broken"), False),
        (UnreadError("没让读", "refused"), True),
        (unforeseen("a.xlsx", MemoryError()), True),
    ],
)
def test_what_another_run_may_read_is_not_remembered(
    error: InputError, unread: bool, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"x")
    entry = entry_of(path, tmp_path, Result(str(path), error=error))
    assert entry.unread is unread


@pytest.mark.parametrize("number", [errno.EIO, errno.ENFILE])
def test_an_inbox_that_cannot_be_opened_at_the_moment_is_no_empty_one(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing, inbox, _ = distributed(tmp_path, 1)

    def refused(path: Path) -> None:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(os, "scandir", refused)
    code, said = run("collect", inbox, "--roster", listing, "-o", tmp_path / "s.xlsx")
    assert (code, (tmp_path / "s.xlsx").exists()) == (2, False), said
    assert str(inbox) in said
