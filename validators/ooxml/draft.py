"""A package being changed: parts replaced, added and dropped; the rest copied as it lies.

What changed is written down in a journal part, which tells every part's bytes of before as long as
nobody else saved the file in between. A file may carry any journal: ``mark`` judges it first.
"""

from __future__ import annotations

import base64
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from ...templates.errors import InputError
from .package import Package
from .spans import JOURNAL, Node, appended, edited, escaped, tree
from .workbook_part import part_key

_HEAD = 200  # characters within which an encoding is declared
_DECLARED = r"""(\A<\?xml[^>]*encoding=)["'][^"']*["']"""
_OLD = (1980, 1, 1, 0, 0, 0)
_JOURNAL_BYTES = 32 << 20  # of the journal, and of all that it gives back
_JOURNAL_PARTS = 10_000
CONTENT_TYPES = "[Content_Types].xml"


class Draft:
    """The parts of ``package`` with changes on top. Part names are compared without case."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self._changed: dict[str, bytes] = {}
        self._added: dict[str, bytes] = {}
        self._dropped: set[str] = set()

    @staticmethod
    def plain(data: bytes) -> bytes:
        """A part in UTF-8, as ``read`` gives it."""
        return _utf8(data)

    def names(self) -> list[str]:
        """Every part's name as it will be."""
        kept = [n for key, n in self.package.names.items() if key not in self._dropped]
        return [*kept, *self._added]

    def has(self, part: str) -> bool:
        """Whether the part is there."""
        key = part_key(part)
        old = key in self.package.names and key not in self._dropped
        return old or key in {n.lower() for n in self._added}

    def owns(self, part: str, target: str) -> bool:
        """Whether ``target`` is a part of ``part`` alone, and none that the package goes by."""
        key = part_key(target)
        if target in self._added:
            return True
        return self._owners.get(key) == {part_key(part)} and not key.endswith((".rels", ".xml]"))

    @cached_property
    def _owners(self) -> dict[str, set[str]]:
        """By each part of the package the parts that are related to it."""
        owners: dict[str, set[str]] = {}
        for name in self.package.names:
            above, mark, base = name.rpartition("_rels/")
            if mark and base.endswith(".rels"):
                source = above + base.removesuffix(".rels")
                with suppress(InputError):  # relationships that nobody can read relate nothing
                    for rel in self.package.rels(source):
                        if not rel.external:
                            owners.setdefault(part_key(rel.target), set()).add(source)
        return owners

    def read(self, part: str) -> bytes:
        """The part as it is now, UTF-16 turned into UTF-8."""
        if part in self._added:
            return self._added[part]
        name = self.package.names.get(part_key(part), part)
        return self._changed.get(name, _utf8(self.package.read(name)))

    def write(self, part: str, data: bytes) -> None:
        """Replaces a part, or adds it."""
        key = part_key(part)
        if key in self.package.names and key not in self._dropped:
            self._changed[self.package.names[key]] = data
        else:
            self._added[part] = data

    def drop(self, part: str) -> None:
        """Takes a part out."""
        self._added.pop(part, None)
        if part in self.package:
            self._dropped.add(part_key(part))

    def free(self, pattern: str) -> str:
        """The first name of ``pattern`` (``xl/comments{}.xml``) that no part has."""
        taken = {*self.package.names, *(n.lower() for n in self._added)}
        number = 1
        while pattern.format(number).lower() in taken:
            number += 1
        return pattern.format(number)

    def declare(self, part: str, content_type: str) -> None:
        """Gives a part its content type."""
        entry = f'<Override PartName="/{escaped(part)}" ContentType="{content_type}"/>'
        self._insert_type(entry)

    def declare_extension(self, extension: str, content_type: str) -> None:
        """Gives all parts with an extension their content type, unless they have one."""
        root = tree(self.read(CONTENT_TYPES))
        for node in root.children:
            if node.local == "Default" and node.attr("Extension").lower() == extension:
                return
        self._insert_type(f'<Default Extension="{extension}" ContentType="{content_type}"/>')

    def _insert_type(self, entry: str) -> None:
        data = self.read(CONTENT_TYPES)
        root = tree(data)
        entry = re.sub(r"^<", f"<{root.prefix}", entry)
        self.write(CONTENT_TYPES, edited(data, [appended(data, root, entry.encode())]))

    def undeclare(self, part: str) -> None:
        """Takes a part's own content type out."""
        data = self.read(CONTENT_TYPES)
        gone = [
            (n.start, n.end, b"")
            for n in tree(data).children
            if n.local == "Override" and n.attr("PartName").lower() == f"/{part}".lower()
        ]
        if gone:
            self.write(CONTENT_TYPES, edited(data, gone))

    def relate(self, part: str, kind: str, target: str) -> str:
        """Adds a relationship (``kind`` is the last word of its type) and returns its id."""
        name = self.package.rels_part(part)
        space = "http://schemas.openxmlformats.org/package/2006/relationships"
        if not self.has(name):
            self.write(
                name,
                b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
                + f'<Relationships xmlns="{space}"></Relationships>'.encode(),
            )
        data = self.read(name)
        root = tree(data)
        ids = {n.attr("Id") for n in root.children}
        number = 1
        while f"rIdGouji{number}" in ids:
            number += 1
        entry = (
            f'<{root.prefix}Relationship Id="rIdGouji{number}" '
            f'Type="{self.office}/{kind}" Target="/{escaped(target)}"/>'
        )
        self.write(name, edited(data, [appended(data, root, entry.encode())]))
        return f"rIdGouji{number}"

    def unrelate(self, part: str, ids: set[str]) -> None:
        """Takes relationships out by their ids."""
        name = self.package.rels_part(part)
        data = self.read(name)
        gone = [(n.start, n.end, b"") for n in tree(data).children if n.attr("Id") in ids]
        self.write(name, edited(data, gone))

    @property
    def office(self) -> str:
        """The namespace of office relationships: the strict or the transitional one."""
        strict = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
        head = self.read(self.package.workbook_part)[:4096]
        if strict in head:
            return "http://purl.oclc.org/ooxml/officeDocument/relationships"
        return "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    def id_attribute(self, root: Node, rel_id: str) -> str:
        """``r:id="…"`` for an element below ``root``, which mostly declares the prefix itself.

        Programs that do not know namespaces look for exactly ``r:id``.
        """
        declared = root.attrs.get("xmlns:r")
        if declared == self.office:
            return f'r:id="{rel_id}"'
        prefix = "r" if declared is None else "gjr"
        return f'xmlns:{prefix}="{self.office}" {prefix}:id="{rel_id}"'

    @property
    def main(self) -> str:
        """The namespace of spreadsheet parts."""
        if "purl.oclc.org" in self.office:
            return "http://purl.oclc.org/ooxml/spreadsheetml/main"
        return "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

    def journalled(self) -> None:
        """Adds the journal: what to put back where, for as long as the parts are unchanged."""
        self.declare(JOURNAL, "application/json")
        changed = {}
        for name, new in self._changed.items():
            old = self.package.read(name)
            head = _common(old, new)
            tail = _common(old[head:][::-1], new[head:][::-1])
            middle = zlib.compress(old[head : len(old) - tail], 9)
            changed[name] = {
                "sha256": sha256(new).hexdigest(),
                "head": head,
                "tail": tail,
                "old": base64.b64encode(middle).decode(),
            }
        added = {name: sha256(data).hexdigest() for name, data in self._added.items()}
        journal = {"gouji": 1, "changed": changed, "added": added}
        self._added[JOURNAL] = json.dumps(journal, indent=0, sort_keys=True).encode()

    def packed(self) -> bytes:
        """The new package. Entries of unchanged parts are copied without recompression."""
        out = io.BytesIO()
        source = self.package.data
        infos = self.package.archive.infolist()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.comment = self.package.archive.comment
            for info in infos:
                if part_key(info.filename) in self._dropped:
                    continue
                if info.filename in self._changed:
                    fresh = zipfile.ZipInfo(info.filename, info.date_time)
                    fresh.external_attr = info.external_attr
                    fresh.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(fresh, self._changed[info.filename])
                else:
                    _copy(archive, out, source, info)
            for name, data in self._added.items():
                fresh = zipfile.ZipInfo(name, _OLD)
                fresh.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(fresh, data)
        return out.getvalue()


