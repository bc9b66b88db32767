"""Which sheets hold a ledger: the one of its name, and those that bear its heads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ...templates.a1 import Place
from ...templates.edition import Edition
from ...templates.ledger_parts import Ledger
from ...templates.words import OPTIONS, Words
from ..report import Remark, RemarkKind
from .grids import Grids
from .set_aside import why_not
from .spelling import normal

HEAD = 10  # rows in which the heads are looked for
_ENOUGH = 3  # heads by which a ledger is known


@dataclass(frozen=True)
class LedgerSheets:
    """By ledger the sheets that hold it, what was noticed, and the ledgers that are gone."""

    sheets: Mapping[str, Sequence[str]]
    remarks: tuple[Remark, ...]
    lost: tuple[str, ...]


def ledger_sheets(
    book: Grids, edition: Edition, year: int | None, taken: Collection[str]
) -> LedgerSheets:
    """Where the ledgers of an edition stand; ``taken`` are sheets that are known to be others.

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
                remarks.append(sheet_remark(sheet, edition.ledgers[key], why))
    is_ours = OPTIONS in book.sheets
    lost = [e.sheet for k, e in edition.ledgers.items() if is_ours and k not in sheets]
    return LedgerSheets(sheets, tuple(remarks), tuple(lost))


def sheet_remark(sheet: str, ledger: Ledger, why: Words | None = None) -> Remark:
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


def names_of(ledger: Ledger) -> dict[str, str]:
    """Every spelling of a ledger's heads → the column's key."""
    names: dict[str, str] = {}
    for column in ledger.columns:
        for head in (column.label, *column.aliases):
            names.setdefault(normal(head), column.key)
    return names


def enough_of(ledger: Ledger) -> int:
    """How many heads in a row are a ledger's on the sheet of its name."""
    return min(_ENOUGH, len(ledger.columns))


def _borne(book: Grids, sheet: str, edition: Edition) -> str:
    """The ledger most of whose heads stand on a sheet, ``""`` for none."""
    known = _heads(edition)
    best, most = "", 0
    for texts in _rows(book, sheet):
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
        key: (names_of(e), max(enough_of(e), (len(e.columns) + 1) // 2))
        for key, e in edition.ledgers.items()
    }


def _rows(book: Grids, sheet: str) -> Iterable[list[str]]:
    """The texts of the first rows."""
    cells = book.cells(sheet)
    rows: dict[int, list[str]] = {}
    for (row, _), cell in cells.held.items():
        if row < HEAD and cell.kind in ("s", "t"):
            rows.setdefault(row, []).append(normal(str(cells.content(cell))[:60]))
    return rows.values()
