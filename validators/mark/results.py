"""The sheet 校验结果: every finding on a line, with a link to its cell."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...templates.a1 import cell_name
from ..ooxml.draft import Draft
from ..ooxml.package import SheetRef
from ..ooxml.spans import appended, edited, tree
from ..ooxml.xml import escaped
from .marks import SEVERITY_ZH, SHEET_NAME, SHEET_START, Mark
from .styles import Formats

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
HEADS = ("序号", "级别", "规则", "位置", "问题", "现值", "应为", "最可能的修改", "依据")
WIDTHS = (6, 7, 14, 14, 70, 10, 10, 26, 40)
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,10})?\Z")


def put(draft: Draft, marks: Sequence[Mark], summary: Sequence[str], formats: Formats) -> None:
    """Appends the results sheet as the last sheet."""
    sheets = draft.package.sheets
    name = free_name([s.name for s in sheets])
    part = draft.free("xl/worksheets/sheet{}.xml")
    draft.write(part, _sheet(draft.main, marks, summary, formats, {s.name for s in sheets}))
    draft.declare(part, SHEET_TYPE)
    rel_id = draft.relate(draft.package.workbook_part, "worksheet", part)
    _register(draft, name, rel_id, sheets)


def free_name(taken: Sequence[str], name: str = SHEET_NAME) -> str:
    """``name``, or another one when the clerk has a sheet of that name."""
    low = {t.lower() for t in taken}
    names = [name, f"{name}(勾稽)"]
    names += [f"{name}(勾稽{n})" for n in range(2, len(taken) + 3)]
    return next(n for n in names if n.lower() not in low)


def _register(draft: Draft, name: str, rel_id: str, sheets: Sequence[SheetRef]) -> None:
    part = draft.package.workbook_part
    data = draft.read(part)
    root = tree(data)
    node = root.find("sheets")
    if node is None:
        raise draft.package.broken(part)
    ids = [int(s.sheet_id) for s in sheets if s.sheet_id.isdigit()]
    entry = (
        f'<{root.prefix}sheet name="{name}" sheetId="{max(ids, default=0) + 1}" '
        f"{draft.id_attribute(root, rel_id)}/>"
    )
    draft.write(part, edited(data, [appended(data, node, entry.encode())]))


def _sheet(
    space: str,
    marks: Sequence[Mark],
    summary: Sequence[str],
    formats: Formats,
    known: set[str],
) -> bytes:
    rows: list[str] = []
    links: list[str] = []

    def text(column: int, words: str, style: int) -> str:
        ref = cell_name(len(rows), column)
        if not words:
            return f'<c r="{ref}" s="{style}"/>'
        return (
            f'<c r="{ref}" s="{style}" t="inlineStr"><is>'
            f'<t xml:space="preserve">{escaped(words)}</t></is></c>'
        )

    def value(column: int, words: str) -> str:
        if _NUMBER.match(words):
            return f'<c r="{cell_name(len(rows), column)}" s="{formats.number}"><v>{words}</v></c>'
        return text(column, words, formats.text)

    def add(cells: str, extra: str = "") -> None:
        rows.append(f'<row r="{len(rows) + 1}"{extra}>{cells}</row>')

    add(text(0, SHEET_START, formats.title), ' ht="24" customHeight="1"')
    for line in summary:
        add(text(0, line, formats.summary))
    add("".join(text(i, head, formats.head) for i, head in enumerate(HEADS)))
    head_row = len(rows)
    listed = [m for m in marks if not m.likely]
    for number, mark in enumerate(listed, 1):
        place = f"{mark.sheet}!{mark.cell}" if mark.cell else mark.sheet
        linked = mark.sheet in known
        row = len(rows)
        if linked:
            target = "'" + mark.sheet.replace("'", "''") + "'!" + (mark.cell or "A1")
            links.append(
                f'<hyperlink ref="{cell_name(row, 3)}" location="{escaped(target)}" '
                f'display="{escaped(place)}"/>'
            )
        cells = [
            f'<c r="{cell_name(row, 0)}" s="{formats.number}"><v>{number}</v></c>',
            text(1, SEVERITY_ZH[mark.severity], formats.number),
            text(2, mark.rule, formats.text),
            text(3, place, formats.link if linked else formats.text),
            text(4, mark.text, formats.text),
            value(5, mark.found),
            value(6, mark.expected),
            text(7, mark.repair, formats.text),
            text(8, mark.basis, formats.text),
        ]
        add("".join(cells), _height(mark))
    cols = "".join(
        f'<col min="{i}" max="{i}" width="{w}" customWidth="1"/>' for i, w in enumerate(WIDTHS, 1)
    )
    hyperlinks = f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{space}"><sheetPr><tabColor rgb="FFFF0000"/>'
        '<pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0">'
        f'<pane ySplit="{head_row}" topLeftCell="A{head_row + 1}" activePane="bottomLeft" '
        'state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f"<cols>{cols}</cols><sheetData>{''.join(rows)}</sheetData>{hyperlinks}"
        '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    ).encode()


def _height(mark: Mark) -> str:
    """A row high enough for its longest text; LibreOffice and Excel differ in guessing it."""
    lines = max(
        -(-2 * len(words) // width)
        for words, width in ((mark.text, 68), (mark.basis, 38), (mark.repair, 24))
    )
    return f' ht="{min(400, 14 * max(1, lines) + 3)}" customHeight="1"'
