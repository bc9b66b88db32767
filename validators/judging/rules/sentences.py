"""正文 as sentences, where they stand, and the counts of the tables that they state."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from ....templates.a1 import Place
from ....templates.form import Claim, split
from ....templates.words import NARRATIVE
from ...report import Report
from ..sources import Number, Source
from .narrative_words import WORDS
from .whose import Whose, of_documents, plain

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SPACE = re.compile(r"[\s\u3000\xa0]+")
MOST = 20_000  # characters of a section that are looked at
LONGEST = 700  # characters of a sentence
_BEFORE = 1000  # and of a paragraph before it
ROUNDING = 0.51  # of the last digit that is said
_STATEMENTS = 1000  # places of a narrative, at most, that may state a count
_ENOUGH = 12  # characters by which a paragraph is known
_WIDE = 25  # characters of a line that may be full
_ITEM = WORDS.expression("item")
_SHOWN = 40  # characters of a sentence that a finding repeats
_STATES = WORDS.expression("states")
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_QUOTES = re.compile('[“”‘’"「」『』]')
_CLAUSE = WORDS.expression("clause")
_SUBJECT = WORDS.expression("subject")
_TOPIC = WORDS.expression("topic")
_SCOPE = WORDS.expression("scope")
_NUMBERS = WORDS.expression("number_said")
_OF_WHICH = WORDS.expression("of_which")


@dataclass(frozen=True)
class Statement:
    """One count that the narrative states: of what, how many, in which words.

    ``part``: after 其中, where it may be of a part of the claim only.
    """

    claim: Claim
    number: float
    words: str
    part: bool = False


@lru_cache(maxsize=512)
def paragraphs(text: str) -> tuple[str, ...]:
    """A section's paragraphs without spaces, punctuation half-width but for 。 and 、."""
    found: list[str] = []
    for line in text[:MOST].translate(_WIDTH).splitlines():
        bare = _SPACE.sub("", line)
        if bare and found and _broken(found[-1], bare):
            found[-1] += bare
        elif bare:
            found.append(bare)
    return tuple(found)


def _broken(line: str, following: str) -> bool:
    """Whether a line was broken for the page's width: it is long and ends amid a sentence."""
    if line.endswith((",", "、")):
        return True
    amid = len(line) >= _WIDE and (line[-1].isalnum() or line[-1] in "“”《》%")
    return amid and not _ITEM.match(following)


def spot(report: Report, words: str = "", title: str = "") -> Place:
    """The paragraph that holds ``words``, in the section ``title`` where one is named.

    The section's first cell where the words are not found, the sheet alone where nothing says.
    """
    wanted = "".join(paragraphs(words))[:_ENOUGH]
    within = [rows for t, rows in report.rows.items() if title in ("", t)]
    for rows in within:
        for place, text in rows:
            if wanted and wanted in "".join(paragraphs(text)):
                return place
    first = next((rows[0][0] for rows in within if rows), None) if title else None
    return first or Place(NARRATIVE)


def sentences(paragraph: str) -> Iterator[tuple[str, str]]:
    """Every sentence of a paragraph with what stands before it there."""
    at = 0
    for match in re.finditer(r"[^。!?]+[。!?]?", paragraph):
        yield match[0][:LONGEST], paragraph[max(0, at - _BEFORE) : at]
        at = match.end()


def stated(report: Report) -> tuple[Statement, ...]:
    """Every count of the tables that the narrative states; none for a number that is rounded."""
    return _stated(Whose(report.edition, report.unit, report.year), report.narrative)


@lru_cache(maxsize=64)
def _stated(whose: Whose, narrative: tuple[tuple[str, str], ...]) -> tuple[Statement, ...]:
    found: dict[tuple[str, float, str, bool], Statement] = {}
    for statement in islice(_every(whose, narrative), _STATEMENTS):
        if statement is not None:
            found.setdefault(
                (statement.claim.quantity, statement.number, statement.claim.key, statement.part),
                statement,
            )
    return (*found.values(),)


def _every(whose: Whose, narrative: tuple[tuple[str, str], ...]) -> Iterator[Statement | None]:
    """What every place states, None where the words mean something else."""
    for title, text in narrative:
        for paragraph in paragraphs(text):
            for sentence, before in sentences(paragraph):
                if _STATES.search(sentence):
                    yield from _in(whose, _QUOTES.sub("", sentence), title + before)


