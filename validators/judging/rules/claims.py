"""N-CLAIM: what the narrative says against the tables: counts, and percentages on last year.

A count is taken as the table's number where one of the sums that its words may mean is that
number, else as it is said: so one relation, said = table, judges it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from ....templates.form import Claim, split
from ....templates.naming import addressed, called, short_name
from ....templates.words import Words, plain
from ...finding import Finding
from ...report import Prior, Report
from ..arithmetic import sum_of
from ..sources import Number, Source
from .failed import Failed, place_of
from .percentages import Changes, percentage, percentages_of
from .sentences import ROUNDING, Statement, least, numbers_of, stated

_NEAR = 1.2  # a statement is of the same thing as one that fits, up to so many times its number
_DECIMALS = re.compile(r"\d\.(\d+)(?!.*\d\.\d)")
_QUOTED = 26  # characters of a sentence in a title


@dataclass(frozen=True)
class Claims(Source):
    """``claim:``, by field, claim and subject: ``said`` has the words beside each reading."""

    statements: Mapping[str, tuple[Statement, ...]] = field(default_factory=dict)


def sources(
    report: Report, prior: Prior | None = None, ledgers: Mapping[str, Source] | None = None
) -> dict[str, Source]:
    """``claim:`` and ``change:`` of what the narrative states; nothing where it states nothing.

    ``ledgers`` are the report's own, by source.
    """
    if not report.narrative:
        return {}
    counts = _counts(report, ledgers or {})
    found = percentages_of(report, prior) if prior is not None else {}
    readings: dict[str, tuple[Number, ...]] = {
        key: tuple(number for number, _ in each) for key, each in counts.items()
    }
    if "claim" in found:
        readings |= found["claim"].readings
    if readings:
        statements = {key: tuple(s for _, s in each) for key, each in counts.items()}
        found["claim"] = Claims(readings, statements)
    return found


def _counts(
    report: Report, ledgers: Mapping[str, Source]
) -> dict[str, list[tuple[float, Statement]]]:
    """What is stated, by quantity, as numbers that the relation compares.

    Beside a statement that fits, a smaller one speaks of a part and a far larger one of more
    than the unit; of several that do not fit, the largest speaks of the whole.
    """
    by_quantity: dict[str, list[Statement]] = {}
    for statement in stated(report):
        by_quantity.setdefault(statement.claim.quantity, []).append(statement)
    found: dict[str, list[tuple[float, Statement]]] = {}
    for quantity, every in by_quantity.items():
        fitting: list[tuple[float, Statement]] = []
        others: list[Statement] = []
        for statement in every:
            own, more = numbers_of(report, statement.claim, ledgers)
            if own is not None and any(_is_said(n, statement) for n in (own, *more)):
                fitting.append((own, statement))
            elif not statement.part:
                others.append(statement)
        kept = fitting[:1]
        largest = max(others, key=lambda s: s.number, default=None)
        most = max((statement.number for _, statement in fitting), default=-1.0)
        if largest is not None and (not fitting or most < largest.number <= _NEAR * most):
            kept.append((largest.number, largest))
        if kept:
            found[quantity] = kept
    return found


def _is_said(number: Number, statement: Statement) -> bool:
    """Whether a table's number is the one that is said, at the decimals that the sentence gives."""
    if number is None or number == statement.number:
        return number is not None
    decimals = _DECIMALS.search(statement.words)
    places = len(decimals[1]) if decimals else 0
    return bool(number % 1) and abs(number - statement.number) <= ROUNDING * 10.0**-places


def too_small(report: Report) -> Iterator[Finding]:
    """Counts that are below what the filled cells alone come to, where a total is left empty.

    The relation itself stays unchecked: it lacks a number.
    """
    rules = report.edition.rules
    rule = next((r for r in rules if any("claim" in i.sources for i in r.instances)), None)
    if rule is None:
        return
    for quantity, every in _counts(report, {}).items():
        for number, statement in every:
            if statement.claim.equals:
                continue
            own, _ = numbers_of(report, statement.claim, {})
            sums = [
                least(report, terms) for terms in (statement.claim.fields, *statement.claim.others)
            ]
            if own is None and all(s is not None and number < s for s in sums):
                field = statement.claim.fields[0]
                words = Words(
                    "正文写“{words}”，{sheet}{name}还有空格，光是填了数的就有{least}，至少多{gap}。"
                    "请核对正文和表，空格没有的填0。",
                    "The narrative says {words!r}; the filled cells of {sheet} {name} alone come "
                    "to {least}, {gap} more: check both, and fill in the empty cells.",
                ).filled(
                    words=statement.words,
                    sheet=report.edition.fields[field].sheet,
                    name=statement.claim.name,
                    least=sums[0],
                    gap=round((sums[0] or 0.0) - number, 6),
                )
                find = partial(Finding.of, rule, place=place_of(report, field), field=field)
                yield find(words, found=sums[0], expected=number, instance=quantity)


