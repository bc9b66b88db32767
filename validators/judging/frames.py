"""Reports as tidy frames: what the pandera schemas judge.

``cells`` has one row per (unit, field): ``unit``, ``field``, ``value`` (NaN when it is not a
number), ``kind`` (count, signed, amount), ``standing`` (see ``report.Standing``).
``footings`` has one row per (unit, rule, instance): ``unit``, ``rule``, ``instance``, ``left``,
``right``, ``residual`` (left − right; NaN when a term has no number, which is *unchecked* and
never a pass). ``wide`` has one row per unit and one column per field. ``lines`` has one row per
line of a ledger (``records``), with ``report`` and ``position``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.pandas as pa
from pandera.typing import DataFrame, Series

from ...templates.edition import Edition
from ...templates.notation import KINDS
from ..report import Report, Standing
from .records import columns_of, records
from .system import Row, System, system_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


class CellsFrame(pa.DataFrameModel):
    """The columns of a cells frame."""

    unit: Series[object]
    field: Series[str]
    value: Series[float]
    kind: Series[str]
    standing: Series[str]


class FootingsFrame(pa.DataFrameModel):
    """The columns of a footings frame."""

    unit: Series[object]
    rule: Series[str]
    instance: Series[str]
    left: Series[float]
    right: Series[float]
    residual: Series[float]


@lru_cache(maxsize=32)
def _terms(system: System) -> tuple[Indices, Indices]:
    """The quantities left and right of each instance, instances × the longest side of any.

    What is too short is filled up with one past the last quantity.
    """
    none = len(system.quantities)
    sides = []
    for terms in (system.left, system.right):
        longest = max(map(len, terms), default=0)
        rows = [[*positions, *[none] * (longest - len(positions))] for positions in terms]
        sides.append(np.array(rows, dtype=np.intp).reshape(len(rows), longest))
    return sides[0], sides[1]


def _added(numbers: Floats, terms: Indices) -> Floats:
    """Units × instances: the sums of ``terms``, added in their order as the plain judge adds.

    No product of matrices: its order, and so its last digit, differ from one processor to
    another, and it starts threads in every process.
    """
    total = np.zeros((len(numbers), len(terms)))
    for column in terms.T:
        total += numbers[:, column]
    return np.round(total, 6)


def values_matrix(edition: Edition, reports: Sequence[Report]) -> Floats:
    """Units × fields; NaN where a report has no number to rely on."""
    rows = [[*map(r.numbers.get, edition.fields)] for r in reports]
    return _matrix(rows, len(edition.fields))


def _matrix(rows: Sequence[Sequence[float | None]], width: int) -> Floats:
    return np.array(rows, dtype=np.float64).reshape(len(rows), width)


def cells_frame(edition: Edition, reports: Sequence[Report]) -> DataFrame[CellsFrame]:
    """The cells of ``reports``, whose ``unit`` is the report's position in the sequence."""
    keys = list(edition.fields)
    code = {id(s): i for i, s in enumerate(Standing)}  # an enum's own hash takes long
    standing = np.array(
        [[code[id(r.values[k].standing)] for k in keys] for r in reports], dtype=np.int8
    )
    kinds = np.array([KINDS.index(edition.fields[k].kind) for k in keys], dtype=np.int8)
    count = len(reports)
    frame = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(count), len(keys)),
            "field": _named(np.tile(np.arange(len(keys), dtype=np.int32), count), keys),
            "value": values_matrix(edition, reports).ravel(),
            "kind": _named(np.tile(kinds, count), KINDS),
            "standing": _named(standing.ravel(), [s.value for s in Standing]),
        }
    )
    return cast("DataFrame[CellsFrame]", frame)


def _named(codes: npt.NDArray[np.integer], names: Sequence[str]) -> Any:
    return pd.Categorical.from_codes(codes, pd.Index(names))


def footings_frame(
    edition: Edition | System, values: Floats, wanted: npt.NDArray[np.bool_] | None = None
) -> DataFrame[FootingsFrame]:
    """Every relation of every unit, from ``values`` (units × quantities).

    An edition stands for its system without sources. ``wanted`` (units × instances) leaves rows
    out; a row keeps the index it would have.
    """
    system = edition if isinstance(edition, System) else system_of(edition)
    terms = _terms(system)
    numbers = np.pad(values, ((0, 0), (0, 1)))
    known = np.nan_to_num(numbers, nan=0.0)
    sides = [_added(known, side) for side in terms]
    residual = np.round(_added(numbers, terms[0]) - _added(numbers, terms[1]), 6)
    count, size = residual.shape
    rules = list(system.edition.rule_by_id)
    keys = list(dict.fromkeys(i.key for i in system.instances))
    rule_codes = np.array([rules.index(i.rule) for i in system.instances], dtype=np.int16)
    at = {key: n for n, key in enumerate(keys)}
    key_codes = np.array([at[i.key] for i in system.instances], dtype=np.int16)
    frame = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(count), size),
            "rule": _named(np.tile(rule_codes, count), rules),
            "instance": _named(np.tile(key_codes, count), keys),
            "left": sides[0].ravel(),
            "right": sides[1].ravel(),
            "residual": residual.ravel(),
        }
    )
    if wanted is not None:
        frame = frame[wanted.ravel()]
    return cast("DataFrame[FootingsFrame]", frame)


def rows_matrix(system: System, rows: Sequence[Row]) -> Floats:
    """Rows × quantities of the system; NaN for a number that is missing."""
    return _matrix([row.numbers for row in rows], len(system.quantities))


def wanted_matrix(system: System, rows: Sequence[Row]) -> npt.NDArray[np.bool_] | None:
    """Rows × instances to look at; None for all of them."""
    if all(row.wanted is None for row in rows):
        return None
    size = len(system.instances)
    mask = np.ones((len(rows), size), dtype=bool)
    for number, row in enumerate(rows):
        if row.wanted is not None:
            mask[number] = False
            mask[number, sorted(row.wanted)] = True
    return mask


def wide_frame(edition: Edition, reports: Sequence[Report]) -> pd.DataFrame:
    """One row a unit, a column a field; the index is the unit's name."""
    values = values_matrix(edition, reports)
    return pd.DataFrame(values, index=[r.unit for r in reports], columns=list(edition.fields))


def lines_frame(reports: Iterable[Report]) -> pd.DataFrame:
    """Every line of the ledgers of ``reports``; ``report`` is the report's position."""
    every = [*reports]
    rows: list[Mapping[str, object]] = [
        {"report": number, "position": position, **record}
        for number, report in enumerate(every)
        for ledger in report.edition.ledgers
        for position, record in enumerate(records(report, ledger))
    ]
    columns = dict.fromkeys(c for e in {r.edition: 0 for r in every} for c in columns_of(e))
    twins = dict.fromkeys(c for row in rows for c in row if c.startswith("twin"))
    names = ["report", "position", "ledger", "line", "year", *columns, *twins, "unread"]
    return pd.DataFrame(rows, columns=names, dtype=object)
