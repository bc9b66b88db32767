"""A text file as lines of tokens: the pieces between bars, or between spaces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ....templates.errors import InputError
from ...report import Standing
from ..spelling import normal, reading

_LIMIT = 20 << 20
# Some sites annotate traditional characters with their reading: 發(fā)
_PINYIN = re.compile(r"[（(][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,8}[)）]")
_RULE = re.compile(r"[\s|:\-–—=+]+\Z")
_PLAIN = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?\Z")


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of text. ``label`` is its normal form, ``""`` for a value or a blank cell."""

    text: str
    line: int
    label: str
    standing: Standing
    number: float | None

    @property
    def is_value(self) -> bool:
        """Whether it can stand in a number's place: a number, / or -, an empty cell."""
        return self.label == ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the source, as text and as tokens."""

    number: int
    text: str
    tokens: tuple[Token, ...]


def token(text: str, line: int) -> Token:
    """The token for one piece of a published text, where a plain number is a number."""
    text = _PINYIN.sub("", text).strip()
    standing, number = reading(text)
    plain = normal_number(text)
    if standing is Standing.TEXT_NUMBER and _PLAIN.match(plain):
        standing = Standing.NUMBER
    label = normal(text) if standing is Standing.TEXT else ""
    return Token(text, line, label, standing, number)


def normal_number(text: str) -> str:
    """Full-width digits made half-width, spaces dropped."""
    import unicodedata

    return unicodedata.normalize("NFKC", text).replace(" ", "")


def text_lines(path: Path) -> list[Line]:
    """The lines of a text file in UTF-8 or GB18030."""
    return split(decoded(path))


def decoded(path: Path) -> str:
    """The text of a file; ``InputError`` when it is missing, empty, huge or not text."""
    try:
        if path.stat().st_size > _LIMIT:
            raise InputError(
                f"{path} 超过20 MB，不像一份年报的文字，没有读取。",
                f"{path} is larger than 20 MB, too large for a report's text: not read.",
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(
            f"找不到文件 {path}，请检查路径和文件名。",
            f"{path} was not found: check the path and the name.",
        ) from error
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
    if b"\x00" not in data:
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise InputError(
        f"{path} 不是文本文件（编码认不出来）。请另存为 UTF-8 文本。",
        f"{path} is not a text file (its encoding is not known): save it as UTF-8 text.",
    )


def split(text: str) -> list[Line]:
    """The lines of ``text`` with their tokens."""
    lines = []
    for number, raw in enumerate(text.splitlines(), 1):
        lines.append(Line(number, raw.strip(), tuple(_tokens(raw.strip(), number))))
    return lines


def _tokens(line: str, number: int) -> Sequence[Token]:
    if not line or _RULE.match(line):
        # a bar on its own, a line of dashes; a lone "-" is a placeholder
        return [token(line, number)] if line in ("-", "—", "–") else []
    line = line.replace("｜", "|").replace("\t", " | ")
    if "|" in line:
        cells = [c.strip() for c in line.split("|")]
        if cells and not cells[0]:
            cells = cells[1:]
        if cells and not cells[-1]:
            cells = cells[:-1]
        found: list[Token] = []
        for cell in cells:
            found += _several(cell, number) or [token(cell, number)]
        return found
    return _several(line, number) or [token(line, number)]


def _several(cell: str, number: int) -> list[Token]:
    """The pieces of a text that holds several values between spaces; none when it does not."""
    pieces = cell.split()
    if len(pieces) < 2:
        return []
    tokens = [token(p, number) for p in pieces]
    return tokens if sum(t.is_value for t in tokens) >= 1 else []
