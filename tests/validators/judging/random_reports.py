"""Random reports of both editions as the judges get them: broken cells, sources, ledgers."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from gouji.templates.edition import Edition, load
from gouji.validators.judging.sources import Source
from gouji.validators.report import (
    ABSENT,
    LedgerLine,
    Ledgers,
    Prior,
    Report,
    Standing,
    Value,
)

from ...builders import consistent, report

COLUMNS = {
    "number": "A",
    "applicant": "B",
    "received": "C",
    "answered": "I",
    "outcome": "J",
    "kind": "C",
    "issued": "D",
    "repealed": "E",
}
NARRATIVE = "新收申请同比增长{}%。复议比上年下降12.5%；诉讼同比增加5%，诉讼同比减少7%。"


def one(rng: random.Random) -> tuple[Report, Prior | None, dict[str, Source]]:
    """A report, last year's or none, and further sources."""
    edition = load(rng.choice(["2019", "2021"]))
    made = report(
        edition, consistent(edition, rng), year=rng.choice([edition.from_year, 2024, None])
    )
    values = dict(made.values)
    for _ in range(rng.randint(0, 5)):
        key = rng.choice(list(edition.fields))
        values[key] = _broken(rng, values[key])
    narrative = (("一、总体情况", NARRATIVE.format(rng.randint(1, 80))),)
    made = replace(
        made,
        values=values,
        unit_class=rng.choice(["", "township", "maker"]),
        narrative=narrative if rng.random() < 0.5 else (),
        ledgers=_ledgers(edition, rng) if rng.random() < 0.3 else Ledgers(),
    )
    return made, _prior(rng), _sources(edition, rng)


def _broken(rng: random.Random, value: Value) -> Value:
    number = value.number or 0.0
    place = value.place
    return rng.choice(
        [
            Value(Standing.NUMBER, number + rng.choice([1, -1, 10, 0.5, -200]), "x", place),
            Value(Standing.NUMBER, -number - 1, "x", place),
            Value(Standing.BLANK, None, "", place),
            Value(Standing.PLACEHOLDER, None, "/", place),
            Value(Standing.TEXT, None, "无此项", place),
            Value(Standing.TEXT_NUMBER, 18.0, "18件", place),
            Value(Standing.FORMULA, None, "=A1", place),
            Value(Standing.ERROR, None, "#REF!", place),
            Value(Standing.NUMBER, number, "x", place, True),
            Value(Standing.NUMBER, number, "x", place, False),
            ABSENT,
        ]
    )


def _prior(rng: random.Random) -> Prior | None:
    if rng.random() < 0.4:
        return None
    edition = load(rng.choice(["2019", "2021"]))
    values = consistent(edition, rng)
    for _ in range(rng.randint(0, 3)):
        values.pop(rng.choice(list(values)), None)
    return Prior(report(edition, values, year=2023), rng.random() < 0.3)


def _sources(edition: Edition, rng: random.Random) -> dict[str, Source]:
    found = {}
    for name, size in (("claim", 3), ("units", 8), ("cases", 8)):
        if rng.random() < 0.2:
            keys = rng.sample(list(edition.fields), min(size, len(edition.fields)))
            numbers = {k: (float(rng.randint(0, 9)), float(rng.randint(0, 9))) for k in keys}
            found[name] = Source(
                numbers if name == "claim" else {k: v[:1] for k, v in numbers.items()}
            )
    return found


def _ledgers(edition: Edition, rng: random.Random) -> Ledgers:
    def day() -> date:
        return date(2023, 6, 1) + timedelta(days=rng.randint(0, 900))

    def line(row: int, number: str, dates: Iterable[str], share: float, **words: str) -> LedgerLine:
        unread = (rng.choice([*COLUMNS]), "读不懂", "unreadable")
        held = {"number": number, **words}
        return LedgerLine(
            row,
            number,
            (unread,) if words.keys() > {"outcome"} and rng.random() < 0.2 else (),
            {k: day() for k in dates if rng.random() < share},
            COLUMNS,
            words={k: v for k, v in held.items() if v},
            yes=frozenset({"extended"}) if rng.random() < 0.5 else frozenset(),
        )

    dates = ("received", "asked", "corrected", "consulted", "heard", "answered")
    cases = tuple(
        line(
            row,
            rng.choice(["", "1", "2", f"n{row}"]),
            dates,
            0.5,
            applicant=rng.choice(["natural", "business", ""]),
            outcome=rng.choice(["granted", "partial", ""]),
        )
        for row in range(2, 2 + rng.randint(1, 6))
    )
    documents = tuple(
        line(
            row,
            f"文{row % 2}",
            ("issued", "repealed"),
            0.6,
            kind=rng.choice(["t2.normative", "t2.regulations"]),
        )
        for row in range(2, 5)
    )
    return Ledgers(
        {"cases": cases, "documents": documents} if rng.random() < 0.5 else {"cases": cases}
    )
