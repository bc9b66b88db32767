"""The short way for a sheet in the form that every program writes: its bytes split at the cells.

Only unprefixed UTF-8 without comments, sections or instructions is taken; what stands before
and after the cells goes through expat, every cell through a strict reader of its few forms. At
the first oddness the answer is None and the streaming reader does it: both give the same, which
tests hold. A piece of bytes that was read before (most of a distribution's are alike) is looked
up.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ...templates.a1 import ROWS
from .cells import BadSheetError, Cell, Key, Shared, key_of
from .limits import Budget
from .plain_parts import MOST, PIECE, frame_of, is_clean, is_plain, text_of
from .sheet_cells import (
    SheetContent,
    cell_of,
    formula_of,
    read_sheet,
    share_arrays,
)
from .unseen import may_hide

_KINDS = (b"", b"n", b"s", b"str", b"b", b"e", b"inlineStr")


# Where, what, and what comes after: 0 the row goes on, 1 another row begins, 2 the row has ended,
# 4 more where a row that begins may be hidden.
_Piece = tuple[Key, Cell | None, int]
_made = tuple.__new__  # a named tuple made in half the time


_pieces: dict[bytes, _Piece] = {}
# What stands before and after the digits of a cell that holds a whole number.
_heads: dict[bytes, tuple[Key, str | Shared | None, int]] = {}
_tails: dict[bytes, int] = {}


def plain_sheet(
    xml: bytes, budget: Budget, codes: Mapping[str, str] | None = None
) -> SheetContent | None:
    """As ``read_sheet``; None where the sheet is not in the plain form."""
    begin, finish = xml.find(b"<sheetData>"), xml.rfind(b"</sheetData>")
    if begin < 0 or finish < begin or not is_plain(xml):
        return None
    frame = frame_of(xml[:begin], xml[finish + 12 :], codes=tuple((codes or {}).items()))
    if frame is None:
        return None
    pieces = xml[begin + 11 : finish].split(b"<c ")
    budget.spend(2 * len(pieces))
    state = _first_row(pieces[0])
    if state < 0:
        return None
    cells: dict[Key, Cell] = {}
    known = _pieces
    count = 0
    hides = frame.hides
    for raw in pieces[1:]:
        if state > 1:
            if state & 2:
                return None
            hides = True
        piece = known.get(raw) or _read(raw)
        if piece is None:
            return None
        key, cell, state = piece
        if cell is not None:
            cells[key] = cell
            count += 1
    if not state & 2 or count != len(cells):  # unfinished, or one cell twice
        return None
    budget.spend(0, count)
    looks = dict.fromkeys(frame.looks)
    return SheetContent(cells, list(frame.merges), looks, hides or state > 3)


def sheet_content(xml: bytes, budget: Budget, *codes: tuple[str, str]) -> SheetContent:
    """Cells, merged ranges and conditional number formats of a sheet's part, by either way."""
    found = plain_sheet(xml, budget, dict(codes))
    content = found or read_sheet([xml], budget, dict(codes))
    if found is None or b'"array"' in xml:
        share_arrays(content[0])
    return content


def _read(raw: bytes) -> _Piece | None:
    """One piece after ``<c ``, checked to its last byte; remembered when it is short.

    Of a piece that differs from an earlier one in its digits alone, only these are looked at;
    with few digits, as most numbers have, it is remembered as well.
    """
    head, opened, rest = raw.partition(b"<v>")
    digits, closed, tail = rest.partition(b"</v>")
    if opened and closed and digits.isdigit() and len(digits) < 16:
        before, after = _heads.get(head), _tails.get(tail)
        if before is not None and after is not None:
            key, formula, style = before
            piece = key, _made(Cell, ("n", float(digits), formula, style)), after
            if len(digits) < 3 and len(_pieces) < MOST and len(raw) <= PIECE:
                _pieces[raw] = piece
            return piece
    else:
        digits = b""
    try:
        parsed = _parsed(raw)
    except (UnicodeDecodeError, BadSheetError):
        return None
    if parsed is not None and len(raw) <= PIECE:
        if len(_pieces) >= MOST:
            for known in (_pieces, _heads, _tails):
                known.clear()
        _pieces[raw] = parsed
        key, cell, after = parsed
        if digits and cell is not None and cell.kind == "n":
            _heads[head] = (key, cell.formula, cell.style)
            _tails[tail] = after
    return parsed


