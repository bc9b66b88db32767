"""L-ROW and L-DEADLINE: what a single line of a ledger must not break, as a table of checks.

One table for both engines, made from the ledgers that the edition declares: ``plain`` runs the
checks line by line, ``schemas.lines_schema`` makes a pandera check of each name. A line is looked
at as a record (``records``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any

from ...templates.a1 import Place
from ...templates.edition import Edition
from ...templates.ledger_parts import Deadline, Ledger, Record
from ...templates.words import NOTHING, Words
from ..finding import Finding, Unchecked
from ..report import LedgerLine, Report
from .records import records, twin_of
from .workdays import UnknownYearError, after, between


@dataclass(frozen=True)
class LineCheck:
    """One way in which a line of ``ledger`` can contradict itself.

    ``column`` is where the finding points; ``words`` may name ``{year}``, ``{head}`` (as the
    column is headed), and with ``twin`` (a key of the record) ``{text}`` and ``{twin}``: what
    stands in ``columns``, under which heads, and in which line already.
    """

    key: str
    rule: str
    ledger: str
    column: str
    broken: Callable[[Record], bool]
    words: Words = NOTHING
    twin: str = ""
    columns: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the schema calls it; checks of several ledgers may share a name."""
        return f"{self.rule} {self.key}"

    def fails(self, record: Record) -> bool:
        """Whether ``record`` is a line of this check's ledger and breaks it."""
        return self.ledger == record["ledger"] and self.broken(record)


MOST = 300  # lines of one kind that are told one by one
_ALIKE = {"unread": Words("有填错的格", "cells that are wrong"), "late": Words("超期", "late")}
_TWICE = Words("与别的行相同", "the same as other lines")
_TWIN = Words("{head}“{text}”与第{twin}行相同", "{head} {text} stands in line {twin} too")


def _unread(record: Record) -> bool:
    return bool(record["unread"])


def _has_twin(record: Record, name: str) -> bool:
    return record.get(name) is not None


def _no_choice(record: Record, column: str, known: frozenset[str]) -> bool:
    """Something stands in the column that is none of its choices."""
    word = record[column]
    return bool(word) and word not in known and column not in record["unread"]


def _late(record: Record, deadline: Deadline, days: int) -> bool:
    try:
        return late_by(deadline, record, days) is not None
    except UnknownYearError:
        return False


@lru_cache(maxsize=16)
def checks_of(edition: Edition) -> tuple[LineCheck, ...]:
    """Every check of a line, in the order in which the ledgers declare them."""
    return tuple(c for ledger in edition.ledgers.values() for c in _checks(edition, ledger))


def _checks(edition: Edition, ledger: Ledger) -> Iterator[LineCheck]:
    named = ledger.unique[0][0] if ledger.unique else ledger.columns[0].key
    check = partial(LineCheck, ledger=ledger.key)
    yield check("unread", "L-ROW", column=named, broken=_unread)
    for number, unique in enumerate(ledger.unique):
        twin = twin_of(unique, number == 0)
        has = partial(_has_twin, name=twin)
        yield check(
            twin, "L-ROW", column=unique[0], broken=has, words=_TWIN, twin=twin, columns=unique
        )
    for rule in ledger.lines:
        yield check(rule.key, rule.rule, column=rule.column, broken=rule.broken, words=rule.words)
    for column in ledger.columns:
        if column.kind == "choice":
            known = frozenset(text for c in column.choices for text in (c.label, c.value))
            wrong = partial(_no_choice, column=column.key, known=known)
            words = Words("{head}不在列表里", "{head} is not one of the list")
            key = f"{column.key}-choice"
            yield check(key, "L-ROW", column=column.key, broken=wrong, words=words)
    if (deadline := ledger.deadline) is not None:
        late = partial(_late, deadline=deadline, days=_days(edition, deadline))
        yield check("late", deadline.rule, column=deadline.answered, broken=late)


def _days(edition: Edition, deadline: Deadline) -> int:
    return int(edition.rule_by_id[deadline.rule].limit("days"))


def due(deadline: Deadline, record: Record, days: int) -> date | None:
    """The last day for the answer; None where a date is missing.

    ``days`` working days after the receipt, or after the corrected application came (条例
    art. 30); as many more when extended; the working days of a consultation are not counted
    (art. 33). Raises ``UnknownYearError`` for a year without a calendar.
    """
    start: date | None = next((record[c] for c in deadline.start if record[c]), None)
    if start is None:
        return None
    count = days * (2 if deadline.extended and record[deadline.extended] else 1)
    for first, last in deadline.pauses:
        if record[first] and record[last] and record[last] > record[first] >= start:
            count += between(record[first], record[last])
    return after(start, count)


def late_by(deadline: Deadline, record: Record, days: int) -> tuple[date, date] | None:
    """The last day and the day it was answered (or the year's end), when that is later."""
    answered = record[deadline.answered]
    waits = any(record[first] and not record[second] for first, second in deadline.waits)
    if record["unread"] or (waits and not answered):
        return None
    end = answered or date(record["year"], 12, 31)
    last = due(deadline, record, days)
    return (last, end) if last is not None and end > last else None


