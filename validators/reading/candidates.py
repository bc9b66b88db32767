"""Which of several rows or columns is the report's: what stands beside them says it, or nothing.

None is ever taken for being the first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ...templates.a1 import column_name
from ...templates.words import Words
from ..ooxml.cells import Content
from .heads import in_digits
from .sheet_words import WORDS
from .spelling import folded, normal

_YEAR = WORDS.expression("year_beside")
_OTHER = WORDS.expression("of_other_years")
_NONE = WORDS.expression("no_numbers")
_THIS = WORDS.expression("of_this_year")
_WHOLE = WORDS.expression("of_all")
_ORDINAL = re.compile(r"[(（]?([0-9]{1,2})[)）]?")
_FEWEST = 5  # 1, 2, 3, 4, 5: so many in a row number the columns


@dataclass(frozen=True)
class Candidate:
    """A row or column, and the words that stand beside it."""

    at: int
    printed: str = ""


@dataclass(frozen=True)
class Selection:
    """Several rows (or columns) of one place of a table, and the one that is the report's."""

    candidates: tuple[Candidate, ...]
    taken: int | None
    rows: bool = True

    @property
    def at(self) -> int:
        """The one that is the report's; the first where that is not told."""
        return self.candidates[0].at if self.taken is None else self.taken

    def is_like(self, other: Selection) -> bool:
        """Whether one sentence tells both: 上年 | 本年 under each head of a table."""
        words = [[c.printed for c in choice.candidates] for choice in (self, other)]
        alike = not self.rows and not other.rows and any(words[0]) and words[0] == words[1]
        return self == other or (alike and (self.taken is None) == (other.taken is None))

    def words(self, table: str) -> Words:
        """What there was to choose from and what came of it."""
        kind = "行" if self.rows else "列"
        shown = [_shown(c, self.rows) for c in self.candidates[:4]]
        listed, more = "、".join(shown), "等" if len(self.candidates) > 4 else ""
        count, kind_en = len(self.candidates), "rows" if self.rows else "columns"
        words = Words(
            f"{table}同一处有{count}{kind}数（{listed}{more}），",
            f"{table} has {count} {kind_en} of numbers in one place ({listed}",
        )
        if self.taken is not None:
            which = next(_shown(c, self.rows) for c in self.candidates if c.at == self.taken)
            return words + Words(f"核对的是{which}。", f"); {which} was checked.")
        return words + Words(
            f"分不清哪一{kind}是要上报的，没有核对。请只留要上报的一{kind}，"
            "或者写明年度、“本年”“合计”。",
            "), and which is the report's is not told: not checked. Keep one, or write beside it "
            "which year it is of, or that it is the total.",
        )


def _shown(candidate: Candidate, rows: bool) -> str:
    name = f"第{candidate.at + 1}行" if rows else f"{column_name(candidate.at)}列"
    return f"{name}“{candidate.printed[:12]}”" if candidate.printed else name


def chosen(
    candidates: Sequence[Candidate], year: int | None, contents: Sequence[tuple[Content, ...]]
) -> int | None:
    """The candidate that is the report's, None where nothing says so.

    ``contents`` is what each holds: where all that are left hold the same, any of them will do.
    """
    left = [c for c in candidates if not _NONE.search(c.printed) and not _OTHER.search(c.printed)]
    left = [c for c in left if len(years_in(c.printed)) < 2]  # a comparison of two
    if year is not None:
        left = [c for c in left if years_in(c.printed) <= {str(year)}]
        left = [c for c in left if years_in(c.printed)] or left
    for telling in (_THIS, _WHOLE):
        left = [c for c in left if telling.search(c.printed)] or left
    content_at = dict(zip((c.at for c in candidates), contents, strict=True))
    return left[0].at if left and len({content_at[c.at] for c in left}) == 1 else None


def years_in(text: str) -> set[str]:
    """The years that words name: 2025, 25年, 二〇二五年.

    >>> sorted(years_in("二〇二四年")), sorted(years_in("24年")), sorted(years_in("31件"))
    (['2024'], ['2024'], [])
    """
    return {f"20{a or b}" for a, b in _YEAR.findall(in_digits(text))}


def is_telling(text: str) -> bool:
    """Whether words beside a row say which year or part it is."""
    return bool(years_in(text)) or any(p.search(text) for p in (_OTHER, _NONE, _THIS, _WHOLE))


def beside(texts: Sequence[str], labels: frozenset[str]) -> str:
    """What the texts of a row or column say of it, the form's own labels aside."""
    own = (folded(t).strip() for t in texts if normal(t) not in labels)
    return " ".join(t for t in own if len(t) <= 12 and "、" not in t)


def is_numbering(contents: Sequence[Content]) -> bool:
    """Whether the contents of a row only number the columns: 1, 2, 3 …

    >>> is_numbering([1.0, 2.0, 3.0, 4.0, 5.0]), is_numbering([1.0, 0.0, 1.0, 0.0, 2.0])
    (True, False)
    """
    numbers = [_ordinal(c) for c in contents if c != ""]
    return len(numbers) >= _FEWEST and all(
        a is not None and b == a + 1 for a, b in pairwise(numbers)
    )


def _ordinal(content: Content) -> int | None:
    if isinstance(content, float):
        return int(content) if content.is_integer() else None
    match = _ORDINAL.fullmatch(folded(str(content)[:8]).strip())
    return int(match[1]) if match else None
