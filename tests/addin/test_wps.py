"""The WPS add-in's script in Node, on a stand-in that fails on anything WPS does not document."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import Any

import pytest
from gouji.addin.install.packs import build_wps, wps_entry, wps_files
from gouji.addin.remote import answer
from gouji.templates.edition import load
from gouji.validators.mark import Column
from gouji.validators.office import check_files

from ..builders import book_at, consistent, three_blanks
from ..conftest import require_app
from .wps import StandIn, sent


def sheet(state: dict[str, Any], name: str) -> dict[str, Any]:
    return next(s for s in state["sheets"] if s["name"] == name)


def test_a_click_marks_the_cells_and_lists_the_findings(
    wps: StandIn, broken: dict[str, Any]
) -> None:
    state = wps.run(broken, "goujiValidate")
    request = wps.asked[-1]
    assert request["url"] == "http://127.0.0.1:8765/api/book"
    assert request["headers"]["Authorization"] == "Bearer 口令"
    table, results = sheet(state, "表三"), sheet(state, "校验结果")
    looks = {
        f["cell"]: (f["bold"], f["italic"], f.get("underline"), f["style"], f["weight"])
        for f in table["formats"]
    }
    assert looks == {  # apart without their colours too
        "D9": (True, False, 2, 1, 2),
        "J9": (False, True, None, 1, 1),
        "D30": (False, True, None, 1, 1),
    }
    assert {f["cell"]: (f["interior"], f["font"]) for f in table["formats"]} == {
        "D9": (0x0000FF, 0xFFFFFF),
        "J9": (0xE7E9FD, 0x06009C),
        "D30": (0xE7E9FD, 0x06009C),
    }
    assert set(table["notes"]) == {"D9", "J9", "D30"}
    assert table["notes"]["D9"].startswith("【勾稽】错误 ")
    assert [r[3] for r in results["values"] if isinstance(r[0], int)] == [
        "封面!B8",
        "正文",
        "表三!D9",
    ]
    assert [target for _, target in results["links"]] == ["'封面'!B8", "'正文'!A1", "'表三'!D9"]
    assert results["hidden"] == [Column.MARKED + 1, len(Column)]
    assert not any(f for row in results["formulas"] for f in row)
    assert state["active"] == ["表三", "D9"]
    assert state["status"].startswith("错误2，警告0，提示0")
    assert state["panes"] == [["file:///addons/gouji/pane.html", "年报校验"]]
    assert state["alerts"] == []


def test_clearing_leaves_the_clerks_own_notes_formats_and_sheets(
    wps: StandIn, broken: dict[str, Any]
) -> None:
    broken["notes"] = {"表三": {"E7": "核过", "J9": "局长看过"}}
    broken["formats"] = {"表三": [{"cell": "D9", "formula": '=D9="√"'}, {"cell": "D9", "scale": 1}]}
    before = wps.run(broken)
    state = wps.run(broken, "goujiValidate", "goujiClear")
    assert state["sheets"] == before["sheets"]
    marked = wps.run(broken, "goujiValidate", "goujiValidate")
    assert sheet(marked, "表三")["notes"]["J9"] == "局长看过"
    assert [s["name"] for s in marked["sheets"]].count("校验结果") == 1
    assert len(sheet(marked, "表三")["formats"]) == 5


def test_a_corrected_book_loses_its_marks_and_says_so(wps: StandIn, broken: dict[str, Any]) -> None:
    right = {"sheet": "表三", "cell": "D9", "value": 0}
    state = wps.run(broken, "goujiValidate", right, "goujiValidate")
    assert "校验结果" not in [s["name"] for s in state["sheets"]]
    assert not sheet(state, "表三")["formats"]
    assert state["alerts"][0].startswith("没有发现错误。错误0，警告0，提示0")


def test_next_previous_and_explain_go_from_cell_to_cell(
    wps: StandIn, broken: dict[str, Any]
) -> None:
    cover, wrong = ["封面", "B8"], ["表三", "D9"]
    for clicks, at in ((["Next"], cover), (["Next", "Next"], wrong), (["Previous"], cover)):
        state = wps.run(broken, "goujiValidate", *(f"gouji{c}" for c in clicks))
        assert state["active"] == at
    state = wps.run(broken, "goujiValidate", "goujiExplain")
    assert state["alerts"][0].startswith("（一）予以公开（D9）应是")
    assert wps.run(broken, "goujiNext")["alerts"] == ["请先按“校验”。"]


def test_every_trouble_has_its_sentence_and_leaves_the_book_alone(broken: dict[str, Any]) -> None:
    answers: list[Any] = [None, {"error": "这不是年报。"}]
    with StandIn(require_app("node"), lambda body: answers.pop(0)) as standin:
        before = standin.run(broken)["sheets"]
        offline = standin.run(broken, "goujiValidate")
        assert "连不上校验服务 http://127.0.0.1:8765" in offline["alerts"][0]
        other = standin.run(broken, "goujiValidate")
        assert other["alerts"] == ["这不是年报。"]
        assert offline["sheets"] == other["sheets"] == before
        assert standin.run(broken, "goujiValidate", none=True)["alerts"] == [
            "请先打开要校验的工作簿。"
        ]
        assert "gouji collect" in standin.run(broken, "goujiRollUp")["alerts"][0]
        assert "校验" in standin.run(broken, "goujiHelp")["alerts"][0]


def test_what_was_explained_on_the_list_is_carried_on_and_never_cleared_away(
    wps: StandIn, broken: dict[str, Any]
) -> None:
    results = sheet(wps.run(broken, "goujiValidate"), "校验结果")
    (line,) = [row for row in results["values"] if row[Column.PLACE] == "表三!D9"]
    line[Column.SAID] = "已电话核实"
    plain = {key: results[key] for key in ("name", "values")}
    broken["sheets"].append({**broken["sheets"][-1], **plain, "formulas": [], "merges": []})
    cleared = wps.run(broken, "goujiClear")
    assert sheet(cleared, "校验结果")["values"] == results["values"]
    anew = sheet(wps.run(broken, "goujiValidate"), "校验结果")
    output = [row[Column.SAID] for row in anew["values"] if row[Column.PLACE] == "表三!D9"]
    assert output == ["已电话核实"]


def test_the_repair_is_asked_for_written_judged_again_and_told(
    wps: StandIn, broken: dict[str, Any]
) -> None:
    state = wps.run(broken, "goujiValidate", "goujiFix")
    assert len(state["confirms"]) == 1
    assert "照这样改吗？" in state["confirms"][0]
    table = sheet(state, "表三")
    assert table["values"][8][3] == 0
    assert list(table["notes"]) == ["D9"]
    assert table["notes"]["D9"].startswith("【勾稽】提示 已按建议由1改为0；要改回，填1。")
    assert ["已改：表三!D9 1→0"] in [r[:1] for r in sheet(state, "校验结果")["values"]]
    again = wps.run(broken, "goujiFix", "goujiFix")
    assert again["alerts"][-1].startswith("没有可以照着改的建议")


def test_blank_cells_become_0_after_a_yes(wps: StandIn, tmp_path: Path) -> None:
    book = sent(three_blanks(tmp_path / "a.xlsx"))
    refused = wps.run(book, "goujiZeros", agree=False)
    assert refused["confirms"] == ["还有3格空着，都填0吗？写着字的格不动，总计照各项相加。"]
    assert refused["sheets"] == wps.run(book)["sheets"]
    state = wps.run(book, "goujiZeros")
    table = sheet(state, "表三")["values"]
    assert (table[8][4], table[8][5], table[21][3]) == (0, 0, 0)
    assert state["alerts"][-1].startswith("没有发现错误。错误0，警告0，提示0")
    assert wps.run(book, "goujiZeros", "goujiZeros")["alerts"][-1] == "没有空着的格。"


def test_nothing_is_written_without_a_yes_or_through_a_protection(
    wps: StandIn, broken: dict[str, Any]
) -> None:
    refused = wps.run(broken, "goujiFix", agree=False)
    assert sheet(refused, "表三")["values"][8][3] == 1
    assert refused["alerts"] == []


def test_a_sheet_protected_with_a_password_is_told_and_listed(
    wps: StandIn, broken: dict[str, Any]
) -> None:
    next(s for s in broken["sheets"] if s["name"] == "表三")["password"] = True
    state = wps.run(broken, "goujiValidate")
    assert state["alerts"] == ["表三受保护，未能标红，请看“校验结果”。"]
    assert sheet(state, "校验结果")["values"]


def cell_as_sent(wps: StandIn, book: dict[str, Any]) -> Any:
    """What the add-in sends for D7 of 表三."""
    wps.run(book, "goujiValidate")
    return sheet(wps.asked[-1]["body"], "表三")["values"][6][3]


@pytest.mark.parametrize("shape", ["packed", "bare", "text", "name", "object", "nan", "nothing"])
@pytest.mark.parametrize(("name", "code"), [("#N/A", 2042), ("#REF!", 2023), ("#SPILL!", 2045)])
@pytest.mark.sampled
def test_an_error_is_read_in_whatever_shape_wps_hands_it_over(
    wps: StandIn, broken: dict[str, Any], shape: str, name: str, code: int
) -> None:
    table = sheet(broken, "表三")
    table["values"][6][3] = {"error": name, "code": code, "shape": shape}
    table["formulas"][6][3] = "=A1+1"
    assert cell_as_sent(wps, broken) == name
    findings = answer(wps.asked[-1]["body"])["file"]["findings"]
    assert any(f["rule"] == "CELL-ERROR" and f["cell"] == "D7" for f in findings)
    table["formulas"][6][3] = ""  # typed, not computed
    assert cell_as_sent(wps, broken) == name


def test_an_error_in_a_column_too_narrow_to_show_it_is_one(
    wps: StandIn, broken: dict[str, Any]
) -> None:
    table = sheet(broken, "表三")
    table["values"][6][3] = {"error": "#DIV/0!", "code": 2007, "shape": "packed"}
    table["formulas"][6][3] = "=1/0"
    table["narrow"] = ["D7"]
    assert cell_as_sent(wps, broken) == "#DIV/0!"


@pytest.mark.parametrize("number", [-2146826265, 2042, 2023, 2000])
def test_a_number_that_looks_like_an_error_stays_a_number(
    wps: StandIn, broken: dict[str, Any], number: int
) -> None:
    table = sheet(broken, "表三")
    table["values"][6][3] = number
    assert cell_as_sent(wps, broken) == number
    table["narrow"] = ["D7"]  # shown as ####
    assert cell_as_sent(wps, broken) == number
    table["formulas"][6][3] = "=A1+1"
    assert cell_as_sent(wps, broken) == (number if number > 0 else "#REF!")
    table["narrow"] = []
    assert cell_as_sent(wps, broken) == number


def test_a_formula_without_a_result_is_blank(wps: StandIn, broken: dict[str, Any]) -> None:
    table = sheet(broken, "表三")
    table["values"][6][3], table["formulas"][6][3] = None, "=A1"
    assert cell_as_sent(wps, broken) is None


def test_the_ribbon_is_excels_with_wps_callbacks_and_an_icon_for_every_button() -> None:
    files = wps_files("http://a/")
    ribbon = ET.fromstring(files["ribbon.xml"])
    assert ribbon.get("onLoad") == "OnAddinLoad"
    buttons = [b for b in ribbon.iter() if b.tag.endswith("button")]
    assert {b.get("onAction") for b in buttons} == {"OnAction"}
    assert all(f"images/{b.get('id')}.svg" in files for b in buttons)
    main = files["main.js"].decode()
    assert {b.get("id") for b in buttons} == set(re.findall(r"(gouji[A-Z]\w+): \(\) =>", main))
    assert b'"server": "http://a"' in files["config.js"]


def test_the_zip_holds_the_folder_that_the_list_names(tmp_path: Path) -> None:
    with zipfile.ZipFile(build_wps(tmp_path / "wps.zip", "http://a")) as archive:
        assert {n.partition("/")[0] for n in archive.namelist()} == {wps_entry()["url"]}


def test_what_wps_sends_is_judged_as_the_file_is(wps: StandIn, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    values: dict[str, float | str] = dict(consistent(load("2019"), random.Random(5)))
    values |= {"t3.granted.natural": "18件", "t3.new.natural": -1.0, "t4.review.total": "/"}
    book_at(load("2019"), path, year=2019, unit="某县", values=values, typed_totals=True)
    (result,) = check_files([path])
    wps.run(sent(path), "goujiValidate")
    plan = answer(wps.asked[-1]["body"])
    assert result.verdict is not None
    reply = [(f["rule"], f["cell"], f["message"]) for f in plan["file"]["findings"]]
    assert reply == [
        (f.rule, f.place.cell if f.place else None, f.message) for f in result.verdict.findings
    ]
