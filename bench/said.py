"""Everything that is said of many reports, for a diff before and after a change of the judges.

``python bench/said.py > before.txt``, the change, ``python bench/said.py > after.txt``, and
``diff``. It is no judge of right and wrong, the tests are: it shows what a change changes. Each
finding, repair and weighed event has a line in full.
"""

from __future__ import annotations

import ast
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from gouji.templates.edition import edition_ids, load
from gouji.validators import judge_values
from gouji.validators.finding import Verdict
from gouji.validators.judging.bare_numbers import example_of, source_of
from gouji.validators.judging.blame.numbers import numbers_of
from gouji.validators.judging.blame.odds import Odds
from gouji.validators.judging.blame.patterns import Patterns
from gouji.validators.judging.blame.posterior import answers
from gouji.validators.judging.blame.search import Search
from gouji.validators.judging.judge import judge_plainly
from gouji.validators.judging.system import system_of
from gouji.validators.report import Report

from bench.which_cell import STRATA, left_blank, made, sources
from tests.builders import consistent, report
from tests.validators.judging import test_narrative, test_screen
from tests.validators.judging.random_reports import one

_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_COUNTED = re.compile(r"[\d一二三四五六七八九十](?:件|条|%)")


def lines(verdict: Verdict) -> Iterator[str]:
    """A verdict, a line for each thing that it says."""
    for finding in verdict.findings:
        yield f"{finding} {finding.message.en}"
    for event in verdict.repairs:
        yield f"{event} {event.reason.en} {event.brief.en}"
    yield f"{verdict.checked} checked, unchecked {verdict.unchecked}"


def reports() -> Iterator[tuple[str, Verdict]]:
    """Reports with whatever can stand in a cell, and every source."""
    rng = random.Random(41)
    for number in range(14):
        held, prior, more = one(rng)
        yield f"report {number}", judge_plainly([held], [prior], sources=[more])[0]


def errors(count: int = 24, seed: str = "said") -> Iterator[tuple[str, Verdict]]:
    """Errors as people make them, of every stratum of the benchmark, with seeds of our own."""
    for stratum in STRATA:
        rng = random.Random(f"{seed} {stratum.name}")
        for number in range(count):
            case = made(stratum, rng)
            given = left_blank(case) if stratum.blanks else dict(case.typed)
            more = sources(case, rng) if stratum.evidence else None
            verdict = judge_values(given, year=2024, formulas=stratum.formulas, sources=more)
            yield f"{stratum.name} {number}", replace(verdict, findings=verdict.findings[:1])


def weighed() -> Iterator[str]:
    """How likely every event is that is thought of, and every answer."""
    for stratum in STRATA:
        rng = random.Random(f"weighed {stratum.name}")
        for number in range(8):
            case = made(stratum, rng)
            more = {n: source_of(n, s, case.form) for n, s in sources(case, rng).items()}
            given = more if stratum.evidence else {}
            held = report(case.form, case.typed, formulas=stratum.formulas, year=2024)
            system = system_of(case.form, frozenset(given))
            numbers = numbers_of(held, system, given, lambda _: True)
            causes = numbers.levers.causes(numbers.active)
            odds = Odds(numbers)
            patterns = Patterns(numbers, causes, odds).all()
            steps = [p.step for p in patterns]
            for relation, gap in numbers.gaps.items():
                for cause in causes.touching(relation):
                    steps += [s for by in (gap, -gap) for s in odds.steps(cause, by)]
            answer = sorted(f"{s.kind} {s.changes} {s.log:.6f} {s.detail}" for s in steps)
            yield from (f"= {stratum.name} {number}", *answer)
            if number:  # the search takes long
                continue
            search = Search(causes, odds, patterns)
            found = answers(search, search.explain(numbers.gaps).logs)
            shares = [f"{sorted(a.changes)} {a.share:.9f}" for a in found]
            yield from shares


def narratives() -> Iterator[tuple[str, Verdict]]:
    """Right sentences, and each with one of its numbers another."""
    for text in test_narrative.RIGHT:
        for found in _DIGITS.finditer(text):
            answer = f"{text[: found.start()]}{float(found[0]) + 3:g}{text[found.end() :]}"
            yield answer, _words_only(test_narrative.report_with(answer))


# What no other test says: the same told twice, further and further apart; an aside in a list.
MORE = (
    *(
        f"全年收到政府信息公开申请20件。经统计，共收到政府信息公开申请{n}件。"
        for n in range(19, 27)
    ),
    "收到政府信息公开申请20件，其中网络申请9件，信函申请6件因为没有联系方式无法退回所以另行登记的4件。",
    "收到政府信息公开申请20件，其中网络申请9件，信函申请7件，当面申请5件。",
    "收到政府信息公开申请20件，其中网络申请9件，信函申请6件另登的4件。",
    "收到政府信息公开申请20件，其中网络申请9件，信函申请7件，当面申请3件，等等。",
)


def written() -> list[str]:
    """Every sentence with a count that the narrative's tests are about."""
    tree = ast.parse(Path(test_narrative.__file__).read_text("utf-8"))
    found = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    found += test_narrative.RIGHT + test_narrative.LISTS + test_narrative.LISTS_WRONG
    return sorted({t for t in found if isinstance(t, str) and _COUNTED.search(t)} | {*MORE})


def sentences() -> Iterator[tuple[str, Verdict]]:
    """Those sentences, each number of them another, and each piece of them left out."""
    for text in written():
        yield text, _words_only(test_narrative.report_with(text))
        for found in _DIGITS.finditer(text):
            answer = f"{text[: found.start()]}{float(found[0]) * 2 + 1:g}{text[found.end() :]}"
            yield answer, _words_only(test_narrative.report_with(answer))
        pieces = re.split("(?<=[，。；、])", text)
        for n in range(len(pieces)):
            answer = "".join(pieces[:n] + pieces[n + 1 :])
            yield answer, _words_only(test_narrative.report_with(answer))


def screened() -> Iterator[tuple[str, Verdict]]:
    """Numbers of persons and slips of the pen in a narrative."""
    form, rng = load("2021"), random.Random(5)
    held = report(form, consistent(form, rng), year=2024)
    for number in range(12):
        text = rng.choice(
            [
                f"申请人号码为{test_screen.identity(rng)}，已答复。",
                f"卡号{test_screen.card(rng)}。",
                f"联系人手机{rng.choice(['139', '186'])}{rng.randint(0, 10**8 - 1):08d}。",
                f"电话0{rng.randint(10, 29)}-{rng.randint(10**7, 10**8 - 1)}。",
                "上年转结2件。",
            ]
        )
        narrative = tuple(
            (s.title, text if not n else "写了。") for n, s in enumerate(form.sections)
        )
        yield f"screen {number}", _words_only(replace(held, narrative=narrative))


def _words_only(held: Report) -> Verdict:
    (verdict,) = judge_plainly([held])
    found = [f for f in verdict.findings if f.rule.startswith(("N-", "S-", "P-"))]
    return replace(verdict, findings=tuple(found), repairs=())


def examples() -> Iterator[tuple[str, Verdict]]:
    """What explains each rule of every edition."""
    for edition in map(load, edition_ids()):
        for rule in edition.rules:
            example = example_of(edition, rule)
            if example is not None:
                yield f"{edition.id} {rule.id} {example.numbers}", Verdict(0, (example.finding,))


def main() -> None:
    """Prints it."""
    for cases in (reports, errors, narratives, sentences, screened, examples):
        for name, verdict in cases():
            print(f"= {name}", *lines(verdict), sep="\n")
    print(*weighed(), sep="\n")


if __name__ == "__main__":
    main()
