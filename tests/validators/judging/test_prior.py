"""Two years of one unit."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from gouji.templates.edition import load
from gouji.templates.roster import Unit
from gouji.validators.finding import Severity
from gouji.validators.judging.judge import judge
from gouji.validators.office.check import check
from gouji.validators.office.last_year import Priors
from gouji.validators.report import Prior

from ...builders import book_at, consistent, report
from ...command import gouji

COLUMNS = ["natural", "business", "research", "public_interest", "legal_service", "other", "total"]


def two_years(seed: int = 3) -> tuple[dict[str, float], dict[str, float]]:
    """Last year's and this year's numbers, with the carry-over right."""
    form, rng = load("2021"), random.Random(seed)
    last = consistent(form, rng)
    for _ in range(1000):
        now = consistent(form, rng)
        for column in COLUMNS:
            shift = last[f"t3.carried_out.{column}"] - now[f"t3.carried_in.{column}"]
            now[f"t3.carried_in.{column}"] += shift
            now[f"t3.new.{column}"] -= shift
        for stem in ("t2.regulations", "t2.normative"):
            now[f"{stem}.in_force"] = (
                last[f"{stem}.in_force"] + now[f"{stem}.issued"] - now[f"{stem}.repealed"]
            )
        if all(v >= 0 for v in now.values()):
            return last, now
    raise AssertionError("no fitting year")


def rules(now: dict[str, float], last: dict[str, float], *, renamed: bool = False) -> list[str]:
    form = load("2021")
    prior = Prior(report(form, last, year=2023), renamed)
    (verdict,) = judge([report(form, now, year=2024)], [prior])
    return [f.rule for f in verdict.findings if f.rule.startswith("Y-") and f.rule != "Y-JUMP"]


def test_a_right_carry_over_passes_and_is_counted() -> None:
    last, now = two_years()
    form = load("2021")
    (alone,) = judge([report(form, now, year=2024)])
    (verdict,) = judge([report(form, now, year=2024)], [Prior(report(form, last, year=2023))])
    assert rules(now, last) == []
    assert verdict.checked == alone.checked + 7 + 2
    assert verdict.unchecked == alone.unchecked


@pytest.mark.parametrize("column", COLUMNS)
def test_each_of_the_seven_columns_broken_is_found(column: str) -> None:
    last, now = two_years()
    form = load("2021")
    last[f"t3.carried_out.{column}"] += 3
    (verdict,) = judge([report(form, now, year=2024)], [Prior(report(form, last, year=2023))])
    (found,) = [f for f in verdict.findings if f.rule == "Y-CARRY"]
    assert found.field == f"t3.carried_in.{column}"
    assert found.severity is Severity.ERROR
    assert found.expected == last[f"t3.carried_out.{column}"]
    assert "2023年度报告的" in found.message
    assert "相差3" in found.message


def test_in_force_is_last_years_plus_issued_minus_repealed() -> None:
    last, now = two_years()
    now["t2.normative.in_force"] += 1
    assert rules(now, last) == ["Y-IN-FORCE"]


def test_after_a_merger_the_carry_over_is_a_warning() -> None:
    last, now = two_years()
    last["t3.carried_out.natural"] += 1
    form = load("2021")
    prior = Prior(report(form, last, year=2023), renamed=True)
    (verdict,) = judge([report(form, now, year=2024)], [prior])
    (found,) = [f for f in verdict.findings if f.rule == "Y-CARRY"]
    assert found.severity is Severity.WARNING


def test_a_number_far_from_last_years_is_noted() -> None:
    last, now = two_years()
    last["t2.penalties.decisions"], now["t2.penalties.decisions"] = 1000.0, 10.0
    form = load("2021")
    (verdict,) = judge([report(form, now, year=2024)], [Prior(report(form, last, year=2023))])
    noted = [f for f in verdict.findings if f.rule == "Y-JUMP"]
    assert "t2.penalties.decisions" in {f.field for f in noted}
    assert {f.severity for f in noted} == {Severity.NOTE}


def test_across_the_editions_only_common_fields_are_compared() -> None:
    _, now = two_years()
    old = consistent(load("2019"), random.Random(1))
    for column in COLUMNS:
        old[f"t3.carried_out.{column}"] = now[f"t3.carried_in.{column}"]
    prior = Prior(report(load("2019"), old, year=2020))
    (verdict,) = judge([report(load("2021"), now, year=2021)], [prior])
    assert not [f for f in verdict.findings if f.rule in ("Y-CARRY", "Y-IN-FORCE")]


@pytest.fixture
def years(tmp_path: Path) -> tuple[Path, Path]:
    last, now = two_years()
    form, folder = load("2021"), tmp_path / "2023"
    book_at(form, folder / "甲.xlsx", year=2023, unit="甲县", code="A1", values=last)
    book_at(form, folder / "乙.xlsx", year=2023, unit="乙县", values=last)
    (folder / "坏.xlsx").write_text("hello")
    now["t3.carried_in.natural"] += 1
    this = book_at(
        form,
        tmp_path / "now.xlsx",
        year=2024,
        unit="甲县人民政府",
        code="A1",
        values=now,
        typed_totals=True,
    )
    return folder, this


def test_the_command_takes_a_file_or_a_folder(years: tuple[Path, Path]) -> None:
    folder, this = years
    for prior in (folder, folder / "甲.xlsx"):  # 甲县 and 甲县人民政府 have one code
        run = gouji("check", this, "--prior", prior, "--format", "json")
        (entry,) = json.loads(run.stdout)["files"]
        assert "Y-CARRY" in [f["rule"] for f in entry["findings"]]
        assert run.exit_code == 1
    missing = gouji("check", this, "--prior", "/no/such")
    assert missing.exit_code == 2
    assert "没有找到上年的报告" in missing.stderr


def test_without_a_report_of_last_year_the_carry_over_is_unchecked(
    years: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, _ = years
    path = book_at(load("2021"), tmp_path / "丙.xlsx", year=2024, unit="丙县", values={})
    (result,) = check([path], prior=folder)
    assert result.verdict is not None
    assert "没有找到“丙县”上年的报告" in [u.reason for u in result.verdict.unchecked]


def test_a_renamed_unit_finds_its_report_under_the_old_name(years: tuple[Path, Path]) -> None:
    folder, this = years
    priors = Priors(folder)
    assert len(priors.unreadable) == 1
    (result,) = check([this])
    assert result.report is not None
    found = priors.of(result.report, Unit("丁县", former=("乙县",)))
    assert isinstance(found, Prior)
    assert found.renamed
    assert found.report.unit == "乙县"
    assert priors.of_unit(Unit("乙县"), 2024) is not None
    assert priors.of_unit(Unit("乙县"), 2026) is None


def why_unchecked(this: Path, prior: Path) -> list[str]:
    (result,) = check([this], prior=prior)
    assert result.verdict is not None
    return [u.reason.zh for u in result.verdict.unchecked if u.rule == "Y-CARRY"]


@pytest.mark.parametrize(
    ("prior", "this", "compared"),
    [
        ("清河县教育局", "清河县民政局", False),
        ("南宫市民政局", "清河县民政局", False),
        ("清河县民政局", "民政局", True),
        ("清河县 民政局（本级）", "清河县民政局", True),
        ("大王庄镇人民政府", "王庄镇人民政府", False),
    ],
)
def test_the_file_of_another_unit_is_named_and_not_compared(
    prior: str, this: str, compared: bool, tmp_path: Path
) -> None:
    last, now = two_years()
    form = load("2021")
    before = book_at(form, tmp_path / "p.xlsx", year=2023, unit=prior, values=last)
    path = book_at(form, tmp_path / "t.xlsx", year=2024, unit=this, values=now)
    answer = why_unchecked(path, before)
    assert bool(answer) is not compared
    assert all(prior in t and this in t and "没有对照" in t for t in answer)


def test_a_new_name_is_compared_by_the_stamps_code_or_the_roster(tmp_path: Path) -> None:
    last, now = two_years()
    form = load("2021")
    before = book_at(form, tmp_path / "p.xlsx", year=2023, unit="甲局", code="A1", values=last)
    path = book_at(form, tmp_path / "t.xlsx", year=2024, unit="乙局", code="A1", values=now)
    assert why_unchecked(path, before) == []
    (result,) = check([path])
    assert result.report is not None
    found = Priors(before).of(result.report, Unit("丙局", code="A9", former=("甲局",)))
    assert isinstance(found, Prior)
    assert found.renamed


def test_of_versions_with_other_numbers_none_is_taken_and_equal_ones_count_once(
    tmp_path: Path,
) -> None:
    last, now = two_years()
    form, folder, unit = load("2021"), tmp_path / "2023", "清河县民政局"
    path = book_at(form, tmp_path / "t.xlsx", year=2024, unit=unit, code="A1", values=now)
    book_at(form, folder / "终稿.xlsx", year=2023, unit=unit, code="A1", values=last)
    book_at(form, folder / "终稿(1).xlsx", year=2023, unit="民政局", values=last)
    assert why_unchecked(path, folder) == []
    last["t3.carried_out.natural"] += 1
    book_at(form, folder / "送审稿.xlsx", year=2023, unit="民政局", values=last)
    (answer,) = why_unchecked(path, folder)
    assert answer.startswith("有3份2023年的报告：")
    assert all(name in answer for name in ("终稿.xlsx", "终稿(1).xlsx", "送审稿.xlsx"))
    assert not isinstance(Priors(folder).of_unit(Unit(unit, "A1"), 2024), Prior)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("本年收到申请30件，同比增长50%。", 0),
        ("本年收到申请30件，比上年增长 50.0％。", 0),
        ("新收申请30件，比2023年（20件）增长40%", 1),
        ("新收申请30件，比2019年增长40%", 0),
        ("申请同比下降50%。", 1),
        ("政务新媒体发布信息同比增长12%。", 0),
        ("新收申请30件；行政处罚决定同比减少25%", 0),
        ("新收申请30件，行政处罚决定同比减少26.0%", 1),
    ],
)
def test_percentages_of_the_narrative_fit_both_years(text: str, wrong: int) -> None:
    form = load("2021")
    last = {"t3.new.total": 20.0, "t2.penalties.decisions": 400.0}
    now = {"t3.new.total": 30.0, "t2.penalties.decisions": 300.0}
    this = replace(report(form, now, year=2024), narrative=(("一", text),))
    (verdict,) = judge([this], [Prior(report(form, last, year=2023))])
    assert sum(f.rule == "N-CLAIM" for f in verdict.findings) == wrong