def without_calendar(
    edition: Edition, by_ledger: Mapping[str, Sequence[Record]]
) -> Iterator[Unchecked]:
    """Deadlines where the working days of a year are not decreed yet: one a year and ledger.

    ``by_ledger`` are the records of each ledger.
    """
    for key, lines in by_ledger.items():
        ledger = edition.ledgers.get(key)
        if ledger is None or ledger.deadline is None:
            continue
        deadline, days, seen = ledger.deadline, _days(edition, ledger.deadline), set[int]()
        for record in lines:
            try:
                late_by(deadline, record, days)
            except UnknownYearError as error:
                if error.year not in seen:
                    seen.add(error.year)
                    line = record["line"]
                    zh = f"{ledger.sheet} 第{line}行：还没有{error.year}年的工作日历"
                    en = f"{ledger.sheet}, line {line}: no calendar of {error.year} yet"
                    yield Unchecked(deadline.rule, "", Words(zh, en))


def findings_of_lines(
    report: Report,
    broken: Sequence[tuple[LineCheck, str, int]],
    by_ledger: Mapping[str, Sequence[Record]],
) -> Iterator[Finding]:
    """What is said of the lines that break a check: some hundreds of a kind, then how many more."""
    count: Counter[tuple[str, str]] = Counter()
    for check, ledger, position in broken:
        count[check.name, ledger] += 1
        if count[check.name, ledger] <= MOST:
            yield from findings(report, check, by_ledger[ledger][position], position)
    for check in checks_of(report.edition):
        more = count.pop((check.name, check.ledger), 0) - MOST
        if more > 0:
            sheet = report.edition.ledgers[check.ledger].sheet
            what = _ALIKE.get(check.key) or (_TWICE if check.twin else check.words)
            words = Words(
                f"{sheet}另有{more}行也是这样（{what.zh}），没有一一列出。请先改好前面的{MOST}行。",
                f"{sheet}: {more} more lines like these ({what.en}) are not listed: correct the "
                f"first {MOST} first.",
            )
            yield Finding.of(report.edition.rule_by_id[check.rule], words)


def findings(report: Report, check: LineCheck, record: Record, position: int) -> Iterator[Finding]:
    """The finding of one broken check; one for every word that could not be read.

    ``record`` is the line at ``position`` of its ledger.
    """
    ledger = report.edition.ledgers[check.ledger]
    line = report.ledgers.of(check.ledger)[position]
    rule = report.edition.rule_by_id[check.rule]
    if check.key == "unread":
        for column, zh, en in line.wrong:
            yield _finding(rule, ledger, line=line, column=column, words=Words(zh, en))
    elif ledger.deadline is not None and check.key == "late":
        yield _late_finding(rule, ledger, deadline=ledger.deadline, line=line, record=record)
    else:
        columns = check.columns or (check.column,)
        words = check.words.filled(
            year=record["year"],
            twin=record.get(check.twin) or "",
            text="、".join(str(record[c])[:30] for c in columns if record[c]),
            head="、".join(line.heads.get(c) or ledger.column[c].label for c in columns),
        )
        yield _finding(rule, ledger, line=line, column=check.column, words=words)


def _finding(rule: Any, ledger: Ledger, line: LedgerLine, column: str, words: Words) -> Finding:
    sheet = line.sheet or ledger.sheet
    place = Place.of(sheet, line.cell(column))
    whole = Words(
        f"{sheet} 第{line.row}行（{place.cell}）：{words.zh}。请改正这一行。",
        f"{sheet}, line {line.row} ({place.cell}): {words.en}; correct the line.",
    )
    return Finding.of(rule, whole, place=place)


def _late_finding(
    rule: Any, ledger: Ledger, deadline: Deadline, line: LedgerLine, record: Record
) -> Finding:
    found = late_by(deadline, record, int(rule.limit("days")))
    assert found is not None
    last, end = found
    answered = record[deadline.answered]
    sheet = line.sheet or ledger.sheet
    place = Place.of(sheet, line.cell(deadline.answered if answered else deadline.start[-1]))
    what = f"{answered}答复" if answered else f"到{end}还没有答复"
    what_en = f"answered {answered}" if answered else f"not answered by {end}"
    number = f"编号{line.number}，" if line.number else ""
    words = Words(
        f"{sheet} 第{line.row}行（{place.cell}）：{number}最迟应在{last}答复，{what}，超期。"
        "请核对日期；有补正、延期、征求第三方意见的请填在相应的列。",
        f"{sheet}, line {line.row} ({place.cell}): due {last}, {what_en}. Check the dates; "
        "enter correction, extension and consultation in their columns.",
    )
    return Finding.of(rule, words, place=place, found=str(end), expected=str(last))


def contradictions(report: Report, ledgers: Sequence[str]) -> Iterator[Finding]:
    """Every finding of the lines of ``ledgers`` but deadlines, in the order of the lines."""
    for ledger in ledgers:
        for position, record in enumerate(records(report, ledger)):
            for check in checks_of(report.edition):
                if check.key != "late" and check.fails(record):
                    yield from findings(report, check, record, position)
