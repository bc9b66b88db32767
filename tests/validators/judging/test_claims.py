"""Sentences of all kinds against a consistent report and against one that differs in every field.

``tests/data/claims.txt`` has them: on the consistent report none may be a finding, on the other
every claim must be one, of its field, and nothing else may be.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pytest
from gouji.templates.edition import load
from gouji.templates.formulas import computed_totals
from gouji.validators.finding import Finding
from gouji.validators.judging.judge import judge_plainly
from gouji.validators.judging.rules.claims import sources
from gouji.validators.report import Report

from ...builders import APPLICANTS, report
from ...conftest import DATA

FORM = load("2021")
SENTENCES = DATA / "claims.txt"
INVENTED = tomllib.loads((DATA / "claims.toml").read_text("utf-8"))
NAMES, UNITS = INVENTED["names"], INVENTED["units"]
BUSY, BUSY_REST = INVENTED["busy"], INVENTED["busy_rest"]


def values_of(rows: Mapping[str, Sequence[int]], rest: Mapping[str, float]) -> dict[str, float]:
    """Table 3 from its rows by applicant, the rest by field; 0 elsewhere, totals added up."""
    values = dict.fromkeys(FORM.fields, 0.0)
    for row, numbers in rows.items():
        for applicant, number in zip(APPLICANTS, numbers, strict=False):
            values[f"t3.{row}.{applicant}"] = float(number)
    return computed_totals(FORM, values | dict(rest))


REPORTS = {
    **dict.fromkeys(("busy", "bureau", "unknown"), values_of(BUSY, BUSY_REST)),
    "quiet": values_of({"new": [3], "granted": [2], "unable_not_held": [1]}, {}),
    "empty": values_of({}, {}),
    "open": values_of({"new": [2], "carried_in": [1], "granted": [1], "carried_out": [2]}, {}),
}


@dataclass(frozen=True)
class Sentence:
    """One sentence beside one of the reports; its claims, and those that it may have."""

    beside: str
    text: str
    claims: frozenset[str]
    possible: frozenset[str]


def sentences() -> Iterator[Sentence]:
    beside = ""
    for line in SENTENCES.read_text("utf-8").splitlines():
        if line.startswith("["):
            beside = line.strip("[]")
        elif line and not line.startswith("#"):
            text, _, claims = line.rpartition("|")
            held = re.findall(r"(\S+?)(\??)[\d.]+(?:\s|$)", claims)
            certain = frozenset(NAMES[name] for name, doubt in held if not doubt)
            possible = frozenset(NAMES[name] for name, doubt in held if doubt)
            yield Sentence(beside, text.strip(), certain, possible)


def report_with(sentence: Sentence, values: Mapping[str, float]) -> Report:
    made = report(FORM, values, year=2024, unit=UNITS[sentence.beside])
    return replace(made, narrative=((FORM.sections[0].title, sentence.text),))


def found(sentence: Sentence, values: Mapping[str, float]) -> list[Finding]:
    (verdict,) = judge_plainly([report_with(sentence, values)])
    return [f for f in verdict.findings if f.rule.startswith("N-")]


def compared(sentence: Sentence, values: Mapping[str, float]) -> set[str]:
    """The quantities of which N-CLAIM compares what is said; quicker than a verdict."""
    held = sources(report_with(sentence, values)).get("claim")
    return set(held.readings) if held else set()


def other(values: Mapping[str, float]) -> dict[str, float]:
    """Every field another number, none of them by chance one that a sentence says."""
    return {key: 3 * n + 17 + 7 * at for at, (key, n) in enumerate(values.items())}


@pytest.mark.parametrize("beside", [*REPORTS])
def test_the_reports_are_consistent(beside: str) -> None:
    (verdict,) = judge_plainly([report(FORM, REPORTS[beside], year=2024, unit=UNITS[beside])])
    assert verdict.findings == ()


@pytest.mark.slow
@pytest.mark.parametrize("beside", [*REPORTS])
def test_no_sentence_is_a_finding_beside_the_tables_that_it_tells(beside: str) -> None:
    every = [s for s in sentences() if s.beside == beside]
    assert len(every) > 4
    assert [f.message for s in every for f in found(s, REPORTS[beside])] == []


@pytest.mark.parametrize("beside", [*REPORTS])
def test_beside_other_numbers_every_claim_is_compared_with_its_field_and_nothing_else(
    beside: str,
) -> None:
    wrong = []
    for sentence in (s for s in sentences() if s.beside == beside):
        every = compared(sentence, other(REPORTS[beside]))
        missing, more = sentence.claims - every, every - sentence.claims - sentence.possible
        if missing or more:
            wrong.append((sentence.text, missing, more))
    assert wrong == []


def test_what_is_compared_and_differs_is_a_finding_of_its_field() -> None:
    for sentence in [s for s in sentences() if len(s.claims) > 3][:5]:
        values = other(REPORTS[sentence.beside])
        every = {f.instance for f in found(sentence, values) if f.rule == "N-CLAIM"}
        assert every == compared(sentence, values) >= sentence.claims
