"""The house: rooms, one-way imports, the sizes of modules and functions, what the wheel holds."""

from __future__ import annotations

import ast
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from .conftest import ROOT

PRODUCT = ("addin", "templates", "validators")
# From the first room up: a room may import those before it.
ORDER = [
    *("ooxml", "reading", "judging", "mark", "output", "publishing", "office", "compare"),
    *("city", "cli"),
]
SHARED = {"report", "finding", "formats", "lazy"}


def modules() -> list[Path]:
    found = [p for room in PRODUCT for p in sorted((ROOT / room).rglob("*.py"))]
    assert len(found) > 80
    return [p for p in found if "__pycache__" not in p.parts]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def texts(path: Path) -> list[tuple[str, bool]]:
    """Every text of a module, and whether it is a docstring."""
    tree = tree_of(path)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        (node.value, id(node) in docs)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def imports(path: Path, *, types: bool = True) -> Iterator[str]:
    """Every module of ours that a file imports, as ``validators.mark.plan``.

    ``types``: also what is imported for annotations alone.
    """
    here = path.relative_to(ROOT).parts[:-1]
    unused = {
        id(node)
        for block in ast.walk(tree_of(path))
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in block.body
    }
    for node in ast.walk(tree_of(path)):
        if not types and id(node) in unused:
            continue
        if isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level + 1] if node.level else ()
            base = ".".join([*above, *filter(None, [node.module])]).removeprefix("gouji.")
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name.removeprefix("gouji.") for alias in node.names)


@pytest.mark.slow
def test_imports_between_the_top_rooms_run_one_way() -> None:
    allowed = {
        "templates": {"templates"},
        "validators": {"templates", "validators"},
        "addin": set(PRODUCT),
    }
    wrong = [
        (path.relative_to(ROOT).as_posix(), name)
        for path in modules()
        for name in imports(path)
        if (top := name.partition(".")[0]) in PRODUCT
        and top not in allowed[path.relative_to(ROOT).parts[0]]
    ]
    assert wrong == []


@pytest.mark.slow
def test_rooms_of_the_validators_import_only_rooms_before_them() -> None:
    rooms = {p.name for p in (ROOT / "validators").iterdir() if (p / "__init__.py").exists()}
    assert rooms == set(ORDER)
    wrong = []
    for path in modules():
        parts = path.relative_to(ROOT).parts
        if parts[0] != "validators" or parts == ("validators", "__init__.py"):
            continue
        own = parts[1] if parts[1] in rooms else ""
        for name in imports(path):
            _, _, rest = name.partition("validators.")
            target = rest.partition(".")[0]
            if not name.startswith("validators.") or target not in rooms or target == own:
                continue
            if not own or ORDER.index(target) > ORDER.index(own):
                wrong.append(("/".join(parts), name))
    assert wrong == []


def test_judging_knows_no_file_and_templates_no_pandas() -> None:
    for path in (ROOT / "validators" / "judging").rglob("*.py"):
        names = [*imports(path)]
        assert not [n for n in names if n.startswith(("validators.ooxml", "validators.reading"))]
    for path in (ROOT / "templates").rglob("*.py"):
        assert not {"pandas", "numpy", "pandera"} & {n.partition(".")[0] for n in imports(path)}


def test_the_validators_root_is_a_face_and_the_types_that_all_speak() -> None:
    root = {p.stem for p in (ROOT / "validators").glob("*.py")}
    assert root == SHARED | {"__init__"}


def test_no_module_has_a_name_that_says_nothing_or_another_modules() -> None:
    stems = [p.stem for p in modules()]
    assert not {"work", "beyond", "lines", "scan", "utils", "helpers"} & set(stems)
    assert stems.count("ledger") == 1
    assert stems.count("structure") == 1


def test_no_two_classes_have_one_name() -> None:
    names = Counter(
        node.name
        for path in modules()
        for node in tree_of(path).body
        if isinstance(node, ast.ClassDef)
    )
    assert {name for name, count in names.items() if count > 1} == set()


def test_no_module_is_longer_than_350_lines() -> None:
    scripts = [p for kind in ("js", "bas", "css") for p in (ROOT / "addin").rglob(f"*.{kind}")]
    assert scripts
    sizes = {p: len(p.read_text("utf-8").splitlines()) for p in (*modules(), *scripts)}
    assert {p.relative_to(ROOT).as_posix(): n for p, n in sizes.items() if n > 350} == {}


def branches(function: ast.AST) -> int:
    kinds = (ast.If, ast.For, ast.While, ast.ExceptHandler, ast.IfExp, ast.match_case)
    return sum(isinstance(node, kinds) for node in ast.walk(function))


@pytest.mark.slow
def test_no_function_is_longer_than_60_lines_or_has_more_than_15_branches() -> None:
    """Unless its docstring gives the reason, after the word Long."""
    found = []
    for path in modules():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.body[0].lineno + 1
                reason = "Long:" in (ast.get_docstring(node) or "")
                if (length > 60 or branches(node) > 15) and not reason:
                    found.append((path.relative_to(ROOT).as_posix(), node.name, length))
    assert found == []


@pytest.mark.slow
def test_findings_are_made_in_one_place() -> None:
    made = [
        path.relative_to(ROOT).as_posix()
        for path in modules()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Finding"
    ]
    assert made == []


# Beside templates/disk.py: a pipe, the memory that grows line by line, a page for the browser, and
# the tool that writes constants into our own sources.
WRITERS = {
    "templates/disk.py",
    "validators/office/outputs.py",
    "validators/city/memory.py",
    "addin/desktop.py",
    "addin/install/constants.py",
    "addin/web/uploads.py",
}


def test_files_are_written_in_one_place() -> None:
    writing = {"write_bytes", "write_text", "touch", "rename", "fdopen", "NamedTemporaryFile"}
    found = set()
    for path in modules():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                modes = [a.value for a in node.args if isinstance(a, ast.Constant)]
                opened = name == "open" and any(
                    m in ("w", "wb", "a", "ab", "x", "xb") for m in modes
                )
                if name in writing or opened:
                    found.add(path.relative_to(ROOT).as_posix())
    assert found - WRITERS == set()


@pytest.mark.slow
@pytest.mark.parametrize("key", ["t2", "t3", "t4", "carried_in", "natural"])
def test_no_key_of_a_form_stands_in_code(key: str) -> None:
    """Roles and rules of the edition name fields; docstrings may show one."""
    for path in modules():
        for text, is_docstring in texts(path):
            assert is_docstring or key not in text.split("."), (path, text)


@pytest.mark.slow
def test_the_wheel_holds_every_module_and_every_file_beside_them(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    skipped = {"__pycache__", ".DS_Store"}
    wanted = {
        f"gouji/{path.relative_to(ROOT).as_posix()}"
        for room in PRODUCT
        for path in (ROOT / room).rglob("*")
        if path.is_file() and not skipped & set(path.parts)
    }
    assert wanted - names == set()
    assert {n.split("/")[0] for n in names if ".dist-info/" not in n} == {"gouji"}
