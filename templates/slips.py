"""易错词库: a plain list of wrong spellings and of words to avoid, which an office can edit.

A line is ``错的写法=对的写法``, or ``!不宜的写法=建议``; ``#`` begins a remark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .errors import InputError
from .notation import FormFile

_LONGEST = 60  # characters of one entry
_MOST = 20_000  # entries of one list


@dataclass(frozen=True, slots=True)
class Slip:
    """One entry: what is looked for, what should stand there, and which of the two it is."""

    wrong: str
    right: str = ""
    wording: bool = False


def words_of(source: FormFile) -> list[str]:
    """The lines of ``[screen] words`` of a file, those of its ``words_file`` among them."""
    part = source.data.get("screen", {})
    return [str(line) for key in ("words", "read") for line in part.get(key, ())]


def with_words(source: FormFile, path: Path) -> FormFile:
    """A rule pack with the lines of its ``[screen] words_file`` in it, so that it travels whole.

    The file is looked for beside the pack; ``InputError`` when it is missing or no text.
    """
    name = source.data.get("screen", {}).get("words_file", "")
    if not name:
        return source
    lines = FormFile.read(path.parent / str(name)).content.splitlines()
    parse_slips(lines, str(name))  # a fault is told with the list's own line
    import json

    read = json.dumps(lines, ensure_ascii=False)
    head = re.compile(r"^[ \t]*\[screen\][^\n]*$", re.MULTILINE)
    return FormFile(
        source.name, head.sub(lambda m: f"{m[0]}\nread = {read}", source.content, count=1)
    )


def parse_slips(lines: Iterable[str], name: str) -> tuple[Slip, ...]:
    """The entries of a word list called ``name``; ``InputError`` names the line of a fault.

    >>> parse_slips(["上年转结=上年结转", "!大力推进=写明做了什么"], "x")[0].right
    '上年结转'
    """
    found: dict[str, Slip] = {}
    for number, line in enumerate(lines, 1):
        text = line.strip().lstrip("\ufeff")
        if not text or text.startswith("#"):
            continue
        wording = text.startswith(("!", "！"))
        wrong, _, right = (p.strip() for p in text[wording:].replace("＝", "=").partition("="))
        if not wrong or wrong == right or len(text) > _LONGEST or not (wording or right):
            raise InputError(
                f"{name} 第{number}行写法不对：“{text[:30]}”。应当是“错的写法=对的写法”，"
                "或者“!不宜的写法=建议”。",
                f"{name}, line {number}: {text[:30]!r} is not WRONG=RIGHT or !WORD=ADVICE.",
            )
        found[wrong] = Slip(wrong, right, wording)
        if len(found) > _MOST:
            raise InputError(
                f"{name} 超过{_MOST}条，没有读完。请删去不用的。",
                f"{name} has more than {_MOST} entries: delete those that are not needed.",
            )
    return tuple(found.values())
