"""A row without a label, as in 表四: told by its heads, else by its count and its sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ....templates.edition import Edition
from ....templates.form import Block
from ..spelling import normal
from .printed_rows import sums_right, windows
from .row_labels import spellings, starts_at
from .tokens import Token

_ROW = 200  # such a row, heads and all, has at most so many tokens
_BACK = 90  # tokens before the numbers among which their heads stand


@dataclass(frozen=True)
class UnlabelledRow:
    """The row's cells in the form's order; ``headed`` where heads told them, not sums alone."""

    start: int
    end: int
    cells: tuple[Token, ...]
    headed: bool


class UnlabelledSearch:
    """The search for the row of ``block``; ``keys`` are its fields' in the form's order."""

    def __init__(
        self, edition: Edition, block: Block, keys: Sequence[str], tokens: Sequence[Token]
    ) -> None:
        self.edition, self.block, self.keys, self.tokens = edition, block, keys, tokens
        self.parents = [normal(p) for c in block.columns for p in c.path[:-1]]

    def find(self, start: int) -> UnlabelledRow | None:
        """The row from the index ``start`` on; None where nothing tells its numbers for certain."""
        firsts = spellings(self.block.columns[0])
        for index in range(start, len(self.tokens)):
            label = self.tokens[index].label
            if label and any(first.startswith(label) for first in firsts):
                found = self.below_heads(index)
                if found is not None:
                    return found
        return self.by_sums(start)

    def below_heads(self, start: int) -> UnlabelledRow | None:
        """The row whose first head stands at ``start``: heads in the form's order, then numbers.

        They may alternate group by group: after heads, as many values as heads wait for one.
        Between them may stand heads over several columns, nothing else.
        """
        at, heads = start, 0
        cells: list[Token] = []
        columns = self.block.columns
        while at < min(len(self.tokens), start + _ROW):
            token = self.tokens[at]
            head = None
            if heads < len(columns):
                head = starts_at(self.tokens, at, columns[heads], near=False)
            if head is not None:
                at, heads = head.end, heads + 1
            elif heads and token.is_value:
                end = self._end_of_values(at, heads - len(cells))
                taken = self._values(self.tokens[at:end], heads - len(cells))
                if taken is None:
                    return None
                cells += taken
                at = end
                if len(cells) == len(columns):
                    return UnlabelledRow(start, at, tuple(cells), headed=True)
            elif heads and any(token.label in p or p in token.label for p in self.parents):
                at += 1
            else:
                return None
        return None

    def _end_of_values(self, start: int, waiting: int) -> int:
        """The index after the values at ``start``; a text's first number is none of them."""
        at, line = start, self.tokens[start].line
        while at < len(self.tokens) and self.tokens[at].is_value:
            after = self.tokens[at].line
            full = at - start == waiting and self.tokens[at - 1].line == line != after
            if full and any(t.label for t in self.tokens[at : at + _ROW] if t.line == after):
                break
            at += 1
        return at

    def _values(self, run: Sequence[Token], waiting: int) -> Sequence[Token] | None:
        """The values for the heads that are ``waiting``; none in empty cells; None for a misfit."""
        if all(t.is_blank for t in run):
            whole = [t for t in run if t.line == run[0].line and not t.faint]
            return whole if len(whole) == waiting == len(self.keys) else ()
        filled = {t.line for t in run if not t.is_blank}
        if len(filled) == 1:  # empty cells of the heads' line are none of the numbers
            run = [t for t in run if t.line in filled]
        ways = [*windows(run, waiting)] if waiting else []
        if len(ways) > 1 and waiting == len(self.keys):
            ways = [way for way in ways if sums_right(way, self.keys, self.edition)]
        return ways[0] if len(ways) == 1 else None

    def by_sums(self, start: int) -> UnlabelledRow | None:
        """As many numbers as the form has, one after another, after words of the table's heads.

        Which number is which is told by the form's order alone, so every sum must be right, and
        heads that can be read must stand in that order.
        """
        outer = {normal(c.path[0]) for c in self.block.columns if len(c.path) > 1}
        names = [normal(c.label) for c in self.block.columns]
        at = start
        while at < len(self.tokens):
            end = at
            while end < len(self.tokens) and self.tokens[end].is_value:
                end += 1
            run = [*self.tokens[at:end]]
            while run and run[-1].is_blank and len(run) > len(self.keys):
                run.pop()
            if len(run) == len(self.keys) and not any(t.faint for t in run):
                before = [t.label for t in self.tokens[max(start, at - _BACK) : at]]
                form = iter(names)
                readable = groupby(label for label in before if label in names)
                ordered = all(label in form for label, _ in readable)
                headed = ordered and all(p in "".join(before) for p in outer)
                filled = any(not t.is_blank for t in run)
                if headed and filled and sums_right(run, self.keys, self.edition) is not False:
                    return UnlabelledRow(at, end, tuple(run), headed=False)
            at = end + 1
        return None
