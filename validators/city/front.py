"""汇总情况 as the first sheet of the roll-up: one page that can be printed and signed."""

from __future__ import annotations

from typing import Any

from ...templates.words import plain, printable
from .standing import CitySummary

SHEET = "汇总情况"


def write_front(book: Any, standing: CitySummary) -> None:
    """The sheet, in front of all others and open when the workbook is opened."""
    ws = book.add_worksheet(SHEET)
    title = book.add_format(
        {"bold": True, "font_size": 18, "align": "center", "text_wrap": True, "valign": "vcenter"}
    )
    text = book.add_format({"font_size": 12, "text_wrap": True, "valign": "top"})
    head = book.add_format(
        {"bold": True, "bg_color": "#E4ECF5", "border": 1, "valign": "top", "text_wrap": True}
    )
    cell = book.add_format({"border": 1, "valign": "top", "text_wrap": True})
    number = book.add_format({"border": 1, "valign": "top", "align": "right"})
    ws.hide_gridlines(2)
    ws.set_paper(9)
    ws.set_portrait()
    ws.center_horizontally()
    ws.fit_to_pages(1, 1)
    for column, width in enumerate((34, 16, 16, 22)):
        ws.set_column(column, column, width)
    ws.merge_range(0, 0, 0, 3, printable(standing.title), title)
    ws.set_row(0, 44)
    row = 2
    for paragraph in standing.paragraphs:
        ws.merge_range(row, 0, row, 3, paragraph, text)
        ws.set_row(row, 18 * (len(paragraph) // 40 + 1))
        row += 1
    row += 1
    if standing.changes:
        heads = (f"{standing.intake}变化最大的单位", "上年", "本年", "增减")
        for column, name in enumerate(heads):
            ws.write_string(row, column, name, head)
        for change in standing.changes:
            row += 1
            ws.write_string(row, 0, change.unit, cell)
            ws.write_number(row, 1, change.last, number)
            ws.write_number(row, 2, change.this, number)
            ws.write_string(row, 3, change.text, cell)
        row += 2
    if standing.left_out:
        left_out = f"另有{plain(float(standing.left_out))}个单位的这个数有错误，没有参加比较。"
        ws.merge_range(row, 0, row, 3, left_out, text)
        row += 2
    for name, units in standing.outstanding:
        ws.write_string(row, 0, name, head)
        ws.merge_range(row, 1, row, 3, units, cell)
        ws.set_row(row, 18 * (len(units) // 26 + 1))
        row += 1
    ws.print_area(0, 0, row, 3)
    ws.activate()
