"""Results in the shapes people and programs read. Nothing here judges.

``FORMATS`` maps the name that ``--format`` takes to a function of (results, language, whether
places may be terminal links) that gives the whole document as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..finding import Result
from . import html, json, sarif, text
from .json import document, file_entry, finding_entry
from .tables import tables
from .text import Tally, concise

Format = Callable[[Iterable[Result], str, bool], str]

FORMATS: dict[str, Format] = {
    "text": text.document,
    "json": json.document,
    "sarif": sarif.document,
    "html": html.document,
}

WITH_TABLES = frozenset({"html"})  # those that show the report's values too

__all__ = [
    "FORMATS",
    "WITH_TABLES",
    "Format",
    "Tally",
    "concise",
    "document",
    "file_entry",
    "finding_entry",
    "tables",
]
