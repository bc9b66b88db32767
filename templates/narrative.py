"""正文: the sections, several rows each, with a count of characters and sentences to take."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .a1 import cell_name
from .layout import Layout
from .styles import Styles, new_sheet
from .telling import NUMBER, Ready
from .words import LATER, NARRATIVE, TAKE

if TYPE_CHECKING:
    import xlsxwriter

_ROWS, _FEW = 8, 2  # rows of a section of words, of one that is a table
_WIDE = 33  # characters of a line of the text column
_LONGEST = 32_767  # characters of a cell


def write_narrative(
    book: xlsxwriter.Workbook,
    styles: Styles,
    layout: Layout,
    narrative: Mapping[str, str],
    shown: Mapping[str, float],
) -> None:
    """The sheet: a row a paragraph; more may be inserted, what is not used stays empty.

    The name ``gouji_section_N`` is of the section's first row. ``shown`` are the numbers of the
    tables, for the sentences beside the text, which are formulas and are not printed.
    """
    edition = layout.edition
    ws = new_sheet(book, NARRATIVE, (72, 9, 70))
    ws.set_margins(0.7, 0.7, 0.8, 0.8)
    ws.set_row(0, 30)
    ws.write_string(0, 0, edition.title, styles.title)
    row = 2
    for number, section in enumerate(edition.sections, 1):
        ws.write_string(row, 0, section.title, styles.heading)
        ws.write_string(row + 1, 0, section.prompt, styles.hint)
        lines = map(str.strip, re.split(r"[\r\n]+", narrative.get(section.title, "")))
        texts = [line for line in lines if line]
        ready = [r for r in edition.ready if r.section == number]
        least = _FEW if section.table else _ROWS
        count = max(least, len(texts) + 1, len(ready) + 1)
        first, last = row + 2, row + 1 + count
        span = f"{cell_name(first, 0)}:{cell_name(last, 0)}"
        words = sum(map(len, texts))
        counter = f'SUMPRODUCT(LEN({span}))&"字"'
        ws.write_formula(row, 1, counter, styles.hint, f"{words}字")
        for at in range(count):
            text = texts[at] if at < len(texts) else ""
            ws.set_row(first + at, 18 * max(1, -(-len(text) // _WIDE)))
            if text:
                ws.write_string(first + at, 0, text[:_LONGEST], styles.text_input)
            else:
                ws.write_blank(first + at, 0, None, styles.text_input)
        offers = [sentence.sentence(shown) or _UNFILLED for sentence in ready]
        if ready:
            beside = f"{cell_name(first, 2)}:{cell_name(first + len(ready) - 1, 2)}"
            some = f'COUNTIF({beside},"{_UNFILLED}")<{len(ready)}'
            offered = any(text != _UNFILLED for text in offers)
            offer = f'IF({some},"{TAKE}","{LATER}")'
            ws.write_formula(row + 1, 2, offer, styles.hint, TAKE if offered else LATER)
        for at, sentence in enumerate(ready):
            ws.write_formula(first + at, 2, _formula(layout, sentence), styles.small, offers[at])
        book.define_name(f"gouji_section_{number}", f"='{NARRATIVE}'!$A${first + 1}")
        row = last + 2
    ws.print_area(0, 0, row - 2, 0)
    ws.protect("", {"format_rows": True, "insert_rows": True})


_UNFILLED = "（表还没有填全）"


def _formula(layout: Layout, sentence: Ready) -> str:
    """The sentence as a formula over the tables' cells, once all of them are filled in."""
    pieces, cells, at = [], [], 0
    for match in NUMBER.finditer(sentence.text):
        if match.start() > at:
            pieces.append(f'"{sentence.text[at : match.start()]}"')
        own = [_cell(layout, key) for key in match[1].split("+")]
        pieces.append(f"({'+'.join(own)})" if len(own) > 1 else own[0])
        cells += own
        at = match.end()
    if at < len(sentence.text):
        pieces.append(f'"{sentence.text[at:]}"')
    whole = f"COUNT({','.join(cells)})={len(cells)}" if cells else "TRUE"
    return f'IF({whole},{"&".join(pieces)},"{_UNFILLED}")'


def _cell(layout: Layout, key: str) -> str:
    sheet, row, column = layout.cells[key]
    return f"'{sheet}'!{cell_name(row, column)}"
