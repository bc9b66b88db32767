"""Published reports: from what an office put on the web back to the numbers of the form.

A reader of a format turns a file into ``Line``s of ``Token``s (``tokens.py``); ``stream.py`` finds
the tables in them by the form's labels, whatever the format was. ``FORMATS`` lists the formats.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from ....templates.errors import InputError
from ....templates.forms import Forms
from ...report import Report
from .formats import FORMATS, PublishedFormat
from .labels import shows_a_table
from .stream import report_of

_MODULES = {suffix: known.module for known in FORMATS for suffix in known.suffixes}


def published(path: Path, forms: Forms, password: str | None = None) -> Report:
    """The report published in the file ``path``, a text, web page, Word or PDF document.

    Numbers are taken as published, totals too. A field whose row or count of numbers could not
    be told for certain is ABSENT and a remark says so. Raises ``InputError`` when the file
    cannot be read or no table of the form is in it. ``password`` opens nothing here.
    """
    reader = import_module(f"{__name__}.{_MODULES.get(path.suffix.lower(), 'text')}")
    lines = reader.lines_of(path)
    try:
        return report_of(lines, path, forms)
    except InputError as error:
        hidden = getattr(reader, "hidden_in", None)
        if hidden is None or shows_a_table(lines):
            raise
        raise (hidden(path) or error) from None


__all__ = ["FORMATS", "PublishedFormat", "published"]
