"""What can come of a unit, in words, and which units' numbers are added up."""

from __future__ import annotations

from collections import Counter

from ...templates.edition import Edition
from .collection import Collection, State

KINDS = {
    "missing": "未收到", "unfilled": "还没有填写", "unreadable": "读不了",
    "format": "收到了，但格式读不了",
    "other_unit": "是别的单位的文件",
    "other_year": "不是本年度的文件", "structure": "表样被改动", "errors": "有错误",
    "warnings": "待核实", "clean": "相符",
}  # fmt: skip


def edition_of(collection: Collection) -> Edition:
    """The edition of most of the units that are added up."""
    counts = Counter(s.entry.edition for s in collection.counted if s.entry)
    if not counts:
        return collection.forms.to_make(collection.year)
    wanted = max(counts, key=lambda e: (counts[e], e))
    return next(e for e in collection.forms.candidates if e.id == wanted)


def summary(collection: Collection) -> str:
    """How many units are in which state, in one line."""
    counts = Counter(s.kind for s in collection.states)
    parts = [f"{words}{counts[kind]}" for kind, words in KINDS.items() if counts[kind]]
    late = sum(s.late and s.recorded for s in collection.states)
    perhaps = sum(s.late and not s.recorded for s in collection.states)
    return (
        f"名册{len(collection.states)}个单位："
        + "，".join(parts)
        + (f"；迟报{late}" if late else "")
        + (f"；可能迟报{perhaps}" if perhaps else "")
    )


def added(collection: Collection, edition: Edition) -> list[State]:
    """The units whose numbers the sums contain: those on this edition of the form."""
    return [s for s in collection.counted if s.entry and s.entry.edition == edition.id]
