"""A roster distributed, filled by a script, spoiled in known ways, collected."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from gouji.templates.edition import load
from gouji.templates.roster import Unit, read_roster
from gouji.validators.city.book import CHARTS, DETAIL, FINDINGS
from gouji.validators.city.collection import Entry, arrange, explained
from gouji.validators.office.check import check
from python_calamine import CalamineWorkbook

from ...builders import book_at, consistent, editing, opened
from ...command import run
from ...conftest import program, sample

FORM = load("2021")
YEAR = 2025


def roster(path: Path, count: int) -> Path:
    lines = ["单位名称,代码,类别,上级"]
    lines += [f"第{n}局,A{n:03d},政府部门,某县" for n in range(count)]
    path.write_text("\n".join(lines), "utf-8-sig")
    return path


def refill(path: Path, values: dict[str, float], *, unit: str, code: str, year: int = YEAR) -> None:
    """The unit's clerk fills in the workbook; its totals are the template's formulas."""
    book_at(FORM, path, year=year, unit=unit, code=code, values=values)


def distributed(folder: Path, count: int) -> tuple[Path, Path, dict[int, dict[str, float]]]:
    """A roster, the filled workbooks of its units, and their numbers."""
    listing = roster(folder / "roster.csv", count)
    out, rng = folder / "returned", random.Random(count)
    code, output = run("distribute", listing, "--year", YEAR, "-o", out)
    assert code == 0
    assert f"生成{count}个工作簿" in output
    numbers = {}
    for n in range(count):
        path = out / f"A{n:03d}_第{n}局.xlsx"
        assert path.exists()
        numbers[n] = consistent(FORM, rng)
        for key in ("issued", "repealed", "in_force"):
            numbers[n][f"t2.regulations.{key}"] = 0
        numbers[n]["t2.normative.in_force"] = numbers[n]["t2.normative.issued"] + 1
        refill(path, numbers[n], unit=f"第{n}局", code=f"A{n:03d}")
    return listing, out, numbers


def sums(rollup: Path) -> dict[str, float]:
    (result,) = check([rollup])
    assert result.report is not None
    return {k: result.report.number(k) or 0.0 for k in FORM.fields}


@pytest.mark.slow
def test_of_many_units_7_are_spoiled(tmp_path: Path) -> None:
    count = sample(24, 120)
    listing, out, numbers = distributed(tmp_path, count)

    def of(n: int) -> Path:
        return out / f"A{n:03d}_第{n}局.xlsx"

    of(3).unlink()  # missing
    day = time.mktime((2026, 2, 20, 12, 0, 0, 0, 0, 0))
    due = time.mktime((2026, 1, 20, 12, 0, 0, 0, 0, 0))
    numbers[14]["t3.granted.natural"] += 1  # wrong cell
    book_at(
        FORM, of(14), year=YEAR, unit="第14局", code="A014", values=numbers[14], typed_totals=True
    )
    of(15).write_bytes(of(15).read_bytes()[:3000])  # unreadable
    with editing(of(16), data_only=True) as book:  # structure changed
        book["表三"]["A8"] = "二、去年的"
    shutil.copy(of(10), of(19))  # another unit's file
    refill(of(22), numbers[22], unit="第22局", code="A022", year=YEAR - 1)  # last year's
    for path in out.iterdir():
        os.utime(path, (due, due))
    os.utime(of(12), (day, day))  # late
    code, output = run(
        "collect", out, "--roster", listing, "-o", tmp_path / "sum.xlsx", "--due", "2026-01-31"
    )
    assert code == 2
    answer = {
        line.strip().partition("：")[0]: line.strip()
        for line in output.splitlines()
        if line.startswith("  第")
    }
    kinds = {name: line.partition("：")[2][:4] for name, line in answer.items()}
    assert kinds == {
        "第3局": "未收到",
        "第12局": "相符（可",
        "第14局": "有错误，",
        "第15局": "读不了（",
        "第16局": "表样被改",
        "第19局": "是别的单",
        "第22局": "不是本年",
    }
    assert "用的是“第10局”的文件" in answer["第19局"]
    assert "是2024年度的文件" in answer["第22局"]
    assert "标签被改动" in answer["第16局"]
    assert "D9" in answer["第14局"]
    # the sums, by pandas from the raw workbooks, cell by cell
    layout = {}
    raw = [p for p in sorted(out.iterdir()) if p not in (of(15), of(19), of(22))]
    frames = []
    for path in raw:
        held = CalamineWorkbook.from_path(str(path))
        tables = {
            s: held.get_sheet_by_name(s).to_python(skip_empty_area=False)
            for s in ("表二", "表三", "表四")
        }
        from gouji.templates.layout import layout_of

        layout = layout_of(FORM).cells
        frames.append({k: tables[s][r][c] for k, (s, r, c) in layout.items()})
    expected = pd.DataFrame(frames).astype(float).sum()
    assert sums(tmp_path / "sum.xlsx") == pytest.approx(dict(expected))
    book = opened(tmp_path / "sum.xlsx")
    assert book["表三"]["D7"].value == f"=SUM({DETAIL}!N$2:N${count - 3})"
    assert book[DETAIL].max_row == count - 3
    assert len(book[CHARTS]._charts) == 2
    assert any(row[3].hyperlink for row in book[FINDINGS].iter_rows(min_row=2))


def test_last_years_numbers_are_filled_in_and_checked(tmp_path: Path) -> None:
    listing = roster(tmp_path / "roster.csv", 2)
    last = consistent(FORM, random.Random(1))
    book_at(FORM, tmp_path / "2024" / "x.xlsx", year=2024, unit="第0局", code="A000", values=last)
    out = tmp_path / "out"
    _, output = run("distribute", listing, "--year", YEAR, "-o", out, "--prior", tmp_path / "2024")
    assert "其中1个预填了上年结转" in output
    (first, second) = check(sorted(out.iterdir()))
    assert first.report is not None
    assert second.report is not None
    assert first.report.number("t3.carried_in.natural") == last["t3.carried_out.natural"]
    assert first.report.stamp.code == "A000"
    assert second.report.number("t3.carried_in.natural") is None
    _, output = run("distribute", listing, "--year", YEAR, "-o", out)
    assert "已有2个没有覆盖" in output


@pytest.mark.slow
def test_the_rollups_own_formulas_are_as_they_should_be(tmp_path: Path) -> None:
    listing, out, _ = distributed(tmp_path, 2)
    assert run("collect", out, "--roster", listing, "-o", tmp_path / "sum.xlsx")[0] == 0
    (result,) = check([tmp_path / "sum.xlsx"])
    assert result.verdict
    assert [f.rule for f in result.verdict.findings] == []


def test_an_existing_rollup_is_compared_and_the_unit_left_out_is_named(tmp_path: Path) -> None:
    listing, out, numbers = distributed(tmp_path, 4)
    total = {k: sum(numbers[n][k] for n in numbers) for k in FORM.fields}
    top = tmp_path / "county.xlsx"
    for values, code, words in (
        (total, 0, "与各单位之和相符"),
        (
            {k: v - numbers[2][k] for k, v in total.items()},
            1,
            "“第2局”的全部数字：汇总时没有加上它",
        ),
    ):
        book_at(FORM, top, year=YEAR, unit="某县", values=values, typed_totals=True)
        got, output = run(
            "collect", out, "--roster", listing, "-o", tmp_path / "sum.xlsx", "--against", top
        )
        assert words in output
        assert got == code


@pytest.mark.slow
def test_a_wrong_cell_that_explains_the_difference_is_named(tmp_path: Path) -> None:
    listing, out, numbers = distributed(tmp_path, 3)
    total = {k: sum(numbers[n][k] for n in numbers) for k in FORM.fields}
    broken = {**numbers[1], "t3.granted.natural": numbers[1]["t3.granted.natural"] + 1}
    book_at(
        FORM,
        out / "A001_第1局.xlsx",
        year=YEAR,
        unit="第1局",
        code="A001",
        values=broken,
        typed_totals=True,
    )
    book_at(FORM, tmp_path / "top.xlsx", year=YEAR, unit="某县", values=total, typed_totals=True)
    _, output = run(
        "collect",
        out,
        "--roster",
        listing,
        "-o",
        tmp_path / "sum.xlsx",
        "--against",
        tmp_path / "top.xlsx",
    )
    assert "相差的正好是“第1局”D9的改动" in output


@pytest.mark.slow
def test_a_resubmission_replaces_what_came_before_and_order_changes_nothing(
    tmp_path: Path,
) -> None:
    listing, out, numbers = distributed(tmp_path, 3)
    again = {**numbers[1], "t2.penalties.decisions": numbers[1]["t2.penalties.decisions"] + 5}
    refill(out / "改后再报.xlsx", again, unit="第1局", code="A001")
    os.utime(out / "A001_第1局.xlsx", (1e9, 1e9))
    run("collect", out, "--roster", listing, "-o", tmp_path / "a.xlsx")
    changed = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_name("重报变动")
    rows = changed.to_python()
    assert rows[1][:4] == [
        "第1局",
        "表二 行政处罚处理决定",
        again["t2.penalties.decisions"] - 5,
        again["t2.penalties.decisions"],
    ]
    for name in ("z.xlsx", "0.xlsx"):  # other names, another order
        (out / "A002_第2局.xlsx").rename(tmp_path / "kept")
        shutil.copy2(tmp_path / "kept", out / name)
        run("collect", out, "--roster", listing, "-o", tmp_path / "b.xlsx")
        assert sums(tmp_path / "b.xlsx") == sums(tmp_path / "a.xlsx")
        (out / name).unlink()
        (tmp_path / "kept").rename(out / "A002_第2局.xlsx")


def test_an_explanation_holds_as_long_as_its_number_does() -> None:
    warning = {
        "severity": "warning",
        "sheet": "表二",
        "cell": "D6",
        "field": "t2.normative.in_force",
    }
    entry = Entry(
        "a.xlsx",
        1,
        1,
        numbers={"t2.normative.in_force": 3.0},
        explanations=[["表二", "D6", "3", "含到期失效1件"]],
    )
    assert explained(entry, warning) == (True, "含到期失效1件")
    later = Entry(
        "a.xlsx", 1, 1, numbers={"t2.normative.in_force": 4.0}, explanations=entry.explanations
    )
    good, words = explained(later, warning)
    assert not good
    assert "说明已失效：当时是3，现在是4" in words
    good, words = explained(entry, {**warning, "severity": "error"})
    assert not good
    assert "错误不能用说明代替改正" in words
    assert explained(entry, {**warning, "cell": "D7"}) == (False, "")


@pytest.mark.slow
def test_a_warning_that_is_explained_leaves_the_unit_clean(tmp_path: Path) -> None:
    listing, out, numbers = distributed(tmp_path, 1)
    values = {**numbers[0], "t2.normative.in_force": 0.0, "t2.normative.issued": 2.0}
    path = out / "A000_第0局.xlsx"
    refill(path, values, unit="第0局", code="A000")
    _, output = run("collect", out, "--roster", listing, "-o", tmp_path / "s.xlsx")
    assert "待核实1" in output
    (result,) = check([path])
    assert result.verdict is not None
    (warned,) = [f for f in result.verdict.findings if f.severity == "warning"]
    assert warned.place is not None
    book_at(
        FORM,
        path,
        year=YEAR,
        unit="第0局",
        code="A000",
        values=values,
        typed_totals=True,
    )
    book = opened(path)
    number = f"{values[warned.field]:g}"
    for column, text in enumerate((warned.place.sheet, warned.place.cell, number, "当年废止"), 1):
        book["审核说明"].cell(2, column, text)
    book.save(path)
    _, output = run("collect", out, "--roster", listing, "-o", tmp_path / "s.xlsx")
    assert "相符1" in output, output


@pytest.mark.slow
def test_a_killed_collect_goes_on_and_gives_the_same(tmp_path: Path) -> None:
    listing, out, _ = distributed(tmp_path, sample(24, 40))
    words = program("command_line", "collect", out, "--roster", listing, "-o")
    whole, killed = tmp_path / "whole.xlsx", tmp_path / "killed.xlsx"
    subprocess.run([*words, str(whole)], check=False, capture_output=True)
    memory = tmp_path / ".killed.gouji-memory.jsonl"
    rng = random.Random(1)
    for _ in range(4):
        process = subprocess.Popen([*words, str(killed)], stdout=subprocess.DEVNULL)
        time.sleep(1.2 + rng.random())
        process.send_signal(signal.SIGKILL)
        process.wait()
    if memory.exists():  # what a kill leaves behind at worst: half a line
        with memory.open("ab") as file:
            file.write(b'{"path": "A0')
    done = subprocess.run([*words, str(killed)], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert not list(tmp_path.glob(".~gouji-*"))
    one, two = (CalamineWorkbook.from_path(str(p)) for p in (whole, killed))
    assert one.sheet_names == two.sheet_names
    for name in one.sheet_names:
        a, b = (x.get_sheet_by_name(name).to_python() for x in (one, two))
        assert a == b, name


@pytest.mark.slow
def test_a_second_run_reads_only_what_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gouji.validators.city.collection as rooms

    listing, out, numbers = distributed(tmp_path, 4)
    seen: list[int] = []
    real: Callable[..., object] = check

    def counting(paths: list[Path], **more: object) -> object:
        seen.append(len(paths))
        return real(paths, **more)

    monkeypatch.setattr(rooms, "check", counting)
    run("collect", out, "--roster", listing, "-o", tmp_path / "s.xlsx")
    run("collect", out, "--roster", listing, "-o", tmp_path / "s.xlsx")
    refill(out / "A001_第1局.xlsx", numbers[2], unit="第1局", code="A001")
    run("collect", out, "--roster", listing, "-o", tmp_path / "s.xlsx")
    assert seen == [4, 0, 1]


def test_the_folder_of_the_rollup_is_made_and_a_bad_one_gets_a_sentence(tmp_path: Path) -> None:
    listing, out, _ = distributed(tmp_path, 1)
    code, _ = run("collect", out, "--roster", listing, "-o", tmp_path / "new" / "s.xlsx")
    assert code == 0
    assert (tmp_path / "new" / "s.xlsx").exists()
    (tmp_path / "file").write_text("")
    code, output = run("collect", out, "--roster", listing, "-o", tmp_path / "file" / "s.xlsx")
    assert code == 2
    assert "请把汇总写到一个可写的文件夹" in output
    for wrong in (
        [tmp_path / "none", "--roster", listing, "-o", tmp_path / "s.xlsx"],
        [out, "--roster", listing, "-o", tmp_path / "s.xls"],
        [out, "--roster", listing, "-o", tmp_path / "s.xlsx", "--due", "月底"],
        [out, "--roster", tmp_path / "none.csv", "-o", tmp_path / "s.xlsx"],
    ):
        assert run("collect", *wrong)[0] == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("代码,类别\nA,b\n", "没有“单位名称”一列"),
        ("单位名称,代码\n甲局,A\n,B\n", "第3行没有单位名称"),
        ("单位名称,代码\n甲局,A\n乙局,A\n", "第3行代码“A”与第2行相同"),
        ("单位名称,代码\n甲局,A\n甲局,B\n", "第3行单位名称“甲局”与第2行相同"),
        ("单位名称\n", "没有单位"),
    ],
)
def test_a_bad_line_of_the_roster_is_named(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(text, "utf-8")
    code, output = run("distribute", tmp_path / "r.csv", "--year", YEAR, "-o", tmp_path / "o")
    assert code == 2
    assert words in output


def test_the_roster_is_read_from_excel_and_from_an_old_csv(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["某县名册"], ["代码", "单位名称", "曾用名"], [101, "甲局", "乙局、丙局"]):
        book.active.append(row)
    book.save(tmp_path / "r.xlsx")
    (tmp_path / "r.csv").write_bytes(
        "代码,单位名称,曾用名\n101,甲局,乙局、丙局\n".encode("gb18030")
    )
    for path in (tmp_path / "r.xlsx", tmp_path / "r.csv"):
        listed = read_roster(path)
        assert [(u.name, u.code, u.former) for u in listed.units] == [
            ("甲局", "101", ("乙局", "丙局"))
        ]
        assert listed.find("丙局") is listed.units[0]
        assert listed.find("甲局（本级）") is listed.units[0]
        assert listed.find("丁局") is None


@pytest.mark.parametrize(
    ("name", "code", "safe"),
    [
        ("教育/体育局", "A1", "A1_教育_体育局.xlsx"),
        ("..\\..\\局", "", "_.._局.xlsx"),
        ("CON", "", "_CON.xlsx"),
        ("局" * 200, "", None),
    ],
)
def test_file_names_are_safe_everywhere(name: str, code: str, safe: str | None) -> None:
    made = Unit(name, code).file_name
    assert len(made.encode()) <= 255
    assert not set(made) & set('<>:"/\\|?*')
    if safe:
        assert made == safe


def test_files_of_units_that_the_roster_lacks_are_listed() -> None:
    from gouji.templates.roster import Roster

    stranger = Entry("x/y.xlsx", 1, 1, unit="外单位", year=YEAR, edition="2021")
    made = arrange(Path(), Roster((Unit("甲局", line=2),)), [stranger])
    assert [e.path for e in made.strangers] == ["x/y.xlsx"]
    assert [s.kind for s in made.states] == ["missing"]


def test_files_of_no_unit_are_told_with_the_reason(tmp_path: Path) -> None:
    inbox = tmp_path / "收到"
    inbox.mkdir()
    (inbox / "坏的.xlsx").write_bytes(b"PK\x03\x04 no zip")
    book_at(FORM, inbox / "外.xlsx", year=YEAR, unit="外单位", code="")
    listing = roster(tmp_path / "roster.csv", 2)
    code, output = run("collect", inbox, "--roster", listing, "-o", tmp_path / "汇总.xlsx")
    assert code == 2
    assert "读不了：坏的.xlsx（" in output
    assert "名册上没有：外.xlsx（单位名称：外单位）" in output
    output = run(
        *("collect", inbox, "--roster", listing, "-o", tmp_path / "汇总.xlsx", "--force"),
        *("--lang", "en"),
    )[1]
    assert "unreadable: 坏的.xlsx (" in output
    assert "not on the roster: 外.xlsx (unit: 外单位)" in output


def test_what_the_officer_added_to_the_roll_up_is_not_lost(tmp_path: Path) -> None:
    listing, inbox, _ = distributed(tmp_path, 2)
    out = tmp_path / "汇总.xlsx"
    words = ("collect", inbox, "--roster", listing, "-o", out)
    run(*words)
    assert run("flag", out)[0] in (0, 1)  # the results of marking are ours
    run(*words)
    with editing(out) as book:
        book.create_sheet("联系记录")["A1"] = "已电话催报"
    kept = out.read_bytes()
    code, output = run(*words)
    assert code == 2
    assert "另外加上的工作表（联系记录）" in output
    assert out.read_bytes() == kept
    output = run(*words, "--lang", "en")[1]
    assert "sheets of your own (联系记录)" in output
    run(*words, "--force")
    assert "联系记录" not in opened(out).sheetnames
