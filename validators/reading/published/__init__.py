"""Published reports: from what an office put on the web back to the numbers of the form.

A reader of a format turns a file into ``Line``s of ``Token``s (``tokens.py``); ``stream.py`` finds
the tables in them by the form's labels, whatever the format was.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from ....templates.forms import Forms
from ...report import Report
from .decoding import decoded, load, simplified
from .stream import report_of
from .tokens import Line, split

_FORMATS = {
    ".html": "web_page",
    ".htm": "web_page",
    ".mht": "web_page",
    ".mhtml": "web_page",
    ".docx": "word",
    ".pdf": "pdf",
}


def published(path: Path, forms: Forms, password: str | None = None) -> Report:
    """The report published in the file ``path``, a text, web page, Word or PDF document.

    Numbers are taken as published, totals too. A field whose row or count of numbers could not
    be told for certain is ABSENT and a remark says so. Raises ``InputError`` when the file
    cannot be read or no table of the form is in it. ``password`` opens nothing here.
    """
    return report_of(lines_of(path), path, forms)


def lines_of(path: Path) -> list[Line]:
    """What a published file holds, line by line, the rows of its tables among them."""
    module = _FORMATS.get(path.suffix.lower())
    if module is None:
        return split(simplified(decoded(load(path), str(path))))
    reader = import_module(f"{__name__}.{module}")
    lines: list[Line] = reader.lines_of(path)
    return lines


__all__ = ["Line", "lines_of", "published"]
