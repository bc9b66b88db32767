"""The macros on xlwings' remote engine, the nearest thing to Excel that runs here."""

from __future__ import annotations

import random
import re
import types
import zipfile
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from gouji.templates.edition import load
from gouji.templates.errors import InputError
from gouji.validators.mark import Column, marks_of
from gouji.validators.office import check_files
from python_calamine import CalamineWorkbook

from ..builders import book_at, consistent, three_blanks
from ..conftest import DATA, sample


@pytest.fixture
def macros(monkeypatch: pytest.MonkeyPatch) -> Any:
    """xlwings' remote engine needs a licence; these tests are noncommercial use."""
    monkeypatch.setenv("XLWINGS_LICENSE_KEY", "noncommercial")
    import gouji.addin.macros

    return gouji.addin.macros


def payload(path: Path) -> dict[str, Any]:
    """The book as the remote engine receives it from its client."""
    import xlwings

    book = CalamineWorkbook.from_path(str(path))
    names = []
    with zipfile.ZipFile(path) as package:
        xml = package.read("xl/workbook.xml").decode()
    order = book.sheet_names
    for name, target in re.findall(r'<definedName name="([^"]+)">([^<]+)<', xml):
        match = re.match(r"'?([^'!]+)'?!(\$[A-Z]+\$\d+)$", target)
        if match:
            names.append(
                {
                    "name": name,
                    "sheet_index": order.index(match[1]),
                    "address": match[2],
                    "book_scope": True,
                    "scope_sheet_name": None,
                    "scope_sheet_index": None,
                }
            )
    sheets = []
    for name in order:
        grid = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        width = max((len(r) for r in grid), default=0)
        sheets.append(
            {
                "name": name,
                "visibility": "Visible",
                "values": [[*r, *[""] * (width - len(r))] for r in grid],
                "pictures": [],
                "shapes": [],
                "charts": [],
                "notes": [],
                "tables": [],
                "print_area": None,
            }
        )
    return {
        "client": "Office.js",
        "version": xlwings.__version__,
        "book": {"name": path.name, "active_sheet_index": 0, "selection": "A1"},
        "names": names,
        "sheets": sheets,
    }


def actions(book: Any, func: str) -> list[dict[str, Any]]:
    return [a for a in book.json()["actions"] if a["func"] == func]


def remote(path: Path) -> Any:
    return xlwings_book(payload(path))


def xlwings_book(sent: dict[str, Any]) -> Any:
    import xlwings

    return xlwings.Book(json=sent)


@pytest.mark.slow
def test_the_macro_lists_what_the_command_line_finds(macros: Any, tmp_path: Path) -> None:
    rng = random.Random(4)
    for number in range(sample(20, 100)):
        edition = load("2021" if number % 4 else "2019")
        values: dict[str, float | str] = dict(consistent(edition, rng))
        for key in rng.sample(list(edition.fields), rng.randint(1, 4)):
            values[key] = rng.choice([99.0, -1.0, 2.5, "18件", "/"])
        path = tmp_path / f"{number}.xlsx"
        book_at(
            edition, path, year=edition.from_year, unit="某县", values=values, typed_totals=True
        )
        (result,) = check_files([path])
        assert result.verdict is not None
        book = remote(path)
        macros.validate(book)
        expected = [
            (m.rule, m.place, m.together, m.found, m.expected, m.repair)
            for m in marks_of(result.verdict)
            if m.listed
        ]
        if not expected:
            assert book.json()["actions"] == []
            continue
        (written,) = actions(book, "setValues")
        rows = [r for r in written["values"] if isinstance(r[0], int)]
        listed = [
            tuple(str(x).lstrip("'") if i > 3 else x for i, x in enumerate(r[2:8], 2)) for r in rows
        ]
        assert listed == expected
        fills = {
            (a["sheet_position"], a["start_row"], a["start_column"])
            for a in book.json()["actions"]
            if "onditionalFormat" in a["func"]
        }
        painted = {(m.sheet, m.cell) for m in marks_of(result.verdict) if m.cell}
        assert len(fills) == len(painted)


