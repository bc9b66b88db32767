"""The formats our marks need, appended to the workbook's styles; none of theirs is changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..finding import SEVERITY_ZH, Severity
from ..ooxml.draft import Draft
from ..ooxml.spans import Node, appended, edited, tree, with_count
from .signs import LOOKS

STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
# The children of a styleSheet in the order the schema wants.
_ORDER = (
    *("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs"),
    *("cellStyles", "dxfs", "tableStyles", "colors", "extLst"),
)


@dataclass(frozen=True)
class ResultFormats:
    """``fills`` maps kinds of mark, and whether a cell keeps its own format, to dxf ids.

    The others are cell formats of the results sheet.
    ``severities`` are those of the cell that says how grave a finding is, by that word.
    """

    fills: dict[tuple[str, bool], int]
    severities: dict[str, int]
    title: int
    summary: int
    head: int
    text: int
    number: int
    link: int


def put(draft: Draft, kinds: Sequence[tuple[str, bool]]) -> ResultFormats:
    """Appends what the marks of ``kinds`` and the results sheet need."""
    part = _part(draft)
    p = _root(draft.read(part)).prefix
    dxfs = "".join(_dxf(p, *kind) for kind in kinds)
    fonts = (
        f'<{p}font><{p}b/><{p}sz val="14"/><{p}name val="宋体"/></{p}font>'
        f'<{p}font><{p}b/><{p}sz val="10"/><{p}name val="宋体"/></{p}font>'
        f'<{p}font><{p}sz val="10"/><{p}name val="宋体"/></{p}font>'
        f'<{p}font><{p}u/><{p}sz val="10"/><{p}color rgb="FF0563C1"/>'
        f'<{p}name val="宋体"/></{p}font>'
    )
    edge = f"<{p}border>{_sides(p, 'thin', '808080')}<{p}diagonal/></{p}border>"
    border = _append(draft, part, name="borders", entries=edge, count=1)
    colours = ["EAF1F8", *(LOOKS[severity.value].background for severity in Severity)]
    tints = "".join(
        f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="FF{colour}"/>'
        f'<{p}bgColor indexed="64"/></{p}patternFill></{p}fill>'
        for colour in colours
    )
    fill = _append(draft, part, name="fills", entries=tints, count=len(colours))
    first_dxf = _append(draft, part, name="dxfs", entries=dxfs, count=len(kinds)) if kinds else 0
    font = _append(draft, part, name="fonts", entries=fonts, count=4)
    wrap = f'<{p}alignment vertical="top" wrapText="1"/>'

    def xf(number: int, extra: str = "", inside: str = wrap, *, box: int = 0, tint: int = 0) -> str:
        return (
            f'<{p}xf numFmtId="0" fontId="{font + number}" fillId="{tint}" borderId="{box}" '
            'applyFont="1" applyFill="1" applyBorder="1" '
            f'applyAlignment="1"{extra}>{inside}</{p}xf>'
        )

    plain = f'<{p}alignment vertical="center"/>'
    middle = f'<{p}alignment horizontal="center" vertical="top" wrapText="1"/>'
    xfs = [
        xf(0, inside=plain),
        xf(2, inside=plain),
        xf(1, inside=middle, box=border, tint=fill),
        xf(2, ' quotePrefix="1"', box=border),
        xf(2, inside=middle, box=border),
        xf(3, inside=middle, box=border),
        *(xf(1, inside=middle, box=border, tint=fill + n) for n in range(1, len(colours))),
    ]
    base = _append(draft, part, name="cellXfs", entries="".join(xfs), count=len(xfs))
    fills = {kind: first_dxf + i for i, kind in enumerate(kinds)}
    severities = {SEVERITY_ZH[s]: base + 6 + n for n, s in enumerate(Severity)}
    return ResultFormats(fills, severities, *range(base, base + 6))


def _root(data: bytes) -> Node:
    return tree(data, skip=lambda _: True)


def _sides(p: str, style: str, colour: str) -> str:
    return "".join(
        f'<{p}{side} style="{style}"><{p}color rgb="FF{colour}"/></{p}{side}>'
        for side in ("left", "right", "top", "bottom")
    )


def _dxf(p: str, kind: str, as_shown: bool) -> str:
    """A conditional format: colours, letters and border of a kind, the number as it was typed.

    ``as_shown``: it keeps the format of the cell.
    """
    look = LOOKS[kind]
    letters = "".join(f"<{p}{letter}/>" for letter in look.letters)
    edge = _sides(p, look.border, "000000" if look.font == "FFFFFF" else look.font)
    return (
        f'<{p}dxf><{p}font>{letters}<{p}color rgb="FF{look.font}"/></{p}font>'
        + ("" if as_shown else f'<{p}numFmt numFmtId="0" formatCode="General"/>')
        + f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="FF{look.background}"/>'
        f'<{p}bgColor rgb="FF{look.background}"/></{p}patternFill></{p}fill>'
        f"<{p}border>{edge}</{p}border></{p}dxf>"
    )


def _part(draft: Draft) -> str:
    book = draft.package.workbook_part
    for rel in draft.package.rels(book):
        if rel.type.endswith("/styles") and draft.has(rel.target):
            if _root(draft.read(rel.target)).local != "styleSheet":
                raise draft.package.broken(rel.target)
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
    root = tree(data, skip=lambda local: local not in ("styleSheet", name))
    node = root.find(name)
    if node is None:
        p = root.prefix
        text = f'<{p}{name} count="{count}">{entries}</{p}{name}>'
        before = [c.end for c in root.children if c.local in _ORDER[: _ORDER.index(name)]]
        at = max(before, default=root.open_end)
        new = text.encode()
        edit = appended(data, root, new) if root.empty else (at, at, new)
        draft.write(part, edited(data, [edit]))
        return 0
    existing = len(node.children)
    whole = f'"{existing + count}"'.encode()
    if node.empty:
        head = data[node.start : node.end - 2]
        head = re.sub(rb'(\scount=)(["\'])\d+\2', lambda m: m[1] + whole, head)
        new = head + f">{entries}</{node.tag}>".encode()
        draft.write(part, edited(data, [(node.start, node.end, new)]))
        return existing
    counted = with_count(data, node, existing + count)
    edits = [appended(data, node, entries.encode()), *([counted] if counted else [])]
    draft.write(part, edited(data, edits))
    return existing
