"""The number formats of conditional formats: what they may show in the place of a number.

Whether a condition holds is for the application to say; a format that would show another number
is told as one of the cell's own.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...templates.a1 import COLUMNS, ROWS
from .cells import BadSheetError, Merge, merge_of

MOST = 2_000  # areas that are told apart; one more, and it is the whole sheet
WHOLE: Merge = ((0, 0), (ROWS - 1, COLUMNS - 1))
_LONGEST = 40  # characters of an area's address
Looks = dict[tuple[Merge, str], None]  # area and code of a number format, each once


class ConditionalLooks:
    """Takes expat's events of a sheet's conditional formats, those of its extensions too.

    ``codes`` are the number formats of the styles' differential formats, by their index.
    """

    def __init__(self, codes: Mapping[str, str]) -> None:
        self.found: Looks = {}
        self._codes = codes
        self._areas = ""
        self._waiting: list[str] = []
        self._text: list[str] = []

    def start(self, depth: int, part: str, local: str, attrs: dict[str, str]) -> None:
        """An element begins, in the child ``part`` of the sheet."""
        if part == "conditionalFormatting":
            if depth == 2:
                self._areas = attrs.get("sqref", "")
            elif local == "cfRule" and attrs.get("dxfId") in self._codes:
                self._add(self._areas, self._codes[attrs["dxfId"]])
        elif part == "extLst":
            self._text.clear()
            if "formatCode" in attrs and depth > 6:
                self._waiting.append(attrs["formatCode"][:1000])

    def text(self, content: str) -> None:
        """Characters: an extension tells its areas after its rules."""
        if self._waiting:
            self._text.append(content)

    def end(self, depth: int) -> None:
        """An element ends."""
        if depth == 6 and self._waiting and self._text:
            for code in self._waiting:
                self._add("".join(self._text), code)
            self._text.clear()
        elif depth == 5:
            self._waiting.clear()

    def _add(self, areas: str, code: str) -> None:
        for area in areas.split():
            try:
                merged = merge_of(area) if len(area) <= _LONGEST else WHOLE
            except BadSheetError:  # a whole column or row
                merged = WHOLE
            add_look(self.found, merged, code)


def add_look(found: Looks, area: Merge, code: str) -> None:
    """Adds what a format shows in an area, or on the whole sheet where there are too many."""
    found[(area if len(found) < MOST else WHOLE, code)] = None
