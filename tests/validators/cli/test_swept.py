"""What a killed run left beside a file is gone after the next run of any command there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from gouji.templates.disk import PREFIX, try_lock
from gouji.templates.edition import load

from ...builders import book_at, one_wrong_cell
from ...command import run

COMMANDS = (
    "check {in}",
    "check {in}/a.xlsx",
    "flag {in}/a.xlsx --copy-to {in}",
    "flag {in}/a.xlsx",
    "clear {in}/a.xlsx",
    "fix {in}/a.xlsx --yes-certain",
    "template -o {in}/t.xlsx",
    "distribute {out}/r.csv --year 2025 -o {in}",
    "collect {in} --roster {out}/r.csv -o {out}/s.xlsx",
    "data {in} -o {in}/d.csv",
    "publish {in}/a.xlsx --with-errors -o {in}/p.html",
)


def left_over(folder: Path, of: Path) -> Path:
    """The second name that a file has between its link and the end of the first."""
    partial = folder / f"{PREFIX}0123456789abcdef.tmp"
    os.link(of, partial)
    return partial


@pytest.mark.skipif(os.name == "nt", reason="no links there")
@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.sampled
def test_the_next_run_of_any_command_sweeps(words: str, tmp_path: Path) -> None:
    inside, out = tmp_path / "in", tmp_path / "out"
    out.mkdir()
    one_wrong_cell(inside / "a.xlsx")
    (out / "r.csv").write_text("单位名称\n某县\n", "utf-8")
    given = words.format(**{"in": inside, "out": out}).split()
    if "-o" in given:
        run(*given)  # so that the second run has nothing to write
    target = Path(given[-1]) if given[-1].endswith(".xlsx") else inside / "a.xlsx"
    target = target if target.parent == inside else inside / "a.xlsx"
    partial = left_over(inside, target)
    run(*given)
    assert not partial.exists()
    assert target.stat().st_nlink == 1


@pytest.mark.skipif(os.name == "nt", reason="no locks there")
def test_what_another_run_is_writing_stays(tmp_path: Path) -> None:
    book_at(load("2021"), tmp_path / "a.xlsx", year=2025)
    partial = tmp_path / f"{PREFIX}fedcba9876543210.tmp"
    handle = os.open(partial, os.O_CREAT | os.O_RDWR)
    try:
        assert try_lock(handle)
        run("check", tmp_path)
        assert partial.exists()
    finally:
        os.close(handle)
    run("check", tmp_path)
    assert not partial.exists()
