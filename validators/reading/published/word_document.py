"""A Word document (.docx): python-docx opens it, its body is read in order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ....templates.errors import InputError
from ...ooxml.document import BODY, check_document, damaged
from ...ooxml.limits import Limits
from .decoding import load
from .document_lines import Part, bounded, in_bounds, lines
from .published_report import reader
from .tokens import TextLine
from .web_page import is_web
from .web_page import lines_of as lines_of_page
from .word_paragraphs import Paragraphs, WordStyles, children, name_of, value

_DEEP = 60  # tables and boxes within each other that are followed


def lines_of(path: Path) -> list[TextLine]:
    """The document's texts and the rows of its tables; ``InputError`` when it cannot be read."""
    name, limits = str(path), Limits()
    data = load(path, limits.file_bytes)
    if is_web(data):  # as some office systems write "Word" documents
        return lines_of_page(path)
    check_document(data, name, limits)
    return lines(in_bounds(read_parts, data, name, library="python-docx", damaged=damaged))


def hidden_in(path: Path) -> InputError | None:
    """The sentence for a document whose tables are in a document within it, or pictures."""
    try:
        with zipfile.ZipFile(path) as archive:
            body = archive.read(BODY)
    except (zipfile.BadZipFile, KeyError, OSError):  # a page under a document's name
        return None
    if b"altChunk" in body:
        return InputError(
            f"{path} 的正文是嵌在里面的另一份文件，还没有并进来，读不到。"
            "请用 Word 打开，另存为 .docx 再试。",
            f"The text of {path} is another file that was put into it and is not yet part of it: "
            "open it in Word and save it as .docx.",
        )
    if b":blip " in body or b":imagedata " in body:
        return InputError(
            f"{path} 里没有能读的表，有图片：表像是贴成了图片，读不到数。"
            "请换成用表格做的年报，或者把数填进空白模板。",
            f"{path} holds no table that can be read but pictures, which its tables may be: give "
            "the report with tables, or fill its numbers into a blank template.",
        )
    return None


def read_parts(data: bytes, most: int) -> tuple[str, Any]:
    """In the child: the parts of a document."""
    try:
        from docx import Document
    except ModuleNotFoundError:
        return "missing", None
    try:
        document = Document(io.BytesIO(data))
        walk = _DocumentReader(Paragraphs(WordStyles(document.styles.element)))
        parts = bounded(walk.body(document.element.body, 0))
        return ("ok", parts) if parts is not None else ("long", None)
    except (KeyboardInterrupt, SystemExit):
        raise
    except Exception:  # python-docx fails on broken documents in every way there is
        return "bad", None


class _DocumentReader:
    """Goes through a document's body once, in its order."""

    def __init__(self, paragraphs: Paragraphs) -> None:
        self.paragraphs = paragraphs
        self.number = 0  # of the paragraph
        self.tables = 0

    def body(self, element: Any, depth: int) -> Iterator[Part]:
        """The texts and rows of an element that holds paragraphs and tables."""
        if depth > _DEEP:
            return
        for child in element:
            name = name_of(child)
            if name == "p":
                self.number += 1
                text, boxes = self.paragraphs.read(child)
                if text.strip():
                    yield f"第{self.number}段", text
                for box in boxes:
                    yield from self.body(box, depth + 1)
            elif name == "tbl":
                yield from self._table(child, depth)
            elif name in ("sdt", "sdtContent", "customXml", "ins", "smartTag"):
                yield from self.body(child, depth + 1)

    def _table(self, table: Any, depth: int) -> Iterator[Part]:
        self.tables += 1
        number = self.tables
        rows = (row for row in _nearest(table, "tr") if not _is_deleted(row, "trPr"))
        for at, row in enumerate(rows, 1):
            cells = [cell for cell in _nearest(row, "tc") if not _is_deleted(cell, "tcPr")]
            if any(name_of(e) == "tbl" for cell in cells for e in cell.iter()):
                for cell in cells:  # a table that only lays others out
                    yield from self.body(cell, depth + 1)
                continue
            texts = [self._cell(cell) for cell in cells if not _is_covered(cell)]
            yield f"表{number}第{at}行", [own or boxed for own, boxed in texts]
            for own, boxed in texts:
                if own and boxed:
                    yield f"表{number}第{at}行文本框", boxed

    def _cell(self, cell: Any) -> tuple[str, str]:
        """What a cell says, and what the text boxes anchored in it say."""
        read = [self.paragraphs.read(p) for p in _nearest(cell, "p")]
        boxed = [self._cell(box)[0] for _, boxes in read for box in boxes]
        return "\n".join(text for text, _ in read).strip(), "\n".join(boxed).strip()


def _nearest(element: Any, name: str) -> Iterator[Any]:
    """The rows of a table, the cells of a row, the paragraphs of a cell, wrapped or not."""
    for child in element:
        if name_of(child) == name:
            yield child
        elif name_of(child) not in ("tbl", "tr", "tc", "p"):
            yield from _nearest(child, name)


def _is_deleted(element: Any, properties: str) -> bool:
    """Whether a row or a cell is hidden, or was deleted with changes tracked."""
    marks = map(name_of, children(element, properties))
    return any(mark in ("del", "moveFrom", "cellDel", "hidden") for mark in marks)


def _is_covered(cell: Any) -> bool:
    """Whether a cell belongs to the one above it, or to the one before it."""
    merges = (e for e in children(cell, "tcPr") if name_of(e) in ("vMerge", "hMerge"))
    return any(value(e) != "restart" for e in merges)


read = reader(lines_of, hidden_in)
