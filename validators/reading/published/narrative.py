"""The words around the tables: title, unit, year, the six sections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ....templates.edition import Edition
from ..spelling import normal
from .tokens import Line

_TITLE = re.compile(
    r"^(?P<before>[^0-9]{0,40}?)(?P<year>20\d\d)年?(?:度)?(?P<after>.{0,40}?)政府信息公开(?:工作)?年?度?(?:工作)?报告"
)
_NUMBERING = re.compile(r"^[一二三四五六七]")


def title(lines: Sequence[Line]) -> tuple[str, int | None]:
    """Unit and report year as the title says them, ``""`` and None when there is no title."""
    for line in lines[:60]:
        match = _TITLE.match(line.text.replace(" ", "").lstrip("#*《"))
        if match:
            unit = (match["before"] or match["after"]).strip("#*关于《 年度")
            return unit, int(match["year"])
    return "", None


def sections(
    edition: Edition, lines: Sequence[Line], tables: Sequence[tuple[int, int]]
) -> Iterator[tuple[str, str]]:
    """The text under each section's heading, without the tables (first line, last line)."""
    heads = {normal(s.title): s.title for s in edition.sections}
    current = ""
    texts: dict[str, list[str]] = {}
    for line in lines:
        if any(first <= line.number <= last for first, last in tables):
            continue
        head = _heading(line.text, heads)
        if head:
            current = head
        elif current and line.text.strip(" |#*-—"):
            texts.setdefault(current, []).append(line.text.strip(" |"))
    for section in edition.sections:
        if texts.get(section.title):
            yield section.title, "\n".join(texts[section.title])


def _heading(text: str, heads: dict[str, str]) -> str:
    """The section a line is the heading of: its number and enough of its words agree."""
    plain = normal(text.lstrip("#* "))
    if not _NUMBERING.match(plain) or len(plain) > 30:
        return ""
    for head, printed in heads.items():
        if plain[0] == head[0]:
            common = len(set(plain[1:]) & set(head[1:]))
            if common * 2 >= min(len(set(plain[1:])), len(set(head[1:]))):
                return printed
    return ""
