"""The edition's rules as pandera schemas over two tidy frames: where every verdict is made.

``cells`` has one row per (unit, field): ``unit``, ``field``, ``value`` (NaN when it is not a
number), ``kind`` (count, signed, amount), ``standing`` (see ``report.Standing``).
``footings`` has one row per (unit, rule, instance): ``unit``, ``rule``, ``instance``, ``left``,
``right``, ``residual`` (left − right; for a ``<=`` rule what left exceeds right by; NaN when a
field of it is not a number, which is *unchecked* and never a pass).

Both schemas are public: make them for an edition and call ``validate`` on a frame of your own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.pandas as pa

from ...templates.edition import Edition
from ...templates.formulas import TOLERANCE
from ..report import Report, Standing

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Coefficients:
    """The footing rules as matrices, fields × instances: ``left`` and ``right`` hold 0 and 1."""

    left: Floats
    right: Floats
    equality: npt.NDArray[np.bool_]


@lru_cache(maxsize=8)
def coefficients(edition: Edition) -> Coefficients:
    """The matrices of every instance of every footing rule, in the edition's order."""
    order = {key: i for i, key in enumerate(edition.fields)}
    shape = (len(order), len(edition.instances))
    left, right = np.zeros(shape), np.zeros(shape)
    for j, inst in enumerate(edition.instances):
        for key in inst.left:
            left[order[key], j] += 1
        for key in inst.right:
            right[order[key], j] += 1
    equal = np.array([edition.rule_by_id[i.rule].relation == "=" for i in edition.instances])
    return Coefficients(left, right, equal)


def values_matrix(edition: Edition, reports: Sequence[Report]) -> Floats:
    """Units × fields; NaN where a report has no number to rely on."""
    keys = list(edition.fields)
    nan = float("nan")
    return np.array(
        [
            [v.number if (v := r.values[k]).standing is Standing.NUMBER else nan for k in keys]
            for r in reports
        ],
        dtype=np.float64,
    ).reshape(len(reports), len(keys))


def cells_frame(edition: Edition, reports: Sequence[Report]) -> pd.DataFrame:
    """The cells of ``reports``, whose ``unit`` is the report's position in the sequence."""
    keys = list(edition.fields)
    kinds = [edition.fields[k].kind for k in keys]
    names = [s.value for s in Standing]
    code = {s: i for i, s in enumerate(Standing)}
    standing = np.array(
        [[code[r.values[k].standing] for k in keys] for r in reports], dtype=np.int8
    )
    values = values_matrix(edition, reports)
    count = len(reports)
    kind_names = ["count", "signed", "amount"]
    kind_codes = np.array([kind_names.index(k) for k in kinds], dtype=np.int8)
    field_codes = np.arange(len(keys), dtype=np.int32)
    return pd.DataFrame(
        {
            "unit": np.repeat(np.arange(count), len(keys)),
            "field": pd.Categorical.from_codes(np.tile(field_codes, count), pd.Index(keys)),
            "value": values.ravel(),
            "kind": pd.Categorical.from_codes(np.tile(kind_codes, count), pd.Index(kind_names)),
            "standing": pd.Categorical.from_codes(standing.ravel(), pd.Index(names)),
        }
    )


def footings_frame(edition: Edition, values: Floats) -> pd.DataFrame:
    """Every footing of every unit, from ``values`` (units × fields) by one matrix product."""
    parts = coefficients(edition)
    missing = np.isnan(values)
    product = np.where(missing, 0.0, values) @ np.hstack([parts.left, parts.right])
    left, right = np.hsplit(product, 2)
    unknown = missing.astype(np.float64) @ (parts.left + parts.right) > 0
    residual = np.where(parts.equality, left - right, np.maximum(left - right, 0.0))
    residual[unknown] = np.nan
    count, size = left.shape
    rules = list(edition.rule_by_id)
    rule_codes = np.array([rules.index(i.rule) for i in edition.instances], dtype=np.int16)
    keys = list(dict.fromkeys(i.key for i in edition.instances))
    key_codes = np.array([keys.index(i.key) for i in edition.instances], dtype=np.int16)
    return pd.DataFrame(
        {
            "unit": np.repeat(np.arange(count), size),
            "rule": pd.Categorical.from_codes(np.tile(rule_codes, count), pd.Index(rules)),
            "instance": pd.Categorical.from_codes(np.tile(key_codes, count), pd.Index(keys)),
            "left": left.ravel(),
            "right": right.ravel(),
            "residual": residual.ravel(),
        }
    )


