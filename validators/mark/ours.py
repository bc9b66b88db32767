"""What tells our marks from what is somebody else's, in the parts of a package."""

from __future__ import annotations

from collections.abc import Iterator

from ..ooxml.draft import Draft
from ..ooxml.package import SheetRef
from ..ooxml.sheet_cells import first_cell
from ..ooxml.spans import Node
from .signs import MARKER, NOTE_START, SHEET_START

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
    """Whether a sheet is 校验结果, by what stands in its A1."""
    if sheet.kind != "worksheet":
        return False
    package = draft.package
    first = first_cell([draft.read(sheet.part)], package.budget)
    if first is None or first[0] != (0, 0):
        return False
    cell = first[1]
    if cell.kind != "s":
        return cell.kind == "t" and str(cell.payload).startswith(SHEET_START)
    strings = package.strings
    index = int(cell.payload)
    return index < len(strings) and strings[index].startswith(SHEET_START)


def is_fill(node: Node) -> bool:
    """Whether a conditional format, or a rule of one, is ours alone."""
    if node.local == "cfRule":
        return f'"{MARKER}' in node.content()
    return bool(node.children) and all(map(is_fill, node.children))


def is_note(node: Node) -> bool:
    """Whether a comment is ours."""
    return node.content().lstrip().startswith(NOTE_START)
