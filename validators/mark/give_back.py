"""Takes our marks out by the journal in the file, after checking that it changes nothing else.

Anybody can write a journal into a file, so it is never trusted: the parts that it holds may differ
from the present ones only by what our marking adds (conditional formats with our marker, notes
that begin with it and their boxes, the results sheet, appended formats, and the relationships and
content types of these). A journal that would change a cell, or remove somebody else's sheet, is
ignored; the marks are then found by their marker (``undo``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from contextlib import suppress
from xml.parsers.expat import ExpatError

from ...templates.a1 import position
from ...templates.errors import InputError
from ..ooxml.draft import CONTENT_TYPES, Draft, Journal, journal_of, without_journal
from ..ooxml.package import Package
from ..ooxml.spans import JOURNAL, Node, tree
from ..ooxml.stream import DoctypeError
from ..ooxml.workbook_part import part_key
from .ours import boxes, is_fill, is_note, is_results
from .sheet import drawing_of, related, sheet_tree
from .signs import AUTHOR

Extra = Callable[[Node, Node], bool]  # a child that was not there, and its parent: is it ours?
_ID = "rIdGouji"
_LISTS = ("fonts", "fills", "borders", "cellXfs", "dxfs")
_FORMATS = (7, 10)  # cell formats of a part that is ours: of versions before 0.2, and now
_MOST_NEW = 9  # entries of a list that marking makes where there was none


def given_back(package: Package) -> bytes | None:
    """The package as it was before it was marked; None where its journal is not to be believed."""
    journal = journal_of(package)
    if journal is None:
        return None
    try:
        return without_journal(package, journal) if _Judge(package, journal).good() else None
    except (InputError, ExpatError, DoctypeError, ValueError, IndexError, KeyError, RecursionError):
        return None


class _Judge:
    """Looks at one journal, part by part."""

    def __init__(self, package: Package, journal: Journal) -> None:
        self.package, self.journal = package, journal
        self.draft = Draft(package)
        self.added = {n.lower() for n in journal.added}
        self.sheets = {s.part.lower(): s for s in package.sheets if s.kind == "worksheet"}
        self.gone = {s.rel_id for s in self.sheets.values() if s.part.lower() in self.added}
        book = package.workbook_part
        self.book, self.book_rels = book.lower(), package.rels_part(book).lower()
        styles = [r for r in package.rels(book) if r.type.endswith("/styles")]
        self.styles = {r.target.lower(): r.id for r in styles if not r.external}
        self.sheet_rels, self.comments, self.drawings = set[str](), set[str](), set[str]()
        self.boxed: dict[str, set[tuple[int, int]]] = {}
        for sheet in self.sheets.values():
            with suppress(ExpatError, DoctypeError, ValueError, IndexError):
                self._of_sheet(sheet.part)  # a damaged sheet has no notes that may go

    def _of_sheet(self, part: str) -> None:
        self.sheet_rels.add(self.package.rels_part(part).lower())
        comments = related(self.draft, part, "comments")
        drawing = drawing_of(self.draft, part, sheet_tree(self.draft.read(part)))
        if comments is not None and self.draft.owns(part, comments[1]):
            self.comments.add(comments[1].lower())
        if drawing is not None:
            listed = tree(self.draft.read(comments[1])).find("commentList") if comments else None
            notes = [c for c in listed.children if is_note(c)] if listed is not None else []
            cells = {at for c in notes if (at := position(c.attr("ref"))) is not None}
            self.drawings.add(drawing.lower())
            self.boxed.setdefault(drawing.lower(), set()).update(cells)

    def good(self) -> bool:
        """Whether every part that would go or change is ours to take out or to change."""
        return all(map(self._may_go, self.journal.added)) and all(
            self._may_become(name, old) for name, old in self.journal.old.items()
        )

    def _may_go(self, name: str) -> bool:
        """Whether a part that the journal calls added is one that marking adds."""
        key = part_key(name)
        if key == JOURNAL.lower():
            return True
        if key in self.sheets:
            return is_results(self.draft, self.sheets[key])
        if key in self.comments:
            listed = tree(self.draft.read(name)).find("commentList")
            return listed is not None and all(map(is_note, listed.children))
        if key in self.drawings:
            return self._boxes_are_ours(key, self.draft.read(name))
        if key in self.sheet_rels or key == self.book_rels:
            every = tree(self.draft.read(name)).children
            return all(r.attr("Id").startswith(_ID) for r in every)
        if key in self.styles:
            lists = {c.local: len(c.children) for c in tree(self.draft.read(name)).children}
            ours = {"fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "dxfs"}
            own = self.styles[key].startswith(_ID) and lists.get("cellXfs", 0) in _FORMATS
            return own and set(lists) <= ours
        return False

    def _may_become(self, name: str, old: bytes) -> bool:
        """Whether a part may become what the journal says it was."""
        key, new = part_key(name), self.draft.read(name)
        if key in self.drawings:
            return self._only_boxes(key, new, old)
        kinds: tuple[tuple[Collection[str], Extra], ...] = (
            (self.sheets, _of_worksheet),
            ((self.book,), self._of_workbook),
            ((CONTENT_TYPES.lower(),), self._of_types),
            ((*self.sheet_rels, self.book_rels), _of_rels),
            (self.comments, _of_comments),
            (self.styles, _of_styles),
        )
        extra = next((extra for parts, extra in kinds if key in parts), None)
        return extra is not None and _Pair(new, old, extra, sheet=key in self.sheets).fits()

    def _of_workbook(self, child: Node, parent: Node) -> bool:
        return parent.local == "sheets" and child.local == "sheet" and child.attr("id") in self.gone

    def _of_types(self, child: Node, parent: Node) -> bool:
        part = child.attr("PartName").removeprefix("/").lower()
        drawing = child.local == "Default" and child.attr("Extension").lower() == "vml"
        return parent.local == "Types" and (drawing or part in self.added | {JOURNAL.lower()})

    def _only_boxes(self, key: str, new: bytes, old: bytes) -> bool:
        """Whether the new drawing is the old one with our boxes put in at one place."""
        more = len(new) - len(old)
        end = old.rfind(b"</")
        put_in = new[end : end + more]
        return (
            more > 0
            and end >= 0
            and new[:end] + new[end + more :] == old
            and (self._boxes_are_ours(key, put_in))
        )

    def _boxes_are_ours(self, key: str, drawing: bytes) -> bool:
        for start, end in boxes(drawing):
            box = drawing[start:end]
            row = re.search(rb"<x:Row>(\d{1,7})</x:Row>", box)
            column = re.search(rb"<x:Column>(\d{1,7})</x:Column>", box)
            if not row or not column or b'ObjectType="Note"' not in box:
                return False
            if (int(row[1]), int(column[1])) not in self.boxed.get(key, ()):
                return False
        return not re.search(
            rb"<v:(?!shape\b|shapetype|fill|shadow|path|textbox|stroke)\w", drawing
        )


def _of_worksheet(child: Node, parent: Node) -> bool:
    if child.local == "conditionalFormatting":
        return is_fill(child)
    return child.local == "legacyDrawing" and child.attr("id").startswith(_ID)


def _of_rels(child: Node, parent: Node) -> bool:
    return child.local == "Relationship" and child.attr("Id").startswith(_ID)


def _of_comments(child: Node, parent: Node) -> bool:
    if parent.local == "authors":
        return child.content() == AUTHOR
    return parent.local == "commentList" and is_note(child)


def _of_styles(child: Node, parent: Node) -> bool:
    return parent.local in _LISTS or (child.local in _LISTS and len(child.children) <= _MOST_NEW)


class _Pair:
    """A part as it is and as it is said to have been."""

    def __init__(self, new: bytes, old: bytes, extra: Extra, *, sheet: bool) -> None:
        self.new, self.old, self.is_ours = new, Draft.plain(old), extra
        read = sheet_tree if sheet else tree
        self.roots = read(self.new), read(self.old)

    def fits(self) -> bool:
        """Whether the new part is the old one with elements put in that ``extra`` knows."""
        new, old = self.roots
        before = self.new[: new.start] == self.old[: old.start]
        return before and self.new[new.end :] == self.old[old.end :] and self._alike(new, old)

    def _alike(self, new: Node, old: Node) -> bool:
        if self.new[new.start : new.end] == self.old[old.start : old.end]:
            return True
        if new.tag != old.tag or new.local == "sheetData" or new.text != old.text:
            return False
        counts = {"count"} if new.local in _LISTS else set[str]()
        if _attributes(new, counts) != _attributes(old, counts):
            return False
        waiting = list(reversed(old.children))
        for child in new.children:
            if waiting and self._is(child, waiting[-1]):
                waiting.pop()
            elif not self.is_ours(child, new):
                return False
        return not waiting

    def _is(self, child: Node, old: Node) -> bool:
        if child.local == old.local == "legacyDrawing" and child.attr("id").startswith(_ID):
            return True
        return child.local == old.local and self._alike(child, old)


def _attributes(node: Node, but: set[str]) -> dict[str, str]:
    return {k: v for k, v in node.attrs.items() if k not in but}
