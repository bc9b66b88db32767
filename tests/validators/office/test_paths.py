"""What a folder holds: the workbooks, and every other file by name with the reason."""

from __future__ import annotations

import json
import os
import re
import tempfile
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from gouji.templates.edition import load
from gouji.templates.errors import InputError
from gouji.templates.roster import Roster, Unit
from gouji.validators.city.collection import arrange
from gouji.validators.city.memory import Entry
from gouji.validators.formats import documents, workbooks
from gouji.validators.office.paths import gather, walk

from ...builders import book_at
from ...command import gouji, run
from ...conftest import DATA

OTHERS = {
    "年报.docx": "是文档",
    "年报.pdf": "单独写出这个文件名",
    "打包.zip": "是压缩包",
    "表.csv": "另存为 .xlsx",
    "照片.JPG": "是图片",
    "~$年报.xlsx": "锁定文件",
    ".DS_Store": "隐藏文件",
    "年报.wps": "是文档",
    "年报.tmp": "不是工作簿",
    "无扩展名": "不是工作簿",
}


def filled(folder: Path) -> Path:
    for name in OTHERS:
        (folder / name).write_bytes(b"x")
    return book_at(load("2021"), folder / "a.xlsx", year=2025, unit="甲局")


def test_a_folder_takes_workbooks_of_every_suffix(tmp_path: Path) -> None:
    for suffix in (*workbooks(), ".XLSX"):
        (tmp_path / f"a{suffix}").write_bytes(b"x")
    found = gather([str(tmp_path)])
    assert {p.suffix for p in found.files} == {*workbooks(), ".XLSX"}
    assert found.skipped == ()


def test_the_drop_page_takes_every_format_that_is_read() -> None:
    page = (files("gouji.addin") / "web" / "index.html").read_text("utf-8")
    books, every = [*workbooks()], [*workbooks(), *documents()]
    assert [x.split(",") for x in re.findall(r'accept="(.*?)"', page)] == [every, books, every]


def test_every_other_file_is_told_with_its_reason(tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / ".~gouji-1.lock").write_bytes(b"")
    (tmp_path / ".汇总.gouji-memory.jsonl").write_bytes(b"")
    (tmp_path / "断链.xlsx").symlink_to(tmp_path / "没有")
    found = gather([str(tmp_path)])
    answer = {Path(s.path).name: s.reason for s in found.skipped}
    assert set(answer) == {*OTHERS, "断链.xlsx"}
    for name, words in OTHERS.items():
        assert words in answer[name]
    assert "失效的链接" in answer["断链.xlsx"]


