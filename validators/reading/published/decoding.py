"""The bytes of a published file as text: UTF-8, GB18030, Big5, UTF-16; simplified characters."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from ....templates.errors import InputError
from ...ooxml.limits import Limits
from ...ooxml.limits import load as bytes_of
from ..spelling import TRADITIONAL
from .reading_words import WORDS

_LIMIT = 20 << 20  # bytes of a text or a web page
_ENCODINGS = ("utf-8-sig", "gb18030", "big5hkscs")
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_EXPECTED = WORDS.words("expected")
_CONVERTED = [pair.split("=") for pair in WORDS.words("converted")]
_BROKEN = 200  # characters for each that is broken, at least
# Whole characters that the text layer of a printed page has as radicals: ⼯ for 工, ⺠ for 民.
_RADICALS = {code: ord(unicodedata.normalize("NFKC", chr(code))) for code in range(0x2F00, 0x2FD6)}
_RADICALS |= str.maketrans(
    "⼾⺁⺒⺓⺟⺠⺧⺩⺬⺮⻁⻄⻅⻆⻉⻊⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
    "户厂巳幺母民牛王示竹虎西见角贝足车长长门青韦页风飞食首马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
)


def load(path: Path, most: int = _LIMIT) -> bytes:
    """The bytes of a file; ``InputError`` when it is missing, empty or larger than ``most``."""
    data = bytes_of(path, Limits())
    if len(data) > most:
        raise InputError(
            f"{path} 超过{most >> 20} MB，不像一份年报，没有读取。",
            f"{path} is larger than {most >> 20} MB, too large for a report: not read.",
        )
    if not data.strip():
        raise InputError(
            f"{path} 是空文件。请重新保存年报全文。",
            f"{path} is empty: save the report's text again.",
        )
    return data


def decoded(data: bytes, name: str) -> str:
    """The text in ``data``; ``InputError`` when it is not text in a known encoding.

    That encoding is taken in which words of a report stand and the least is broken. A few bytes
    that are broken, zero bytes among them, are shown as such, and never stand for a digit.
    """
    if data.startswith(_MARKS):
        return data[: len(data) // 2 * 2].decode("utf-16", "replace")
    plain = data.replace(b"\x00", b"\xff")
    texts = [
        plain.decode(encoding, "replace") for encoding in ("utf-8-sig", "gb18030", "big5hkscs")
    ]
    if b"\x00" in data:
        wide = [data[: len(data) // 2 * 2].decode(f"utf-16-{e}", "replace") for e in ("le", "be")]
        texts += [text for text in wide if _is_expected(text)]
    best = max(
        texts, key=lambda text: (_is_expected(text), -text.count("\ufffd") / max(1, len(text)))
    )
    if best.count("\ufffd") * _BROKEN > len(best):
        raise InputError(
            f"{name} 不是文本文件（编码认不出来）。请另存为 UTF-8 文本。",
            f"{name} is not a text file (its encoding is not known): save it as UTF-8 text.",
        )
    return best


def _is_expected(text: str) -> bool:
    """Whether words of a report are in a text."""
    return any(word in text for word in _EXPECTED)


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
    for converted, meant in _CONVERTED:
        whole = whole.replace(converted, meant)
    return whole
