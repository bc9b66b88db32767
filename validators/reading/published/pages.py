"""The pages of a PDF put together: what runs on every page left out, texts and rows made whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...ooxml.runs import raised
from .columns import NUMBERED
from .grid_tables import Part
from .labels import known

_SMALL = 0.8  # of the size of the digits before, from which on a digit is a note's
_SHORTEST = 22  # characters of a line that may have been broken
_FULL = 0.8  # a line of so much of the usual width was broken, not ended
_EDGE = 3  # lines at the top and at the bottom of a page that may run on every page
_HEADS = 4  # rows of heads that a table may repeat on the next page
_PAGE_NUMBER = re.compile(r"[\s—–\-－第页共/\d]{1,12}")
_BEGINS = re.compile(r"\s*(?:[一二三四五六七八九十]{1,2}、|[（(][一二三四五六七八九十]{1,2}[）)])")
_NUMBER = re.compile(r"[-+]?[0-9０-９][0-9０-９,. ]*件?|件")


@dataclass(frozen=True)
class Item:
    """A line of text or a row of a table on a page; ``apart``: a line of several cells."""

    place: str
    content: str | list[str]
    top: float
    apart: bool = False


def parts(pages: Sequence[Sequence[Item]]) -> Iterator[Part]:
    """What the pages hold, one after another, as if they were one."""
    items = [item for page in _without_running(pages) for item in page]
    return _joined([*_paragraphs(items)])


def mark_raised(chars: Sequence[dict[str, Any]]) -> None:
    """Small digits that follow a number at once are a note's: they become ² and its kind."""
    base: dict[str, Any] | None = None
    end = 0.0
    for char in chars:
        text, near = char["text"], False
        if base is not None and text.isdecimal() and char["size"] <= _SMALL * base["size"]:
            beside = abs(char["x0"] - end) < base["size"] / 2
            near = beside and char["top"] < base["bottom"] and char["bottom"] > base["top"]
        if near:
            char["text"] = raised(text)
        else:
            base = char if text.isdecimal() else None
        end = char["x1"]


def _without_running(pages: Sequence[Sequence[Item]]) -> Iterator[list[Item]]:
    """The pages without the lines that stand on several at the same height, but for their digits.

    What stands above the first page's text stays: it may be the only title.
    """
    every = [{n: _running(page[n]) for n in _edges(page)} for page in pages]
    count = Counter(key for keys in every for key in set(keys.values()) if key is not None)
    for number, (page, keys) in enumerate(zip(pages, every, strict=True)):
        gone = {n for n, key in keys.items() if key is not None and count[key] > 1}
        if number == 0:
            gone = {n for n in gone if n >= _EDGE}
        yield [item for n, item in enumerate(page) if n not in gone]


def _edges(page: Sequence[Item]) -> Iterator[int]:
    """The lines of text from the top and from the bottom of a page up to its first table."""
    for order in (range(len(page)), range(len(page) - 1, -1, -1)):
        for n in order[:_EDGE]:
            if not isinstance(page[n].content, str):
                break
            yield n


def _running(item: Item) -> tuple[str, int] | None:
    if not isinstance(item.content, str):
        return None
    return re.sub(r"[0-9]+", "0", "".join(item.content.split())), round(item.top)


def _paragraphs(items: Sequence[Item]) -> Iterator[Part]:
    """The lines of a text joined where they were broken for the page's width; no page numbers."""
    widths = sorted(len(i.content) for i in items if isinstance(i.content, str) and not i.apart)
    full = max(_SHORTEST, _FULL * widths[9 * len(widths) // 10]) if widths else 0
    open_: tuple[str, str] | None = None
    for item in items:
        content, text = item.content, isinstance(item.content, str)
        if isinstance(content, str) and _PAGE_NUMBER.fullmatch(content) and not item.apart:
            continue
        if open_ is not None and isinstance(content, str) and not _stands_alone(item):
            open_ = open_[0], open_[1] + content
        else:
            if open_ is not None:
                yield open_
            open_ = (item.place, content) if isinstance(content, str) else None
            if not isinstance(content, str):
                yield item.place, content
        ended = not text or item.apart or len(content) < full or content[-1:] in ("。", "：", ":")
        if open_ is not None and ended:
            yield open_
            open_ = None
    if open_ is not None:
        yield open_


def _stands_alone(item: Item) -> bool:
    return item.apart or _BEGINS.match(str(item.content)) is not None


def _joined(parts: Sequence[Part]) -> Iterator[Part]:
    """The rows of tables, those that a page's end cut in two put together again.

    The lower part may stand below the table's heads, which are printed on every page.
    """
    held = [*parts]
    for n, (place, content) in enumerate(held):
        if not isinstance(content, list) or n == 0:
            continue
        above, top = held[n - 1]
        if not isinstance(top, list) or _page_of(above) == _page_of(place):
            continue
        heads = 0
        while heads < _HEADS and n + heads < len(held) and _seen(held, n, n + heads):
            heads += 1
        if n + heads < len(held):
            below = held[n + heads][1]
            whole = _whole(top, below) if isinstance(below, list) else None
            if whole is not None:
                held[n - 1] = above, whole
                held[n + heads] = place, []
    return (part for part in held if part[1] != [])


def _seen(held: Sequence[Part], start: int, at: int) -> bool:
    """Whether the row is one of the heads that a table before ``start`` began with."""
    content = held[at][1]
    return (
        isinstance(content, list)
        and not any(map(_NUMBER.fullmatch, content))
        and any(content == earlier for _, earlier in held[:start])
    )


def _page_of(place: str) -> str:
    return place.partition("页")[0]


def _whole(above: list[str], below: list[str]) -> list[str] | None:
    """The row whose upper and lower part these are; None where they are two rows.

    Compared from the right: what a merged cell leaves at the left differs from page to page. A
    numbered label goes on without a number; a head is one only as a whole. Where digits stand
    in both parts of a cell, nobody can tell whether they are one number: both are kept.
    """
    count = min(len(above), len(below))
    pairs = [(a.strip(), b.strip()) for a, b in zip(above[-count:], below[-count:], strict=True)]
    twice = [(a, b) for a, b in pairs if a and b]
    numbers = [p for p in twice if any(map(_NUMBER.fullmatch, p))]
    labels = [p for p in twice if p not in numbers]
    if not twice or any(not _NUMBER.fullmatch(t) for p in numbers for t in p):
        return None
    if labels and not numbers and not any(_NUMBER.fullmatch(b) for _, b in pairs):
        whole = all(known(a + b) and not (known(a) and known(b)) for a, b in labels)
        if len(labels) > 1 and whole:
            return [*above[:-count], *(a + b for a, b in pairs)]
    if labels:
        top, rest = labels[-1]
        if not NUMBERED.match(top) or NUMBERED.match(rest) or (numbers and not known(top + rest)):
            return None
    elif any(below[: len(below) - count]):
        return None
    apart = [(a, b) for a, b in numbers if b != "件"]
    return [*above[:-count], *(f"{a}\n{b}" if (a, b) in apart else a + b for a, b in pairs)]
