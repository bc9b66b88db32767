"""Reports made in memory, for tests that need no workbook."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from gouji.templates.edition import Edition, edition_ids, load
from gouji.templates.formulas import computed_totals
from gouji.templates.layout import layout_of
from gouji.templates.workbook import build, write
from gouji.validators.report import Place, Report, Standing, Value
from openpyxl.worksheet.merge import MergedCellRange

from .conftest import DATA


def report(
    edition: Edition,
    values: Mapping[str, float | Value],
    *,
    formulas: bool = False,
    unit: str = "某县",
    year: int | None = None,
) -> Report:
    """A report whose fields stand where the template has them; a missing field is blank."""
    layout = layout_of(edition)
    made: dict[str, Value] = {}
    for key in edition.fields:
        sheet, row, col = layout.cells[key]
        place = Place(sheet, row, col)
        value = values.get(key)
        formula = formulas and key in edition.totals
        if isinstance(value, Value):
            made[key] = replace(value, place=place)
        elif value is None:
            made[key] = Value(Standing.BLANK, None, "", place)
        else:
            made[key] = Value(Standing.NUMBER, float(value), f"{value:g}", place, formula or None)
    return Report(
        "x.xlsx",
        edition,
        unit,
        edition.from_year if year is None else year,
        made,
        edition.class_of(unit),
    )


APPLICANTS = ("natural", "business", "research", "public_interest", "legal_service", "other")


def consistent(edition: Edition, rng: random.Random) -> dict[str, float]:
    """A random report in which every footing holds."""
    values: dict[str, float] = {}
    for key, field in edition.fields.items():
        if key not in edition.totals:
            values[key] = float(rng.choice([0, 0, 0, 1, 2, 3, 7, 40]))
            if field.kind == "amount":
                values[key] = rng.choice([0.0, 113.96, 282.1, 5.0])
            if field.kind == "signed":
                values[key] = float(rng.randint(-9, 9))
    for document in ("regulations", "normative"):
        keys = [k for k in edition.fields if k.startswith(f"t2.{document}.")]
        for key in keys:
            values[key] = 0.0 if document == "regulations" else values[key]
        values[keys[-1]] = max(values[k] for k in keys) + (document == "normative")
    for column in APPLICANTS:
        handled = computed_totals(edition, values)[f"t3.total.{column}"]
        carried_out = rng.randint(0, 5)
        carried_in = rng.randint(0, int(min(5, handled + carried_out)))
        values[f"t3.carried_out.{column}"] = float(carried_out)
        values[f"t3.carried_in.{column}"] = float(carried_in)
        values[f"t3.new.{column}"] = handled + carried_out - carried_in
    return computed_totals(edition, values)


def kept(path: Path, data: bytes) -> Path:
    """``data`` as a file; many tests begin with the same workbook, which is made once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def book_at(edition: Edition, path: Path, **given: Any) -> Path:
    """The workbook that ``write`` writes; one of a shipped edition is made once for all tests."""
    if not any(edition is load(name) for name in edition_ids()):
        return write(edition, path, **given)
    key = (edition.id, repr(given))
    if key not in _BOOKS:
        _BOOKS[key] = build(edition, **given)
    return kept(path, _BOOKS[key])


_BOOKS: dict[tuple[str, str], bytes] = {}


def three_blanks(path: Path) -> Path:
    """A workbook of edition 2021, right but for three 0 that were left blank: E9, F9, D22."""
    return kept(path, _three_blanks())


@cache
def _three_blanks() -> bytes:
    form = load("2021")
    values = consistent(form, random.Random(2))
    keys = ("t3.granted.business", "t3.granted.research", "t3.rejected_petition.natural")
    values = computed_totals(form, {**values, **dict.fromkeys(keys, 0.0)})
    for column in ("natural", "business", "research"):
        held = values[f"t3.total.{column}"] + values[f"t3.carried_out.{column}"]
        values[f"t3.new.{column}"] = held
        values[f"t3.carried_in.{column}"] = 0.0
    values = computed_totals(form, values)
    left = {k: v for k, v in values.items() if k not in keys}
    return build(form, year=2024, unit="某县", values=left)


