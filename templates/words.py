"""One pair of words: what is said in Chinese and in English, and how numbers look in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Words:
    """The same sentence in Chinese and in English.

    >>> Words("相差{n}件", "a difference of {n}").filled(n=3).text("en")
    'a difference of 3'
    """

    zh: str = ""
    en: str = ""

    def text(self, lang: str = "zh") -> str:
        """The sentence in ``lang`` (``"zh"`` or ``"en"``)."""
        return self.en if lang == "en" else self.zh

    def filled(self, **parts: Any) -> Words:
        """Both sentences with ``{name}`` replaced; numbers as ``plain`` shows them."""
        shown = {k: plain(v) if isinstance(v, float | int) else v for k, v in parts.items()}
        return Words(self.zh.format(**shown), self.en.format(**shown))

    def __add__(self, other: Words) -> Words:
        return Words(self.zh + other.zh, self.en + other.en)

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


NOTHING = Words()


def plain(value: float | str | None) -> float | int | str | None:
    """A whole number without a decimal point, for sentences and JSON; anything else as it is.

    >>> plain(18.0), plain(12.5), plain("18件")
    (18, 12.5, '18件')
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value
