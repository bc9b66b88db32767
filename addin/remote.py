"""The road by JSON: an open book is sent, the plan of its marks is the answer.

An add-in that has no Python of its own (WPS, LibreOffice) sends the open book as JSON and carries
the answer out with its own means:

    {"name": "a.xlsx",
     "sheets": [{"name": "表三", "values": [[…]], "formulas": [[…]] or null,
                 "merges": ["A9:C9", …], "formats": [["D9:I9", "0%"], …]}],
     "names": [{"name": "gj_t3_new_natural", "refers_to": "表三!$D$7"}],
     "date1904": false}

``values`` run from A1 to the last used cell: numbers, texts, booleans, ``null``, and an error as
``#REF!``. ``formulas`` have the same shape, text that begins with ``=`` being a formula.
``merges`` are the merged ranges, ``formats`` the number formats of areas; each may be left out,
and so may ``date1904``, whether days are counted from 1904 on.
After a repair was carried out the book says so, ``"changed": [{"sheet", "cell", "from",
"to"}]``, and the plan's notes tell the former numbers.

On a desk: ``python -m gouji.addin.remote < book.json > plan.json``; on the office network: the
server's ``/api/book``.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from ..templates.a1 import Place, position
from ..templates.errors import InputError
from ..templates.forms import ANY, Forms
from ..templates.unforeseen import bounded
from ..validators.finding import Change, Result
from ..validators.mark import Plan, plan_of, signs
from ..validators.office import check_book_plainly
from ..validators.output import file_entry
from ..validators.reading import MAC_EPOCH, Cells, Key, Limits, Merge
from .grids import MOST, OpenGrids
from .repairs import blanks, cells_of, question, writable, zeros_question

_LARGEST = 1e300
_BYTES = 48 << 20  # of an open book with its ledgers
_LISTS, _VALUES = 1_500_000, 5_000_000  # of it; two lists, or tables, of each row
_CODE = 1000  # characters of a number format that are looked at
_ADDRESS = 40  # and of an area
_ROWS, _CELLS = 400_000, 500_000  # rows, and cells with a content, of an open book
_HALF = re.compile("[\ud800-\udfff]")


def parsed(data: bytes) -> Any:
    """The JSON that was sent, None where it is none; ``InputError`` for more than a book holds.

    It is looked at before it is parsed: a MB of ``[],`` is thirty of lists.
    """
    lists = data.count(b"[") + data.count(b"{")
    if len(data) > _BYTES or lists > _LISTS or data.count(b",") > _VALUES:
        raise InputError(
            "发来的工作簿太大，没有核对。请删去无关的工作表和表下面多余的行，再试。",
            "The workbook that was sent is too large and was not checked: delete unrelated sheets "
            "and the rows below the tables.",
        )
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


class SentBook(OpenGrids):
    """An open book that an add-in sent as JSON.

    Raises ``InputError`` when it has not the shape that the module's text shows.
    """

    def __init__(self, sent: Any) -> None:
        with _as_sent():
            super().__init__(_whole(str(sent["name"])))
            self._sent = {_whole(str(s["name"])): s for s in sent["sheets"]}
            self._pairs = [(str(n["name"]), str(n["refers_to"]).lstrip("=")) for n in sent["names"]]
            for sheet in self._sent.values():
                for grid in (sheet["values"], sheet.get("formulas") or ()):
                    if not all(isinstance(row, list) for row in grid):
                        raise TypeError
            self._measure()
            self._merges, self._formats = {}, {}
            for name, sheet in self._sent.items():
                merges, formats = (sheet.get(k) or () for k in ("merges", "formats"))
                self._merges[name] = [_area(one) for one in islice(merges, MOST)]
                self._formats[name] = [
                    (_area(area), _whole(str(code)[:_CODE])) for area, code in islice(formats, MOST)
                ]
            self.sheets: list[str] = list(self._sent)
            self.epoch = MAC_EPOCH if sent.get("date1904") is True else 0
            changed = islice(sent.get("changed") or (), MOST)
            self.changed: list[Change] = [_change(one) for one in changed]

    def load(self, sheet: str) -> Cells:
        """The sheet's cells; where days are counted from 1904, all of them are known as days."""
        cells = super().load(sheet)
        if self.epoch:
            cells.add_formats(list(cells.held), self._formats[sheet])
        return cells

    def _measure(self) -> None:
        """``InputError`` for a book of more rows or cells than a report and its ledgers have."""
        rows = [row for s in self._sent.values() for row in s["values"]]
        cells = sum(len(row) - row.count(None) - row.count("") for row in rows)
        if len(rows) > _ROWS or cells > _CELLS or len(self._sent) > Limits().sheets:
            raise InputError(
                "打开的工作簿里的行或单元格太多，没有核对。请删去无关的工作表和表下面多余的行，再试。",
                "the open workbook has too many rows or cells and was not checked: delete "
                "unrelated sheets and the rows below the tables",
            )

    def pairs(self) -> list[tuple[str, str]]:
        """The defined names as they were sent."""
        return self._pairs

    def values(self, sheet: str) -> list[list[Any]]:
        """The sheet's values from A1 on, ``""`` for an empty cell."""
        return [[_value(v) for v in row] for row in self._sent[sheet]["values"]]

    def merges(self, sheet: str) -> list[Merge]:
        """The merged ranges that were sent."""
        return self._merges[sheet]

    def formats(self, sheet: str, keys: Collection[Key]) -> list[tuple[Merge, str]]:
        """The number formats that were sent."""
        return self._formats[sheet]

    def formula_grid(self, sheet: str) -> Sequence[Sequence[Any]] | None:
        """The formulas as they were sent."""
        grid: Sequence[Sequence[Any]] | None = self._sent[sheet].get("formulas")
        return grid and [[_value(v) for v in row] for row in grid]


