"""The cells after a row's label: which of them are the row's numbers, where they may be several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from ....templates.edition import Edition
from ....templates.form import Axis, Block
from ....templates.relations import holds, outcome
from ...report import Standing
from .row_labels import LabelHit, is_cut, of_form
from .tokens import TextLine, Token

_WORD = 8  # characters of a word that may stand in a number's cell
_MOST = 40  # cells of a run


@dataclass(frozen=True)
class CellRun:
    """The cells from a label on: ``end`` is the index after them, ``sure`` where each is a cell.

    ``open``: of one line with bars, the last of which may have been the edge of an empty cell.
    """

    cells: tuple[Token, ...]
    end: int
    sure: bool
    open: bool = False


@dataclass(frozen=True)
class Reading:
    """The row's numbers. ``witness``: only the sums told which cells they are."""

    cells: tuple[Token, ...]
    witness: bool = False


@dataclass
class PrintedRow:
    """One row of the form as it is printed: its label, the cells after it, its fields' keys."""

    block: Block
    axis: Axis
    keys: tuple[str, ...]
    hit: LabelHit
    run: CellRun
    reading: Reading | None = None


def run_from(
    edition: Edition,
    tokens: Sequence[Token],
    start: int,
    needed: int,
    lines: Mapping[int, TextLine],
) -> CellRun:
    """The cells of a row after its label.

    ``start`` is the index of the token after the label, ``needed`` the count of the row's fields,
    ``lines`` the report's lines by their numbers. The cells end with the line where its tokens
    are the cells of a row: there a word in a number's cell is a cell too. Elsewhere only numbers
    are; what a sentence goes on after is no row.
    """
    line = lines.get(tokens[start - 1].line) if start else None
    bounded = line is not None and (line.row or _has_cells(line, tokens[start - 1], needed))
    labels = of_form(edition)
    end = start
    while end < len(tokens) and end - start < _MOST:
        token = tokens[end]
        if bounded and line is not None and token.line != line.number:
            break
        is_word = not token.is_value
        if is_word and (not bounded or len(token.label) > _WORD or is_cut(edition, token.label)):
            break
        end += 1
    after = tokens[end] if not bounded and 0 < end < len(tokens) else None
    if (
        after is not None
        and after.line == tokens[end - 1].line
        and after.label not in labels
        and "|" not in lines[after.line].text
    ):
        return CellRun((), end, False)
    sure = line is not None and line.row
    barred = bounded and line is not None and not sure and not line.closed
    return CellRun(tuple(tokens[start:end]), end, sure, barred)


def _has_cells(line: TextLine, label: Token, needed: int) -> bool:
    """Whether a line of text has bars, and cells enough after the ``label``."""
    at = next((n for n, t in enumerate(line.tokens, 1) if t is label), len(line.tokens))
    return "|" in line.text.replace("\t", "|") and len(line.tokens) - at >= needed


def reading_of(run: CellRun, keys: Sequence[str], edition: Edition) -> Reading | None:
    """The cells that stand for the fields ``keys``; None where it cannot be told.

    Where several readings are possible, the one is taken after which the row's own sum is right.
    """
    every = [*windows(run.cells, len(keys))]
    if run.open and len(run.cells) == len(keys) and run.cells[0].is_blank:
        return None  # it may be the label's, and an empty last cell lost
    if lone := _one_a_line(run.cells, len(keys)):
        return Reading(lone)
    if not every or (len(every) == 1 and (run.sure or _is_plain(every[0]))):
        return Reading(every[0]) if every else None
    footing = [cells for cells in every if sums_right(cells, keys, edition)]
    return Reading(footing[0], witness=True) if len(footing) == 1 else None


def _one_a_line(cells: Sequence[Token], needed: int) -> tuple[Token, ...]:
    """The cells of a row of which each has a line of its own, before a line of bars that pads it.

    Nothing where they are not as many as the row has.
    """
    on_line = Counter(cell.line for cell in cells)
    own = tuple(takewhile(lambda cell: on_line[cell.line] == 1, cells))
    apart = len({cell.line for cell in own}) == own[-1].line - own[0].line + 1 if own else False
    whole = apart and len(own) == needed < len(cells) and not own[-1].is_blank
    return own if whole and any(cell.faint for cell in own) else ()


def _is_plain(cells: Sequence[Token]) -> bool:
    """Whether a lone reading needs no witness: its last cell is filled, none is only a bar.

    Empty cells at the end may as well be padding.
    """
    return not cells[-1].is_blank and not any(c.faint for c in cells)


def lacks_its_last(row: PrintedRow) -> bool:
    """Whether numbers stand in the row and none in its last cell, as where totals are left out."""
    cells = row.reading.cells if row.reading is not None else row.run.cells
    cells = tuple(c for c in cells if c.line == cells[0].line)
    short = len(cells) < len(row.keys) or cells[-1].is_blank
    return short and any(c.number for c in cells if not c.faint)


def as_printed(run: CellRun, keys: Sequence[str], edition: Edition) -> Reading | None:
    """An open run as it stands, first cell empty: where no sum is wrong.

    That no row of the block lacks its last cell is for the caller to know.
    """
    if len(run.cells) != len(keys) or not _is_plain(run.cells):
        return None
    return Reading(run.cells) if sums_right(run.cells, keys, edition) is not False else None


def windows(cells: Sequence[Token], needed: int) -> Iterator[tuple[Token, ...]]:
    """As many cells in a row as are ``needed``, with nothing but empty cells around them."""
    filled = [n for n, c in enumerate(cells) if not c.is_blank] or [0]
    last = min(filled[0], len(cells) - needed)
    for first in range(max(0, filled[-1] - needed + 1), last + 1):
        yield tuple(cells[first : first + needed])


def sums_right(cells: Sequence[Token], keys: Sequence[str], edition: Edition) -> bool | None:
    """Whether every sum within these fields is right, blanks as 0; None where none is above 0."""
    numbers = {k: c.number or 0.0 for k, c in zip(keys, cells, strict=True)}
    right = None
    for inst in edition.footings:
        if inst.fields <= numbers.keys():
            sides = outcome(map(numbers.get, inst.left), map(numbers.get, inst.right))
            assert sides is not None
            if not holds(edition.rule_by_id[inst.rule], sides.left, sides.right):
                return False
            right = True if sides.left else right
    return right


def doubted(
    rows: Sequence[PrintedRow], tokens: Sequence[Token], edition: Edition
) -> Iterator[PrintedRow]:
    """The rows of a table in a text that are not to be believed, though they look whole.

    What is copied as text may tear a number in two or leave an empty cell out. Where all the
    numbers of a table are accounted for, a row whose sum is wrong is what the report says; where
    some are left over, nobody knows.
    """
    taken = [cell for row in rows if row.reading is not None for cell in row.reading.cells]
    span = tokens[rows[0].hit.start : max(row.run.end for row in rows)]
    count = sum(token.number is not None for token in span)
    filled = (row for row in rows if not all(cell.is_blank for cell in row.run.cells))
    unread = [row for row in filled if row.reading is None]
    if count == sum(c.number is not None for c in taken) and not unread:
        return
    for row in rows:
        if row.reading is not None and not row.run.sure:
            cells = row.reading.cells
            beside = {c.line == tokens[row.hit.end - 1].line for c in cells if not c.is_blank}
            has_words = any(c.standing is Standing.TEXT for c in cells)
            if len(beside) > 1 or has_words or sums_right(cells, row.keys, edition) is False:
                yield row
