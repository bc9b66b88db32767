"""The roster of a city, a workbook of it opened in a child process that may die."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...templates.errors import InputError
from ...templates.outside import read_outside
from ...templates.roster import Roster, Rows, read_roster, sheets_of
from ...templates.words import Words
from ..ooxml.limits import Limits
from ..reading.file import open_book
from ..reading.grids import Grids
from ..reading.other_formats import in_child, unreadable

_HIDDEN, _STRUCK = Words("隐藏的", "hidden"), Words("划掉的", "struck through")
_SAMPLE = 50  # units by whose names the list's sheet is known
_TOLD = 100  # lines that are told one by one


def roster_of(path: Path) -> Roster:
    """The units of the roster at ``path``, as ``read_roster`` tells them.

    A line of a workbook that is hidden or struck through is no unit's, and that is told.
    """
    roster = read_roster(path, _opened)
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return roster
    gone = _out_of_sight(roster, path)
    kept = tuple(u for u in roster.units if u.line not in gone)
    if not gone or not kept:
        return roster
    sentence = Words(
        "第{line}行是{why}，没有算作单位：{name}",
        "line {line} is {why} and was not taken as a unit: {name}",
    )
    out = (u for u in roster.units if u.line in gone)
    lines = [sentence.filled(line=u.line, why=gone[u.line], name=u.name) for u in out]
    more = len(lines) - _TOLD
    if more > 0:
        lines[_TOLD:] = [Words(f"另有{more}行也是这样", f"{more} more lines are")]
    return replace(roster, units=kept, remarks=(*roster.remarks, *lines))


def _out_of_sight(roster: Roster, path: Path) -> dict[int, Words]:
    """The lines of units that nobody sees, or that are struck through, on the list's sheet."""
    with suppress(InputError):  # it was read as a list all the same
        book = open_book(read_outside(path, Limits().file_bytes), str(path))
        for sheet in book.sheets:
            rows = {n + 1: row for n, row in book.cells(sheet).rows()}
            names = {line: set(map(str, row.values())) for line, row in rows.items()}
            if all(u.name in names.get(u.line, ()) for u in roster.units[:_SAMPLE]):
                return _gone(book, sheet, [u.line for u in roster.units])
    return {}


def _gone(book: Grids, sheet: str, lines: list[int]) -> dict[int, Words]:
    hidden = {n + 1 for a, b in book.unseen(sheet).rows for n in range(a, b + 1)}
    cells = book.cells(sheet)
    drawn = [(at[0] + 1, cell.style in cells.struck) for at, cell in cells.held.items()]
    struck = {line for line, is_struck in drawn if is_struck}
    struck -= {line for line, is_struck in drawn if not is_struck}
    return {
        line: _HIDDEN if line in hidden else _STRUCK
        for line in lines
        if line in hidden or line in struck
    }


def _opened(data: bytes) -> list[tuple[str, Rows]]:
    kind, sheets = in_child(_sheets, data, "", Limits())
    if kind != "ok":
        raise unreadable("")
    found: list[tuple[str, Rows]] = sheets
    return found


def _sheets(data: bytes, most: int) -> tuple[str, Any]:
    """In the child: the sheets that are shown."""
    try:
        return "ok", sheets_of(data)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of calamine's Rust code is none of the ordinary kinds
        return "bad", None
