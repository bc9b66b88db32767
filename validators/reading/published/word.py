"""A Word document (.docx): python-docx opens it, its body is read in order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ....templates.errors import InputError
from ...ooxml.limits import MB, Limits, truncated
from ..other_formats import in_child
from .bounds import bounded, lacking, too_long
from .decoding import load
from .grid_tables import Part, lines
from .stream import reader
from .tokens import Line
from .web_page import is_web
from .web_page import lines_of as lines_of_page
from .word_text import Styles, above, name_of, paragraph, value

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BODY = "word/document.xml"
_DEEP = 60


def lines_of(path: Path) -> list[Line]:
    """The document's texts and the rows of its tables; ``InputError`` when it cannot be read."""
    limits = Limits()
    data = load(path, limits.file_bytes)
    if is_web(data):  # as some office systems write "Word" documents
        return lines_of_page(path)
    look_into(data, str(path), limits)
    kind, parts = in_child(read_parts, data, str(path), limits, _damaged)
    if kind == "missing":
        raise lacking(str(path), "python-docx")
    if kind == "long":
        raise too_long(str(path))
    if kind != "ok":
        raise _damaged(str(path))
    return lines(parts)


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


def _damaged(name: str) -> InputError:
    return InputError(
        f"打不开 {name}：内容不是完好的 Word 文档。请用 Word 或 WPS 打开，另存为 .docx 再试。",
        f"{name} is no sound Word document (.docx): open it in Word or WPS, save it as .docx and "
        "try again.",
    )


def look_into(data: bytes, name: str, limits: Limits) -> None:
    """Refuses what is no zip, is locked, or unpacks to more than a document ever does."""
    if data.startswith(_OLE):
        raise InputError(
            f"{name} 是旧格式（.doc）或有打开密码的文档，读不了。请用 Word 或 WPS 打开，去掉密码，"
            "另存为 .docx 再试。",
            f"{name} is a document of the old format, or has a password: open it, remove the "
            "password and save it as .docx.",
        )
    if not data.startswith(b"PK"):
        raise _damaged(name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise truncated(name) from error
    whole = sum(e.file_size for e in entries)
    large = any(
        e.file_size > 8 * MB and e.file_size > limits.ratio * max(1, e.compress_size)
        for e in entries
    )
    body = sum(e.file_size for e in entries if e.filename == BODY)
    if (
        large
        or len(entries) > limits.parts
        or whole > limits.unpacked_mb * MB
        or body > limits.part_mb * MB // 8
    ):
        raise InputError(
            f"{name} 解开以后大得不像一份年报，可能被人做过手脚，没有打开。请用 Word 或 WPS 打开，"
            "只留年报正文，另存再试。",
            f"{name} unpacks to far more than a report and was not opened; it may have been "
            "tampered with: keep only the report in it and save it again.",
        )
    names = [e.filename for e in entries]
    if BODY not in names or len(set(names)) < len(names) or any(e.flag_bits & 1 for e in entries):
        raise _damaged(name)


def read_parts(data: bytes, most: int) -> tuple[str, Any]:
    """In the child: the parts of a document."""
    try:
        from docx import Document
    except ImportError:
        return "missing", None
    try:
        document = Document(io.BytesIO(data))
        reader = _Reader(Styles(document.styles.element))
        parts = bounded(reader.body(document.element.body, 0))
        return ("ok", parts) if parts is not None else ("long", None)
    except (KeyboardInterrupt, SystemExit):
        raise
    except Exception:  # python-docx fails on broken documents in every way there is
        return "bad", None


class _Reader:
    """Goes through a document's body once, in its order."""

    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self.chosen: dict[Any, int] = {}  # text boxes in the newer form of a drawing
        self.tables = 0
        self.paragraphs = 0

    def body(self, element: Any, depth: int) -> Iterator[Part]:
        """The texts and rows of an element that holds paragraphs and tables."""
        if depth > _DEEP:
            return
        for child in element:
            name = name_of(child)
            if name == "p":
                self.paragraphs += 1
                text = paragraph(child, self.styles)
                if text.strip():
                    yield f"第{self.paragraphs}段", text
                for box in self._boxes(child):
                    yield from self.body(box, depth + 1)
            elif name == "tbl":
                yield from self._table(child, depth)
            elif name in ("sdt", "sdtContent", "customXml", "ins", "smartTag"):
                yield from self.body(child, depth + 1)

    def _table(self, table: Any, depth: int) -> Iterator[Part]:
        self.tables += 1
        number = self.tables
        for at, row in enumerate((e for e in table.iter() if _own_row(e, table)), 1):
            cells = [
                c
                for c in row.iter()
                if name_of(c) == "tc" and above(c, "tr") is row and not _deleted(c, "tcPr")
            ]
            if any(name_of(e) == "tbl" for c in cells for e in c.iter()):
                for cell in cells:  # a table that only lays others out
                    yield from self.body(cell, depth + 1)
                continue
            shown = [c for c in cells if not _covered(c)]
            texts = [self._cell(c) for c in shown]
            yield f"表{number}第{at}行", [own or boxed for own, boxed in texts]
            for own, boxed in texts:
                if own and boxed:
                    yield f"表{number}第{at}行文本框", boxed

    def _cell(self, cell: Any) -> tuple[str, str]:
        """What a cell says, and what the text boxes anchored in it say."""
        held = [p for p in cell.iter() if name_of(p) == "p"]
        own = [p for p in held if above(p, "txbxContent", cell) is None]
        boxed = [p for o in own for box in self._boxes(o) for p in box.iter() if name_of(p) == "p"]
        said = ["\n".join(paragraph(p, self.styles) for p in ps).strip() for ps in (own, boxed)]
        return said[0], said[1]

    def _boxes(self, paragraph: Any) -> Iterator[Any]:
        """The text boxes anchored in a paragraph, each once."""
        for box in paragraph.iter():
            inside = name_of(box) == "txbxContent" and above(box, "p") is paragraph
            if inside and (above(box, "Fallback") is None or self._choices(box) == 0):
                yield box

    def _choices(self, box: Any) -> int:
        """How many text boxes the newer form of the same drawing has."""
        both = above(box, "AlternateContent")
        if both is None:
            return 0
        if both not in self.chosen:
            chosen = [c for c in both if name_of(c) == "Choice"]
            self.chosen[both] = sum(name_of(e) == "txbxContent" for c in chosen for e in c.iter())
        return self.chosen[both]


def _own_row(element: Any, table: Any) -> bool:
    """Whether it is a row of this table, neither hidden nor deleted with changes tracked."""
    if name_of(element) != "tr" or above(element, "tbl") is not table:
        return False
    return not _deleted(element, "trPr")


def _deleted(element: Any, properties: str) -> bool:
    """Whether a row or a cell is hidden, or was deleted with changes tracked."""
    return any(
        name_of(mark) in ("del", "moveFrom", "cellDel", "hidden")
        for held in element
        if name_of(held) == properties
        for mark in held
    )


def _covered(cell: Any) -> bool:
    """Whether a cell belongs to the one above it, or to the one before it."""
    held = [e for properties in cell if name_of(properties) == "tcPr" for e in properties]
    return any(name_of(e) in ("vMerge", "hMerge") and value(e) != "restart" for e in held)


read = reader(lines_of, hidden_in)
