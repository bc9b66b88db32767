"""Of every system call of the commands that write a few fail; `bench/kills.py` lets all of them."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench import faults

KILLS = Path(__file__).resolve().parents[1] / "bench" / "kills.py"
COMMANDS = ("fix", "undo", "import", "distribute", "collect")


@pytest.mark.slow(first=True)
@pytest.mark.skipif(not faults.AVAILABLE, reason="system calls are told on Linux and x86-64 alone")
def test_a_fault_at_any_call_leaves_the_old_or_the_new_file_and_can_be_run_again() -> None:
    words = [sys.executable, KILLS, "--sample", "3", *COMMANDS]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("; 0 wrong") == len(COMMANDS)
