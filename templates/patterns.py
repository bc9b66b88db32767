"""Patterns of an edition or a rule pack: one that may never end is told before it is used.

Python's engine tries every way in which a text can be cut into the repeats of a pattern, and
cannot be stopped. What is counted here is how many ways there are, at most, from one place of a
sentence.
"""

from __future__ import annotations

import re

# The standard library's own parser of patterns; it is not public, and there is no other.
import re._constants as codes  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Sequence
from functools import lru_cache
from math import log10
from typing import Any

_LONGEST = 700  # characters of a sentence
_MOST = 8.0  # ways, as a power of ten
_ASIDES = (codes.ASSERT, codes.ASSERT_NOT)
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
Parsed = Sequence[tuple[Any, Any]]


@lru_cache(maxsize=512)
def may_never_end(words: str) -> bool:
    """Whether a pattern has too many ways to fail.

    >>> [may_never_end(w) for w in ("(a+)+b", "(a|a)*b", "(.*a){20}", ".*.*.*b", "(x{1,9}){9}y")]
    [True, True, True, True, True]
    >>> [may_never_end(w) for w in (".*申请", "(?:甲|乙)+", "^(?!.*中[^。]*$)公开")]
    [False, False, False]
    """
    parsed = [*parser.parse(words)]
    anchored = bool(parsed) and parsed[0][0] is codes.AT
    return _ways(parsed) > _MOST or any(n > 1 + anchored for n in _endless(parsed))


def _ways(parsed: Parsed) -> float:
    """In how many ways the pattern can match from one place, as a power of ten.

    What a look-around tries is not tried again for what stands after it.
    """
    asides = [_ways_of(code, value) for code, value in parsed if code in _ASIDES]
    here = sum(_ways_of(code, value) for code, value in parsed if code not in _ASIDES)
    return max(here, *asides, 0.0)


def _ways_of(code: Any, value: Any) -> float:
    if code in _REPEATS:
        low, high, item = value
        high = min(int(high), _LONGEST)
        return _ways(item) * high + log10(max(1, high - low + 1))
    if code is codes.BRANCH:
        every = [_plain(b) for b in value[1]]
        if None not in every and len(set(every)) == len(every):
            return 0.0
        return max(map(_ways, value[1])) + log10(len(value[1]))
    return max((_ways(part) for part in _within(code, value)), default=0.0)


def _endless(parsed: Parsed) -> list[int]:
    """How many repeats without an end stand after one another: here, and in each look-around."""
    here, asides = 0, []
    for code, value in parsed:
        if code in _REPEATS and int(value[1]) >= _LONGEST:
            here += 1
        inner = [_endless(part) for part in _within(code, value)]
        if code not in _ASIDES:
            here += max((counts[0] for counts in inner), default=0)
        else:
            asides += [counts[0] for counts in inner]
        asides += [n for counts in inner for n in counts[1:]]
    return [here, *asides]


def _within(code: Any, value: Any) -> list[Parsed]:
    if code in _REPEATS:
        return [value[2]]
    if code is codes.SUBPATTERN:
        return [value[3]]
    if code is codes.BRANCH:
        return list(value[1])
    if code in _ASIDES:
        return [value[1]]
    if code is codes.GROUPREF_EXISTS:
        return [p for p in value[1:] if p]
    return [value] if code is codes.ATOMIC_GROUP else []


def _plain(parsed: Parsed) -> tuple[int, ...] | None:
    """The letters of an alternative that is nothing else; None for any other."""
    return tuple(v for _, v in parsed) if all(c is codes.LITERAL for c, _ in parsed) else None


def compiles(words: Any) -> bool:
    """Whether a value is a pattern."""
    try:
        return isinstance(words, str) and re.compile(words) is not None
    except (re.error, RecursionError, OverflowError):
        return False
