"""The first look at a Word document: what is refused before any library opens it."""

from __future__ import annotations

import io
import zipfile

from ...templates.errors import InputError
from .limits import MB, Limits, check_packing, truncated

BODY = "word/document.xml"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def check_document(data: bytes, name: str, limits: Limits) -> None:
    """Refuses what is no zip, is locked, or unpacks to more than a document ever does."""
    if data.startswith(_OLE):
        raise InputError(
            f"{name} 是旧格式（.doc）或有打开密码的文档，读不了。请用 Word 或 WPS 打开，去掉密码，"
            "另存为 .docx 再试。",
            f"{name} is a document of the old format, or has a password: open it, remove the "
            "password and save it as .docx.",
        )
    if not data.startswith(b"PK"):
        raise damaged(name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise truncated(name) from error
    check_packing(entries, name)
    whole = sum(e.file_size for e in entries)
    large = any(
        e.file_size > 8 * MB and e.file_size > limits.ratio * max(1, e.compress_size)
        for e in entries
    )
    body = sum(e.file_size for e in entries if e.filename == BODY)
    if (
        large
        or len(entries) > limits.parts
        or whole > limits.unpacked_mb * MB
        or body > limits.part_mb * MB // 8
    ):
        raise InputError(
            f"{name} 解开以后大得不像一份年报，可能被人做过手脚，没有打开。请用 Word 或 WPS 打开，"
            "只留年报正文，另存再试。",
            f"{name} unpacks to far more than a report and was not opened; it may have been "
            "tampered with: keep only the report in it and save it again.",
        )
    names = [e.filename for e in entries]
    if BODY not in names or len(set(names)) < len(names) or any(e.flag_bits & 1 for e in entries):
        raise damaged(name)


def damaged(name: str) -> InputError:
    """The sentence for what is no sound Word document."""
    return InputError(
        f"打不开 {name}：内容不是完好的 Word 文档。请用 Word 或 WPS 打开，另存为 .docx 再试。",
        f"{name} is no sound Word document (.docx): open it in Word or WPS, save it as .docx and "
        "try again.",
    )
