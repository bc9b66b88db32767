"""The pages of a PDF put together: lines broken and rows cut by a page's end are whole again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from ...ooxml.runs import raised
from .document_lines import Part
from .reading_words import WORDS
from .row_labels import known

_SMALL = 0.8  # of the size of the digits before, from which on a digit is a note's
_SHORTEST = 22  # characters of a line that may have been broken
_FULL = 0.8  # a line of so much of the usual width was broken, not ended
_PAGE_NUMBER = WORDS.expression("page_number_of_pdf")
_BEGINS = WORDS.expression("begins_a_paragraph")
_TAIL = 200  # characters of a line that may be cells at its end
_CELLS = re.compile(r"(?:\s[0-9.,/—–-]+){2,}\s*\Z")
_NUMBER = re.compile(r"[0-9][0-9,.]*件?")


def parts_of(pages: Sequence[Sequence[Part]]) -> Iterator[Part]:
    """What the pages hold, one after another, as if they were one."""
    return _rows_joined([*_lines_joined([part for page in pages for part in page])])


def mark_raised(chars: Sequence[dict[str, Any]]) -> None:
    """Small digits that follow a number at once are a note's: they become ² and its kind."""
    base: dict[str, Any] | None = None
    end = 0.0
    for char in chars:
        is_digit = char["text"].isdecimal()
        small = base is not None and is_digit and char["size"] <= _SMALL * base["size"]
        if base is not None and small and abs(char["x0"] - end) < base["size"] / 2:
            char["text"] = raised(char["text"])
        else:
            base = char if is_digit else None
        end = char["x1"]


def _lines_joined(parts: Sequence[Part]) -> Iterator[Part]:
    """The lines of a text joined where they were broken for the page's width; no page numbers."""
    widths = [len(text) for _, text in parts if isinstance(text, str) and len(text) >= _SHORTEST]
    full = max(_SHORTEST, _FULL * median(widths)) if widths else 0
    broken: tuple[str, str] | None = None  # a text that may go on on the next line
    for place, content in parts:
        if isinstance(content, list):
            yield from [broken] if broken else []
            broken = None
            yield place, content
            continue
        if _PAGE_NUMBER.fullmatch(content):
            continue
        text = content
        if broken is not None and (_ends_in_cells(text) or _BEGINS.match(text)):
            yield broken
        elif broken is not None:
            place, text = broken[0], broken[1] + text
        ended = len(content) < full or content[-1:] in ("。", "：", ":") or _ends_in_cells(content)
        broken = None if ended else (place, text)
        if ended:
            yield place, text
    yield from [broken] if broken else []


def _ends_in_cells(text: str) -> bool:
    """Whether several numbers stand at a line's end, as in a table's row."""
    return _CELLS.search(text[-_TAIL:]) is not None


def _rows_joined(parts: Sequence[Part]) -> Iterator[Part]:
    """The rows of tables, those that a page's end cut in two put together again."""
    above: Part | None = None
    for place, content in parts:
        if above is not None and isinstance(content, list) and isinstance(above[1], list):
            cut = above[0].partition("页")[0] != place.partition("页")[0]
            if cut and (whole := _whole(above[1], content)) is not None:
                above = above[0], whole
                continue
        if above is not None:
            yield above
        above = place, content
    if above is not None:
        yield above


def _whole(above: list[str], below: list[str]) -> list[str] | None:
    """The row whose upper and lower part these are; None where they are two rows.

    Compared from the right: what a merged cell leaves at the left differs from page to page. They
    are one where every label of both is one of the form's and the lower part's alone is none, or
    where no label stands in the lower part. Digits of both in one cell stay on two lines: whether
    they are one number nobody can tell.
    """
    count = min(len(above), len(below))
    pairs = [(a.strip(), b.strip()) for a, b in zip(above[-count:], below[-count:], strict=True)]
    numbers = [(a, b) for a, b in pairs if _NUMBER.fullmatch(a) and _NUMBER.fullmatch(b)]
    labels = [(a, b) for a, b in pairs if a and b and (a, b) not in numbers]
    if labels and not all(known(a + b) and not known(b) for a, b in labels):
        return None
    if not labels and (not numbers or "".join(below[: len(below) - count + 1]).strip()):
        return None
    pieces = (f"{a}\n{b}" if (a, b) in numbers else a + b for a, b in pairs)
    return [*above[:-count], *pieces]
