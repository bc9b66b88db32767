"""A report's values as a web page or a Word document, tables as the form prints them."""

from __future__ import annotations

import html
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gouji.templates.edition import Edition
from gouji.templates.layout import SheetLayout, layout_of

from .published_text import shown

Values = Mapping[str, float | str | None]
PROSE = "本节文字由测试写成，没有数字。"


@dataclass(frozen=True)
class Cell:
    """One cell of a table with what it spans."""

    row: int
    col: int
    last_row: int
    last_col: int
    text: str


def grid(sheet: SheetLayout, values: Values) -> list[list[Cell]]:
    """A table's rows, each of the cells that begin in it."""
    cells = [Cell(s.row, s.col, s.last_row, s.last_col, s.text) for s in sheet.spans]
    for key, (row, col, last) in sheet.cells.items():
        value = values.get(key)
        text = value if isinstance(value, str) else "" if value is None else shown(value)
        cells.append(Cell(row, col, row, last, text))
    numbers = sorted({c.row for c in cells})
    return [sorted((c for c in cells if c.row == n), key=lambda c: c.col) for n in numbers]


def parts(
    edition: Edition, values: Values, unit: str, year: int
) -> Iterator[str | list[list[Cell]]]:
    """Title, sections and tables in the order of the form."""
    yield unit
    yield f"{year}年政府信息公开工作年度报告"
    yield f"本报告所列数据的统计期限自{year}年1月1日起至{year}年12月31日止。"
    sheets = {s.table.id: s for s in layout_of(edition).sheets}
    for section in edition.sections:
        yield section.title
        if section.table:
            yield grid(sheets[section.table], values)
        else:
            yield PROSE


def page(edition: Edition, values: Values, unit: str, year: int) -> str:
    """The report as a web page with merged cells, labels in paragraphs."""
    out = ["<!DOCTYPE html><html><head><title>某网</title></head><body>"]
    for part in parts(edition, values, unit, year):
        if isinstance(part, str):
            out.append(f"<p>{html.escape(part)}</p>")
            continue
        out.append("<table border=1>")
        for row in part:
            out.append("<tr>")
            for cell in row:
                across, down = cell.last_col - cell.col + 1, cell.last_row - cell.row + 1
                text = html.escape(cell.text) or "&nbsp;"
                out.append(f'<td colspan="{across}" rowspan={down}><p><span>{text}</span></p></td>')
            out.append("</tr>")
        out.append("</table>")
    return "".join(out) + "</body></html>"


def document(edition: Edition, values: Values, unit: str, year: int) -> bytes:
    """The report as a Word document with merged cells."""
    from docx import Document

    made = Document()
    for part in parts(edition, values, unit, year):
        if isinstance(part, str):
            made.add_paragraph(part)
            continue
        every = [c for row in part for c in row]
        top = min(c.row for c in every)
        table = made.add_table(
            max(c.last_row for c in every) - top + 1, max(c.last_col for c in every) + 1
        )
        for cell in every:
            place = table.cell(cell.row - top, cell.col)
            if (cell.last_row, cell.last_col) != (cell.row, cell.col):
                place = place.merge(table.cell(cell.last_row - top, cell.last_col))
            place.text = cell.text
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
