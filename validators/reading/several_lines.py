"""Where one place of a table holds several rows or columns of numbers: all of them, and a choice.

An own form shows last year above or beside this year, the office and its branches, a row that
numbers the columns. What stands beside them says which is the report's, or nothing does: none is
ever taken for being the first. Ordinary tables have one, which is found without looking further.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ...templates.a1 import column_name
from ...templates.form import Axis
from ...templates.words import Words
from ..ooxml.cells import Content, Key
from .heads import in_digits
from .sheet_text import SheetText
from .sheet_words import WORDS
from .spelling import folded, normal

_YEAR = WORDS.expression("year_beside")
_OTHER = WORDS.expression("of_other_years")
_NONE = WORDS.expression("no_numbers")
_THIS = WORDS.expression("of_this_year")
_WHOLE = WORDS.expression("of_all")
_ORDINAL = re.compile(r"[(（]?([0-9]{1,2})[)）]?")
_FEWEST = 5  # 1, 2, 3, 4, 5: so many in a row number the columns
_BELOW = 40  # rows under the heads of a table without row labels that are looked at
_GAP = 3  # blank rows at which the table ends
_MOST = 12  # columns under one head
_SUBHEADS = 3  # rows of heads below a head

Hits = Mapping[str, Key]


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


Choice = tuple[int, Selection | None]  # the row or column taken, and what there was to choose from


def line_of(hits: Hits) -> int:
    """The row on which the fields of one line stand."""
    return next(iter(hits.values()))[0]


@dataclass(frozen=True)
class TableLines:
    """The lines of a table on a sheet; ``labels`` are the table's own, ``year`` the report's."""

    sheet: SheetText
    labels: frozenset[str]
    year: int | None

    def under_heads(self, hits: Hits) -> Choice:
        """The row of a table without row labels: below its heads, from the row of ``hits`` on.

        Lines of words and lines that number the columns are none; that row where nothing is filled.
        """
        start, columns = line_of(hits), sorted({c for _, c in hits.values()})
        found = [*self._rows_below(start, columns)]
        full = max((n for _, n in found), default=0)
        rows = [c for c, n in found if n * 4 >= full or is_telling(c.printed)]
        if len(rows) == 1 and not is_telling(rows[0].printed):
            return rows[0].at, None
        if not rows:
            return start, None
        return self._choice(rows, [[(c.at, col) for col in columns] for c in rows])

    def _rows_below(self, start: int, columns: Sequence[int]) -> Iterator[tuple[Candidate, int]]:
        """The rows that hold numbers under the heads, or are kept for them, with how many."""
        sheet, blank = self.sheet, 0
        for row in range(start, start + _BELOW):
            texts = sheet.by_row.get(row, {})
            contents = [sheet.cells.at(row, c) for c in columns]
            numbers = sum(isinstance(c, float) and not isinstance(c, bool) for c in contents)
            if not texts and not numbers:
                filled = any((row, c) in sheet.cells.held for c in columns)
                blank = 0 if filled else blank + 1
                if filled:
                    yield Candidate(row), len(columns)
                elif blank >= _GAP:
                    return
                continue
            blank = 0
            if sum(sheet.text.get((row, c), "") in self.labels for c in columns) > 1:
                return  # the heads of another table
            if is_numbering(contents):
                continue
            outside = self._words_of(row, columns)
            typed = sum(c != "" for c in contents)
            if numbers or (outside and is_telling(outside)):
                yield Candidate(row, outside), numbers
            elif typed * 2 > len(columns) and len(set(texts.values())) > 1:
                yield Candidate(row, outside), typed  # numbers as text

    def _words_of(self, row: int, columns: Collection[int]) -> str:
        """The words, and years as numbers, that stand in a row outside its numbers."""
        first, last = min(columns), max(columns)
        texts = []
        for col in (*range(max(0, first - 4), first), last + 1, last + 2):
            merged = (t for t, e in self.sheet.merges if t[1] == col and t[0] <= row <= e[0])
            texts.append(self.sheet.with_year(*next(merged, (row, col))))
        return beside([t for t in texts if t], self.labels)

    def continued(self, hits: Hits) -> Choice:
        """The row of a label under which further rows of numbers stand that have no label."""
        row, cells = line_of(hits), self.sheet.cells
        columns = {c for _, c in hits.values()}
        if not any((row + 1, c) in cells.held for c in columns):
            return row, None
        rows = [row]
        while len(rows) < _BELOW and any(
            isinstance(cells.at(rows[-1] + 1, c), float) for c in columns
        ):
            texts = self.sheet.by_row.get(rows[-1] + 1, {}).items()
            if not all(is_telling(beside([t], self.labels)) for c, t in texts if c < min(columns)):
                break  # a label of its own
            rows.append(rows[-1] + 1)
        if len(rows) == 1:
            return row, None
        found = [Candidate(r, self._words_of(r, columns)) for r in rows]
        return self._choice(found, [[(r, c) for c in sorted(columns)] for r in rows])

    def labelled_again(self, answers: Sequence[Hits]) -> Selection | None:
        """Which of the rows with one label is the report's; None where the rows say nothing."""
        rows = [
            Candidate(line_of(hits), self._words_of(line_of(hits), {c for _, c in hits.values()}))
            for hits in answers
        ]
        if len({c.at for c in rows}) < len(rows) or not any(is_telling(c.printed) for c in rows):
            return None
        return self._choice(rows, [[*hits.values()] for hits in answers])[1]

    def spread(self, head: Key, rows: Sequence[int], taken: Collection[int]) -> Choice:
        """The column of a head that spans several: 上年 | 本年, office | branches | 合计."""
        sheet, (r, c) = self.sheet, head
        bottom, end = next((e for t, e in sheet.merges if t == head), head)
        if end == c and min(rows) > bottom + 1:
            end = min(sheet.unmerged(r, bottom, c), c + _MOST)
        if end == c:
            end = self._unheaded(head, rows, taken)
        if end == c:
            return c, None
        across = [
            x
            for x in range(c, min(end, c + _MOST) + 1)
            if x == c or (x not in taken and any(sheet.cells.at(row, x) != "" for row in rows))
        ]
        heads = range(bottom + 1, min(bottom + _SUBHEADS, min(rows) - 1) + 1)
        found = [
            Candidate(x, beside([t for h in heads if (t := sheet.with_year(h, x))], frozenset()))
            for x in across
        ]
        if len(found) == 1 and not is_telling(found[0].printed):
            return c, None
        return self._choice(found, [[(row, x) for row in rows] for x in across], rows=False)

    def _unheaded(self, head: Key, rows: Sequence[int], taken: Collection[int]) -> int:
        """The last of the columns beside a head's own that hold numbers and have no head.

        What stands behind the last head is another column of the table only where others have one
        too.
        """
        sheet, (row, column) = self.sheet, head

        def bare(x: int) -> bool:
            if x in taken or not any(isinstance(sheet.cells.at(r, x), float) for r in rows):
                return False
            return sheet.is_bare(row, min(rows), x)

        last = column
        while last < column + _MOST and bare(last + 1):
            last += 1
        if last > column and column > max(taken, default=-1):
            return last if any(bare(x + 1) for x in taken) else column
        return last

    def _choice(
        self, found: Sequence[Candidate], cells: Sequence[Sequence[Key]], rows: bool = True
    ) -> Choice:
        contents = [tuple(self.sheet.cells.at(*at) for at in line) for line in cells]
        taken = chosen(found, self.year, contents)
        if len(found) == 1 and taken is not None:
            return taken, None
        choice = Selection(tuple(found), taken, rows)
        return choice.at, choice

    def in_pieces(
        self, columns: Sequence[Axis], heads: Mapping[str, Sequence[Key]]
    ) -> list[tuple[Hits, Selection | None]]:
        """The row under each group of heads where a table without row labels is printed in pieces.

        Nothing where one of its ``columns`` has not one head of its own, under those it stands
        under.
        """
        sheet = self.sheet
        groups: dict[tuple[int, tuple[str, ...]], dict[str, Key]] = {}
        for column in columns:
            over = [normal(p) for p in column.path[:-1]]
            places = heads.get(column.key, ())
            own = [p for p in places if all(o in sheet.parents(*p) for o in over)]
            if len(own) > 1 and over:  # the piece whose nearest heads they are
                own = [p for p in own if sheet.text.get((p[0] - 1, p[1])) == over[-1]] or own
            if len(own) != 1:
                return []
            row, col = own[0]
            groups.setdefault((row, column.path[:-1]), {})[column.key] = row + 1, col
        found: list[tuple[Hits, Selection | None]] = []
        for hits in groups.values():
            row, choice = self.under_heads(hits)
            found.append(({key: (row, c) for key, (_, c) in hits.items()}, choice))
        return found
