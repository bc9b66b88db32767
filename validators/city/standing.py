"""How a collection stands, in words for whoever signs it: sent, right, wrong, missing, changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...templates.edition import Edition
from ...templates.words import plain, printable
from ..finding import Severity
from ..judging.bare_numbers import judge_values
from ..judging.rules.rollup import total_of
from ..report import Prior
from .collection import Collection, State
from .kinds import KINDS, added, late_of
from .rounds import Rounds

_CHANGES = 5  # units with the biggest changes that are told
_NAMES = 30  # units that are named; the others are counted
OPEN = ("missing", "unfilled")  # nothing to return: it has to be asked for
GOOD = ("clean", "warnings")
_BALANCE = ("T3-ROW", "T3-TOTAL", "T3-BALANCE", "T4-SUM")


@dataclass(frozen=True)
class YearChange:
    """The intake of one unit, last year's and this year's."""

    unit: str
    last: float
    this: float

    @property
    def text(self) -> str:
        """``+12（+40%）``."""
        gap = self.this - self.last
        share = f"（{gap / self.last * 100:+.0f}%）" if self.last else ""
        return f"{plain(gap):+}{share}" if gap else "0"


@dataclass(frozen=True)
class CitySummary:
    """One page for the 分管领导. ``left_out`` units are not ranked: their number is in doubt."""

    title: str
    paragraphs: tuple[str, ...]
    outstanding: tuple[tuple[str, str], ...]
    changes: tuple[YearChange, ...]
    intake: str
    left_out: int


def standing_of(found: Collection, edition: Edition, rounds: Rounds | None = None) -> CitySummary:
    """How the collection stands; with ``rounds`` also what became of what was returned."""
    parts = added(found, edition)
    sums = total_of([s.entry.numbers for s in parts if s.entry], edition.fields)
    changes, left_out = _changes(found, edition, parts)
    paragraphs = [_counts(found)]
    paragraphs += [t for r in edition.ready if (t := r.sentence(sums))]
    paragraphs += list(_balance(edition, sums, parts))
    if rounds is not None and rounds.before:
        mended, same, new = rounds.counts
        then = f"已改正{mended}处，仍未改正{same}处，新出现{new}处"
        paragraphs.append(f"与上一次退回相比：{then}。")
    cards = (card for s in found.counted if s.entry for card in s.entry.cards)
    if count := sum(bool(card.get("explained")) for card in cards):
        paragraphs.append(f"各单位已说明的有{count}件。")
    year = f"{found.year}年度" if found.year else ""
    return CitySummary(
        f"{year}{edition.title}统计表汇总情况",
        tuple(paragraphs),
        outstanding=tuple(_outstanding(found)),
        changes=tuple(changes),
        intake=intake_name(edition),
        left_out=left_out,
    )


def intake_name(edition: Edition) -> str:
    """What the intake is called: the subject of its field, else its label."""
    intake = edition.roles.intake
    named = (s.name for s in edition.subjects.values() if s.fields == (intake,))
    return next(named, edition.fields[intake].label if intake else "")


def doubted(state: State, field: str) -> bool:
    """Whether an error speaks of the unit's number in ``field``, or would change it."""
    entry = state.entry
    errors = [f for f in entry.findings if f["severity"] == "error"] if entry else []
    spoken_of = (
        (f["field"], (f["repair"] or {}).get("field"), *(r.get("field") for r in f["related"]))
        for f in errors
    )
    return entry is None or any(field in fields for fields in spoken_of)


def _counts(found: Collection) -> str:
    counts = Counter(s.kind for s in found.states)
    sent = len(found.states) - counts["missing"]
    counted = "，".join(f"{words.zh}{counts[k]}个" for k, words in KINDS.items() if counts[k])
    late, perhaps = late_of(found)
    return (
        f"名册上{len(found.states)}个单位，收到{sent}个：{counted}。"
        f"计入汇总的有{len(found.counted)}个。"
        + (f"迟报的有{late}个。" if late else "")
        + (f"没有记收到日期、按文件的保存日期可能迟报的有{perhaps}个。" if perhaps else "")
    )


def _balance(edition: Edition, sums: Mapping[str, float], parts: Sequence[State]) -> Iterator[str]:
    wrong = [s for s in parts if s.entry and s.entry.count("error")]
    named = f"计入汇总的{_named(wrong)}还有错误" if wrong else ""
    verdict = judge_values(sums, edition=edition)
    failed = sum(f.rule in _BALANCE and f.severity is Severity.ERROR for f in verdict.findings)
    if failed:
        why = f"，{named}，改正后再汇总" if named else ""
        yield f"汇总数有{failed}条勾稽关系不符{why}。"
    elif verdict.checked:
        yield f"汇总数的{verdict.checked}条勾稽关系全部相符" + (f"；但{named}。" if named else "。")


def _outstanding(found: Collection) -> Iterator[tuple[str, str]]:
    for head, kinds in (
        ("待催报", OPEN),
        ("待改正", tuple(k for k in KINDS if k not in (*OPEN, *GOOD))),
        ("待核实", ("warnings",)),
    ):
        if units := [s for s in found.states if s.kind in kinds]:
            yield head, _named(units)


def _named(states: Sequence[State]) -> str:
    """The units by their names; how many, where they are many."""
    names = "、".join(printable(s.unit.name) for s in states[:_NAMES])
    return names + (f"等{len(states)}个单位" if len(states) > _NAMES else "")


def _changes(
    found: Collection, edition: Edition, parts: Sequence[State]
) -> tuple[list[YearChange], int]:
    """The biggest changes of the intake on last year, and how many units were left out."""
    intake, priors = edition.roles.intake, found.priors
    if not intake or priors is None or found.year is None:
        return [], 0
    changes, left_out = [], 0
    for state in parts:
        last = priors.priors.of_unit(state.unit, found.year)
        before = last.report.number(intake) if isinstance(last, Prior) else None
        now: Mapping[str, float] = state.entry.numbers if state.entry else {}
        if before is None or intake not in now:
            continue
        if doubted(state, intake):
            left_out += 1
            continue
        changes.append(YearChange(printable(state.unit.name), before, now[intake]))
    moved = [c for c in changes if c.this != c.last]
    moved.sort(key=lambda c: (-abs(c.this - c.last), c.unit))
    return moved[:_CHANGES], left_out
