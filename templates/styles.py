"""The cell styles of a template."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xlsxwriter

FONT = "宋体"
# How every workbook of ours is written: a text of an input that begins with = or is an address
# stays a text; formulas and links are written as such.
TEXTS_AS_TEXTS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def new_sheet(
    book: xlsxwriter.Workbook, name: str, widths: Sequence[float], pages_high: int = 0
) -> Any:
    """A sheet without lines, a page of A4 wide and ``pages_high`` high (0: any), its columns."""
    ws = book.add_worksheet(name)
    ws.hide_gridlines(2)
    ws.set_paper(9)
    ws.fit_to_pages(1, pages_high)
    for column, width in enumerate(widths):
        ws.set_column(column, column, width)
    return ws


class Styles:
    """Every format a template uses, made once per workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        usual = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}

        def make(**props: Any) -> Any:
            return book.add_format(usual | props)

        box = {"border": 1}
        self.title = make(font_size=16, bold=True, align="center")
        self.line = make()
        self.small = make(font_size=9, font_color="#404040", text_wrap=True)
        self.hint = make(font_size=9, font_color="#666666")
        self.head = make(**box, align="center", text_wrap=True, bg_color="#EAF1F8")
        self.label = make(**box, text_wrap=True)
        self.number = make(**box, align="center", num_format="General", locked=False)
        self.total = make(**box, align="center", num_format="General", bg_color="#EDEDED")
        self.prefilled = make(
            **box, align="center", num_format="General", bg_color="#F3F0E0", locked=False
        )
        differs = '"差 "General;"差 -"General'
        self.check = make(align="center", num_format=differs, font_color="#666666")
        self.check_head = make(font_size=9, align="center", font_color="#666666", text_wrap=True)
        self.good = book.add_format({"font_color": "#1B7F3B", "bold": True})
        self.bad = book.add_format({"font_color": "#9C0006", "bg_color": "#FFC7CE", "bold": True})
        doubtful = {"font_color": "#7F6000", "bg_color": "#FFEB9C", "bold": True}
        noted = {"font_color": "#1F4E79", "bg_color": "#DDEBF7"}
        self.doubtful, self.noted = (
            book.add_format({**look, "num_format": f'"{word} "General;"{word} -"General'})
            for look, word in ((doubtful, "核实"), (noted, "提示"))
        )
        self.cover_label = make(**box, font_size=12, align="right", bg_color="#EAF1F8")
        self.cover_input = make(**box, font_size=12, align="left", indent=1, locked=False)
        self.cover_year = make(
            **box, font_size=12, align="left", indent=1, locked=False, num_format="0"
        )
        self.heading = make(font_size=12, bold=True)
        self.text = make(font_size=11, text_wrap=True, valign="top")
        self.text_input = make(**box, font_size=11, text_wrap=True, valign="top", locked=False)
        self.stamp = make(font_size=8, font_color="#FFFFFF")
