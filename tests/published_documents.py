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
        height, width = max(c.last_row for c in every) - top + 1, max(c.last_col for c in every) + 1
        table = made.add_table(height, width, "Table Grid")
        held = [row.cells for row in table.rows]
        for cell in every:
            place = held[cell.row - top][cell.col]
            if (cell.last_row, cell.last_col) != (cell.row, cell.col):
                place = place.merge(held[cell.last_row - top][cell.last_col])
            place.text = cell.text
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


_LEFT, _TOP, _HIGH, _SIZE = 30, 800, 30, 6  # of a page of 595 x 842 points


def pdf(
    edition: Edition, values: Values, unit: str, year: int, rules: str = "boxes", running: str = ""
) -> bytes:
    """The report as a PDF with a text layer, every table on pages of its own.

    ``rules``: its cells are ``boxes``, or have ``lines`` between the rows, or ``none``. A
    ``running`` line with its page's number stands at the top of every page but the first.
    """
    pages: list[list[str]] = [[]]
    at = _TOP
    for part in parts(edition, values, unit, year):
        if isinstance(part, str):
            pages[-1].append(_text(_LEFT, at, part))
            at -= _HIGH
            continue
        every = [c for row in part for c in row]
        first, count = min(c.row for c in every), max(c.last_col for c in every) + 1
        labels = 3 if count == 10 else 0  # columns, wider than those of numbers
        edges = [_LEFT + n * 35 + min(n, labels) * 60 for n in range(count + 1)]
        for chunk in range(first, max(c.last_row for c in every) + 1, 20):
            pages.append([])
            for cell in every:
                top, bottom = max(cell.row, chunk), min(cell.last_row, chunk + 19)
                if top <= bottom:
                    pages[-1] += _cell(
                        cell, top - chunk, bottom - chunk, cell.row >= chunk, edges, rules
                    )
        at = _TOP - 21 * _HIGH
    for n, page in enumerate(pages[1:] if running else [], 2):
        page.append(_text(_LEFT, _TOP + 20, f"{running} {n}/{len(pages)}"))
    return _file(["\n".join(page) for page in pages])


def _cell(
    cell: Cell, top: int, bottom: int, whole: bool, edges: list[int], rules: str
) -> Iterator[str]:
    """The lines around a cell, and its text on as many lines as it needs."""
    x, y = edges[cell.col], _TOP - (bottom + 1) * _HIGH
    width, height = edges[cell.last_col + 1] - x, (bottom - top + 1) * _HIGH
    if rules == "boxes":
        yield f"{x} {y} {width} {height} re S"
    elif rules == "lines":
        yield f"{x} {y} m {x + width} {y} l S"
    fit = max(1, int((width - 4) / _SIZE))
    for n in range(0, len(cell.text) if whole else 0, fit):
        piece = cell.text[n : n + fit]
        yield _text(x + 2, y + height - (n // fit + 1) * (_SIZE - 0.5) - 1, piece)


def _text(x: float, y: float, text: str) -> str:
    return f"BT /F {_SIZE} Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET"


def _file(pages: list[str]) -> bytes:
    """A PDF of these pages, in a font that every reader of PDF knows by name."""
    kids = " ".join(f"{6 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H"
        "/DescendantFonts[4 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/FontDescriptor 5 0 R/DW 1000"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>",
        "<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]"
        "/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>",
    ]
    for n, content in enumerate(pages):
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {7 + 2 * n} 0 R"
            "/Resources<</Font<</F 3 0 R>>>>>>"
        )
        objects.append(f"<</Length {len(content)}>>stream\n{content}\nendstream")
    out = "%PDF-1.4\n"
    starts = []
    for n, held in enumerate(objects, 1):
        starts.append(len(out))
        out += f"{n} 0 obj\n{held}\nendobj\n"
    table = "".join(f"{s:010d} 00000 n \n" for s in starts)
    size = len(objects) + 1
    end = f"trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF"
    return (out + f"xref\n0 {size}\n0000000000 65535 f \n{table}{end}").encode("latin-1")
