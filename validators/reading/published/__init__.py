"""Published reports: from what an office put on the web back to the numbers of the form.

A reader of a format turns a file into ``Line``s of ``Token``s (``tokens.py``); ``stream.py`` finds
the tables in them by the form's labels, whatever the format was.
"""

from __future__ import annotations

from pathlib import Path

from ....templates.forms import Forms
from ...report import Report
from .stream import report_of
from .tokens import Line, text_lines


def published(path: Path, forms: Forms, password: str | None = None) -> Report:
    """The report published in the text file ``path``.

    Numbers are taken as published, totals too. A field whose row or count of numbers could not
    be told for certain is ABSENT and a remark says so. Raises ``InputError`` when the file
    cannot be read or no table of the form is in it. A text has no ``password``.
    """
    return report_of(text_lines(path), path, forms)


__all__ = ["Line", "published"]
