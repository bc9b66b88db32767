"""Takes out what bears our marker when the file was saved by somebody else since."""

from __future__ import annotations

import re

from ...templates.a1 import position
from ..ooxml.draft import Draft
from ..ooxml.package import Package
from ..ooxml.spans import JOURNAL, Node, edited, tree
from ..ooxml.workbook_part import SheetRef
from .give_back import given_back
from .ours import boxes, is_fill, is_note, is_results, is_written_in, may_hold
from .sheet import drawing_of, related, sheet_tree
from .signs import AUTHOR, MARKER, NOTE_START

Edit = tuple[int, int, bytes]  # from, to, what stands there instead


def unmarked(package: Package, *, anew: bool = False) -> bytes | None:
    """The package without our marks; None when it bears none.

    A results sheet with explanations in it stays, unless it is about to be written ``anew``.
    """
    draft = Draft(package)
    every = [s for s in package.sheets if is_results(draft, s)]
    results = [s for s in every if anew or not is_written_in(draft, s)]
    if JOURNAL.lower() in package.names and results == every:
        exact = given_back(package)
        if exact is not None:
            return exact
    changed = False
    for sheet in package.sheets:
        if sheet in every or sheet.kind != "worksheet":
            continue
        changed |= _formats(draft, sheet.part)
        changed |= _notes(draft, sheet.part)
    if results:
        _sheets(draft, results)
        changed = True
    if JOURNAL.lower() in package.names:
        _drop(draft, JOURNAL)
        changed = True
    return draft.packed() if changed else None


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
            return is_fill(node)
        if not node.children or node.local not in _HOLDERS:
            return False
        mine = [c for c in node.children if sweep(c)]
        rest = [c for c in node.children if c not in mine and c.local != "sqref"]
        if mine and not rest and node.local != "worksheet":
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
    comments = related(draft, part, "comments")
    if comments is None or not draft.owns(part, comments[1]):
        return False
    if not may_hold(draft.read(comments[1]), NOTE_START):
        return False
    root = tree(draft.read(comments[1]))
    listed = root.find("commentList")
    notes = listed.children if listed is not None else []
    mine = [c for c in notes if is_note(c)]
    if not mine:
        return False
    cells = {at for c in mine if (at := position(c.attr("ref"))) is not None}
    boxes_left = _boxes(draft, part, cells)
    if len(mine) == len(notes) and not boxes_left:
        _drop_notes(draft, part, comments[0])
    else:
        _cut_notes(draft, comments[1], root, mine)
    return True


def _drop_notes(draft: Draft, part: str, rel_id: str) -> None:
    """Takes out the notes' part and their drawing when no note and no shape is left in them."""
    sheet = draft.read(part)
    legacy = sheet_tree(sheet).find("legacyDrawing")
    gone = {rel_id}
    if legacy is not None:
        gone.add(legacy.attr("id"))
        draft.write(part, edited(sheet, [(legacy.start, legacy.end, b"")]))
    for rel in draft.package.rels(part):
        own = rel.id in gone and not rel.external and draft.owns(part, rel.target)
        if own and draft.has(rel.target):
            _drop(draft, rel.target)
    draft.unrelate(part, gone)


def _drop(draft: Draft, part: str) -> None:
    draft.drop(part)
    draft.undeclare(part)


def _cut_notes(draft: Draft, comments: str, root: Node, mine: list[Node]) -> None:
    """Takes our notes out of those of others, and us out of the authors when we are the last."""
    gone = [(c.start, c.end, b"") for c in mine]
    authors, listed = root.find("authors"), root.find("commentList")
    last = authors.children[-1] if authors and authors.children else None
    if authors and listed and last and last.content() == AUTHOR:
        number = str(len(authors.children) - 1)
        if all(c in mine or c.attr("authorId") != number for c in listed.children):
            gone.append((last.start, last.end, b""))
    draft.write(comments, edited(draft.read(comments), gone))


