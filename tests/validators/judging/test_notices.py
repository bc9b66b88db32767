"""What a person reads of a verdict, held against changes that once went unnoticed."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from gouji.templates.edition import load
from gouji.validators import judge_values
from gouji.validators.finding import Severity
from gouji.validators.judging.judge import judge, judge_plainly
from gouji.validators.judging.rules.rollup import Part, units
from gouji.validators.mark import marks_of
from gouji.validators.report import Place, Prior, Signature

from ...builders import book_at, consistent, editing, report
from ...command import gouji

FORM = load("2021")


def full(**more: float) -> dict[str, float | None]:
    """Zeros everywhere, but for ``more`` (``t3__new__total``)."""
    return {**dict.fromkeys(FORM.fields, 0.0), **{k.replace("__", "."): v for k, v in more.items()}}


def test_the_gravest_stands_first() -> None:
    assert [s.rank for s in (Severity.ERROR, Severity.WARNING, Severity.NOTE)] == [0, 1, 2]
    values = full(t2__normative__issued=3, t4__review__upheld=-1) | {"t2.fees.amount": None}
    verdict = judge_values(values, year=2024)
    severities = [f.severity for f in verdict.findings]
    assert severities == sorted(severities, key=[Severity.ERROR, Severity.WARNING].index)
    assert severities[0] is Severity.ERROR
    assert severities[-1] is Severity.WARNING


def test_who_signed_is_told_with_the_date_where_there_is_one() -> None:
    place = Place.of("审签", "B3")
    signed = tuple(Signature("初审", "甲", date, "123456", place) for date in ("2025-1-9", ""))
    held = replace(report(FORM, full(), year=2024), signatures=signed)
    (verdict,) = judge_plainly([held])
    answer = [f.message for f in verdict.findings if f.rule == "S-SIGNED"]
    assert [t.partition("签的是")[0] for t in answer] == ["初审（甲，2025-1-9）", "初审（甲）"]


def test_the_cell_most_likely_wrong_leads_the_marks() -> None:
    values = consistent(FORM, random.Random(2))
    values["t3.granted.natural"] += 1
    marks = marks_of(judge_values(values, year=2024))
    assert [m.likely for m in marks] == [True, False, False]
    assert marks[0].cell == "D9"


def test_a_repair_is_never_below_zero() -> None:
    """Where only -1 in a leaf would make both sums fit, something else is proposed."""
    values = full(
        t3__granted__business=2,
        t3__granted__total=1,
        t3__partial__natural=2,
        t3__partial__total=2,
        t3__total__natural=1,
        t3__total__business=2,
        t3__total__total=3,
        t3__new__natural=1,
        t3__new__business=2,
        t3__new__total=3,
    )
    verdict = judge_values(values, year=2024)
    assert {f.field for f in verdict.findings} == {"t3.granted.total", "t3.total.natural"}
    assert verdict.repairs
    assert all(c.to >= 0 for event in verdict.repairs for c in event.changes)


def test_what_a_total_should_be_is_never_below_zero() -> None:
    values = full(
        t3__new__natural=1,
        t3__new__total=1,
        t3__carried_out__natural=0,
        t3__total__natural=4,
        t3__granted__natural=4,
        t3__granted__total=4,
        t3__total__total=4,
    )
    found = [f for f in judge_values(values, year=2024).findings if f.rule == "T3-BALANCE"]
    assert {f.field for f in found} == {"t3.carried_out.natural", "t3.carried_out.total"}
    assert [f.expected for f in found] == [None, None]
    assert all("应为-" not in f.message for f in found)


def test_totals_that_agree_among_themselves_are_one_event() -> None:
    """Three row totals are one too many and agree among themselves: no one cell explains that."""
    values = full(
        t3__granted__natural=2,
        t3__granted__total=3,
        t3__total__natural=2,
        t3__total__total=3,
        t3__new__natural=2,
        t3__new__total=3,
    )
    verdict = judge_values(values, year=2024)
    assert [f.rule for f in verdict.findings] == ["T3-ROW"] * 3
    event = verdict.repairs[0]
    assert (event.kind, event.brief) == ("stale", "总计没有重新算过：J7改为2、J9改为2、J30改为2")
    assert {f.repair.field for f in verdict.findings if f.repair} == {"t3.new.total"}


@pytest.mark.parametrize(
    ("last", "now", "noted"),
    [
        (10, 50, True),
        (10, 49, False),
        (4, 24, True),
        (4, 23, False),
        (100, 20, True),
        (100, 21, False),
        (1000, 4000, False),
    ],
)
def test_a_jump_is_five_times_and_twenty_apart(last: float, now: float, noted: bool) -> None:
    values, before = full(t2__penalties__decisions=now), full(t2__penalties__decisions=last)
    verdict = judge_values(values, year=2024, sources={"prior": before})
    assert [f.rule for f in verdict.findings] == (["Y-JUMP"] if noted else [])


@pytest.mark.parametrize(
    ("last", "now", "said", "right"),
    [
        (7, 10, "增长42.86%", True),
        (7, 10, "增长42.87%", False),
        (31, 22, "下降29%", True),
        (31, 22, "下降30%", False),
        (8, 12, "增长50.0%", True),
        (200, 214, "增长6%", False),
        (200, 213, "增长7%", True),
        (1000, 1064, "增长6%", True),
    ],
)
def test_a_percentage_may_be_rounded_and_no_more(
    last: float, now: float, said: str, right: bool
) -> None:
    values = full(
        t3__new__total=now,
        t3__new__natural=now,
        t3__carried_out__natural=now,
        t3__carried_out__total=now,
    )
    made = replace(
        report(FORM, values, year=2024), narrative=(("一、总体情况", f"新收申请同比{said}。"),)
    )
    before = report(FORM, full(t3__new__total=last), year=2023)
    (verdict,) = judge([made], [Prior(before)])
    assert ("N-CLAIM" in {f.rule for f in verdict.findings}) is not right


@pytest.mark.parametrize("gap", [0.4, 0.01, 0.0001])
def test_any_difference_that_can_be_typed_is_one(gap: float) -> None:
    verdict = judge_values(full(t4__review__upheld=3, t4__review__total=3 + gap), year=2024)
    assert "T4-SUM" in {f.rule for f in verdict.findings}


def rolled(top: dict[str, Any], *parts: dict[str, Any]) -> dict[str, Any]:
    made = [Part(f"{n}局", report(FORM, p, unit=f"{n}局", year=2024)) for n, p in enumerate(parts)]
    source = {"units": units(FORM, made)}
    (verdict,) = judge([report(FORM, top, year=2024)], sources=[source])
    return {f.field: f for f in verdict.findings if f.rule == "R-SUM"}


def test_a_roll_up_that_differs_is_as_grave_as_its_table() -> None:
    one = full(
        t2__licences__decisions=5,
        t4__review__upheld=1,
        t4__review__total=1,
        t3__new__natural=1,
        t3__new__total=1,
        t3__carried_out__natural=1,
        t3__carried_out__total=1,
    )
    found = rolled(
        {**one, "t2.licences.decisions": 6.0, "t4.review.upheld": 2.0, "t3.new.natural": 3.0}, one
    )
    assert {k: f.severity.value for k, f in found.items()} == {
        "t2.licences.decisions": "note",
        "t4.review.upheld": "warning",
        "t3.new.natural": "error",
    }


def test_a_unit_added_twice_is_told_from_one_left_out() -> None:
    one, two = full(t2__licences__decisions=5), full(t2__penalties__decisions=7)
    both = {k: (one[k] or 0) + (two[k] or 0) for k in one}
    (twice,) = rolled({**both, "t2.licences.decisions": 10.0}, one, two).values()
    assert "“0局”的全部数字：汇总时多加了一次" in twice.message
    (absent,) = rolled({**both, "t2.licences.decisions": 0.0}, one, two).values()
    assert "“0局”的全部数字：汇总时没有加上它" in absent.message


def test_a_sheet_with_a_tenth_of_a_table_is_not_that_table(tmp_path: Path) -> None:

    path = book_at(FORM, tmp_path / "a.xlsx", year=2024, values=full())
    with editing(path) as book:
        book.defined_names.clear()
        book["表三"].delete_rows(10, 40)  # three rows of 25 are left
    done = gouji("check", "--format", "json", path)
    (entry,) = json.loads(done.output)["files"]
    assert any("没有找到表三" in f["message"] for f in entry["findings"])
    assert entry["checked"] == 3
