"""Entries of a zip unpacked at once, straight from the bytes: ``ZipFile.open`` takes long.

The workbooks of one distribution share most of their parts to the byte. What is packed alike is
unpacked once, and what was read of it is looked up.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from .limits import Budget

T = TypeVar("T")
_LOCAL = struct.Struct("<4s22xHH")
_SHARED = 1 << 17  # bytes of the longest part that is remembered
_MOST = 256  # parts that are remembered
_ANSWERS = 64  # and of each what was read of it, which depends on where it stands


class Unpacked:
    """The ``content`` of a part; ``again``: an earlier workbook had the same."""

    __slots__ = ("_known", "again", "content", "sum")

    def __init__(self, content: bytes, sum_: int = 0) -> None:
        self.content = content
        self.sum = sum_
        self.again: bool = False
        self._known: dict[tuple[Any, ...], tuple[Any, int, int]] = {}

    def once(self, read: Callable[..., T], budget: Budget, *more: Any, large: bool = False) -> T:
        """``read(content, budget, *more)``; looked up, and paid for alike, where it was read.

        A ``large`` answer is kept only for a part that came again: most sheets never do.
        """
        if large and not self.again:
            return read(self.content, budget, *more)
        key = (read, *more)
        known = self._known.get(key)
        if known is not None:
            found, elements, cells = known
            budget.spend(elements, cells)
            return found  # type: ignore[no-any-return]
        elements, cells = budget.elements, budget.cells
        found = read(self.content, budget, *more)
        if len(self._known) >= _ANSWERS:
            self._known.clear()
        self._known[key] = found, elements - budget.elements, cells - budget.cells
        return found


_parts: OrderedDict[bytes, Unpacked] = OrderedDict()  # what was asked for last stands last


def quickly(info: zipfile.ZipInfo, data: bytes, most: int) -> Unpacked | None:
    """An entry's content; None for anything but a sound entry of at most ``most`` bytes.

    Nothing more than its declared size is ever unpacked, and its checksum must be right.
    """
    plain = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if not plain or info.file_size > most or info.flag_bits & 1:
        return None
    at = info.header_offset
    if at < 0 or at + _LOCAL.size > len(data):
        return None
    mark, name, extra = _LOCAL.unpack_from(data, at)
    first = at + 30 + name + extra
    packed = data[first : first + info.compress_size]
    if mark != b"PK\x03\x04" or len(packed) != info.compress_size:
        return None
    if info.compress_type == zipfile.ZIP_STORED:
        return Unpacked(packed) if _is_sound(packed, info) else None
    part = _parts.pop(packed, None)  # and put back at the end, whichever thread it is
    if part is not None and part.sum == info.CRC and len(part.content) == info.file_size:
        part.again = True
        _parts[packed] = part
        return part
    inflate = zlib.decompressobj(-15)
    try:
        whole = inflate.decompress(packed, info.file_size + 1)
    except zlib.error:
        return None
    if not inflate.eof or not _is_sound(whole, info):
        return None
    part = Unpacked(whole, info.CRC)
    if len(whole) <= _SHARED:
        _parts[packed] = part
        if len(_parts) > _MOST:
            _parts.popitem(last=False)
    return part


def _is_sound(whole: bytes, info: zipfile.ZipInfo) -> bool:
    return len(whole) == info.file_size and zlib.crc32(whole) == info.CRC
