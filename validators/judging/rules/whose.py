"""Of whom and of which time a sentence of 正文 speaks: a claim is of the unit's whole year."""

from __future__ import annotations

import re
from typing import NamedTuple

from ....templates.edition import Edition
from .narrative_words import WORDS

_YEAR = WORDS.expression("year")
_ASIDE = WORDS.expression("aside")
_COMPARED = WORDS.expression("compared")
_PART = WORDS.expression("part_of_unit")
_OF_WHOM = 24  # characters before a number in which it is said whose it is
_SPAN = WORDS.expression("span")
_YEARLY = WORDS.expression("yearly")
_WHOLE = WORDS.expression("whole_unit")
_OWN = WORDS.expression("own")
_BODY = WORDS.expression("acting_body")
_REGION = WORDS.expression("region")
_KNOWN_BY = 4  # characters by which a body named in short is known: 区住建局


class Whose(NamedTuple):
    """Whose narrative it is, of which year, on which form."""

    edition: Edition
    unit: str
    year: int | None

    def meant(self, sentence: str, match: re.Match[str]) -> bool:
        """Whether the words speak of this unit and of the whole of its year."""
        before = sentence[: match.start()]
        return (
            self._in_year(before, match[0])
            and not _of_a_span(before, match[0])
            and self._of_unit(before)
        )

    def _in_year(self, before: str, words: str) -> bool:
        if self.year is None:
            return True
        earlier = _YEAR.findall(_COMPARED.sub("", _ASIDE.sub("", before)))
        if earlier and int(earlier[-1]) != self.year:
            return False
        return all(int(y) == self.year + 1 for y in _YEAR.findall(words))

    def _of_unit(self, before: str) -> bool:
        near = before[-_OF_WHOM:]
        part = _PART.search(near)
        if part is not None and not (self.unit and part[0][-3:] in self.unit):
            return bool(_WHOLE.search(near, part.end()))
        if not self.unit:
            return True
        bodies = list(_BODY.finditer(before + "0"))
        if not bodies:
            return True
        last = bodies[-1]
        if _OWN.search(before, last.start("ends") - 1):
            return True
        return self._is_unit(last["name"], last["ends"])

    def _is_unit(self, name: str, ends: str) -> bool:
        """Whether a body named in short is the unit: its characters stand there in order."""
        known = name + ends
        if ends == "政府":
            region = re.sub("(?:人民)$", "", name)[-2:]
            whole = re.sub("(?:人民)?政府(?:办公[室厅])?$", "", self.unit)
            return bool(_REGION.search(whole)) and (not region or region[-1] == whole[-1])
        return in_order(known[-_KNOWN_BY:], self.unit)


def in_order(name: str, whole: str) -> bool:
    """Whether the characters of a short name stand in the whole one, in order."""
    rest = iter(whole)
    return all(c in rest for c in name)


def _of_a_span(before: str, words: str) -> bool:
    """Whether the last time named is a part of the year, or several years."""
    spans = [m.end() for m in _SPAN.finditer(before)]
    if _SPAN.search(words):
        return True
    yearly = max((m.end() for m in _YEARLY.finditer(before)), default=-1)
    years = max((m.end() for m in _YEAR.finditer(before)), default=-1)
    return bool(spans) and spans[-1] > max(yearly, years)


__all__ = ["Whose", "in_order"]
