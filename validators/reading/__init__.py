"""Anything that holds a report becomes a ``Report``: workbooks by name or label, ledgers, texts.

Judges nothing: what is noticed about the structure is a ``Remark``, which judging turns into a
finding. Nothing of ``judging``, ``mark`` or a later room may be imported here, nor pandas.
"""

from typing import TYPE_CHECKING

from ..lazy import face

if TYPE_CHECKING:
    from ..ooxml.cells import Cells, cells_from
    from ..ooxml.limits import Limits
    from .grids import MAC_EPOCH, Grids, Key, Merge, Names, names_from
    from .readers import read, read_as, read_published
    from .workbook import read_book, read_bytes

__all__ = [
    "MAC_EPOCH",
    "Cells",
    "Grids",
    "Key",
    "Limits",
    "Merge",
    "Names",
    "cells_from",
    "names_from",
    "read",
    "read_as",
    "read_book",
    "read_bytes",
    "read_published",
]

__getattr__ = face(
    __name__,
    dict.fromkeys(("Cells", "cells_from", "Grids", "Key", "MAC_EPOCH"), "grids")
    | dict.fromkeys(("Merge", "Names", "names_from"), "grids")
    | dict.fromkeys(("read", "read_as", "read_published"), "readers")
    | dict.fromkeys(("Limits", "read_book", "read_bytes"), "workbook"),
)
