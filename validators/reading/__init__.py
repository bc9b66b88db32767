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
    {
        "Cells": "grids",
        "cells_from": "grids",
        "Grids": "grids",
        "Key": "grids",
        "Limits": "workbook",
        "MAC_EPOCH": "grids",
        "Merge": "grids",
        "Names": "grids",
        "names_from": "grids",
        "read": "readers",
        "read_as": "readers",
        "read_book": "workbook",
        "read_bytes": "workbook",
        "read_published": "readers",
    },
)
