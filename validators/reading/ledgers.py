"""Reads the ledgers of a workbook, as its edition declares them: one record a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from ...templates.a1 import Place, column_name
from ...templates.edition import Edition
from ...templates.ledger_parts import FLAGS, Ledger, LedgerColumn
from ...templates.words import Words
from ..report import LedgerLine, Ledgers, Remark, Standing
from .grids import Grids
from .shown import text_of
from .spelling import normal, reading

_LAST = 100_000  # lines read of a ledger
_HEAD = 10  # rows in which the heads are looked for
_ENOUGH = 3  # heads by which a ledger is known
_NO_CASE = re.compile(
    r"(?:合计|总计|小计|共计|累计)(?:[:：\d（(].*)?|共\d+[件条].*|(?:备?注|说明)\d*[:：].*"
)
_DATE = re.compile(r"^(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?$")


def read_ledgers(book: Grids, edition: Edition) -> Ledgers:
    """The edition's ledgers on the sheets of their names, found by their heads."""
    found: dict[str, tuple[LedgerLine, ...]] = {}
    unread: list[str] = []
    left_out: list[Remark] = []
    for key, ledger in edition.ledgers.items():
        if ledger.sheet not in book.sheets:
            continue
        sheet = _Sheet(book, ledger)
        if lines := tuple(sheet.lines()):
            found[key] = lines
        elif not sheet.letters and sheet.filled:
            unread.append(ledger.sheet)
        left_out += sheet.left_out
    return Ledgers(found, tuple(unread), tuple(left_out))


class _Sheet:
    """One ledger's sheet: ``letters`` and ``heads`` of its columns, ``filled`` rows."""

    def __init__(self, book: Grids, ledger: Ledger) -> None:
        self.book, self.ledger = book, ledger
        self.letters: dict[str, str] = {}
        self.heads: dict[str, str] = {}
        self.filled = 0
        self.left_out: list[Remark] = []

    def lines(self) -> Iterator[LedgerLine]:
        """Every line that is not empty."""
        names: dict[str, str] = {}
        for column in self.ledger.columns:
            for head in (column.label, *column.aliases):
                names.setdefault(normal(head), column.key)
        enough = min(_ENOUGH, len(self.ledger.columns))
        where: dict[str, int] = {}
        for number, row in self.book.cells(self.ledger.sheet).rows():
            self.filled += len(row) > 1
            if where:
                held = {key: row.get(i, "") for key, i in where.items()}
                if (text := self._no_case(row, held)) is not None:
                    self.left_out.append(self._left_out(number + 1, text))
                elif number < _LAST and any(v != "" for v in held.values()):
                    yield self._line(number + 1, held)
            elif number < _HEAD:
                here = {names[n]: c for c, v in row.items() if (n := normal(str(v))) in names}
                if len(here) >= enough:
                    where = here
                    self.letters |= {key: column_name(i) for key, i in where.items()}
                    self.heads |= {key: text_of(row[i]) for key, i in where.items()}

    def _no_case(self, row: Mapping[int, Any], held: Mapping[str, Any]) -> str | None:
        """What stands in a line below the cases that is none: a sum, a note."""
        text = text_of(row[min(row)]) if row else ""
        dates = (held.get(c.key, "") for c in self.ledger.columns if c.kind == "date")
        no_case = _NO_CASE.fullmatch(re.sub(r"\s", "", text)) and all(v == "" for v in dates)
        return text if no_case else None

    def _left_out(self, row: int, text: str) -> Remark:
        sheet = self.ledger.sheet
        return Remark(
            "chosen",
            Words(
                f"《{sheet}》第{row}行“{text[:20]}”不是一条记录，没有计入。",
                f"{sheet}, line {row}, {text[:20]!r}, is no record and was not counted.",
            ),
            Place(sheet, row - 1, 0),
        )

    def _line(self, row: int, held: Mapping[str, Any]) -> LedgerLine:
        found, ledger = _Held(), self.ledger
        for column in ledger.columns:
            value = held.get(column.key, "")
            text = text_of(value)
            if text == "" and not column.choose:
                continue
            if not _take(found, column, value, text):
                head = self.heads.get(column.key, column.label)
                words = column.wrong.filled(text=text[:30], head=head)
                found.wrong.append((column.key, words.zh, words.en))
        named = ledger.unique[0][0] if ledger.unique else ledger.columns[0].key
        return LedgerLine(
            row,
            found.words.get(named, ""),
            tuple(found.wrong),
            found.dates,
            self.letters,
            self.heads,
            found.words,
            found.numbers,
            frozenset(found.yes),
        )


@dataclass
class _Held:
    """What a line is found to hold, column by column."""

    wrong: list[tuple[str, str, str]] = field(default_factory=list)
    dates: dict[str, date] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    yes: set[str] = field(default_factory=set)


def _take(found: _Held, column: LedgerColumn, value: Any, text: str) -> bool:
    """Puts a cell's content where it belongs; whether it could be read."""
    key = column.key
    if column.kind == "text":
        found.words[key] = text
    elif column.kind == "choice":
        word = _choices(column).get(normal(text), "")
        if word:
            found.words[key] = word
        return bool(word)
    elif column.kind == "flag":
        if text == FLAGS[0]:
            found.yes.add(key)
        return text in FLAGS
    elif column.kind == "date":
        day = _date(value)
        if day is not None:
            found.dates[key] = day
        return day is not None
    else:
        number = _number(value, text)
        if number is not None:
            found.numbers[key] = number
        return number is not None
    return True


@lru_cache(maxsize=64)
def _choices(column: LedgerColumn) -> Mapping[str, str]:
    """Every spelling of a column's choices → what it stands for."""
    found: dict[str, str] = {}
    for choice in column.choices:
        for text in (choice.label, *choice.aliases):
            found.setdefault(normal(text), choice.value)
    return found


def _number(value: Any, text: str) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    standing, number = reading(text)
    return number if standing is Standing.TEXT_NUMBER else None


def _date(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and 36526 <= value < 80000
        ):  # from 2000 on
            return date(1899, 12, 30) + timedelta(days=int(value))
        if isinstance(value, str) and (match := _DATE.match(value.strip().replace(" ", ""))):
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    return None
