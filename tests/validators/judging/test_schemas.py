"""The public schemas mean their edition; what is said of a single cell."""

from __future__ import annotations

import random
import warnings
from datetime import date
from typing import Any

import pandas as pd
import pandera.pandas as pa
import pytest
from gouji.templates.edition import Edition, load
from gouji.validators import cells_schema, footings_schema, lines_schema, wide_schema
from gouji.validators.judging.frames import (
    cells_frame,
    footings_frame,
    lines_frame,
    values_matrix,
    wide_frame,
)
from gouji.validators.judging.judge import judge_plainly
from gouji.validators.report import Place, Standing, Sums, Value

from ...builders import consistent, report

FORM = load("2021")


def failed(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> set[str]:
    """The checks that a frame fails; empty when it is valid."""
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        return set(error.failure_cases["check"])
    return set()


def test_the_frames_of_a_consistent_report_are_valid(edition: Edition) -> None:
    made = [report(edition, consistent(edition, random.Random(n)), year=2024) for n in range(3)]
    assert failed(cells_schema(edition), cells_frame(edition, made)) == set()
    frame = footings_frame(edition, values_matrix(edition, made))
    assert failed(footings_schema(edition.id), frame) == set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert failed(wide_schema(edition.id), wide_frame(edition, made)) == set()


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"field": "t9.new"}, "FIELD"),
        ({"standing": "guess"}, "STANDING"),
        ({"kind": "money"}, "KIND"),
        ({"standing": "text"}, "CELL-TEXT"),
        ({"value": -1.0}, "CELL-NEGATIVE"),
        ({"value": 0.25}, "CELL-FRACTION"),
    ],
)
def test_a_cell_that_is_not_of_the_edition_is_refused(change: dict[str, Any], check: str) -> None:
    row = {
        "unit": "甲",
        "field": "t3.new.natural",
        "value": 1.0,
        "kind": "count",
        "standing": "number",
    }
    assert failed(cells_schema("2021"), pd.DataFrame([row])) == set()
    assert check in failed(cells_schema("2021"), pd.DataFrame([row | change]))


def test_an_amount_may_have_decimals_and_a_change_may_be_negative() -> None:
    rows = pd.DataFrame(
        [
            {"unit": "甲", "field": "t2.fees.amount", "value": 1.5, "standing": "number"},
            {"unit": "甲", "field": "t2.fees.amount", "value": 0.0, "standing": "number"},
        ]
    )
    assert failed(cells_schema("2021"), rows) == set()
    signed = rows.assign(field="t2.licences.change", value=[-3.0, 4.0])
    assert failed(cells_schema("2019"), signed) == set()
    assert failed(cells_schema("2019"), signed.assign(value=-0.5)) == {"CELL-FRACTION"}


@pytest.mark.parametrize(
    ("row", "checks"),
    [
        (("T4-SUM", 3.0, 3.0, 0.0), set()),
        (("T4-SUM", 3.0, 4.0, -1.0), {"FOOTING"}),
        (("T4-SUM", 3.0, 4.0, 0.0), {"RESIDUAL"}),
        (("T4-SUM", 3.0, 4.0, float("nan")), set()),
        (("T2-IN-FORCE", 3.0, 5.0, -2.0), set()),
        (("T2-IN-FORCE", 3.0, 5.0, 0.0), set()),
        (("T2-IN-FORCE", 5.0, 3.0, 2.0), {"FOOTING"}),
        (("T2-IN-FORCE", 5.0, 3.0, 0.0), {"RESIDUAL"}),
        (("T2-IN-FORCE", 5.0, 2.0, 2.0), {"FOOTING", "RESIDUAL"}),
        (("Y-JUMP", 10.0, 49.0, -39.0), set()),
        (("Y-JUMP", 10.0, 50.0, -40.0), {"FOOTING"}),
        (("X-OWN", 1.0, 1.0, 0.0), {"RULE"}),
        (("CELL-TEXT", 1.0, 1.0, 0.0), {"RULE"}),
    ],
)
def test_a_footing_is_judged_by_its_rules_relation(
    row: tuple[str, float, float, float], checks: set[str]
) -> None:
    names = ["rule", "left", "right", "residual"]
    frame = pd.DataFrame([row], columns=names).assign(unit="甲", instance="x")
    assert failed(footings_schema("2021"), frame) == checks


