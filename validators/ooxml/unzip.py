"""One entry of a zip unpacked at once, straight from the bytes: ``ZipFile.open`` takes long."""

from __future__ import annotations

import struct
import zipfile
import zlib

_LOCAL = struct.Struct("<4s22xHH")


def quickly(info: zipfile.ZipInfo, data: bytes, most: int) -> bytes | None:
    """The content of an entry; None for anything but a sound entry of at most ``most`` bytes.

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
        whole = packed
    else:
        inflate = zlib.decompressobj(-15)
        try:
            whole = inflate.decompress(packed, info.file_size + 1)
        except zlib.error:
            return None
        if not inflate.eof:
            return None
    sound = len(whole) == info.file_size and zlib.crc32(whole) == info.CRC
    return whole if sound else None
