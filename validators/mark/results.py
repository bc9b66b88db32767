"""The sheet 校验结果: every finding on a line, with a link to its cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from ...templates.a1 import cell_name
from ..ooxml.draft import Draft
from ..ooxml.spans import appended, edited, escaped, tree
from ..ooxml.workbook_part import SheetRef
from .plan import Plan, ResultLine
from .signs import HEADS, SHEET_START, Column
from .styles import ResultFormats

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
WIDTHS = (5, 6, 8, 10, 46, 8, 8, 20, 22, 24)  # together one page of A4, lying
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,10})?\Z")

_NUMBERS = (Column.NUMBER, Column.FOUND, Column.EXPECTED)


def put(draft: Draft, planned: Plan, formats: ResultFormats) -> None:
    """Appends the results sheet of the plan as the last sheet."""
    part = draft.free("xl/worksheets/sheet{}.xml")
    draft.write(part, _sheet(draft.main, planned, formats))
    draft.declare(part, SHEET_TYPE)
    rel_id = draft.relate(draft.package.workbook_part, "worksheet", part)
    _register(draft, planned.title, rel_id, draft.package.sheets)


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


def _sheet(space: str, planned: Plan, formats: ResultFormats) -> bytes:
    """The sheet's part: title, summary, heads, one row a line, the links."""
    linked = {link.row for link in planned.links}
    rows = [_row(0, _text(0, 0, SHEET_START, formats.title), ' ht="24" customHeight="1"')]
    rows += [_row(i, _text(i, 0, s, formats.summary)) for i, s in enumerate(planned.summary, 1)]
    head = planned.head_row
    heads = (_text(head - 1, i, words, formats.head) for i, words in enumerate(HEADS))
    rows.append(_row(head - 1, "".join(heads)))
    every = zip_longest(planned.lines, planned.fills, planned.notes)
    for row, (line, fill, note) in enumerate(every, head):
        cells = _line(row, line, formats, row + 1 in linked) if line is not None else ""
        if fill is not None:
            marked = (f"{fill.sheet}!{fill.cell}", fill.kind, note.text)
            cells += "".join(
                _text(row, column, words, formats.text)
                for column, words in enumerate(marked, Column.MARKED)
            )
        rows.append(_row(row, cells, _height(line) if line is not None else ""))
    cols = "".join(
        f'<col min="{i}" max="{i}" width="{w}" customWidth="1"/>' for i, w in enumerate(WIDTHS, 1)
    )
    cols += f'<col min="{Column.MARKED + 1}" max="{len(Column)}" width="9" hidden="1"/>'
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{space}"><sheetPr><tabColor rgb="FFFF0000"/>'
        '<pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0">'
        f'<pane ySplit="{head}" topLeftCell="A{head + 1}" activePane="bottomLeft" '
        'state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f"<cols>{cols}</cols><sheetData>{''.join(rows)}</sheetData>{_hyperlinks(planned)}"
        '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;L&amp;A&amp;C第&amp;P页，共&amp;N页&amp;R打印于&amp;D"
        "</oddFooter></headerFooter></worksheet>"
    ).encode()


def _row(row: int, cells: str, extra: str = "") -> str:
    return f'<row r="{row + 1}"{extra}>{cells}</row>'


def _text(row: int, column: int, words: str, style: int) -> str:
    ref = cell_name(row, column)
    if not words:
        return f'<c r="{ref}" s="{style}"/>'
    return (
        f'<c r="{ref}" s="{style}" t="inlineStr"><is>'
        f'<t xml:space="preserve">{escaped(words)}</t></is></c>'
    )


def _line(row: int, line: ResultLine, formats: ResultFormats, linked: bool) -> str:
    """The cells of one finding: numbers as numbers where a number is due, all else as text."""
    styles = [formats.text] * len(HEADS)
    styles[Column.NUMBER] = styles[Column.STATE] = formats.number
    styles[Column.FOUND] = styles[Column.EXPECTED] = formats.number
    styles[Column.SEVERITY] = formats.severities.get(line.severity, formats.number)
    if linked:
        styles[Column.PLACE] = formats.link
    cells = []
    for column, (content, style) in enumerate(zip(line.cells, styles, strict=True)):
        words = str(content)
        if column in _NUMBERS and _NUMBER.match(words):
            ref = cell_name(row, column)
            cells.append(f'<c r="{ref}" s="{formats.number}"><v>{words}</v></c>')
        else:
            cells.append(_text(row, column, words, style))
    return "".join(cells)


def _hyperlinks(planned: Plan) -> str:
    links = []
    for link in planned.links:
        target = "'" + link.sheet.replace("'", "''") + "'!" + link.cell
        shown = planned.lines[link.row - planned.head_row - 1].place
        links.append(
            f'<hyperlink ref="{cell_name(link.row - 1, link.column - 1)}" '
            f'location="{escaped(target)}" display="{escaped(shown)}"/>'
        )
    return f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""


def _height(line: ResultLine) -> str:
    """A row high enough for its longest text; LibreOffice and Excel differ in guessing it."""
    lines = max(
        -(-2 * len(words) // width)
        for words, width in zip(
            (line.text, line.basis, line.repair, line.explanation), (44, 22, 18, 20), strict=True
        )
    )
    return f' ht="{min(400, 14 * max(1, lines) + 3)}" customHeight="1"'
