"""A PDF with a text layer: pdfplumber shows its tables by their ruling, its texts by lines."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ....templates.errors import InputError
from ...ooxml.limits import Limits
from .decoding import load
from .document_lines import Part, bounded, in_bounds, lines
from .pdf_pages import mark_raised, parts_of
from .published_report import reader
from .tokens import TextLine

_PAGES = 120  # of a report
_SEVERAL = re.compile(r"[0-9][ 件]+[0-9]")  # numbers beside each other in one cell
_SECONDS = 15  # a PDF takes longer than a workbook


def lines_of(path: Path) -> list[TextLine]:
    """The texts and rows of every page; ``InputError`` when it cannot be read."""
    name, limits = str(path), Limits()
    data = load(path, limits.file_bytes)
    if b"%PDF-" not in data[:2048]:
        raise _damaged(name)
    parts = in_bounds(
        read_parts,
        data,
        name,
        library="pdfplumber",
        damaged=_damaged,
        locked=_locked,
        limits=Limits(seconds=max(limits.seconds, _SECONDS)),
    )
    if not any("".join(content).strip() for _, content in parts):
        raise InputError(
            f"{name} 里没有文字，像是扫描件。请用原来的 Word 或网页，或带文字层的 PDF。",
            f"{name} holds no text, as a scan does: use the Word document, the web page or a PDF "
            "with a text layer.",
        )
    return lines(parts)


def _locked(name: str) -> InputError:
    return InputError(
        f"{name} 有打开密码，读不了。请去掉密码另存再试。",
        f"{name} is protected by a password: remove it and try again.",
    )


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
    except ModuleNotFoundError:
        return "missing", None
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # it tells of every odd font
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if len(document.pages) > _PAGES:
                return "bad", None
            pages: list[list[Part]] = []
            for number, page in enumerate(document.pages, 1):
                pages.append([*_page(page, number)])
                page.close()
            kept = bounded(parts_of(pages))
            return ("ok", kept) if kept is not None else ("long", None)
    except (KeyboardInterrupt, SystemExit):
        raise
    except Exception as error:  # pdfminer fails on broken files in every way there is
        locked = isinstance(error, PDFPasswordIncorrect) or isinstance(
            error.args[0] if error.args else None, PDFPasswordIncorrect
        )
        return ("locked" if locked else "bad"), None


def _page(page: Any, number: int) -> Iterator[Part]:
    """The texts and tables of a page from its top to its bottom."""
    mark_raised(page.chars)
    tables = [table for table in page.find_tables() if _divides(table)]
    tables.sort(key=lambda table: table.bbox[1])
    found: list[tuple[float, int, Part]] = []
    for at, table in enumerate(tables, 1):
        for n, cells in enumerate(table.extract(), 1):
            texts = [text for text in cells if text is not None]
            content = texts[0] if len(texts) == 1 else texts  # a line drawn under a text
            found.append((table.bbox[1], n, (f"第{number}页表{at}第{n}行", content)))
    for n, line in enumerate(_outside(page, [t.bbox for t in tables]).extract_text_lines(), 1):
        found.append((line["top"], 0, (f"第{number}页第{n}行", line["text"])))
    found.sort(key=lambda item: item[:2])
    for _, _, part in found:
        yield part


def _outside(page: Any, boxes: Sequence[Sequence[float]]) -> Any:
    """The page without the characters whose middle stands in one of the ``boxes``."""

    def inside(char: Any) -> bool:
        across, down = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
        return any(x0 <= across <= x1 and y0 <= down <= y1 for x0, y0, x1, y1 in boxes)

    return page.filter(lambda o: o["object_type"] != "char" or not inside(o))


def _divides(table: Any) -> bool:
    """Whether the rules of a table part its numbers: no cell holds several beside each other.

    One that does not is read as the lines of text that it holds.
    """
    return not any(_SEVERAL.search(text or "") for row in table.extract() for text in row)


read = reader(lines_of)
