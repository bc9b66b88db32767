"""N-CLAIM: what the narrative says against the tables: counts, and percentages on last year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ....templates.form import Subject, split
from ....templates.words import Words
from ...finding import Finding
from ...report import Place, Prior, Report
from ..sources import Number, Source
from .failed import Failed

SHEET = "正文"
_CLAIM = re.compile(
    r"(?:同比|[比较](?:上年|去年|(?P<year>20\d\d)年)(?:同期)?(?:（[^）]*）)?)"
    r"(?P<way>增长|上升|增加|提高|下降|减少|降低)了?(?:约|近)?(?P<number>\d+(?:\.\d+)?)[%％]"
)
_DOWN = ("下降", "减少", "降低")
_ROUNDING = 0.51  # of the last digit that is said


@dataclass(frozen=True)
class Change:
    """One percentage of a sentence beside the two years' numbers that it compares."""

    words: str
    number: str
    said: float
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
        fits = abs(self.real - self.said) <= _ROUNDING * 10**-self.decimals
        return self.said if fits else round(self.real, 6)


@dataclass(frozen=True)
class Changes(Source):
    """``change:``, by subject: every percentage that the narrative states."""

    said: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)


def sources(report: Report, prior: Prior) -> dict[str, Source]:
    """``claim:`` and ``change:`` of the narrative's percentages; nothing where it states none.

    A sentence whose subject the edition does not name, or that compares with another year, is
    not looked at.
    """
    found: dict[str, list[Change]] = {}
    for subject, match in _percentages(report, prior.report.year):
        this, last = (_sum([r.number(k) for k in subject.fields]) for r in (report, prior.report))
        said = float(match["number"]) * (-1 if match["way"] in _DOWN else 1)
        found.setdefault(subject.key, []).append(
            Change(match[0], match["number"], said, last, this)
        )
    if not found:
        return {}
    stated = {key: tuple(changes) for key, changes in found.items()}
    claims = {f"change.{key}": tuple(c.said for c in each) for key, each in stated.items()}
    real = {key: tuple(c.read for c in each) for key, each in stated.items()}
    return {"claim": Source(claims), "change": Changes(real, stated)}


def _sum(numbers: list[Number]) -> Number:
    return None if None in numbers else sum(n for n in numbers if n is not None)


def _percentages(report: Report, last: int | None) -> Iterator[tuple[Subject, re.Match[str]]]:
    for _, text in report.narrative:
        for sentence in re.split(r"[。；;\n]", re.sub(r"\s", "", text)):
            for match in _CLAIM.finditer(sentence):
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


def finding(failed: Failed) -> Finding:
    """The finding for a sentence that does not fit the tables."""
    changes = failed.sources.get("change")
    subject = next((split(q)[1] for q in failed.inst.left if split(q)[0] == "change"), "")
    if isinstance(changes, Changes) and subject:
        return _percentage(failed, failed.edition.subjects[subject], changes.said[subject])
    claim = next(q for q in failed.inst.right if split(q)[0] == "claim")
    where, where_en = failed.where
    said, now = failed.number(claim), failed.outcome.left
    words = Words(
        "{where}是{now}，正文写的是{said}，相差{gap}。",
        "{where_en} is {now}, the narrative says {said}, a difference of {gap}. ",
    ).filled(where=where, where_en=where_en, now=now, said=said, gap=abs(failed.outcome.residual))
    words += failed.blame.words or Words("请核对正文和表。", "Check both.")
    return Finding.of(
        failed.rule, words, severity=failed.severity, place=failed.place,
        field=failed.inst.target, found=now,
        expected=failed.due if failed.blame.group else said, repair=failed.blame.repair,
        instance=failed.inst.key, group=failed.blame.group,
    )  # fmt: skip


def _percentage(failed: Failed, subject: Subject, changes: tuple[Change, ...]) -> Finding:
    change = changes[failed.reading]
    real = change.real or 0.0
    decimals = max(1, change.decimals)
    right = f"{'下降' if real < 0 else '增长'}{abs(real):.{decimals}f}%"
    words = Words(
        "正文说{name}“{said}”，按表是由{last}到{this}，即" + right + "。请核对正文和表。",
        "The narrative says {said!r} of {name}; by the tables it went from {last} to {this}, "
        f"{real:+.{decimals}f}%: check both.",
    ).filled(name=subject.name, said=change.words, last=change.last, this=change.this)
    return Finding.of(
        failed.rule, words, severity=failed.severity, place=Place(SHEET),
        found=change.number + "%", expected=f"{abs(real):.{decimals}f}%",
        instance=failed.inst.key,
    )  # fmt: skip


__all__ = ["SHEET", "Changes", "finding", "sources"]
