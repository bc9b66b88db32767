"""The formats that published reports come in, one record each."""

from __future__ import annotations

from dataclasses import dataclass

from ....templates.errors import InputError
from ....templates.words import Words


@dataclass(frozen=True)
class PublishedFormat:
    """A format: its suffixes, its name, the module of this room that reads it.

    The module has ``lines_of(path)``, and may have ``hidden_in(path)``: the sentence for a file
    that shows no table but holds its words elsewhere. ``library`` is what it needs of the extra
    ``published``; ``""`` for nothing.
    """

    suffixes: tuple[str, ...]
    name: Words
    module: str
    library: str = ""


FORMATS = (
    PublishedFormat((".txt", ".md"), Words("文本", "text"), "text"),
    PublishedFormat(
        (".html", ".htm", ".mht", ".mhtml"), Words("网页", "web page"), "web_page", "lxml"
    ),
    PublishedFormat((".docx",), Words("Word 文档", "Word document"), "word", "python-docx"),
    PublishedFormat((".pdf",), Words("PDF", "PDF"), "pdf", "pdfplumber"),
)


def lacking(name: str, library: str) -> InputError:
    """The sentence for the file ``name`` at a desk without the ``library`` that reads it."""
    return InputError(
        f"读 {name} 要用 {library}，这台电脑上没有。请装上：pip install 'gouji[published]'，"
        "或把全文粘贴成 .txt 再试。",
        f"{name} needs {library}, which is not installed: pip install 'gouji[published]', or "
        "paste the whole text into a .txt.",
    )
