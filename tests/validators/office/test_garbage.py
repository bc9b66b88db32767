"""Garbage is looked for seldom in a process of ours, and as before in anybody else's."""

from __future__ import annotations

import gc
import subprocess
from pathlib import Path

import pytest
from gouji.templates.edition import load

from ...builders import book_at
from ...conftest import DATA, in_a_process, program


def test_a_process_of_ours_looks_seldom_and_never_at_what_was_loaded() -> None:
    in_a_process("garbage_of_ours")


@pytest.mark.slow
def test_a_script_without_a_guard_reads_in_processes_of_ours(tmp_path: Path) -> None:
    path = book_at(load("2021"), tmp_path / "a.xlsx", year=2024, unit="某县")
    answer = subprocess.run(
        program("without_guard", DATA / "small.xls", path),
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert answer.stdout.split() == ["某县", "200"]
    assert answer.stderr == ""


@pytest.mark.slow
def test_a_process_that_only_uses_us_is_left_as_it_is() -> None:
    in_a_process("garbage_of_others")


def test_a_command_leaves_the_thresholds_as_they_were() -> None:
    from click.testing import CliRunner
    from gouji.validators.cli.main import main

    before = gc.get_threshold()
    assert CliRunner().invoke(main, ["rules"]).exit_code == 0
    assert gc.get_threshold() == before
