"""What can come of a unit, in words, and which units' numbers are added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ...templates.edition import Edition
from ...templates.words import Words
from .collection import Collection, State
from .memory import Entry

KINDS: Mapping[str, Words] = {
    "missing": Words("未收到", "missing"),
    "unfilled": Words("还没有填写", "not filled in"),
    "unreadable": Words("读不了", "unreadable"),
    "format": Words("收到了，但格式读不了", "received in a format that is not read"),
    "other_unit": Words("是别的单位的文件", "another unit's file"),
    "other_year": Words("不是本年度的文件", "another year's file"),
    "structure": Words("表样被改动", "form changed"),
    "errors": Words("有错误", "with errors"),
    "warnings": Words("待核实", "to be verified"),
    "clean": Words("相符", "right"),
}


def edition_of(collection: Collection) -> Edition:
    """The edition of most of the units that are added up."""
    counts = Counter(s.entry.edition for s in collection.counted if s.entry)
    if not counts:
        return collection.forms.to_make(collection.year)
    wanted = max(counts, key=lambda e: (counts[e], e))
    return next(e for e in collection.forms.candidates if e.id == wanted)


def summary(collection: Collection) -> Words:
    """How many units are in which state, in one line."""
    states = collection.states
    counts = Counter(s.kind for s in states)
    counted = [(words, counts[kind]) for kind, words in KINDS.items() if counts[kind]]
    sentence = Words(
        f"名册{len(states)}个单位：" + "，".join(f"{w.zh}{n}" for w, n in counted),
        f"{len(states)} units on the roster: " + ", ".join(f"{n} {w.en}" for w, n in counted),
    )
    late, perhaps = late_of(collection)
    for zh, en, count in (
        ("单位名称与名册不同", "named otherwise", sum(s.near for s in states)),
        ("迟报", "late", late),
        ("可能迟报", "maybe late", perhaps),
    ):
        if count:
            sentence += Words(f"；{zh}{count}", f"; {count} {en}")
    return sentence


def late_of(collection: Collection) -> tuple[int, int]:
    """How many units were late, and how many may have been."""
    recorded = [s.recorded for s in collection.states if s.late]
    return sum(recorded), len(recorded) - sum(recorded)


def standing_apart(stranger: Entry) -> tuple[Words, Words]:
    """What a file is that belongs to no unit of the roster, and what more is known of it."""
    if stranger.error:
        return KINDS["unreadable"], Words(stranger.error, stranger.error_en or stranger.error)
    unit = Words(f"单位名称：{stranger.unit}", f"unit: {stranger.unit}")
    return Words("名册上没有", "not on the roster"), unit


def added(collection: Collection, edition: Edition) -> list[State]:
    """The units whose numbers the sums contain: those on this edition of the form."""
    return [s for s in collection.counted if s.entry and s.entry.edition == edition.id]
