"""A ledger with very many wrong lines: told some hundreds at a time, judged the same, in time."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta

import pytest
from gouji.templates.edition import load
from gouji.validators.judging import by_schemas, plain
from gouji.validators.judging.judge import judge, judge_plainly
from gouji.validators.judging.line_checks import MOST
from gouji.validators.report import LedgerLine, Ledgers, Report

from ...builders import report

FORM = load("2021")
DAY = date(2024, 1, 5)
COLUMNS = {"number": "A", "received": "B", "answered": "C", "outcome": "D"}


def with_lines(count: int, kind: str) -> Report:
    """A report whose case ledger has ``count`` lines, wrong in one way."""
    late = {"answered": DAY + timedelta(200)} if kind == "late" else {}
    wrong = (("outcome", "办理结果不在列表里", "no outcome"),) if kind == "unread" else ()
    lines = tuple(
        LedgerLine(
            n + 2,
            "1" if kind == "twin" else str(n),
            wrong,
            {"received": DAY, **late},
            COLUMNS,
            words={"number": "1" if kind == "twin" else str(n)},
        )
        for n in range(count)
    )
    return replace(report(FORM, {}, year=2024), ledgers=Ledgers({"cases": lines}))


@pytest.mark.parametrize("kind", ["late", "unread", "twin"])
def test_some_hundreds_of_a_kind_are_told_and_the_rest_is_counted(kind: str) -> None:
    few, many = with_lines(MOST, kind), with_lines(3 * MOST, kind)
    whole = [f for f in judge_plainly([few])[0].findings if "另有" in f.message.zh]
    assert whole == []
    found = judge_plainly([many])[0].findings
    more = [f for f in found if "另有" in f.message.zh]
    assert more
    assert all(f.place is None for f in more)
    assert any(str(n) in more[0].message.zh for n in (2 * MOST, 2 * MOST - 1))
    assert len(found) < len(plain.lines(FORM, [many])[0])


def test_very_many_lines_are_judged_by_the_same_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    held = with_lines(120, "late")
    expected = by_schemas.lines(FORM, [held, with_lines(40, "twin")])
    monkeypatch.setattr(by_schemas, "_MANY_LINES", 10)
    assert by_schemas.lines(FORM, [held, with_lines(40, "twin")]) == expected


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["late", "twin"])
def test_forty_thousand_wrong_lines_take_seconds(kind: str) -> None:
    held = with_lines(40_000, kind)
    start = time.perf_counter()
    judge([held])
    assert time.perf_counter() - start < 15
