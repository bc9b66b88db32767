"""Takes out what bears our marker when the file was saved by somebody else since."""

from __future__ import annotations

import html
import re

from ...templates.a1 import position
from ..ooxml.draft import Draft, restored
from ..ooxml.package import Package, SheetRef
from ..ooxml.spans import Node, edited, tree
from ..ooxml.xml import JOURNAL
from .marks import AUTHOR, MARKER, NOTE_START, SHEET_START
from .sheet import _related, sheet_tree

_A1 = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*?\br=["']A1["'][^>]*?(?:/>|>(.*?)</(?:\w+:)?c>)""", re.DOTALL
)


def unmarked(package: Package) -> bytes | None:
    """The package without our marks; None when it bears none."""
    if JOURNAL.lower() in package.names:
        exact = restored(package)
        if exact is not None:
            return exact
    draft = Draft(package)
    changed = False
    results = [s for s in package.sheets if _is_results(draft, s)]
    for sheet in package.sheets:
        if sheet in results or sheet.kind != "worksheet":
            continue
        changed |= _formats(draft, sheet.part)
        changed |= _notes(draft, sheet.part)
    if results:
        _sheets(draft, results)
        changed = True
    if JOURNAL.lower() in package.names:
        draft.drop(JOURNAL)
        draft.undeclare(JOURNAL)
        changed = True
    return draft.packed() if changed else None


def _may_hold(data: bytes, words: str) -> bool:
    """Whether the XML may hold ``words``: as they are, or as character references."""
    return words.encode() in data or b"&#" in data


def _unescaped(data: bytes) -> str:
    return html.unescape(data.decode("utf-8", "replace"))


def _formats(draft: Draft, part: str) -> bool:
    """Conditional formats whose formula carries the marker, in the sheet or its extensions."""
    data = draft.read(part)
    if MARKER.encode() not in data:
        return False
    root = sheet_tree(data)
    gone: list[tuple[int, int, bytes]] = []

    def sweep(node: Node) -> bool:
        """Whether the node is to go: it is ours, or nothing is left in it."""
        if node.local == "cfRule":
            return f'"{MARKER}' in node.content()
        if not node.children or node.local not in _HOLDERS:
            return False
        mine = [c for c in node.children if sweep(c)]
        rest = [c for c in node.children if c not in mine and c.local not in ("sqref",)]
        if not mine:
            return False
        if not rest and node.local != "worksheet":
            return True
        gone.extend((c.start, c.end, b"") for c in mine)
        return False

    sweep(root)
    if gone:
        draft.write(part, edited(data, gone))
    return bool(gone)


_HOLDERS = {"worksheet", "conditionalFormatting", "conditionalFormattings", "ext", "extLst"}


def _notes(draft: Draft, part: str) -> bool:
    """Notes whose text begins with ours, and the boxes they are shown in."""
    held = _related(draft, part, "comments")
    if held is None or not _may_hold(draft.read(held[1]), NOTE_START):
        return False
    data = draft.read(held[1])
    root = tree(data)
    listed = root.find("commentList")
    if listed is None:
        return False
    mine = [c for c in listed.children if c.content().lstrip().startswith(NOTE_START)]
    if not mine:
        return False
    cells = {at for c in mine if (at := position(c.attr("ref"))) is not None}
    left = _boxes(draft, part, cells)
    if len(mine) == len(listed.children) and not left:
        legacy = sheet_tree(draft.read(part)).find("legacyDrawing")
        gone = {held[0]}
        if legacy is not None:
            gone.add(legacy.attr("id"))
            sheet = draft.read(part)
            draft.write(part, edited(sheet, [(legacy.start, legacy.end, b"")]))
        for rel in draft.package.rels(part):
            if rel.id in gone and not rel.external and draft.has(rel.target):
                draft.drop(rel.target)
                draft.undeclare(rel.target)
        draft.unrelate(part, gone)
        return True
    gone_notes = [(c.start, c.end, b"") for c in mine]
    authors = root.find("authors")
    last = authors.children[-1] if authors and authors.children else None
    if authors and last and last.content() == AUTHOR:
        number = str(len(authors.children) - 1)
        if all(c in mine or c.attr("authorId") != number for c in listed.children):
            gone_notes.append((last.start, last.end, b""))
    draft.write(held[1], edited(data, gone_notes))
    return True


