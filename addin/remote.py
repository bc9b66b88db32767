"""What a click on 校验 comes to: one plan of marks, carried out by every spreadsheet application.

An add-in that has no Python of its own (WPS, LibreOffice) sends the open book as JSON and carries
the answer out with its own means:

    {"name": "a.xlsx",
     "sheets": [{"name": "表三", "values": [[…]], "formulas": [[…]] or null}],
     "names": [{"name": "gj_t3_new_natural", "refers_to": "表三!$D$7"}]}

``values`` run from A1 to the last used cell: numbers, texts, booleans, ``null``, and an error as
``#REF!``. ``formulas`` have the same shape, text that begins with ``=`` being a formula.

On a desk: ``python -m gouji.addin.remote < book.json > plan.json``; on the office network: the
server's ``/api/book``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..templates.a1 import position
from ..templates.errors import InputError
from ..validators.finding import Result, Severity
from ..validators.judging.judge import judge
from ..validators.mark.marks import (
    FILLS,
    MARKER,
    NOTE_START,
    SEVERITY_ZH,
    SHEET_NAME,
    SHEET_START,
    Mark,
)
from ..validators.mark.results import HEADS, free_name
from ..validators.office.flag import marks as marks_of
from ..validators.office.flag import summary
from ..validators.output.json import file_entry
from ..validators.reading.by_name import Names, names_from
from ..validators.reading.formulas import CellXml
from ..validators.reading.grids import Grids
from ..validators.reading.workbook import read_book

PLACE = HEADS.index("位置")
PROBLEM = HEADS.index("问题")
REPAIR = HEADS.index("最可能的修改")
MARKED = len(HEADS)  # 0-based column: the marked cells, right of what is printed; then kind, note
WIDTH = MARKED + 3


@dataclass(frozen=True)
class Fill:
    """One cell to be coloured, with the note it gets unless it has one.

    ``formula`` carries our marker: it holds as long as the results sheet exists. ``background``
    and ``font`` are ``#RRGGBB``.
    """

    sheet: str
    cell: str
    kind: str
    background: str
    font: str
    formula: str
    note: str


@dataclass(frozen=True)
class Plan:
    """Everything to show. ``title`` is ``""`` when there is nothing to mark.

    ``rows`` is the results sheet from A1, every row ``WIDTH`` wide; ``links`` are (row, column,
    sheet, cell) with 1-based row and column; ``select`` is the first error's (sheet, cell).
    """

    status: str
    result: Result
    title: str = ""
    fills: tuple[Fill, ...] = ()
    rows: tuple[tuple[str | int, ...], ...] = ()
    links: tuple[tuple[int, int, str, str], ...] = ()
    select: tuple[str, str] | None = None
    sheets: tuple[str, ...] = field(default=(), repr=False)

    def as_json(self) -> dict[str, Any]:
        """The plan for an application that speaks JSON; ``file`` is as in ``--format json``."""
        return {
            "status": self.status,
            "file": file_entry(self.result),
            "title": self.title,
            "start": SHEET_START,
            "name": SHEET_NAME,
            "marker": MARKER,
            "note_start": NOTE_START,
            "fills": [vars(fill) for fill in self.fills],
            "rows": [list(row) for row in self.rows],
            "links": [list(link) for link in self.links],
            "select": list(self.select) if self.select else None,
        }


class SentBook(Grids):
    """An open book that an add-in sent as JSON.

    Raises ``InputError`` when it has not the shape that the module's text shows.
    """

    def __init__(self, sent: Any) -> None:
        try:
            super().__init__(str(sent["name"]))
            self._sent = {str(s["name"]): s for s in sent["sheets"]}
            pairs = [(str(n["name"]), str(n["refers_to"]).lstrip("=")) for n in sent["names"]]
            for sheet in self._sent.values():
                for grid in (sheet["values"], sheet.get("formulas") or ()):
                    if not all(isinstance(row, list) for row in grid):
                        raise TypeError
        except (KeyError, TypeError, AttributeError) as error:
            raise InputError(
                "收到的不是加载项发来的工作簿。请更新加载项后再试。",
                "this is no workbook as the add-in sends it; update the add-in and try again",
            ) from error
        self.sheets = list(self._sent)
        self._names = names_from(p for p in pairs if p[0].startswith(("gj_", "gouji_")))

    @property
    def names(self) -> Names:
        """The defined names that point at one cell."""
        return self._names

    def load(self, sheet: str) -> list[list[Any]]:
        """The sheet's values from A1 on, ``""`` for an empty cell."""
        return [
            [v if isinstance(v, str | float | int) else "" for v in row]
            for row in self._sent[sheet]["values"]
        ]

    def look(self, sheet: str, cells: Iterable[str]) -> dict[str, CellXml]:
        """Which of ``cells`` hold a formula."""
        return formulas_at(self._sent[sheet].get("formulas") or (), cells)

    def formula_cells(self, sheet: str) -> set[str] | None:
        """None where no formulas were sent; else ``look`` tells each."""
        return None if self._sent[sheet].get("formulas") is None else set()