def test_the_real_county_with_one_cell_broken_is_marked_and_the_first_error_selected(
    macros: Any, tmp_path: Path
) -> None:
    from gouji.validators.reading import read_published

    source = read_published(DATA / "published" / "lianshan-2021.txt")
    values = {k: v.number for k, v in source.values.items() if v.number is not None}
    values["t3.granted.natural"] += 1
    path = tmp_path / "连山区.xlsx"
    book_at(source.edition, path, year=2021, unit=source.unit, values=values, typed_totals=True)
    book = remote(path)
    status = macros.validate(book)
    assert status == "错误2，警告0，提示0；已核对勾稽关系42条，未核对0条；还差3件"
    assert [a["args"] for a in actions(book, "addSheet")] == [[8, "校验结果"]]
    notes = {a["args"][0]: a["args"][1] for a in actions(book, "addNote")}
    assert set(notes) == {"$B$8", "$D$9", "$J$9", "$D$30"}
    notes.pop("$B$8")
    assert all(text.startswith("【勾稽】错误 ") for text in notes.values())
    assert "应是10，现在是11" in notes["$D$9"]
    looks = [a["args"][0] for a in actions(book, "addConditionalFormat")]
    letters = [(look["font_bold"], look["font_italic"]) for look in looks]
    assert letters == [(None, True), (True, None), (None, True), (None, True)]


class Desk:
    """The remote book as a desk's Excel: it can wait for an answer."""

    def __init__(self, book: Any, answer: str) -> None:
        self._book, self.asked = book, list[str]()
        self.app = types.SimpleNamespace(
            engine=types.SimpleNamespace(name="excel"),
            selection=book.app.selection,
            alert=lambda text, **more: self.asked.append(text) or answer,
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._book, name)


def spoiled(path: Path, typed: bool = True) -> Path:
    """A report whose D9 is one too many."""
    form = load("2021")
    values = consistent(form, random.Random(2))
    values["t3.granted.natural"] += 1
    return book_at(form, path, year=2024, unit="某县", values=values, typed_totals=typed)


def test_on_a_desk_a_repair_is_written_after_a_yes_and_only_then(
    macros: Any, tmp_path: Path
) -> None:
    refused = Desk(remote(spoiled(tmp_path / "a.xlsx")), "no")
    assert macros.fix(refused) == ""
    assert "照这样改吗？" in refused.asked[0]
    assert refused.json()["actions"] == []
    agreed = Desk(remote(spoiled(tmp_path / "b.xlsx")), "yes")
    output = macros.fix(agreed)
    assert output.startswith("已改：表三!D9 ")
    first = actions(agreed, "setValues")[0]
    assert (first["start_row"], first["start_column"], first["values"][0][0]) == (8, 3, 0)


def selecting(sent: dict[str, Any], cell: str) -> Any:
    """The book that was sent, with a cell of 表三 selected."""
    names = [s["name"] for s in sent["sheets"]]
    sent["book"] |= {"active_sheet_index": names.index("表三"), "selection": cell}
    return xlwings_book(sent)


def test_on_the_remote_engine_the_second_click_on_the_cell_does_it(
    macros: Any, tmp_path: Path
) -> None:
    sent = payload(spoiled(tmp_path / "a.xlsx"))
    book = xlwings_book(sent)
    output = macros.fix(book)
    assert "就在选中D9时再按一次“按此修改”" in output
    assert not actions(book, "setValues")
    book = selecting(sent, "D9")
    assert macros.fix(book) == "已改：表三!D9 1→0。请再按“校验”核对。"
    assert len(actions(book, "setValues")) == 1


def test_blank_cells_become_0_after_a_yes_and_nothing_else_is_written(
    macros: Any, tmp_path: Path
) -> None:
    path = three_blanks(tmp_path / "a.xlsx")
    refused = Desk(remote(path), "no")
    assert macros.zeros(refused) == ""
    assert refused.asked == ["还有3格空着，都填0吗？写着字的格不动，总计照各项相加。"]
    assert refused.json()["actions"] == []
    agreed = Desk(remote(path), "yes")
    assert macros.zeros(agreed).startswith("填了3格。")
    written = [
        (a["start_row"], a["start_column"], a["values"]) for a in actions(agreed, "setValues")[:3]
    ]
    assert written == [(8, 4, [[0.0]]), (8, 5, [[0.0]]), (21, 3, [[0.0]])]


