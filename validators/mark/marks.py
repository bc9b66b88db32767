"""What a mark is, and the words and colours by which ours are known."""

from __future__ import annotations

from dataclasses import dataclass

from ...templates.a1 import position

NOTE_START = "【勾稽】"
SHEET_NAME = "校验结果"
SHEET_START = "【勾稽】校验结果"
AUTHOR = "勾稽"
MARKER = "gouji:"
SEVERITY_ZH = {"error": "错误", "warning": "警告", "note": "提示"}

# kind of fill → (background, font), strongest first
FILLS = {
    "likely": ("FFFF0000", "FFFFFFFF"),
    "error": ("FFFF9999", "FF9C0006"),
    "warning": ("FFFFEB9C", "FF7F6000"),
    "note": ("FFDDEBF7", "FF1F4E78"),
}


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
