"""Years and units side by side: what is found, what is never bridged, what is written."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from gouji.templates.edition import for_year, load
from gouji.templates.formulas import computed_totals
from gouji.validators.compare.series import arranged
from gouji.validators.compare.shared_lines import lines_of
from gouji.validators.report import Stamp

from bench.compare import Numbers, pile, six_years, told

from ...builders import book_at, opened, report
from ...command import run
from ...conftest import DATA


def put(folder: Path, unit: str, year: int, values: Numbers, name: str = "") -> Path:
    form = for_year(year)
    folder.mkdir(exist_ok=True)
    path = folder / f"{name or unit + str(year)}.xlsx"
    whole = computed_totals(form, values)
    return book_at(form, path, year=year, unit=unit, values=whole, typed_totals=True)


@pytest.fixture
def years() -> dict[int, Numbers]:
    return six_years(random.Random(1))


def data_of(page: Path) -> Any:
    """The numbers that a page holds."""
    text = page.read_text("utf-8")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])


@pytest.mark.slow
def test_every_broken_chain_is_found_at_its_place_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    made = pile(tmp_path / "in", reports=48, breaks=4, seed=3)
    code, spoken = run("compare", tmp_path / "in", "-o", tmp_path / "a.html")
    assert told(spoken) == made.breaks
    assert code == int(any(rule == "Y-CARRY" for _, _, rule in made.breaks))
    data = data_of(tmp_path / "a.html")
    assert len(data["units"]) == 8
    marked = {
        (unit["n"], int(year))
        for unit in data["units"]
        for year, one in unit["y"].items()
        if one["m"]
    }
    assert marked == {(unit, year) for unit, year, _ in made.breaks}


def test_a_carried_number_is_told_marked_and_linked(
    tmp_path: Path, years: dict[int, Numbers]
) -> None:
    for year in (2022, 2023):
        put(tmp_path / "in", "某县财政局", year, years[year])
    years[2024]["t3.carried_in.natural"] += 2
    years[2024]["t3.granted.natural"] += 2
    put(tmp_path / "in", "财政局", 2024, years[2024])  # the county left out: the same unit
    code, spoken = run("compare", tmp_path / "in", "-o", tmp_path / "a.html")
    assert code == 1
    (line,) = [x for x in spoken.splitlines() if x.startswith(("某县财政局", "财政局"))]
    assert "2024" in line
    assert "上年结转" in line
    page = (tmp_path / "a.html").read_text("utf-8")
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "<svg" in page
    assert 'href="in/%E8%B4%A2' in page
    assert "%E8%A1%A8%E4%B8%89%21D8" in page  # 表三!D8
    (unit,) = data_of(tmp_path / "a.html")["units"]
    assert sorted(unit["y"]) == ["2022", "2023", "2024"]
    signs = {mark[1] for mark in unit["y"]["2024"]["m"].values()}
    assert signs == {"×"}
    code, _ = run("compare", tmp_path / "in", "-o", tmp_path / "a.html", "--lang", "en")
    assert code == 1  # its own page is replaced


def test_a_missing_year_is_named_and_never_bridged(
    tmp_path: Path, years: dict[int, Numbers]
) -> None:
    years[2024]["t3.carried_in.natural"] += 2
    years[2024]["t3.granted.natural"] += 2
    for year in (2022, 2024):
        put(tmp_path / "in", "甲局", year, years[year])
    put(tmp_path / "in", "乙局", 2023, years[2023])  # a unit of one year
    code, spoken = run("compare", tmp_path / "in", "-o", tmp_path / "a.html")
    assert code == 0
    assert re.search("甲局  2023  没有这一年的年报", spoken)
    assert data_of(tmp_path / "a.html")["units"][1]["g"] == [2023]


def test_of_two_reports_of_one_year_none_is_bridged(
    tmp_path: Path, years: dict[int, Numbers]
) -> None:
    for year in (2022, 2023, 2024):
        put(tmp_path / "in", "甲局", year, years[year])
    years[2023]["t3.carried_in.natural"] += 2
    years[2023]["t3.granted.natural"] += 2
    second = put(tmp_path / "in", "甲局", 2023, years[2023], "又一份")
    code, spoken = run("compare", tmp_path / "in", "-o", tmp_path / "a.xlsx")
    assert code == 0
    assert re.search("甲局  2023  有2份年报.*又一份.xlsx.*都没有与前后年对照", spoken)
    sheet = opened(tmp_path / "a.xlsx")["表三"]
    heads = [c.value for c in sheet[1]]
    assert sheet.cell(2, heads.index("2023") + 1).value == "不止一份"
    (tmp_path / "in" / "甲局2023.xlsx").unlink()  # one is left: it counts
    code, spoken = run("compare", tmp_path / "in", "-o", tmp_path / "a.xlsx")
    assert code == 1
    assert re.search("甲局  2023  .*上年结转", spoken)
    assert second.exists()


def test_years_of_two_editions_stand_side_by_side_where_the_edition_says_so(
    tmp_path: Path, years: dict[int, Numbers]
) -> None:
    new, old = load("2021"), load("2019")
    lines = lines_of([old, new])
    assert len(lines) == len(new.fields) + len(old.fields) - len(new.same_as["2019"])
    both = {line.keys["2021"] for line in lines if len(line.keys) == 2}
    assert both == new.same_as["2019"]
    assert "t3.other_other.total" not in both  # one row there, three here
    years[2020]["t3.carried_out.natural"] += 1
    years[2020]["t3.new.natural"] += 1
    for year in (2020, 2021):
        put(tmp_path / "in", "甲局", year, years[year])
    code, spoken = run("compare", tmp_path / "in", "-o", tmp_path / "a.html")
    assert code == 1
    assert "甲局  2021" in spoken
    data = data_of(tmp_path / "a.html")
    at = data["lines"].index(["表二", "规章", "本年制发件数", ""])
    assert data["units"][0]["y"]["2020"]["v"][at] is None


def test_names_meet_as_in_a_roster_and_former_ones_by_it(
    tmp_path: Path, years: dict[int, Numbers]
) -> None:
    form = load("2021")

    def names(*units: str) -> list[int]:
        made = [report(form, {}, unit=u, year=2021 + n) for n, u in enumerate(units)]
        return sorted(len([*s.reports]) for s in arranged(made))

    assert names("某县财政局", "某县财政局（本级）", "财政局") == [3]
    assert names("甲县财政局", "乙县财政局", "财政局") == [1, 1, 1]
    years[2024]["t3.carried_in.natural"] += 1
    years[2024]["t3.granted.natural"] += 1
    put(tmp_path / "in", "卫计局", 2023, years[2023])
    put(tmp_path / "in", "卫健局", 2024, years[2024])
    assert run("compare", tmp_path / "in", "-o", tmp_path / "a.html")[0] == 0
    roster = tmp_path / "名册.csv"
    roster.write_text("单位名称,曾用名\n卫健局,卫计局\n", "utf-8")
    words = ("compare", tmp_path / "in", "-o", tmp_path / "a.html", "--roster", roster)
    code, spoken = run(*words)
    assert code == 0  # a warning after a new name
    assert "卫健局  2024" in spoken
    assert run(*words, "--strict")[0] == 1


def test_an_error_that_is_no_contradiction_is_told_too(
    tmp_path: Path, years: dict[int, Numbers]
) -> None:
    years[2022]["t2.penalties.decisions"] = -4.0
    put(tmp_path / "in", "甲局", 2022, years[2022])
    code, spoken = run("compare", tmp_path / "in", "-o", tmp_path / "a.html")
    assert code == 1
    assert "矛盾0处" in spoken
    assert "1份有别的错误（用 gouji check 看）" in spoken


def test_two_units_of_one_name_are_told_apart() -> None:
    form = load("2021")
    made = [report(form, {}, unit="某县财政局", year=2022) for _ in range(2)]
    stamped = [replace(r, stamp=Stamp(code=c)) for r, c in zip(made, ("A1", "A2"), strict=True)]
    assert [s.unit for s in arranged(stamped)] == ["某县财政局（A1）", "某县财政局（A2）"]


def test_an_unreadable_file_is_named_and_the_others_are_compared(
    tmp_path: Path, years: dict[int, Numbers]
) -> None:
    for year in (2022, 2023):
        put(tmp_path / "in", "甲局", year, years[year])
    (tmp_path / "in" / "坏.xlsx").write_bytes(b"none")
    page = (DATA / "published" / "lianshan-2021.txt").read_bytes()
    (tmp_path / "in" / "连山区.txt").write_bytes(page)
    code, spoken = run("compare", tmp_path / "in", "-o", tmp_path / "in" / "a.html", "--jobs", "2")
    assert code == 2
    assert "坏.xlsx" in spoken
    assert "2个单位，3份年报" in spoken
    code, spoken = run("compare", tmp_path / "in", "-o", tmp_path / "in" / "a.html")
    assert "2个单位，3份年报" in spoken  # the page itself is no report


def test_the_workbook_holds_numbers_formulas_and_signs(
    tmp_path: Path, years: dict[int, Numbers]
) -> None:
    years[2024]["t3.carried_in.natural"] += 2
    years[2024]["t3.granted.natural"] += 2
    for year in (2023, 2024):
        put(tmp_path / "in", "=甲局", year, years[year])
    assert run("compare", tmp_path / "in", "-o", tmp_path / "a.xlsx")[0] == 1
    book = opened(tmp_path / "a.xlsx")
    assert book.sheetnames == ["矛盾", "表二", "表三", "表四"]
    assert book["矛盾"]["A2"].value == "=甲局"
    assert book["矛盾"]["A2"].data_type == "s"  # no formula
    rows = {tuple(c.value for c in row[1:3]): row for row in book["表三"].iter_rows(min_row=2)}
    row = rows["二、上年结转", "自然人"]
    assert [row[3].value, row[4].value] == [
        years[2023]["t3.carried_in.natural"],
        years[2024]["t3.carried_in.natural"],
    ]
    assert row[5].value == f"=ROUND(E{row[0].row}-D{row[0].row},6)"
    assert "×" in row[4].number_format
    assert row[4].comment is not None


@pytest.mark.parametrize(
    ("words", "spoken"),
    [
        (["空", "-o", "a.html"], "没有工作簿"),
        (["没有.xlsx", "-o", "a.html"], "没有.xlsx"),
        (["空", "-o", "a.pdf"], "扩展名"),
        (["空", "-o", "别人的.html"], "已"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    words: list[str], spoken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "空").mkdir()
    (tmp_path / "别人的.html").write_text("mine", "utf-8")
    code, output = run("compare", *words)
    assert code == 2
    assert spoken in output
    assert "Traceback" not in output
    assert (tmp_path / "别人的.html").read_text("utf-8") == "mine"
