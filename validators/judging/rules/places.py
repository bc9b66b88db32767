"""Where in a workbook's 正文 something stands: the cell of the paragraph that holds the words."""

from __future__ import annotations

from ....templates.a1 import Place
from ....templates.words import NARRATIVE
from ...report import Report
from .sentences import paragraphs

_ENOUGH = 12  # characters by which a paragraph is known


def spot(report: Report, words: str = "", title: str = "") -> Place:
    """The paragraph that holds ``words``, in the section ``title`` where one is named.

    The section's first cell where the words are not found, the sheet alone where nothing says.
    """
    wanted = "".join(paragraphs(words))[:_ENOUGH]
    within = [rows for t, rows in report.rows.items() if title in ("", t)]
    for rows in within:
        for place, text in rows:
            if wanted and wanted in "".join(paragraphs(text)):
                return place
    first = next((rows[0][0] for rows in within if rows), None) if title else None
    return first or Place(NARRATIVE)
