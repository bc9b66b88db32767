"""A compound file and the compression of VBA sources, written.

Own code, because what PyPI has does not give back what it was given: ``ms-ovba`` 0.0.1 is an empty
wheel; ``ms-ovba-compression`` 1.0.1 loses bytes of every module longer than some hundred characters
(read back by olevba); ``ms-cfb`` 0.0.6 drops streams of a project with a dozen modules. Sources:
[MS-CFB] and [MS-OVBA] 2.4.1.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FREE, _END, _FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NONE = 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5

_Entry = tuple[str, int, bytes, list[int]]  # name, kind, content, children


def compress(data: bytes) -> bytes:
    """``data`` as an [MS-OVBA] CompressedContainer."""
    chunks = (_chunk(data[i : i + 4096]) for i in range(0, len(data), 4096))
    return b"\x01" + b"".join(chunks)


def _chunk(data: bytes) -> bytes:
    out = bytearray()
    seen: dict[bytes, int] = {}  # the last place of every three bytes
    at = 0
    while at < len(data):
        flags, tokens = 0, bytearray()
        for bit in range(8):
            if at >= len(data):
                break
            width = max(4, (at - 1).bit_length() if at > 1 else 0)  # bits of an offset here
            longest = (0xFFFF >> width) + 3
            start, length = seen.get(data[at : at + 3], -1), 0
            if start >= 0:
                while (
                    length < longest
                    and at + length < len(data)
                    and data[start + length] == data[at + length]
                ):
                    length += 1
            if length >= 3:
                flags |= 1 << bit
                tokens += struct.pack("<H", (at - start - 1) << (16 - width) | (length - 3))
            else:
                tokens.append(data[at])
                length = 1
            for passed in range(at, at + length):
                if passed + 3 <= len(data):
                    seen[data[passed : passed + 3]] = passed
            at += length
        out += bytes([flags]) + tokens
    if len(out) > 4096:  # nothing to gain: the chunk as it is, always 4,096 bytes long
        return struct.pack("<H", 0x3FFF) + data.ljust(4096, b"\0")
    return struct.pack("<H", 0xB000 | (len(out) - 1)) + bytes(out)


def container(storages: Mapping[str, Mapping[str, bytes]], streams: Mapping[str, bytes]) -> bytes:
    """A compound file, version 3, with ``storages`` of streams and ``streams`` beside them."""
    entries: list[_Entry] = [("Root Entry", _ROOT, b"", [])]
    for name, inside in storages.items():
        entries[0][3].append(len(entries))
        entries.append((name, _STORAGE, b"", []))
        children = entries[-1][3]
        for child, data in inside.items():
            children.append(len(entries))
            entries.append((child, _STREAM, data, []))
    for name, data in streams.items():
        entries[0][3].append(len(entries))
        entries.append((name, _STREAM, data, []))
    return _File(entries).whole()


class _File:
    """Sectors and their chains, filled in the order: streams, small streams, directory, FAT."""

    def __init__(self, entries: list[_Entry]) -> None:
        self.entries = entries
        self.body = bytearray()
        self.fat: list[int] = []
        self.starts = [_END] * len(entries)
        self.sizes = [len(e[2]) for e in entries]

    def whole(self) -> bytes:
        mini, minifat = bytearray(), list[int]()
        for number, (_, kind, data, _) in enumerate(self.entries):
            if kind != _STREAM or not data:
                continue
            if len(data) >= _CUTOFF:
                self.starts[number] = self._store(data)
                continue
            first = self.starts[number] = len(mini) // _MINI
            mini += data.ljust(-(-len(data) // _MINI) * _MINI, b"\0")
            minifat += [*range(first + 1, len(mini) // _MINI), _END]
        self.starts[0] = self._store(bytes(mini))
        self.sizes[0] = len(mini)
        minis = struct.pack(f"<{len(minifat)}I", *minifat)
        minifat_start = self._store(minis, b"\xff")
        minifat_sectors = -(-len(minis) // _SECTOR)
        directory = self._store(self._directory())
        count = 0
        while -(-(len(self.fat) + count) // (_SECTOR // 4)) > count:
            count += 1
        if count > 109:
            raise ValueError("more than 7 MB: this writer has no double-indirect table")
        first = len(self.fat)
        self.fat += [_FAT_SECTOR] * count
        places = list(range(first, first + count))
        fat = struct.pack(f"<{len(self.fat)}I", *self.fat)
        self.body += fat.ljust(count * _SECTOR, b"\xff")
        head = struct.pack(
            "<8s16xHHHHH6x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6
        )
        starts = (0, count, directory, 0, _CUTOFF, minifat_start, minifat_sectors, _END, 0)
        table = struct.pack("<9I109I", *starts, *places, *[_FREE] * (109 - count))
        return head + table + bytes(self.body)

    def _store(self, data: bytes, padding: bytes = b"\0") -> int:
        """Appends ``data`` as a chain of sectors; the first, or the end mark for nothing."""
        if not data:
            return _END
        first, count = len(self.fat), -(-len(data) // _SECTOR)
        self.body += data.ljust(count * _SECTOR, padding)
        self.fat += [*range(first + 1, first + count), _END]
        return first

    def _directory(self) -> bytes:
        links = [(_NONE, _NONE, _NONE, True)] * len(self.entries)
        for number, entry in enumerate(self.entries):
            root = self._tree(links, sorted(entry[3], key=self._order), 0)
            left, right, _, black = links[number]
            links[number] = (left, right, root, black)
        out = b""
        for number, (name, kind, _, _) in enumerate(self.entries):
            left, right, child, black = links[number]
            wide = name.encode("utf-16-le")
            start = self.starts[number] if kind != _STORAGE else 0
            links_here = (kind, black, left, right, child)
            out += struct.pack("<64sHBBIII36x", wide, len(wide) + 2, *links_here)
            out += struct.pack("<IQ", start, self.sizes[number])
        spare = -len(self.entries) % 4
        return out + struct.pack("<64sHBBIII48x", b"", 0, 0, 0, _NONE, _NONE, _NONE) * spare

    def _order(self, number: int) -> tuple[int, str]:
        name = self.entries[number][0]
        return len(name), name.upper()

    def _tree(self, links: list[tuple[int, int, int, bool]], numbers: list[int], depth: int) -> int:
        """A balanced tree of siblings; its deepest level is red, so all black heights agree."""
        if not numbers:
            return _NONE
        middle = len(numbers) // 2
        left = self._tree(links, numbers[:middle], depth + 1)
        right = self._tree(links, numbers[middle + 1 :], depth + 1)
        siblings = next(e[3] for e in self.entries if numbers[0] in e[3])
        last = depth == len(siblings).bit_length() - 1
        deepest = depth > 0 and left == right == _NONE and last
        links[numbers[middle]] = (left, right, links[numbers[middle]][2], not deepest)
        return numbers[middle]
