"""What a document holds in its order, texts and tables' rows, as lines, and how much it may hold.

A report has some ten thousand characters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ....templates.errors import InputError, lacking
from ....templates.words import Words
from ...ooxml.limits import Limits
from ..other_formats import in_child
from .decoding import simplified
from .tokens import TextLine, row, split

Part = tuple[str, str | list[str]]
"""Where it stands (``""``: by its line) and a text, or the cells of a table's row."""

_PARTS = 200_000  # of a document
CHARACTERS = 2_000_000  # that are shown
LINES = 100_000
PIECES = 80_000  # of text between bars, tabs, the edges of cells
TAGS = 400_000  # in a page's markup

Work = Callable[[bytes, int], tuple[str, Any]]
Sentence = Callable[[str], InputError]


def lines(parts: Iterable[Part]) -> list[TextLine]:
    """The parts as lines. A cell that a row above reaches into is not one of a row's cells."""
    found: list[TextLine] = []
    for place, content in [*parts][:_PARTS]:
        number = found[-1].number + 1 if found else 1
        if isinstance(content, str):
            found += split(simplified(content), number, place)
        else:
            found.append(row([simplified(c) for c in content], number, place))
    return found


def bounded(parts: Iterable[Part]) -> list[Part] | None:
    """The parts of a document; None when they are more than any report has."""
    found: list[Part] = []
    pieces = characters = 0
    for part in parts:
        texts = [part[1]] if isinstance(part[1], str) else part[1]
        pieces += 1 + len(texts)
        characters += sum(map(len, texts))
        if pieces > 2 * PIECES or characters > CHARACTERS:
            return None
        found.append(part)
    return found


def check_text(text: str, name: str) -> None:
    """``InputError`` for a text that is longer than any report."""
    if len(text) > CHARACTERS:
        raise too_long(name, len(text), "个字", "characters")
    if (count := len(text.splitlines())) > LINES:
        raise too_long(name, count, "行", "lines")


def check(lines: Sequence[TextLine], name: str) -> None:
    """``InputError`` for lines that are more than a report has, in number or in what they hold."""
    for count, most, zh, en in (
        (sum(len(line.tokens) for line in lines), PIECES, "段文字", "pieces of text"),
        (sum(len(line.text) for line in lines), CHARACTERS, "个字", "characters"),
        (len(lines), LINES, "行", "lines"),
    ):
        if count > most:
            raise too_long(name, count, zh, en)


def too_long(name: str, count: int = 0, zh: str = "文字", en: str = "text") -> InputError:
    """The sentence for the file ``name`` that holds more than a report does.

    ``count`` is of what (0: too many to be counted), ``zh`` and ``en`` say of what.
    """
    amount = f"{count:,}" if count else ""
    return InputError(
        f"{name} 有{amount or '太多'}{zh}，远多于一份年报，没有读取。请只留年报全文再试。",
        f"{name} holds {amount or 'too much'} {en}, far more than a report: keep only the report "
        "in it.",
    )


def in_bounds(
    work: Work,
    data: bytes,
    name: str,
    *,
    library: str,
    damaged: Sentence,
    locked: Sentence | None = None,
    limits: Limits | None = None,
) -> Any:
    """What ``work`` makes of the file ``name`` in a child process that may die.

    ``work`` takes the file's bytes and how many pieces it may hold, and gives ``ok`` with what it
    read, or what is in the way: ``missing`` (the ``library``), ``long``, ``locked``, or else that
    the file is ``damaged``. Raises ``InputError`` with the sentence for that.
    """
    kind, found = in_child(work, data, name, limits or Limits(), otherwise=damaged)
    if kind == "missing":
        raise lacking(
            library,
            "published",
            Words(f"读 {name} ", f"{name}: "),
            Words("或把全文粘贴成 .txt 再试。", "Or paste the whole text into a .txt."),
        )
    if kind == "long":
        raise too_long(name)
    if kind == "locked" and locked is not None:
        raise locked(name)
    if kind != "ok":
        raise damaged(name)
    return found
