"""What a mark is, and the marks of cells that a repair changed: a note tells what stood there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...templates.a1 import position
from ...templates.words import plain
from ..finding import SEVERITY_ZH, Change, Severity


@dataclass(frozen=True)
class Mark:
    """One finding as it will look in the workbook.

    ``cell`` is an address such as ``J9``, ``""`` when the finding has no cell; ``severity`` is
    error, warning or note. ``likely`` marks the cell most probably wrong: a stronger fill and a
    note, but no line of its own on the results sheet; ``rival`` one that may be wrong instead.
    ``explained`` is a finding that another cell's mark explains. ``together`` is what the line
    of its card says, and ``within`` marks the card's other cells, which have no line.
    ``as_shown``: the content keeps the format of its cell, as a date of a ledger must; else it
    shows as it was typed. The other texts fill that line.
    """

    sheet: str
    cell: str
    severity: str
    text: str
    rule: str = ""
    found: str = ""
    expected: str = ""
    repair: str = ""
    explanation: str = ""
    basis: str = ""
    likely: bool = False
    rival: bool = False
    explained: bool = False
    together: str = ""
    within: bool = False
    as_shown: bool = False

    @property
    def kind(self) -> str:
        """The fill: ``likely``, ``rival``, ``sum`` or the severity."""
        if self.likely or self.rival:
            return "likely" if self.likely else "rival"
        return "sum" if self.explained else self.severity

    @property
    def listed(self) -> bool:
        """Whether it has a line of its own on the results sheet."""
        return bool(self.together) or not (self.likely or self.rival or self.within)

    @property
    def place(self) -> str:
        """``表三!J9``; the sheet alone, or nothing, when the finding has no cell."""
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet

    def __post_init__(self) -> None:
        if self.severity not in SEVERITY_ZH:
            known = [severity.value for severity in SEVERITY_ZH]
            raise ValueError(f"severity is {self.severity!r}, not one of {known}")
        if self.cell and position(self.cell) is None:
            raise ValueError(f"{self.cell!r} is not a cell address such as J9")


def marks_of_changes(changes: Iterable[Change]) -> list[Mark]:
    """One mark for every cell that was changed."""
    return [
        Mark(
            change.place.sheet,
            change.place.cell,
            Severity.NOTE.value,
            f"已按建议由{plain(change.from_)}改为{plain(change.to)}；要改回，填{plain(change.from_)}。",
            found=str(plain(change.to)),
        )
        for change in changes
    ]


def summary_of_changes(changes: Iterable[Change]) -> str:
    """One line that lists every change."""
    listed = "、".join(
        f"{c.place.sheet}!{c.place.cell} {plain(c.from_)}→{plain(c.to)}" for c in changes
    )
    return f"已改：{listed}"