@dataclass(frozen=True)
class Journal:
    """What a journal says of a package that nobody saved since: believed by nobody yet.

    ``old`` are the parts as they were, by name; ``added`` the names of parts that were not there.
    """

    old: Mapping[str, bytes]
    added: Sequence[str]


def journal_of(package: Package) -> Journal | None:
    """The journal of a package whose parts still are what it says they became; else None.

    One of another shape, or of a size that our own marking never makes, counts as none.
    """
    draft = Draft(package)
    try:
        entry = package.archive.getinfo(package.names[JOURNAL.lower()])
        if entry.file_size > _JOURNAL_BYTES:
            return None
        journal = json.loads(package.read(JOURNAL))
        changed, added = dict(journal["changed"]), dict(journal["added"])
        if len(changed) + len(added) > _JOURNAL_PARTS:
            return None
        for name, digest in added.items():
            if sha256(package.read(name)).hexdigest() != digest:
                return None
        room = _JOURNAL_BYTES
        old: dict[str, bytes] = {}
        for name, kept in changed.items():
            new = package.read(name)
            if not draft.has(name) or sha256(new).hexdigest() != kept["sha256"]:
                return None
            head, tail = int(kept["head"]), int(kept["tail"])
            if head < 0 or tail < 0 or head + tail > len(new):
                return None
            unpacker = zlib.decompressobj()
            middle = unpacker.decompress(base64.b64decode(kept["old"]), room + 1)
            room -= len(middle)
            if room < 0 or not unpacker.eof:
                return None
            old[name] = new[:head] + middle + new[len(new) - tail :]
    except Exception:  # a journal that is not ours, damaged or forged
        return None
    return Journal(old, tuple(added))


