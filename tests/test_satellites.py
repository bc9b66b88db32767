"""The core does without its satellites: published readers, publishing, letters, city, add-in."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from gouji.templates.edition import Edition
from gouji.templates.workbook import Contents, build

from .builders import consistent
from .conftest import ROOT
from .test_house import imports, modules

CORE = ("templates", "validators/ooxml", "validators/reading", "validators/judging")
CORE += ("validators/mark",)
SATELLITES = ("validators/reading/published", "validators/publishing", "validators/city", "addin")
SATELLITES += ("validators/office/letters.py", "validators/office/publish.py")


def named(path: Path) -> str:
    """The module of a file, as ``validators.reading.published.word_document``."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def is_in(path: Path, rooms: tuple[str, ...]) -> bool:
    return path.relative_to(ROOT).as_posix().startswith(rooms)


def test_nothing_of_the_core_imports_a_satellite_not_even_inside_a_function() -> None:
    satellites = tuple(room.removesuffix(".py").replace("/", ".") for room in SATELLITES)
    wrong = [
        (named(path), name)
        for path in modules()
        if is_in(path, CORE) and not is_in(path, SATELLITES)
        for name in imports(path)
        if name.startswith(satellites)
    ]
    assert wrong == []


def test_no_module_imports_in_a_circle_not_even_inside_a_function() -> None:
    known = {named(path) for path in modules()}
    graph = TopologicalSorter[str]()
    for path in modules():
        for name in imports(path, types=False):
            target = name if name in known else name.rpartition(".")[0]
            if target in known - {named(path)}:
                graph.add(named(path), target)
    graph.prepare()  # CycleError names a circle


@pytest.mark.slow
def test_the_five_commands_of_the_core_work_without_the_satellites(
    tmp_path: Path, form: Edition
) -> None:
    for room in ("addin", "templates", "validators"):
        shutil.copytree(ROOT / room, tmp_path / "gouji" / room)
    for satellite in SATELLITES:
        gone = tmp_path / "gouji" / satellite
        shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    values = consistent(form, random.Random(1))
    values["t3.granted.natural"] += 1
    made = Contents(2023, "某县", values=values, typed_totals=True)
    book, blank = str(tmp_path / "a.xlsx"), str(tmp_path / "b.xlsx")
    (tmp_path / "a.xlsx").write_bytes(build(form, made))
    marked = ["check", book, "--", "flag", book, "--", "clear", book, "--"]
    commands = ["template", "-o", blank, "--", *marked, "fix", "--yes-certain", book]
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "core_alone.py"), str(tmp_path), *commands],
        capture_output=True,
        text=True,
        check=False,
    )
    ended = re.findall(r"(?m)^= (.*)", done.stdout)
    assert ended == ["template 0", "check 1", "flag 1", "clear 0", "fix 0"], done.stderr
    assert done.stderr.count("Traceback") == 0
