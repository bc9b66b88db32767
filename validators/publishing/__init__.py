"""The finished workbook becomes the published report: Word, a web page, pictures.

``content_of`` says what stands in it; ``WRITERS`` turn that into a file, by its suffix.
"""

from __future__ import annotations

from collections.abc import Callable

from .report_content import Content, content_of, unfinished


def _docx(content: Content) -> bytes:
    from .report_document import document

    return document(content)


def _html(content: Content) -> bytes:
    from .report_page import page

    return page(content).encode("utf-8")


WRITERS: dict[str, Callable[[Content], bytes]] = {".docx": _docx, ".html": _html, ".htm": _html}
"""Suffix → what writes a file of it."""

__all__ = ["WRITERS", "Content", "content_of", "unfinished"]
