"""The bytes of a published file as text: UTF-8, GB18030, UTF-16, Big5."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from ....templates.errors import InputError
from ...ooxml.limits import not_found
from ..spelling import TRADITIONAL

_LIMIT = 20 << 20  # bytes of a text or a web page
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_EXPECTED = ("政府", "公开", "公開", "申请", "申請", "行政")
_LEAST = 0.7  # of the characters must be such as texts have
_BROKEN = 200  # characters for each that is broken, at least
# Whole characters that the text layer of a printed page has as radicals: ⼯ for 工, ⺠ for 民.
_RADICALS = {code: ord(unicodedata.normalize("NFKC", chr(code))) for code in range(0x2F00, 0x2FD6)}
_RADICALS |= str.maketrans(
    "⼾⺁⺒⺓⺟⺠⺧⺩⺬⺮⻁⻄⻅⻆⻉⻊⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
    "户厂巳幺母民牛王示竹虎西见角贝足车長长门青韦页风飞食首马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
)


def load(path: Path, most: int = _LIMIT) -> bytes:
    """The bytes of a file; ``InputError`` when it is missing, empty or larger than ``most``."""
    try:
        size = path.stat().st_size
        if size > most:
            raise InputError(
                f"{path} 超过{most >> 20} MB，不像一份年报，没有读取。",
                f"{path} is larger than {most >> 20} MB, too large for a report: not read.",
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise not_found(path) from error
    except OSError as error:
        raise InputError(
            f"读不了文件 {path}（{error.strerror}）。",
            f"{path} cannot be read ({error.strerror}).",
        ) from error
    if not data.strip():
        raise InputError(
            f"{path} 是空文件。请重新保存年报全文。",
            f"{path} is empty: save the report's text again.",
        )
    return data


def decoded(data: bytes, name: str) -> str:
    """The text in ``data``; ``InputError`` when it is not text in a known encoding.

    A few bytes that are broken are shown as such, and never stand for a digit.
    """
    text = _utf16(data)
    if text is None or (b"\x00" in data and not _as_expected(text)):
        text = _in_bytes(data) or text
    if text is None:
        raise InputError(
            f"{name} 不是文本文件（编码认不出来）。请另存为 UTF-8 文本。",
            f"{name} is not a text file (its encoding is not known): save it as UTF-8 text.",
        )
    return text


def _in_bytes(data: bytes) -> str | None:
    """The text where a character is one byte or several; stray zero bytes count as broken."""
    data = data.replace(b"\x00", b"\xff")
    text = None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if text is None or not _as_expected(text):
        text = _mended(data) or _big5(data) or text
    return text


def _as_expected(text: str) -> bool:
    """Whether words of a report are in a text."""
    return any(word in text for word in _EXPECTED)


def _mended(data: bytes) -> str | None:
    """The text where but a few of its bytes are broken."""
    for encoding in ("utf-8-sig", "gb18030"):
        text = data.decode(encoding, "replace")
        if _as_expected(text) and text.count("\ufffd") * _BROKEN <= len(text):
            return text
    return None


def _big5(data: bytes) -> str | None:
    """The text where it is Big5: as GB18030 it has none of the words of a report."""
    text = data.decode("big5hkscs", "replace")
    return text if _as_expected(text) else None


def _utf16(data: bytes) -> str | None:
    """The text where it is UTF-16, with its mark or without; None for anything else."""
    if data.startswith(_MARKS):
        return data[: len(data) // 2 * 2].decode("utf-16", "replace")
    if b"\x00" not in data:
        return None
    tries = [data[: len(data) // 2 * 2].decode(f"utf-16-{end}", "replace") for end in ("le", "be")]
    best = max(tries, key=_ordinary)
    return best if _ordinary(best) >= _LEAST else None


def _ordinary(text: str) -> float:
    """The share of characters that a Chinese text is made of."""
    head = text[:20_000]
    usual = sum(
        (c.isascii() and (c.isprintable() or c in "\r\n\t"))
        or "\u3000" <= c <= "\u9fff"
        or "\uff00" <= c <= "\uffef"
        for c in head
    )
    return usual / max(1, len(head))


def simplified(text: str) -> str:
    """Traditional characters made simplified: all of them with OpenCC, else those of the form.

    >>> simplified("⼯作⼈⺠⻔⼾")
    '工作人民门户'
    """
    text = text if text.isascii() else text.translate(_RADICALS)
    if not any(ord(c) in TRADITIONAL for c in text):
        return text
    try:
        from opencc import OpenCC
    except ImportError:
        return text.translate(TRADITIONAL)
    whole: str = OpenCC("t2s").convert(text)
    return whole


__all__ = ["decoded", "load", "simplified"]
