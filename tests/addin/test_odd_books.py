"""Odd contents of an open book are judged as those of a file: money, errors, formats, merges."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from gouji.addin.remote import SentBook, answer
from gouji.templates.edition import load
from gouji.templates.errors import InputError
from gouji.validators.office import check_book, check_files, zeros_bytes
from gouji.validators.output import file_entry
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ..builders import book_at, consistent, editing, opened
from .wps import StandIn, sent

PACKED = -2146828288
Judged = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    edition, made = load("2021"), tmp_path / "a.xlsx"
    values = {**consistent(edition, random.Random(5)), "t3.granted.natural": 3.0}
    book_at(edition, made, year=2024, unit="某县", values=values, typed_totals=True)
    return made


@pytest.fixture(params=["excel", "wps"])
def judged(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Judged:
    """The entry of an open book, in the double of Excel and on WPS' stand-in."""
    if request.param == "wps":
        standin: StandIn = request.getfixturevalue("wps")

        def on_wps(book: dict[str, Any]) -> dict[str, Any]:
            standin.run(book, "goujiValidate")
            return dict(standin.told[-1]["file"])

        return on_wps
    from gouji.addin.open_book import LiveBook

    from .desktop import open_book

    return lambda book: file_entry(check_book(LiveBook(open_book(book, monkeypatch))))


def table(book: dict[str, Any]) -> dict[str, Any]:
    return next(s for s in book["sheets"] if s["name"] == "表三")


def findings(entry: dict[str, Any], cell: str = "") -> list[tuple[Any, ...]]:
    return [
        (f["rule"], f["severity"], f["cell"], f["message"])
        for f in entry["findings"]
        if cell in ("", f["cell"])
    ]


def of_file(path: Path, change: Callable[[Any], None]) -> dict[str, Any]:
    """The entry of the file after ``change`` of its 表三."""
    with editing(path) as book:
        change(book["表三"])
    (result,) = check_files([path])
    return file_entry(result)


def test_merged_cells_and_formats_of_an_open_book_are_those_of_the_file(
    judged: Judged, path: Path
) -> None:
    book = sent(path)
    table(book)["merges"] = ["E12:F12"]
    table(book)["codes"] = {"D9": "0%", "G9": "yyyy/m/d", "H9": "#,##0"}
    table(book)["values"][8][3:8] = [3, 0, 0, 5, 5]
    got = judged(book)

    def change(sheet: Any) -> None:
        for cell, value in zip("DEFGH", (3, 0, 0, 5, 5), strict=True):
            sheet[f"{cell}9"] = value
        sheet["D9"].number_format, sheet["G9"].number_format = "0%", "yyyy/m/d"
        sheet["H9"].number_format = "#,##0"
        sheet.merged_cells.add("E12:F12")

    expected = of_file(path, change)
    assert findings(got) == findings(expected)
    assert {("CELL-TEXT", "D9"), ("CELL-TEXT", "G9"), ("S-TEMPLATE", "E12")} <= {
        (f["rule"], f["cell"]) for f in got["findings"]
    }


def test_a_text_like_a_formula_is_a_text_and_an_empty_result_is_blank(
    judged: Judged, path: Path
) -> None:
    book = sent(path)
    for row, value, formula in ((8, "=SUM(D9:I9)", "=SUM(D9:I9)"), (9, "", '=""')):
        table(book)["values"][row][9], table(book)["formulas"][row][9] = value, formula
    entry = judged(book)
    assert [f[:3] for f in findings(entry, "J9")] == [("CELL-TEXT", "error", "J9")]
    assert [f[:3] for f in findings(entry, "J10")] == [("CELL-BLANK", "warning", "J10")]
    assert "公式算出来是空的文本" in findings(entry, "J10")[0][3]


def test_a_merged_cell_is_told_in_a_book_without_names_too(judged: Judged, path: Path) -> None:
    with editing(path) as made:
        made.defined_names.clear()
        made["表三"].merged_cells.add("E12:F12")
    (result,) = check_files([path])
    book, made = sent(path), opened(path)
    for sheet in book["sheets"]:
        sheet["merges"] = [str(m) for m in made[sheet["name"]].merged_cells.ranges]
    got, expected = judged(book), file_entry(result)
    assert (got["checked"], findings(got)) == (expected["checked"], findings(expected))
    assert [f[0] for f in findings(got, "E12")] == ["S-TEMPLATE"]


