"""Garbage is looked for seldom in a process of ours, and as before in anybody else's."""

from __future__ import annotations

import gc

import pytest

from ...conftest import in_a_process


def test_a_process_of_ours_looks_seldom_and_never_at_what_was_loaded() -> None:
    in_a_process("garbage_of_ours")


@pytest.mark.slow
def test_a_process_that_only_uses_us_is_left_as_it_is() -> None:
    in_a_process("garbage_of_others")


def test_a_command_leaves_the_thresholds_as_they_were() -> None:
    from click.testing import CliRunner
    from gouji.validators.cli.main import main

    before = gc.get_threshold()
    assert CliRunner().invoke(main, ["rules"]).exit_code == 0
    assert gc.get_threshold() == before
