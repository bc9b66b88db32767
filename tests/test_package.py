"""The package as Python people expect it: a version, a command, types, files and streams."""

from __future__ import annotations

import io
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import gouji.validators as v
import pytest
from gouji.templates.edition import load
from gouji.templates.workbook import write

import gouji


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(load("2021"), tmp_path / "a.xlsx", year=2024, unit="甲局")


def test_the_package_has_its_version_its_types_and_a_command(tmp_path: Path) -> None:
    assert gouji.__version__ == version("gouji")
    assert any((Path(folder) / "py.typed").exists() for folder in gouji.__path__)
    with pytest.raises(AttributeError, match="nothing"):
        _ = gouji.nothing
    command = [sys.executable, "-m", "gouji", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout == f"gouji, version {version('gouji')}\n"


def test_every_name_of_the_face_is_there() -> None:
    assert {"Card", "InputError", "Place", "Repair", "Result", "Verdict"} <= set(v.__all__)
    assert all(getattr(v, name).__name__ == name for name in v.__all__)


def test_a_path_or_a_text_or_an_open_file_is_read(path: Path) -> None:
    assert v.read(io.BytesIO(path.read_bytes())).unit == "甲局"
    with path.open("rb") as file:
        assert v.read(file).path == str(path)
    with pytest.raises(v.InputError, match="workbook"):
        v.read(io.BytesIO(b"no workbook"))
    each = [v.check(str(path)), v.check(path), v.check([str(path)]), v.check(iter([path]))]
    assert [[r.path for r in results] for results in each] == [[str(path)]] * 4


@pytest.mark.parametrize(("number", "shown"), [("nan", "NaN"), ("inf", "inf"), ("-inf", "-inf")])
def test_what_is_no_number_of_a_form_is_told_as_it_is(number: str, shown: str) -> None:
    verdict = v.judge_values({"t3.new.natural": float(number), "t3.new.total": 3.0})
    (finding,) = [f for f in verdict.findings if f.field == "t3.new.natural"]
    assert (finding.rule, finding.found) == ("CELL-TEXT", shown)
