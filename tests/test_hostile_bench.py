"""``bench/hostile.py`` runs, and tells a fault from none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .builders import one_wrong_cell
from .conftest import ROOT


@pytest.mark.slow
def test_every_file_of_a_folder_goes_through_the_commands(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    one_wrong_cell(tmp_path / "in" / "a1.xlsx")
    (tmp_path / "in" / "b1.xlsx").write_bytes(b"PK\x03\x04")
    table = tmp_path / "table.md"
    line = [ROOT / "bench" / "hostile.py", tmp_path / "in", "--out", table, "--only", "check,flag"]
    done = subprocess.run(
        [sys.executable, *map(str, line)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = table.read_text("utf-8").splitlines()[-2:]
    assert [row.split("|")[1].strip() for row in rows] == ["`a*.xlsx`", "`b*.xlsx`"]
    assert [row.split("|")[3].strip() for row in rows] == ["0/2/0", "0/0/2"]
