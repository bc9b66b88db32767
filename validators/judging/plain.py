"""The system evaluated in plain Python, one report at a time: for desks without pandas.

``schemas`` decides the same from frames; tests hold both equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...templates.edition import Edition
from ...templates.relations import holds
from ..report import Report, Standing
from .line_checks import LineCheck, checks_of
from .records import records
from .system import Judged, Row, System, outcome

# Which rule a standing breaks; a number breaks none.
STANDING_RULES: dict[str, tuple[Standing, ...]] = {
    "CELL-BLANK": (Standing.BLANK, Standing.PLACEHOLDER),
    "CELL-TEXT": (Standing.TEXT, Standing.TEXT_NUMBER),
    "CELL-ERROR": (Standing.ERROR,),
    "CELL-FORMULA": (Standing.FORMULA,),
}
_BREAKS = {standing: rule for rule, standings in STANDING_RULES.items() for standing in standings}


def cells(edition: Edition, reports: Sequence[Report]) -> list[list[tuple[str, str]]]:
    """Per report the (rule, field) of every cell that breaks a CELL rule."""
    return [[*_cells(edition, report)] for report in reports]


def _cells(edition: Edition, report: Report) -> Iterator[tuple[str, str]]:
    for key, field in edition.fields.items():
        value = report.values[key]
        if value.standing in _BREAKS:
            yield _BREAKS[value.standing], key
        elif value.standing is Standing.NUMBER and value.number is not None:
            if value.number < 0 and field.kind != "signed":
                yield "CELL-NEGATIVE", key
            if value.number % 1 and field.kind != "amount":
                yield "CELL-FRACTION", key


def footings(system: System, rows: Sequence[Row]) -> list[Judged]:
    """Per row which instances lack a number and which do not hold."""
    return [_judged(system, row) for row in rows]


def _judged(system: System, row: Row) -> Judged:
    missing, broken = set(), {}
    for number in range(len(system.instances)):
        if row.wanted is None or number in row.wanted:
            found = outcome(system, number, row.numbers)
            if found is None:
                missing.add(number)
            elif not holds(system.rules[number], found.left, found.right):
                broken[number] = found
    return Judged(frozenset(missing), broken)


def lines(edition: Edition, reports: Sequence[Report]) -> list[list[tuple[LineCheck, str, int]]]:
    """Per report every (check, ledger, position of the line) that a line of a ledger breaks."""
    checks = checks_of(edition)
    return [
        [
            (check, ledger, n)
            for ledger in edition.ledgers
            for own in ([c for c in checks if c.ledger == ledger],)
            for n, record in enumerate(records(report, ledger))
            for check in own
            if check.broken(record)
        ]
        for report in reports
    ]
