"""A PDF with a text layer: pdfplumber shows its tables by their ruling, its texts by lines."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ....templates.errors import InputError
from ...ooxml.limits import Limits
from ...ooxml.runs import raised
from ..other_formats import in_child
from .decoding import load
from .grid_tables import Part, lines
from .tokens import Line
from .web_page import without_library

_SMALL = 0.8  # of the size of the digits before, from which on a digit is a note's
_PAGES = 120  # of a report
_LINE = 15  # characters; what is longer is a sentence
_SHORTEST = 22  # characters of a line that may have been broken
_FULL = 0.8  # a line of so much of the usual width was broken, not ended
_PAGE_NUMBER = re.compile(r"[\s—–\-－第页共/\d]{1,12}")
_BEGINS = re.compile(r"\s*(?:[一二三四五六七八九十]{1,2}、|[（(][一二三四五六七八九十]{1,2}[）)])")
_NUMBERED = re.compile(
    r"\s*(?:[一二三四五六七]\s*、|[（(]\s*[一二三四五六七]\s*[）)]|[1-8]\s*[.．、])"
)
_NUMBER = re.compile(r"[-+]?[0-9][0-9,. ]*")
_SECONDS = 60  # a PDF takes longer than a workbook


def lines_of(path: Path) -> list[Line]:
    """The texts and rows of every page; ``InputError`` when it cannot be read."""
    name, limits = str(path), Limits()
    data = load(path, limits.file_bytes)
    if b"%PDF-" not in data[:2048]:
        raise _damaged(name)
    bounds = Limits(seconds=max(limits.seconds, _SECONDS))
    kind, parts = in_child(read_parts, data, name, bounds, _damaged)
    if kind == "missing":
        raise without_library(name, "pdfplumber")
    if kind == "locked":
        raise InputError(
            f"{name} 有打开密码，读不了。请去掉密码另存再试。",
            f"{name} is protected by a password: remove it and try again.",
        )
    if kind != "ok":
        raise _damaged(name)
    if not any("".join(content).strip() for _, content in parts):
        raise InputError(
            f"{name} 里没有文字，像是扫描件。请用原来的 Word 或网页，或带文字层的 PDF。",
            f"{name} holds no text, as a scan does: use the Word document, the web page or a PDF "
            "with a text layer.",
        )
    return lines(parts)


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
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if len(document.pages) > _PAGES:
                return "bad", None
            parts: list[Part] = []
            for number, page in enumerate(document.pages, 1):
                parts += _page(page, number)
                page.close()
            return "ok", [*_joined([*_paragraphs(parts)])][:most]
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
    tables = sorted(page.find_tables(), key=lambda t: t.bbox[1])
    held: list[tuple[float, int, Part]] = []
    for at, table in enumerate(tables, 1):
        for n, cells in enumerate(table.extract(), 1):
            shown = [c for c in cells if c is not None]
            place = f"第{number}页表{at}第{n}行"
            lone = len(shown) == 1 and len(shown[0]) > _LINE  # a text with a line drawn under it
            held.append((table.bbox[1], n, (place, shown[0] if lone else shown)))
    outside = page
    for table in tables:
        outside = outside.outside_bbox(_within(table.bbox, page.bbox))
    for n, line in enumerate(outside.extract_text_lines(return_chars=False), 1):
        held.append((line["top"], 0, (f"第{number}页第{n}行", line["text"])))
    held.sort(key=lambda h: h[:2])
    for _, _, part in held:
        yield part


def mark_raised(chars: Sequence[dict[str, Any]]) -> None:
    """Small digits that follow a number at once are a note's: they become ² and its kind."""
    base: dict[str, Any] | None = None
    end = 0.0
    for char in chars:
        text, near = char["text"], False
        if base is not None and text.isdecimal() and char["size"] <= _SMALL * base["size"]:
            beside = abs(char["x0"] - end) < base["size"] / 2
            near = beside and char["top"] < base["bottom"] and char["bottom"] > base["top"]
        if near:
            char["text"] = raised(text)
        else:
            base = char if text.isdecimal() else None
        end = char["x1"]


def _paragraphs(parts: Sequence[Part]) -> Iterator[Part]:
    """The lines of a text joined where they were broken for the page's width; no page numbers."""
    widths = sorted(len(text) for _, text in parts if isinstance(text, str))
    full = max(_SHORTEST, _FULL * widths[9 * len(widths) // 10]) if widths else 0
    open_: tuple[str, str] | None = None
    for place, content in parts:
        if isinstance(content, str) and _PAGE_NUMBER.fullmatch(content):
            continue
        broken = open_ is not None and isinstance(content, str) and not _BEGINS.match(content)
        if broken and open_ is not None and isinstance(content, str):
            open_ = open_[0], open_[1] + content
        else:
            if open_ is not None:
                yield open_
            open_ = (place, content) if isinstance(content, str) else None
            if not isinstance(content, str):
                yield place, content
        if open_ is not None and (
            not isinstance(content, str)
            or len(content) < full
            or content.endswith(("。", "：", ":"))
        ):
            yield open_
            open_ = None
    if open_ is not None:
        yield open_


def _joined(parts: Sequence[Part]) -> Iterator[Part]:
    """The rows of tables, those that a page's end cut in two put together again."""
    last: tuple[str, list[str]] | None = None
    for place, content in parts:
        if isinstance(content, list) and last is not None:
            whole = _whole(last[1], content) if _page_of(last[0]) != _page_of(place) else None
            if whole is not None:
                last = last[0], whole
                continue
        if last is not None:
            yield last
            last = None
        if isinstance(content, list):
            last = place, content
        else:
            yield place, content
    if last is not None:
        yield last


def _page_of(place: str) -> str:
    return place.partition("页")[0]


def _whole(above: list[str], below: list[str]) -> list[str] | None:
    """The row whose upper and lower part these are; None where they are two rows.

    Compared from the right: what a merged cell leaves at the left differs from page to page. A
    numbered label goes on without a number, and no cell of numbers is filled twice.
    """
    count = min(len(above), len(below))
    pairs = [*zip(above[-count:], below[-count:], strict=True)]
    twice = [n for n, (a, b) in enumerate(pairs) if a.strip() and b.strip()]
    if not twice or any(_NUMBER.fullmatch(t.strip()) for n in twice for t in pairs[n]):
        return None
    top, rest = (text.strip() for text in pairs[twice[-1]])
    if not _NUMBERED.match(top) or _NUMBERED.match(rest):
        return None
    return [*above[:-count], *(a + b for a, b in pairs)]


def _within(box: tuple[float, ...], page: tuple[float, ...]) -> tuple[float, ...]:
    return (max(box[0], page[0]), max(box[1], page[1]), min(box[2], page[2]), min(box[3], page[3]))
