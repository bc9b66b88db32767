"""What the short ways share: parts in the form that every program writes; the shared strings.

Only unprefixed UTF-8 without comments, sections or instructions is taken; what surrounds the
items of a part goes through expat.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from xml.parsers.expat import ExpatError

from ...templates.errors import InputError
from .cells import Merge
from .limits import Budget, Limits
from .sheet_cells import SheetReader, read_strings, unescaped
from .stream import DoctypeError, parse
from .unseen import may_hide

MOST = 30_000  # pieces that are remembered
PIECE = 2000  # bytes of the longest one
_CONTROL = bytes(b for b in range(32) if b not in b"\t\n")  # also \r, which XML would turn
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}

_strings: dict[bytes, str] = {}


def is_plain(xml: bytes) -> bool:
    """Whether a part is UTF-8 without comments, sections or instructions."""
    if _opens(xml, b"!") or _opens(xml[1:], b"?"):
        return False
    head = xml[:200]
    if not head.startswith(b"<?xml"):
        return head.startswith(b"<")
    declared = head[: head.find(b"?>")].lower()
    return b"encoding" not in declared or b'encoding="utf-8"' in declared


def _opens(xml: bytes, sign: bytes) -> bool:
    """Whether ``sign`` stands behind a ``<``; single bytes are found much faster than pairs."""
    return any(before.endswith(b"<") for before in xml.split(sign)[:-1])


class Frame(NamedTuple):
    """What surrounds the cells says: merged ranges, conditional formats, whether it may hide."""

    merges: tuple[Merge, ...]
    looks: tuple[tuple[Merge, str], ...]
    hides: bool


@lru_cache(maxsize=256)
def frame_of(
    head: bytes, tail: bytes, root: str = "worksheet", codes: tuple[tuple[str, str], ...] = ()
) -> Frame | None:
    """What surrounds the cells, None where it is broken or odd.

    The cells' place must be a child of the root itself, and the only one of its name.
    """
    name = "sheetData" if root == "worksheet" else "si"
    if f"<{name}".encode() in head + b" " + tail:
        return None
    reader = SheetReader(Budget(Limits(), ""), dict(codes))
    places = []

    def start(depth: int, local: str, attrs: dict[str, str]) -> None:
        places.append((depth, local))
        reader.start(depth, local, attrs)

    try:
        parse(
            [head, f"<{name}/>".encode(), tail],
            Budget(Limits(), ""),
            start=start,
            end=reader.end,
            text=reader.text,
        )
    except (ExpatError, DoctypeError, ValueError, InputError):
        return None
    sound = places[0] == (1, root) and (2, name) in places and f"<{root}".encode() in head
    if not sound:
        return None
    return Frame(
        tuple(reader.merges), tuple(reader.looks.found), may_hide(head + b"<sheetData", ())
    )


def is_clean(raw: bytes) -> bool:
    """No character that XML forbids or changes."""
    return (
        raw.translate(None, _CONTROL) == raw
        and b"]]>" not in raw
        and b"\xef\xbf\xbe" not in raw
        and b"\xef\xbf\xbf" not in raw
    )


def text_of(raw: bytes) -> str | None:
    """The characters of ``raw``; None where there is a tag or an entity that is not one of five."""
    if b"<" in raw:
        return None
    text = raw.decode("utf-8")
    if "&" not in text:
        return text
    first, *rest = text.split("&")
    pieces = [first]
    for piece in rest:
        name, end, tail = piece.partition(";")
        character = _ENTITIES.get(name) or _referred(name) if end else None
        if character is None:
            return None
        pieces.append(character + tail)
    return "".join(pieces)


@lru_cache(maxsize=4096)
def _referred(name: str) -> str | None:
    """The character of ``#34920`` or ``#x8868``; None for one that XML forbids, or any other name.

    >>> _referred("#34920"), _referred("#x8868"), _referred("#0")
    ('表', '表', None)
    """
    base, digits = (16, name[2:]) if name[:2] == "#x" else (10, name[1:])
    if name[:1] != "#" or not digits.isascii() or not digits.isalnum() or len(digits) > 7:
        return None
    try:
        code = int(digits, base)
    except ValueError:
        return None
    known = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    return chr(code) if known or 0x10000 <= code <= 0x10FFFF else None


def shared_strings(xml: bytes, budget: Budget) -> list[str]:
    """The shared strings of a workbook, by either way."""
    found = plain_strings(xml, budget)
    return read_strings([xml], budget) if found is None else found


def plain_strings(xml: bytes, budget: Budget) -> list[str] | None:
    """The shared strings, None where they are not in the plain form."""
    begin, finish = xml.find(b"<si>"), xml.rfind(b"</si>")
    if begin < 0 or finish < begin or not is_plain(xml):
        return None
    if frame_of(xml[:begin], xml[finish + 5 :], "sst") is None:
        return None
    pieces = xml[begin + 4 : finish].split(b"</si><si>")
    budget.spend(2 * len(pieces), len(pieces))
    found = []
    for raw in pieces:
        text = _strings.get(raw)
        if text is None:
            text = _string(raw)
            if text is None:
                return None
        found.append(text)
    return found


def _string(raw: bytes) -> str | None:
    """The text of one shared string; a rich one alone goes through expat, and is remembered."""
    if not is_clean(raw):
        return None
    text = _rich(raw) if raw.startswith(b"<r>") else _plain_string(raw)
    if text is not None and len(raw) <= PIECE:
        if len(_strings) >= MOST:
            _strings.clear()
        _strings[raw] = text
    return text


def _rich(raw: bytes) -> str | None:
    try:
        (text,) = read_strings([b"<sst><si>", raw, b"</si></sst>"], Budget(Limits(), ""))
    except (ExpatError, DoctypeError, ValueError, InputError):
        return None
    return text


def _plain_string(raw: bytes) -> str | None:
    if not raw.endswith(b"</t>"):
        return None
    for opening in (b"<t>", b'<t xml:space="preserve">'):
        if raw.startswith(opening):
            try:
                text = text_of(raw[len(opening) : -4])
            except UnicodeDecodeError:
                return None
            return None if text is None else unescaped(text)
    return None
