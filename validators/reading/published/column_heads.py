"""The heads over a block's columns: their order, whose they are, how they are worded."""

from __future__ import annotations

from collections.abc import Sequence

from ....templates.edition import Edition
from ....templates.form import Axis, Block, Table
from ..spelling import normal
from .row_labels import spellings
from .tokens import Token

_BACK = 90  # tokens before the first row among which its heads stand
_PARTS = 4
_SHORT = 3  # characters: what is as short may be a part of another head


def heads_before(tokens: Sequence[Token], first: int, start: int) -> Sequence[Token]:
    """The tokens before a block's first row that may be its heads."""
    return [t for t in tokens[max(start, first - _BACK) : first] if t.label]


def in_order(block: Block, heads: Sequence[Token]) -> bool:
    """Whether no head stands before one that it follows in the form, under the same head.

    True as well where a head cannot be found, or stands twice: then the heads tell nothing.
    """
    places: dict[tuple[str, ...], list[int]] = {}
    for column in block.columns:
        place = _position(heads, spellings(column))
        if place is None:
            return True
        places.setdefault(column.path[:-1], []).append(place)
    return all(found == sorted(found) for found in places.values())


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


def are_present(block: Block, heads: Sequence[Token]) -> bool:
    """Whether the first and the last column's heads are among ``heads``."""
    near = "".join(t.label for t in heads)
    wanted = (block.columns[0], block.columns[-1])
    return all(any(s in near for s in spellings(column)) for column in wanted)


def of_another(
    edition: Edition, block: Block, heads: Sequence[Token], others: Sequence[Edition]
) -> str:
    """The id of the edition among ``others`` whose heads stand over the same rows.

    ``heads`` are the tokens over the rows of ``block``, a block of ``edition``. ``""`` where more
    of the edition's own heads stand there than of any other's.
    """
    near = "".join(t.label for t in heads)
    own = _count_in(block.columns, near)
    rows = {r.key for r in block.rows}
    for other in others:
        if other is edition:
            continue
        blocks = [b for t in other.tables for b in t.blocks]
        for theirs in (b for b in blocks if rows & {r.key for r in b.rows if r.key}):
            mine = {s for c in block.columns for s in spellings(c)}
            foreign = [c for c in theirs.columns if not mine & set(spellings(c))]
            if _count_in(foreign, near) > own:
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


def _count_in(columns: Sequence[Axis], near: str) -> int:
    """How many of the columns have their head in ``near``."""
    return sum(any(s in near for s in spellings(c)) for c in columns)


def head_names(table: Table) -> frozenset[str]:
    """The normal forms of everything that stands in the heads of ``table``."""
    found = {normal(p) for b in table.blocks for c in b.columns for p in c.path}
    found |= {normal(t) for b in table.blocks for t in (b.corner, b.caption)}
    return frozenset(found - {""})