def formulas_at(grid: Sequence[Sequence[Any]], cells: Iterable[str]) -> dict[str, CellXml]:
    """The formula of each of ``cells`` in a grid of formulas from A1."""
    found = {}
    for cell in cells:
        row, column = position(cell) or (0, 0)
        inside = row < len(grid) and column < len(grid[row])
        text = str(grid[row][column]) if inside else ""
        found[cell] = CellXml(text[1:] if text.startswith("=") else None, "")
    return found


def plan(book: Grids) -> Plan:
    """Judges an open book and says what to show in it.

    Raises ``InputError`` when the book is not the form.
    """
    report = read_book(book)
    result = Result(book.name, report, judge([report])[0])
    verdict = result.verdict
    assert verdict is not None
    counts = "，".join(f"{SEVERITY_ZH[s]}{verdict.count(s)}" for s in Severity)
    status = f"{counts}；已核对勾稽关系{verdict.checked}条，未核对{len(verdict.unchecked)}条"
    if not verdict.findings:
        return Plan(status, result, sheets=tuple(book.sheets))
    found = marks_of(verdict)
    title = free_name(book.sheets)
    fills = _fills(found, title, book.sheets)
    rows, links = _rows(found, [*summary(result)], fills, book.sheets)
    first = next(
        ((m.sheet, m.cell) for m in found if m.cell and not m.likely and m.sheet in book.sheets),
        None,
    )
    return Plan(status, result, title, fills, rows, links, first, tuple(book.sheets))


def _fills(found: Sequence[Mark], title: str, sheets: Sequence[str]) -> tuple[Fill, ...]:
    kinds: dict[tuple[str, str], str] = {}
    texts: dict[tuple[str, str], list[str]] = {}
    order = list(FILLS)
    for mark in found:
        at = (mark.sheet, mark.cell)
        if mark.cell and mark.sheet in sheets:
            if at not in kinds or order.index(mark.kind) < order.index(kinds[at]):
                kinds[at] = mark.kind
            texts.setdefault(at, []).append(f"{SEVERITY_ZH[mark.severity]} {mark.text}")
    return tuple(
        Fill(
            *at,
            kind,
            "#" + FILLS[kind][0][2:],
            "#" + FILLS[kind][1][2:],
            f"=AND(N(\"{MARKER}{kind}\")=0,ROWS('{title}'!$A$1)=1)",
            NOTE_START + "\n".join(dict.fromkeys(texts[at])),
        )
        for at, kind in kinds.items()
    )


def _rows(
    found: Sequence[Mark], lines: Sequence[str], fills: Sequence[Fill], sheets: Sequence[str]
) -> tuple[tuple[tuple[str | int, ...], ...], tuple[tuple[int, int, str, str], ...]]:
    """The results sheet and its links. The first findings' lines also list the marked cells."""
    rows: list[list[str | int]] = [[SHEET_START]]
    rows += [[line] for line in lines]
    rows.append([*HEADS])
    first = len(rows)
    links = []
    for number, mark in enumerate((m for m in found if not m.likely), 1):
        place = f"{mark.sheet}!{mark.cell}" if mark.cell else mark.sheet
        if mark.sheet in sheets:
            links.append((len(rows) + 1, PLACE + 1, mark.sheet, mark.cell or "A1"))
        rows.append(
            [number, SEVERITY_ZH[mark.severity], mark.rule, place, mark.text, mark.found,
             mark.expected, mark.repair, mark.basis]
        )  # fmt: skip
    rows += [[] for _ in range(first + len(fills) - len(rows))]
    for row, fill in zip(rows[first:], fills, strict=False):
        row += [""] * (MARKED - len(row))
        row += [f"{fill.sheet}!{fill.cell}", fill.kind, fill.note]
    return tuple((*row, *[""] * (WIDTH - len(row))) for row in rows), tuple(links)


def answer(sent: Any) -> dict[str, Any]:
    """The plan for a sent book as JSON, or ``{"error": sentence}`` when it is not the form."""
    try:
        return plan(SentBook(sent)).as_json()
    except InputError as error:
        return {"error": error.zh}


def main() -> None:
    """Reads a book from standard input and writes its plan to standard output, both UTF-8."""
    try:
        sent: Mapping[str, Any] = json.loads(sys.stdin.buffer.read())
    except ValueError:
        sent = {}
    sys.stdout.buffer.write(json.dumps(answer(sent), ensure_ascii=False).encode())


if __name__ == "__main__":
    main()
