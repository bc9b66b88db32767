"""The add-in enters the other rooms by their faces; xlwings stays in the add-in."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..conftest import ROOT, in_a_process

FACES = {"mark", "reading", "office", "output", "city", "cli"}
DOORS = {f"validators.{name}" for name in (*FACES, "finding", "report")} | {"validators"}
# The command line is a room's whole.
ALSO = {
    "validators.cli.main": "tests/addin/test_install.py",
}


def imported(path: Path) -> Iterator[str]:
    """Every module of ours that the file imports, as ``validators.mark``."""
    inside = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (a.name.removeprefix("gouji.") for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = inside[: len(inside) - node.level + 1] if node.level else ()
            base = ".".join([*above, *filter(None, [node.module])]).removeprefix("gouji.")
            yield from (
                [f"{base}.{a.name}" for a in node.names] if base == "validators" else [base]
            )


def test_the_addin_and_its_tests_import_other_rooms_by_their_faces_alone() -> None:
    deep = {}
    for path in [*(ROOT / "addin").rglob("*.py"), *(ROOT / "tests" / "addin").rglob("*.py")]:
        name = path.relative_to(ROOT).as_posix()
        used = {m for m in imported(path) if m.startswith("validators")} - DOORS
        if used := {m for m in used if ALSO.get(m) != name}:
            deep[name] = used
    assert deep == {}


@pytest.mark.slow
def test_xlwings_is_imported_in_the_addin_alone() -> None:
    for room in ("validators", "templates"):
        for path in (ROOT / room).rglob("*.py"):
            assert not [m for m in imported(path) if m.partition(".")[0] == "xlwings"], path


@pytest.mark.parametrize("room", sorted(FACES))
def test_every_name_of_a_face_is_there_and_no_other(room: str) -> None:
    face = importlib.import_module(f"gouji.validators.{room}")
    assert len(face.__all__) == len(set(face.__all__))
    assert all(getattr(face, name) is not None for name in face.__all__)
    assert not callable(getattr(face, "no_such_name", None))
    with pytest.raises(AttributeError, match="no_such_name"):
        face.no_such_name  # noqa: B018


@pytest.mark.parametrize("first", ["check_files", "check"])
def test_a_name_of_a_face_is_the_same_whoever_was_imported_first(first: str) -> None:
    in_a_process("imported_first", first)


@pytest.mark.parametrize("room", ["mark", "reading", "output", "office"])
def test_entering_a_room_loads_no_pandas_nor_numpy(room: str) -> None:
    in_a_process("light_face", room)
