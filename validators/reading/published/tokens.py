"""A published report as lines of tokens: cells of a table, or the pieces of a text's line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ....templates.words import Words, composed, listed
from ...report import Standing
from ..spelling import normal, reading
from .reading_words import WORDS

# Some sites annotate traditional characters with their reading: 發(fā)
_PINYIN = re.compile(r"[（(][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,8}[)）]")
_RULE = re.compile(r"[\s|:\-–—=+]+\Z")
_BREAK = re.compile(r"<br\s*/?>|&nbsp;", re.IGNORECASE)
_PAGE, _NOTES = WORDS.expression("page_number"), WORDS.expression("notes")
_BARS = re.compile(r"[\s|]+\Z")
_PLAIN = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?\Z")
_MONEY = re.compile(r"(\d{1,3}(,\d{3})+|\d+)(\.\d+)?(?:亿|千万|百万|万|千)?元\Z")
_CHANGE = re.compile(r"[增减](?:加|少)?\d+\Z")  # a number in words: its cell is lost, no other
_DRAWN_BARS = str.maketrans("｜│┃║", "||||")
_DRAWN = re.compile(r"\s*\+[-+=:\s]*\+\s*\Z")
_SPACE = " \r\n\u3000\xa0"
_TABS = 4  # tabs of a line that are cells though nothing stands between them
_TAIL = 40  # characters at the end of a label that may be marks of notes
_LONGEST = 4000  # characters of a line that is looked at as cells


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of text. ``label`` is its normal form, ``""`` for a value or a blank cell.

    ``faint``: an empty cell of which only a bar is left, which may as well be padding.
    """

    text: str
    line: int
    label: str
    standing: Standing
    number: float | None
    faint: bool = False

    @property
    def is_value(self) -> bool:
        """Whether it can stand in a number's place: a number, / or -, an empty cell."""
        return self.label == ""

    @property
    def is_blank(self) -> bool:
        """Whether it is an empty cell."""
        return self.standing is Standing.BLANK


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of the source, as text and as tokens.

    ``place`` says where it stands (第12行; 第3页表2第5行). A ``row`` is one of a table: each of
    its tokens is one cell. A line is ``closed`` where bars at both ends say that no cell is lost.
    """

    number: int
    text: str
    tokens: tuple[Token, ...]
    place: str = ""
    row: bool = False
    closed: bool = False

    @property
    def where(self) -> str:
        """The place, in words."""
        return self.place or f"第{self.number}行"


def token(text: str, line: int, faint: bool = False) -> Token:
    """The token for one piece of a published text, where a plain number is a number."""
    text = _PINYIN.sub("", text).strip().strip("*$").strip()
    standing, number = reading(text)
    if standing is Standing.TEXT_NUMBER and _PLAIN.match(normal_number(text)):
        standing = Standing.NUMBER
    plain = normal_number(text)
    word = standing is Standing.TEXT and not (_MONEY.match(plain) or _CHANGE.match(plain))
    unmarked = text[:-_TAIL] + _NOTES.sub("", text[-_TAIL:])
    label = normal(unmarked) or normal(text) if word else ""
    return Token(text, line, label, standing=standing, number=number, faint=faint)


def normal_number(text: str) -> str:
    """Full-width digits made half-width, spaces dropped."""
    return composed(text).replace(" ", "")


def row(cells: Iterable[str], number: int, place: str) -> TextLine:
    """The line for a table's row, of its cells from left to right."""
    texts = [*cells]
    tokens = tuple(token(text, number) for text in texts)
    return TextLine(
        number, " | ".join("".join(text.split()) for text in texts), tokens, place, row=True
    )


def split(text: str, first: int = 1, place: str = "") -> list[TextLine]:
    """The lines of a ``text`` with their tokens, numbered from ``first`` on."""
    lines = []
    is_open = False  # a cell has begun that no bar has ended
    printed = text.translate(_DRAWN_BARS).splitlines()
    edged = not any(map(_lacks_its_edge, printed))
    cut = _of_several_lines(printed)
    for number, raw in enumerate(printed):
        bare = "" if number in cut else _closed(_BREAK.sub(" ", raw))
        if _BARS.match(bare):
            bars = bare.count("|")
            faint = bars - 1 if is_open else bars
            is_open = False
            tokens: Sequence[Token] = [token("", first + number, faint=True)] * faint
        else:
            tokens = _tokens(bare, first + number)
            is_open = bool(bare and not bare.endswith("|")) or (not bare and is_open)
        closed = edged and bare[:1] == bare[-1:] == "|"
        lines.append(TextLine(first + number, raw.strip(), tuple(tokens), place, closed=closed))
    return lines


def _of_several_lines(lines: Sequence[str]) -> set[int]:
    """The lines of rows drawn with characters that go on over several: no number is taken there.

    A number on two lines of its cell is not the one on the first.
    """
    rules = [n for n, line in enumerate(lines) if _DRAWN.match(line)]
    return {n for a, b in pairwise(rules) if b - a > 2 for n in range(a + 1, b)}


def _closed(line: str) -> str:
    """The line without the space around it; empty cells that tabs divide stay cells."""
    bare = line.strip()
    if "\t" not in bare and line.count("\t") < _TABS:
        return bare
    return f"|{line.strip(_SPACE)}|".replace("\t", " | ")


def _lacks_its_edge(line: str) -> bool:
    """Whether a row has a bar at its beginning and none at its end."""
    bare = line.strip()
    return bare[:1] == "|" != bare[-1:] and bare.count("|") > 2


def _tokens(line: str, number: int) -> Sequence[Token]:
    if _PAGE.fullmatch(line):
        return []
    if not line or _RULE.match(line):
        # a line of dashes is nothing; a lone "-" is a placeholder
        return [token(line, number)] if line in ("-", "—", "–") else []
    if len(line) > _LONGEST:
        return [token(line[:_LONGEST], number)]
    if "|" not in line:
        return _several(line, number) or [token(line, number)]
    cells = [c.strip() for c in line.split("|")]
    cells = cells[1:] if not cells[0] else cells
    cells = cells[:-1] if cells and not cells[-1] else cells
    found: list[Token] = []
    for cell in cells:
        found += _several(cell, number) or [token(cell, number)]
    return found


def _several(cell: str, number: int) -> list[Token]:
    """The pieces of a text that holds several values between spaces; none when it does not."""
    pieces = cell.split()
    if len(pieces) < 2:
        return []
    tokens = [token(p, number) for p in pieces]
    return tokens if sum(t.is_value for t in tokens) >= 1 else []


def texts_of(cells: Sequence[Token]) -> Words:
    """What stands in the first cells."""
    zh, en = (listed(c.text or blank for c in cells[:8]) for blank in ("空", "blank"))
    return Words(zh.zh, en.en)
