"""Marks in a workbook, put into the package itself: nothing of the clerk's is lost.

``apply`` and ``clear`` work on any .xlsx or .xlsm. ``plan`` says what marks come to, for
applications that carry it out themselves. Only the standard library is used here and nothing that
reads a report or judges it may be imported: ``gouji clear`` must start at once.
"""

from . import signs
from .marks import Mark, marks_of, marks_of_changes, marks_of_result, summary_of_changes
from .plan import Fill, Link, Note, Plan, ResultLine, free_name, plan, plan_of, summary_of
from .put import apply, apply_bytes, clear, clear_bytes, is_as_marked
from .signs import Column

__all__ = [
    "Column",
    "Fill",
    "Link",
    "Mark",
    "Note",
    "Plan",
    "ResultLine",
    "apply",
    "apply_bytes",
    "clear",
    "clear_bytes",
    "free_name",
    "is_as_marked",
    "marks_of",
    "marks_of_changes",
    "marks_of_result",
    "plan",
    "plan_of",
    "signs",
    "summary_of",
    "summary_of_changes",
]
