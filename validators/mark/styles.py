"""The formats our marks need, appended to the workbook's styles; none of theirs is changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..ooxml.draft import Draft
from ..ooxml.spans import Node, appended, edited, tree, with_count
from .signs import LOOKS

STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
# The children of a styleSheet in the order the schema wants.
_ORDER = [
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
]


@dataclass(frozen=True)
class Formats:
    """``fills`` maps kinds of mark to dxf ids; the others are cell formats of the results sheet."""

    fills: dict[str, int]
    title: int
    summary: int
    head: int
    text: int
    number: int
    link: int


def put(draft: Draft, kinds: Sequence[str]) -> Formats:
    """Appends what the marks of ``kinds`` and the results sheet need."""
    part = _part(draft)
    data = draft.read(part)
    root = tree(data)
    p = root.prefix
    dxfs = "".join(
        f"<{p}dxf><{p}font><{p}color rgb={q(LOOKS[k].font)}/></{p}font><{p}fill>"
        f'<{p}patternFill patternType="solid"><{p}fgColor rgb={q(LOOKS[k].background)}/>'
        f"<{p}bgColor rgb={q(LOOKS[k].background)}/></{p}patternFill></{p}fill></{p}dxf>"
        for k in kinds
    )
    fonts = (
        f'<{p}font><{p}b/><{p}sz val="14"/><{p}name val="宋体"/></{p}font>'
        f'<{p}font><{p}b/><{p}sz val="10"/><{p}name val="宋体"/></{p}font>'
        f'<{p}font><{p}sz val="10"/><{p}name val="宋体"/></{p}font>'
        f'<{p}font><{p}u/><{p}sz val="10"/><{p}color rgb="FF0563C1"/>'
        f'<{p}name val="宋体"/></{p}font>'
    )
    first_dxf = _append(draft, part, "dxfs", dxfs, len(kinds)) if kinds else 0
    font = _append(draft, part, "fonts", fonts, 4)
    wrap = f'<{p}alignment vertical="top" wrapText="1"/>'

    def xf(number: int, extra: str = "", inside: str = wrap) -> str:
        return (
            f'<{p}xf numFmtId="0" fontId="{font + number}" fillId="0" borderId="0" '
            f'applyFont="1" applyAlignment="1"{extra}>{inside}</{p}xf>'
        )

    plain = f'<{p}alignment vertical="center"/>'
    xfs = (
        xf(0, inside=plain)
        + xf(2, inside=plain)
        + xf(1)
        + xf(2, ' quotePrefix="1"')
        + xf(2)
        + xf(3)
    )
    base = _append(draft, part, "cellXfs", xfs, 6)
    fills = {kind: first_dxf + i for i, kind in enumerate(kinds)}
    return Formats(fills, base, base + 1, base + 2, base + 3, base + 4, base + 5)


def q(colour: str) -> str:
    """An ``RRGGBB``, opaque and in quotes."""
    return f'"FF{colour}"'


def _part(draft: Draft) -> str:
    book = draft.package.workbook_part
    for rel in draft.package.rels(book):
        if rel.type.endswith("/styles") and draft.has(rel.target):
            return rel.target
    part = "xl/styles.xml"  # where openpyxl looks, whatever the relationship says
    if draft.has(part):
        part = draft.free("xl/styles{}.xml")
    draft.write(
        part,
        (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            f'<styleSheet xmlns="{draft.main}"><fonts count="1"><font><sz val="11"/>'
            '<name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill '
            'patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
            '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border>'
            '</borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" '
            'borderId="0"/></cellStyleXfs><cellXfs count="1"><xf numFmtId="0" fontId="0" '
            'fillId="0" borderId="0" xfId="0"/></cellXfs><dxfs count="0"/></styleSheet>'
        ).encode(),
    )
    draft.declare(part, STYLES_TYPE)
    draft.relate(book, "styles", part)
    return part


def _append(draft: Draft, part: str, name: str, entries: str, count: int) -> int:
    """Appends ``count`` entries to a list of the styles and returns the first one's index."""
    data = draft.read(part)
    root = tree(data)
    node = root.find(name)
    if node is None:
        p = root.prefix
        text = f'<{p}{name} count="{count}">{entries}</{p}{name}>'
        before = [c.end for c in root.children if c.local in _ORDER[: _ORDER.index(name)]]
        at = max(before, default=root.open_end)
        if root.empty:
            draft.write(part, edited(data, [appended(data, root, text.encode())]))
        else:
            draft.write(part, edited(data, [(at, at, text.encode())]))
        return 0
    existing = _entries(node)
    if node.empty:
        head = data[node.start : node.end - 2]
        text = f"{entries}</{node.tag}>"
        whole = _counted(head, existing + count) + b">" + text.encode()
        draft.write(part, edited(data, [(node.start, node.end, whole)]))
        return existing
    edits = [appended(data, node, entries.encode())]
    counted = with_count(data, node, existing + count)
    draft.write(part, edited(data, [*edits, *([counted] if counted else [])]))
    return existing


def _entries(node: Node) -> int:
    return len(node.children)


def _counted(head: bytes, count: int) -> bytes:
    return re.sub(rb'(\scount=)(["\'])\d+\2', lambda m: m[1] + f'"{count}"'.encode(), head)
