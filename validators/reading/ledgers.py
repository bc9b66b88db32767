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
from ...templates.words import OPTIONS, Words
from ..report import LedgerLine, Ledgers, Remark, RemarkKind, Standing
from .grids import Grids
from .set_aside import why_not
from .sheet_words import WORDS
from .spelling import LARGEST, normal, reading, text_of

_COPY = Words("大半与前面的重复", "mostly a copy of the one before")
_LAST = 100_000  # lines read of a ledger
_HEAD = 10  # rows in which the heads are looked for
_ENOUGH = 3  # heads by which a ledger is known
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
    sheets_of, remarks, lost = _ledger_sheets(book, edition, year, taken)
    for key, sheets in sheets_of.items():
        lines: list[LedgerLine] = []
        for name in sheets:
            ledger = edition.ledgers[key]
            sheet = _Sheet(book, ledger, name)
            new = [*sheet.lines()]
            copied = _repeats(lines, new)
            if name != ledger.sheet:
                remarks.append(_sheet_remark(name, ledger, _COPY if copied else None))
            if copied:
                continue
            lines += new
            if not sheet.letters and sheet.filled:
                unread.append(name)
            remarks += sheet.noticed()
        if lines:
            found[key] = tuple(lines)
    return Ledgers(found, tuple(unread), tuple(remarks), lost)


def _ledger_sheets(
    book: Grids, edition: Edition, year: int | None, taken: Collection[str]
) -> tuple[dict[str, list[str]], list[Remark], tuple[str, ...]]:
    """By ledger the sheets that hold it, what was noticed, and the ledgers that are gone.

    A sheet of another name is one by its heads, unless it is hidden or of another year. Gone is a
    ledger that the workbook was made with and that stands nowhere.
    """
    sheets = {k: [e.sheet] for k, e in edition.ledgers.items() if e.sheet in book.sheets}
    remarks = []
    own = {ledger.sheet for ledger in edition.ledgers.values()}
    for sheet in book.sheets if edition.ledgers else ():
        if sheet not in own and sheet not in taken and (key := _borne(book, sheet, edition)):
            why = why_not(book.text(sheet), year)
            if why is None:
                sheets.setdefault(key, []).append(sheet)
            else:
                remarks.append(_sheet_remark(sheet, edition.ledgers[key], why))
    is_ours = OPTIONS in book.sheets
    lost = [e.sheet for k, e in edition.ledgers.items() if is_ours and k not in sheets]
    return sheets, remarks, tuple(lost)


def _sheet_remark(sheet: str, ledger: Ledger, why: Words | None = None) -> Remark:
    """What came of a sheet with a ledger's heads and another name: ``why`` it is not counted."""
    zh, en = (
        (f"（{why.zh}），没有计入", f" ({why.en}): not counted")
        if why
        else ("，已计入", ": counted")
    )
    words = Words(
        f"工作表“{sheet}”的表头是{ledger.sheet}的{zh}。",
        f"{sheet!r} has the heads of {ledger.sheet}{en}.",
    )
    return Remark(RemarkKind.CHOSEN, words, Place(sheet))


def _names_of(ledger: Ledger) -> dict[str, str]:
    """Every spelling of a ledger's heads → the column's key."""
    names: dict[str, str] = {}
    for column in ledger.columns:
        for head in (column.label, *column.aliases):
            names.setdefault(normal(head), column.key)
    return names


def _enough_of(ledger: Ledger) -> int:
    """How many heads in a row are a ledger's on the sheet of its name."""
    return min(_ENOUGH, len(ledger.columns))


def _borne(book: Grids, sheet: str, edition: Edition) -> str:
    """The ledger most of whose heads stand on a sheet, ``""`` for none."""
    known = _heads(edition)
    best, most = "", 0
    for texts in _first_texts(book, sheet):
        if len(texts) < _ENOUGH:
            continue
        for key, (names, enough) in known.items():
            count = len({names[t] for t in texts if t in names})
            if count >= enough and count > most:
                best, most = key, count
    return best


@lru_cache(maxsize=16)
def _heads(edition: Edition) -> Mapping[str, tuple[dict[str, str], int]]:
    return {
        key: (_names_of(e), max(_enough_of(e), (len(e.columns) + 1) // 2))
        for key, e in edition.ledgers.items()
    }


def _first_texts(book: Grids, sheet: str) -> Iterable[list[str]]:
    """The texts of the first rows."""
    cells = book.cells(sheet)
    rows: dict[int, list[str]] = {}
    for (row, _), cell in cells.held.items():
        if row < _HEAD and cell.kind in ("s", "t"):
            rows.setdefault(row, []).append(normal(str(cells.content(cell))[:60]))
    return rows.values()


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
        names, enough = _names_of(self.ledger), _enough_of(self.ledger)
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
            elif number < _HEAD:
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
