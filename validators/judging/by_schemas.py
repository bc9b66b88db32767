"""The engine of many reports: one pass of each frame through its schema says what is broken.

It has the functions of ``plain``, which does the same without pandas.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pandera.pandas as pa

from ...templates.edition import Edition
from ...templates.relations import Outcome
from ..report import Report
from . import frames, plain
from .line_checks import LineCheck, checks_of
from .schemas import cells_schema, footings_schema, lines_schema
from .system import Judged, Row, System

_MANY_LINES = 5_000  # beyond them pandas has nothing to gain
# Checks of the frame itself, not of what stands in it.
STRUCTURE = ("FIELD", "KIND", "STANDING", "RULE", "RESIDUAL", "LEDGER")


def failures(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame:
    """Validates lazily, once; the failure cases as columns ``check`` and ``index``.

    Raises ``ValueError`` for a frame that is not one of this schema.
    """
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
        broken = cases[cases["index"].isna() | cases["check"].isin(STRUCTURE)]
        if len(broken):
            raise ValueError(f"not a frame of this schema: {broken['check'].tolist()}") from error
        return pd.DataFrame({"check": cases["check"], "index": cases["index"]})
    return pd.DataFrame({"check": [], "index": []})


def cells(edition: Edition, reports: Sequence[Report]) -> list[list[tuple[str, str]]]:
    """As ``plain.cells``, by one pass through the cells schema."""
    keys = list(edition.fields)
    frame = frames.cells_frame(edition, reports)
    found: list[list[tuple[str, str]]] = [[] for _ in reports]
    for check, index in failures(cells_schema(edition), frame).itertuples(index=False):
        unit, field = divmod(int(index), len(keys))
        found[unit].append((str(check), keys[field]))
    return found


def footings(system: System, rows: Sequence[Row]) -> list[Judged]:
    """As ``plain.footings``, by one product and one pass through the footings schema."""
    size = len(system.instances)
    wanted = frames.wanted_matrix(system, rows)
    frame = frames.footings_frame(system, frames.rows_matrix(system, rows), wanted)
    broken: list[dict[int, Outcome]] = [{} for _ in rows]
    found = failures(footings_schema(system.edition), frame)["index"].astype(int)
    sides = frame.loc[found, ["left", "right"]]
    for index, left, right in sides.itertuples():
        row, number = divmod(index, size)
        broken[row][number] = Outcome(round(left, 6), round(right, 6))
    missing: list[set[int]] = [set() for _ in rows]
    for index in frame.index.to_numpy()[frame["residual"].isna().to_numpy()].tolist():
        row, number = divmod(int(index), size)
        missing[row].add(number)
    return [Judged(frozenset(m), b) for m, b in zip(missing, broken, strict=True)]


def lines(edition: Edition, reports: Sequence[Report]) -> list[list[tuple[LineCheck, str, int]]]:
    """As ``plain.lines``, by one pass through the lines schema; of very many lines by that itself.

    What pandera keeps of each line that fails takes five times as long as the checks.
    """
    found: list[list[tuple[LineCheck, str, int]]] = [[] for _ in reports]
    if sum(len(lines) for r in reports for lines in r.ledgers.lines.values()) > _MANY_LINES:
        return plain.lines(edition, reports)
    frame = frames.lines_frame(reports)
    if frame.empty:
        return found
    checks = {(c.name, c.ledger): (n, c) for n, c in enumerate(checks_of(edition))}
    ledgers = frame["ledger"]
    broken = [
        (int(index), *checks[str(name), ledgers[index]])
        for name, index in failures(lines_schema(edition), frame).itertuples(index=False)
    ]
    for index, _, check in sorted(broken, key=lambda b: b[:2]):
        found[frame["report"][index]].append((check, ledgers[index], frame["position"][index]))
    return found
