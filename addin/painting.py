"""One cell of a plan through the xlwings object model: its format and note put, and taken out."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

from ..validators.mark import Fill, Note, signs

NATIVE = sys.platform == "win32"  # where xlwings gives Excel's own objects
_SINGLE = 2  # xlUnderlineStyleSingle


def paint(book: Any, fill: Fill, note: Note, formula: str) -> bool:
    """Colours one cell; whether Excel let us (a sheet may be protected with a password).

    ``fill`` says which cell and how, ``note`` what its comment says, ``formula`` that of the
    conditional format.
    """
    area = book.sheets[fill.sheet].range(fill.cell)
    try:
        with suppress(NotImplementedError):
            area.conditional_formats.add_custom(
                formula,
                fill_color=fill.background,
                font_color=fill.font,
                font_bold="b" in fill.letters or None,
                font_italic="i" in fill.letters or None,
            )
            if NATIVE:
                _draw(area, fill)
        with suppress(NotImplementedError):
            if area.note is None:
                area.add_note(note.text)
    except Exception as error:  # each engine has its own kind for what Excel refuses
        if isinstance(error, AttributeError | TypeError | NameError):
            raise  # these are ours
        return False
    return True


def _draw(area: Any, fill: Fill) -> None:
    """Underline and border, which xlwings does not offer, by Excel's own object of the new format.

    An Excel that takes none leaves them out: the note and the results sheet still tell it.
    """
    with suppress(Exception):
        rule = area.api.FormatConditions.Item(1)  # xlwings puts a new one first
        if "u" in fill.letters:
            rule.Font.Underline = _SINGLE
        rule.Borders.LineStyle, rule.Borders.Weight = fill.line


def unmark(area: Any) -> None:
    """Our conditional formats and our note on one cell.

    Where the engine does not show which formats a cell has, ours stays behind without effect:
    its formula refers to the results sheet, which is gone. ``gouji clear`` removes it.
    """
    with suppress(NotImplementedError):
        for rule in list(area.conditional_formats):
            if f'"{signs.MARKER}' in str(getattr(rule, "formula", "") or ""):
                rule.delete()
    with suppress(NotImplementedError):
        note = area.note
        if note is None:
            return
        try:
            ours = str(note.text).lstrip().startswith(signs.NOTE_START)
        except NotImplementedError:
            ours = True  # listed by us as the cell we put a note on
        if ours:
            note.delete()
