"""The short way for shared strings, as ``plain_sheet`` is for cells."""

from __future__ import annotations

from xml.parsers.expat import ExpatError

from ...templates.errors import InputError
from .budget import Budget
from .limits import Limits
from .plain_sheet import MOST, PIECE, frame_of, is_clean, is_plain, text_of
from .sheet_cells import read_strings, unescaped
from .stream import DoctypeError

_strings: dict[bytes, str] = {}


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
