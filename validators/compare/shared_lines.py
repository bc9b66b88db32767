"""The lines in which reports stand side by side: each a number that is the same in all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ...templates.edition import Edition
from ..report import Report, Standing, Value


@dataclass(frozen=True)
class Line:
    """One number of the form: its table, its printed row and column, its field in each edition.

    ``only`` names the edition where it is no number of the newest one.
    """

    table: str
    row: str
    column: str
    only: str = ""
    keys: dict[str, str] = field(default_factory=dict)

    def value(self, report: Report) -> Value | None:
        """What stands for it in a report; None where the report's edition has no such number."""
        key = self.keys.get(report.edition.id)
        return report.values.get(key) if key is not None else None

    def number(self, report: Report | None) -> float | None:
        """The number that a report has for it, None where there is none to rely on."""
        value = self.value(report) if report is not None else None
        return value.number if value is not None and value.standing is Standing.NUMBER else None


def lines_of(editions: Iterable[Edition]) -> list[Line]:
    """The lines of all ``editions``, the newest first; what is the same the edition files say."""
    newest_first = sorted(dict.fromkeys(editions), key=lambda e: e.from_year, reverse=True)
    found: dict[tuple[str, str], Line] = {}
    before: list[Edition] = []
    for edition in newest_first:
        for key, number in edition.fields.items():
            if (edition.id, key) in found:  # another edition of this id, with a rule pack
                continue
            same = (n for n in before if key in n.same_as.get(edition.id, ()))
            line = next((found[n.id, key] for n in same if (n.id, key) in found), None)
            if line is None:
                only = edition.id if before else ""
                row, column = (axis.name or axis.label for axis in (number.row, number.column))
                group = "".join(number.column.path[:-1]) if not row else ""
                line = Line(number.sheet, row or group, column, only)
            line.keys[edition.id] = key
            found[edition.id, key] = line
        before.append(edition)
    return [*{id(line): line for line in found.values()}.values()]


def intake(lines: Iterable[Line], editions: Mapping[str, Edition]) -> Line | None:
    """The line by which a unit is known at a glance: what its edition ranks units by."""
    wanted = {(i, e.roles.intake) for i, e in editions.items()}
    return next((line for line in lines if wanted & set(line.keys.items())), None)


def change(now: float | None, was: float | None) -> tuple[float | None, float | None]:
    """The difference to last year and its share of it; None where a number is missing, or 0.

    >>> change(6.0, 4.0), change(6.0, 0.0), change(6.0, None)
    ((2.0, 0.5), (6.0, None), (None, None))
    """
    if now is None or was is None:
        return None, None
    gap = round(now - was, 6)
    return gap, gap / was if was else None