def test_a_linked_folder_is_told_and_not_entered(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    filled(outside)
    (inside / "link").symlink_to(outside)
    found = walk(inside)
    assert found.files == ()
    assert [s.reason for s in found.skipped] == ["是指向别处的链接，没有进去"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_to_a_file_is_told_and_never_read(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    filled(outside)
    filled(inside)
    (inside / "乙局.xlsx").symlink_to(outside / "a.xlsx")
    (inside / "圈.xlsx").symlink_to(inside / "圈.xlsx")
    (inside / "甲.xlsx").symlink_to(inside / "乙.xlsx")
    (inside / "乙.xlsx").symlink_to(inside / "甲.xlsx")
    for found in (gather([str(inside)]), gather([str(inside / "*.xlsx")])):
        assert [p.name for p in found.files] == ["a.xlsx"]
        answer = {Path(s.path).name: s.reason for s in found.skipped}
        assert answer["乙局.xlsx"] == "是指向别处的链接，没有读"
        assert "失效的链接" in answer["圈.xlsx"]
    (tmp_path / "r.csv").write_text("单位名称\n乙局\n圈\n", "utf-8")
    _, output = run("collect", inside, "--roster", tmp_path / "r.csv", "-o", tmp_path / "s.xlsx")
    assert "乙局.xlsx是指向别处的链接，没有读" in output
    assert (tmp_path / "s.xlsx").exists()


@pytest.mark.skipif(os.name == "nt", reason="no such paths there")
def test_a_path_that_is_too_long_is_told_and_the_others_are_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    filled(inside)
    monkeypatch.chdir(inside)
    for _ in range(24):
        Path("长" * 80).mkdir()
        os.chdir("长" * 80)
    Path("远.xlsx").write_bytes(b"PK")
    os.chdir(tmp_path)
    (tmp_path / "r.csv").write_text("单位名称\n某县\n", "utf-8")
    for words in (("check", inside), ("collect", inside, "--roster", "r.csv", "-o", "s.xlsx")):
        code, output = run(*words)
        assert code != 2, output
        assert "没有读" in output or "打不开这个文件夹" in output


@pytest.mark.parametrize("seconds", [10**12, -(10**11), 2**62 // 10**9])
def test_a_file_saved_in_no_year_of_a_calendar_is_judged(seconds: int) -> None:
    entry = Entry("a.xlsx", 1, seconds * 10**9, unit="甲局", year=2025, edition="2021")
    (state,) = arrange(
        Path(), Roster((Unit("甲局", line=2),)), [entry], due=date(2026, 1, 1)
    ).states
    assert (state.kind, state.late, state.recorded) == ("clean", False, False) or state.late


@pytest.mark.skipif(os.name == "nt", reason="no such modes there")
def test_a_folder_that_cannot_be_opened_is_told() -> None:
    with tempfile.TemporaryDirectory() as made:
        folder, user = Path(made), os.geteuid()
        folder.chmod(0o755)
        (folder / "locked").mkdir(0o000)
        if user == 0:  # root may open every folder
            os.seteuid(65534)
        try:
            assert "打不开这个文件夹" in walk(folder).skipped[0].reason
        finally:
            os.seteuid(user)
            (folder / "locked").chmod(0o700)


def test_a_folder_without_workbooks_says_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "年报.docx").write_bytes(b"x")
    with pytest.raises(InputError, match=r"没有工作簿.*只有1个别的文件（年报.docx）"):
        gather([str(tmp_path)])


def test_check_names_what_it_did_not_read_and_ends_as_without_it(tmp_path: Path) -> None:
    filled(tmp_path)
    alone = gouji("check", tmp_path / "a.xlsx").exit_code
    made = gouji("check", tmp_path, "--format", "json")
    held = json.loads(made.stdout)
    assert {Path(s["path"]).name for s in held["skipped"]} == set(OTHERS)
    assert all(s["reason"] for s in held["skipped"])
    assert held["summary"]["files"] == 1
    made = gouji("check", tmp_path)
    assert made.exit_code == alone
    assert all(name in made.stdout for name in OTHERS)
    assert f"另有{len(OTHERS)}个文件没有读" in made.stdout.splitlines()[-1]
    alone_json = gouji("check", tmp_path / "a.xlsx", "--format", "json")
    assert json.loads(alone_json.stdout)["skipped"] == []


def test_a_published_file_is_read_when_it_is_named_itself(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "data" / "published"
    text = next(p for p in sorted(source.rglob("*")) if p.suffix in (".txt", ".md"))
    path = tmp_path / text.name
    path.write_bytes(text.read_bytes())
    (held,) = json.loads(gouji("check", path, "--format", "json").stdout)["files"]
    assert held["status"] != "unreadable"


def test_a_folder_of_published_reports_alone_is_checked_and_it_is_said(tmp_path: Path) -> None:
    page = (DATA / "published" / "lianshan-2021.txt").read_bytes()
    (tmp_path / "年报.txt").write_bytes(page)
    (tmp_path / "图.jpg").write_bytes(b"x")
    code, output = run("check", tmp_path, "--format", "json", "-o", tmp_path / "r.json")
    assert code != 2
    assert "已公布的年报1份" in output
    (entry,) = json.loads((tmp_path / "r.json").read_text("utf-8"))["files"]
    assert entry["path"].endswith("年报.txt")
    assert run("check", tmp_path, "-o", tmp_path / "结果.html")[0] == code
    found = gather([str(tmp_path)], None)  # a result of ours is no report
    assert [p.name for p in found.files] == ["年报.txt"]
    filled(tmp_path)
    assert [p.name for p in gather([str(tmp_path)], None).files] == ["a.xlsx"]
    answer = gather([str(tmp_path)], True, tmp_path / "a.xlsx")
    assert "年报.txt" in {p.name for p in answer.files}
    assert "a.xlsx" not in {p.name for p in answer.files}


def test_a_folder_of_nothing_is_one_sentence(tmp_path: Path) -> None:
    for command in (["check", tmp_path], ["check", tmp_path, "--published"]):
        code, output = run(*command)
        assert code == 2
        assert "也没有已公布的年报" in output
