"""Which footing rules fail, and what the findings say."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from gouji.templates.edition import Edition, load
from gouji.validators.finding import Finding, Severity, Verdict
from gouji.validators.judging.judge import judge, judge_plainly
from gouji.validators.reading.readers import read
from gouji.validators.reading.readers import read as read_published
from gouji.validators.report import Standing, Value
from hypothesis import given, settings
from hypothesis import strategies as st

from ...builders import book_at, consistent, report
from ...conftest import DATA, sample


def errors(edition: Edition, values: dict[str, float]) -> list[Finding]:
    (verdict,) = judge_plainly([report(edition, values)])
    return [f for f in verdict.findings if f.severity is Severity.ERROR]


def verdict_of(edition: Edition, values: dict[str, float]) -> Verdict:
    (verdict,) = judge([report(edition, values)])
    return verdict


def test_adding_one_to_any_number_fails_exactly_the_relations_it_stands_in(
    edition: Edition,
) -> None:
    values = consistent(edition, random.Random(7))
    keys = [k for k in edition.fields if k[:2] in ("t3", "t4")]
    spoiled = [report(edition, {**values, k: values[k] + 1}) for k in keys]
    for key, verdict in zip(keys, judge(spoiled), strict=True):
        found = {(f.rule, f.instance) for f in verdict.findings if f.severity is Severity.ERROR}
        expected = {(i.rule, i.key) for i in edition.footings if key in i.fields}
        assert found == expected, key
        assert len(verdict.findings) == len(found), key


def test_consistent_reports_have_no_finding(edition: Edition) -> None:
    rng = random.Random(3)
    reports = [report(edition, consistent(edition, rng)) for _ in range(50)]
    for verdict in judge(reports):
        assert verdict.findings == ()
        assert verdict.unchecked == ()
        assert verdict.checked == len(edition.footings)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.data())
def test_a_single_wrong_typed_number_of_table_3_is_found_and_repaired(
    seed: int, data: st.DataObject
) -> None:
    edition = load("2021")
    rng = random.Random(seed)
    values = consistent(edition, rng)
    key = data.draw(st.sampled_from([k for k in edition.fields if k[:2] == "t3"]))
    wrong = values[key] + data.draw(st.integers(1, 500))
    found = errors(edition, {**values, key: wrong})
    assert found
    for finding in found:
        assert finding.repair is not None
        assert (finding.repair.field, finding.repair.value) == (key, values[key])


def test_the_message_has_the_place_both_sums_and_the_difference_and_nothing_else(
    form: Edition,
) -> None:
    values = dict.fromkeys(form.fields, 0.0)
    for key in ("new", "total", "granted"):
        values[f"t3.{key}.natural"] = values[f"t3.{key}.total"] = 18.0
    values["t3.total.natural"] = 17.0
    found = {f.rule: f for f in errors(form, values)}
    assert set(found) == {"T3-BALANCE", "T3-TOTAL", "T3-ROW"}
    balance = found["T3-BALANCE"]
    assert balance.message == (
        "表三 “自然人”列（D31）：本年新收18＋上年结转0＝18，总计17＋结转下年度0＝17，相差1。"
    )
    assert balance.place is not None
    assert (balance.place.sheet, balance.place.cell, balance.field) == (
        "表三",
        "D31",
        "t3.carried_out.natural",
    )
    assert (balance.found, balance.expected) == (0.0, None)  # D30 is to be changed, not this
    assert {r.field for r in balance.related} == {
        "t3.new.natural",
        "t3.carried_in.natural",
        "t3.total.natural",
    }
    assert "国办公开办函〔2021〕30号" in balance.basis
    assert "a difference of 1" in balance.message.en


def test_a_row_total_off_by_one_is_expected_to_be_the_sum_of_its_parts(form: Edition) -> None:
    values = consistent(form, random.Random(1))
    right = values["t3.granted.total"]
    found = errors(form, {**values, "t3.granted.total": right + 1})
    row = next(f for f in found if f.rule == "T3-ROW")
    assert (row.place.cell, row.found, row.expected) == ("J9", right + 1, right)  # type: ignore[union-attr]


def test_two_wrong_cells_in_one_column_are_both_named(form: Edition) -> None:
    values = consistent(form, random.Random(5))
    spoiled = {**values}
    spoiled["t3.granted.natural"] += 3
    spoiled["t3.partial.business"] += 5
    repaired = {f.repair.field: f.repair.value for f in errors(form, spoiled) if f.repair}
    assert repaired == {k: values[k] for k in ("t3.granted.natural", "t3.partial.business")}


def test_an_open_choice_of_cells_is_said_and_not_guessed(form: Edition) -> None:
    values = consistent(form, random.Random(2))
    values["t4.review.upheld"] += 1
    (finding,) = errors(form, values)
    assert finding.rule == "T4-SUM"
    assert finding.repair is None
    assert finding.message == "表四 行政复议（E7）：A7至D7相加3，总计2，相差1。"
    assert finding.expected is None
    events = verdict_of(form, values).repairs
    assert {e.certainty for e in events} == {"likely"}
    assert [e.brief for e in events] == [
        "行政复议结果维持（A7）由3改为2（一位打错了）",
        "行政复议总计（E7）由2改为3",
    ]


def test_formula_totals_are_never_blamed(form: Edition) -> None:
    values = consistent(form, random.Random(4))
    values["t3.carried_in.natural"] += 1
    values["t3.carried_in.total"] += 1  # as its formula shows
    (verdict,) = judge([report(form, values, formulas=True)])
    blamed = {f.repair.field for f in verdict.findings if f.repair}
    assert not blamed & set(form.totals)
    changed = {c.field for event in verdict.repairs for c in event.changes}
    assert changed
    assert not changed & set(form.totals)
    total = next(f for f in verdict.findings if f.instance == "total")
    assert total.group == 1


@pytest.mark.parametrize(
    "value",
    [
        Value(Standing.BLANK),
        Value(Standing.PLACEHOLDER, None, "/"),
        Value(Standing.TEXT, None, "见附件"),
        Value(Standing.TEXT_NUMBER, 18.0, "18件"),
        Value(Standing.ERROR, None, "#REF!"),
        Value(Standing.FORMULA, None, "=A1"),
        Value(Standing.ABSENT),
    ],
)
def test_what_is_not_a_number_leaves_its_relations_unchecked_and_never_passes(
    form: Edition, value: Value
) -> None:
    values: dict[str, float | Value] = {**consistent(form, random.Random(9))}
    values["t3.granted.natural"] = value
    (verdict,) = judge([report(form, values)])
    open_ = {(u.rule, u.field) for u in verdict.unchecked}
    assert open_ == {("T3-ROW", "t3.granted.total"), ("T3-TOTAL", "t3.total.natural")}
    assert verdict.checked == len(form.footings) - 2
    assert not [f for f in verdict.findings if f.rule.startswith("T3")]
    assert all(u.reason and u.reason.en for u in verdict.unchecked)


def test_issued_above_in_force_is_a_warning(form: Edition) -> None:
    values = consistent(form, random.Random(8))
    values["t2.normative.issued"] = 9.0
    values["t2.normative.in_force"] = 4.0
    (verdict,) = judge([report(form, values)])
    (finding,) = verdict.findings
    assert (finding.rule, finding.severity) == ("T2-IN-FORCE", Severity.WARNING)
    assert "本年制发件数9大于现行有效件数4，多出5" in finding.message


@pytest.mark.parametrize(
    ("unit", "severity"),
    [("青山镇人民政府", ["error"]), ("某县水利局", ["warning"]), ("甲省人民政府", [])],
)
def test_regulations_above_zero_depend_on_the_unit(
    form: Edition, unit: str, severity: list[str]
) -> None:
    values = consistent(form, random.Random(8))
    values["t2.regulations.in_force"] = 2.0
    (verdict,) = judge([report(form, values, unit=unit)])
    assert [f.severity.value for f in verdict.findings] == severity


def test_the_wrong_form_for_the_year_is_an_error(edition: Edition) -> None:
    wrong = 2020 if edition.id == "2021" else 2023
    (verdict,) = judge([report(edition, consistent(edition, random.Random(1)), year=wrong)])
    (finding,) = verdict.findings
    assert finding.rule == "S-EDITION"
    assert finding.severity is Severity.ERROR
    assert finding.expected == ("2019" if wrong == 2020 else "2021")


def test_reports_of_both_editions_are_judged_together_in_order() -> None:
    old, new = load("2019"), load("2021")
    rng = random.Random(1)
    editions = (new, old, new)
    mixed = [report(e, consistent(e, rng)) for e in editions]
    assert [v.checked for v in judge(mixed)] == [len(e.footings) for e in editions]


@pytest.mark.slow
def test_on_a_real_countys_workbook_one_more_in_any_cell_fails_exactly_its_relations(
    tmp_path: Path,
) -> None:
    source = read_published(DATA / "published" / "lianshan-2021.txt")
    edition = source.edition
    values = {k: v.number for k, v in source.values.items() if v.number is not None}
    keys = [k for k in edition.fields if k[:2] in ("t3", "t4")]
    assert len(keys) == 190
    reports = []
    path = tmp_path / "a.xlsx"
    book_at(edition, path, year=2021, unit=source.unit, values=values, typed_totals=True)
    right = read(path)
    for number, key in enumerate(keys):
        spoiled = {**values, key: values[key] + 1}
        if number % sample(20, 1):
            changed = replace(right.values[key], number=spoiled[key])
            reports.append(replace(right, values={**right.values, key: changed}))
        else:  # in a file of its own
            book_at(edition, path, year=2021, unit=source.unit, values=spoiled, typed_totals=True)
            reports.append(read(path))
    for key, verdict in zip(keys, judge(reports), strict=True):
        found = {(f.rule, f.instance) for f in verdict.findings if f.severity is Severity.ERROR}
        assert found == {(i.rule, i.key) for i in edition.footings if key in i.fields}, key


@pytest.mark.parametrize(
    ("until", "words"), [(2022, "2021年度起至2022年度，封面"), (None, "2021年度起，封面")]
)
def test_a_form_that_no_other_replaces_says_for_which_years_it_is(
    form: Edition, until: int | None, words: str
) -> None:
    own = replace(form, title="培训情况表", from_year=2021, to_year=until)
    held = replace(report(own, consistent(own, random.Random(1))), year=2015)
    (finding,) = (f for f in judge_plainly([held])[0].findings if f.rule == "S-EDITION")
    assert words in finding.message


@pytest.mark.parametrize(
    ("unit", "answer"),
    [
        ("清河市人民政府", "；是设区的市，请在封面选“单位类别”；不是的填0。"),
        ("清河市政府", "；是设区的市，请在封面选“单位类别”；不是的填0。"),
        ("北京市人民政府", ""),
        ("某某自治州人民政府", ""),
        ("清河县人民政府", "，应为0。"),
        ("清河市教育局", "，应为0。"),
    ],
)
def test_a_city_is_asked_for_its_class_before_its_regulations_are_doubted(
    form: Edition, unit: str, answer: str
) -> None:
    values = consistent(form, random.Random(2)) | {"t2.regulations.issued": 2.0}
    values["t2.regulations.in_force"] = 2.0
    held = replace(report(form, values, unit=unit), unit_class=form.class_of(unit))
    found = [f for f in judge_plainly([held])[0].findings if f.rule == "T2-REGULATION"]
    assert all(answer in f.message.zh for f in found)
    assert len(found) == (2 if answer else 0)
    assert all((f.severity is Severity.NOTE) == ("选" in answer) for f in found)