def test_on_the_remote_engine_the_second_click_fills_the_blanks(
    macros: Any, tmp_path: Path
) -> None:
    sent = payload(three_blanks(tmp_path / "a.xlsx"))
    book = xlwings_book(sent)
    assert "就在选中E9时再按一次“其余空格填0”" in macros.zeros(book)
    assert not actions(book, "setValues")
    book = selecting(sent, "E9")
    assert macros.zeros(book) == "填了3格。请再按“校验”核对。"
    assert len(actions(book, "setValues")) == 3
    macros.run("zeros", full := remote(spoiled(tmp_path / "b.xlsx")))
    (output,) = actions(full, "alert")
    assert "没有空着的格。" in output["args"]


def test_a_total_is_not_written_where_it_may_be_a_formula(macros: Any, tmp_path: Path) -> None:
    form = load("2021")
    values = consistent(form, random.Random(2))
    values["t3.new.total"] += 1
    path = book_at(
        form, tmp_path / "a.xlsx", year=2024, unit="某县", values=values, typed_totals=True
    )
    with pytest.raises(InputError, match="没有可以照着改的建议"):
        macros.fix(remote(path))


def test_clearing_takes_out_the_results_sheet_and_the_notes_that_were_put(
    macros: Any, tmp_path: Path
) -> None:
    form = load("2021")
    values = consistent(form, random.Random(2))
    values["t3.granted.natural"] += 1
    path = tmp_path / "a.xlsx"
    book_at(form, path, year=2024, unit="某县", values=values, typed_totals=True)
    first = remote(path)
    macros.validate(first)
    (written,) = actions(first, "setValues")
    data = payload(path)
    data["sheets"].append({**data["sheets"][-1], "name": "校验结果", "values": written["values"]})
    table = next(s for s in data["sheets"] if s["name"] == "表三")
    table["notes"] = [{"address": a} for a in ("D9", "J9", "D30", "E7")]
    import xlwings

    again = xlwings.Book(json=data)
    macros.clear(again)
    assert len(actions(again, "sheetDelete")) == 1
    deleted = [a for a in again.json()["actions"] if a["func"] == "deleteNote"]
    assert len(deleted) == 3  # the clerk's own at E7 stays

    # the list is the clerk's too once something is explained on it: it is kept, or carried on
    line = next(row for row in written["values"] if row[Column.PLACE] == "表三!D9")
    line[Column.SAID] = "已电话核实"
    data["sheets"].append({**data["sheets"][-1], "name": "校验结果", "values": written["values"]})
    again = xlwings.Book(json=deepcopy(data))
    macros.clear(again)
    assert not actions(again, "sheetDelete")
    again = xlwings.Book(json=data)
    macros.validate(again)
    assert len(actions(again, "sheetDelete")) == 1
    (anew,) = actions(again, "setValues")
    assert [r[Column.SAID] for r in anew["values"] if r[Column.PLACE] == "表三!D9"] == [
        "已电话核实"
    ]


def test_next_finding_goes_from_cell_to_cell_and_explain_says_what_is_wrong_there(
    macros: Any, tmp_path: Path
) -> None:
    import xlwings

    form = load("2021")
    values = consistent(form, random.Random(2))
    values["t3.granted.natural"] += 1
    values["t3.new.business"] += 5
    path = tmp_path / "a.xlsx"
    book_at(form, path, year=2024, unit="某县", values=values, typed_totals=True, unit_class="其他")
    first = remote(path)
    assert macros.next_finding(first) == ""
    macros.validate(first)
    (written,) = actions(first, "setValues")
    data = payload(path)
    data["sheets"].append({**data["sheets"][-1], "name": "校验结果", "values": written["values"]})
    table = [s["name"] for s in data["sheets"]].index("表三")
    for selected, step, cell in (
        ("A1", 1, "E7"),
        ("E7", 1, "D9"),
        ("D9", 1, "E7"),
        ("E7", -1, "D9"),
    ):
        data["book"] |= {"active_sheet_index": table, "selection": selected}
        book = xlwings.Book(json=data)
        text = macros.next_finding(book, step)
        assert f"（{cell}）应是" in text
        assert macros.explain(book.sheets["表三"].range(cell)) == text
    assert macros.explain(book.sheets["表三"].range("E8")) == ""


