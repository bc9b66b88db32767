"""L-ROW and L-DEADLINE: what a single line of a ledger must not break, as a table of checks.

One table for both engines: ``plain`` runs the checks line by line, ``schemas.lines_schema`` makes
a pandera check of each. A line is looked at as a *record*: the column's key → what stands there
(text, ``date``, bool or None), with ``ledger`` (cases or documents), ``line`` (its row on the
sheet), ``year`` (of the report), ``unread`` (columns whose words could not be read) and ``twin``
(the row of an earlier line with the same number, None where there is none).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from ...templates.covers import CASES, DOCUMENTS
from ...templates.edition import Edition
from ...templates.words import NOTHING, Words
from ..finding import Finding, Unchecked
from ..report import Case, Document, Line, Place, Report
from .workdays import UnknownYearError, after, between

Record = Mapping[str, Any]
DATES = ("received", "asked", "corrected", "consulted", "heard", "answered", "issued", "repealed")
COLUMNS = ("number", "applicant", "outcome", "extended", "kind", *DATES)
SHEETS = {"cases": CASES, "documents": DOCUMENTS}


@dataclass(frozen=True)
class LineCheck:
    """One way in which a line can contradict itself.

    ``column`` is where the finding points; ``words`` may name ``{year}`` and ``{twin}``.
    """

    key: str
    rule: str
    ledger: str
    column: str
    broken: Callable[[Record], bool]
    words: Words = NOTHING

    def fails(self, record: Record) -> bool:
        """Whether ``record`` is a line of this check's ledger and breaks it."""
        return self.ledger in ("", record["ledger"]) and self.broken(record)


def records(report: Report, ledger: str) -> list[dict[str, Any]]:
    """The lines of a ledger as records; none for a report whose year is not known."""
    lines: tuple[Line, ...] = getattr(report.ledgers, ledger) or ()
    if report.year is None:
        return []
    seen: dict[str, int] = {}
    found = []
    for line in lines:
        first = seen.setdefault(line.number, line.row) if line.number else line.row
        found.append({
            **dict.fromkeys(COLUMNS),
            **line.dates,
            "ledger": ledger,
            "line": line.row,
            "year": report.year,
            "number": line.number,
            "twin": first if first != line.row else None,
            "unread": frozenset(column for column, _, _ in line.wrong),
            **_words_of(line),
        })  # fmt: skip
    return found


def _words_of(line: Line) -> dict[str, Any]:
    if isinstance(line, Case):
        return {"applicant": line.applicant, "outcome": line.outcome, "extended": line.extended}
    return {"kind": line.kind} if isinstance(line, Document) else {}


def _before(first: str, second: str) -> Callable[[Record], bool]:
    """Both dates are there and ``first`` lies before ``second``."""
    return lambda r: bool(r[first] and r[second] and r[first] < r[second])


def _year(column: str, sign: int) -> Callable[[Record], bool]:
    """The date is of a later (1) or an earlier (-1) year than the report."""
    return lambda r: bool(r[column] and (r[column].year - r["year"]) * sign > 0)


def _case(key: str, column: str, broken: Callable[[Record], bool], zh: str, en: str) -> LineCheck:
    return LineCheck(key, "L-ROW", "cases", column, broken, Words(zh, en))


def _pair(first: str, second: str, words: str) -> Iterator[LineCheck]:
    """A date that answers another one: there when the first is, and not before it."""
    yield _case(
        f"{second}-early", second, _before(second, first), words, f"{second} before {first}"
    )
    yield _case(
        f"{second}-alone", second, lambda r: bool(r[second] and not r[first]),
        words.partition("早于")[0] + "前面缺一个日期", f"{second} before {first}",
    )  # fmt: skip


_CHECKS = (
    LineCheck("unread", "L-ROW", "", "number", lambda r: bool(r["unread"])),
    LineCheck(
        "twin", "L-ROW", "", "number", lambda r: r["twin"] is not None,
        Words("编号“{number}”与第{twin}行相同", "the number stands in line {twin} too"),
    ),
    _case("received-missing", "received",
          lambda r: not r["received"] and "received" not in r["unread"],
          "没有收到日期", "no date of receipt"),
    _case("received-later", "received", _year("received", 1),
          "收到日期在{year}年以后", "received after {year}"),
    _case("answered-missing", "answered", lambda r: bool(r["outcome"] and not r["answered"]),
          "有办理结果，没有答复日期", "an outcome without a date of answer"),
    _case("outcome-missing", "outcome",
          lambda r: bool(r["answered"] and not r["outcome"] and "outcome" not in r["unread"]),
          "有答复日期，没有办理结果", "an answer without an outcome"),
    _case("answered-early", "answered", _before("answered", "received"),
          "答复日期早于收到日期", "answered before it was received"),
    _case("answered-earlier", "answered", _year("answered", -1),
          "答复日期在{year}年以前，这件不应在本年的台账里", "answered before {year}"),
    _case("answered-later", "answered", _year("answered", 1),
          "答复日期在{year}年以后，年末还没有办结，请把答复日期和结果留空",
          "answered after {year}: open at its end"),
    *_pair("asked", "corrected", "收到补正日期早于补正通知日期"),
    *_pair("consulted", "heard", "收到第三方意见日期早于征求日期"),
    _case("asked-early", "asked", _before("asked", "received"),
          "日期早于收到日期", "asked before the receipt"),
    _case("consulted-early", "consulted", _before("consulted", "received"),
          "日期早于收到日期", "consulted before the receipt"),
    LineCheck("repealed-early", "L-ROW", "documents", "repealed", _before("repealed", "issued"),
              Words("废止日期早于制发日期", "repealed before it was issued")),
    LineCheck("issued-later", "L-ROW", "documents", "issued", _year("issued", 1),
              Words("制发日期不在{year}年及以前", "issued after {year}")),
)  # fmt: skip


