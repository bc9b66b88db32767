"""The table “one place each” of docs/architecture.md: what is added there is used everywhere.

Into a copy of the package go a rule, an edition, an input format, an output and a desk, each in
the one place that the table names (and in the list that it names); then the commands are run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from gouji.templates.edition import load

from .addin.wps import sent
from .builders import book_at, opened
from .conftest import DATA, ROOT, program, shared

pytestmark = pytest.mark.slow
FORM = load("2021")
ADDED = DATA / "additions"
Run = Callable[..., tuple[int, str]]


def add(folder: Path) -> None:
    """The copy, and what is added to it."""
    package = folder / "gouji"
    for room in ("addin", "templates", "validators"):
        shutil.copytree(ROOT / room, package / room, ignore=shutil.ignore_patterns("__pycache__"))
    editions = package / "templates" / "editions"
    now = (editions / "2021.toml").read_text("utf-8") + (ADDED / "rule.toml").read_text("utf-8")
    later = now.replace("from_year = 2021", "from_year = 2031").replace('"2021"', '"2031"')
    (editions / "2031.toml").write_text(later, "utf-8")
    now = now.replace("from_year = 2021\n", "from_year = 2021\nto_year = 2030\n")
    (editions / "2021.toml").write_text(now, "utf-8")
    shutil.copy(ADDED / "comma.py", package / "validators" / "reading")
    shutil.copy(ADDED / "tally.py", package / "validators" / "output")
    (package / "addin" / "slate").mkdir()
    shutil.copy(ADDED / "slate.py", package / "addin" / "slate" / "__init__.py")
    listed = package / "validators" / "formats.py"
    text = listed.read_text("utf-8")
    for end, record in (
        (
            "]\n\nFORMATS",
            'InputFormat(Words("逗号", "comma"), (".comma",), "reading.comma:read", True),\n'
            '    InputFormat(Words("公布的", "published"), (".said",), "reading.comma:read"),\n',
        ),
        (
            "}\n\n\ndef workbooks",
            '"tally": OutputFormat(Words("数", "tally"), (".tally",), "output.tally:document", '
            'r"tally \\w+: "),\n',
        ),
    ):
        assert text.count(end) == 1
        text = text.replace(end, f"    {record}{end}")
    listed.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def run() -> Run:
    """Runs ``gouji`` of the copy: exit code and what it says."""
    copy = shared("additions", add)

    def started(*words: object, code: str = "command_line", given: str = "") -> tuple[int, str]:
        done = subprocess.run(
            program(code, *words),
            env=os.environ | {"PYTHONPATH": str(copy), "PYTHONIOENCODING": "utf-8"},
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout + done.stderr

    return started


def values() -> dict[str, float]:
    """A report that the usual form accepts and the added rule does not."""
    made = dict.fromkeys(FORM.fields, 0.0)
    return made | {"t4.review.upheld": 1.0, "t4.review.total": 1.0}


def comma(path: Path) -> Path:
    path.write_text("\n".join(f"{k},{v}" for k, v in values().items()), "utf-8")
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return book_at(FORM, tmp_path / "a.xlsx", year=2024, unit="某县", values=values())


def test_a_rule_is_an_entry_of_the_edition(run: Run, book: Path, tmp_path: Path) -> None:
    code, output = run("check", book)
    assert code == 1
    (answer,) = [line for line in output.splitlines() if "错误  " in line]
    assert answer.startswith("  表四!")
    assert "复议件数不多于本年办结的申请" in run("rules", "X-REVIEW")[1]
    out = tmp_path / "t.xlsx"
    assert run("template", "--year", 2025, "-o", out)[0] == 0
    cells = [c for row in opened(out)["表四"].iter_rows() for c in row]
    live = [f"{c.value} {c.comment.text if c.comment else ''}" for c in cells]
    assert any("复议件数不多于本年办结的申请" in text for text in live)


def test_an_edition_is_a_file(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "2031.xlsx"
    assert run("template", "--year", 2031, "--unit", "某县", "-o", out)[0] == 0
    (entry,) = json.loads(run("check", out, "--format", "json")[1])["files"]
    assert (entry["edition"], entry["year"]) == ("2031", 2031)
    assert run("rules", "--edition", "2031")[0] == 0


def test_an_input_format_is_a_reader_and_a_record(run: Run, tmp_path: Path) -> None:
    path = comma(tmp_path / "a.comma")
    for given in (path, tmp_path):  # by its name, and in a folder
        (entry,) = json.loads(run("check", given, "--format", "json")[1])["files"]
        assert [f["rule"] for f in entry["findings"]] == ["X-REVIEW"]
    (tmp_path / "none").mkdir()
    assert ".comma" in run("check", tmp_path / "none")[1]


def test_a_published_format_is_a_reader_and_a_record(run: Run, tmp_path: Path) -> None:
    path = comma(tmp_path / "a.said")
    (entry,) = json.loads(run("check", path, "--format", "json")[1])["files"]
    assert [f["rule"] for f in entry["findings"]] == ["X-REVIEW"]
    comma(tmp_path / "b.comma")  # beside a workbook it is told that it was not read
    assert "请单独写出这个文件名" in run("check", tmp_path)[1]
    assert run("import", path, "-o", tmp_path / "a.xlsx")[0] == 0
    for command in ("import", "check"):
        assert ".said" in run(command, "--help")[1]


def test_an_output_is_a_writer_and_a_record(run: Run, book: Path, tmp_path: Path) -> None:
    assert run("check", book, "--format", "tally") == (1, "tally zh: 1 files, 1 findings\n")
    out = tmp_path / "a.tally"
    for _ in range(2):  # the second time it is known as a file of our own
        assert run("check", book, "--format", "tally", "-o", out)[0] == 1
        assert out.read_text("utf-8").startswith("tally zh: 1 files")
    assert run("check", book, "--format", "json", "-o", out)[0] == 1
    assert "tally" in run("check", book, "--format", "none")[1]
    assert "tally" in run("check", "--help")[1]


def test_a_desk_is_a_folder(run: Run, book: Path) -> None:
    given = json.dumps(sent(book))
    code, output = run(code="slate", given=given)
    assert code == 0
    assert set(json.loads(output)) == {"封面!B8", "表四!E7"}