def test_days_that_are_counted_from_1904_are_told_and_counted_as_in_the_file(
    judged: Judged, path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = sent(path)
    book["date1904"] = True
    table(book)["codes"] = {"D9": "yyyy/m/d"}
    in_excel = request.node.callspec.params["judged"] == "excel"
    if in_excel:  # hands a day over as a day
        monkeypatch.setattr("gouji.addin.painting.NATIVE", True)
        table(book)["values"][8][3] = datetime.datetime(1904, 1, 4)
    got = judged(book)
    with editing(path) as made:
        made.epoch = CALENDAR_MAC_1904
        made["表三"]["D9"].number_format = "yyyy/m/d"
    (result,) = check_files([path])
    assert findings(got) == findings(file_entry(result))
    assert "数是3，" in findings(got, "D9")[0][3]
    assert "1904-1-4" in findings(got, "D9")[0][3]


def test_a_ledgers_days_are_sent_as_they_are_counted(path: Path) -> None:
    cells = SentBook(
        {
            "name": "a.xlsx",
            "names": [],
            "date1904": True,
            "sheets": [
                {
                    "name": "申请台账",
                    "values": [["收到日期"], [44000]],
                    "formats": [["A2:A9", "yyyy/m/d"]],
                }
            ],
        }
    ).cells("申请台账")
    assert [*cells.rows()][1] == (1, {0: 45462.0})


@pytest.mark.parametrize(
    ("code", "shown"), [(2045, "#SPILL!"), (2050, "#CALC!"), (2051, "#BUSY!"), (2900, "#ERR!")]
)
def test_an_error_that_xlwings_does_not_know_is_no_number(
    path: Path, monkeypatch: pytest.MonkeyPatch, code: int, shown: str
) -> None:
    from gouji.addin.open_book import LiveBook

    from .desktop import open_book

    book = sent(path)
    table(book)["values"][8][3], table(book)["formulas"][8][3] = PACKED + code, "=X()"
    entry = file_entry(check_book(LiveBook(open_book(book, monkeypatch))))
    ((rule, _, _, message),) = findings(entry, "D9")
    assert rule == "CELL-ERROR"
    assert f"显示错误值{shown}" in message


def test_an_error_of_a_kind_that_nobody_knows_is_no_number_in_wps(wps: StandIn, path: Path) -> None:
    book = sent(path)
    table(book)["values"][8][3] = {"error": "#NEW", "code": 2900, "shape": "packed"}
    table(book)["formulas"][8][3] = "=X()"
    wps.run(book, "goujiValidate")
    assert [f[0] for f in findings(wps.told[-1]["file"], "D9")] == ["CELL-ERROR"]


def test_money_in_excel_is_a_number(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Excel hands a cell in the currency format over as a decimal number of four places."""
    from gouji.addin.open_book import LiveBook

    from .desktop import open_book

    plain, money = sent(path), sent(path)
    held = table(money)["values"][8]
    held[3] = Decimal(f"{held[3]}.0000")
    entries = [file_entry(check_book(LiveBook(open_book(b, monkeypatch)))) for b in (plain, money)]
    assert findings(entries[1]) == findings(entries[0])
    assert entries[1]["checked"] == entries[0]["checked"]


@pytest.mark.parametrize(
    "odd",
    [
        {"merges": [5]},
        {"merges": "E9"},
        {"merges": ["E9:"]},
        {"formats": ["D9"]},
        {"formats": [["D9", "0%", 1]]},
        {"formats": 7},
    ],
)
def test_looks_of_another_shape_are_refused(path: Path, odd: dict[str, Any]) -> None:
    book = sent(path)
    table(book).update(odd)
    assert "不是加载项发来的工作簿" in answer(book)["error"]


def test_what_a_merged_range_covers_is_marked_where_it_is_seen_and_written_nowhere(
    path: Path,
) -> None:
    with editing(path) as made:
        value = made["表三"]["F12"].value
        made["表三"]["E12"], made["表三"]["F12"] = made["表三"]["E12"].value + value, None
        made["表三"].merged_cells.add("E12:F12")
    with pytest.raises(InputError, match="没有空着的格"):
        zeros_bytes(path.read_bytes(), "a.xlsx")
    book = sent(path)
    table(book)["merges"] = ["E12:F12"]
    plan = answer(book)
    assert plan["zeros"]["changes"] == []
    assert "F12" not in {c["cell"] for r in plan["repairs"] for c in r["changes"]}
    (fill,) = [f for f in plan["fills"] if f["cell"] in ("E12", "F12")]
    assert fill["cell"] == "E12"
    assert "F12" in fill["note"]
