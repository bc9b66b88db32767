"""The marks of cells that a repair changed: a note that tells the number that stood there."""

from __future__ import annotations

from collections.abc import Iterable

from ...templates.words import plain
from ..finding import Change, Severity
from .marks import Mark


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
