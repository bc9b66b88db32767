"""The first look at a file: how large, what kind, and what reading it may cost; what is refused."""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ...templates.disk import reason
from ...templates.errors import InputError, UnreadError
from ...templates.outside import read_outside
from ...templates.words import Words

MB = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _env(name: str, default: int) -> int:
    try:
        return int(os.environ.get(f"GOUJI_MAX_{name}", default))
    except ValueError:
        return default


@dataclass(frozen=True)
class Limits:
    """What a workbook may be at most. Each is a setting: ``GOUJI_MAX_<NAME>`` in the environment.

    Sizes in MB; ``ratio`` is unpacked to packed size, judged for parts above 8 MB; ``cells`` are
    those with a content, ``elements`` those of all parts that are read, ``depth`` is how deep
    they may be nested, ``seconds`` what reading may take. All are of the whole workbook.
    """

    file_mb: int = field(default_factory=lambda: _env("FILE_MB", 100))
    part_mb: int = field(default_factory=lambda: _env("PART_MB", 256))
    unpacked_mb: int = field(default_factory=lambda: _env("UNPACKED_MB", 512))
    ratio: int = field(default_factory=lambda: _env("RATIO", 200))
    parts: int = field(default_factory=lambda: _env("PARTS", 20_000))
    sheets: int = field(default_factory=lambda: _env("SHEETS", 1_000))
    cells: int = field(default_factory=lambda: _env("CELLS", 1_000_000))
    elements: int = field(default_factory=lambda: _env("ELEMENTS", 5_000_000))
    depth: int = field(default_factory=lambda: _env("DEPTH", 256))
    seconds: int = field(default_factory=lambda: _env("SECONDS", 10))

    @property
    def file_bytes(self) -> int:
        """The file limit in bytes."""
        return self.file_mb * MB


def load(path: Path, limits: Limits) -> bytes:
    """The bytes of a file within the limits; ``InputError`` names what is in the way."""
    try:
        if path.is_dir():
            raise InputError(
                f"{path} 是文件夹，不是工作簿。", f"{path} is a folder, not a workbook."
            )
        return read_outside(path, limits.file_bytes)
    except FileNotFoundError as error:
        raise not_found(path) from error
    except OSError as error:
        raise UnreadError(
            f"读不了文件 {path}（{reason(error).zh}）。请检查它是否正被打开、是否有权限读取。",
            f"{path} cannot be read ({reason(error).en}): check that it is not open and that you "
            "may read it.",
        ) from error


def not_found(path: Path) -> InputError:
    """The sentence for a file that is not there."""
    return InputError(
        f"找不到文件 {path}，请检查路径和文件名。",
        f"{path} was not found: check the path and the name.",
    )


# How files begin that a document-protection system has encrypted.
_PROTECTED = (b"\x62\x14\x23\x65", b"%TSD-Header-###%", b"\x77\x14\x23\x65", b"E-SafeNet")


def recognise(data: bytes, name: str, limits: Limits, ole: bool = False) -> None:
    """Raises for what is not even a zip, each kind with its own sentence.

    ``ole``: the old format is read as well.
    """
    if len(data) > limits.file_bytes:
        raise InputError(
            f"{name} 有{len(data) >> 20} MB，超过上限{limits.file_mb} MB，没有打开。",
            f"{name} has {len(data) >> 20} MB, more than {limits.file_mb} MB, and was not opened.",
        )
    if not data:
        raise InputError(
            f"{name} 是空文件（0字节）。请重新保存或请对方重发。",
            f"{name} is an empty file (0 bytes): save it again or ask for it again.",
        )
    if ole and data.startswith(_OLE):
        streams = ("Workbook", "Book", "WORKBOOK")
        if any(s.encode("utf-16-le") in data for s in streams):
            return
        if "WordDocument".encode("utf-16-le") in data:
            raise InputError(
                f"{name} 是旧格式的 Word 文档（.doc）。请用 Word 或 WPS 打开，另存为 .docx 再试。",
                f"{name} is a Word document of the old format (.doc): save it as .docx.",
            )
        raise InputError(
            f"{name} 不是工作簿（是旧格式的 Word 文档或别的文件）。请换成年报的工作簿。",
            f"{name} is not a workbook but a Word document or another file of the old format.",
        )
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise encrypted(name)
        raise InputError(
            f"{name} 是旧格式（.xls）文件。请用 Excel 或 WPS 打开，另存为 .xlsx 再试。",
            f"{name} is in the old .xls format: open it in Excel or WPS and save it as .xlsx.",
        )
    if data.startswith(_PROTECTED) or b"E-SafeNet" in data[:64]:
        raise InputError(
            f"{name} 被本单位的文档加密系统加了密，读不了。请先在加密系统里解密（外发），"
            "再用解密后的文件。",
            f"{name} is encrypted by a document-protection system: have it decrypted there first.",
        )
    if not data.startswith(b"PK"):
        raise InputError(
            f"{name} 不是工作簿（内容不是 Excel 格式，可能是改了扩展名的文本或网页）。"
            "请用 Excel 或 WPS 打开后另存为 .xlsx。",
            f"{name} is not a workbook (its content is not in an Excel format; text or a web page "
            "may have been renamed): open it in Excel or WPS and save it as .xlsx.",
        )


