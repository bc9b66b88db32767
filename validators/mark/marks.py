"""What a mark is, and the words and colours by which ours are known."""

from __future__ import annotations

import re
from dataclasses import dataclass

NOTE_START = "【勾稽】"
SHEET_NAME = "校验结果"
SHEET_START = "【勾稽】校验结果"
AUTHOR = "勾稽"
JOURNAL = "xl/gouji.journal.json"
MARKER = "gouji:"
SEVERITY_ZH = {"error": "错误", "warning": "警告", "note": "提示"}

# kind of fill → (background, font), strongest first
FILLS = {
    "likely": ("FFFF0000", "FFFFFFFF"),
    "error": ("FFFF9999", "FF9C0006"),
    "warning": ("FFFFEB9C", "FF7F6000"),
    "note": ("FFDDEBF7", "FF1F4E78"),
}
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})\Z")


@dataclass(frozen=True)
class Mark:
    """One finding as it will look in the workbook.

    ``cell`` is an address such as ``J9``, ``""`` when the finding has no cell; ``severity`` is
    error, warning or note. ``likely`` marks the cell most probably wrong: a stronger fill and a
    note, but no line of its own on the results sheet. The other texts fill that line.
    """

    sheet: str
    cell: str
    severity: str
    text: str
    rule: str = ""
    found: str = ""
    expected: str = ""
    repair: str = ""
    basis: str = ""
    likely: bool = False

    @property
    def kind(self) -> str:
        """The fill: ``likely`` or the severity."""
        return "likely" if self.likely else self.severity

    def __post_init__(self) -> None:
        if self.severity not in SEVERITY_ZH:
            raise ValueError(f"severity is {self.severity!r}, not one of {list(SEVERITY_ZH)}")
        if self.cell and position(self.cell) is None:
            raise ValueError(f"{self.cell!r} is not a cell address such as J9")


def position(cell: str) -> tuple[int, int] | None:
    """0-based (row, column) of an address, None when it is none.

    >>> position("J9")
    (8, 9)
    """
    match = _CELL.match(cell)
    if not match:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    row = int(match[2])
    return (row - 1, column - 1) if column <= 16384 and row <= 1048576 else None


def address(row: int, column: int) -> str:
    """``J9`` for (8, 9)."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def escaped(text: str, limit: int = 32767) -> str:
    """Text for an XML element or attribute: illegal characters replaced, at most ``limit``."""
    clean = _ILLEGAL.sub("\ufffd", text)[:limit]
    clean = clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return clean.replace('"', "&quot;")
