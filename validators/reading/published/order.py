"""The order in which a report prints a block's columns, by its heads, not by where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from ....templates.edition import Edition
from ....templates.form import Axis, Block, Table
from ..spelling import normal
from .labels import spellings
from .tokens import Token

_BACK = 90  # tokens before the first row among which its heads stand
_PARTS = 4
_SHORT = 3  # characters: what is as short may be a part of another head


def heads_before(tokens: Sequence[Token], first: int, start: int) -> Sequence[Token]:
    """The tokens before a block's first row that may be its heads."""
    return [t for t in tokens[max(start, first - _BACK) : first] if t.label]


def printed_order(block: Block, heads: Sequence[Token]) -> tuple[int, ...] | None:
    """The columns' positions as printed from left to right; None where the heads do not tell.

    Columns under one head stand in the order of their own heads. Where a group of columns
    stands among its neighbours is not told by a stream: it follows the column that it follows
    in the form.
    """
    labels = [c.label for c in block.columns]
    places = [_position(heads, spellings(c)) for c in block.columns]
    if len(set(labels)) < len(labels) or None in places:
        return None
    return tuple(_arranged(block, [p for p in places if p is not None], (), range(len(labels))))


def _arranged(
    block: Block, places: Sequence[int], above: tuple[str, ...], columns: Sequence[int]
) -> Iterator[int]:
    """The columns under the heads ``above``, in their printed order."""
    depth = len(above)
    children: list[tuple[int, list[int]]] = []  # a column's place, and the columns to put there
    for path, numbers in groupby(columns, key=lambda n: block.columns[n].path[: depth + 1]):
        together = [*numbers]
        leaf = len(together) == 1 and len(block.columns[together[0]].path) == depth + 1
        inner = together if leaf else [*_arranged(block, places, path, together)]
        if leaf:
            children.append((places[together[0]], inner))
        elif children:
            children[-1][1].extend(inner)
        else:
            children.append((-1, inner))
    for _, inner in sorted(children, key=lambda child: child[0]):
        yield from inner


def _position(heads: Sequence[Token], names: Sequence[str]) -> int | None:
    """Where one of ``names`` stands, whole or over several tokens; None for nowhere or twice."""
    found = None
    for index in range(len(heads)):
        joined = ""
        for end in range(index, min(index + _PARTS, len(heads))):
            joined += heads[end].label
            if joined in names:
                if found is not None:
                    return None
                found = index
                break
            if not any(n.startswith(joined) for n in names):
                break
    return found


def present(block: Block, heads: Sequence[Token]) -> bool:
    """Whether the first and the last column's heads are among ``heads``."""
    near = "".join(t.label for t in heads)
    wanted = (block.columns[0], block.columns[-1])
    return all(any(s in near for s in spellings(column)) for column in wanted)


def of_another(
    edition: Edition, block: Block, heads: Sequence[Token], others: Sequence[Edition]
) -> str:
    """The id of another edition whose heads for the same rows stand there, ``""`` for none."""
    near = "".join(t.label for t in heads)
    own = _held(block.columns, near)
    rows = {r.key for r in block.rows}
    for other in others:
        if other is edition:
            continue
        for theirs in _blocks(other, rows):
            mine = {s for c in block.columns for s in spellings(c)}
            foreign = [c for c in theirs.columns if not mine & set(spellings(c))]
            if _held(foreign, near) > own:
                return other.id
    return ""


def other_words(block: Block, heads: Sequence[Token]) -> list[tuple[str, str]]:
    """The column heads printed otherwise than in the form: as printed, as the form says."""
    near = "".join(t.label for t in heads)
    found = []
    for column in block.columns:
        own, *others = spellings(column)
        used = max((s for s in others if s in near), key=len, default="")
        if used and own not in near and len(used) > _SHORT:
            found.append((used, column.label))
    return found


def _blocks(edition: Edition, rows: set[str]) -> Iterator[Block]:
    for table in edition.tables:
        for block in table.blocks:
            if rows & {r.key for r in block.rows if r.key}:
                yield block


def _held(columns: Sequence[Axis], near: str) -> int:
    """How many of the columns have their head in ``near``."""
    return sum(any(s in near for s in spellings(c)) for c in columns)


def head_names(table: Table) -> frozenset[str]:
    """The normal forms of everything that stands in the heads of ``table``."""
    found = {normal(p) for b in table.blocks for c in b.columns for p in c.path}
    found |= {normal(t) for b in table.blocks for t in (b.corner, b.caption)}
    return frozenset(found - {""})
