"""Safe reading of an OOXML package: what it is, how large, which parts, refused in one sentence.

Sizes are never believed: a part is unpacked piece by piece up to its limit. XML with a DOCTYPE
is refused, so that no entity is ever expanded.
"""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from xml.parsers.expat import ExpatError

from ...templates.errors import InputError
from .cells import Cells
from .formats import Formats, formats_of
from .limits import (
    MB,
    Budget,
    Limits,
    check_packing,
    encrypted,
    load,
    no_workbook,
    recognise,
    short,
    truncated,
)
from .plain_parts import shared_strings
from .plain_sheet import sheet_content
from .sheet_cells import read_sheet, read_strings, share_arrays
from .stream import DoctypeError
from .unseen import NONE, Unseen, may_hide, read_unseen
from .unzip import Unpacked, quickly
from .workbook_part import (
    Relationship,
    SheetRef,
    WorkbookPart,
    content_types,
    part_key,
    relationships,
    workbook_part,
)

T = TypeVar("T")
_FREE_STYLE = 1 << 24  # an index beyond those of all formats
_KEPT = 64 * MB  # of the parts that were unpacked, so many are kept
_WHOLE = 8 * MB  # a part up to this size is unpacked at once, a larger one is streamed


class Package:
    """An .xlsx or .xlsm as parts. Everything is read on demand."""

    def __init__(self, data: bytes, archive: zipfile.ZipFile, limits: Limits, name: str) -> None:
        self.data = data
        self.archive = archive
        self.limits = limits
        self.name = name
        self.budget: Budget = Budget(limits, name)
        self._read: dict[str, Unpacked] = {}
        self._unpacked = self._kept = 0
        self._counted: set[str] = set()
        self._shown: set[str] = set()  # sheets of which nothing is hidden

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
        """Key of a part → its name as the zip has it."""
        return {part_key(i.filename): i.filename for i in self.archive.infolist()}

    def __contains__(self, part: str) -> bool:
        return part_key(part) in self.names

    def read(self, part: str) -> bytes:
        """The content of a part, unpacked within the limits."""
        return self._part(part).content

    def _part(self, part: str) -> Unpacked:
        key = part_key(part)
        if key in self._read:
            return self._read[key]
        found = self._unpack(part)
        self._kept += len(found.content)
        if self._kept <= _KEPT:  # what is beyond is unpacked again where it is asked for again
            self._read[key] = found
        return found

    def _is_small(self, part: str) -> bool:
        return self._info(part).file_size <= _WHOLE

    def _info(self, part: str) -> zipfile.ZipInfo:
        if part not in self:
            raise self.broken(part)
        return self.archive.getinfo(self.names[part_key(part)])

    def _unpack(self, part: str) -> Unpacked:
        info = self._info(part)
        size = info.file_size
        whole = quickly(info, self.data, _WHOLE)
        more = 0 if info.filename in self._counted else size
        if whole is not None and self._unpacked + more <= self.limits.unpacked_mb * MB:
            self._unpacked += more
            self._counted.add(info.filename)
            return whole
        return Unpacked(b"".join(self.stream(part)))

    def stream(self, part: str) -> Iterator[bytes]:
        """The content of a part piece by piece, within the limits."""
        if part_key(part) in self._read:
            yield self._read[part_key(part)].content
            return
        info = self._info(part)
        limit, size, again = self.limits.part_mb * MB, 0, info.filename in self._counted
        self._counted.add(info.filename)
        try:
            with self.archive.open(info) as stream:
                while piece := stream.read(1 << 18):
                    size += len(piece)
                    self._unpacked += 0 if again else len(piece)
                    packed = max(1, info.compress_size)
                    swollen = size > 8 * MB and size / packed > self.limits.ratio
                    if size > limit or swollen or self._unpacked > self.limits.unpacked_mb * MB:
                        raise self._too_large(part)
                    self.budget.tick()
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise self.broken(part) from error  # also a compression nobody uses
        except RuntimeError as error:  # an encrypted zip entry
            raise encrypted(self.name) from error

    def _check_entries(self) -> None:
        entries = self.archive.infolist()
        if len(entries) > self.limits.parts:
            raise InputError(
                f"{self.name} 里有{len(entries)}个部件，超过上限{self.limits.parts}，没有打开。",
                f"{self.name} has {len(entries)} parts, more than {self.limits.parts}: it was not "
                "opened; check where it comes from.",
            )
        check_packing(entries, self.name)
        seen: set[str] = set()
        for info in entries:
            entry = part_key(info.filename)
            odd = (
                entry.startswith("/")
                or ".." in entry.split("/")
                or "\x00" in info.orig_filename
                or re.match(r"[A-Za-z]:", entry)
            )
            if odd or entry in seen:
                zh = "重复的部件名" if entry in seen else "不正常的部件名"
                en = "a duplicate part name" if entry in seen else "an odd part name"
                raise InputError(
                    f"{self.name} 里有{zh}（{short(entry)}），可能被人做过手脚，没有打开。"
                    "请核对来源。",
                    f"{self.name} has {en} ({short(entry)}), it may have been tampered with and "
                    "was not opened; check where it comes from.",
                )
            seen.add(entry)
            if info.flag_bits & 1:
                raise encrypted(self.name)

    def _check_kind(self) -> None:
        if "[content_types].xml" in self.names and self._workbook_part() is not None:
            return
        raise no_workbook(self.names, self.name)

    def _workbook_part(self) -> str | None:
        for rel in self.rels(""):
            if rel.type.endswith("/officeDocument") and rel.target in self:
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

    def _once(self, read: Callable[..., T], part: str, *more: Any) -> T:
        """What ``read`` says of a part; broken XML is an ``InputError``."""
        with self.sound(part):
            return self._part(part).once(read, self.budget, *more)

    @contextlib.contextmanager
    def sound(self, part: str) -> Iterator[None]:
        """Turns what parsing a part can raise into one sentence."""
        try:
            yield
        except DoctypeError as error:
            raise self._doctype() from error
        except (ExpatError, LookupError, ValueError) as error:  # also unknown encodings
            raise self.broken(part) from error

    def content_type(self, part: str) -> str:
        """The content type of a part, ``""`` when none is declared."""
        defaults, overrides = self._once(content_types, "[Content_Types].xml")
        extension = part.rpartition(".")[2].lower()
        return overrides.get(part_key(part), defaults.get(extension, ""))

    def rels_part(self, part: str) -> str:
        """The name of the part that holds the relationships of ``part`` (``""``: the package)."""
        folder, _, base = part.rpartition("/")
        return f"{folder}/_rels/{base}.rels" if folder else f"_rels/{base}.rels"

    def rels(self, part: str) -> tuple[Relationship, ...]:
        """The relationships of a part, in order; none when it has no relationships part."""
        name = self.rels_part(part)
        if name not in self:
            return ()
        return self._once(relationships, name, part)

    @cached_property
    def book(self) -> WorkbookPart:
        """Sheets, names and settings of the workbook."""
        return self._once(workbook_part, self.workbook_part)

    @cached_property
    def sheets(self) -> tuple[SheetRef, ...]:
        """Every sheet in the order of its tab."""
        targets = {r.id: r for r in self.rels(self.workbook_part)}
        found = []
        for name, rel_id, sheet_id, state in self.book.sheets:
            rel = targets.get(rel_id)
            if rel is None or rel.target not in self:
                raise self.broken(f"sheet {name}")
            kind = rel.type.rpartition("/")[2].lower()
            kind = {"xlmacrosheet": "macrosheet", "xlintlmacrosheet": "macrosheet"}.get(kind, kind)
            found.append(SheetRef(name, rel.target, kind, state, rel_id, sheet_id))
        if len(found) > self.limits.sheets:
            raise InputError(
                f"{self.name} 的工作表超过{self.limits.sheets}张，没有打开。请核对来源。",
                f"{self.name} has more than {self.limits.sheets} sheets and was not opened: "
                "check where it comes from.",
            )
        if not found or len({f.name.lower() for f in found}) < len(found):
            raise self.broken(self.workbook_part)
        return tuple(found)

    def cells(self, sheet: SheetRef) -> Cells:
        """What the cells of a sheet hold; of a sheet that has none, nothing."""
        if sheet.kind != "worksheet":
            return Cells({})
        with self.sound(sheet.part):
            codes = self.formats.conditional
            if self._is_small(sheet.part):
                part = self._part(sheet.part)
                content = part.once(sheet_content, self.budget, *codes.items(), large=True)
                if not content.hides:
                    self._shown.add(sheet.part)
            else:
                content = read_sheet(self.stream(sheet.part), self.budget, codes)
                share_arrays(content.cells)
        cells = Cells(
            dict(content.cells),
            content.merges,
            strings=self.strings,
            dated=self.formats.dated,
            missing=self._no_string,
            altering=self.formats.altering,
            epoch=self.book.epoch,
        )
        cells.struck, cells.faint = self.formats.struck, self.formats.faint
        cells.years = self.formats.years
        cells.show(content.looks, _FREE_STYLE, self.budget.tick)
        return cells

    def unseen(self, sheet: SheetRef) -> Unseen:
        """What of a sheet nobody sees."""
        hiding = self.formats.hiding
        with self.sound(sheet.part):
            shown = sheet.part in self._shown and not hiding
            whole = self._is_small(sheet.part)
            if shown or (whole and not may_hide(self.read(sheet.part), hiding)):
                return NONE
            return read_unseen(self.stream(sheet.part), self.budget, hiding)

    def _no_string(self) -> InputError:
        return self.broken("shared strings")

    def _related(self, kind: str) -> str | None:
        """The workbook's part of a kind, such as ``styles``."""
        for rel in self.rels(self.workbook_part):
            if rel.type.endswith("/" + kind) and not rel.external and rel.target in self:
                return rel.target
        return None

    @cached_property
    def strings(self) -> Sequence[str]:
        """The shared strings."""
        part = self._related("sharedStrings")
        if part is None:
            return ()
        with self.sound(part):
            if self._is_small(part):
                return self._part(part).once(shared_strings, self.budget, large=True)
            return read_strings(self.stream(part), self.budget)

    @cached_property
    def formats(self) -> Formats:
        """Which number formats show something else than the number."""
        part = self._related("styles")
        return Formats() if part is None else self._once(formats_of, part)

    def _doctype(self) -> InputError:
        return InputError(
            f"{self.name} 的内容里有 DOCTYPE 声明，正常的工作簿没有，可能被人做过手脚，没有打开。",
            f"{self.name} contains a DOCTYPE, which no ordinary workbook has; it may have been "
            "tampered with and was not opened.",
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