def without_journal(package: Package, journal: Journal) -> bytes:
    """The package with what ``journal`` says put back."""
    draft = Draft(package)
    for name in journal.added:
        draft.drop(name)
    for name, data in journal.old.items():
        draft.write(name, data)
    draft.drop(JOURNAL)
    return draft.packed()


def _common(one: bytes, two: bytes) -> int:
    """The length of the common beginning."""
    low, high = 0, min(len(one), len(two))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == two[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _copy(archive: zipfile.ZipFile, out: io.BytesIO, source: bytes, info: zipfile.ZipInfo) -> None:
    """Copies an entry's compressed bytes as they are."""
    at = info.header_offset
    if source[at : at + 4] != b"PK\x03\x04" or at + 30 > len(source):
        raise zipfile.BadZipFile(info.filename)
    name_length, extra_length = struct.unpack("<HH", source[at + 26 : at + 30])
    first = at + 30 + name_length + extra_length
    name = source[at + 30 : at + 30 + name_length]
    encoded = info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437", "replace")
    if name != encoded or first + info.compress_size > len(source):
        raise zipfile.BadZipFile(info.filename)  # the two headers of the entry contradict
    body = source[first : first + info.compress_size]
    fresh = zipfile.ZipInfo(info.filename, info.date_time)
    fresh.compress_type = info.compress_type
    fresh.external_attr = info.external_attr
    fresh.internal_attr = info.internal_attr
    fresh.create_system = info.create_system
    fresh.comment = info.comment
    fresh.flag_bits = info.flag_bits & ~0x08
    fresh.CRC = info.CRC
    fresh.compress_size = info.compress_size
    fresh.file_size = info.file_size
    fresh.header_offset = out.tell()
    out.write(fresh.FileHeader(zip64=False))
    out.write(body)
    archive.filelist.append(fresh)
    archive.NameToInfo[fresh.filename] = fresh
    archive.start_dir = out.tell()
    archive._didModify = True  # type: ignore[attr-defined]


def _utf8(data: bytes) -> bytes:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16")
        head = re.sub(_DECLARED, r'\1"UTF-8"', text[:_HEAD], count=1)
        return (head + text[_HEAD:]).encode("utf-8")
    return data
