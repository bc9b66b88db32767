"""Results in the shapes people and programs read. Nothing here judges.

Every name is loaded when it is asked for. ``FORMATS`` maps the name that
``--format`` takes to a function of (results, language, whether
places may be terminal links) that gives the whole document as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING

from ..finding import Result
from ..lazy import face

if TYPE_CHECKING:
    from .drawing import tables
    from .explaining import explained
    from .json import document, file_entry, finding_entry
    from .text import Tally, concise

Format = Callable[[Iterable[Result], str, bool], str]


def _by(module: str) -> Format:
    """The document that a module of this room writes; it is loaded for who asks."""

    def write(results: Iterable[Result], lang: str = "zh", links: bool = False) -> str:
        made: str = import_module(f"{__name__}.{module}").document(results, lang, links)
        return made

    return write


FORMATS: dict[str, Format] = {name: _by(name) for name in ("text", "json", "sarif", "html")}

WITH_TABLES = frozenset({"html"})  # those that show the report's values too

__all__ = [
    "FORMATS",
    "WITH_TABLES",
    "Format",
    "Tally",
    "concise",
    "document",
    "explained",
    "file_entry",
    "finding_entry",
    "tables",
]

__getattr__ = face(
    __name__,
    {
        "Tally": "text",
        "concise": "text",
        "document": "json",
        "explained": "explaining",
        "file_entry": "json",
        "finding_entry": "json",
        "tables": "drawing",
    },
)
