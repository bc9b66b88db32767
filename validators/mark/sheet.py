"""The fill and the note on one worksheet."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import product

from ...templates.a1 import cell_name, position
from ..ooxml.draft import Draft
from ..ooxml.spans import Node, appended, edited, escaped, tree
from .plan import Fill, Note
from .signs import AUTHOR, LOOKS, formula

# The children of a worksheet in the order the schema wants, up to where ours go.
_BEFORE_FORMATS = {
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr"),
    *("sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState"),
    *("dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting"),
}
_BEFORE_LEGACY = {
    *_BEFORE_FORMATS,
    *("dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter"),
    *("rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags"),
    "drawing",
}
COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"


def sheet_tree(data: bytes) -> Node:
    """A worksheet without the inside of its cells and of its merged ranges."""
    return tree(data, skip=lambda local: local in ("sheetData", "mergeCells"))


_Range = tuple[tuple[int, int], tuple[int, int], str]
_MERGED = ("worksheet", "mergeCells")
_FEW, _MOST_TALL = 8, 2_000  # rows of a range; ranges of more rows that are looked at


class Merged:
    """The merged ranges of one worksheet: those of few rows by their rows, the others listed."""

    def __init__(self, data: bytes) -> None:
        self._tall: list[_Range] = []
        self._by_row: dict[int, list[_Range]] = {}
        cells = tree(data, skip=lambda local: local not in _MERGED).find("mergeCells")
        for node in cells.children if cells else ():
            ref = node.attr("ref")
            first, _, last = ref.partition(":")
            one, two = position(first), position(last or first)
            if one and two and two[0] - one[0] < _FEW:
                for row in range(one[0], two[0] + 1):
                    self._by_row.setdefault(row, []).append((one, two, ref))
            elif one and two and len(self._tall) < _MOST_TALL:
                self._tall.append((one, two, ref))
        for ranges in self._by_row.values():
            ranges.sort(key=lambda area: area[0][1])

    def area(self, cell: str) -> tuple[str, str]:
        """The range to fill and the cell for the note: the whole merged range, its first cell."""
        row, column = at = position(cell) or (0, 0)
        here = self._by_row.get(row, [])
        after = bisect_right(here, column, key=lambda area: area[0][1])
        nearest = here[max(0, after - 1) :][:1]
        for one, two, ref in (*nearest, *self._tall):
            if one[0] <= row <= two[0] and one[1] <= column <= two[1]:
                return ref, cell_name(*one)
        return cell_name(*at), cell_name(*at)


def put(
    draft: Draft,
    part: str,
    fills: Sequence[Fill],
    notes: Sequence[Note],
    formats: Mapping[tuple[str, bool], int],
) -> None:
    """Carries out ``fills`` and ``notes`` on the worksheet ``part``.

    ``formats`` maps the kinds of fill, and whether the cell keeps its format, to dxf ids.
    """
    if fills:
        _formats(draft, part, fills, formats)
        _notes(draft, part, notes)


def _after(root: Node, names: set[str]) -> int:
    """The offset after the last child of ``names``."""
    return max((c.end for c in root.children if c.local in names), default=root.open_end)


def _formats(
    draft: Draft, part: str, fills: Sequence[Fill], formats: Mapping[tuple[str, bool], int]
) -> None:
    data = draft.read(part)
    root = sheet_tree(data)
    priorities = (n.attr("priority") for n in root.walk() if n.local == "cfRule")
    used = [int(p) for p in priorities if p.isascii() and p.isdigit() and len(p) < 10]
    priority = max(used, default=0) + 1
    p = root.prefix
    text = ""
    for kind, as_shown in product(LOOKS, (False, True)):
        areas = [f.cell for f in fills if (f.kind, f.as_shown) == (kind, as_shown)]
        if areas:
            text += (
                f'<{p}conditionalFormatting sqref="{" ".join(areas)}">'
                f'<{p}cfRule type="expression" dxfId="{formats[kind, as_shown]}" '
                f'priority="{priority}">'
                f"<{p}formula>{formula(kind)}</{p}formula></{p}cfRule></{p}conditionalFormatting>"
            )
            priority += 1
    at = _after(root, _BEFORE_FORMATS)
    draft.write(part, edited(data, [(at, at, text.encode())]))


def related(draft: Draft, part: str, kind: str) -> tuple[str, str] | None:
    """(id, target) of the first relationship of a part whose type ends in ``kind``."""
    name = draft.package.rels_part(part)
    if not draft.has(name):
        return None
    for rel in draft.package.rels(part):
        if rel.type.endswith("/" + kind) and not rel.external and draft.has(rel.target):
            return rel.id, rel.target
    return None


_DRAWING_END = b"</xml>"


def drawing_of(draft: Draft, part: str, root: Node) -> str | None:
    """The legacy drawing of the worksheet ``part``; None where what it names is none of its own."""
    legacy = root.find("legacyDrawing")
    shown = legacy.attr("id") if legacy is not None else ""
    for rel in draft.package.rels(part) if shown else ():
        if rel.id == shown and not rel.external and draft.has(rel.target):
            own = draft.owns(part, rel.target)
            return rel.target if own and _DRAWING_END in draft.read(rel.target)[-64:] else None
    return None


def _notes(draft: Draft, part: str, notes: Sequence[Note]) -> None:
    _, own = related(draft, part, "comments") or ("", "")
    if own and not draft.owns(part, own):
        return  # somebody else's part: Excel itself would not read notes from it
    taken = _taken(draft, part, own)
    wanted = {at: note.text for note in notes if (at := position(note.cell)) is not None}
    fresh = {at: wanted[at] for at in sorted(wanted) if at not in taken}
    if not fresh:
        return
    comments = own or _no_comments(draft, part)
    data = draft.read(comments)
    root = tree(data)
    p = root.prefix
    authors, listed = root.find("authors"), root.find("commentList")
    if authors is None or listed is None:
        return  # a comments part Excel itself would not read
    author = len(authors.children)
    text = "".join(
        f'<{p}comment ref="{cell_name(*at)}" authorId="{author}"><{p}text><{p}r>'
        f'<{p}t xml:space="preserve">{escaped(words)}</{p}t></{p}r></{p}text></{p}comment>'
        for at, words in fresh.items()
    )
    name = f"<{p}author>{AUTHOR}</{p}author>"
    both = [appended(data, authors, name.encode()), appended(data, listed, text.encode())]
    draft.write(comments, edited(data, both))
    _shapes(draft, part, list(fresh))


def _no_comments(draft: Draft, part: str) -> str:
    """A new part for the notes of the worksheet ``part``, still empty."""
    comments = draft.free("xl/comments{}.xml")
    draft.write(
        comments,
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        + f'<comments xmlns="{draft.main}"><authors></authors>'.encode()
        + b"<commentList></commentList></comments>",
    )
    draft.declare(comments, COMMENTS_TYPE)
    draft.relate(part, "comments", comments)
    return comments


def _taken(draft: Draft, part: str, comments: str) -> set[tuple[int, int]]:
    """The cells that already have a note of somebody else's."""
    threaded = related(draft, part, "threadedComment")
    nodes = list(tree(draft.read(comments)).walk()) if comments else []
    refs = [n.attr("ref") for n in nodes if n.local == "comment"]
    nodes = list(tree(draft.read(threaded[1])).walk()) if threaded else []
    refs += [n.attr("ref") for n in nodes if n.local == "threadedComment"]
    return {at for r in refs if (at := position(r)) is not None}


