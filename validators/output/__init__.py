"""Results in the shapes people and programs read. Nothing here judges.

``FORMATS`` maps the name that ``--format`` takes to a function of (results, language, whether
places may be terminal links) that gives the whole document as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..finding import Result
from . import json, text
from .json import document, file_entry, finding_entry
from .text import Tally

Format = Callable[[Iterable[Result], str, bool], str]

FORMATS: dict[str, Format] = {"text": text.document, "json": json.document}

__all__ = ["FORMATS", "Format", "Tally", "document", "file_entry", "finding_entry"]
