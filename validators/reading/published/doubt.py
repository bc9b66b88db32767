"""Rows that look whole, in a text that was not read whole: what is copied may lie about cells.

A program that copies a table from a page as text may tear a number in two, leave out the empty
cells, or put a part of a label among the numbers. Then as many numbers as the row needs may stand
after its label and be the wrong ones. Where all the numbers of a table are accounted for, a row
whose sum is wrong is what the report says; where some are left over, nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ....templates.edition import Edition
from ...report import Standing
from .rows import Reading, Row, sums_right
from .tokens import Token


def doubted(rows: Sequence[Row], tokens: Sequence[Token], edition: Edition) -> Iterator[Row]:
    """The rows that are not to be believed."""
    read = [(r, r.reading) for r in rows if r.reading is not None and not r.run.sure]
    whole = all(r.reading is not None for r in rows) and not _left_over(rows, tokens)
    for row, reading in read:
        empty = reading.witness and all(c.is_blank for c in reading.cells)
        label = tokens[row.hit.end - 1].line
        if empty or (not whole and not _holds(row, reading, edition, label)):
            yield row


def _holds(row: Row, reading: Reading, edition: Edition, label: int) -> bool:
    """Whether the row has numbers only, all of its label's line or none, and no sum is wrong."""
    filled = [c for c in reading.cells if not c.is_blank]
    beside = sum(c.line == label for c in filled)
    words = any(c.standing is Standing.TEXT for c in reading.cells)
    even = beside in (0, len(filled))
    return even and not words and sums_right(reading.cells, row.keys, edition) is not False


def _left_over(rows: Sequence[Row], tokens: Sequence[Token]) -> bool:
    """Whether a number within the table was taken for none of its cells."""
    if not rows:
        return False
    taken = {id(c) for r in rows if r.reading is not None for c in r.reading.cells}
    first, last = rows[0].hit.start, max(r.run.end for r in rows)
    return any(t.number is not None and id(t) not in taken for t in tokens[first:last])
