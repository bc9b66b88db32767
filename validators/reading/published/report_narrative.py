"""The words around the tables: title, unit, year, the period, the six sections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ....templates.a1 import Place
from ....templates.edition import Edition
from ....templates.words import NARRATIVE, Words
from ...report import Remark, RemarkKind
from ..spelling import folded, normal
from .reading_words import WORDS
from .row_labels import of_form
from .tokens import TextLine

_HEAD_LINES = 80  # where title and introduction stand
_LONGEST = 60  # characters of a title
_TITLE, _YEAR_LAST = WORDS.expression("title"), WORDS.expression("title_year_last")
_LABEL = WORDS.expression("title_label")
_CHINESE = WORDS.expression("year_in_characters")
_DIGITS = str.maketrans("〇零○OＯ一二三四五六七八九", "00000123456789")
_PROSE, _UNIT = WORDS.expression("prose"), WORDS.expression("unit")
_PERIOD = WORDS.expression("period")
_COUNTED, _PARTED = WORDS.expression("counted"), WORDS.expression("parted")
_ASIDE = re.compile(r"[（(][^（()）]*[)）]")
_IN_YEAR = re.compile(r"20[0-9]{2}年")
_EDGES = "#*关于《》 年度“”\"'"


def title(lines: Sequence[TextLine]) -> tuple[str, int | None]:
    """Unit and report year: of the title, else the year of the period that is reported.

    ``""`` and None where neither tells. A sentence is no title: it names whom it likes.
    """
    heads = [_plain(line.text) for line in lines[:_HEAD_LINES] if line.text.strip()]
    periods = [int(m["year"]) for text in heads if (m := _PERIOD.search(text))]
    titles = [*_titles(heads)]
    # a page may list the reports of other years before its own
    own = [t for t in titles if t[1] in periods[:1]] or titles
    if own:  # a title may stand twice, the unit between the two
        return next((t for t in own if t[0] and t[1] == own[0][1]), own[0])
    return "", periods[0] if periods else None


def _titles(heads: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Unit and year of everything that is worded as a title, over up to three lines."""
    for n in range(len(heads)):
        for count in range(3):
            joined = _LABEL.sub("", "".join(heads[max(0, n - count) : n + 1]).lstrip("#*《“"))
            match = _TITLE.match(joined) or _YEAR_LAST.match(joined)
            if match and len(joined) <= _LONGEST and not _PROSE.search(joined):
                unit = match["before"] or match.groupdict().get("after") or ""
                above = heads[n - count - 1] if n > count else ""
                yield unit.strip(_EDGES) or _unit_of(above), int(match["year"])
                break


def _plain(text: str) -> str:
    bare = re.sub(r"[\s|]", "", folded(text)).replace("(", "（").replace(")", "）")
    return _CHINESE.sub(lambda m: m[0].translate(_DIGITS).replace("二", "2"), bare)


def _unit_of(text: str) -> str:
    """A line above the title that is nothing but a unit's name."""
    bare = _ASIDE.sub("", text).strip(_EDGES)
    return bare if _UNIT.fullmatch(bare) else ""


@dataclass(frozen=True)
class NarrativeText:
    """The words of a report: what stands before the sections, their titles, their texts."""

    introduction: str
    headings: tuple[str, ...]
    texts: tuple[tuple[str, str], ...]
    remarks: tuple[Remark, ...]


def sections(
    edition: Edition, lines: Sequence[TextLine], tables: Sequence[tuple[int, int]]
) -> NarrativeText:
    """The text under each section's heading, without the tables (first line, last line)."""
    heads = {normal(s.title): s.title for s in edition.sections}
    rows = of_form(edition) - set(heads)
    before: list[str] = []
    texts: dict[str, list[str]] = {}
    printed: dict[str, str] = {}
    current = ""
    for line in lines:
        if any(first <= line.number <= last for first, last in tables):
            continue
        head, rest = ("", "") if normal(line.text[:400]) in rows else heading(line.text, heads)
        if head:
            current = head
            texts.setdefault(current, [])
            printed[head] = line.text.strip(" #*|")
        else:
            rest = line.text
        if rest.strip(" |#*-—"):
            (texts[current] if current else before).append(rest.strip(" |"))
    under = [(s.title, "\n".join(texts[s.title])) for s in edition.sections if texts.get(s.title)]
    remarks = tuple(
        _otherwise(p, title)
        for title, p in printed.items()
        if not normal(p).startswith(normal(title))
    )
    return NarrativeText("\n".join(before[:_HEAD_LINES]), tuple(texts), tuple(under), remarks)


def _otherwise(printed: str, title: str) -> Remark:
    words = Words(
        f"标题写作“{printed[:40]}”，格式上是“{title}”。请按格式的写法改正。",
        f"The title reads {printed[:40]!r}, the form says {title!r}.",
    )
    return Remark(RemarkKind.HEADING, words, Place(NARRATIVE))


def heading(text: str, heads: dict[str, str]) -> tuple[str, str]:
    """The section a line is the heading of, and what follows the heading on the same line.

    Its number and enough of its words agree, or it is the title without a number.
    """
    plain = normal(text[:400].lstrip("#* "))
    for head, printed in heads.items():
        if plain.startswith(head):
            return printed, _after(text, head) if plain != head else ""
    if len(plain) > 30:
        return "", ""
    for head, printed in heads.items():
        if _COUNTED.sub("", plain) == head[1:]:
            return printed, ""
        numbered = plain[:1] == head[0]
        parted = plain[1:2] == head[1] or _PARTED.match(folded(text).lstrip("#* "))
        if numbered and parted and not re.search("[0-9]", _IN_YEAR.sub("", plain)):
            common = len(set(plain[1:]) & set(head[1:]))
            if common * 2 >= min(len(set(plain[1:])), len(set(head[1:]))):
                return printed, ""
    return "", ""


def _after(text: str, head: str) -> str:
    """What follows a heading whose normal form is ``head``."""
    for end in range(len(head), min(len(text), 2 * len(head) + 20)):
        if normal(text[:end].lstrip("#* ")) == head:
            return text[end:].lstrip(" 　。:：|*")
    return text