@pytest.mark.slow
def test_a_wide_frame_is_judged_cell_by_cell_and_relation_by_relation() -> None:
    frame = pd.DataFrame([dict.fromkeys(FORM.fields, 0.0)] * 2, index=["甲", "乙"])
    assert failed(wide_schema("2021"), frame) == set()
    frame.loc["乙", "t4.review.total"] = 1.5
    assert failed(wide_schema("2021"), frame) == {"CELL-FRACTION", "T4-SUM review"}
    frame.loc["乙", "t4.review.total"] = -1
    assert failed(wide_schema("2021"), frame) == {"CELL-NEGATIVE", "T4-SUM review"}
    frame.loc["乙", "t4.review.total"] = None
    with pytest.warns(pa.errors.SchemaWarning, match="CELL-BLANK"):
        assert failed(wide_schema("2021"), frame) == set()
    frame.loc["乙", ["t4.review.total", "t4.review.upheld"]] = [3.0, None]  # a part is missing
    with pytest.warns(pa.errors.SchemaWarning, match="CELL-BLANK"):
        assert failed(wide_schema("2021"), frame) == set()
    without = failed(wide_schema("2021"), frame.drop(columns="t4.review.total"))
    assert "column_in_dataframe" in without


def cases(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> list[list[object]]:
    """Row, column and case of every failure."""
    with pytest.raises(pa.errors.SchemaErrors) as caught:
        schema.validate(frame, lazy=True)
    found = caught.value.failure_cases[["index", "column", "failure_case"]].values.tolist()
    return sorted(found, key=str)


def test_a_failure_of_a_wide_frame_is_its_row_its_relation_and_the_difference() -> None:
    frame = pd.DataFrame([dict.fromkeys(FORM.fields, 0.0)] * 1000)
    frame.loc[7, "t4.review.total"] = 3
    assert cases(wide_schema("2021"), frame) == [[7, "T4-SUM review", 3.0]]


def test_a_wide_frame_with_a_column_or_a_source_of_another_name_is_refused() -> None:
    frame = pd.DataFrame([dict.fromkeys(FORM.fields, 0.0)]).assign(unit="甲")
    assert [case[2] for case in cases(wide_schema("2021"), frame)] == ["unit"]
    with pytest.raises(ValueError, match="no source last: there are prior, claim, units, cases"):
        wide_schema("2021", ["last"])


@pytest.mark.parametrize("ones", [1, 1.0, True, "1"])
def test_whole_numbers_truths_and_digits_are_numbers_alike(ones: object) -> None:
    frame = pd.DataFrame([dict.fromkeys(FORM.fields, 0)], dtype=object)
    frame.loc[0, ["t4.review.upheld", "t4.review.total"]] = ones
    assert failed(wide_schema("2021"), frame) == set()
    row = {"unit": "甲", "field": "t3.new.natural", "value": ones, "standing": "number"}
    assert failed(cells_schema("2021"), pd.DataFrame([row])) == set()
    sides = {"rule": "T4-SUM", "left": ones, "right": ones, "residual": 0, "unit": "甲"}
    footing = pd.DataFrame([{**sides, "instance": "review"}])
    assert failed(footings_schema("2021"), footing) == set()


def test_words_among_the_numbers_are_failures_and_nothing_else() -> None:
    frame = pd.DataFrame([dict.fromkeys(FORM.fields, 0)], dtype=object)
    frame.loc[0, "t4.review.total"] = "三件"
    found = cases(wide_schema("2021"), frame)
    assert [0, "t4.review.total", "三件"] in found
    assert {case[1] for case in found} == {"t4.review.total"}
    row = {"unit": "甲", "field": "t3.new.natural", "value": "三件", "standing": "number"}
    assert "coerce_dtype('float64')" in failed(cells_schema("2021"), pd.DataFrame([row]))
    sides = {"rule": "T4-SUM", "left": "三件", "right": 3, "residual": 0, "unit": "甲"}
    footing = pd.DataFrame([{**sides, "instance": "review"}])
    assert "coerce_dtype('float64')" in failed(footings_schema("2021"), footing)
    line = {"ledger": "cases", "line": 2, "year": "今年", "number": "1"}
    assert "not_nullable" in failed(lines_schema("2021"), pd.DataFrame([line]))


@pytest.mark.parametrize("schema", [cells_schema, footings_schema, wide_schema, lines_schema])
@pytest.mark.parametrize("way", ["to_yaml", "to_json", "to_script", "example"])
def test_what_cannot_be_written_down_says_so(schema: Any, way: str) -> None:
    with pytest.raises(NotImplementedError, match="wide_schema"):
        getattr(schema("2021"), way)()


@pytest.mark.slow
def test_a_wide_frame_with_last_year_is_judged_against_it() -> None:
    frame = pd.DataFrame([dict.fromkeys(FORM.fields, 0.0)], index=["甲"])
    keys = {q for i in FORM.relations if i.sources == {"prior"} for q in i.fields if ":" in q}
    both = frame.assign(**dict.fromkeys(keys, 0.0))
    assert failed(wide_schema("2021", ["prior"]), both) == set()
    both["prior:t3.carried_out.natural"] = 2.0
    assert failed(wide_schema("2021", ["prior"]), both) == {"Y-CARRY natural"}


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({}, None),
        ({"received": None}, "L-ROW received-missing"),
        ({"received": date(2026, 1, 4)}, "L-ROW received-later"),
        ({"answered": None}, "L-ROW answered-missing"),
        ({"outcome": ""}, "L-ROW outcome-missing"),
        ({"answered": date(2025, 3, 4)}, "L-ROW answered-early"),
        ({"answered": date(2024, 12, 30)}, "L-ROW answered-earlier"),
        ({"answered": date(2026, 1, 5)}, "L-ROW answered-later"),
        ({"corrected": date(2025, 3, 7)}, "L-ROW corrected-alone"),
        ({"asked": date(2025, 3, 8), "corrected": date(2025, 3, 7)}, "L-ROW corrected-early"),
        ({"heard": date(2025, 3, 7)}, "L-ROW heard-alone"),
        ({"consulted": date(2025, 3, 8), "heard": date(2025, 3, 7)}, "L-ROW heard-early"),
        ({"asked": date(2025, 3, 4)}, "L-ROW asked-early"),
        ({"consulted": date(2025, 3, 4)}, "L-ROW consulted-early"),
        ({"unread": frozenset({"outcome"})}, "L-ROW unread"),
        ({"ledger": "letters"}, "LEDGER"),
        ({"answered": date(2025, 4, 3)}, "L-DEADLINE late"),
        ({"answered": date(2025, 4, 2)}, None),
        ({"answered": date(2025, 4, 30), "extended": True}, None),
    ],
)
@pytest.mark.sampled
def test_a_line_that_contradicts_itself_fails_that_check(
    change: dict[str, Any], check: str | None
) -> None:
    """Received on 5 March 2025: 20 working days end on 2 April, 40 on 30 April."""
    line = {
        "ledger": "cases",
        "line": 2,
        "year": 2025,
        "number": "1",
        "applicant": "natural",
        "received": date(2025, 3, 5),
        "answered": date(2025, 3, 10),
        "outcome": "granted",
    } | change
    frame = pd.DataFrame([line], dtype=object)
    found = failed(lines_schema("2021"), frame)
    assert found >= ({check} if check else set())
    assert check or not found
    dates = [k for k in frame if k in ("received", "answered", "corrected", "asked", "heard")]
    stamped = frame.assign(**{k: pd.to_datetime(frame[k]) for k in dates})  # None becomes NaT
    assert failed(lines_schema("2021"), stamped) == found