def _parsed(raw: bytes) -> _Piece | None:
    gt = raw.find(b">")
    head = raw[:gt]
    if gt < 0 or b"<" in head or b"&" in head or not is_clean(raw):
        return None
    empty = head.endswith(b"/")
    attrs = _attributes(head[:-1] if empty else head, (b"r", b"s", b"t", b"cm", b"vm"))
    if attrs is None or b"r" not in attrs:
        return None
    kind = attrs.get(b"t", b"")
    if kind not in _KINDS:
        return None
    value: str | None = None
    formula: str | Shared | None = None
    rest = raw[gt + 1 :]
    if not empty:
        inner, closed, rest = rest.partition(b"</c>")
        taken = _inside(inner) if closed else None
        if taken is None:
            return None
        formula, value = taken
    tail = _rows(rest, 0)
    if tail < 0:
        return None
    style = attrs.get(b"s", b"").decode()
    cell = cell_of(kind.decode(), style, value, formula)
    return key_of(attrs[b"r"].decode()), cell, tail


def _attributes(head: bytes, known: tuple[bytes, ...] | None) -> dict[bytes, bytes] | None:
    """The attributes ``a="b" c="d"`` of a tag; None for any other spelling."""
    parts = head.split(b'"')
    if len(parts) % 2 == 0 or parts[-1].strip(b" \n\t"):
        return None
    found: dict[bytes, bytes] = {}
    for i in range(0, len(parts) - 1, 2):
        name = parts[i]
        if i and name[:1] not in (b" ", b"\n", b"\t"):
            return None
        name = name.strip(b" \n\t")
        if name[-1:] != b"=" or name[:-1] in found:
            return None
        bare = name[:-1]
        if known is not None and bare not in known:
            return None
        if known is None and (bare[:5] == b"xmlns" or not bare.replace(b":", b"").isalnum()):
            return None
        found[bare] = parts[i + 1]
    return found


def _inside(inner: bytes) -> tuple[str | Shared | None, str | None] | None:
    """Formula and value of a cell: ``<f>…</f><v>…</v>`` or ``<is><t>…</t></is>``."""
    formula: str | Shared | None = None
    value: str | None = None
    if inner.startswith(b"<f"):
        taken = _formula(inner)
        if taken is None:
            return None
        formula, inner = taken
    if inner in (b"<v/>", b"<v />"):
        return formula, ""
    if inner.startswith(b"<v>") and inner.endswith(b"</v>"):
        value = text_of(inner[3:-4])
    elif inner.startswith(b"<is><t>") and inner.endswith(b"</t></is>"):
        value = text_of(inner[7:-9])
    elif inner:
        return None
    return None if inner and value is None else (formula, value)


def _formula(inner: bytes) -> tuple[str | Shared, bytes] | None:
    head, gt, rest = inner[2:].partition(b">")
    if not gt or b"<" in head or b"&" in head:
        return None
    empty = head.endswith(b"/")
    head = head[:-1] if empty else head
    attrs = _attributes(head, (b"t", b"si", b"ref", b"ca", b"aca", b"bx", b"dt2D")) if head else {}
    if attrs is None or (head and head[:1] != b" "):
        return None
    text: str | None = ""
    if not empty:
        body, closed, rest = rest.partition(b"</f>")
        text = text_of(body) if closed else None
    if text is None:
        return None
    if attrs.get(b"t") not in (b"shared", b"array"):
        return text, rest
    return formula_of({k.decode(): v.decode() for k, v in attrs.items()}, text), rest


@lru_cache(maxsize=256)
def _first_row(raw: bytes) -> int:
    """What stands before the first cell, as ``_rows`` tells it."""
    return _rows(raw, 2)


def _rows(raw: bytes, state: int) -> int:
    """What stands between two cells: rows that end and begin. -1 for anything else.

    ``state`` is as a piece tells it: 2 outside of a row, else inside.
    """
    raw = raw.strip(b" \n\t")
    moved, hides = state, may_hide(raw, ())
    while raw:
        if raw.startswith(b"</row>"):
            if moved == 2:
                return -1
            moved, raw = 2, raw[6:].lstrip(b" \n\t")
            continue
        head, gt, raw = raw.partition(b">")
        if moved != 2 or not gt or not head.startswith(b"<row ") or b"<" in head[1:]:
            return -1
        empty = head.endswith(b"/")
        attrs = _attributes(head[5:-1] if empty else head[5:], None)
        if attrs is None or b"&" in head:
            return -1
        number = attrs.get(b"r", b"")
        if not (number.isdigit() and len(number) <= 7 and 0 < int(number) <= ROWS):
            return -1
        moved, raw = (2 if empty else 1), raw.lstrip(b" \n\t")
    return moved + 4 * hides
