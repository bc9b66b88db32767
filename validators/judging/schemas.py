"""The edition's rules as pandera schemas: where every verdict of many reports is made.

All four are public. Each takes an edition (its id or the ``Edition``) and refuses what is not of
it: an unknown field, standing, rule, or a residual that is not left − right. Validate with
``lazy=True``: ``SchemaErrors.failure_cases`` then has one row per failure, with the rule in
``check`` and the frame's row in ``index``. The frames: ``frames``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from ...templates.edition import Edition, load
from ...templates.notation import KINDS
from ...templates.relations import RELATIONS, TOLERANCE, holds
from ..report import Standing
from .line_checks import LineCheck, checks_of
from .plain import STANDING_RULES
from .records import add_twins, columns_of
from .system import System, system_of

_BESIDE = ("prior", "claim", "units")  # sources beside the edition's ledgers


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

    Every field must have its column, and none may have another: what identifies a row belongs into
    the index. With ``sources`` the columns that their relations need
    (``prior:t3.carried_out.natural``) are judged too; ``ValueError`` for a source that there is
    not. A broken relation is a failure in a column of its name (``T3-ROW granted``) that is added,
    its case the difference left − right. Rules of severity warning or note warn
    (``SchemaWarning``); a relation with a NaN is unchecked, and the NaN warned of.
    """
    form, asked = _edition(edition), frozenset(sources)
    known = (*_BESIDE, *form.ledgers)
    if unknown := sorted(asked.difference(known)):
        raise ValueError(f"no source {', '.join(unknown)}: there are {', '.join(known)}")
    return _wide_schema(form, asked)


def lines_schema(edition: Edition | str) -> pa.DataFrameSchema:
    """The schema of the ledgers' lines: one check per way in which a line contradicts itself.

    A line needs ``ledger`` (cases, documents or another that the edition or its rule packs
    declare), ``line`` (its row) and ``year`` (of the report); the other columns are those of the
    ledger by their keys, dates as dates, choices by what they stand for.
    """
    return _lines_schema(_edition(edition))


