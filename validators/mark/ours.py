"""What tells our marks from what is somebody else's, in the parts of a package."""

from __future__ import annotations

import html
import re

from ..ooxml.draft import Draft
from ..ooxml.package import SheetRef
from ..ooxml.spans import Node, tree
from .signs import MARKER, NOTE_START, SHEET_START

_A1 = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*?\br=["']A1["'][^>]*?(?:/>|>(.*?)</(?:\w+:)?c>)""", re.DOTALL
)
BOX = re.compile(rb"<v:shape\b(?!type).*?</v:shape>", re.DOTALL)


def may_hold(data: bytes, words: str) -> bool:
    """Whether the XML may hold ``words``: as they are, or as character references."""
    return words.encode() in data or b"&#" in data


def _unescaped(data: bytes) -> str:
    return html.unescape(data.decode("utf-8", "replace"))


def is_results(draft: Draft, sheet: SheetRef) -> bool:
    """Whether a sheet is 校验结果, by what stands in its A1."""
    if sheet.kind != "worksheet":
        return False
    match = _A1.search(draft.read(sheet.part))
    if not match or not match[1]:
        return False
    body = match[1]
    if SHEET_START in _unescaped(body):
        return True
    value = re.search(rb"<(?:\w+:)?v>\s*(\d+)\s*</", body)
    if b't="s"' not in match[0] or not value:
        return False
    shared = _shared(draft)
    return int(value[1]) < len(shared) and shared[int(value[1])].startswith(SHEET_START)


def _shared(draft: Draft) -> list[str]:
    for rel in draft.package.rels(draft.package.workbook_part):
        if rel.type.endswith("/sharedStrings") and draft.has(rel.target):
            data = draft.read(rel.target)
            if not may_hold(data, SHEET_START):
                return []
            return [n.content() for n in tree(data).children]
    return []


def is_fill(node: Node) -> bool:
    """Whether a conditional format, or a rule of one, is ours alone."""
    if node.local == "cfRule":
        return f'"{MARKER}' in node.content()
    return bool(node.children) and all(map(is_fill, node.children))


def is_note(node: Node) -> bool:
    """Whether a comment is ours."""
    return node.content().lstrip().startswith(NOTE_START)