_BOX = re.compile(rb"<v:shape\b(?!type).*?</v:shape>", re.DOTALL)


def _boxes(draft: Draft, part: str, cells: set[tuple[int, int]]) -> bool:
    """Takes the boxes of ``cells`` out of the drawing; whether any shape is left in it."""
    legacy = sheet_tree(draft.read(part)).find("legacyDrawing")
    if legacy is None:
        return False
    rel_id = legacy.attr("id")
    vml = next((r.target for r in draft.package.rels(part) if r.id == rel_id), None)
    if vml is None or not draft.has(vml):
        return False
    data = draft.read(vml)
    left = False
    gone: list[tuple[int, int, bytes]] = []
    for match in _BOX.finditer(data):
        row = re.search(rb"<x:Row>\s*(\d+)\s*</x:Row>", match[0])
        column = re.search(rb"<x:Column>\s*(\d+)\s*</x:Column>", match[0])
        note = re.search(rb"""ObjectType=["']Note["']""", match[0])
        if note and row and column and (int(row[1]), int(column[1])) in cells:
            gone.append((match.start(), match.end(), b""))
        else:
            left = True
    if gone:
        draft.write(vml, edited(data, gone))
    return left


def _is_results(draft: Draft, sheet: SheetRef) -> bool:
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
            if not _may_hold(data, SHEET_START):
                return []
            return [n.content() for n in tree(data).children]
    return []


def _sheets(draft: Draft, results: list[SheetRef]) -> None:
    """Takes the results sheet out of the workbook; indices of later sheets move up."""
    part = draft.package.workbook_part
    data = draft.read(part)
    root = tree(data)
    order = list(draft.package.sheets)
    gone = [order.index(s) for s in results]
    ids = {s.rel_id for s in results}

    def moved(index: int) -> int:
        return index - sum(g < index for g in gone)

    edits: list[tuple[int, int, bytes]] = []
    for node in root.walk():
        if node.local == "sheet" and node.attr("id") in ids:
            edits.append((node.start, node.end, b""))
        elif node.local == "definedName" and node.attr("localSheetId").isdigit():
            index = int(node.attr("localSheetId"))
            if index in gone:
                edits.append((node.start, node.end, b""))
            elif moved(index) != index:
                edits.append(_attribute(data, node, "localSheetId", moved(index)))
        elif node.local == "workbookView":
            for name in ("activeTab", "firstSheet"):
                value = node.attr(name)
                if value.isdigit():
                    index = int(value)
                    new = min(moved(index), len(order) - len(gone) - 1)
                    if new != index:
                        edits.append(_attribute(data, node, name, max(0, new)))
    names = root.find("definedNames")
    if names is not None and names.children:
        doomed = [e for e in edits if names.open_end <= e[0] < names.close and not e[2]]
        if len(doomed) == len(names.children):
            edits = [e for e in edits if e not in doomed]
            edits.append((names.start, names.end, b""))
    draft.write(part, edited(data, edits))
    for sheet in results:
        rels = draft.package.rels_part(sheet.part)
        for rel in draft.package.rels(sheet.part):
            kind = rel.type.rpartition("/")[2]
            if not rel.external and kind in ("printerSettings", "vmlDrawing", "comments"):
                draft.drop(rel.target)
                draft.undeclare(rel.target)
        if draft.has(rels):
            draft.drop(rels)
        draft.drop(sheet.part)
        draft.undeclare(sheet.part)
    draft.unrelate(part, ids)


def _attribute(data: bytes, node: Node, name: str, value: int) -> tuple[int, int, bytes]:
    head = data[node.start : node.open_end]
    match = re.search(rb"\b" + name.encode() + rb"""\s*=\s*(["'])(.*?)\1""", head)
    assert match is not None  # the parser just read it there
    return node.start + match.start(2), node.start + match.end(2), str(value).encode()
