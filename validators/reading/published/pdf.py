"""A PDF with a text layer: pdfplumber shows its tables by their ruling, its texts by lines."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from ....templates.errors import InputError
from ...ooxml.limits import Limits
from ..other_formats import in_child
from .bounds import bounded, too_long
from .columns import Grid, Word, grids, is_value, middle, side_by_side, words_of
from .decoding import load
from .grid_tables import lines
from .pages import Item, mark_raised, parts
from .tokens import Line
from .web_page import without_library

_PAGES = 120  # of a report
_LINE = 15  # characters; what is longer is a sentence
_LOST = 3  # numbers within a table's outline and in none of its cells: its rules are not all there
_GAP = 1.5  # of a character's size: between two cells, not within a text
_PADDING = 12  # points that a cell keeps free beside its text
_DIGITS = re.compile(r"[0-9０-９,.件]+")
_SECONDS = 15  # a PDF takes longer than a workbook


def lines_of(path: Path) -> list[Line]:
    """The texts and rows of every page; ``InputError`` when it cannot be read."""
    name, limits = str(path), Limits()
    data = load(path, limits.file_bytes)
    if b"%PDF-" not in data[:2048]:
        raise _damaged(name)
    bounds = Limits(seconds=max(limits.seconds, _SECONDS))
    kind, read = in_child(read_parts, data, name, bounds, _damaged)
    if kind == "missing":
        raise without_library(name, "pdfplumber")
    if kind == "locked":
        raise InputError(
            f"{name} 有打开密码，读不了。请去掉密码另存再试。",
            f"{name} is protected by a password: remove it and try again.",
        )
    if kind == "long":
        raise too_long(name)
    if kind != "ok":
        raise _damaged(name)
    if not any("".join(content).strip() for _, content in read):
        raise InputError(
            f"{name} 里没有文字，像是扫描件。请用原来的 Word 或网页，或带文字层的 PDF。",
            f"{name} holds no text, as a scan does: use the Word document, the web page or a PDF "
            "with a text layer.",
        )
    return lines(read)


def _damaged(name: str) -> InputError:
    return InputError(
        f"读不了 {name}：不是完好的 PDF，或页太多、太复杂。请用原来的 Word 或网页再试。",
        f"{name} cannot be read: it is no sound PDF, or too large: use the Word document or the "
        "web page.",
    )


def read_parts(data: bytes, most: int) -> tuple[str, Any]:
    """In the child: the parts of a PDF, page by page."""
    try:
        import pdfplumber
        from pdfminer.pdfdocument import PDFPasswordIncorrect
    except ImportError:
        return "missing", None
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # it tells of every odd font
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if len(document.pages) > _PAGES:
                return "bad", None
            pages: list[list[Item]] = []
            for number, page in enumerate(document.pages, 1):
                pages.append([*_page(page, number)])
                page.close()
            held = bounded(parts(pages))
            return ("ok", held) if held is not None else ("long", None)
    except (KeyboardInterrupt, SystemExit):
        raise
    except Exception as error:  # pdfminer fails on broken files in every way there is
        locked = isinstance(error, PDFPasswordIncorrect) or isinstance(
            error.args[0] if error.args else None, PDFPasswordIncorrect
        )
        return ("locked" if locked else "bad"), None


def _page(page: Any, number: int) -> Iterator[Item]:
    """The texts and tables of a page from its top to its bottom."""
    mark_raised(page.chars)
    tables, made = _tables(page)
    held: list[tuple[float, int, Item]] = []
    for at, table in enumerate(tables, 1):
        top = table.bbox[1]
        for n, cells in enumerate(_rows(table), 1):
            place = f"第{number}页表{at}第{n}行"
            lone = len(cells) == 1 and len(cells[0]) > _LINE  # a text with a line drawn under it
            held.append((top, n, Item(place, cells[0] if lone else cells, top)))
    for at, grid in enumerate(made, len(tables) + 1):
        for n, cells in enumerate(grid.rows, 1):
            held.append((grid.top, n, Item(f"第{number}页表{at}第{n}行", cells, grid.top)))
    outside = _outside(page, [t.bbox for t in tables])
    outside = _outside(outside, [(page.bbox[0], g.top, page.bbox[2], g.bottom) for g in made])
    for n, line in enumerate(outside.extract_text_lines(), 1):
        item = Item(f"第{number}页第{n}行", line["text"], line["top"], _apart(line["chars"]))
        held.append((line["top"], 0, item))
    held.sort(key=lambda h: h[:2])
    for _, _, item in held:
        yield item


def _tables(page: Any) -> tuple[list[Any], list[Grid]]:
    """The tables that rules divide, and those that none do; of one of both kinds are the rows.

    A row that is only shaded looks like a table of its own between the others.
    """
    words = words_of(page)
    drawn = sorted(page.find_tables(), key=lambda t: t.bbox[1])
    every = [cell for table in drawn for cell in table.cells]
    tables = [table for table in drawn if _divides(table, every, words)]
    made = grids(words_of(_outside(page, [t.bbox for t in tables])))
    apart = [
        t for t in tables if not any(g.top <= (t.bbox[1] + t.bbox[3]) / 2 <= g.bottom for g in made)
    ]
    if len(apart) < len(tables):
        made = grids(words_of(_outside(page, [t.bbox for t in apart])))
    return apart, made


def _outside(page: Any, boxes: Sequence[Sequence[float]]) -> Any:
    """The page without the characters whose middle stands in one of the ``boxes``."""
    return page.filter(
        lambda o: o["object_type"] != "char" or not any(_in(o, box) for box in boxes)
    )


def _divides(table: Any, cells: Sequence[Sequence[float]], words: Sequence[Word]) -> bool:
    """Whether the rules of a table part its numbers, each in a cell and no row of them in one.

    ``cells`` are those of every table of the page: tables may stand beside each other.
    """
    _, top, _, bottom = table.bbox
    beside = [w for w in words if top <= middle(w) <= bottom]
    lost = [w for w in beside if is_value(w["text"]) and not any(_in(w, c) for c in cells)]
    held = ([w for w in beside if _in(w, cell)] for cell in table.cells)
    return len(lost) < _LOST and not any(map(side_by_side, held))


def _in(word: Word, box: Sequence[float]) -> bool:
    across = (word["x0"] + word["x1"]) / 2
    return bool(box[0] <= across <= box[2] and box[1] <= middle(word) <= box[3])


def _rows(table: Any) -> Iterator[list[str]]:
    """The rows of a table; a number that its cell is too narrow for is one number."""
    for row, texts in zip(table.rows, table.extract(), strict=True):
        yield [
            _unbroken(text, cell[2] - cell[0], table.page)
            for text, cell in zip(texts, row.cells, strict=True)
            if text is not None
        ]


def _unbroken(text: str, width: float, page: Any) -> str:
    """Digits on several lines, as full as the cell is wide, put together again."""
    lines = text.split("\n")
    whole = "".join(lines)
    if len(lines) < 2 or not is_value(whole):
        return text
    wide = {c["text"]: c["width"] for c in page.chars if c["text"] in whole}
    fits = any(
        sum(wide.get(c, 0.0) for c in a + b[:1]) <= width - _PADDING for a, b in pairwise(lines)
    )
    return text if fits or not all(map(_DIGITS.fullmatch, lines)) else whole


def _apart(chars: Sequence[dict[str, Any]]) -> bool:
    """Whether a line is made of several cells: a wide space stands in it."""
    solid = [c for c in chars if c["text"].strip()]
    return any(b["x0"] - a["x1"] > _GAP * a["size"] for a, b in pairwise(solid))
