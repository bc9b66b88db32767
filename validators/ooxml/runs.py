"""Runs of a rich text: what is raised is a mark and no digit, what is struck through is gone."""

from __future__ import annotations

from collections.abc import Mapping

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def raised(text: str) -> str:
    """A text that its file shows raised or lowered, its digits as what they look like.

    >>> "20" + raised("2")
    '20²'
    """
    return text.translate(_RAISED)


class Run:
    """How the run that is being read is shown; told by the elements of its properties."""

    __slots__ = ("_raised", "_struck")

    def __init__(self) -> None:
        self._raised = self._struck = False

    def begin(self) -> None:
        """A run, or a text of its own, begins: as it is."""
        self._raised = self._struck = False

    def start(self, local: str, attrs: Mapping[str, str]) -> None:
        """An element within a rich text."""
        if local == "r":
            self.begin()
        elif local == "vertAlign":
            self._raised = attrs.get("val") in ("superscript", "subscript")
        elif local == "strike":
            self._struck = attrs.get("val", "1") not in ("0", "false", "off")

    def shown(self, text: str) -> str:
        """The text as a reader sees it."""
        if self._struck:
            return ""
        return raised(text) if self._raised else text
