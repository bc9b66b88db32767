"""Published reports: from what an office put on the web back to the numbers of the form.

A reader of a format turns a file into ``Line``s of ``Token``s (``tokens.py``); ``stream.py`` finds
the tables in them by the form's labels, whatever the format was.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from ....templates.errors import InputError
from ....templates.forms import Forms
from ...report import Report
from .stream import report_of
from .tokens import Line

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
    lines = lines_of(path)
    try:
        return report_of(lines, path, forms)
    except InputError as error:
        raise _sentence(path, lines, error) from None


def lines_of(path: Path) -> list[Line]:
    """What a published file holds, line by line, the rows of its tables among them."""
    module = _FORMATS.get(path.suffix.lower(), "text")
    reader = import_module(f"{__name__}.{module}")
    lines: list[Line] = reader.lines_of(path)
    return lines


def _sentence(path: Path, lines: list[Line], error: InputError) -> InputError:
    """What to say of a file without a report: where its words are, if not where they are read."""
    from .elsewhere import in_a_document, in_a_page, shows_a_table

    kind = _FORMATS.get(path.suffix.lower())
    if kind not in ("web_page", "word") or shows_a_table(lines):
        return error
    return (in_a_page if kind == "web_page" else in_a_document)(path) or error


__all__ = ["Line", "lines_of", "published"]
