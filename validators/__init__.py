"""What is wrong with a report: the face of the package, loaded piece by piece.

>>> import gouji.validators as v
>>> v.judge_values(dict.fromkeys(["t4.review.upheld", "t4.review.total"], 3.0)).checked
0

``import gouji.validators`` loads neither pandas nor numpy; ``judge``, ``check`` and the schemas
do when they are first used. Beside these names the faces of ``mark`` and ``addin.macros`` are
public; everything else may move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lazy import face

if TYPE_CHECKING:
    from ..templates.a1 import Place
    from ..templates.errors import InputError
    from .compare.data_frame import frame
    from .compare.series import side_by_side
    from .finding import (
        Act,
        Card,
        CardCell,
        Change,
        Finding,
        Repair,
        Result,
        Severity,
        Stage,
        Unchecked,
        Verdict,
    )
    from .judging.bare_numbers import judge_values
    from .judging.judge import judge
    from .judging.schemas import cells_schema, footings_schema, lines_schema, wide_schema
    from .office.check import check
    from .reading.readers import read
    from .report import Report, Standing, Value

_HOMES = {
    "Act": "finding",
    "Card": "finding",
    "CardCell": "finding",
    "Change": "finding",
    "Event": "finding",
    "Finding": "finding",
    "InputError": ".templates.errors",
    "Place": ".templates.a1",
    "Repair": "finding",
    "Report": "report",
    "Result": "finding",
    "Severity": "finding",
    "Stage": "finding",
    "Standing": "report",
    "Unchecked": "finding",
    "Value": "report",
    "Verdict": "finding",
    "cells_schema": "judging.schemas",
    "check": "office.check",
    "footings_schema": "judging.schemas",
    "frame": "compare.data_frame",
    "judge": "judging.judge",
    "judge_values": "judging.bare_numbers",
    "lines_schema": "judging.schemas",
    "read": "reading.readers",
    "side_by_side": "compare.series",
    "wide_schema": "judging.schemas",
}

__all__ = [
    "Act",
    "Card",
    "CardCell",
    "Change",
    "Event",
    "Finding",
    "InputError",
    "Place",
    "Repair",
    "Report",
    "Result",
    "Severity",
    "Stage",
    "Standing",
    "Unchecked",
    "Value",
    "Verdict",
    "cells_schema",
    "check",
    "footings_schema",
    "frame",
    "judge",
    "judge_values",
    "lines_schema",
    "read",
    "side_by_side",
    "wide_schema",
]


__getattr__ = face(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
