"""What a formula adds: taken apart with openpyxl's Tokenizer, which is loaded only then."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ...templates.a1 import Place
from ...templates.words import Words
from ..ooxml.references import LONGEST, Area, areas_of, once_named
from ..report import Remark, RemarkKind, Value
from .grids import Grids

_MOST = 20_000  # cells that one formula may add
Added = Counter[Place]
# Functions that leave a sum of whole numbers as it is; what follows their first argument does
# not change it.
_KEEPS = {"ROUND(", "ROUNDUP(", "ROUNDDOWN(", "IFERROR(", "IFNA(", "INT(", "SUMPRODUCT("}
_ONCE = [
    [("OPERATOR-INFIX", "", sign), ("OPERAND", "NUMBER", "1")] for sign in "*/"
]  # a sum times one is itself
_ADDS = {"SUM(", "SUMPRODUCT(", "SUBTOTAL(", "AGGREGATE("}  # of a range that stands alone
_CONSTANTS = (("OPERAND", "NUMBER"), ("OPERAND", "TEXT"))
_SUBTOTALS = {"SUBTOTAL(": ("9", "109"), "AGGREGATE(": ("9",)}


def added_by(book: Grids, at: Place, text: str) -> Adding | None:
    """What a formula adds up that stands at ``at``; None for one that is no plain sum of cells."""
    if not text or len(text) > LONGEST:
        return None
    from openpyxl.formula import Tokenizer

    plain = text if '"' in text else once_named(re.sub(r" *: *", ":", text))
    try:
        items = Tokenizer("=" + plain.replace("_xlfn.", "")).items
        return Adding([t for t in items if t.type != "WHITE-SPACE"], at, book)
    except (_NoSumError, IndexError, ValueError, RecursionError):
        return None
    except Exception as error:  # the tokenizer's own kind, which is not to be imported for it
        if type(error).__name__ == "TokenizerError":
            return None
        raise


class _NoSumError(Exception):
    """The formula is not a sum of cells."""


class Adding:
    """A formula taken apart: cells, ranges, names, ``+``, ``-``, ``SUM()``, ``()``.

    ``found`` is how often each cell is added; ``partial``: rows that are hidden may be left out
    (``SUBTOTAL``). What only wraps a sum (``ROUND(…,0)``, ``IFERROR(…,0)``, ``…*1``) is looked
    through.
    """

    def __init__(self, tokens: Sequence[object], at: Place, book: Grids) -> None:
        self.tokens = [(str(t.type), str(t.subtype), str(t.value)) for t in tokens]  # type: ignore[attr-defined]
        self.place, self.names, self.sheets = at, book.names.cells, book.sheets
        self.at = self.count = 0
        self.found: Added = Counter()
        self.partial = False
        self._terms(1, 0)
        if self.at != len(self.tokens):
            raise _NoSumError

    def _next(self) -> tuple[str, str, str] | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _terms(self, sign: int, depth: int) -> None:
        if depth > 20:
            raise _NoSumError
        while True:
            here = sign
            while (token := self._next()) and token[0] == "OPERATOR-PREFIX":
                here *= -1 if token[2] == "-" else 1
                self.at += 1
            self._operand(here, depth)
            while (times := self.tokens[self.at : self.at + 2]) and times in _ONCE:
                self.at += 2
            token = self._next()
            if token is None or token[0] != "OPERATOR-INFIX" or token[2] not in "+-":
                return
            if token[2] == "-":
                self.tokens[self.at] = ("OPERATOR-PREFIX", "", "-")
            else:
                self.at += 1

    def _operand(self, sign: int, depth: int) -> None:
        token = self._next()
        if token is None:
            raise _NoSumError
        kind, subtype, value = token
        self.at += 1
        if kind == "OPERAND" and subtype == "RANGE":
            self._add(value, sign, self._stands_alone())
        elif kind == "OPERAND" and subtype == "NUMBER" and float(value) == 0:
            pass
        elif (kind == "FUNC" and value.upper() == "SUM(") or (kind == "PAREN" and value == "("):
            self._inside(sign, depth)
        elif kind == "FUNC" and value.upper() in _KEEPS:
            self._wrapped(sign, depth)
        elif kind == "FUNC" and value.upper() in _SUBTOTALS:
            self._subtotal(value.upper(), sign, depth)
        else:
            raise _NoSumError

    def _wrapped(self, sign: int, depth: int) -> None:
        """The first argument of a function that leaves it as it is; others are constants."""
        self._terms(sign, depth + 1)
        while (token := self._next()) and token[0] == "SEP":
            kind, subtype, value = self.tokens[self.at + 1]
            if (kind, subtype) not in _CONSTANTS or value not in ("0", '""'):
                raise _NoSumError
            self.at += 2
        if token is None or token[2] != ")":
            raise _NoSumError
        self.at += 1

    def _subtotal(self, name: str, sign: int, depth: int) -> None:
        """The cells of a sum that may leave out what is hidden."""
        if self.tokens[self.at][2] not in _SUBTOTALS[name] or self.tokens[self.at + 1][0] != "SEP":
            raise _NoSumError
        self.at += 2
        if name == "AGGREGATE(":
            self.at += 2  # what is left out
        self.partial = True
        self._inside(sign, depth)

    def _inside(self, sign: int, depth: int) -> None:
        while True:
            self._terms(sign, depth + 1)
            token = self._next()
            self.at += 1
            if token is None:
                raise _NoSumError
            if token[0] in ("FUNC", "PAREN") and token[2] == ")":
                return
            union = token[0] == "OPERATOR-INFIX" and token[2] == ","
            if token[0] != "SEP" and not union:
                raise _NoSumError

    def _stands_alone(self) -> bool:
        """Whether the token before is a whole argument of a sum: then all its cells are added."""
        before = self.tokens[self.at - 2] if self.at > 1 else ("", "", "")
        after = self._next() or ("", "", "")
        begins = before[1] == "OPEN" or before[0] == "SEP" or before[2] == ","
        inside = begins and (before[0] != "FUNC" or before[2].upper() in _ADDS)
        return inside and (after[1] == "CLOSE" or after[0] == "SEP" or after[2] == ",")

    def _add(self, text: str, sign: int, whole: bool) -> None:
        if text in self.names:
            self._cell(self.names[text], sign)
            return
        areas = areas_of(text, self.place.sheet, self.sheets)
        if not areas or any(a.size > _MOST for a in areas):
            raise _NoSumError
        for area in areas:
            own = area if whole or area.size == 1 else self._own_line(area)
            for row in range(own.first[0], own.last[0] + 1):
                for column in range(own.first[1], own.last[1] + 1):
                    self._cell(Place(own.sheet, row, column), sign)

    def _own_line(self, area: Area) -> Area:
        """The cell of a range that is no argument of its own: the one beside the formula."""
        row, column = self.place.at
        if area.first[1] == area.last[1] and area.first[0] <= row <= area.last[0]:
            return Area(area.sheet, (row, area.first[1]), (row, area.first[1]))
        if area.first[0] == area.last[0] and area.first[1] <= column <= area.last[1]:
            return Area(area.sheet, (area.first[0], column), (area.first[0], column))
        raise _NoSumError

    def _cell(self, at: Place, sign: int) -> None:
        self.count += 1
        if self.count > _MOST:
            raise _NoSumError
        self.found[at] += sign


def first_of(place: Place, count: int) -> str:
    """The first of ``count`` cells, in a Chinese sentence about all of them."""
    return f"{place.sheet} {place.cell}" + (f"等{count}格" if count > 1 else "")


def stale_remark(found: Sequence[tuple[Value, Value]], what: Words, gives: str) -> Remark:
    """That ``what`` shows old numbers: each ``found`` is the stored value and the computed one.

    ``gives`` is how English says where the computed one comes from.
    """
    old, new = found[0]
    place = new.place or Place("")
    words = Words(
        f"{what.zh}还没有重新计算：{first_of(place, len(found))}显示的是旧数"
        f"（{place.cell}显示{old.shown}，按公式应为{new.shown}），已按公式算出的数核对。"
        "请按 F9 重新计算，再保存。",
        f"{what.en} were not computed again: {place.cell} shows {old.shown} and {gives} "
        f"{new.shown}, which was judged: press F9 and save.",
    )
    return Remark(RemarkKind.STALE, words, place)
