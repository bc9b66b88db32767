"""Whatever goes wrong is one sentence and exit code 2; what an input says acts on nothing."""

from __future__ import annotations

import errno
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from gouji.addin.remote import answer
from gouji.templates.edition import load
from gouji.templates.words import printable, printables
from gouji.validators.office import check_files, flag_file

from ...builders import book_at, consistent, editing, one_wrong_cell, opened
from ...command import gouji, run
from ...conftest import program

FORM = load("2021")
FORGED = "甲局\n√ 没有问题_x001B_]8;;http://x_x0007_\x9b31m\u202e\u2066\r\u2028共9个文件"
ACTING = "\n\r\x1b\x07\x9b\u202e\u2066\u2028"


def test_a_unit_that_forges_lines_is_one_line(tmp_path: Path) -> None:
    values = consistent(FORM, random.Random(2)) | {"t3.granted.natural": 99.0}
    path = book_at(FORM, tmp_path / "a.xlsx", year=2025, values=values, typed_totals=True)
    with editing(path) as book:
        book["封面"]["B5"] = FORGED
        book["表三"]["D10"] = "一\n√ 没有问题\u202e"
    _, output = run("check", path)
    assert not [line for line in output.splitlines() if line.startswith(("√", "共9"))]
    assert not set(output) & set(ACTING) - {"\n"}
    _, output = run("check", path, "--format", "json")
    held = json.loads(output)

    def texts(part: object) -> list[str]:
        if isinstance(part, dict):
            return [t for v in part.values() for t in texts(v)]
        if isinstance(part, list):
            return [t for v in part for t in texts(v)]
        return [part] if isinstance(part, str) else []

    assert not set("".join(texts(held))) & set(ACTING)


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_a_file_name_that_acts_does_nothing_and_its_copy_bears_another(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    path = one_wrong_cell(folder / "a.xlsx")
    path.rename(folder / "x\n√ 没有问题\x1b[2J\u202e.xlsx")
    (folder / "y\x1b[31m.zip").write_bytes(b"PK")
    for words in (
        ("check", folder),
        ("flag", folder, "--copy-to", tmp_path / "out"),
        ("clear", folder),
    ):
        _, output = run(*words)
        assert not [line for line in output.splitlines() if line.startswith("√")]
        assert not set(output) & set(ACTING) - {"\n"}
    (copy,) = (tmp_path / "out").iterdir()
    assert copy.name == "x_√ 没有问题_[2J_.xlsx"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_names_in_gbk_go_through_every_command(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    path = one_wrong_cell(folder / "a.xlsx")
    path.rename(folder / os.fsdecode("甲局.xlsx".encode("gbk")))
    (tmp_path / "r.csv").write_text("单位名称\n某县\n", "utf-8")
    assert run("check", folder)[0] == 1
    assert run("check", folder, "--format", "json", "-o", tmp_path / "r.json")[0] == 1
    json.loads((tmp_path / "r.json").read_bytes())
    for _ in range(2):
        words = ("collect", folder, "--roster", tmp_path / "r.csv", "-o", tmp_path / "s.xlsx")
        code, output = run(*words)
        assert code == 1, output
    assert run("flag", folder)[0] == 1
    assert run("clear", folder)[0] == 0


def test_a_file_that_changed_after_it_was_judged_is_not_marked(tmp_path: Path) -> None:
    path = one_wrong_cell(tmp_path / "a.xlsx")
    (result,) = check_files([path])
    book_at(FORM, path, year=2025, unit="某县")
    before = path.read_bytes()
    outcome = flag_file(result)
    assert outcome.error is not None
    assert f"{path} 在核对以后又被改动了" in outcome.error.zh
    assert path.read_bytes() == before


def test_a_link_in_an_inbox_is_not_marked_through(tmp_path: Path) -> None:
    outside = one_wrong_cell(tmp_path / "outside.xlsx")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.xlsx").symlink_to(outside)
    before = outside.read_bytes()
    code, output = run("flag", tmp_path / "in")
    assert code == 2
    assert "只有1个别的文件（a.xlsx）" in output
    code, output = run("flag", tmp_path / "in" / "a.xlsx")
    assert code == 2
    assert "是链接，没有写" in output
    assert outside.read_bytes() == before
    assert run("flag", tmp_path / "in" / "a.xlsx", "--copy-to", tmp_path / "out")[0] == 1


@pytest.mark.parametrize(
    "error",
    [OSError(5, "Input/output error", "x"), MemoryError(), RecursionError(), KeyboardInterrupt()],
)
def test_what_the_system_refuses_is_one_sentence(
    error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("gouji.validators.office.paths.gather", fail)
    code, output = run("check", tmp_path)
    assert code == 2
    assert len(output.strip().splitlines()) == 1


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_an_output_that_is_full_or_closed_ends_with_2(tmp_path: Path) -> None:
    path = one_wrong_cell(tmp_path / "a.xlsx")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            program("command_line", "check", path), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert "磁盘已满" in done.stderr.decode()
    assert b"Traceback" not in done.stderr


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file system of 200 KB with 8 KB free; where none may be mounted, one that acts so."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "none", str(folder)]
    if not os.geteuid() and not subprocess.run(mount, capture_output=True, check=False).returncode:
        yield folder
        subprocess.run(["umount", str(folder)], check=True)
        return
    write_whole = os.write

    def write_some(handle: int, data: bytes) -> int:
        there = Path(f"/proc/self/fd/{handle}").resolve()
        if there.is_relative_to(folder) and os.fstat(handle).st_size + len(data) > 8192:
            raise OSError(errno.ENOSPC, "no space left")
        return write_whole(handle, data)

    monkeypatch.setattr(os, "write", write_some)
    yield folder


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="no /proc")
def test_every_command_that_writes_on_a_full_disk(tmp_path: Path, disk: Path) -> None:
    """One sentence, exit code 2, nothing half-written."""
    report = Path(shutil.copy(one_wrong_cell(tmp_path / "a.xlsx"), disk))
    before = report.read_bytes()
    (disk / "fill").write_bytes(b"x" * (200 * 1024 - len(before) - 8192))
    (tmp_path / "r.csv").write_text("单位名称\n某县\n乙局\n", "utf-8")
    shutil.copy(report, tmp_path / "b.xlsx")
    commands = (
        ("template", "-o", disk / "t.xlsx"),
        ("flag", report),
        ("flag", tmp_path / "b.xlsx", "--copy-to", disk / "copies"),
        ("distribute", tmp_path / "r.csv", "--year", 2025, "-o", disk / "out"),
        ("collect", disk, "--roster", tmp_path / "r.csv", "-o", disk / "s.xlsx"),
    )
    for words in commands:
        code, output = run(*words)
        assert code == 2, words
        assert "磁盘已满" in output, words
        assert report.read_bytes() == before
        names = {p.name for p in disk.rglob("*") if p.is_file()}
        assert {n for n in names if "gouji-memory" not in n} == {"a.xlsx", "fill"}, words


def test_a_template_for_a_unit_with_control_characters_can_be_opened(tmp_path: Path) -> None:
    path = book_at(FORM, tmp_path / "a.xlsx", year=2025, unit="甲\x1b局\n乙", code="\x00")
    assert opened(path)["封面"]["B5"].value == "甲\ufffd局 乙"


def test_printable_keeps_what_only_stands_there() -> None:
    assert printable("某县（本级）\t①😀") == "某县（本级） ①😀"
    assert printables({"a": ["x\ny", 1, float("inf"), None]}) == {"a": ["x y", 1, None, None]}


def test_a_number_of_400_digits_is_a_text_in_a_published_report(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "data" / "published"
    text = next(p for p in sorted(source.rglob("*")) if p.suffix in (".txt", ".md"))
    path = tmp_path / text.name
    path.write_text(re.sub(r"(?m)^(\D*)\d+(\D*)$", rf"\g<1>{'9' * 400}\2", text.read_text("utf-8")))
    code, output = run("check", path, "--format", "json")
    assert code in (1, 2)
    json.loads(output)
    assert run("import", path, "-o", tmp_path / "a.xlsx")[0] in (0, 2)


@pytest.mark.parametrize("number", ["9" * 400, "1e400", "-Infinity", "NaN", "9" * 5000])
def test_a_number_no_cell_can_hold_is_answered_in_json(number: str, tmp_path: Path) -> None:
    book = opened(one_wrong_cell(tmp_path / "a.xlsx"), data_only=True)
    sheets = [
        {"name": ws.title, "values": [[c or "" for c in row] for row in ws.values]} for ws in book
    ]
    next(s for s in sheets if s["name"] == "表三")["values"][8][3] = "@"  # type: ignore[index, call-overload]
    sent = json.dumps({"name": "a.xlsx", "sheets": sheets, "names": []}).replace('"@"', number)
    try:
        held = json.loads(sent)
    except ValueError:  # Python itself refuses more than 4,300 digits
        held = {}
    json.dumps(answer(held), allow_nan=False)


@pytest.mark.parametrize("text", ['"\\ud800"', '"=\\udc00"'])
def test_half_a_character_in_an_open_book_is_answered_in_json(text: str) -> None:
    rows = [["一、本年新收", text] for _ in range(3)]
    names = [{"name": f.name, "refers_to": "=表三!$B$1"} for f in FORM.fields.values()]
    sheet = {"name": "表三", "values": rows, "formulas": rows}
    sent = {"name": text, "sheets": [sheet], "names": names}
    reply = answer(json.loads(json.dumps(sent).replace(json.dumps(text), text)))
    assert "error" not in reply
    json.dumps(reply, ensure_ascii=False).encode()


@pytest.mark.parametrize("year", ["202", "20255", "0", "-2025"])
def test_a_year_that_no_cover_is_read_as_is_refused(tmp_path: Path, year: str) -> None:
    (tmp_path / "r.csv").write_text("单位名称\n甲局", "utf-8")
    for words in (["template"], ["distribute", tmp_path / "r.csv"]):
        code, output = run(*words, "--year", year, "-o", tmp_path / "a.xlsx")
        assert (code, "不在范围" in output) == (2, True)
    assert [p.name for p in tmp_path.iterdir()] == ["r.csv"]


@pytest.mark.skipif(os.name == "nt", reason="no such permissions there")
def test_a_copy_is_as_private_as_what_it_is_a_copy_of(tmp_path: Path) -> None:
    path = one_wrong_cell(tmp_path / "a.xlsx")
    path.chmod(0o600)
    assert run("flag", path, "--copy-to", tmp_path / "out")[0] == 1
    assert (tmp_path / "out" / "a.xlsx").stat().st_mode & 0o777 == 0o600
    assert run("fix", path, "--yes-certain")[0] in (0, 1)
    assert [p.stat().st_mode & 0o777 for p in tmp_path.glob(".*undo")] == [0o600]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the shell there closes nothing")
def test_a_closed_output_changes_nothing_but_what_is_said(tmp_path: Path) -> None:
    path = one_wrong_cell(tmp_path / "a.xlsx")
    for closed in (">&-", "2>&-", ">&- 2>&-"):
        line = f'"{Path(sys.executable).with_name("gouji")}" check "{path}" {closed}'
        ended = subprocess.run(["sh", "-c", line], capture_output=True, check=False)
        assert (ended.returncode, b"Traceback" in ended.stderr) == (1, False)


@pytest.mark.skipif(os.name == "nt", reason="a shell's way of closing")
@pytest.mark.parametrize(
    ("words", "closed"), [("data nosuch.xlsx -o x.csv", ">&-"), ("check -", "<&-")]
)
def test_a_stream_that_was_closed_before_is_no_fault_of_ours(
    words: str, closed: str, tmp_path: Path
) -> None:
    shell = ["sh", "-c", f'"$@" {words} {closed}', "sh", *program("command_line")]
    done = subprocess.run(shell, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr
    assert "没有核对完" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a folder in use stays there")
def test_a_folder_that_is_gone_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert run("check", one_wrong_cell(tmp_path / "a.xlsx")) == (
        2,
        "当前的文件夹已经没有了。请换到别的文件夹再运行。\n",
    )


def test_a_sign_that_xml_forbids_in_a_roster_spoils_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("单位名称\n甲\uffff局\n", "utf-8")
    assert run("distribute", tmp_path / "r.csv", "--year", 2025, "-o", tmp_path / "out")[0] == 0
    (made,) = (tmp_path / "out").glob("*.xlsx")
    assert opened(made)["封面"]["B5"].value == "甲局"


def test_a_name_that_is_too_long_stops_neither_the_others_nor_the_sentence(tmp_path: Path) -> None:
    book = one_wrong_cell(tmp_path / "a.xlsx")
    long = "长" * 200 + ".xlsx"
    done = gouji("check", long, book)
    assert (done.exit_code, "文件名太长" in done.output) == (2, True)
    assert "共2个文件：错误2" in done.output
    assert f"没有 {long} 这个命令" in gouji(long).output
