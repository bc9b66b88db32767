"""Reads the ledgers of a workbook, as its edition declares them: one record a line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from ...templates.a1 import Place, column_name
from ...templates.edition import Edition
from ...templates.ledger_parts import FLAGS, Ledger, LedgerColumn
from ...templates.words import Words
from ..report import LedgerLine, Ledgers, Remark, RemarkKind, Standing
from .grids import Grids
from .ledger_sheets import HEAD, enough_of, ledger_sheets, names_of, sheet_remark
from .sheet_words import WORDS
from .spelling import LARGEST, normal, reading, text_of

_COPY = Words("大半与前面的重复", "mostly a copy of the one before")
_LAST = 100_000  # lines read of a ledger
_NO_CASE = WORDS.expression("no_case")
_DATE = WORDS.expression("date")


def read_ledgers(
    book: Grids, edition: Edition, year: int | None, taken: Collection[str]
) -> Ledgers:
    """The edition's ledgers: each on the sheet of its name and on those that bear its heads.

    ``year`` is the report's, ``taken`` are sheets that are known to hold something else.
    """
    found: dict[str, tuple[LedgerLine, ...]] = {}
    unread: list[str] = []
    where = ledger_sheets(book, edition, year, taken)
    remarks = [*where.remarks]
    for key, sheets in where.sheets.items():
        lines: list[LedgerLine] = []
        for name in sheets:
            ledger = edition.ledgers[key]
            sheet = _Sheet(book, ledger, name)
            new = [*sheet.lines()]
            copied = _repeats(lines, new)
            if name != ledger.sheet:
                remarks.append(sheet_remark(name, ledger, _COPY if copied else None))
            if copied:
                continue
            lines += new
            if not sheet.letters and sheet.filled:
                unread.append(name)
            remarks += sheet.noticed()
        if lines:
            found[key] = tuple(lines)
    return Ledgers(found, tuple(unread), tuple(remarks), where.lost)


def _repeats(lines: Sequence[LedgerLine], new: Sequence[LedgerLine]) -> bool:
    """Whether most of a sheet's lines stand on one before: it is a copy."""
    known = {line.number for line in lines} - {""}
    return 2 * sum(line.number in known for line in new) > len(new)


class _Sheet:
    """One ledger's sheet: ``letters`` and ``heads`` of its columns, ``filled`` rows."""

    def __init__(self, book: Grids, ledger: Ledger, name: str) -> None:
        self.book, self.ledger, self.name = book, ledger, name
        self.letters: dict[str, str] = {}
        self.heads: dict[str, str] = {}
        self.filled = 0
        self.left_out: list[Remark] = []
        self.cut_off: list[int] = []
        self.struck: list[int] = []

    def lines(self) -> Iterator[LedgerLine]:
        """Every line that is not empty."""
        names, enough = names_of(self.ledger), enough_of(self.ledger)
        where: dict[str, int] = {}
        for number, row in self.book.cells(self.name).rows():
            self.filled += len(row) > 1
            if where:
                record = {key: row.get(i, "") for key, i in where.items()}
                if (text := self._no_case(row, record)) is not None:
                    self.left_out.append(self._left_out(number + 1, text))
                elif number < _LAST and any(v != "" for v in record.values()):
                    if self._is_struck(number, where.values()):
                        self.struck.append(number + 1)
                    else:
                        self._cut(number + 1, record)
                        yield self._line(number + 1, record)
            elif number < HEAD:
                here = {names[n]: c for c, v in row.items() if (n := normal(str(v))) in names}
                if len(here) >= enough:
                    where = here
                    self.letters |= {key: column_name(i) for key, i in where.items()}
                    self.heads |= {key: text_of(row[i]) for key, i in where.items()}

    def _is_struck(self, row: int, columns: Iterable[int]) -> bool:
        """Whether every cell of a line that holds something is struck through."""
        cells = self.book.cells(self.name)
        filled = [cell for c in columns if (cell := cells.held.get((row, c))) is not None]
        return bool(cells.struck) and all(cell.style in cells.struck for cell in filled)

    def _cut(self, row: int, record: dict[str, Any]) -> None:
        """Takes out numbers of more digits than a spreadsheet keeps: they name no line."""
        for key in {key for keys in self.ledger.unique for key in keys}:
            value = record.get(key, "")
            if isinstance(value, float) and value >= LARGEST:
                record[key] = ""
                self.cut_off.append(row)

    def noticed(self) -> Iterator[Remark]:
        """The lines that are no records, struck through, or have lost their number."""
        yield from self.left_out
        if self.struck:
            rows = _rows(self.struck)
            words = Words(
                f"《{self.name}》第{rows}行划掉了，没有计入。",
                f"{self.name}, lines {rows}: struck through, not counted.",
            )
            yield self._remark(RemarkKind.CHOSEN, words, self.struck[0])
        if self.cut_off:
            rows = _rows(self.cut_off)
            words = Words(
                f"《{self.name}》第{rows}行的编号超过15位，存成了数字，后几位已经丢了，"
                "认不出是不是同一件。请把这一列设成文本格式，重新录入编号。",
                f"{self.name}, lines {rows}: numbers of more than 15 digits stored as numbers, "
                "whose last digits are lost: make the column text and enter them again.",
            )
            yield self._remark(RemarkKind.CUT_OFF, words, self.cut_off[0])

    def _remark(self, kind: RemarkKind, words: Words, row: int) -> Remark:
        return Remark(kind, words, Place(self.name, row - 1, 0))

    def _no_case(self, row: Mapping[int, Any], record: Mapping[str, Any]) -> str | None:
        """What stands in a line below the cases that is none: a sum, a note."""
        text = text_of(row[min(row)]) if row else ""
        dates = (record.get(c.key, "") for c in self.ledger.columns if c.kind == "date")
        no_case = _NO_CASE.fullmatch(re.sub(r"\s", "", text)) and not any(map(_date, dates))
        return text if no_case else None

    def _left_out(self, row: int, text: str) -> Remark:
        words = Words(
            f"《{self.name}》第{row}行“{text[:20]}”不是一条记录，没有计入。",
            f"{self.name}, line {row}, {text[:20]!r}, is no record and was not counted.",
        )
        return self._remark(RemarkKind.CHOSEN, words, row)

    def _line(self, row: int, record: Mapping[str, Any]) -> LedgerLine:
        found, ledger = _LineContent(), self.ledger
        for column in ledger.columns:
            value = record.get(column.key, "")
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
            wrong=tuple(found.wrong),
            dates=found.dates,
            columns=self.letters,
            heads=self.heads,
            words=found.words,
            numbers=found.numbers,
            yes=frozenset(found.yes),
            sheet=self.name,
        )


def _rows(rows: Sequence[int]) -> str:
    return "、".join(map(str, rows[:6])) + ("等" if len(rows) > 6 else "")


@dataclass
class _LineContent:
    """What a line is found to hold, column by column."""

    wrong: list[tuple[str, str, str]] = field(default_factory=list)
    dates: dict[str, date] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    yes: set[str] = field(default_factory=set)


def _take(found: _LineContent, column: LedgerColumn, value: Any, text: str) -> bool:
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
        if isinstance(value, int | float) and 36526 <= value < 80000:  # from 2000 on
            return date(1899, 12, 30) + timedelta(days=int(value))
        if isinstance(value, str) and (match := _DATE.match(value.strip().replace(" ", ""))):
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    return None
