"""The plain judge and the pandera road say the same."""

from __future__ import annotations

import random

import pytest
from gouji.templates.edition import Edition, load
from gouji.validators import judge_values
from gouji.validators.judging.judge import judge, judge_plainly

from ...builders import consistent, report
from ...conftest import in_a_process, sample
from .random_reports import one


def same(seed: int, count: int) -> int:
    """Judges ``count`` random reports on both roads; how many findings they agree on."""
    rng = random.Random(seed)
    made = [one(rng) for _ in range(count)]
    reports = [r for r, _, _ in made]
    priors = [p for _, p, _ in made]
    sources = [s for _, _, s in made]
    by_frames = judge(reports, priors, sources=sources)
    plainly = judge_plainly(reports, priors, sources=sources)
    for n, (a, b) in enumerate(zip(by_frames, plainly, strict=True)):
        assert a == b, (seed, n)
    return sum(len(v.findings) for v in plainly)


@pytest.mark.parametrize(
    ("seed", "count"),
    [(1, 6), *(pytest.param(n, sample(40, 400), marks=pytest.mark.slow) for n in range(2, 5))],
)
def test_both_roads_say_the_same_of_random_reports(seed: int, count: int) -> None:
    assert same(seed, count) > 6 * count


def test_values_alone_are_judged_without_numpy_and_pandas() -> None:
    in_a_process("values_alone")


@pytest.mark.slow
def test_the_face_is_lazy_and_whole() -> None:
    in_a_process("lazy_face")


def test_a_report_of_values_is_the_report_of_its_workbook(form: Edition) -> None:
    values = consistent(form, random.Random(5))
    values["t3.granted.natural"] += 1
    (expected,) = judge([report(form, values, year=2024)])
    found = judge_values(values, year=2024, unit="某县")
    assert found == expected
    assert {f.rule for f in found.findings} == {"T3-ROW", "T3-TOTAL"}
    (event,) = found.repairs
    assert (event.group, event.rank, event.certainty) == (1, 1, "certain")
    assert [(c.field, c.from_ - c.to) for c in event.changes] == [("t3.granted.natural", 1.0)]


def test_a_blank_is_a_finding_and_a_missing_key_is_unchecked_never_an_exception() -> None:
    blank = judge_values(dict.fromkeys(load("2021").fields), year=2024)
    assert {f.rule for f in blank.findings} == {"CELL-BLANK"}
    assert len(blank.findings) == len(load("2021").fields)
    absent = judge_values({}, year=2024)
    assert not absent.findings
    assert absent.checked == 0
    assert len(absent.unchecked) == len(load("2021").instances)
    assert judge_values({"no.such.key": 1.0}, year=2024) == absent


def test_with_formulas_the_totals_are_the_templates_own_sums(form: Edition) -> None:
    values: dict[str, float | None] = dict(consistent(form, random.Random(5)))
    for total in form.totals:
        values[total] = 999.0
    assert judge_values(values, year=2024, formulas=True).findings == ()
    values["t3.new.natural"] = None
    found = judge_values(values, year=2024, formulas=True)
    assert "T3-BALANCE" in {f.rule for f in found.findings} | {u.rule for u in found.unchecked}


def test_a_source_that_was_not_asked_for_gives_nothing_and_an_empty_one_unchecked() -> None:
    full = dict.fromkeys(load("2021").fields, 0.0)
    assert judge_values(full, year=2024).unchecked == ()
    asked = judge_values(full, year=2024, sources={"prior": {}})
    rules = [u.rule for u in asked.unchecked]
    assert {r: rules.count(r) for r in set(rules)} == {"Y-CARRY": 7, "Y-IN-FORCE": 2, "Y-JUMP": 14}
    assert all("上年" in u.reason for u in asked.unchecked)
    known = judge_values(full, year=2024, sources={"prior": full})
    assert known.unchecked == ()
    last_year = sum(rules.count(r) for r in ("Y-CARRY", "Y-IN-FORCE"))
    assert known.checked == len(load("2021").footings) + last_year


def test_a_claim_that_is_not_the_tables_number_is_found_and_others_are_not_asked_for() -> None:
    full = dict.fromkeys(load("2021").fields, 0.0)
    found = judge_values(
        full, year=2024, sources={"claim": {"t3.new.total": 4, "t4.review.total": 0}}
    )
    (finding,) = found.findings
    assert (finding.rule, finding.field, finding.found, finding.expected) == (
        "N-CLAIM",
        "t3.new.total",
        0.0,
        4.0,
    )
    assert "正文写的是4" in finding.message
    assert found.checked == len(load("2021").footings) + 2
    assert found.unchecked == ()


def test_an_edition_without_a_field_of_last_year_leaves_its_relation_unchecked() -> None:
    old = dict.fromkeys(load("2019").fields, 0.0)
    verdict = judge_values(
        dict.fromkeys(load("2021").fields, 0.0), year=2021, sources={"prior": old}
    )
    assert {u.field for u in verdict.unchecked if u.rule == "Y-IN-FORCE"} == {
        "t2.regulations.in_force",
        "t2.normative.in_force",
    }


def test_a_value_of_nothing_stands_as_blank(form: Edition) -> None:
    verdict = judge_values({"t2.fees.amount": None}, year=2024)
    (finding,) = verdict.findings
    assert (finding.rule, finding.place and finding.place.cell) == ("CELL-BLANK", "B17")
