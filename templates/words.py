"""One pair of words: what is said in Chinese and in English, and how numbers look in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, Literal

# The sheets beside the tables, and what stands beside 正文.
SHEETS = ("封面", "填报说明", "正文", "审签", "审核说明")
COVER, GUIDE, NARRATIVE, SIGNING, EXPLANATIONS = SHEETS
RESULTS = "校验结果"  # where the findings are listed
OPTIONS = "台账选项"  # the hidden one of lists that are too long for a cell's own
TAKE = "可以照抄的句子（数字取自各表，随表更新）"
LATER = "各表填好以后，这里有可以用的句子"

_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
# Control characters, marks of direction, halves of characters: they act instead of being shown.
_ACTING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
# What nobody sees in a name, and what acts on a terminal.
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffe\uffff]"
)
_PIECE = 128  # characters that are composed together


def printable(text: str) -> str:
    r"""A text of an input as one line that does nothing: for terminals, logs, JSON, file names.

    >>> printable("甲局\n\x1b[31m√")
    '甲局 \ufffd[31m√'
    """
    return _ACTING.sub("\ufffd", _BREAKS.sub(" ", text))


def composed(text: str, form: Literal["NFC", "NFKC"] = "NFKC") -> str:
    """The text in a normal form of Unicode, in time that grows with its length.

    A piece at a time: marks upon one letter are put in order by comparing each with each.
    """
    pieces = (text[n : n + _PIECE] for n in range(0, len(text), _PIECE))
    return "".join(unicodedata.normalize(form, piece) for piece in pieces)


def printables(value: Any) -> Any:
    """Every text in lists and dictionaries made ``printable``; infinite numbers become None."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {k: printables(v) for k, v in value.items()}
    if isinstance(value, list):
        return [printables(v) for v in value]
    if isinstance(value, float) and not -_LARGEST < value < _LARGEST:
        return None  # no JSON number
    return value


_LARGEST = float("inf")


class Words(str):
    """The same sentence in Chinese and in English: a text that is the Chinese, its English beside.

    >>> at = Words("表三", "table 3")
    >>> Words("{at}相差{n}件", "a difference of {n} in {at}").filled(at=at, n=3).text("en")
    'a difference of 3 in table 3'
    """

    __slots__ = ("en",)
    en: str

    def __new__(cls, zh: str = "", en: str = "") -> Words:
        """A sentence in both languages; ``""`` where there is none."""
        self = super().__new__(cls, zh)
        self.en = en
        return self

    @property
    def zh(self) -> str:
        """The Chinese as a plain text."""
        return str(self)

    def text(self, lang: str = "zh") -> str:
        """The sentence in ``lang`` (``"zh"`` or ``"en"``)."""
        return self.en if lang == "en" else self.zh

    def filled(self, **parts: Any) -> Words:
        """Both sentences with ``{name}`` replaced, by ``Words`` each in its language.

        Numbers are as ``plain`` shows them.
        """
        shown = {k: plain(v) if isinstance(v, float | int) else v for k, v in parts.items()}
        en = {k: v.en if isinstance(v, Words) else v for k, v in shown.items()}
        return Words(self.zh.format(**shown), self.en.format(**en))

    def __add__(self, other: str) -> Words:
        """A plain text is added to both."""
        return Words(self.zh + str(other), self.en + getattr(other, "en", other))

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def __eq__(self, other: object) -> bool:
        same = super().__eq__(other)
        return same and self.en == other.en if isinstance(other, Words) else same

    def __hash__(self) -> int:
        return super().__hash__()

    def __reduce__(self) -> tuple[type[Words], tuple[str, str]]:
        return Words, (self.zh, self.en)


NOTHING = Words()


def listed(names: Iterable[str]) -> Words:
    """Names in a row.

    >>> listed(["表二", "表三"]).en
    '表二, 表三'
    """
    items = list(names)
    return Words("、".join(items), ", ".join(items))


def joined(sentences: Iterable[Words]) -> Words:
    """Sentences one after another, semicolons between them.

    >>> joined([Words("甲", "one"), Words("乙", "two")]).en
    'one; two'
    """
    each = list(sentences)
    return Words("；".join(s.zh for s in each), "; ".join(s.en for s in each))


def wide(text: str) -> int:
    """How wide a text is in a spreadsheet's measure of columns: a Chinese character counts two.

    >>> wide("第3局")
    5
    """
    return sum(1 if ord(letter) < 0x2E80 else 2 for letter in text)


def plain(value: float | str | None) -> float | int | str | None:
    """A whole number without a decimal point, for sentences and JSON; anything else as it is.

    >>> plain(18.0), plain(12.5), plain("18件")
    (18, 12.5, '18件')
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value
