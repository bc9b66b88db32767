"""Every format that comes in and every one that goes out: one record each, in two lists.

File names, help texts, ``-o``, completion and what is said of a file that is not taken derive from
these lists. A record names its reader or writer as ``module:function``; the module is loaded for
who asks, so that nothing here imports a room.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..templates.errors import InputError
from ..templates.words import Words, listed

if TYPE_CHECKING:
    from ..templates.forms import Forms
    from .finding import Result
    from .report import Report

Reader = Callable[["Path", "Forms", str | None], "Report"]
Writer = Callable[["Iterable[Result]", str, bool], str]


def _loaded(named: Any) -> Any:
    if not isinstance(named, str):
        return named
    module, _, function = named.partition(":")
    return getattr(import_module(f"{__package__}.{module}"), function)


@dataclass(frozen=True)
class InputFormat:
    """A format that a report may come in.

    ``reader`` is a function of (path, forms, password) that gives the report, or names one.
    ``workbook``: a unit's own file, which folders are searched for; else a published report.
    """

    name: Words
    suffixes: tuple[str, ...]
    reader: str | Reader
    workbook: bool = False

    def read(self, path: Path, forms: Forms, password: str | None = None) -> Report:
        """The report in the file at ``path``; ``InputError`` where there is none to be read."""
        report: Report = _loaded(self.reader)(path, forms, password)
        return report


@dataclass(frozen=True)
class OutputFormat:
    """A form of results, the name by which ``--format`` calls it, and how a file of it is known.

    ``writer`` is a function of (results, language, whether places may be terminal links) that
    gives the whole document, or names one. ``own`` is found in the first or the last characters
    of what it wrote. ``tables``: it shows the values of the reports too.
    """

    name: Words
    suffixes: tuple[str, ...]
    writer: str | Writer
    own: str
    tables: bool = False

    def __call__(self, results: Iterable[Result], lang: str = "zh", links: bool = False) -> str:
        """The whole document, in ``lang``."""
        document: str = _loaded(self.writer)(results, lang, links)
        return document

    def wrote(self, head: str, tail: str) -> bool:
        """Whether a file that begins with ``head`` and ends with ``tail`` is one of ours."""
        own = re.compile(self.own)
        return bool(own.match(head) or own.search(tail))


_WORKBOOK, _PUBLISHED = "reading.workbook:read_workbook", "reading.published.{}:read"

READERS: list[InputFormat] = [
    InputFormat(
        Words("Excel 工作簿", "Excel workbook"), (".xlsx", ".xlsm"), _WORKBOOK, workbook=True
    ),
    InputFormat(
        Words("旧版 Excel 工作簿", "workbook of an older Excel"),
        (".xls", ".xlsb"),
        _WORKBOOK,
        workbook=True,
    ),
    InputFormat(Words("WPS 表格", "WPS workbook"), (".et",), _WORKBOOK, workbook=True),
    InputFormat(
        Words("LibreOffice 表格", "LibreOffice workbook"), (".ods",), _WORKBOOK, workbook=True
    ),
    InputFormat(Words("文本", "text"), (".txt", ".md"), _PUBLISHED.format("plain_text")),
    InputFormat(
        Words("网页", "web page"),
        (".html", ".htm", ".mht", ".mhtml"),
        _PUBLISHED.format("web_page"),
    ),
    InputFormat(
        Words("Word 文档", "Word document"), (".docx",), _PUBLISHED.format("word_document")
    ),
    InputFormat(Words("PDF", "PDF"), (".pdf",), _PUBLISHED.format("pdf")),
]

FORMATS: dict[str, OutputFormat] = {
    "text": OutputFormat(
        Words("文字", "text"),
        (".txt",),
        "output.text:document",
        r"(?m)^(共\d+个文件：错误\d+，警告\d+，提示\d+；.*|\d+ file\(s\): \d+ error\(s\).*)\n*\Z",
    ),
    "json": OutputFormat(
        Words("JSON", "JSON"),
        (".json",),
        "output.json:document",
        r'\s*\{\s*"schema"\s*:\s*\d+\s*,\s*"files"\s*:',
    ),
    "sarif": OutputFormat(
        Words("SARIF", "SARIF"),
        (".sarif",),
        "output.sarif:document",
        r'(?s)\s*\{.*"driver"\s*:\s*\{\s*"name"\s*:\s*"gouji"',
    ),
    "html": OutputFormat(
        Words("网页", "web page"),
        (".html", ".htm"),
        "output.html:document",
        r'(?si)\s*<!doctype html>.{0,4000}<meta name="generator" content="gouji"',
        tables=True,
    ),
}


def workbooks() -> tuple[str, ...]:
    """The suffixes of workbooks: what a folder is searched for."""
    return tuple(s for known in READERS if known.workbook for s in known.suffixes)


def output_named(path: Path | None) -> str:
    """The form of results that a file's suffix names, ``text`` where there is none.

    Raises ``InputError`` for a suffix of something else: a text must not be called ``.xlsx``.
    """
    suffix = path.suffix.lower() if path is not None else ""
    known = {suffix: form for form, each in FORMATS.items() for suffix in each.suffixes}
    if suffix and suffix not in known:
        every = listed(tuple(known))
        raise InputError(
            f"{path} 的扩展名不是 {every.zh} 之一，不知道写成什么。请换一个文件名，或加 --format。",
            f"The suffix of {path} is none of {every.en}: choose another name, or add --format.",
        )
    return known.get(suffix, "text")


def documents() -> tuple[str, ...]:
    """The suffixes of published reports."""
    return tuple(s for known in READERS if not known.workbook for s in known.suffixes)


def format_of(path: Path) -> InputFormat | None:
    """The format that a file's suffix names, None for an unknown one."""
    suffix = path.suffix.lower()
    return next((known for known in READERS if suffix in known.suffixes), None)
