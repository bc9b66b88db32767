"""A row's label found in what a report prints: as the form says it, cut short, misspelt."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from heapq import merge

from ....templates.edition import Edition
from ....templates.form import Axis
from ....templates.forms import ANY
from ..spelling import normal
from .reading_words import WORDS
from .tokens import TextLine, Token

_PARTS = 6  # a label may be spread over so many tokens
_LONG = 7  # a label of fewer characters must be as the form says it
_UNNUMBERED = 4  # and one without its number is told by at least so many
_TELLING = 4  # characters of a label that no other text has
_NEAR = 0.82  # how alike a misspelt label and the form's are at least
_MOST_NEAR = 6_000  # tokens of a report in which misspelt labels are looked for
_CUT = 0.4  # the share of a label that must be left of it
_NUMBERING, _ASIDE = WORDS.expression("numbering"), WORDS.expression("aside")


@dataclass(frozen=True)
class LabelHit:
    """A label found: the tokens from ``start`` to ``end``; ``exact`` where it is the form's."""

    start: int
    end: int
    printed: str
    exact: bool


@lru_cache(maxsize=4096)
def spellings(axis: Axis) -> tuple[str, ...]:
    """The normal forms of a label: the form's own first, its aliases, without explanations."""
    every = [normal(s) for s in (axis.label, *axis.aliases)]
    bare = [_ASIDE.sub("", s) for s in every]
    # Numbers that Word or a site counted by itself are not in the text.
    plain = [_NUMBERING.sub("", s, count=1) for s in (*every, *bare) if _NUMBERING.match(s)]
    telling = [s for s in plain if len(s) >= _UNNUMBERED]
    return tuple(dict.fromkeys(s for s in (*every, *bare, *telling) if s))


def starts_at(
    tokens: Sequence[Token], index: int, axis: Axis, near: bool = True
) -> LabelHit | None:
    """The label of ``axis``, a row or a column, where it begins at ``index`` of ``tokens``.

    It may be spread over several tokens. ``near``: a misspelt one too. None where none begins.
    """
    known = spellings(axis)
    joined, best = "", None
    for end in range(index, min(index + _PARTS, len(tokens))):
        piece = tokens[end].label
        if not piece and not tokens[end].is_blank:
            break
        if not piece and end == index:
            return None
        joined += piece
        if joined in known:
            return LabelHit(index, end + 1, joined, True)
        if near and piece and any(_is_alike(joined, s) for s in known):
            best = LabelHit(index, end + 1, joined, False)
        if not any(s.startswith(joined) for s in known):
            break
    return best


@lru_cache(maxsize=65536)
def _is_alike(printed: str, label: str) -> bool:
    """Whether ``printed`` is the label cut short, explained or misspelt."""
    if len(printed) < 4 or _number(printed) != _number(label):
        return False
    bare = _ASIDE.sub("", printed)
    if bare == label:  # as the form says it, explained at whatever length
        return True
    if len(label) < _LONG or len(printed) > 2 * len(label) + 40:
        return False
    if label.startswith(bare) and len(bare) >= max(6, _CUT * len(label)):
        return True
    if 2 * min(len(bare), len(label)) < _NEAR * (len(bare) + len(label)):
        return False
    match = SequenceMatcher(None, bare, label, autojunk=False)
    return match.quick_ratio() >= _NEAR and match.ratio() >= _NEAR


def _number(label: str) -> str:
    match = _NUMBERING.match(label)
    return match[0].strip("()") if match else ""


class Index:
    """Where labels may begin in a stream of tokens, so that no row is looked for everywhere."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.by_label: dict[str, list[int]] = {}
        self.by_number: dict[str, list[int]] = {}
        for n, token in enumerate(tokens):
            if token.label:
                self.by_label.setdefault(token.label, []).append(n)
                if len(tokens) <= _MOST_NEAR and len(token.label) > 1:
                    self.by_number.setdefault(_number(token.label), []).append(n)

    def starts(self, axis: Axis, near: bool, begin: int, stop: int) -> Iterator[int]:
        """The indices at which the label of ``axis`` may begin, from ``begin`` on, before ``stop``.

        ``near``: where a misspelt one may.
        """
        if near:
            numbers = {_number(s): s for s in spellings(axis)}
            every = [self.by_number.get(number, []) for number in numbers]
        else:
            parts = {s[:n] for s in spellings(axis) for n in range(1, len(s) + 1)}
            every = [self.by_label[part] for part in parts if part in self.by_label]
        yield from merge(
            *(where[bisect_left(where, begin) : bisect_left(where, stop)] for where in every)
        )


@lru_cache(maxsize=64)
def of_form(edition: Edition) -> frozenset[str]:
    """Every label of the form: rows, column heads, captions, corners, titles."""
    found = {normal(s.title) for s in edition.sections}
    for table in edition.tables:
        found |= {normal(t) for t in (table.title, *table.aliases)}
        for block in table.blocks:
            found |= {normal(block.caption), normal(block.corner), *map(normal, block.ignore)}
            for axis in (*block.columns, *block.rows):
                found |= {normal(p) for p in axis.path} | set(spellings(axis))
    return frozenset(found - {""})


@lru_cache(maxsize=4096)
def is_cut(edition: Edition, label: str) -> bool:
    """Whether a text is a label of the form, or the beginning of one on its first line."""
    labels = of_form(edition)
    return label in labels or (
        len(label) >= _UNNUMBERED and any(known.startswith(label) for known in labels)
    )


@lru_cache(maxsize=4096)
def known(text: str) -> bool:
    """Whether one of the forms has this label."""
    return normal(text) in _every()


@lru_cache(maxsize=1)
def _every() -> frozenset[str]:
    return frozenset().union(*map(of_form, ANY.candidates))


@lru_cache(maxsize=1)
def telling_labels() -> tuple[str, ...]:
    """Labels of the forms' rows and columns that tell a table, as the forms print them."""
    axes = (
        axis
        for edition in ANY.candidates
        for table in edition.tables
        for block in table.blocks
        for axis in (*block.rows, *block.columns)
    )
    return tuple(dict.fromkeys(axis.label for axis in axes if len(axis.label) >= _TELLING))


def shows_a_table(lines: Sequence[TextLine]) -> bool:
    """Whether a label of the forms' tables stands in ``lines``."""
    labels = set(map(normal, telling_labels()))
    return any(token.label in labels for line in lines for token in line.tokens)
