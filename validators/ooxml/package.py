"""Safe reading of an OOXML package: what it is, how large, which parts, refused in one sentence.

Sizes are never believed: a part is unpacked piece by piece up to its limit. XML with a DOCTYPE
is refused, so that no entity is ever expanded.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote
from xml.parsers import expat

from ...templates.errors import InputError
from .guards import DoctypeError, elements, extent_of, overstated
from .limits import MB, Limits, encrypted, load, recognise, short, truncated


@dataclass(frozen=True)
class Relationship:
    """One relationship; ``target`` is a part name without a leading slash, or a URL."""

    id: str
    type: str
    target: str
    external: bool


@dataclass(frozen=True)
class SheetRef:
    """A sheet of the workbook; ``kind`` is worksheet, chartsheet, dialogsheet or macrosheet."""

    name: str
    part: str
    kind: str
    state: str
    rel_id: str
    sheet_id: str


class Package:
    """An .xlsx or .xlsm as parts. Everything is read on demand."""

    def __init__(self, data: bytes, archive: zipfile.ZipFile, limits: Limits, name: str) -> None:
        self.data = data
        self.archive = archive
        self.limits = limits
        self.name = name
        self._read: dict[str, bytes] = {}
        self._unpacked = 0

    @classmethod
    def open(cls, source: Path | bytes, limits: Limits | None = None, name: str = "") -> Package:
        """The package in a file or in its bytes; ``InputError`` when it is not a workbook."""
        bounds = limits or Limits()
        name = name or (str(source) if isinstance(source, Path) else "workbook")
        data = load(source, bounds) if isinstance(source, Path) else source
        recognise(data, name, bounds)
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise truncated(name) from error
        package = cls(data, archive, bounds, name)
        package._check_entries()
        package._check_kind()
        return package

    @cached_property
    def names(self) -> dict[str, str]:
        """Part name in lower case → the name as the zip has it."""
        return {i.filename.lower(): i.filename for i in self.archive.infolist()}

    def __contains__(self, part: str) -> bool:
        return part.lower() in self.names

    def read(self, part: str) -> bytes:
        """The content of a part, unpacked within the limits."""
        key = part.lower()
        if key not in self._read:
            self._read[key] = self._unpack(part)
        return self._read[key]

    def _unpack(self, part: str) -> bytes:
        if part.lower() not in self.names:
            raise self.broken(part)
        info = self.archive.getinfo(self.names[part.lower()])
        limit = self.limits.part_mb * MB
        pieces, size = [], 0
        try:
            with self.archive.open(info) as stream:
                while piece := stream.read(1 << 18):
                    pieces.append(piece)
                    size += len(piece)
                    packed = max(1, info.compress_size)
                    swollen = size > 8 * MB and size / packed > self.limits.ratio
                    total = self._unpacked + size
                    if size > limit or swollen or total > self.limits.unpacked_mb * MB:
                        raise self._too_large(part)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise self.broken(part) from error
        except NotImplementedError as error:  # a compression nobody uses
            raise self.broken(part) from error
        except RuntimeError as error:  # an encrypted zip entry
            raise encrypted(self.name) from error
        self._unpacked += size
        return b"".join(pieces)

    def _check_entries(self) -> None:
        entries = self.archive.infolist()
        if len(entries) > self.limits.parts:
            raise InputError(
                f"{self.name} 里有{len(entries)}个部件，超过上限{self.limits.parts}，没有打开。",
                f"{self.name} has {len(entries)} parts, more than {self.limits.parts}: it was not "
                "opened; check where it comes from.",
            )
        seen: set[str] = set()
        for info in entries:
            entry = info.filename
            odd = (
                entry.startswith(("/", "\\"))
                or "\\" in entry
                or ".." in entry.split("/")
                or "\x00" in info.orig_filename
                or re.match(r"[A-Za-z]:", entry)
            )
            if odd or entry.lower() in seen:
                zh = "重复的部件名" if entry.lower() in seen else "不正常的部件名"
                en = "a duplicate part name" if entry.lower() in seen else "an odd part name"
                raise InputError(
                    f"{self.name} 里有{zh}（{short(entry)}），可能被人做过手脚，没有打开。"
                    "请核对来源。",
                    f"{self.name} has {en} ({short(entry)}), it may have been tampered with and "
                    "was not opened; check where it comes from.",
                )
            seen.add(entry.lower())
            if info.flag_bits & 1:
                raise encrypted(self.name)

    def _check_kind(self) -> None:
        if "[content_types].xml" in self.names and self._workbook_part() is not None:
            return
        others = {
            "word/document.xml": ("Word 文档", "a Word document"),
            "ppt/presentation.xml": ("PowerPoint 演示文稿", "a presentation"),
            "xl/workbook.bin": ("二进制工作簿（.xlsb）", "a binary workbook (.xlsb)"),
            "content.xml": ("OpenDocument 文件", "an OpenDocument file"),
        }
        zh, en = next(
            (w for part, w in others.items() if part in self.names),
            ("压缩包，里面没有工作簿", "a zip without a workbook in it"),
        )
        raise InputError(
            f"{self.name} 不是 .xlsx 工作簿，而是{zh}。"
            "请用 Excel 或 WPS 打开正确的文件，另存为 .xlsx。",
            f"{self.name} is not an .xlsx workbook but {en}: open the right file in Excel or WPS "
            "and save it as .xlsx.",
        )

    def _workbook_part(self) -> str | None:
        for rel in self.rels(""):
            if rel.type.endswith("/officeDocument") and rel.target.lower() in self.names:
                content = self.content_type(rel.target)
                if "spreadsheetml" in content or "ms-excel" in content:
                    return None if content.endswith("binary.macroEnabled.main") else rel.target
        return None

    @cached_property
    def workbook_part(self) -> str:
        """The name of the workbook's part."""
        part = self._workbook_part()
        if part is None:
            raise self.broken("xl/workbook.xml")
        return part

    @cached_property
    def _types(self) -> tuple[dict[str, str], dict[str, str]]:
        defaults: dict[str, str] = {}
        overrides: dict[str, str] = {}

        def start(tag: str, attrs: dict[str, str]) -> None:
            local = tag.rpartition(":")[2]
            if local == "Default":
                defaults[attrs.get("Extension", "").lower()] = attrs.get("ContentType", "")
            elif local == "Override":
                name = unquote(attrs.get("PartName", "")).lstrip("/").lower()
                overrides[name] = attrs.get("ContentType", "")

        self.walk("[Content_Types].xml", start)
        return defaults, overrides

    def content_type(self, part: str) -> str:
        """The content type of a part, ``""`` when none is declared."""
        defaults, overrides = self._types
        extension = part.rpartition(".")[2].lower()
        return overrides.get(part.lower(), defaults.get(extension, ""))

    def rels_part(self, part: str) -> str:
        """The name of the part that holds the relationships of ``part`` (``""``: the package)."""
        folder, _, base = part.rpartition("/")
        return f"{folder}/_rels/{base}.rels" if folder else f"_rels/{base}.rels"

    def rels(self, part: str) -> tuple[Relationship, ...]:
        """The relationships of a part, in order; none when it has no relationships part."""
        name = self.rels_part(part)
        if name not in self:
            return ()
        found: list[Relationship] = []
        base = posixpath.dirname(part)

        def start(tag: str, attrs: dict[str, str]) -> None:
            if tag.rpartition(":")[2] != "Relationship":
                return
            external = attrs.get("TargetMode") == "External"
            target = attrs.get("Target", "")
            if not external:
                target = unquote(target)
                if not target.startswith("/"):
                    target = posixpath.join("/" + base, target)
                target = posixpath.normpath(target).lstrip("/")
            found.append(Relationship(attrs.get("Id", ""), attrs.get("Type", ""), target, external))

        self.walk(name, start)
        return tuple(found)

    @cached_property
    def sheets(self) -> tuple[SheetRef, ...]:
        """Every sheet in the order of its tab."""
        targets = {r.id: r for r in self.rels(self.workbook_part)}
        found: list[SheetRef] = []

        def start(tag: str, attrs: dict[str, str]) -> None:
            if tag.rpartition(":")[2] != "sheet" or "name" not in attrs:
                return
            rel_id = next((v for k, v in attrs.items() if k.rpartition(":")[2] == "id"), "")
            rel = targets.get(rel_id)
            if rel is None or rel.target.lower() not in self.names:
                raise self.broken(f"sheet {attrs['name']}")
            kind = rel.type.rpartition("/")[2].lower()
            kind = {"xlmacrosheet": "macrosheet", "xlintlmacrosheet": "macrosheet"}.get(kind, kind)
            state = attrs.get("state", "visible")
            sheet_id = attrs.get("sheetId", "")
            found.append(SheetRef(attrs["name"], rel.target, kind, state, rel_id, sheet_id))
            if len(found) > self.limits.sheets:
                raise InputError(
                    f"{self.name} 的工作表超过{self.limits.sheets}张，没有打开。请核对来源。",
                    f"{self.name} has more than {self.limits.sheets} sheets and was not opened: "
                    "check where it comes from.",
                )

        self.walk(self.workbook_part, start)
        if not found:
            raise self.broken(self.workbook_part)
        return tuple(found)

    def walk(self, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
        """Calls ``start(tag, attributes)`` for every element; broken XML is an ``InputError``."""
        data = self.read(part)
        try:
            found = elements(data)
        except DoctypeError:
            self._doctype()
        except (expat.ExpatError, LookupError, ValueError) as error:  # also unknown encodings
            raise self.broken(part) from error
        for tag, attrs in found:
            start(tag, attrs)

    def _doctype(self) -> NoReturn:
        raise InputError(
            f"{self.name} 的内容里有 DOCTYPE 声明，正常的工作簿没有，可能被人做过手脚，没有打开。",
            f"{self.name} contains a DOCTYPE, which no ordinary workbook has; it may have been "
            "tampered with and was not opened.",
        )

    def count_guard(self) -> None:
        """Refuses shared strings and styles that declare more members than they can have."""
        kinds = ("/sharedStrings", "/styles")
        rels = [r for r in self.rels(self.workbook_part) if r.type.endswith(kinds)]
        parts = {self.workbook_part, *(r.target for r in rels if r.target in self)}
        # calamine looks for these by name, whatever the relationships say
        named = ("xl/workbook.xml", "xl/sharedstrings.xml", "xl/styles.xml")
        parts |= {name for name in named if name in self}
        for part in sorted(parts):
            if overstated(self.read(part)):
                raise self.broken(part)

    def sheet_extent_guard(self, sheet: str) -> None:
        """Refuses a sheet whose few cells span a rectangle too large to be held in memory."""
        part = next((s.part for s in self.sheets if s.name == sheet), None)
        if part is None:
            return
        xml = self.read(part)
        if b"<!DOCTYPE" in xml[:4096]:
            self._doctype()
        extent = extent_of(xml)
        if extent is None or overstated(xml):
            raise self.broken(part)
        rows, cols = extent
        if rows * cols > self.limits.area:
            raise InputError(
                f"{self.name} 的工作表“{short(sheet)}”占到第{rows}行、第{cols}列，范围太大，"
                "没有读取。"
                "请删去远处的空行空列后另存。",
                f"Sheet {short(sheet)!r} of {self.name} reaches to row {rows}, column {cols}, too "
                "far to be read: delete the empty rows and columns and save.",
            )

    def broken(self, part: str) -> InputError:
        """The sentence for a package whose ``part`` is missing or damaged."""
        return InputError(
            f"{self.name} 已损坏（{short(part)} 读不出来）。"
            "请用 Excel 或 WPS 修复后另存，或请对方重发。",
            f"{self.name} is damaged ({short(part)} cannot be read): repair it in Excel or WPS "
            "and save, or ask for it again.",
        )

    def _too_large(self, part: str) -> InputError:
        return InputError(
            f"{self.name} 解压后过大（{short(part)}），可能是压缩炸弹，没有打开。请核对来源。",
            f"{self.name} is too large when unpacked ({short(part)}), it may be a zip bomb and "
            "was not opened; check where it comes from.",
        )
