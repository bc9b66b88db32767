"""The lines of ledgers as records: what their rules and counts look at.

A record maps a column's key to what stands there (text, ``date``, bool, number or None), with
``ledger`` (its source), ``line`` (its row on the sheet), ``year`` (of the report), ``unread``
(columns whose words could not be read) and ``twin`` (the row of an earlier line with the same
number, None where there is none; of another set of unique columns ``twin-…`` with their keys).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

from ...templates.edition import Edition
from ...templates.ledger_parts import Ledger, folded
from ...templates.words import Words
from ..report import LedgerLine, Ledgers, Report

_MANY = 1000  # lines of a ledger that is kept as records


def columns_of(edition: Edition) -> tuple[str, ...]:
    """The columns of all ledgers of an edition, each once."""
    return tuple(dict.fromkeys(c.key for e in edition.ledgers.values() for c in e.columns))


def record_of(ledger: Ledger, line: LedgerLine, year: int) -> dict[str, Any]:
    """One line, without what other lines say of it."""
    flags = {c.key: c.key in line.yes for c in ledger.columns if c.kind == "flag"}
    return {
        **dict.fromkeys(ledger.column),
        **flags,
        **line.words,
        **line.numbers,
        **line.dates,
        "ledger": ledger.key,
        "line": line.row,
        "year": year,
        "unread": frozenset(column for column, _, _ in line.wrong),
    }


# As long as there are these ledgers: their lines are asked for four times.
_known: WeakKeyDictionary[Ledgers, dict[tuple[Edition, int, str], list[dict[str, Any]]]]
_known = WeakKeyDictionary()


def records(report: Report, ledger: str) -> list[dict[str, Any]]:
    """The lines of a ledger as records, not to be changed; none where the year is not known."""
    declared = report.edition.ledgers.get(ledger)
    if report.year is None or declared is None:
        return []
    lines = report.ledgers.of(ledger)
    if len(lines) < _MANY:
        return _records_of(declared, lines, report.year)
    known = _known.setdefault(report.ledgers, {})
    asked = report.edition, report.year, ledger
    if asked not in known:
        known[asked] = _records_of(declared, lines, report.year)
    return known[asked]


def _records_of(ledger: Ledger, lines: Iterable[LedgerLine], year: int) -> list[dict[str, Any]]:
    found = [record_of(ledger, line, year) for line in lines]
    add_twins(ledger, found)
    return found


def twin_of(unique: Iterable[str], first: bool) -> str:
    """What a record calls the earlier line that is alike in the columns ``unique``."""
    return "twin" if first else f"twin-{'-'.join(unique)}"


def add_twins(ledger: Ledger, lines: Iterable[dict[str, Any]], within: str = "") -> None:
    """Adds to each record the earlier line that has the same in columns that stand once.

    Lines without the first of these columns, or with one that could not be read, are left out;
    only those of the same ``within`` (a key of the record) are compared, where it is named.
    """
    for number, unique in enumerate(ledger.unique):
        seen: dict[tuple[str, ...], dict[str, Any]] = {}
        name = twin_of(unique, number == 0)
        for record in lines:
            values = (record[c] for c in unique)
            own = tuple("" if v is None else folded(str(v)) for v in values)
            key = (str(record.get(within)), *own)
            known = own[0] and record["unread"].isdisjoint(unique)
            first = seen.setdefault(key, record) if known else record
            record[name] = first["line"] if first is not record else None


def listed(rows: Iterable[int], most: int = 6) -> Words:
    """Rows of a sheet, those that follow each other as a span.

    >>> listed([2, 3, 4, 7])
    '2至4、7'
    """
    spans: list[list[int]] = []
    for row in sorted(set(rows)):
        if spans and row == spans[-1][-1] + 1:
            spans[-1].append(row)
        else:
            spans.append([row])
    spans = [s for span in spans for s in ([span] if len(span) > 2 else [[row] for row in span])]
    zh, en = (
        [str(s[0]) if len(s) == 1 else f"{s[0]}{to}{s[-1]}" for s in spans[:most]]
        for to in ("至", "-")
    )
    more = len(spans) > most
    return Words("、".join(zh) + "等" * more, "lines " + ", ".join(en) + " and others" * more)