def finding(failed: Failed) -> Finding:
    """The finding for a sentence that does not fit the tables."""
    changes = failed.sources.get("change")
    subject = next((split(q)[1] for q in failed.inst.left if split(q)[0] == "change"), "")
    if isinstance(changes, Changes) and subject:
        return percentage(failed, failed.edition.subjects[subject], changes.statements[subject])
    (claim,) = failed.inst.right
    source, key = failed.sources.get("claim"), split(claim)[1]
    statements = source.statements.get(key, ()) if isinstance(source, Claims) else ()
    stated, now = failed.number(claim), failed.outcome.left
    sentence = statements[failed.reading] if statements else None
    if sentence is not None:
        words = _message(failed, sentence, now)
    else:
        words = Words(
            "{where}是{now}，正文写的是{said}，相差{gap}。",
            "{where} is {now}, the narrative says {said}, a difference of {gap}. ",
        ).filled(where=failed.where, now=now, said=stated, gap=abs(failed.outcome.residual))
    return failed.finding(
        words,
        found=now,
        expected=failed.due if failed.blame.group else stated,
        sum=sum_of(failed),
        gap=failed.outcome.residual,
        title=_title(failed, sentence),
    )


def _title(failed: Failed, statement: Statement | None) -> Words:
    """正文写“办结104件”，表三总计（J30）是110."""
    (claim,) = failed.inst.right
    key, fields, now = split(claim)[1], failed.edition.fields, plain(failed.outcome.left)
    sheet = fields[failed.inst.target].sheet
    if key in fields:
        name = addressed(short_name(fields[key]), failed.place)
    else:
        name = addressed(failed.edition.claims[key].name, None)
    words = statement.words if statement is not None else f"{plain(failed.number(claim))}"
    words = words if len(words) <= _QUOTED else "…" + words[1 - _QUOTED :]
    return Words(
        f"正文写“{words}”，{sheet}{name.zh}是{now}",
        f"the narrative says {words!r}, {sheet} {name.en} is {now}",
    )


def _message(failed: Failed, statement: Statement, now: float) -> Words:
    """The sentence, the table's number, and what the number said is, where the tables hold it."""
    claim = statement.claim
    field = failed.edition.fields[claim.fields[0]]
    whole = Words(f"{field.sheet}{claim.name}", f"{field.sheet} {claim.name}")
    words = Words(
        "正文写“{words}”，{at}是{now}，相差{gap}。",
        "The narrative says {words!r}; {at} is {now}, a difference of {gap}. ",
    ).filled(
        words=statement.words,
        at=failed.where if len(claim.fields) == 1 else whole,
        now=now,
        gap=round(abs(statement.number - now), 6),
    )
    words += _nor(failed.report, statement, now)
    same = _same(failed.report, claim, statement.number)
    if same:
        name = called(failed.edition.fields[same], place_of(failed.report, same))
        words += Words("{said}是{name}的数。", "{said} is what {name} says. ").filled(
            said=statement.number, name=name
        )
    return words


def _nor(report: Report, statement: Statement, now: float) -> Words:
    """The other sums that the words may mean, none of which is the number either."""
    fields = report.edition.fields
    _, sums = numbers_of(report, statement.claim, {})
    others: dict[float, str] = {}
    for terms, number in zip(statement.claim.others, sums, strict=False):
        if number is not None and number != now:
            signed = (("－" if t.startswith("-") else "＋", t.removeprefix("-")) for t in terms)
            sum_named = "".join(sign + short_name(fields[key]) for sign, key in signed).lstrip("＋")
            others.setdefault(number, sum_named)
    if not others:
        return Words()
    listed = "、".join(f"{sum_named}是{plain(n)}" for n, sum_named in others.items())
    en = ", ".join(f"{sum_named} is {plain(n)}" for n, sum_named in others.items())
    return Words(
        f"{listed}，也不是{plain(statement.number)}。",
        f"{plain(statement.number)} is none of the others either: {en}. ",
    )


def _same(report: Report, claim: Claim, number: float) -> str:
    """The one other field of the claim's rows that holds the number, ``""`` for none or several."""
    rows = {report.edition.fields[k].row for k in claim.fields}
    keys = [
        key
        for key, field in report.edition.fields.items()
        if field.row in rows
        and key not in claim.fields
        and report.number(key) == number
        and field.table == report.edition.fields[claim.fields[0]].table
    ]
    return keys[0] if number and len(keys) == 1 else ""