def relations_frame(
    rows: Sequence[tuple[int, str, str, float | None, float | None]],
) -> pd.DataFrame:
    """Relations that reach beyond one report, in the shape of a footings frame.

    ``rows`` are (unit, rule, instance, left, right); the residual is NaN where a side is None.
    """
    frame = pd.DataFrame(rows, columns=["unit", "rule", "instance", "left", "right"])
    frame = frame.astype({"left": float, "right": float})
    return frame.assign(residual=frame["left"] - frame["right"])


# Which rule a standing breaks; a number breaks none.
STANDING_RULES: Mapping[str, tuple[Standing, ...]] = {
    "CELL-BLANK": (Standing.BLANK, Standing.PLACEHOLDER),
    "CELL-TEXT": (Standing.TEXT, Standing.TEXT_NUMBER),
    "CELL-ERROR": (Standing.ERROR,),
    "CELL-FORMULA": (Standing.FORMULA,),
}


def _derive(cells: pd.DataFrame) -> pd.DataFrame:
    """Adds what a single column's check can look at: unsigned values, whole-number values."""
    kind = cells["kind"]
    return cells.assign(
        unsigned=cells["value"].where(kind != "signed"),
        whole=cells["value"].where(kind != "amount"),
    )


def cells_schema() -> pa.DataFrameSchema:
    """The schema of a cells frame; each check's name is the id of the rule it carries out.

    Validate with ``lazy=True``: ``SchemaErrors.failure_cases`` has one row per failure, with
    the rule in ``check`` and the frame's row in ``index``.
    """

    def standing_check(rule: str, bad: tuple[Standing, ...]) -> pa.Check:
        names = [s.value for s in bad]
        return pa.Check(lambda s: ~s.isin(names), name=rule, error=rule)

    return pa.DataFrameSchema(
        {
            "unit": pa.Column(nullable=False),
            "field": pa.Column(nullable=False),
            "kind": pa.Column(nullable=False),
            "value": pa.Column(float, nullable=True),
            "standing": pa.Column(
                checks=[standing_check(rule, bad) for rule, bad in STANDING_RULES.items()]
            ),
            "unsigned": pa.Column(
                float,
                nullable=True,
                checks=pa.Check(lambda s: s >= 0, name="CELL-NEGATIVE", error="CELL-NEGATIVE"),
            ),
            "whole": pa.Column(
                float,
                nullable=True,
                checks=pa.Check(lambda s: s % 1 == 0, name="CELL-FRACTION", error="CELL-FRACTION"),
            ),
        },
        parsers=pa.Parser(_derive),
    )


def footings_schema() -> pa.DataFrameSchema:
    """The schema of a footings frame: every residual that could be computed is 0."""
    return pa.DataFrameSchema(
        {
            "unit": pa.Column(nullable=False),
            "rule": pa.Column(nullable=False),
            "instance": pa.Column(nullable=False),
            "left": pa.Column(float),
            "right": pa.Column(float),
            "residual": pa.Column(
                float,
                nullable=True,
                checks=pa.Check(lambda s: s.abs() <= TOLERANCE, name="FOOTING", error="FOOTING"),
            ),
        }
    )


CELLS = cells_schema()
FOOTINGS = footings_schema()


def failures(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame:
    """Validates lazily, once; the failure cases as columns ``check`` and ``index``."""
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
        broken = cases[cases["index"].isna()]
        if len(broken):
            raise ValueError(f"not a frame of this schema: {broken['check'].tolist()}") from error
        return pd.DataFrame({"check": cases["check"], "index": cases["index"]})
    return pd.DataFrame({"check": [], "index": []})
