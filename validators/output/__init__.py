"""Results in the shapes people and programs read. Nothing here judges."""

from typing import TYPE_CHECKING

from ..lazy import face

if TYPE_CHECKING:
    from .json import document, file_entry, finding_entry
    from .text import Tally

__all__ = ["Tally", "document", "file_entry", "finding_entry"]

__getattr__ = face(
    __name__,
    {
        "Tally": "text",
        "document": "json",
        "file_entry": "json",
        "finding_entry": "json",
    },
)
