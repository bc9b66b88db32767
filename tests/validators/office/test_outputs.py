"""No command overwrites what it did not make; results of its own it replaces."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from gouji.templates.edition import load
from gouji.validators.city.book import is_rollup
from gouji.validators.mark import is_as_marked
from gouji.validators.office.outputs import Copies, is_result

from ...builders import book_at, consistent, editing, one_wrong_cell, opened
from ...command import run

FORM = load("2021")
PUBLISHED = Path(__file__).parents[2] / "data" / "published"
CLERKS = b"the clerk's own"


def good(path: Path) -> Path:
    values = consistent(FORM, random.Random(1))
    values |= {"t2.regulations.issued": 0.0, "t2.regulations.in_force": 0.0}
    return book_at(FORM, path, year=2025, unit="甲局", values=values)


def kept(path: Path, *words: object) -> None:
    """The command refuses in one sentence, the file is as it was; with --force it is not."""
    before = path.read_bytes()
    code, output = run(*words)
    assert code == 2
    assert output.count("\n") == 1
    assert f"{path} 已经有了，没有覆盖" in output
    assert "--force" in output
    assert path.read_bytes() == before
    assert not list(path.parent.glob(".~gouji-*"))
    assert run(*words, "--force")[0] in (0, 1)
    assert path.read_bytes() != before


def test_template_keeps_a_workbook_that_was_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "年报.xlsx"
    assert run("template", "--year", 2025, "-o", path)[0] == 0
    assert run("template", "--year", 2025, "-o", path)[0] == 0  # the very same again
    with editing(path) as book:
        book["表三"]["D9"] = 7
    kept(path, "template", "--year", 2025, "-o", path)


@pytest.mark.skipif(os.name == "nt", reason="no such pipes there")
def test_a_result_goes_into_a_pipe_that_is_read_and_waits_for_no_reader(tmp_path: Path) -> None:
    pipe = tmp_path / "p.json"
    os.mkfifo(pipe)
    book = good(tmp_path / "a.xlsx")
    code, said = run("check", book, "-o", pipe)
    assert (code, said.count("\n")) == (2, 1)
    assert f"写不了文件 {pipe}" in said
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert run("check", book, "-o", pipe)[0] == 0
        assert b'"schema": 1' in os.read(reader, 1 << 16)
    finally:
        os.close(reader)


@pytest.mark.skipif(os.name == "nt", reason="no such links there")
def test_a_result_in_the_place_of_a_link_in_a_circle_is_one_sentence(tmp_path: Path) -> None:
    out, inbox = tmp_path / "s.xlsx", tmp_path / "in"
    out.symlink_to(out.name)
    inbox.mkdir()
    good(inbox / "甲局.xlsx")
    (tmp_path / "r.csv").write_text("单位名称\n甲局\n", "utf-8")
    code, said = run("collect", inbox, "--roster", tmp_path / "r.csv", "-o", out)
    assert (code, "已经有了" in said) == (2, True), said


def test_import_keeps_any_file(tmp_path: Path) -> None:
    source = next(p for p in sorted(PUBLISHED.rglob("*")) if p.suffix in (".txt", ".md"))
    path = tmp_path / "a.xlsx"
    path.write_bytes(CLERKS)
    kept(path, "import", source, "-o", path)


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_check_replaces_a_result_of_its_own_and_nothing_else(
    form: str, lang: str, tmp_path: Path
) -> None:
    report, out = one_wrong_cell(tmp_path / "a.xlsx"), tmp_path / "结果"
    words = ("check", report, "--format", form, "--lang", lang, "-o", out)
    assert run(*words)[0] == 1
    first = out.read_bytes()
    assert is_result(out)
    assert run(*words)[0] == 1
    assert out.read_bytes() == first
    out.write_bytes(b"")
    assert run(*words)[0] == 1
    out.write_bytes("共3个文件，请查收".encode())
    kept(out, "check", report, "--format", form, "-o", out)
    before = report.read_bytes()
    assert run("check", report, "-o", report)[0] == 2
    assert report.read_bytes() == before


def test_a_result_may_go_to_what_is_no_file(tmp_path: Path) -> None:
    assert run("check", good(tmp_path / "a.xlsx"), "-o", os.devnull)[0] == 0


def test_collect_replaces_its_own_rollup_and_no_other_workbook(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("单位名称\n甲局\n", "utf-8")
    folder = tmp_path / "in"
    report = good(folder / "甲局.xlsx")
    out = tmp_path / "汇总.xlsx"
    words = ("collect", folder, "--roster", tmp_path / "r.csv", "-o", out)
    assert run(*words)[0] == 0
    assert is_rollup(out)
    assert run(*words)[0] == 0
    out.write_bytes(report.read_bytes())
    kept(out, *words)
    assert not is_rollup(report)


def test_collect_keeps_a_foreign_file_in_the_place_of_its_memory(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("单位名称\n甲局\n", "utf-8")
    good(tmp_path / "in" / "甲局.xlsx")
    words = ("collect", tmp_path / "in", "--roster", tmp_path / "r.csv", "-o", tmp_path / "s.xlsx")
    memory = tmp_path / ".s.gouji-memory.jsonl"
    memory.write_bytes(CLERKS)
    assert run(*words)[0] == 2
    assert memory.read_bytes() == CLERKS
    assert run(*words, "--force")[0] == 0
    assert memory.read_bytes().startswith(b'{"gouji"')
    memory.unlink()
    (tmp_path / "foreign").write_bytes(CLERKS)
    memory.symlink_to(tmp_path / "foreign")
    assert run(*words)[0] == 2
    assert (tmp_path / "foreign").read_bytes() == CLERKS


def test_flag_on_copies_replaces_an_untouched_copy_and_keeps_every_other_file(
    tmp_path: Path,
) -> None:
    report, folder = one_wrong_cell(tmp_path / "a.xlsx"), tmp_path / "copies"
    copy = folder / "a.xlsx"
    assert run("flag", report, "--copy-to", folder)[0] == 1
    assert is_as_marked(copy.read_bytes())
    assert run("flag", report, "--copy-to", folder)[0] == 1
    with editing(copy) as book:  # the clerk corrects the marked copy
        book["表三"]["D9"] = 7
    before = copy.read_bytes()
    code, output = run("flag", report, "--copy-to", folder)
    assert code == 2
    assert f"{copy} 已经有了，没有覆盖" in output
    assert copy.read_bytes() == before
    assert run("flag", report, "--copy-to", folder, "--force")[0] == 1
    assert is_as_marked(copy.read_bytes())


def test_two_files_of_one_name_both_get_a_copy(tmp_path: Path) -> None:
    good(tmp_path / "in" / "年报.xlsx")
    one_wrong_cell(tmp_path / "in" / "乙局" / "年报.xlsx")
    folder = tmp_path / "copies"
    code, _ = run("flag", tmp_path / "in", "--copy-to", folder)
    assert code == 1
    assert sorted(p.name for p in folder.iterdir()) == ["年报.xlsx", "年报（2）.xlsx"]
    marked = [p for p in sorted(folder.iterdir()) if is_as_marked(p.read_bytes())]
    assert len(marked) == 1


def test_a_copy_never_goes_onto_the_file_itself(tmp_path: Path) -> None:
    report = one_wrong_cell(tmp_path / "a.xlsx")
    before = report.read_bytes()
    code, output = run("flag", report, "--copy-to", tmp_path)
    assert code == 2
    assert "就是原文件" in output
    assert report.read_bytes() == before


def test_a_foreign_file_in_the_folder_of_copies_is_kept(tmp_path: Path) -> None:
    report, folder = good(tmp_path / "a.xlsx"), tmp_path / "copies"
    folder.mkdir()
    (folder / "a.xlsx").write_bytes(CLERKS)
    assert run("flag", report, "--copy-to", folder)[0] == 2
    assert (folder / "a.xlsx").read_bytes() == CLERKS


def test_names_that_differ_in_case_alone_get_two_copies(tmp_path: Path) -> None:
    copies = Copies(tmp_path / "out")
    one, new = copies.place(tmp_path / "x" / "A.xlsx")
    other, _ = copies.place(tmp_path / "y" / "a.xlsx")
    assert (one.name, other.name, new) == ("A.xlsx", "a（2）.xlsx", True)
    assert copies.place(tmp_path / "x" / "A.xlsx")[0] == one


def test_fill_on_copies_keeps_what_is_there(tmp_path: Path) -> None:
    path = book_at(FORM, tmp_path / "a.xlsx", year=2025, unit="甲局", ledgers=True)
    book = opened(path)
    sheet = book["文件台账"]
    heads = [c.value for c in sheet[1]]
    assert heads
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "a.xlsx").write_bytes(CLERKS)
    code, output = run("fill", path, "--copy-to", folder)
    assert code == 2
    assert "已经有了，没有覆盖" in output
    assert (folder / "a.xlsx").read_bytes() == CLERKS


def test_distribute_keeps_a_file_and_a_link(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("单位名称\n甲局\n乙局\n", "utf-8")
    out = tmp_path / "out"
    out.mkdir()
    (out / "甲局.xlsx").write_bytes(CLERKS)
    (out / "乙局.xlsx").symlink_to(tmp_path / "nowhere")
    code, output = run("distribute", tmp_path / "r.csv", "--year", 2025, "-o", out)
    assert code == 0
    assert "已有2个没有覆盖" in output
    assert (out / "甲局.xlsx").read_bytes() == CLERKS
    assert not (tmp_path / "nowhere").exists()