def one_wrong_cell(path: Path) -> Path:
    """A workbook of edition 2021 whose D9 is one too many: errors at J9 and D30."""
    return kept(path, _one_wrong_cell())


@cache
def _one_wrong_cell() -> bytes:
    form = load("2021")
    values = consistent(form, random.Random(2))
    values["t3.granted.natural"] += 1
    return build(form, year=2024, unit="某县", values=values, typed_totals=True)


def nearly_ready(path: Path, unit_class: str = "政府部门") -> Path:
    """A workbook of edition 2021 with two things to do: three blanks, and D9 three too many."""
    form = load("2021")
    values = consistent(form, random.Random(2)) | dict.fromkeys(_LEFT_OUT, 0.0)
    values = computed_totals(form, {k: v for k, v in values.items() if k not in form.totals})
    wrong = values | {"t3.granted.natural": values["t3.granted.natural"] + 3}
    left = {k: v for k, v in wrong.items() if k not in _LEFT_OUT}
    narrative = {section.title: "照实写了。" for section in form.sections}
    more = {"unit_class": unit_class, "narrative": narrative, "typed_totals": True}
    return book_at(form, path, year=2024, unit="某某县教育局", values=left, **more)


_LEFT_OUT = ("t4.direct.other", "t4.direct.pending", "t4.after_review.pending")


def faulty(folder: Path, count: int) -> list[Path]:
    """Reports with random faults: wrong numbers, texts, blanks, halves, negatives."""
    rng, made = random.Random(44), []
    for number in range(count):
        edition = load("2021" if number % 3 else "2019")
        values: dict[str, float | str] = dict(consistent(edition, rng))
        for key in rng.sample(list(edition.fields), rng.randint(0, 4)):
            values[key] = rng.choice([99.0, -1.0, 2.5, "18件", "/", ""])
        path = folder / f"{number}.xlsx"
        unit, year = f"第{number}局", edition.from_year
        made.append(write(edition, path, year=year, unit=unit, values=values, typed_totals=True))
    return made


def opened(path: Path, **how: Any) -> Any:
    """openpyxl's workbook to be edited; cells inside a merged one get no borders of their own.

    openpyxl spends half the time of opening on those borders.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(MergedCellRange, "format", lambda merged: None)
        return openpyxl.load_workbook(path, **how)


@contextmanager
def editing(path: Path, **how: Any) -> Iterator[Any]:
    """What ``opened`` gives; it is saved at the end."""
    book = opened(path, **how)
    yield book
    book.save(path)


def cases(name: str, heading: str) -> list[str]:
    """The lines of ``tests/data/NAME`` under ``[heading]``, without blank ones and comments."""
    text = (DATA / name).read_text("utf-8").partition(f"\n[{heading}]\n")[2].partition("\n[")[0]
    lines = [line.partition("  # ")[0] for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def entered(path: Path, sheets: Mapping[str, Iterable[Sequence[Any]]]) -> Path:
    """Enters lines into sheets of a workbook, below their heads; None leaves a cell as it is."""
    with editing(path) as book:
        for sheet, lines in sheets.items():
            for row, line in enumerate(lines, 2):
                for column, value in enumerate(line, 1):
                    if value is not None:
                        book[sheet].cell(row, column, value)
    return path


def cases_entered(path: Path, edition: Edition, labels: Sequence[str], year: int) -> None:
    """Enters a case of each outcome into the workbook's case ledger; "" is one still open."""
    cases = edition.ledgers["cases"]
    lines = []
    for row, label in enumerate(labels, 2):
        cells = {
            "number": f"{year}-{row:03d}",
            "applicant": "自然人",
            "received": datetime(year, 3, 3),
            "answered": datetime(year, 3, 20) if label else None,
            "outcome": label or None,
            "name": f"申请人{row}",
            "subject": f"某事项{row}",
        }
        lines.append([cells.get(column.key) for column in cases.columns])
    entered(path, {cases.sheet: lines})
