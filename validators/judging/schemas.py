"""The edition's rules as pandera schemas: where every verdict of many reports is made.

All four are public. Each takes an edition (its id or the ``Edition``) and refuses what is not of
it: an unknown field, standing, rule, or a residual that is not left − right. Validate with
``lazy=True``: ``SchemaErrors.failure_cases`` then has one row per failure, with the rule in
``check`` and the frame's row in ``index``. The frames: ``frames``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from ...templates.edition import Edition, load
from ...templates.form import Rule
from ...templates.notation import KINDS
from ...templates.relations import RELATIONS, TOLERANCE, Outcome, holds
from ..report import Report, Standing
from . import frames, plain
from .line_checks import LineCheck, checks_of
from .plain import STANDING_RULES
from .records import columns_of, tell_twins
from .system import Judged, Row, System, system_of

# Checks of the frame itself, not of what stands in it.
_MANY_LINES = 5_000
STRUCTURE = ("FIELD", "KIND", "STANDING", "RULE", "RESIDUAL", "LEDGER")


def cells_schema(edition: Edition | str) -> pa.DataFrameSchema:
    """The schema of a cells frame; each check's name is the id of the rule it carries out."""
    return _cells_schema(_edition(edition))


def footings_schema(edition: Edition | str) -> pa.DataFrameSchema:
    """The schema of a footings frame: every relation that could run holds (``FOOTING``)."""
    return _footings_schema(_edition(edition))


def wide_schema(
    edition: Edition | str, sources: frozenset[str] | Sequence[str] = ()
) -> pa.DataFrameSchema:
    """The schema of a frame of one's own: one row a unit, one column a field, NaN for a blank.

    Every field must have its column. With ``sources`` the columns that their relations need
    (``prior:t3.carried_out.natural``) are judged too. Rules of severity warning or note warn
    (``SchemaWarning``); a relation with a NaN is unchecked, and the NaN warned of.
    """
    return _wide_schema(_edition(edition), frozenset(sources))


def lines_schema(edition: Edition | str) -> pa.DataFrameSchema:
    """The schema of the ledgers' lines: one check per way in which a line contradicts itself.

    A line needs ``ledger`` (cases, documents or another that the edition or its rule packs
    declare), ``line`` (its row) and ``year`` (of the report); the other columns are those of the
    ledger by their keys, dates as dates, choices by what they stand for.
    """
    return _lines_schema(_edition(edition))


def _edition(edition: Edition | str) -> Edition:
    return load(edition) if isinstance(edition, str) else edition


def _check(name: str, passes: Callable[[Any], Any], **options: Any) -> pa.Check:
    return pa.Check(passes, name=name, error=name, **options)


def _within(name: str, allowed: Sequence[str]) -> pa.Check:
    return _check(name, lambda s: s.isin(list(allowed)))


@lru_cache(maxsize=8)
def _cells_schema(edition: Edition) -> pa.DataFrameSchema:
    kinds = {key: field.kind for key, field in edition.fields.items()}

    def derived(cells: pd.DataFrame) -> pd.DataFrame:
        """Adds what a single column's check can look at."""
        if not {"field", "value"} <= set(cells):
            return cells  # said by the columns' own checks
        kind = cells["field"].astype(object).map(kinds) if "kind" not in cells else cells["kind"]
        return cells.assign(
            unsigned=cells["value"].where(kind != "signed"),
            whole=cells["value"].where(kind != "amount"),
        )

    def standing_check(rule: str, bad: tuple[Standing, ...]) -> pa.Check:
        names = [s.value for s in bad]
        return _check(rule, lambda s: ~s.isin(names))

    standings = [standing_check(rule, bad) for rule, bad in STANDING_RULES.items()]
    return pa.DataFrameSchema(
        {
            "unit": pa.Column(nullable=False),
            "field": pa.Column(nullable=False, checks=_within("FIELD", [*edition.fields])),
            "kind": pa.Column(required=False, checks=_within("KIND", KINDS)),
            "value": pa.Column(float, nullable=True),
            "standing": pa.Column(
                checks=[_within("STANDING", [s.value for s in Standing]), *standings]
            ),
            "unsigned": pa.Column(
                float, nullable=True, checks=_check("CELL-NEGATIVE", lambda s: s >= 0)
            ),
            "whole": pa.Column(
                float, nullable=True, checks=_check("CELL-FRACTION", lambda s: s % 1 == 0)
            ),
        },
        parsers=pa.Parser(derived),
    )


