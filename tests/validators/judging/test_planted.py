"""Errors that are planted are named: right from wrong, and what a sentence of each kind says.

``tests/data/sentences.txt`` holds one sentence of each rule and of each kind of repair, in both
languages. Write it anew with ``python -m tests.validators.judging.test_planted`` and read the diff;
``python bench/said.py`` prints all of them for a diff before and after a change.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from gouji.validators.finding import Verdict
from gouji.validators.judging.judge import judge, judge_plainly

from bench import said
from bench.which_cell import STRATA, Stratum, measure

from ...conftest import sample
from . import test_narrative

SENTENCES = Path(__file__).resolve().parents[2] / "data" / "sentences.txt"


@pytest.mark.slow
@pytest.mark.parametrize("stratum", STRATA, ids=lambda s: s.name)
def test_planted_errors_are_named_as_often_as_the_bar_says(stratum: Stratum) -> None:
    """The first answer is exactly what was planted; what is certain leaves nothing failing."""
    tally = measure(stratum, sample(20, 200), seed=41)

    def expected(percent: float, sigmas: int) -> float:
        share = percent / 100
        spread = math.sqrt(tally.count * share * (1 - share))
        return tally.count * share + sigmas * spread

    assert tally.exact >= max(1, expected(stratum.exact, -2)), tally.misses
    assert tally.wrong <= expected(stratum.wrong, 3), tally.misses
    assert tally.broken == 0


def test_what_is_said_of_an_altered_number_names_it() -> None:
    named = 0
    for text, verdict in said.narratives():
        for finding in verdict.findings:
            numbers = re.findall(r"\d+(?:\.\d+)?", finding.message)
            assert any(number in text for number in numbers), (text, finding.message)
        named += bool(verdict.findings)
    assert named >= 26


@pytest.mark.slow
def test_both_roads_say_the_same_of_every_sentence() -> None:
    reports = [test_narrative.report_with(text) for text in said.written()]
    assert judge(reports) == judge_plainly(reports)


def verdicts() -> Iterator[Verdict]:
    for cases in (said.examples, said.reports, said.narratives, said.screened):
        for _, verdict in cases():
            yield verdict
    for _, verdict in said.errors(4):
        yield verdict
    yield from judge_plainly([test_narrative.report_with(text) for text in said.written()])


def kinds() -> str:
    """The first sentence of each rule and of each kind of repair."""
    found: dict[str, str] = {}
    for verdict in verdicts():
        for finding in verdict.findings:
            name = f"{finding.rule} {finding.severity.value}"
            found.setdefault(name, f"{finding.message}\n{finding.message.en}")
        for event in verdict.repairs:
            name = f"{event.kind} {event.certainty}"
            found.setdefault(
                name, f"{event.reason}\n{event.reason.en}\n{event.brief}\n{event.brief.en}"
            )
    return "\n".join(f"= {name}\n{found[name]}" for name in sorted(found)) + "\n"


def test_a_sentence_of_each_kind_stays_as_it_was() -> None:
    assert kinds().splitlines() == SENTENCES.read_text("utf-8").splitlines()


if __name__ == "__main__":
    SENTENCES.write_text(kinds(), "utf-8")
