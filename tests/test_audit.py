"""Every kind of file that is written, seen by a port of Microsoft's Open XML validator."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import openxml_audit
import pytest
from click.testing import CliRunner
from gouji.templates.edition import Edition
from gouji.templates.ledger import outcomes
from gouji.validators.cli.main import main

from .builders import book_at, cases_entered, consistent, opened
from .conftest import sample

pytestmark = pytest.mark.slow


def run(*words: object) -> None:
    done = CliRunner().invoke(main, [str(w) for w in words], catch_exceptions=False)
    assert done.exit_code in (0, 1), done.output


def products(folder: Path, form: Edition) -> Iterator[Path]:
    """One of each: templates, marked, repaired, cleared, filled; papers, letters, a roll-up."""
    values = consistent(form, random.Random(3))
    wrong = {**values, "t3.new.natural": values["t3.new.natural"] + 1}
    for year, more in (("2025", ()), ("2019", ()), ("2024", ("--ledgers", "--rules", "evidence"))):
        yield (out := folder / f"空白{year}.xlsx")
        run("template", "--year", year, "--unit", "某县", *more, "-o", out)
    inbox = folder / "收到"
    inbox.mkdir()
    book = book_at(
        form, inbox / "甲局.xlsx", year=2024, unit="甲局", values=wrong, typed_totals=True
    )
    for command, option in (("flag", ""), ("fix", "--yes-certain"), ("clear", "")):
        yield (out := folder / f"{command}.xlsx")
        shutil.copy(book, out)
        run("flag", out)
        run(command, out, *filter(None, [option]))
    yield (noted := folder / "有批注.xlsx")
    own = opened(book)
    own["表三"]["E9"].comment = openpyxl.comments.Comment("请复核", "科长")
    own.save(noted)
    shutil.copy(noted, before(noted))
    run("flag", noted)
    for kind in ("docx", "html"):
        run("publish", book, "--with-errors", "-o", folder / f"年报.{kind}")
    yield folder / "年报.docx"
    yield (ledger := folder / "台账.xlsx")
    book_at(form, ledger, year=2024, unit="甲局", ledgers=True)
    cases_entered(ledger, form, list(outcomes(form)), 2024)
    shutil.copy(ledger, before(ledger))
    run("fill", ledger)
    run("letters", ledger, "-o", folder / "答复")
    letters = sorted((folder / "答复").glob("*.docx"))
    assert len(letters) > 20
    yield from letters[:: sample(5, 1)]
    roster = folder / "名册.csv"
    roster.write_text("单位名称\n甲局\n乙局\n", "utf-8")
    run("distribute", roster, "--year", 2024, "-o", folder / "分发")
    yield from sorted((folder / "分发").glob("*.xlsx"))
    yield (rollup := folder / "汇总.xlsx")
    notices = folder / "退回"
    run("collect", inbox, "--roster", roster, "-o", rollup, "--notices", notices)
    yield from sorted(p for p in notices.iterdir() if p.suffix in (".docx", ".xlsx"))


def before(path: Path) -> Path:
    """Where the file lies as another program wrote it, with that one's faults."""
    return path.with_name(f"原-{path.name}")


def test_every_file_that_is_written_is_sound(tmp_path: Path, form: Edition) -> None:
    audit = openxml_audit.OpenXmlValidator()

    def faults(path: Path) -> set[str]:
        answer = {f"{e}" for e in audit.validate(str(path)).errors} if path.exists() else set()
        return {e for e in answer if "inline-string" not in e}  # Excel moves them when it saves

    files = list(products(tmp_path, form))
    assert len(files) >= 15
    found = {p.name: faults(p) - faults(before(p)) for p in files}
    assert {name: each for name, each in found.items() if each} == {}