def no_workbook(parts: Container[str], name: str) -> InputError:
    """The sentence for a zip that is no .xlsx, by the parts that it has."""
    others = {
        "word/document.xml": Words("Word 文档", "a Word document"),
        "ppt/presentation.xml": Words("PowerPoint 演示文稿", "a presentation"),
        "xl/workbook.bin": Words("二进制工作簿（.xlsb）", "a binary workbook (.xlsb)"),
        "content.xml": Words("OpenDocument 文件", "an OpenDocument file"),
    }
    kind = next((words for part, words in others.items() if part in parts), None)
    do = Words(
        "请用 Excel 或 WPS 打开正确的文件，另存为 .xlsx",
        "open the right file in Excel or WPS and save it as .xlsx",
    )
    if "word/document.xml" in parts:
        do = Words("是年报正文的，请把扩展名改成 .docx 再试", "if it is a report, name it .docx")
    elif kind is None:
        do = Words("请先解压，再选里面的文件", "unpack it and choose the file in it")
    what = kind or Words("压缩包，里面没有工作簿", "a zip without a workbook in it")
    return InputError(
        f"{name} 不是 .xlsx 工作簿，而是{what.zh}。{do.zh}。",
        f"{name} is not an .xlsx workbook but {what.en}: {do.en}.",
    )


def encrypted(name: str) -> InputError:
    """The sentence for a workbook with a password."""
    return InputError(
        f"{name} 有打开密码，读不了也标不了。请在 Excel 或 WPS 里去掉密码后另存；"
        "只核对的话，可以用 --password-env 给出密码。",
        f"{name} is protected by a password and can neither be read nor marked: remove the "
        "password in Excel or WPS and save it; to check it, give the password by --password-env.",
    )


def truncated(name: str) -> InputError:
    """The sentence for a zip that ends too early."""
    return InputError(
        f"{name} 不完整（文件没有传完或被截断）。请重新下载或请对方重发。",
        f"{name} is incomplete (cut off in transfer): download it or ask for it again.",
    )


def check_packing(entries: Iterable[zipfile.ZipInfo], name: str) -> None:
    """Refuses a way of packing that no office program writes.

    A few kilobytes of bzip2 or LZMA unpack to gigabytes at one stroke, before any limit sees it.
    """
    if any(e.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for e in entries):
        raise InputError(
            f"{name} 的压缩方法不是办公软件用的，可能是压缩炸弹，没有打开。请核对来源；"
            "要用它，请用 Excel 或 WPS 打开后另存一份。",
            f"{name} is packed in a way that no office program uses, it may be a zip bomb and was "
            "not opened: check where it comes from, or save it again in Excel or WPS.",
        )


def short(text: str) -> str:
    """At most 60 printable characters of a text that is echoed."""
    clean = "".join(c if c.isprintable() else "?" for c in text)
    return clean if len(clean) <= 60 else clean[:57] + "…"


_EVERY = 2048  # elements between two looks at the clock


class Budget:
    """Elements, cells, depth and seconds that are left for a workbook called ``name``."""

    def __init__(self, limits: Limits, name: str) -> None:
        self.limits = limits
        self.name = name
        self.elements: int = limits.elements
        self.cells: int = limits.cells
        self.depth: int = limits.depth
        self._until = time.monotonic() + limits.seconds
        self._next = self.elements - _EVERY

    def spend(self, elements: int, cells: int = 0) -> None:
        """Counts what was read; ``InputError`` when it was too much or took too long."""
        self.elements -= elements
        self.cells -= cells
        if self.elements < self._next:
            self._next = self.elements - _EVERY
            self.tick()
        if self.elements < 0 or self.cells < 0:
            limit = self.limits.cells if self.cells < 0 else self.limits.elements
            zh, en = ("单元格", "cells") if self.cells < 0 else ("内容", "elements")
            raise InputError(
                f"{self.name} 里的{zh}超过上限{limit:,}，没有读完。"
                "请删去无关的工作表和多余的格式后另存。",
                f"{self.name} has more than {limit:,} {en} and was not read to its end: delete "
                "unrelated sheets and formats, and save.",
            )

    def tick(self) -> None:
        """``InputError`` when the time for this workbook is over."""
        if time.monotonic() > self._until:
            raise InputError(
                f"{self.name} 读了{self.limits.seconds}秒还没有读完，没有读下去。"
                "请删去无关的工作表后另存；确要读完，可调大 GOUJI_MAX_SECONDS。",
                f"{self.name} took more than {self.limits.seconds} s to read and was left: delete "
                "unrelated sheets and save, or raise GOUJI_MAX_SECONDS.",
            )

    def too_deep(self) -> InputError:
        """The sentence for elements within elements without end."""
        return InputError(
            f"{self.name} 的内容层层嵌套超过{self.depth}层，正常的工作簿没有，"
            "可能被人做过手脚，没有打开。",
            f"{self.name} nests its content more than {self.depth} deep, which no ordinary "
            "workbook "
            "does; it may have been tampered with and was not opened.",
        )