def _in(whose: Whose, sentence: str, before: str) -> Iterator[Statement | None]:
    for claim in whose.edition.claims.values():
        for pattern in claim.stating:
            for match in pattern.finditer(sentence):
                number = counted(match["n"])
                if number is None or not _holds(
                    whose, claim, sentence=sentence, match=match, before=before
                ):
                    yield None
                    continue
                before_it = sentence[: match.start()].rpartition(";")[2]
                part = not claim.within and bool(_OF_WHICH.search(before_it))
                part = part or (claim.whole and not _of_the_whole(whose, sentence, match))
                yield Statement(claim, number, _shown(sentence, match), part)
        for pattern in claim.denying:
            none = pattern.search(sentence)
            if none is not None and _holds(
                whose, claim, sentence=sentence, match=none, before=before
            ):
                part = claim.whole and not _of_the_whole(whose, sentence, none)
                yield Statement(claim, 0.0, _shown(sentence, none), part)


def _of_the_whole(whose: Whose, sentence: str, match: re.Match[str]) -> bool:
    """Whether all that leads to a number tells of the whole: 企业申请中 before does not."""
    part = sentence[: match.start()].rpartition(";")[2]
    scopes, led = _SCOPE.findall(part), _led(sentence, match)
    if not _SUBJECT.search(led):  # of what the first number of the sentence is, it may be as well
        *before, _ = part.split(",")
        first = next((clause for clause in before if _TOPIC.search(clause)), "")
        scopes.append(_NUMBERS.sub("", first))
    return all(plain(whose.unit, words) for words in (*scopes, led))


def _led(sentence: str, match: re.Match[str]) -> str:
    """What leads to the number, within the clause, and the words that state it."""
    before = _CLAUSE.split(sentence[: match.start()])
    compared = len(before) > 1 and before[-2].endswith("相比")
    return ("相比" if compared else "") + before[-1] + _NUMBERS.sub("", match[0])


def _holds(whose: Whose, claim: Claim, sentence: str, match: re.Match[str], before: str) -> bool:
    """Whether the words mean this claim, of this report's unit and year."""
    up_to = sentence[: match.end()]
    clause = re.split(r"[,;]", sentence[: match.start()])[-1] + match[0]
    if not claim.meant(before + up_to, clause):
        return False
    cases = whose.edition.roles.cases
    of_cases = cases is not None and any(f.startswith(f"{cases.table}.") for f in claim.fields)
    if of_cases and of_documents(sentence, match, before):
        return False
    return whose.meant(sentence, match)


def _shown(sentence: str, match: re.Match[str]) -> str:
    """The words that state it, with what leads to them in the same clause."""
    start = max((sentence.rfind(c, 0, match.start()) for c in ",;。"), default=-1) + 1
    words = sentence[start : match.end()]
    return words if len(words) <= _SHOWN else "…" + words[-_SHOWN:]


def counted(text: str) -> Number:
    """The number that digits or Chinese numerals say; None for what is none.

    >>> counted("3,119"), counted("二十三"), counted("一百零五"), counted("二〇二三")
    (3119.0, 23.0, 105.0, 2023.0)
    """
    if text[0].isascii():
        try:
            return float(text.replace(",", ""))
        except ValueError:
            return None
    if all(c in _DIGITS for c in text):
        return float("".join(str(_DIGITS[c]) for c in text))
    total = section = digit = 0
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c == "万":
            total, section, digit = (section + digit) * 10_000, 0, 0
        else:
            section, digit = section + (digit or 1) * _TENS[c], 0
    return float(total + section + digit)


def numbers_of(
    report: Report, claim: Claim, ledgers: Mapping[str, Source]
) -> tuple[Number, tuple[Number, ...]]:
    """What the tables have for a claim: its own sum, and the others that its words may mean.

    Of a claim about a ledger it is the count of one of ``ledgers``, None where that is not there.
    """
    if claim.equals:
        source, key = split(claim.equals)
        return (ledgers[source].number(key) if source in ledgers else None), ()
    known: Mapping[str, Number] = report.numbers
    own, *others = (_sum(known, terms) for terms in (claim.fields, *claim.others))
    return own, tuple(others)


def _sum(known: Mapping[str, Number], terms: tuple[str, ...]) -> Number:
    total = 0.0
    for term in terms:
        number = known.get(term.removeprefix("-"))
        if number is None:
            return None
        total += -number if term.startswith("-") else number
    return round(total, 6)


def least(report: Report, terms: tuple[str, ...]) -> float | None:
    """What a sum is at least, where some of its cells are empty; None where it takes away.

    A total that is empty is at least what its parts come to that are filled.
    """
    found = 0.0
    for term in terms:
        if term.startswith("-"):
            return None
        number = report.numbers.get(term)
        if number is not None:
            found += number
        elif term in report.edition.totals:
            found += least(report, report.edition.totals[term]) or 0.0
    return found
