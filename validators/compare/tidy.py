"""Reports as tidy data: one row a number, or one row a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from ...templates.a1 import Place
from ...templates.edition import Edition
from ..finding import Result
from ..report import Standing

ORIGIN = ("unit", "unit_code", "year", "edition", "source")
COLUMNS = (
    *("unit", "unit_code", "year", "edition", "field", "table", "row", "column"),
    *("value", "standing", "source", "place", "finding"),
)
Row = dict[str, Any]


def tidy_rows(results: Iterable[Result]) -> Iterator[Row]:
    """One row a number, by the names of ``COLUMNS``; nothing for a file that cannot be read.

    ``value`` is None where there is no number to rely on; ``standing`` says how it stands;
    ``finding`` are the ids of the rules that touch it, with spaces between.
    """
    for result in results:
        report = result.report
        if report is None:
            continue
        origin, rules = _origin(result), _rules(result)
        for field in _fields(report.edition):
            value = report.values[field["field"]]
            yield {
                **origin,
                **field,
                "value": value.number if value.standing is Standing.NUMBER else None,
                "standing": value.standing.value,
                "place": _cell(value.place),
                "finding": " ".join(sorted(rules.get(field["field"], ()))),
            }


@lru_cache(maxsize=8)
def _fields(edition: Edition) -> list[Row]:
    return [
        {"field": key, "table": f.sheet, "row": f.row.label, "column": f.column.label}
        for key, f in edition.fields.items()
    ]


@lru_cache(maxsize=1 << 12)  # the same in nearly every report
def _cell(place: Place | None) -> str:
    return f"{place.sheet}!{place.cell}" if place is not None else ""


def wide_rows(results: Iterable[Result]) -> Iterator[Row]:
    """One row a report: where it comes from, and its numbers by field."""
    for result in results:
        if result.report is not None:
            yield {**_origin(result), **result.report.numbers}


def _origin(result: Result) -> Row:
    report = result.report
    assert report is not None
    return {
        "unit": report.unit,
        "unit_code": report.stamp.code,
        "year": report.year,
        "edition": report.edition.id,
        "source": result.path,
    }


def _rules(result: Result) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for finding in result.verdict.findings if result.verdict is not None else ():
        for key in (finding.field, *(r.field for r in finding.related)):
            found.setdefault(key, set()).add(finding.rule)
    return found
