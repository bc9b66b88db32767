"""What xlrd does not hand out with the cells of an .xls: formulas, which it can spell, and formats.

Of conditional formats it knows nothing ([MS-XLS] 2.4.42 to 2.4.44).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ..ooxml.cells import Key, Merge
from ..ooxml.conditional import MOST, Looks, add_look
from ..ooxml.formats import WHITE, ShownLook
from ..ooxml.unseen import HidingRule

_BOF, _EOF, _FORMULA, _ARRAY, _SHARED = 0x809, 0x0A, 0x06, 0x221, 0x4BC
_SEE = 1  # the token of a cell whose formula stands in the record of a group
_WHOLE = re.compile(r"(?<![\w.])(\d+)\.0(?![\d.])")
_AREAS, _AREAS_NEW, _RULE, _RULE_NEW, _MORE = 0x1B0, 0x879, 0x1B1, 0x87A, 0x87B
_HEAD = 12  # bytes before the content of a record that Excel 2007 added
_OPERATORS = (
    *("", "between", "notBetween", "equal", "notEqual", "greaterThan", "lessThan"),
    *("greaterThanOrEqual", "lessThanOrEqual"),
)
_KINDS = {1: "cellIs", 2: "expression"}
_CODE, _FONT, _ALIGNED, _BORDERS, _FILL = (1 << n for n in range(25, 30))


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


@dataclass
class _Rule:
    condition: HidingRule
    look: ShownLook


class _ConditionRecords:
    """Takes the records of one sheet."""

    def __init__(self, book: Any) -> None:
        self.rules: list[_Rule] = []
        self._book = book
        self._groups: dict[int, tuple[tuple[Merge, ...], list[_Rule]]] = {}
        self._group: tuple[tuple[Merge, ...], list[_Rule]] = ((), [])

    def record(self, code: int, body: bytes) -> None:
        """A record; one that is broken off says nothing."""
        with suppress(struct.error, IndexError, UnicodeError):
            if code in (_AREAS, _AREAS_NEW):
                self._begins(body[_HEAD if code == _AREAS_NEW else 0 :])
            elif code == _MORE:
                self._more(body)
            elif code == _RULE:
                self._rule(body, 6, struct.unpack_from("<H", body, 2)[0])
            elif code == _RULE_NEW:
                (size,) = struct.unpack_from("<I", body, _HEAD + 6)
                self._rule(body[_HEAD:], 10 if size else 0, struct.unpack_from("<H", body, 14)[0])

    def _begins(self, body: bytes) -> None:
        number, count = struct.unpack_from("<2xH8xH", body)
        sides = struct.iter_unpack("<4H", body[14 : 14 + 8 * min(count, MOST)])
        self._group = tuple(((top, left), (end, right)) for top, end, left, right in sides), []
        self._groups[number >> 1] = self._group

    def _more(self, body: bytes) -> None:
        """What a newer Excel adds to a rule of these areas: a look, or a rule that follows."""
        new, number = struct.unpack_from("<IH", body, _HEAD)
        self._group = self._groups.get(number, ((), []))
        if not new and body[25]:
            rule, added = self._group[1][body[18]], self._look(body, 30)[0]
            rule.look = ShownLook(
                added.ink or rule.look.ink,
                rule.look.ground if added.ground == WHITE else added.ground,
                added.code or rule.look.code,
            )

    def _rule(self, body: bytes, look: int, size: int) -> None:
        """A rule whose look begins at ``look``; two formulas stand behind it."""
        areas, rules = self._group
        if not areas or len(self.rules) >= MOST:
            return
        shown, end = self._look(body, look) if look else (ShownLook(), 12)
        (second,) = struct.unpack_from("<H", body, 4)
        if look == 10:  # its size is told
            end = look + struct.unpack_from("<I", body, 6)[0]
        tokens = (body[end : end + size], body[end + size : end + size + second])
        formulas = tuple(spelled(self._book, t, min(areas)[0]) for t in tokens if t)
        kind = _KINDS.get(body[0], "")
        operator = _OPERATORS[body[1]] if kind == "cellIs" else ""
        rule = _Rule(HidingRule(areas, kind, operator, formulas), shown)
        rules.append(rule)
        self.rules.append(rule)

    def _look(self, body: bytes, at: int) -> tuple[ShownLook, int]:
        """The look that begins there, and where it ends."""
        flags, more = struct.unpack_from("<IH", body, at)
        at += 6
        look = ShownLook()
        if flags & _CODE and more & 1:
            size, count, wide = struct.unpack_from("<HHB", body, at)
            text = body[at + 5 : at + 5 + count * (1 + (wide & 1))]
            look.code = text.decode("utf-16-le" if wide & 1 else "latin-1")
            at += size
        elif flags & _CODE:
            known = self._book.format_map.get(body[at + 1])
            look.code = known.format_str if known else ""
            at += 2
        if flags & _FONT:
            look.ink = self._colour(struct.unpack_from("<I", body, at + 80)[0])
            at += 118
        at += 8 * bool(flags & _ALIGNED) + 8 * bool(flags & _BORDERS)
        if flags & _FILL:
            (painted,) = struct.unpack_from("<H", body, at + 2)
            look.ground = self._colour(painted >> 7 & 0x7F) or WHITE
            at += 4
        return look, at + 2 * (flags >> 30 & 1)

    def _colour(self, index: int) -> str:
        return bytes(self._book.colour_map.get(index) or ()).hex().upper()


def conditions(book: Any, sheet: int) -> tuple[Looks, list[HidingRule]]:
    """What conditional formats of a sheet show in the place of numbers, and which show nothing."""
    reader = _ConditionRecords(book)
    for code, body in records(book, sheet, (_AREAS, _AREAS_NEW, _RULE, _RULE_NEW, _MORE)):
        reader.record(code, body)
    looks: Looks = {}
    hiding = []
    for rule in reader.rules:
        if rule.look.hides:
            hiding.append(rule.condition)
        elif rule.look.alters:
            for area in rule.condition.areas:
                add_look(looks, area, rule.look.code)
    return looks, hiding
