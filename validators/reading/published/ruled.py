"""A table drawn with characters: a row whose cells go on over several lines is one line again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

_RULE = re.compile(r"\s*\+[-+=:\s]*\+\s*\Z")
_NUMBER = re.compile(r"\s*[+-]?[0-9][0-9,.]*\s*\Z")
_WORD = re.compile(r"[^\W\d_]")
_ROW = 12  # lines of a row, at most


def joined(lines: Sequence[str]) -> Iterable[str]:
    """The lines, those of a row between two rules on its first one, the others empty.

    Where several lines have numbers side by side, they are rows of their own.
    """
    made = [*lines]
    rules = [n for n, line in enumerate(lines) if line.lstrip()[:1] == "+" and _RULE.match(line)]
    for above, below in pairwise(rules):
        row = _row(lines[above + 1 : below])
        if row:
            made[above + 1 : below] = [row, *[""] * (below - above - 2)]
    return made


def _row(lines: Sequence[str]) -> str:
    """The row that the lines between two rules are; ``""`` where they are none, or several."""
    if not 1 < len(lines) <= _ROW or not all(x.strip()[:1] == x.strip()[-1:] == "|" for x in lines):
        return ""
    rows = [line.strip()[1:-1].split("|") for line in lines]
    numbers = [sum(_NUMBER.match(c) is not None for c in row) for row in rows]
    words = sum(any(_WORD.search(c) for c in row) for row in rows)
    if len({len(row) for row in rows}) > 1 or (sum(n > 1 for n in numbers) > 1 and words > 1):
        return ""
    return f"|{'|'.join(map(_cell, zip(*rows, strict=True)))}|"


def _cell(pieces: Iterable[str]) -> str:
    """One cell of its lines; two pieces with digits are not made one number."""
    held = [p.strip() for p in pieces if p.strip()]
    apart = len(held) > 1 and all(_NUMBER.match(p) for p in held)
    return ("…" if apart else "").join(held)