def test_values_come_in_one_call_a_sheet(macros: Any, tmp_path: Path) -> None:
    from gouji.addin.open_book import LiveBook
    from gouji.validators.reading import read_book

    form = load("2021")
    path = tmp_path / "a.xlsx"
    book_at(form, path, year=2024, unit="某县", values=consistent(form, random.Random(2)))
    live = LiveBook(remote(path))
    read_book(live)
    assert live.calls <= 2 * 6  # values and, where told, formulas of six sheets


def test_a_book_that_is_not_the_form_gets_an_alert_and_no_mark(macros: Any, tmp_path: Path) -> None:
    from ..validators.ooxml.samples import SAMPLES

    path = tmp_path / "别的.xlsx"
    path.write_bytes(SAMPLES["plain"]())
    book = remote(path)
    assert "没有认出表二、表三、表四" in macros.validate(book)
    assert [a["func"] for a in book.json()["actions"]] == ["alert"]


@pytest.mark.slow
def test_the_workbooks_beside_are_added_up_and_compared_with_the_open_one(
    macros: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, rng = load("2021"), random.Random(6)
    reports = [consistent(form, rng) for _ in range(4)]
    for number, values in enumerate(reports[:3]):
        book_at(
            form,
            tmp_path / f"{number}.xlsx",
            year=2024,
            unit=f"=第{number}局",
            values=values,
            typed_totals=True,
        )
    book_at(form, tmp_path / "去年.xlsx", year=2023, unit="某局", values=reports[3])
    (tmp_path / "坏.xlsx").write_bytes(b"PK not a workbook")
    sums = {k: sum(r[k] for r in reports[:3]) for k in form.fields}
    top = tmp_path / "汇总.xlsx"
    short = {k: v - reports[1][k] for k, v in sums.items()}
    for values, output in ((sums, "与本表相符"), (short, "汇总时没有加上它")):
        book_at(form, top, year=2024, unit="某县", values=values, typed_totals=True)
        book = remote(top)
        monkeypatch.setattr(type(book), "fullname", str(top), raising=False)
        status = macros.roll_up(book)
        assert status.startswith("3个单位相加，2个文件没有计入；")
        (rows,) = [a["values"] for a in actions(book, "setValues")]
        assert output in str(rows[0]) + str(rows[-1])
        states = {r[1]: str(r[2]) for r in rows[2:7]}
        assert states["去年.xlsx"] == "未计入：是2023年度的"
        assert states["坏.xlsx"].startswith("读不了：")
        assert any(r[0] == "'=第1局" for r in rows)  # a name is never a formula
        total_row = next(r for r in rows if r[0] == "合计")
        assert total_row[3] == "=SUM(D3:D7)"
        units = [r for r in rows[2:7] if isinstance(r[3], int | float)]
        assert [sum(r[3 + i] for r in units) for i in range(len(sums))] == pytest.approx(
            list(sums.values())
        )


def test_a_book_that_is_not_saved_here_cannot_be_rolled_up(macros: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book_at(load("2021"), path, year=2024, unit="某县")
    book = remote(path)
    macros.run("roll_up", book)
    (output,) = actions(book, "alert")
    assert "gouji collect" in str(output["args"])


def test_a_clean_book_gets_an_answer_and_no_mark(macros: Any, tmp_path: Path) -> None:
    form = load("2021")
    path = tmp_path / "a.xlsx"
    book_at(form, path, year=2024, unit="某县", values=consistent(form, random.Random(2)))
    book = remote(path)
    macros.run("validate", book)
    (output,) = book.json()["actions"]
    assert output["func"] == "alert"
    assert "没有发现错误" in str(output["args"])
    macros.run("next", book)
    assert "请先按“校验”" in str(book.json()["actions"][-1]["args"])
