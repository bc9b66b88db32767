"""Sentences of all kinds against a consistent report and against one that differs in every field.

``tests/data/claims.txt`` has them: on the consistent report none may be a finding, on the other
every claim must be one, of its field, and nothing else may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from gouji.templates.edition import load
from gouji.templates.formulas import computed_totals
from gouji.validators.finding import Finding
from gouji.validators.judging.judge import judge_plainly
from gouji.validators.judging.rules.claims import sources
from gouji.validators.report import Report

from ...builders import APPLICANTS, report

FORM = load("2021")
SENTENCES = Path(__file__).resolve().parents[2] / "data" / "claims.txt"
# What the file calls a claim → the quantity.
NAMES = {
    "新收": "t3.new.total",
    "办结": "t3.total.total",
    "结入": "t3.carried_in.total",
    "结出": "t3.carried_out.total",
    "公开": "t3.granted.total",
    "部分": "t3.partial.total",
    "公开及部分": "opened",
    "不予公开": "refused",
    "无法提供": "unable",
    "不予处理": "rejected",
    "其他处理": "other_ways",
    "自然人": "t3.new.natural",
    "法人": "organisations",
    "商业企业": "t3.new.business",
    "复议": "t4.review.total",
    "复议维持": "t4.review.upheld",
    "诉讼": "lawsuits",
    "诉讼维持": "suits_upheld",
    "许可": "t2.licences.decisions",
    "处罚": "t2.penalties.decisions",
    "强制": "t2.coercion.decisions",
    "制发": "t2.normative.issued",
    "废止": "t2.normative.repealed",
    "有效": "t2.normative.in_force",
    "规章": "t2.regulations.issued",
    "收费": "t2.fees.amount",
}
UNITS = {
    "busy": "临江区人民政府",
    "quiet": "临江区柳河镇人民政府",
    "empty": "临江区柳河乡人民政府",
    "bureau": "临江市自然资源和规划局",
    "open": "临江区柳河镇人民政府",
    "unknown": "",
}


def values_of(rows: Mapping[str, Sequence[int]], rest: Mapping[str, float]) -> dict[str, float]:
    """Table 3 from its rows by applicant, the rest by field; 0 elsewhere, totals added up."""
    values = dict.fromkeys(FORM.fields, 0.0)
    for row, numbers in rows.items():
        for applicant, number in zip(APPLICANTS, numbers, strict=False):
            values[f"t3.{row}.{applicant}"] = float(number)
    return computed_totals(FORM, values | dict(rest))


BUSY = {
    "new": [197, 24, 3, 2, 1, 3],
    "carried_in": [8, 3],
    "granted": [98, 13, 3, 1, 0, 3],
    "partial": [15, 2],
    "refused_secret": [1],
    "refused_law": [2],
    "refused_third_party": [5],
    "refused_internal": [4, 2],
    "refused_process": [4],
    "refused_enforcement": [3],
    "refused_inquiry": [2],
    "unable_not_held": [35, 4, 0, 1],
    "unable_create": [5, 3, 0, 0, 1],
    "unable_unclear": [2],
    "rejected_petition": [7],
    "rejected_repeat": [5],
    "rejected_publication": [1],
    "rejected_confirm": [1],
    "other_no_correction": [6, 2],
    "other_other": [5],
    "carried_out": [4, 1],
}
BUSY_REST = {
    "t4.review.upheld": 6,
    "t4.review.corrected": 1,
    "t4.review.other": 2,
    "t4.review.pending": 3,
    "t4.direct.upheld": 2,
    "t4.direct.other": 1,
    "t4.direct.pending": 1,
    "t4.after_review.upheld": 3,
    "t4.after_review.corrected": 1,
    "t4.after_review.other": 1,
    "t2.normative.issued": 15,
    "t2.normative.repealed": 4,
    "t2.normative.in_force": 87,
    "t2.licences.decisions": 3124,
    "t2.penalties.decisions": 456,
    "t2.coercion.decisions": 28,
    "t2.fees.amount": 682.35,
}
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
            text, _, told = line.rpartition("|")
            held = re.findall(r"(\S+?)(\??)[\d.]+(?:\s|$)", told)
            certain = frozenset(NAMES[name] for name, doubt in held if not doubt)
            possible = frozenset(NAMES[name] for name, doubt in held if doubt)
            yield Sentence(beside, text.strip(), certain, possible)


def told(sentence: Sentence, values: Mapping[str, float]) -> Report:
    made = report(FORM, values, year=2024, unit=UNITS[sentence.beside])
    return replace(made, narrative=((FORM.sections[0].title, sentence.text),))


def found(sentence: Sentence, values: Mapping[str, float]) -> list[Finding]:
    (verdict,) = judge_plainly([told(sentence, values)])
    return [f for f in verdict.findings if f.rule.startswith("N-")]


def compared(sentence: Sentence, values: Mapping[str, float]) -> set[str]:
    """The quantities of which N-CLAIM compares what is said; quicker than a verdict."""
    held = sources(told(sentence, values)).get("claim")
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