def _boxes(draft: Draft, part: str, cells: set[tuple[int, int]]) -> bool:
    """Takes the boxes of ``cells`` out of the drawing; whether any shape is left in it."""
    vml = drawing_of(draft, part, sheet_tree(draft.read(part)))
    if vml is None:
        return False
    data = draft.read(vml)
    left = False
    gone: list[tuple[int, int, bytes]] = []
    for start, end in boxes(data):
        box = data[start:end]
        row = re.search(rb"<x:Row>\s*(\d{1,7})\s*</x:Row>", box)
        column = re.search(rb"<x:Column>\s*(\d{1,7})\s*</x:Column>", box)
        note = re.search(rb"""ObjectType=["']Note["']""", box)
        if note and row and column and (int(row[1]), int(column[1])) in cells:
            gone.append((start, end, b""))
        else:
            left = True
    if gone:
        draft.write(vml, edited(data, gone))
    return left


def _sheets(draft: Draft, results: list[SheetRef]) -> None:
    """Takes the results sheet out of the workbook; indices of later sheets move up."""
    ids = {s.rel_id for s in results}
    _unregister(draft, results)
    for sheet in results:
        for rel in draft.package.rels(sheet.part):
            kind = rel.type.rpartition("/")[2]
            own = not rel.external and draft.owns(sheet.part, rel.target)
            if own and kind in ("printerSettings", "vmlDrawing", "comments"):
                _drop(draft, rel.target)
        rels = draft.package.rels_part(sheet.part)
        if draft.has(rels):
            draft.drop(rels)
        _drop(draft, sheet.part)
    draft.unrelate(draft.package.workbook_part, ids)


def _unregister(draft: Draft, results: list[SheetRef]) -> None:
    """The workbook's part without ``results``: its list, its names, the tab in front."""
    part = draft.package.workbook_part
    data = draft.read(part)
    root = tree(data)
    order = list(draft.package.sheets)
    ids = {s.rel_id for s in results}
    indices = _Indices(len(order), [order.index(s) for s in results])
    edits: list[Edit] = []
    for node in root.walk():
        if node.local == "sheet" and node.attr("id") in ids:
            edits.append((node.start, node.end, b""))
        elif node.local == "definedName":
            edits += indices.of_name(data, node)
        elif node.local == "workbookView":
            edits += indices.of_view(data, node)
    draft.write(part, edited(data, _without_empty_names(root, edits)))


class _Indices:
    """How the indices of ``count`` sheets move when those of ``gone`` go."""

    def __init__(self, count: int, gone: list[int]) -> None:
        self._gone = gone
        self._last = count - len(gone) - 1

    def _moved(self, index: int) -> int:
        return index - sum(g < index for g in self._gone)

    def of_name(self, data: bytes, node: Node) -> list[Edit]:
        """A name of one sheet: gone with it, or moved with it."""
        value = node.attr("localSheetId")
        if not value.isdigit():
            return []
        if int(value) in self._gone:
            return [(node.start, node.end, b"")]
        new = self._moved(int(value))
        return [_attribute(data, node, "localSheetId", new)] if new != int(value) else []

    def of_view(self, data: bytes, node: Node) -> list[Edit]:
        """The tab in front and the first one shown, on a sheet that is still there."""
        edits = []
        for name in ("activeTab", "firstSheet"):
            value = node.attr(name)
            new = min(self._moved(int(value)), self._last) if value.isdigit() else -1
            if value.isdigit() and new != int(value):
                edits.append(_attribute(data, node, name, max(0, new)))
        return edits


def _without_empty_names(root: Node, edits: list[Edit]) -> list[Edit]:
    """``edits``, with the list of names taken out whole where none of them would be left."""
    names = root.find("definedNames")
    if names is None or not names.children:
        return edits
    doomed = [e for e in edits if names.open_end <= e[0] < names.close and not e[2]]
    if len(doomed) < len(names.children):
        return edits
    return [*(e for e in edits if e not in doomed), (names.start, names.end, b"")]


def _attribute(data: bytes, node: Node, name: str, value: int) -> Edit:
    head = data[node.start : node.open_end]
    match = re.search(rb"\b" + name.encode() + rb"""\s*=\s*(["'])(.*?)\1""", head)
    assert match is not None  # the parser just read it there
    return node.start + match.start(2), node.start + match.end(2), str(value).encode()
