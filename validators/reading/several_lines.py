"""Where one place of a table holds several rows or columns of numbers: all of them, and a choice.

An own form shows last year above or beside this year, the office and its branches, a row that
numbers the columns. Ordinary tables have one candidate, which is found without looking further.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from ...templates.form import Axis
from ..ooxml.cells import Key
from .candidates import Candidate, Selection, beside, chosen, is_numbering, is_telling
from .sheet_text import SheetText
from .spelling import normal

_BELOW = 40  # rows under the heads of a table without row labels that are looked at
_GAP = 3  # blank rows at which the table ends
_MOST = 12  # columns under one head
_SUBHEADS = 3  # rows of heads below a head

Hits = Mapping[str, Key]


def under_heads(
    sheet: SheetText, start: int, columns: Collection[int], labels: frozenset[str], year: int | None
) -> tuple[int, Selection | None]:
    """The row of a table without row labels: below its heads, from ``start`` on.

    Lines of words and lines that number the columns are none; ``start`` where nothing is filled.
    """
    ordered = sorted(columns)
    found = [*_rows_below(sheet, start, ordered, labels)]
    full = max((n for _, n in found), default=0)
    rows = [c for c, n in found if n * 4 >= full or is_telling(c.printed)]
    if len(rows) == 1 and not is_telling(rows[0].printed):
        return rows[0].at, None
    if not rows:
        return start, None
    return _choice(
        sheet, rows, cells=[[(c.at, col) for col in ordered] for c in rows], year=year, rows=True
    )


def _rows_below(
    sheet: SheetText, start: int, columns: Sequence[int], labels: frozenset[str]
) -> Iterator[tuple[Candidate, int]]:
    """The rows that hold numbers under the heads, or are kept for them, with how many."""
    blank = 0
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
        if sum(sheet.text.get((row, c), "") in labels for c in columns) > 1:
            return  # the heads of another table
        if is_numbering(contents):
            continue
        outside = _words_of(sheet, row, columns, labels)
        typed = sum(c != "" for c in contents)
        if numbers or (outside and is_telling(outside)):
            yield Candidate(row, outside), numbers
        elif typed * 2 > len(columns) and not _is_one_text(sheet, row):
            yield Candidate(row, outside), typed  # numbers as text


def _is_one_text(sheet: SheetText, row: int) -> bool:
    return len(set(sheet.by_row.get(row, {}).values())) < 2


def _words_of(sheet: SheetText, row: int, columns: Collection[int], labels: frozenset[str]) -> str:
    """The words, and years as numbers, that stand in a row outside its numbers."""
    first, last = min(columns), max(columns)
    texts = []
    for col in (*range(max(0, first - 4), first), last + 1, last + 2):
        at = next((t for t, e in sheet.merges if t[1] == col and t[0] <= row <= e[0]), (row, col))
        texts.append(sheet.with_year(*at))
    return beside([t for t in texts if t], labels)


def continued(
    sheet: SheetText, hits: Hits, labels: frozenset[str], year: int | None
) -> tuple[int, Selection | None]:
    """The row of a label under which further rows of numbers stand that have no label."""
    row = next(iter(hits.values()))[0]
    if not any((row + 1, c) in sheet.cells.held for _, c in hits.values()):
        return row, None
    columns = {at[1] for at in hits.values()}
    first = min(columns)
    rows = [row]
    while _is_filled(sheet, rows[-1] + 1, columns) and len(rows) < _BELOW:
        texts = sheet.by_row.get(rows[-1] + 1, {})
        if not all(is_telling(beside([t], labels)) for c, t in texts.items() if c < first):
            break  # a label of its own
        rows.append(rows[-1] + 1)
    if len(rows) == 1:
        return row, None
    found = [Candidate(r, _words_of(sheet, r, columns, labels)) for r in rows]
    return _choice(
        sheet, found, cells=[[(r, c) for c in sorted(columns)] for r in rows], year=year, rows=True
    )


def _is_filled(sheet: SheetText, row: int, columns: Collection[int]) -> bool:
    return any(isinstance(sheet.cells.at(row, c), float) for c in columns)


def labelled_again(
    sheet: SheetText, answers: Sequence[Hits], labels: frozenset[str], year: int | None
) -> Selection | None:
    """Which of the rows with one label is the report's; None where the rows say nothing."""
    rows, contents = [], []
    for hits in answers:
        row, columns = next(iter(hits.values()))[0], [at[1] for at in hits.values()]
        rows.append(Candidate(row, _words_of(sheet, row, columns, labels)))
        contents.append([*hits.values()])
    if len({c.at for c in rows}) < len(rows) or not any(is_telling(c.printed) for c in rows):
        return None
    return _choice(sheet, rows, cells=contents, year=year, rows=True)[1]


def spread(
    sheet: SheetText, head: Key, rows: Sequence[int], taken: Collection[int], year: int | None
) -> tuple[int, Selection | None]:
    """The column of a head that spans several: 上年 | 本年, the office | its branches | 合计."""
    r, c = head
    bottom, end = next((e for t, e in sheet.merges if t == head), head)
    if end == c and min(rows) > bottom + 1:
        end = min(sheet.unmerged(r, bottom, c), c + _MOST)
    if end == c:
        end = _unheaded(sheet, r, column=c, rows=rows, taken=taken)
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
    return _choice(
        sheet, found, cells=[[(row, x) for row in rows] for x in across], year=year, rows=False
    )


def _unheaded(
    sheet: SheetText, row: int, column: int, rows: Sequence[int], taken: Collection[int]
) -> int:
    """The last of the columns beside a head's own that hold numbers and have no head.

    What stands behind the last head is another column of the table only where others have one too.
    """

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
    sheet: SheetText,
    found: Sequence[Candidate],
    cells: Sequence[Sequence[Key]],
    year: int | None,
    rows: bool,
) -> tuple[int, Selection | None]:
    contents = [tuple(sheet.cells.at(*at) for at in line) for line in cells]
    taken = chosen(found, year, contents)
    if len(found) == 1 and taken is not None:
        return taken, None
    choice = Selection(tuple(found), taken, rows)
    return choice.at, choice


def in_pieces(
    sheet: SheetText,
    columns: Sequence[Axis],
    heads: Mapping[str, Sequence[Key]],
    labels: frozenset[str],
    year: int | None,
) -> list[tuple[Hits, Selection | None]]:
    """The row under each group of heads where a table without row labels is printed in pieces.

    Nothing where one of its ``columns`` has not one head of its own, under those it stands under.
    """
    groups: dict[tuple[int, tuple[str, ...]], dict[str, int]] = {}
    for column in columns:
        over = [normal(p) for p in column.path[:-1]]
        own = [p for p in heads.get(column.key, ()) if all(o in sheet.parents(*p) for o in over)]
        if len(own) > 1 and over:  # the piece whose nearest heads they are
            own = [p for p in own if sheet.text.get((p[0] - 1, p[1])) == over[-1]] or own
        if len(own) != 1:
            return []
        groups.setdefault((own[0][0], column.path[:-1]), {})[column.key] = own[0][1]
    found: list[tuple[Hits, Selection | None]] = []
    for (head, _), at in groups.items():
        row, choice = under_heads(
            sheet, head + 1, columns=set(at.values()), labels=labels, year=year
        )
        found.append(({key: (row, c) for key, c in at.items()}, choice))
    return found