def test_the_lines_of_documents_have_checks_of_their_own() -> None:
    line = {
        "ledger": "documents",
        "line": 2,
        "year": 2025,
        "number": "1",
        "issued": date(2025, 3, 5),
        "repealed": date(2025, 3, 10),
    }
    assert failed(lines_schema("2021"), pd.DataFrame([line], dtype=object)) == set()
    early = pd.DataFrame([line | {"repealed": date(2025, 3, 4)}], dtype=object)
    assert failed(lines_schema("2021"), early) == {"L-ROW repealed-early"}
    later = pd.DataFrame([line | {"issued": date(2026, 1, 1), "repealed": None}], dtype=object)
    assert failed(lines_schema("2021"), later) == {"L-ROW issued-later"}
    twice = pd.DataFrame([line, line | {"line": 3}], dtype=object)
    assert failed(lines_schema("2021"), twice) == {"L-ROW twin"}
    assert lines_frame([]).empty


@pytest.mark.parametrize(
    ("odd", "detail", "found"), [("date", "2023-3-15", "2023-3-15"), ("format", "0%", "45000")]
)
def test_a_number_that_is_shown_as_another_is_told_as_it_is_seen(
    odd: str, detail: str, found: str
) -> None:
    value = Value(Standing.NUMBER, 45000.0, "45000", odd=odd, detail=detail)
    numbers: dict[str, float | Value] = dict.fromkeys(FORM.fields, 0.0)
    (verdict,) = judge_plainly([report(FORM, numbers | {"t2.fees.amount": value}, year=2024)])
    (finding,) = [f for f in verdict.findings if f.rule == "CELL-TEXT"]
    assert (finding.found, finding.expected) == (found, 45000.0)


