"""Results in the shapes people and programs read. Nothing here judges.

Every name is loaded when it is asked for. ``FORMATS`` are the forms that ``--format`` names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..formats import FORMATS
from ..lazy import face

if TYPE_CHECKING:
    from .drawing import page_entry, tables
    from .explaining import explained
    from .json import document, file_entry, finding_entry
    from .text import Tally, concise

__all__ = [
    "FORMATS",
    "Tally",
    "concise",
    "document",
    "explained",
    "file_entry",
    "finding_entry",
    "page_entry",
    "tables",
]

__getattr__ = face(
    __name__,
    {"Tally": "text", "concise": "text", "explained": "explaining"}
    | dict.fromkeys(("document", "file_entry", "finding_entry"), "json")
    | dict.fromkeys(("page_entry", "tables"), "drawing"),
)
