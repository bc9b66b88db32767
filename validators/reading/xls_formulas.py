"""The formulas of an .xls, which xlrd can spell but does not hand out with the cells."""

from __future__ import annotations

import re
import struct
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Any

from ..ooxml.cells import Key

_BOF, _EOF, _FORMULA, _ARRAY, _SHARED = 0x809, 0x0A, 0x06, 0x221, 0x4BC
_SEE = 1  # the token of a cell whose formula stands in the record of a group
_WHOLE = re.compile(r"(?<![\w.])(\d+)\.0(?![\d.])")


def formulas(book: Any, sheet: int) -> dict[Key, str]:
    """By cell the formula without ``=``, ``""`` where it cannot be spelled.

    ``book`` is one of xlrd's of Excel 97 and newer, ``sheet`` the index of one of its sheets. Of
    an array formula only the first cell has one, as in an .xlsx.
    """
    from xlrd.formula import FMLA_TYPE_ARRAY, FMLA_TYPE_CELL, FMLA_TYPE_SHARED

    own: dict[Key, bytes] = {}
    groups: dict[Key, tuple[bytes, int]] = {}  # by the first cell: the tokens, their type
    for code, body in records(book, sheet, (_FORMULA, _ARRAY, _SHARED)):
        if code == _FORMULA:
            row, column, size = struct.unpack_from("<HH16xH", body)
            own[row, column] = body[22 : 22 + size] if size else b""
        elif code in (_ARRAY, _SHARED):
            at, kind = (12, FMLA_TYPE_ARRAY) if code == _ARRAY else (8, FMLA_TYPE_SHARED)
            first = struct.unpack_from("<H2xB", body)
            (size,) = struct.unpack_from("<H", body, at)
            groups[first] = body[at + 2 : at + 2 + size], kind
    found: dict[Key, str] = {}
    for key, tokens in own.items():
        kind = FMLA_TYPE_CELL
        if tokens[:1] == bytes([_SEE]) and len(tokens) >= 5:
            first = struct.unpack_from("<HH", tokens, 1)
            tokens, kind = groups.get(first, (b"", FMLA_TYPE_SHARED))
            if kind == FMLA_TYPE_ARRAY and first != key:
                continue
        found[key] = _spelled(book, tokens, kind, key)
    return found


def records(book: Any, sheet: int, codes: Collection[int]) -> Iterator[tuple[int, bytes]]:
    """The records of one sheet that have these codes, without those of the charts within it."""
    data, at, depth = book.mem, book._sh_abs_posn[sheet], 0
    while at + 4 <= len(data):
        code, size = struct.unpack_from("<HH", data, at)
        if code == _BOF:
            depth += 1
        elif code == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1 and code in codes:
            yield code, bytes(data[at + 4 : at + 4 + size])
        at += 4 + size


def spelled(book: Any, tokens: bytes, at: Key) -> str:
    """A formula of a conditional format as it stands for the cell ``at``."""
    from xlrd.formula import FMLA_TYPE_COND_FMT

    return _spelled(book, tokens, FMLA_TYPE_COND_FMT, at)


def _spelled(book: Any, tokens: bytes, kind: int, at: Key) -> str:
    from xlrd.formula import FMLA_TYPE_CELL, FMLA_TYPE_SHARED, decompile_formula

    # of a cell of another sheet xlrd knows no base; seen from A1 on, as a group's, it needs none
    tries = [(kind, at), (FMLA_TYPE_SHARED, (0, 0))][: 2 if kind == FMLA_TYPE_CELL else 1]
    text = ""
    for way, base in tries:
        with suppress(Exception):  # xlrd fails on tokens it does not know in every way there is
            text = text or decompile_formula(book, tokens, len(tokens), way, *base) or ""
    pieces = text.split('"')
    pieces[::2] = [_WHOLE.sub(r"\1", piece) for piece in pieces[::2]]
    return '"'.join(pieces)
