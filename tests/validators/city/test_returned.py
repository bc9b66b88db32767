"""What comes back: files in other formats, on another unit's stamp, unfilled, twice."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest
from gouji.templates.roster import Roster, Unit
from gouji.validators.city.collection import arrange
from gouji.validators.city.kinds import summary
from gouji.validators.city.memory import Entry, Memory, entry_of
from gouji.validators.office import check_files
from python_calamine import CalamineWorkbook

from ...builders import consistent, editing, one_wrong_cell, opened
from .test_collect import FORM, YEAR, refill, roster, run

THREE = Roster(
    tuple(
        Unit(n, f"00{i}", line=i + 1)
        for i, n in enumerate(("清河县民政局", "清河县教育局", "清河县水利局"), 1)
    )
)


def entry(path: str, unit: str, code: str = "", **more: object) -> Entry:
    return Entry(path, 1, 1, unit=unit, code=code, year=YEAR, edition="2021", **more)  # type: ignore[arg-type]


def numbers(seed: int) -> dict[str, float]:
    held = consistent(FORM, random.Random(seed))
    for key in ("issued", "repealed", "in_force"):
        held[f"t2.regulations.{key}"] = 0
    held["t2.normative.in_force"] = held["t2.normative.issued"] + 1
    return held


def test_a_file_in_an_unreadable_format_was_received(tmp_path: Path) -> None:
    listing, folder = roster(tmp_path / "r.csv", 4), tmp_path / "in"
    folder.mkdir()
    refill(folder / "A000_第0局.xlsx", numbers(0), unit="第0局", code="A000")
    (folder / "A001_第1局年报.zip").write_bytes(b"PK")
    (folder / "第2局.docx").write_bytes(b"x")
    (folder / "~$A003_第3局.xlsx").write_bytes(b"x")
    code, output = run("collect", folder, "--roster", listing, "-o", tmp_path / "s.xlsx")
    assert code == 1
    assert "收到了，但格式读不了2，相符1" in output
    assert "第1局：收到了，但格式读不了（A001_第1局年报.zip是压缩包" in output
    assert "第2局：收到了，但格式读不了（第2局.docx是文档" in output
    assert "第3局：未收到" in output
    assert "~$A003_第3局.xlsx  没有读" in output
    states = CalamineWorkbook.from_path(str(tmp_path / "s.xlsx")).get_sheet_by_name("各单位状态")
    shown = {row[0] for row in states.to_python()}
    assert "没有读" in shown


def test_a_damaged_workbook_of_another_format_ends_with_2(tmp_path: Path) -> None:
    listing, folder = roster(tmp_path / "r.csv", 1), tmp_path / "in"
    folder.mkdir()
    (folder / "第0局.xlsb").write_bytes(b"PK\x03\x04dummy")
    code, output = run("collect", folder, "--roster", listing, "-o", tmp_path / "s.xlsx")
    assert code == 2
    assert "第0局：收到了，但格式读不了（" in output


def test_the_roster_in_the_folder_is_no_units_file(tmp_path: Path) -> None:
    listing = roster(tmp_path / "r.csv", 1)
    refill(tmp_path / "A000_第0局.xlsx", numbers(0), unit="第0局", code="A000")
    code, output = run("collect", tmp_path, "--roster", listing, "-o", tmp_path / "s.xlsx")
    assert code == 0
    assert "没有读" not in output


@pytest.mark.parametrize(
    ("path", "unit", "code", "kinds"),
    [
        ("x.xlsx", "清河县民政局", "002", ["other_unit", "missing", "missing"]),
        ("x.xlsx", "民政局", "002", ["other_unit", "missing", "missing"]),
        ("001_清河县民政局.xlsx", "清河县教育局", "002", ["other_unit", "missing", "missing"]),
        ("清河县民政局.xlsx", "清河县教育局", "", ["other_unit", "missing", "missing"]),
        ("x.xlsx", "某某公司", "002", ["missing", "other_unit", "missing"]),
        ("清河县水务局.xlsx", "清河县水务局", "002", ["missing", "other_unit", "missing"]),
        ("x.xlsx", "教育局", "002", ["missing", "clean", "missing"]),
        ("终稿.xlsx", "终稿", "002", ["missing", "clean", "missing"]),
        ("x.xlsx", "清河县水利局", "", ["missing", "missing", "clean"]),
    ],
)
def test_a_file_counts_only_where_stamp_unit_and_name_agree(
    path: str, unit: str, code: str, kinds: list[str]
) -> None:
    made = arrange(Path(), THREE, [entry(path, unit, code)])
    assert [s.kind for s in made.states] == kinds
    for state in made.states:
        if state.kind == "other_unit":
            assert state.entry is None
            assert path in state.words.zh
            assert path in state.words.en


def test_a_name_that_only_ends_like_a_units_is_a_strangers() -> None:
    listed = Roster((Unit("王庄镇人民政府", "A01", line=2), Unit("河口乡人民政府", "A02", line=3)))
    sent = [
        entry("大王庄镇年报.xlsx", "大王庄镇人民政府"),
        entry("西河口乡.xlsx", "西河口乡人民政府"),
    ]
    made = arrange(Path(), listed, sent)
    assert [s.kind for s in made.states] == ["missing", "missing"]
    assert [e.path for e in made.strangers] == [e.path for e in sent]


def test_a_stamp_outweighs_what_a_new_name_ends_like() -> None:
    listed = Roster((Unit("体育局", "A01", line=2), Unit("教育局", "A02", line=3)))
    made = arrange(Path(), listed, [entry("x.xlsx", "教育体育局", "A02")])
    assert [s.kind for s in made.states] == ["missing", "clean"]
    assert made.states[1].near
    assert "x.xlsx里的单位名称是“教育体育局”，按“教育局”收的" in made.states[1].doubts.zh
    assert "相符1；单位名称与名册不同1" in summary(made).zh


def test_a_former_name_of_the_roster_is_an_exact_match() -> None:
    listed = Roster((Unit("大王庄镇人民政府", "A02", former=("大王庄乡人民政府",), line=2),))
    made = arrange(Path(), listed, [entry("x.xlsx", "大王庄乡人民政府")])
    assert [(s.kind, s.near) for s in made.states] == [("clean", False)]


def test_the_county_that_the_files_name_is_the_rosters_and_another_is_not() -> None:
    listed = Roster(tuple(Unit(n, line=i) for i, n in enumerate(("财政局", "民政局"), 2)))
    sent = [entry(f"{n}.xlsx", n) for n in ("清河县民政局一", "清河县民政局", "南宫市财政局")]
    made = arrange(Path(), listed, [*sent, entry("x.xlsx", "清河县水利局")])
    assert [(s.kind, s.near) for s in made.states] == [("missing", False), ("clean", True)]


def test_two_names_with_one_key_each_get_their_own_file() -> None:
    both = Roster((Unit("清河县民政局", line=2), Unit("清河县民政局（本级）", line=3)))
    sent = [
        entry(f"{unit.name}.xlsx", unit.name, numbers={"t3.new.natural": number})
        for unit, number in zip(both.units, (18.0, 28.0), strict=True)
    ]
    made = arrange(Path(), both, sent)
    counted = [s.entry.numbers["t3.new.natural"] for s in made.states if s.entry]
    assert counted == [18.0, 28.0]
    assert [s.doubts.zh for s in made.states] == ["", ""]


@pytest.mark.slow
def test_an_untouched_prefilled_workbook_is_not_filled_in(tmp_path: Path) -> None:
    listing = roster(tmp_path / "r.csv", 2)
    for n in (0, 1):
        refill(
            tmp_path / "2024" / f"{n}.xlsx",
            numbers(n),
            unit=f"第{n}局",
            code=f"A00{n}",
            year=YEAR - 1,
        )
    out = tmp_path / "out"
    _, output = run("distribute", listing, "--year", YEAR, "-o", out, "--prior", tmp_path / "2024")
    assert "其中2个预填了上年结转" in output
    with editing(out / "A001_第1局.xlsx") as book:
        book["表三"]["D9"] = 0  # one cell is enough to have begun
    _, output = run("collect", out, "--roster", listing, "-o", tmp_path / "s.xlsx")
    assert "第0局：还没有填写" in output
    assert "第1局：有错误" in output or "第1局：待核实" in output


@pytest.mark.slow
def test_the_officer_is_told_of_two_files_that_point_apart(tmp_path: Path) -> None:
    listing, out = roster(tmp_path / "r.csv", 1), tmp_path / "out"
    for name, filler, saved in (("A000_第0局.xlsx", "张三", 1e9), ("再报.xlsx", "李四", 1.5e9)):
        refill(out / name, numbers(0), unit="第0局", code="A000")
        book = opened(out / name, data_only=True)
        place = book.defined_names["gouji_filler"].attr_text.rpartition("!")[2].replace("$", "")
        book["封面"][place] = filler
        book.save(out / name)
        os.utime(out / name, (saved, saved))
    _, output = run("collect", out, "--roster", listing, "-o", tmp_path / "s.xlsx")
    assert "报了2次（A000_第0局.xlsx、再报.xlsx），以最后一次（再报.xlsx）为准" in output
    assert "填报人不同：张三、李四，请核对是不是同一个单位报的" in output


def test_a_filled_file_is_not_replaced_by_a_blank_one_that_came_later() -> None:
    first = entry("a.xlsx", "清河县民政局", "001", numbers={"t3.new.natural": 1.0})
    later = Entry("b.xlsx", 1, 2, unit="清河县民政局", code="001", year=YEAR, blank=True)
    made = arrange(Path(), THREE, [first, later])
    assert made.states[0].entry is first


@pytest.mark.parametrize(
    "forged",
    [
        "cards",
        {"findings": [9]},
        {"severity": "grave"},
        {"title": 1},
        {"cells": [{"sheet": 3, "cell": "D9"}]},
    ],
)
def test_a_kept_card_of_a_forged_shape_is_not_believed(tmp_path: Path, forged: object) -> None:
    path = one_wrong_cell(tmp_path / "a.xlsx")
    (result,) = check_files([path])
    kept = tmp_path / "kept.jsonl"
    memory = Memory(kept, "key")
    memory.close([entry_of(path, tmp_path, result)])
    assert Memory(kept, "key").of(path, tmp_path) == entry_of(path, tmp_path, result)
    head, line = kept.read_text("utf-8").splitlines()[:2]
    answer, _, text = line.partition(" ")
    held = json.loads(text)
    cards = held["cards"]
    held["cards"] = [cards[-1] | forged] if isinstance(forged, dict) else forged
    for begun in ("", f"{answer} ", "0" * 64 + " "):
        kept.write_text(f"{head}\n{begun}{json.dumps(held)}\n", "utf-8")
        assert Memory(kept, "key").of(path, tmp_path) is None


def test_forged_numbers_are_read_again_and_a_line_of_another_kind_of_run_counts_as_none(
    tmp_path: Path,
) -> None:
    path, kept = one_wrong_cell(tmp_path / "a.xlsx"), tmp_path / "kept.jsonl"
    (result,) = check_files([path])
    Memory(kept, "key").close([entry_of(path, tmp_path, result)])
    genuine = kept.read_text("utf-8")
    forged = genuine.replace('"findings": [{', '"findings": [], "old": [{')
    assert forged != genuine
    kept.write_text(forged, "utf-8")
    assert Memory(kept, "key").entries == {}
    kept.write_text(genuine.replace('"key": "key"', '"key": "other"'), "utf-8")
    assert Memory(kept, "other").entries == {}


def test_a_file_of_another_unit_is_told_beside_a_clean_report(tmp_path: Path) -> None:
    listing, out = roster(tmp_path / "r.csv", 2), tmp_path / "out"
    refill(out / "A000_第0局.xlsx", numbers(0), unit="第0局", code="A000")
    refill(out / "抄来的.xlsx", numbers(1), unit="第0局", code="A001")
    _, output = run("collect", out, "--roster", listing, "-o", tmp_path / "s.xlsx")
    assert "第0局：相符（抄来的.xlsx用的是“第1局”的文件）" in output
    assert "第1局：未收到" in output