@lru_cache(maxsize=16)
def _footings_schema(edition: Edition) -> pa.DataFrameSchema:
    rules = {r.id: r for r in edition.rules if r.relation}

    def derived(frame: pd.DataFrame) -> pd.DataFrame:
        """``excess`` is 0 where the rule holds, ``mismatch`` where residual is left − right."""
        if not {"rule", "left", "right", "residual"} <= set(frame):
            return frame  # said by the columns' own checks
        left, right, residual = frame["left"], frame["right"], frame["residual"]
        good = pd.Series(data=False, index=frame.index)
        for relation in RELATIONS:
            alike = [r for r in rules.values() if r.relation == relation]
            for each in alike if relation == "~" else alike[:1]:
                same = [each.id] if relation == "~" else [r.id for r in alike]
                good |= frame["rule"].isin(same) & holds(each, left, right)
        gap = left - right
        at_most = frame["rule"].isin([r.id for r in rules.values() if r.relation == "<="])
        clipped = at_most & ((residual - gap.clip(lower=0.0)).abs() <= TOLERANCE)
        return frame.assign(
            excess=residual.mask(good, 0.0), mismatch=(residual - gap).mask(clipped, 0.0)
        )

    def zero(series: pd.Series[float]) -> pd.Series[bool]:
        return series.abs() <= TOLERANCE

    return pa.DataFrameSchema(
        {
            "unit": pa.Column(nullable=False),
            "rule": pa.Column(nullable=False, checks=_within("RULE", [*rules])),
            "instance": pa.Column(nullable=False),
            "left": pa.Column(float),
            "right": pa.Column(float),
            "residual": pa.Column(float, nullable=True),
            "mismatch": pa.Column(float, nullable=True, checks=_check("RESIDUAL", zero)),
            "excess": pa.Column(float, nullable=True, checks=_check("FOOTING", zero)),
        },
        parsers=pa.Parser(derived),
    )


@lru_cache(maxsize=16)
def _wide_schema(edition: Edition, sources: frozenset[str]) -> pa.DataFrameSchema:
    system = system_of(edition, sources)
    columns = {}
    for quantity in system.quantities:
        field = edition.fields.get(quantity.rpartition(":")[2])
        checks = [_rule_check(edition, "CELL-BLANK", lambda s: s.notna(), ignore_na=False)]
        if field is None or field.kind != "signed":
            checks.append(_rule_check(edition, "CELL-NEGATIVE", lambda s: s >= 0))
        if field is not None and field.kind != "amount":
            checks.append(_rule_check(edition, "CELL-FRACTION", lambda s: s % 1 == 0))
        columns[quantity] = pa.Column(float, nullable=True, coerce=True, checks=checks)
    relations = [
        _relation(rule, system.instances[n].key, system.left[n], system.right[n], system)
        for n, rule in enumerate(system.rules)
    ]
    return pa.DataFrameSchema(columns, checks=relations)


def _rule_check(
    edition: Edition, rule_id: str, passes: Callable[[Any], Any], **options: Any
) -> pa.Check:
    warns = edition.rule_by_id[rule_id].severity != "error"
    return _check(rule_id, passes, raise_warning=warns, **options)


def _relation(
    rule: Rule, key: str, left: Sequence[int], right: Sequence[int], system: System
) -> pa.Check:
    names = [[system.quantities[n] for n in side] for side in (left, right)]

    def passes(frame: pd.DataFrame) -> pd.Series[bool]:
        sides = [frame[side].sum(axis=1) for side in names]
        known = frame[names[0] + names[1]].notna().all(axis=1)
        good: pd.Series[bool] = holds(rule, *sides) | ~known
        return good

    name = f"{rule.id} {key}".strip()
    return _check(name, passes, raise_warning=rule.severity != "error")


@lru_cache(maxsize=8)
def _lines_schema(edition: Edition) -> pa.DataFrameSchema:
    checks: dict[str, list[LineCheck]] = {}
    for check in checks_of(edition):
        checks.setdefault(check.name, []).append(check)

    def derived(lines: pd.DataFrame) -> pd.DataFrame:
        """Adds a column per name of a check: whether the line breaks it."""
        if not {"ledger", "line", "year"} <= set(lines):
            return lines  # said by the columns' own checks
        made = _records(edition, lines)
        broken = {
            name: [any(check.fails(record) for check in each) for record in made]
            for name, each in checks.items()
        }
        return lines.assign(**broken)

    return pa.DataFrameSchema(
        {
            "ledger": pa.Column(checks=_within("LEDGER", [*edition.ledgers])),
            "line": pa.Column(nullable=False),
            "year": pa.Column(nullable=False),
            **{name: pa.Column(bool, checks=_check(name, lambda s: ~s)) for name in checks},
        },
        parsers=pa.Parser(derived),
    )


def _records(edition: Edition, lines: pd.DataFrame) -> list[dict[str, Any]]:
    """The frame's rows as the checks want them: None for nothing, dates as dates, twins told."""
    made: list[dict[str, Any]] = []
    for row in lines.to_dict("records"):
        record: dict[str, Any] = dict.fromkeys(columns_of(edition))
        record |= {str(k): _plain(v) for k, v in row.items()}
        if not isinstance(record.get("unread"), frozenset | set):
            record["unread"] = frozenset()
        made.append(record)
    if "twin" not in lines:
        for key, ledger in edition.ledgers.items():
            within = "" if "unit" in ledger.column else "unit"
            tell_twins(ledger, [r for r in made if r["ledger"] == key], within)
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.date()
    missing = value is pd.NaT or (isinstance(value, float) and np.isnan(value))
    return None if missing else value


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
    frame = frames.lines_frame(reports)
    if frame.empty:
        return found
    if len(frame) > _MANY_LINES:
        return plain.lines(edition, reports)
    checks = {(c.name, c.ledger): (n, c) for n, c in enumerate(checks_of(edition))}
    ledgers = frame["ledger"]
    broken = [
        (int(index), *checks[str(name), ledgers[index]])
        for name, index in failures(lines_schema(edition), frame).itertuples(index=False)
    ]
    for index, _, check in sorted(broken, key=lambda b: b[:2]):
        found[frame["report"][index]].append((check, ledgers[index], frame["position"][index]))
    return found
