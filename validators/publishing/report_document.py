"""The published report as a Word document ready to be sealed, tables as the form prints them."""

from __future__ import annotations

from .charts import png
from .official_paper import CELL, HEI, RED, WIDTH, Paper, fill, on_one_page, repeat_heads
from .report_content import Content, PrintedCell, PrintedTable

_DIGIT = 0.75  # of the size of the print; a number is printed smaller, never broken in two lines
_POINTS = 28.35  # in a cm
_LONG = 15  # rows


def document(content: Content) -> bytes:
    """The document's bytes, the same for the same report.

    Raises ``InputError`` where python-docx or matplotlib is missing.
    """
    paper = Paper(content.title, content.unit)
    paper.title(*content.heads)
    if content.faults:
        notice = f"草稿：还有{len(content.faults)}件没有改好，不得发布。"
        paper.text(notice, font=HEI, bold=True, colour=RED)
        for text in content.faults:
            paper.text(text, size=12, colour=RED, indent=True)
    for part in content.parts:
        # a long table begins a page: Word would keep it together anyway, LibreOffice would not
        paper.heading(part.heading, new_page=part.grid is not None and part.grid.rows > _LONG)
        for text in part.paragraphs:
            paper.text(text, indent=True)
        if part.grid is not None:
            _table(paper, part.grid)
    paper.text("")
    for text in (content.unit, content.day):
        paper.text(text, align="right")
    if content.charts:
        paper.heading("图解", new_page=True)
    for chart in content.charts:
        paper.picture(png(chart), chart.title, chart.in_words)
    return paper.data


def _table(paper: Paper, grid: PrintedTable) -> None:
    widths = _widths(grid)
    table = paper.table(grid.rows, widths)
    cells = [row.cells for row in table.rows]  # taken once: finding one looks at all of them
    for printed in grid.cells:
        cell = cells[printed.row][printed.col]
        if (printed.last_row, printed.last_col) != (printed.row, printed.col):
            cell = cell.merge(cells[printed.last_row][printed.last_col])
        bold = printed.kind in ("caption", "head")
        size = CELL if printed.kind != "number" else _size(printed, widths)
        fill(cell, printed.text, size=size, bold=bold, left=printed.kind == "label")
    repeat_heads(table, grid.head_rows if grid.label_cols else 0)
    on_one_page(table)


def _size(cell: PrintedCell, widths: list[float]) -> float:
    """The points at which a number fits into one line of its cell."""
    room = sum(widths[cell.col : cell.last_col + 1]) * _POINTS - 4
    return min(CELL, round(room / (_DIGIT * max(1, len(cell.text))), 1))


def _widths(grid: PrintedTable) -> list[float]:
    """Centimetres of every column: narrow outer labels, one wide label, equal numbers."""
    numbers = grid.cols - grid.label_cols
    labels = {0: [], 1: [5.2], 2: [1.6, 4.4], 3: [1.3, 1.5, 4.6]}.get(
        grid.label_cols, [1.2] * (grid.label_cols - 1) + [3.4]
    )
    return [*labels, *[(WIDTH - sum(labels)) / numbers] * numbers]
