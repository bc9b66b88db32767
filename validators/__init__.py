"""What is wrong with a report: the face of the package, loaded piece by piece.

>>> import gouji.validators as v
>>> v.judge_values(dict.fromkeys(["t4.review.upheld", "t4.review.total"], 3.0)).checked
0

``import gouji.validators`` loads neither pandas nor numpy; ``judge``, ``check`` and the schemas
do when they are first used. Beside these names the faces of ``mark`` and ``addin.macros`` are
public; everything else may move.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .finding import Finding, Verdict
    from .judging.judge import judge, judge_values
    from .judging.schemas import cells_schema, footings_schema, lines_schema, wide_schema
    from .office.check import check
    from .reading.readers import read
    from .report import Report

_HOMES = {
    "Finding": "finding",
    "Report": "report",
    "Verdict": "finding",
    "cells_schema": "judging.schemas",
    "check": "office.check",
    "footings_schema": "judging.schemas",
    "judge": "judging.judge",
    "judge_values": "judging.judge",
    "lines_schema": "judging.schemas",
    "read": "reading.readers",
    "wide_schema": "judging.schemas",
}

__all__ = [
    "Finding",
    "Report",
    "Verdict",
    "cells_schema",
    "check",
    "footings_schema",
    "judge",
    "judge_values",
    "lines_schema",
    "read",
    "wide_schema",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
