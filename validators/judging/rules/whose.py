"""Of whom, of what and of which time a sentence of 正文 speaks: a claim is of the whole year."""

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
_FAMILIAR = WORDS.any_of("familiar")
_BODIES = WORDS.piece("body_ends")
_ANY_BODY = WORDS.expression("body")
_MADE = WORDS.expression("documents_made")
_LISTED = WORDS.expression("attributes_listed")
_ASKED = WORDS.expression("asked")
_GOES_ON = WORDS.expression("goes_on")
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
        return _in_order(known[-_KNOWN_BY:], self.unit)


def _in_order(name: str, whole: str) -> bool:
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


def plain(unit: str, clause: str) -> bool:
    """Whether a clause, its number taken out, has only familiar words and the unit's name.

    Of others (涉企, 提前, 对个人) nobody knows whether they name a part: then a number that does
    not fit is no fault.
    """
    rest = _FAMILIAR.sub("", clause)
    return not re.search("[0-9]", rest) and all(
        not run.strip(_BODIES)
        or (len(run) > 1 and _in_order(run, unit))
        or (not unit and _ANY_BODY.fullmatch(run))
        for run in re.findall("[一-鿿]+", rest)
    )


def of_documents(sentence: str, match: re.Match[str], before: str) -> bool:
    """Whether a count is of documents by their attribute; ``before`` leads to the sentence.

    公文 are 主动公开, 依申请公开 or 不予公开 from the day they are made, and so are a report's
    outcomes called: what the sentence is about says which.
    """
    led = sentence[: match.end()]
    if _GOES_ON.match(sentence):
        led = before.rstrip("。").rpartition("。")[2] + led
    issued = max((m.end() for m in _MADE.finditer(led)), default=-1)
    asked = max((m.end() for m in _ASKED.finditer(led)), default=-1)
    return issued > asked or (asked < 0 and bool(_LISTED.search(sentence[: match.start()])))
