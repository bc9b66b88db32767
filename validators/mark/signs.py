"""By what our marks are known and how they look: every word, colour and formula in one place.

``python -m gouji.addin.install.constants`` carries them into the scripts, style sheets and VBA
that cannot import this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from ...templates.words import RESULTS
from ..finding import SEVERITY_ZH, Severity, Stage

HEADS = ("序号", "级别", "状态", "位置", "问题", "现值", "应为", "怎样改", "说明", "依据")
STATES = {
    Stage.FILL: "待填",
    Stage.MEND: "待改",
    Stage.EXPLAIN: "待说明",
    Stage.KNOW: SEVERITY_ZH[Severity.NOTE],
}
EXPLAINED = "已说明"
KEPT = "留存"


class Column(IntEnum):
    """The 0-based columns of the results sheet; those from ``MARKED`` on are not printed.

    ``SAID`` is the clerk's: what a warning is explained by.
    """

    NUMBER = 0
    SEVERITY = 1
    STATE = 2
    PLACE = 3
    PROBLEM = 4
    FOUND = 5
    EXPECTED = 6
    REPAIR = 7
    SAID = 8
    BASIS = 9
    MARKED = 10
    KIND = 11
    NOTE = 12


AUTHOR = "勾稽"
NOTE_START = f"【{AUTHOR}】"
SHEET_NAME = RESULTS
SHEET_START = NOTE_START + SHEET_NAME
MARKER = "gouji:"
CHANGE = " 改为 "  # between a cell and the value it should have, in the column of repairs


@dataclass(frozen=True)
class Look:
    """How one kind of mark looks; every colour is ``RRGGBB``.

    ``background`` and ``font`` are those of a marked cell, ``page`` the same two on a page of the
    browser, where small text needs more contrast, ``edge`` the line beside a finding in a pane;
    ``sign`` shows beside the number where colours do not. ``letters`` (b, i, u) and ``border``,
    one of those that a conditional format may have, tell the kinds apart in black and white.
    """

    background: str
    font: str
    page: tuple[str, str]
    edge: str
    sign: str
    letters: str
    border: str


# The kinds of fill, strongest first: the cells to be changed, what is wrong, cells that may be
# wrong instead, and totals that fail only because of another cell.
_TABLE = (
    # kind, background and font, both on a page, edge, sign, letters, border
    ("likely", "FF0000", "FFFFFF", ("D60000", "FFFFFF"), "C00000", "★", "bu", "thin"),
    ("error", "FF9999", "9C0006", ("FF9999", "6B0004"), "C00000", "×", "b", "thin"),
    ("rival", "FFC7A8", "7A3300", ("FFC7A8", "6B2D00"), "C55A11", "☆", "bi", "dashed"),
    ("warning", "FFEB9C", "7F6000", ("FFEB9C", "5C4700"), "E0A800", "！", "i", "dashed"),
    ("note", "DDEBF7", "1F4E78", ("DDEBF7", "1F4E78"), "5B9BD5", "i", "u", "dotted"),
    ("sum", "FDE9E7", "9C0006", ("FDE9E7", "8A0005"), "E6B8B7", "Σ", "i", "hair"),
)
LOOKS = {row[0]: Look(*row[1:]) for row in _TABLE}

# How Excel's and WPS' object model numbers those borders: the style of the line, its weight.
LINES = {"thin": (1, 2), "dashed": (-4115, 2), "dotted": (-4118, 2), "hair": (1, 1)}


def formula(kind: str, title: str = "") -> str:
    """The formula of the conditional format that colours a cell; it carries our marker.

    It is always true; with the results sheet's ``title`` only while that sheet is there, for
    applications that let us delete the sheet but not always the format.
    """
    always = f'N("{MARKER}{kind}")=0'
    return f"AND({always},ROWS({_quoted(title)}!$A$1)=1)" if title else always


def calc_formula(kind: str, title: str) -> str:
    """The same in LibreOffice's own notation."""
    return f"AND({formula(kind)};ROWS(${_quoted(title)}.$A$1)=1)"


def _quoted(sheet: str) -> str:
    return "'" + sheet.replace("'", "''") + "'"
