"""The narrative's percentages on last year, beside what the two years' tables come to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ....templates.form import Subject
from ....templates.words import Words
from ...finding import Finding
from ...report import Prior, Report
from ..arithmetic import sum_of
from ..sources import Number, Source
from .failed import Failed
from .narrative_words import WORDS
from .sentences import LONGEST, MOST, ROUNDING, spot

_CLAIM = WORDS.expression("change")
_DOWN = WORDS.words("less")


@dataclass(frozen=True)
class StatedChange:
    """One percentage of a sentence beside the two years' numbers that it compares."""

    words: str
    number: str
    percent: float
    last: Number
    this: Number

    @property
    def decimals(self) -> int:
        """How many the sentence gives."""
        return len(self.number.partition(".")[2])

    @property
    def real(self) -> Number:
        """The change in %; None where a number is missing or last year's is 0."""
        if self.this is None or not self.last:
            return None
        return (self.this - self.last) / self.last * 100

    @property
    def read(self) -> Number:
        """The real change at the precision of the sentence: what it says, where that rounds so."""
        if self.real is None:
            return None
        fits = abs(self.real - self.percent) <= ROUNDING * 10**-self.decimals
        return self.percent if fits else round(self.real, 6)


@dataclass(frozen=True)
class Changes(Source):
    """``change:``, by subject: every percentage that the narrative states."""

    statements: Mapping[str, tuple[StatedChange, ...]] = field(default_factory=dict)


def percentages_of(report: Report, prior: Prior) -> dict[str, Source]:
    """The narrative's percentages; nothing where it states none.

    A sentence whose subject the edition does not name, or that compares with another year, is
    not looked at.
    """
    found: dict[str, list[StatedChange]] = {}
    for subject, match in _percentages(report, prior.report.year):
        this, last = (_sum([r.number(k) for k in subject.fields]) for r in (report, prior.report))
        percent = float(match["number"]) * (-1 if match["way"] in _DOWN else 1)
        found.setdefault(subject.key, []).append(
            StatedChange(match[0], match["number"], percent=percent, last=last, this=this)
        )
    if not found:
        return {}
    stated = {key: tuple(changes) for key, changes in found.items()}
    claims = {f"change.{key}": tuple(c.percent for c in each) for key, each in stated.items()}
    real = {key: tuple(c.read for c in each) for key, each in stated.items()}
    return {"claim": Source(claims), "change": Changes(real, stated)}


def _sum(numbers: list[Number]) -> Number:
    return None if None in numbers else sum(n for n in numbers if n is not None)


def _percentages(report: Report, last: int | None) -> Iterator[tuple[Subject, re.Match[str]]]:
    for _, text in report.narrative:
        for sentence in re.split(r"[。；;\n]", re.sub(r"\s", "", text[:MOST])):
            for match in _CLAIM.finditer(sentence[:LONGEST]):
                if match["year"] and int(match["year"]) != last:
                    continue
                subject = _subject(report, sentence[: match.start()])
                if subject is not None:
                    yield subject, match


def _subject(report: Report, before: str) -> Subject | None:
    """What the sentence speaks of: the last subject named before the number."""
    ends = {
        s.key: max((m.end() for m in s.words.finditer(before)), default=-1)
        for s in report.edition.subjects.values()
    }
    key = max(ends, key=lambda k: ends[k], default="")
    return report.edition.subjects[key] if key and ends[key] >= 0 else None


def percentage(failed: Failed, subject: Subject, changes: tuple[StatedChange, ...]) -> Finding:
    """The finding for a percentage that is not that of the tables."""
    change = changes[failed.reading]
    real = change.real or 0.0
    decimals = max(1, change.decimals)
    right = f"{'下降' if real < 0 else '增长'}{abs(real):.{decimals}f}%"
    words = Words(
        "正文说{name}“{said}”，按表是由{last}到{this}，即" + right + "。请核对正文和表。",
        "The narrative says {said!r} of {name}; by the tables it went from {last} to {this}, "
        f"{real:+.{decimals}f}%: check both.",
    ).filled(name=subject.name, said=change.words, last=change.last, this=change.this)
    return failed.finding(
        words,
        place=spot(failed.report, change.words),
        field="",
        found=change.number + "%",
        expected=f"{abs(real):.{decimals}f}%",
        sum=sum_of(failed),
        gap=failed.outcome.residual,
    )
