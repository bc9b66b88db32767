"""The roster of a city, a workbook of it opened in a child process that may die."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...templates.roster import Roster, Rows, read_roster, sheets_of
from ..ooxml.limits import Limits
from ..reading.other_formats import in_child, unreadable


def roster_of(path: Path) -> Roster:
    """The units of the roster at ``path``, as ``read_roster`` tells them."""
    return read_roster(path, _opened)


def _opened(data: bytes) -> list[tuple[str, Rows]]:
    kind, held = in_child(_sheets, data, "", Limits())
    if kind != "ok":
        raise unreadable("")
    found: list[tuple[str, Rows]] = held
    return found


def _sheets(data: bytes, most: int) -> tuple[str, Any]:
    """In the child: the sheets that are shown."""
    try:
        return "ok", sheets_of(data)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of calamine's Rust code is none of the ordinary kinds
        return "bad", None


__all__ = ["roster_of"]