@lru_cache(maxsize=16)
def checks_of(edition: Edition) -> tuple[LineCheck, ...]:
    """Every check of a line, the deadline with the days that the edition's rule sets."""
    days = int(edition.rule_by_id["L-DEADLINE"].limit("days"))

    def late(record: Record) -> bool:
        try:
            return late_by(record, days) is not None
        except UnknownYearError:
            return False

    return (*_CHECKS, LineCheck("late", "L-DEADLINE", "cases", "answered", late))


def due(record: Record, days: int) -> date | None:
    """The last day for the answer; None where a date is missing.

    ``days`` working days after the receipt, or after the corrected application came (条例
    art. 30); as many more when extended; the working days of a consultation are not counted
    (art. 33). Raises ``UnknownYearError`` for a year without a calendar.
    """
    start: date | None = record["corrected"] or record["received"]
    if start is None:
        return None
    count = days * (2 if record["extended"] else 1)
    consulted, heard = record["consulted"], record["heard"]
    if consulted and heard and heard > consulted >= start:
        count += between(consulted, heard)
    return after(start, count)


def late_by(record: Record, days: int) -> tuple[date, date] | None:
    """The last day and the day it was answered (or the year's end), when that is later."""
    answered = record["answered"]
    waits = any(
        record[first] and not record[second]
        for first, second in (("asked", "corrected"), ("consulted", "heard"))
    )
    if record["unread"] or (waits and not answered):
        return None
    end = answered or date(record["year"], 12, 31)
    last = due(record, days)
    return (last, end) if last is not None and end > last else None


def without_calendar(report: Report, cases: Sequence[Record]) -> Iterator[Unchecked]:
    """L-DEADLINE of ``cases`` where the working days of a year are not decreed yet: one a year."""
    days = int(report.edition.rule_by_id["L-DEADLINE"].limit("days"))
    seen: set[int] = set()
    for record in cases:
        try:
            late_by(record, days)
        except UnknownYearError as error:
            if error.year not in seen:
                seen.add(error.year)
                line = record["line"]
                zh = f"{CASES} 第{line}行：还没有{error.year}年的工作日历"
                en = f"{CASES}, line {line}: no calendar of {error.year} yet"
                yield Unchecked("L-DEADLINE", "", zh, en)


def findings(report: Report, check: LineCheck, record: Record, position: int) -> Iterator[Finding]:
    """The finding of one broken check; one for every word that could not be read.

    ``record`` is the line at ``position`` of its ledger.
    """
    line: Line = getattr(report.ledgers, record["ledger"])[position]
    rule = report.edition.rule_by_id[check.rule]
    sheet = SHEETS[record["ledger"]]
    if check.key == "unread":
        for column, zh, en in line.wrong:
            yield _finding(rule, sheet, line, column, Words(zh, en))
    elif check.key == "late":
        yield _late(report, line, record)
    else:
        number = str(record["number"] or "")[:30]
        words = check.words.filled(year=record["year"], twin=record["twin"] or "", number=number)
        yield _finding(rule, sheet, line, check.column, words)


def _finding(rule: Any, sheet: str, line: Line, column: str, words: Words) -> Finding:
    place = Place(sheet, line.cell(column))
    whole = Words(
        f"{sheet} 第{line.row}行（{place.cell}）：{words.zh}。请改正这一行。",
        f"{sheet}, line {line.row} ({place.cell}): {words.en}; correct the line.",
    )
    return Finding.of(rule, whole, place=place)


def _late(report: Report, line: Line, record: Record) -> Finding:
    rule = report.edition.rule_by_id["L-DEADLINE"]
    found = late_by(record, int(rule.limit("days")))
    assert found is not None
    last, end = found
    answered = record["answered"]
    place = Place(CASES, line.cell("answered" if answered else "received"))
    what = f"{answered}答复" if answered else f"到{end}还没有答复"
    what_en = f"answered {answered}" if answered else f"not answered by {end}"
    number = f"编号{line.number}，" if line.number else ""
    words = Words(
        f"{CASES} 第{line.row}行（{place.cell}）：{number}最迟应在{last}答复，{what}，超期。"
        "请核对日期；有补正、延期、征求第三方意见的请填在相应的列。",
        f"{CASES}, line {line.row} ({place.cell}): due {last}, {what_en}. Check the dates; enter "
        "correction, extension and consultation in their columns.",
    )
    return Finding.of(rule, words, place=place, found=str(end), expected=str(last))


def contradictions(report: Report) -> Iterator[Finding]:
    """Every L-ROW finding of both ledgers, in the order of the lines."""
    for ledger in SHEETS:
        for position, record in enumerate(records(report, ledger)):
            for check in _CHECKS:
                if check.fails(record):
                    yield from findings(report, check, record, position)