@contextmanager
def _as_sent() -> Iterator[None]:
    """``InputError`` for what has another shape than the module's text shows."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise InputError(
            "收到的不是加载项发来的工作簿。请更新加载项后再试。",
            "this is no workbook as the add-in sends it; update the add-in and try again",
        ) from error


def _area(sent: Any) -> Merge:
    first, colon, last = str(sent)[:_ADDRESS].partition(":")
    start, end = position(first), position(last if colon else first)
    if start is None or end is None:
        raise ValueError(sent)
    return start, end


def _change(sent: Any) -> Change:
    sheet, cell, *numbers = (sent[k] for k in ("sheet", "cell", "from", "to"))
    if not (isinstance(sheet, str) and isinstance(cell, str) and position(cell)):
        raise TypeError(sheet, cell)
    was, now = map(float, numbers)
    if not (abs(was) < _LARGEST and abs(now) < _LARGEST):
        raise ValueError(was, now)
    return Change("", Place.of(sheet, cell), was, now)


def _whole(text: str) -> str:
    """A text without halves of characters, which JSON can say and no file can hold."""
    return text if text.isascii() else _HALF.sub("\ufffd", text)


def _value(sent: Any) -> str | float | int:
    """A value as a cell may hold it; a number no cell can hold is the text of its digits."""
    if isinstance(sent, str):
        return _whole(sent)
    if not isinstance(sent, int | float):
        return ""
    return sent if abs(sent) < _LARGEST else f"{sent}"[:32767]


def as_json(result: Result, planned: Plan) -> dict[str, Any]:
    """The plan for an application that speaks JSON.

    ``file`` is as in ``--format json``, ``rows`` the results sheet from A1, ``links`` are (row,
    column, sheet, cell) with 1-based row and column, ``left`` how
    many cards are open, ``zeros`` what 其余空格填0 asks and writes.
    """
    zeros = blanks(result)
    shown = ("sheet", "cell", "kind", "background", "font", "letters", "line")
    fills = [
        {key: getattr(fill, key) for key in shown}
        | {"formula": planned.formula(fill), "note": note.text}
        for fill, note in zip(planned.fills, planned.notes, strict=True)
    ]
    return {
        "status": planned.status,
        "left": result.verdict.left if result.verdict else 0,
        "file": file_entry(result),
        "title": planned.title,
        "start": signs.SHEET_START,
        "name": signs.SHEET_NAME,
        "marker": signs.MARKER,
        "note_start": signs.NOTE_START,
        "fills": fills,
        "rows": [list(row) for row in planned.rows()] if planned.title else [],
        "links": [[link.row, link.column, link.sheet, link.cell] for link in planned.links],
        "select": list(planned.select) if planned.select else None,
        "repairs": _offers(result),
        "zeros": {
            "question": zeros_question(len(zeros)),
            "changes": [{"sheet": s, "cell": c, "to": to} for (s, c), to in zeros.items()],
        },
    }


def _offers(result: Result) -> list[dict[str, Any]]:
    """What 按此修改 offers, likeliest first: the question, its changes, the cells it is about."""
    about: dict[int | None, list[list[str]]] = {}
    for finding in result.verdict.findings if result.verdict else ():
        if finding.place is not None:
            place = [finding.place.sheet, finding.place.cell]
            about.setdefault(finding.group, []).append(place)
    return [
        {
            "group": event.group,
            "question": question(result, event),
            "changes": [
                {"sheet": sheet, "cell": cell, "from": change.from_, "to": change.to}
                for (sheet, cell), change in zip(cells_of(event), event.changes, strict=True)
            ],
            "about": about.get(event.group, []),
        }
        for event in writable(result)
    ]


def planned(sent: Any, forms: Forms = ANY) -> dict[str, Any]:
    """The plan for a sent book as JSON; ``InputError`` when it is not the form."""
    with bounded("打开的工作簿"):
        book = SentBook(sent)
        result = check_book_plainly(book, forms)
        others = [s for s in book.sheets if not _is_ours(book, s)]
        return as_json(result, plan_of(result, others, book.changed, book.area))


def answer(sent: Any, forms: Forms = ANY) -> dict[str, Any]:
    """The plan, or ``{"error": sentence}``."""
    try:
        return planned(sent, forms)
    except InputError as error:
        return {"error": error.zh}


def _is_ours(book: SentBook, sheet: str) -> bool:
    """Whether it is our list, which is written anew."""
    if not sheet.startswith(signs.SHEET_NAME):
        return False
    _, first = next(iter(book.cells(sheet).rows()), (0, {}))
    return str(first.get(0, "")).startswith(signs.SHEET_START)


def answered(data: bytes) -> str:
    """The answer to a book that was sent as JSON, as JSON."""
    try:
        content = answer(parsed(data))
    except InputError as error:
        content = {"error": error.zh}
    return json.dumps(content, ensure_ascii=False)


def main() -> None:
    """Reads a book from standard input and writes its plan to standard output, both UTF-8."""
    sys.stdout.buffer.write(answered(sys.stdin.buffer.read(Limits().file_bytes)).encode())


if __name__ == "__main__":
    main()