class FormSchema(pa.DataFrameSchema):
    """A schema that adds columns of its own before it checks: it cannot be written down as data."""

    @classmethod
    def get_backend(cls, check_obj: Any = None, check_type: type | None = None) -> Any:
        """That of every schema."""
        return pa.DataFrameSchema.get_backend(check_obj, check_type)

    def _refused(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError(
            "a schema of gouji computes what it checks from the edition's rules, which YAML, JSON, "
            "scripts and examples cannot hold: make it with wide_schema(edition) and its like"
        )

    to_yaml = to_json = to_script = strategy = example = _refused


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
            unsigned=_numbers(cells["value"]).where(kind != "signed"),
            whole=_numbers(cells["value"]).where(kind != "amount"),
        )

    def standing_check(rule: str, bad: tuple[Standing, ...]) -> pa.Check:
        names = [s.value for s in bad]
        return _check(rule, lambda s: ~s.isin(names))

    standings = [standing_check(rule, bad) for rule, bad in STANDING_RULES.items()]
    return FormSchema(
        {
            "unit": pa.Column(nullable=False),
            "field": pa.Column(nullable=False, checks=_within("FIELD", [*edition.fields])),
            "kind": pa.Column(required=False, checks=_within("KIND", KINDS)),
            "value": pa.Column(float, nullable=True, coerce=True),
            "standing": pa.Column(
                checks=[_within("STANDING", [s.value for s in Standing]), *standings]
            ),
            "unsigned": pa.Column(
                float, nullable=True, checks=_check("CELL-NEGATIVE", lambda s: ~(_numbers(s) < 0))
            ),
            "whole": pa.Column(float, nullable=True, checks=_check("CELL-FRACTION", _is_whole)),
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
        left, right, residual = (_numbers(frame[c]) for c in ("left", "right", "residual"))
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

    return FormSchema(
        {
            "unit": pa.Column(nullable=False),
            "rule": pa.Column(nullable=False, checks=_within("RULE", [*rules])),
            "instance": pa.Column(nullable=False),
            "left": pa.Column(float, coerce=True),
            "right": pa.Column(float, coerce=True),
            "residual": pa.Column(float, nullable=True, coerce=True),
            "mismatch": pa.Column(float, nullable=True, checks=_check("RESIDUAL", _is_zero)),
            "excess": pa.Column(float, nullable=True, checks=_check("FOOTING", _is_zero)),
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
            checks.append(_rule_check(edition, "CELL-NEGATIVE", lambda s: ~(_numbers(s) < 0)))
        if field is not None and field.kind != "amount":
            checks.append(_rule_check(edition, "CELL-FRACTION", _is_whole))
        columns[quantity] = pa.Column(float, nullable=True, coerce=True, checks=checks)
    for rule, name in zip(system.rules, _relation_names(system), strict=True):
        fits = _check(name, _is_zero, raise_warning=rule.severity != "error")
        columns[name] = pa.Column(float, nullable=True, checks=fits)
    return FormSchema(columns, parsers=pa.Parser(partial(_with_relations, system)), strict=True)


def _rule_check(
    edition: Edition, rule_id: str, passes: Callable[[Any], Any], **options: Any
) -> pa.Check:
    warns = edition.rule_by_id[rule_id].severity != "error"
    return _check(rule_id, passes, raise_warning=warns, **options)


def _relation_names(system: System) -> list[str]:
    return [f"{i.rule} {i.key}".strip() for i in system.instances]


def _with_relations(system: System, frame: pd.DataFrame) -> pd.DataFrame:
    """Adds a column a relation: its difference, 0 where it holds, NaN where a number lacks."""
    names = list(system.quantities)
    if not set(names) <= set(frame):
        return frame  # said of the columns that lack
    numbers = frame[names].apply(_numbers)
    gaps = {}
    for n, name in enumerate(_relation_names(system)):
        left, right = (
            numbers[[names[m] for m in side[n]]].sum(axis=1, skipna=False)
            for side in (system.left, system.right)
        )
        gap = (left - right).round(6)
        gaps[name] = gap.mask(holds(system.rules[n], left, right), 0.0)
    own = frame.drop(columns=[name for name in gaps if name in frame])
    return pd.concat([own, pd.DataFrame(gaps, index=frame.index)], axis=1)


def _numbers(column: pd.Series[Any]) -> pd.Series[float]:
    """The column as numbers, NaN for what is none; that is said by the column's own type."""
    return pd.to_numeric(column, errors="coerce").astype(float)


def _is_whole(column: pd.Series[Any]) -> pd.Series[bool]:
    numbers = _numbers(column)
    return (numbers % 1 == 0) | numbers.isna()


def _is_zero(series: pd.Series[float]) -> pd.Series[bool]:
    return series.abs() <= TOLERANCE


@lru_cache(maxsize=8)
def _lines_schema(edition: Edition) -> pa.DataFrameSchema:
    checks: dict[str, list[LineCheck]] = {}
    for check in checks_of(edition):
        checks.setdefault(check.name, []).append(check)

    def derived(lines: pd.DataFrame) -> pd.DataFrame:
        """Adds a column per name of a check: whether the line breaks it."""
        if not {"ledger", "line", "year"} <= set(lines):
            return lines  # said by the columns' own checks
        years = _numbers(lines["year"])
        known = years.notna()
        records = _records(edition, lines[known].assign(year=years[known].astype(int)))
        broken = {
            name: [any(check.fails(record) for check in each) for record in records]
            for name, each in checks.items()
        }
        found = pd.DataFrame(broken, index=lines.index[known], dtype=bool)
        return lines.assign(year=years, **found.reindex(lines.index, fill_value=False))

    return FormSchema(
        {
            "ledger": pa.Column(checks=_within("LEDGER", [*edition.ledgers])),
            "line": pa.Column(nullable=False),
            "year": pa.Column(float, nullable=False),
            **{name: pa.Column(bool, checks=_check(name, lambda s: ~s)) for name in checks},
        },
        parsers=pa.Parser(derived),
    )


def _records(edition: Edition, lines: pd.DataFrame) -> list[dict[str, Any]]:
    """The frame's rows as the checks want them: None for nothing, dates as dates, twins told."""
    records: list[dict[str, Any]] = []
    for row in lines.to_dict("records"):
        record: dict[str, Any] = dict.fromkeys(columns_of(edition))
        record |= {str(k): _plain(v) for k, v in row.items()}
        if not isinstance(record.get("unread"), frozenset | set):
            record["unread"] = frozenset()
        records.append(record)
    if "twin" not in lines:
        for key, ledger in edition.ledgers.items():
            within = "" if "unit" in ledger.column else "unit"
            add_twins(ledger, [r for r in records if r["ledger"] == key], within)
    return records


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.date()
    missing = value is pd.NaT or (isinstance(value, float) and np.isnan(value))
    return None if missing else value
