"""Which cell is wrong: the events that are told apart, and what is never said.

The reports here are made by hand or from seeds of these tests; ``bench/which_cell.py`` measures
on others.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from gouji.templates.edition import Edition, load, load_file
from gouji.templates.formulas import computed_totals
from gouji.validators import judge_values
from gouji.validators.finding import Event, Verdict
from gouji.validators.judging.judge import judge_plainly
from gouji.validators.mark import marks_of, plan

from ...builders import report
from ...conftest import DATA, sample

FORM = load("2021")
# A small county: what came in, and what became of it.
COUNTY = {
    "natural": {
        "new": 52,
        "carried_in": 3,
        "granted": 21,
        "partial": 9,
        "refused_law": 2,
        "unable_not_held": 14,
        "unable_unclear": 1,
        "rejected_petition": 4,
        "other_other": 2,
        "carried_out": 2,
    },
    "business": {"new": 7, "granted": 4, "partial": 1, "unable_not_held": 2},
}


def county(form: Edition = FORM) -> dict[str, float]:
    values: dict[str, float] = dict.fromkeys(form.fields, 0.0)
    for column, rows in COUNTY.items():
        values |= {f"t3.{row}.{column}": float(n) for row, n in rows.items()}
    values |= {"t4.review.upheld": 6.0, "t4.review.corrected": 2.0, "t4.review.pending": 1.0}
    return totalled(form, values)


def totalled(form: Edition, values: Mapping[str, float]) -> dict[str, float]:
    return computed_totals(form, {k: v for k, v in values.items() if k not in form.totals})


def failing(values: Mapping[str, float | None], form: Edition = FORM) -> list[tuple[str, str]]:
    def side(keys: tuple[str, ...]) -> float:
        return sum(values[k] or 0.0 for k in keys)

    return [(i.rule, i.key) for i in form.footings if abs(side(i.left) - side(i.right)) > 1e-6]


def first(verdict: Verdict) -> Event:
    """The one answer of a verdict with one group."""
    assert {e.group for e in verdict.repairs} == {1}
    assert [e.rank for e in verdict.repairs] == [*range(1, len(verdict.repairs) + 1)]
    return verdict.repairs[0]


def changed(event: Event) -> dict[str, float]:
    return {c.field: c.to for c in event.changes}


TYPED = {
    "a digit": ("cell", {"t3.granted.natural": 22.0}),
    "two digits swapped": ("cell", {"t3.unable_not_held.natural": 41.0}),
    "left out": ("cell", {"t3.partial.business": 0.0}),
    "a sign": ("cell", {"t3.rejected_petition.natural": -4.0}),
    "ten times": ("cell", {"t3.granted.natural": 210.0}),
    "a total": ("cell", {"t3.granted.total": 26.0}),
    "exchanged": ("exchange", {"t3.granted.natural": 9.0, "t3.partial.natural": 21.0}),
    "exchanged totals": ("exchange", {"t3.granted.total": 10.0, "t3.partial.total": 25.0}),
    "one column right": (
        "column",
        {"t3.unable_not_held.business": 0.0, "t3.unable_not_held.research": 2.0},
    ),
    "a run one place down": (
        "shift",
        {
            "t3.partial.natural": 0.0,
            "t3.refused_secret.natural": 9.0,
            "t3.refused_law.natural": 0.0,
            "t3.refused_safety.natural": 2.0,
        },
    ),
    "totals of the year before": (
        "stale",
        {
            "t3.new.total": 41.0,
            "t3.granted.total": 19.0,
            "t3.partial.total": 8.0,
            "t3.refused_law.total": 1.0,
            "t3.unable_not_held.total": 12.0,
            "t3.total.total": 43.0,
            "t3.rejected_petition.total": 3.0,
            "t3.carried_in.total": 4.0,
        },
    ),
}


@pytest.mark.parametrize("what", TYPED)
def test_what_happened_to_typed_totals_is_told_with_certainty(what: str) -> None:
    kind, wrong = TYPED[what]
    right = county()
    event = first(judge_values(right | wrong, year=2024))
    assert changed(event) == {k: right[k] for k in wrong}
    assert (event.kind, event.certainty) == (kind, "certain")
    assert event.reason.endswith("改后全部关系相符")


@pytest.mark.parametrize("what", [w for w in TYPED if w not in ("left out", "a total")])
def test_the_same_is_told_where_zeros_are_left_blank(what: str) -> None:
    """No relation is dropped because of a blank, and the blanks stay findings of their own."""
    _, wrong = TYPED[what]
    right = county()
    given = {k: v if v or right[k] else None for k, v in (right | wrong).items()}
    verdict = judge_values(given, year=2024)
    assert changed(first(verdict)) == {k: right[k] for k in wrong}
    assert "CELL-BLANK" in {f.rule for f in verdict.findings}


def test_two_and_three_errors_are_told_apart_each_in_a_group_of_its_own() -> None:
    right = county()
    wrong = {"t3.granted.natural": 12.0, "t3.partial.business": 7.0, "t3.carried_out.total": 20.0}
    for count in (2, 3):
        spoiled = dict([*wrong.items()][:count])
        verdict = judge_values(right | spoiled, year=2024)
        lead = [e for e in verdict.repairs if e.rank == 1]
        assert {f: to for e in lead for f, to in changed(e).items()} == {
            k: right[k] for k in spoiled
        }
        assert [e.group for e in lead] == [*range(1, count + 1)]


def test_a_wrong_number_that_all_its_totals_followed_is_named_with_them() -> None:
    right = county()
    spoiled = totalled(FORM, right | {"t3.granted.natural": 12.0})
    event = first(judge_values(spoiled, year=2024))
    assert event.kind == "followed"
    assert changed(event) == {
        k: right[k]
        for k in ("t3.granted.natural", "t3.granted.total", "t3.total.natural", "t3.total.total")
    }
    assert "照它加出的总计也改" in event.reason


def test_under_formulas_the_likeliest_is_first_and_no_total_is_named() -> None:
    spoiled = totalled(FORM, county() | {"t3.granted.natural": 12.0})
    verdict = judge_values(spoiled, year=2024, formulas=True)
    event = first(verdict)
    assert changed(event) == {"t3.granted.natural": 21.0}
    assert event.certainty == "likely"
    assert "相邻两位写反了" in event.reason
    assert 1 < len(verdict.repairs) <= 5
    assert all(f.repair is None for f in verdict.findings)
    assert not {c.field for e in verdict.repairs for c in e.changes} & set(FORM.totals)


def test_a_tie_names_only_what_can_be_and_what_would_settle_it() -> None:
    spoiled = county() | {"t3.new.natural": 57.0}
    verdict = judge_values(spoiled, year=2024, formulas=True)
    tied = [e for e in verdict.repairs if e.certainty == "tied"]
    assert len(tied) > 1
    assert all(c.to >= 0 for e in verdict.repairs for c in e.changes)
    (card,) = verdict.cards
    assert card.question == "台账里一、本年新收（D7）是52件还是57件？"
    settled = judge_values(
        spoiled, year=2024, formulas=True, sources={"cases": {"t3.new.natural": 52.0}}
    )
    assert changed(settled.repairs[0]) == {"t3.new.natural": 52.0}


def test_last_years_report_tells_what_was_carried_in() -> None:
    right = county()
    prior = dict.fromkeys(FORM.fields, 0.0) | {
        f"t3.carried_out.{column}": right[f"t3.carried_in.{column}"]
        for column in FORM.sets["columns"]
    }
    spoiled = right | {"t3.carried_in.natural": 8.0}
    verdict = judge_values(spoiled, year=2024, formulas=True, sources={"prior": prior})
    assert changed(verdict.repairs[0]) == {"t3.carried_in.natural": 3.0}
    assert verdict.repairs[0].certainty == "certain"
    inside = judge_values(
        right | {"t3.granted.natural": 12.0}, year=2024, formulas=True, sources={"prior": prior}
    )
    assert not any("carried_in" in c.field for e in inside.repairs for c in e.changes)


def test_a_wrong_claim_is_no_reason_to_change_a_table_that_holds() -> None:
    verdict = judge_values(county(), year=2024, sources={"claim": {"t3.new.total": 95.0}})
    assert [f.rule for f in verdict.findings] == ["N-CLAIM"]
    assert all(e.certainty != "certain" for e in verdict.repairs)


def test_a_number_in_table_4_is_told_by_how_hands_err() -> None:
    event = first(judge_values(county() | {"t4.review.upheld": 60.0}, year=2024))
    assert changed(event) == {"t4.review.upheld": 6.0}
    assert "差了一个0" in event.reason


def test_no_two_places_propose_different_numbers_for_one_cell() -> None:
    rng = random.Random(90210)
    right = county()
    keys = [k for k in FORM.fields if k[:2] in ("t3", "t4")]
    for _ in range(sample(50, 150)):
        spoiled = right | {
            k: float(rng.randint(0, 60)) for k in rng.sample(keys, rng.randint(1, 3))
        }
        verdict = judge_values(spoiled, year=2024, formulas=rng.random() < 0.5)
        output: dict[str, set[float]] = {}
        for event in verdict.repairs:
            if event.rank == 1 and event.certainty != "tied":
                for change in event.changes:
                    output.setdefault(change.field, set()).add(change.to)
        for finding in verdict.findings:
            if isinstance(finding.expected, float):
                output.setdefault(finding.field, set()).add(finding.expected)
            if finding.repair is not None:
                output.setdefault(finding.repair.field, set()).add(finding.repair.value)
        assert {k: v for k, v in output.items() if len(v) > 1} == {}


def some(rng: random.Random, cases: int) -> int:
    """Judges random errors; how many answers were certain, each of which must settle everything."""
    certain = 0
    keys = [k for k in FORM.fields if k[:2] in ("t3", "t4")]
    for _ in range(cases):
        formulas = rng.random() < 0.3
        right = county()
        for key in rng.sample(keys, 12):
            if key not in FORM.totals:
                right[key] = float(rng.choice([0, 1, 2, 11, 120]))
        sums = totalled(FORM, right)
        for column in FORM.sets["applicants"]:
            done = sums[f"t3.total.{column}"] + right[f"t3.carried_out.{column}"]
            right[f"t3.carried_in.{column}"] = min(done, right[f"t3.carried_in.{column}"])
            right[f"t3.new.{column}"] = done - right[f"t3.carried_in.{column}"]
        values = totalled(FORM, right)
        assert failing(values) == []
        values |= {
            k: float(rng.choice([0, 1, 3, 12, 21, 210, values[k] * 10, values[k] + 1]))
            for k in rng.sample(keys, rng.randint(1, 4))
        }
        if formulas:
            values = totalled(FORM, values)
        verdict = judge_values(values, year=2024, formulas=formulas)
        sure = [e for e in verdict.repairs if e.certainty == "certain"]
        if sure:
            certain += 1
            after = values | {f: to for e in sure for f, to in changed(e).items()}
            assert failing(totalled(FORM, after) if formulas else after) == [], verdict.repairs
    return certain


def test_what_is_certain_leaves_nothing_failing() -> None:
    assert some(random.Random(4711), 50) > 6


@pytest.mark.slow
def test_what_is_certain_leaves_nothing_failing_in_many_cases() -> None:
    count = sample(500, 5000)
    assert some(random.Random(4712), count) > 0.1 * count


def beyond(rng: random.Random, what: str) -> dict[str, float]:
    values = county()
    keys = [k for k in FORM.fields if k[:2] in ("t3", "t4")]
    spoiled = {
        "every row": [k for k in keys if k.endswith(".total")],
        "everything": keys,
        "25 cells": rng.sample(keys, 25),
    }[what]
    return values | {k: float(rng.randint(0, 500)) for k in spoiled}


@pytest.mark.parametrize("what", ["every row", "everything", "25 cells"])
def test_too_much_to_tell_is_said_the_same_every_time(what: str) -> None:
    values = beyond(random.Random(77), what)
    start = time.thread_time()
    verdict = judge_values(values, year=2024)
    assert time.thread_time() - start < 1
    assert verdict == judge_values(values, year=2024)
    if not verdict.repairs:
        assert any("看不出是哪" in card.title for card in verdict.cards)


def test_no_count_is_expected_to_be_negative_where_nobody_can_tell() -> None:
    found = judge_values(beyond(random.Random(8), "25 cells"), year=2024).findings
    due = {f.field: f.expected for f in found if f.rule == "T3-BALANCE"}
    assert due["t3.carried_out.public_interest"] is None
    assert all(not isinstance(f.expected, float) or f.expected >= 0 for f in found)


def test_nothing_is_certain_beside_what_nobody_can_explain() -> None:
    slip = {"t4.review.upheld": 60.0}  # 6
    alone = judge_values(county() | slip, year=2024)
    assert [e.certainty for e in alone.repairs] == ["certain"]
    spoiled = {k: v for k, v in beyond(random.Random(77), "everything").items() if k[:2] == "t3"}
    beside = judge_values(county() | spoiled | slip, year=2024)
    assert any("看不出是哪几格" in card.title for card in beside.cards)
    assert {e.certainty for e in beside.repairs} == {"likely"}


def test_another_form_needs_nothing_but_its_file() -> None:
    form = load_file(Path(DATA) / "editions" / "enforcement.toml")
    values: dict[str, float] = dict.fromkeys(form.fields, 0.0)
    values |= {
        "punish.simple.warning": 31.0,
        "punish.simple.fine": 204.0,
        "punish.ordinary.fine": 88.0,
        "punish.ordinary.confiscation": 5.0,
    }
    right = totalled(form, values)
    spoiled = right | {"punish.simple.fine": 31.0, "punish.simple.warning": 204.0}
    verdict = judge_values(spoiled, edition=form, year=2024)
    event = first(verdict)
    assert (event.kind, changed(event)) == (
        "exchange",
        {"punish.simple.fine": 204.0, "punish.simple.warning": 31.0},
    )


def test_marks_are_strong_for_the_first_event_fainter_for_rivals_faintest_for_sums() -> None:
    exchanged = county() | {"t3.granted.natural": 9.0, "t3.partial.natural": 21.0}
    made = plan(marks_of(judge_values(exchanged, year=2024)), ["表三"])
    assert {f.cell: f.kind for f in made.fills} == {
        "D9": "likely",
        "D10": "likely",
        "J9": "sum",
        "J10": "sum",
    }
    assert {line.repair for line in made.lines} == {"D9改成21，D10改成9"}
    swapped = county() | {"t3.granted.natural": 12.0}
    kinds = [
        f.kind
        for f in plan(marks_of(judge_values(swapped, year=2024, formulas=True)), ["表三"]).fills
    ]
    assert kinds.count("likely") == 0  # rivals are all alike
    assert kinds.count("rival") == 5
    tied = marks_of(judge_values(county() | {"t3.new.natural": 57.0}, year=2024, formulas=True))
    assert {m.kind for m in tied} == {"rival", "sum"}


def test_what_the_narrative_says_was_carried_out_tells_which_cell_is_wrong() -> None:
    """One application came in and is carried over: no other was finished."""
    values = dict.fromkeys(FORM.fields, 0.0)
    rows = {"new": 1.0, "other_other": 1.0, "carried_out": 1.0}
    values |= {f"t3.{row}.natural": number for row, number in rows.items()}
    made = report(FORM, totalled(FORM, values), year=2024, unit="某县公安局")
    (verdict,) = judge_plainly([made])
    assert "t3.other_other.natural" not in changed(first(verdict))
    output = "全年收到政府信息公开申请1件，还在等申请人补正，结转下年度办理。"
    (verdict,) = judge_plainly([replace(made, narrative=((FORM.sections[0].title, output),))])
    assert changed(first(verdict))["t3.other_other.natural"] == 0
