"""A row without a label, as in 表四: told by its heads, else by its count and its sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, takewhile

from ....templates.edition import Edition
from ....templates.form import Axis, Block
from ..spelling import normal
from .labels import spellings
from .rows import sums_right, windows
from .tokens import Token

_ROW = 200  # such a row, heads and all, has at most so many tokens
_PARTS = 4
_BACK = 90


@dataclass(frozen=True)
class Found:
    """The row's cells in the form's order; ``how`` is ``heads``, ``order`` or ``sums``."""

    start: int
    end: int
    cells: tuple[Token, ...]
    how: str


def find(
    edition: Edition, block: Block, keys: Sequence[str], tokens: Sequence[Token], start: int
) -> Found | None:
    """The row from ``start`` on; None where nothing tells its numbers for certain."""

    def sums(cells: Sequence[Token]) -> bool:
        return sums_right(cells, keys, edition) is True

    form = _Form(block)
    for index in range(start, len(tokens)):
        if form.may_begin(tokens[index].label):
            found = _Heads(form, tokens, index, sums).read()
            if found is not None and (found.how == "heads" or _sums(edition, keys, found)):
                return found
    return _bare(edition, block, keys, tokens, start)


class _Form:
    """The heads of the form: the columns under one head, and what stands over several."""

    def __init__(self, block: Block) -> None:
        self.columns = block.columns
        every = groupby(range(len(block.columns)), key=lambda n: block.columns[n].path[:-1])
        self.groups = [[*numbers] for _, numbers in every]
        self.parents = [normal(p) for c in block.columns for p in c.path[:-1]]
        self._first = [s for n in self.groups[0] for s in spellings(block.columns[n])]

    def may_begin(self, label: str) -> bool:
        """Whether a head of the first group begins so."""
        return label != "" and any(s.startswith(label) for s in self._first)


class _Heads:
    """Heads, then as many numbers; they may alternate group by group.

    What may come next is told by what came before: one more head of the group; after heads, as
    many values as heads wait for one; between groups, a head that stands over several.
    """

    def __init__(
        self, form: _Form, tokens: Sequence[Token], index: int, sums: Callable[..., bool]
    ) -> None:
        self.sums = sums
        self.tokens, self.start, self.at = tokens, index, index
        self.columns, self.groups, self.parents = form.columns, form.groups, form.parents
        self.order: list[int] = []
        self.values: list[Token] = []

    def read(self) -> Found | None:
        """The row whose first head stands at the index."""
        while self.at < min(len(self.tokens), self.start + _ROW):
            token = self.tokens[self.at]
            if self._head():
                continue
            if not self.order:
                return None
            if token.is_value:
                if not self._take():
                    return None
                if len(self.values) == len(self.columns):
                    return self._found()
            elif any(token.label in p or p in token.label for p in self.parents):
                self.at += 1
            else:
                return None
        return None

    def _head(self) -> bool:
        """Whether the next head of the group begins here; goes past it."""
        if len(self.order) == len(self.columns):
            return False
        group = next(g for g in self.groups if not set(g) <= set(self.order))
        for number in group:
            if number not in self.order:
                end = _ends(self.tokens, self.at, self.columns[number])
                if end is not None:
                    self.order.append(number)
                    self.at = end
                    return True
        return False

    def _take(self) -> bool:
        """Takes the values that stand here; False for numbers under no head, or a misfit."""
        waiting = len(self.order) - len(self.values)
        first = self.at
        line = self.tokens[first].line
        while self.at < len(self.tokens) and self.tokens[self.at].is_value:
            full = self.at - first == waiting and self.tokens[self.at - 1].line == line
            after = self.tokens[self.at].line
            if full and after != line and self._text(after):
                break  # the text on the next line begins with a number
            self.at += 1
        run = [*self.tokens[first : self.at]]
        if all(t.is_blank for t in run):
            whole = [t for t in run if t.line == line and not t.faint]
            if waiting == len(self.columns) and len(whole) == waiting:
                self.values += whole
            return True
        told = {t.line for t in run if not t.is_blank}
        if len(told) == 1:  # empty cells of the heads' line are none of the numbers
            run = [t for t in run if t.line in told]
        ways = [*windows(run, waiting)] if waiting else []
        if len(ways) > 1 and waiting == len(self.columns):
            ways = [w for w in ways if self.sums(w)]
        self.values += ways[0] if len(ways) == 1 else []
        return len(ways) == 1

    def _text(self, line: int) -> bool:
        """Whether the line that begins at the index holds more than numbers."""
        ahead = takewhile(lambda t: t.line == line, islice(self.tokens, self.at, None))
        return any(t.label for t in ahead)

    def _found(self) -> Found:
        cells = [
            t for _, t in sorted(zip(self.order, self.values, strict=True), key=lambda p: p[0])
        ]
        how = "heads" if self.order == sorted(self.order) else "order"
        return Found(self.start, self.at, tuple(cells), how)


def _ends(tokens: Sequence[Token], index: int, column: Axis) -> int | None:
    """The index after the head of ``column`` that begins at ``index``."""
    names, joined = spellings(column), ""
    for end in range(index, min(index + _PARTS, len(tokens))):
        piece = tokens[end].label
        if not piece:
            return None
        joined += piece
        if joined in names:
            return end + 1
        if not any(n.startswith(joined) for n in names):
            return None
    return None


def _sums(edition: Edition, keys: Sequence[str], found: Found) -> bool:
    """Whether heads in another order than the form's are borne out by the sums."""
    return sums_right(found.cells, keys, edition) is not False


def _bare(
    edition: Edition, block: Block, keys: Sequence[str], tokens: Sequence[Token], start: int
) -> Found | None:
    """As many numbers as the form has, one after another, after words of the table's heads.

    Which number is which is told by the form's order alone, so every sum must be right.
    """
    outer = {normal(c.path[0]) for c in block.columns if len(c.path) > 1}
    at = start
    while at < len(tokens):
        end = at
        while end < len(tokens) and tokens[end].is_value:
            end += 1
        run = [*tokens[at:end]]
        while run and run[-1].is_blank and len(run) > len(keys):
            run.pop()
        if len(run) == len(keys) and _filled(run):
            near = "".join(t.label for t in tokens[max(start, at - _BACK) : at])
            if all(p in near for p in outer) and sums_right(run, keys, edition) is not False:
                return Found(at, end, tuple(run), "sums")
        at = end + 1
    return None


def _filled(run: Sequence[Token]) -> bool:
    return any(not t.is_blank for t in run) and not any(t.faint for t in run)


__all__ = ["Found", "find"]
