"""The cells after a row's label: which of them are the row's numbers, where they may be several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ....templates.edition import Edition
from ....templates.form import Axis, Block
from ....templates.relations import TOLERANCE
from ...report import Standing
from .labels import Hit, is_cut, of_form
from .tokens import Line, Token

_WORD = 8  # characters of a word that may stand in a number's cell
_MOST = 40  # cells of a run


@dataclass(frozen=True)
class Run:
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
class Row:
    """One row of the form with its label and the cells after it."""

    block: Block
    axis: Axis
    keys: tuple[str, ...]
    hit: Hit
    run: Run
    spaced: Sequence[Token] | None = None
    reading: Reading | None = None


def run_from(
    edition: Edition, tokens: Sequence[Token], start: int, needed: int, lines: Mapping[int, Line]
) -> Run:
    """The cells from ``start`` on that can be a row's ``needed`` numbers.

    They end with the line where its tokens are the cells of a row. A word in a number's cell is
    a cell too where cells are known, or numbers follow it; what a sentence goes on after is none.
    """
    line = lines.get(tokens[start - 1].line) if start else None
    bounded = line is not None and (line.row or _holds(line, tokens[start - 1], needed))
    labels = of_form(edition)
    end = start
    while end < len(tokens) and end - start < _MOST:
        token = tokens[end]
        if bounded and line is not None and token.line != line.number:
            break
        if not token.is_value:
            known = len(token.label) > _WORD or is_cut(edition, token.label)
            if known or not (bounded or _numbers_follow(tokens, end, needed - (end - start))):
                break
        end += 1
    after = tokens[end] if not bounded and 0 < end < len(tokens) else None
    if (
        after is not None
        and after.line == tokens[end - 1].line
        and after.label not in labels
        and "|" not in lines[after.line].text
    ):
        return Run((), end, False)
    sure = line is not None and line.row
    barred = bounded and line is not None and not sure and not line.closed
    return Run(tuple(tokens[start:end]), end, sure, barred)


def _holds(line: Line, label: Token, needed: int) -> bool:
    """Whether a line of text has bars, and cells enough after the ``label``."""
    at = next((n for n, t in enumerate(line.tokens, 1) if t is label), len(line.tokens))
    return "|" in line.text.replace("\t", "|") and len(line.tokens) - at >= needed


def _numbers_follow(tokens: Sequence[Token], index: int, left: int) -> bool:
    """Whether as many values as are ``left`` follow a word in a cell of its own."""
    after = tokens[index + 1 : index + left]
    alone = all(t.line != tokens[index].line for t in (*tokens[index - 1 : index], *after[:1]))
    one_line = {t.line for t in tokens[index - 1 : index + left]} == {tokens[index].line}
    return (
        left > 1
        and len(after) == left - 1
        and all(t.is_value for t in after)
        and (alone or one_line)
    )


def reading_of(
    run: Run, keys: Sequence[str], edition: Edition, spaced: Sequence[Token] | None
) -> Reading | None:
    """The cells that stand for the fields ``keys``; None where it cannot be told.

    ``spaced`` is the run with the empty cells that only line breaks tell of. Where several
    readings are possible, the one is taken after which the row's own sum is right.
    """
    every = [*windows(run.cells, len(keys))]
    if not every and spaced is not None and len(spaced) == len(keys):
        every = [tuple(spaced)]
    if run.open and len(run.cells) == len(keys) and run.cells[0].is_blank:
        return None  # it may be the label's, and an empty last cell lost
    if not every or (len(every) == 1 and (run.sure or _plain(every[0]))):
        return Reading(every[0]) if every else None
    footing = [cells for cells in every if foots(cells, keys, edition)]
    return Reading(footing[0], witness=True) if len(footing) == 1 else None


def lacks_its_last(row: Row) -> bool:
    """Whether numbers stand in the row and none in its last cell, as where totals are left out."""
    cells = row.reading.cells if row.reading is not None else row.run.cells
    cells = tuple(c for c in cells if c.line == cells[0].line)
    short = len(cells) < len(row.keys) or cells[-1].is_blank
    return short and any(c.number for c in cells if not c.faint)


def _plain(cells: Sequence[Token]) -> bool:
    """Whether a lone reading needs no witness: its last cell is filled, none is only a bar.

    Empty cells at the end may as well be padding.
    """
    return not cells[-1].is_blank and not any(c.faint for c in cells)


def like_neighbour(run: Run, neighbour: Run, reading: Reading) -> Reading | None:
    """The run read as that of a row with as many cells, whose reading is certain."""
    if len(run.cells) != len(neighbour.cells) or any(c.faint for c in run.cells):
        return None
    first = next(n for n, c in enumerate(neighbour.cells) if c is reading.cells[0])
    cells = run.cells[first : first + len(reading.cells)]
    outside = (*run.cells[:first], *run.cells[first + len(reading.cells) :])
    lost = run.open and cells[0].is_blank
    return Reading(cells) if all(c.is_blank for c in outside) and not lost else None


def as_printed(run: Run, keys: Sequence[str], edition: Edition) -> Reading | None:
    """An open run as it stands, first cell empty: where no sum is wrong.

    That no row of the block lacks its last cell is for the caller to know.
    """
    if len(run.cells) != len(keys) or any(c.faint for c in run.cells) or run.cells[-1].is_blank:
        return None
    return Reading(run.cells) if sums_right(run.cells, keys, edition) is not False else None


def windows(cells: Sequence[Token], needed: int) -> Iterator[tuple[Token, ...]]:
    """As many cells in a row as are ``needed``, with nothing but empty cells around them."""
    filled = [n for n, c in enumerate(cells) if not c.is_blank] or [0]
    last = min(filled[0], len(cells) - needed)
    for first in range(max(0, filled[-1] - needed + 1), last + 1):
        yield tuple(cells[first : first + needed])


def foots(cells: Sequence[Token], keys: Sequence[str], edition: Edition) -> bool:
    """Whether the sums within these fields are right, blanks as 0, and there is one to tell."""
    return sums_right(cells, keys, edition) is True


def sums_right(cells: Sequence[Token], keys: Sequence[str], edition: Edition) -> bool | None:
    """Whether every sum within these fields is right, blanks as 0; None: none tells anything."""
    numbers = {k: c.number or 0.0 for k, c in zip(keys, cells, strict=True)}
    told = None
    for inst in edition.footings:
        if inst.fields <= numbers.keys():
            left = sum(numbers[k] for k in inst.left)
            right = sum(numbers[k] for k in inst.right)
            if abs(left - right) > TOLERANCE:
                return False
            if left:
                told = True
    return told


def spaced_out(
    tokens: Sequence[Token], before: int, run: Run, step: int, unit: int
) -> list[Token] | None:
    """The run with an empty cell for every ``unit`` line breaks beyond the usual ``step``.

    ``before`` is the index of the label's last token; None where the breaks do not fit.
    """
    found: list[Token] = []
    last = tokens[before].line
    after = tokens[run.end].line if run.end < len(tokens) else None
    for token in (*run.cells, None):
        line = token.line if token is not None else after
        if line is None:
            return found
        more, rest = divmod(line - last - step, unit)
        if more < 0 or rest:
            return None
        empty = replace(tokens[before], text="", label="", standing=Standing.BLANK, number=None)
        found += [empty] * min(more, _MOST)
        if token is not None:
            found.append(token)
            last = token.line
    return found
