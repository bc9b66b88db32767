"""What tells our marks from what is somebody else's, in the parts of a package."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..ooxml.draft import Draft
from ..ooxml.sheet_cells import first_cell
from ..ooxml.spans import Node
from ..ooxml.workbook_part import SheetRef
from .signs import HEADS, MARKER, NOTE_START, SHEET_NAME, SHEET_START, Column

FORM_NAMES = ("gj_", "gouji_")  # how the names of the form's cells begin
_OURS = {*map(int, Column)}
_NUMBER = re.compile(r"\d+(\.0)?\Z")
_SHAPE, _SHAPE_END = b"<v:shape", b"</v:shape>"


def boxes(drawing: bytes) -> Iterator[tuple[int, int]]:
    """Where each shape of a legacy drawing begins and ends, found in one pass."""
    at = 0
    while (start := drawing.find(_SHAPE, at)) >= 0:
        at = start + len(_SHAPE)
        if drawing[at : at + 1] not in (b" ", b">", b"\n", b"\r", b"\t"):
            continue  # a shapetype
        end = drawing.find(_SHAPE_END, at)
        if end < 0:
            return
        at = end + len(_SHAPE_END)
        yield start, at


def may_hold(data: bytes, words: str) -> bool:
    """Whether the XML may hold ``words``: as they are, or as character references."""
    return words.encode() in data or b"&#" in data


def is_results(draft: Draft, sheet: SheetRef) -> bool:
    """Whether a sheet is 校验结果, all of it as our writer writes it.

    Its name and its A1 begin as ours do, its heads are ours, a line below them begins with its
    number, and no name of the form points at it: what anybody else wrote is never taken out.
    """
    if sheet.kind != "worksheet" or not sheet.name.startswith(SHEET_NAME):
        return False
    package = draft.package
    here = (f"{sheet.name}!", f"'{sheet.name}'!")
    if any(n.name.startswith(FORM_NAMES) and n.target.startswith(here) for n in package.book.names):
        return False
    first = first_cell([draft.read(sheet.part)], package.budget)
    if first is None or first[0] != (0, 0):
        return False
    rows = [{c: str(v) for c, v in row.items()} for _, row in package.cells(sheet).rows()]
    if not rows or not rows[0].get(0, "").startswith(SHEET_START):
        return False
    heads = [n for n, row in enumerate(rows) if (row.get(0), row.get(1)) == HEADS[:2]]
    below = rows[heads[0] + 1 :] if heads else []
    return bool(heads) and all(
        set(row) <= _OURS and (not row.get(0) or _NUMBER.match(row[0])) for row in below
    )


def is_written_in(draft: Draft, sheet: SheetRef) -> bool:
    """Whether the clerk explained something on a results sheet: it is then not ours to lose."""
    rows = (row for _, row in draft.package.cells(sheet).rows())
    return any(_NUMBER.match(str(r.get(0, ""))) and str(r.get(Column.SAID, "")) for r in rows)


def is_fill(node: Node) -> bool:
    """Whether a conditional format, or a rule of one, is ours alone."""
    if node.local == "cfRule":
        return f'"{MARKER}' in node.content()
    return bool(node.children) and all(map(is_fill, node.children))


def is_note(node: Node) -> bool:
    """Whether a comment is ours."""
    return node.content().lstrip().startswith(NOTE_START)