_SHAPE_TYPE = (
    '<v:shapetype xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office" id="_x0000_t202" coordsize="21600,21600" '
    'o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)


def _shape(number: int, row: int, column: int) -> str:
    left, top = column + 1, max(0, row - 1)
    return (
        '<v:shape xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel" '
        f'id="_x0000_s{number}" type="#_x0000_t202" '
        'style="position:absolute;margin-left:60pt;margin-top:2pt;width:260pt;height:120pt;'
        'z-index:9;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto">'
        '<div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note">'
        "<x:MoveWithCells/><x:SizeWithCells/>"
        f"<x:Anchor>{left}, 15, {top}, 2, {left + 4}, 31, {top + 6}, 1</x:Anchor>"
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column>"
        "</x:ClientData></v:shape>"
    )


def _shapes(draft: Draft, part: str, cells: Sequence[tuple[int, int]]) -> None:
    """The boxes the notes are shown in. VML is not always well-formed: edited as text."""
    data = draft.read(part)
    root = sheet_tree(data)
    legacy = root.find("legacyDrawing")
    vml = drawing_of(draft, part, root) or ""
    drawing = draft.read(vml) if vml else b""
    if not vml:
        vml = draft.free("xl/drawings/vmlDrawing{}.vml")
        block = _free_block(draft)
        drawing = (
            '<xml xmlns:v="urn:schemas-microsoft-com:vml" '
            'xmlns:o="urn:schemas-microsoft-com:office:office" '
            'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
            f'<o:idmap v:ext="edit" data="{block}"/></o:shapelayout></xml>'
        ).encode()
        draft.declare_extension("vml", VML_TYPE)
        rel_id = draft.relate(part, "vmlDrawing", vml)
        link = f"<{root.prefix}legacyDrawing {draft.id_attribute(root, rel_id)}/>"
        if legacy is not None:
            draft.write(part, edited(data, [(legacy.start, legacy.end, link.encode())]))
        else:
            at = _after(root, _BEFORE_LEGACY)
            draft.write(part, edited(data, [(at, at, link.encode())]))
    block = next((int(b) for b in re.findall(rb'\bdata="(\d{1,5})', drawing)), 1)
    used = [int(n) for n in re.findall(rb"_x0000_s(\d{1,9})\b", drawing)]
    number = max([block * 1024, *used]) + 1
    text = "" if b"_x0000_t202" in drawing else _SHAPE_TYPE
    text += "".join(_shape(number + i, *at) for i, at in enumerate(cells))
    end = drawing.rindex(_DRAWING_END)
    draft.write(vml, drawing[:end] + text.encode() + drawing[end:])


def _free_block(draft: Draft) -> int:
    """A block of shape ids that no drawing of the workbook uses."""
    used = [0]
    for name in draft.names():
        if name.lower().endswith(".vml"):
            used += [int(b) for b in re.findall(rb'\bdata="(\d{1,5})', draft.read(name))]
    return max(used) + 1