@pytest.mark.parametrize(("shown", "found"), [("3", 3.0), ("空", "空"), ("#REF!", "#REF!")])
def test_a_sum_that_lacks_cells_is_told_with_what_it_shows(shown: str, found: object) -> None:
    sums = Sums(True, "D9", "E9至I9", proposed="SUM(D9:I9)")
    value = Value(Standing.NUMBER, 0.0, shown, None, True, sums=sums)
    numbers: dict[str, float | Value] = dict.fromkeys(FORM.fields, 0.0)
    made = report(FORM, numbers | {"t3.granted.total": value}, year=2024)
    (finding,) = judge_plainly([made])[0].findings
    assert (finding.rule, finding.found, finding.expected) == ("CELL-FORMULA", found, 0)
    assert "漏了E9至I9" in finding.message


@pytest.mark.parametrize(
    ("value", "rule", "found", "expected", "words"),
    [
        (Value(Standing.BLANK, None, ""), "CELL-BLANK", "", 0, "是空格"),
        (Value(Standing.PLACEHOLDER, None, "/"), "CELL-BLANK", "/", 0, "填的是“/”"),
        (Value(Standing.TEXT, None, "多件"), "CELL-TEXT", "多件", None, "填的是“多件”"),
        (Value(Standing.TEXT_NUMBER, 18.0, "18件"), "CELL-TEXT", "18件", 18.0, "请改为数字18"),
        (Value(Standing.NUMBER, -2.0, "-2"), "CELL-NEGATIVE", -2.0, None, "是-2"),
        (Value(Standing.NUMBER, 2.5, "2.5"), "CELL-FRACTION", 2.5, None, "是2.5"),
        (Value(Standing.ERROR, None, "#REF!"), "CELL-ERROR", "#REF!", None, "显示错误值#REF!"),
        (Value(Standing.FORMULA, None, "=A1"), "CELL-FORMULA", "=A1", None, "（=A1）没有结果"),
    ],
)
def test_what_stands_in_a_cell_is_said_with_what_should(
    value: Value, rule: str, found: object, expected: object, words: str
) -> None:
    numbers: dict[str, float | Value] = dict.fromkeys(FORM.fields, 0.0)
    (verdict,) = judge_plainly(
        [report(FORM, numbers | {"t2.licences.decisions": value}, year=2024)]
    )
    (finding,) = verdict.findings
    assert (finding.rule, finding.found, finding.expected) == (rule, found, expected)
    assert words in finding.message
    assert finding.place == Place.of("表二", "B10")
    readable = value.standing is Standing.TEXT_NUMBER
    assert (finding.repair is not None) is readable
    if finding.repair is not None:
        assert (finding.repair.field, finding.repair.value) == ("t2.licences.decisions", 18.0)
