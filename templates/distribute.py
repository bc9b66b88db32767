"""One workbook per unit of a roster: stamped, named, with last year's numbers in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .disk import many, put
from .edition import Edition, for_year
from .errors import InputError
from .form import split
from .roster import Roster, Unit
from .workbook import Contents, build

CARRIED_NOTE = "已按上年报告“{label}”预填；与实际不符请核对上年报告。"


@dataclass(frozen=True)
class UnitFile:
    """What became of one unit: its file, whether it was there already, whether it was filled."""

    unit: Unit
    path: Path
    kept: bool = False
    prefilled: bool = False


def carried(edition: Edition, last: Mapping[str, float]) -> dict[str, float | str]:
    """What a new workbook takes over: fields that must equal one number of last year's report.

    Totals are left to the workbook's formulas.
    """
    return {
        key: last[before]
        for key, before in _carried(edition).items()
        if before in last and key not in edition.totals
    }


def carried_fields(edition: Edition) -> set[str]:
    """The fields that ``distribute`` may fill in before a clerk does."""
    return {k for k in _carried(edition) if k not in edition.totals}


@lru_cache(maxsize=8)
def _carried(edition: Edition) -> Mapping[str, str]:
    """Field → last year's field that it must equal, as the edition's rules say."""
    found = {}
    for inst in edition.relations:
        equal = edition.rule_by_id[inst.rule].relation == "="
        if equal and inst.left == (inst.target,) and len(inst.right) == 1:
            source, key = split(inst.right[0])
            if source == "prior":
                found[inst.target] = key
    return found


def distribute(
    roster: Roster,
    year: int,
    out: Path,
    *,
    last: Callable[[Unit], Mapping[str, float] | None] | None = None,
    edition: Edition | None = None,
    ledgers: bool = False,
) -> Iterator[UnitFile]:
    """Writes a workbook for every unit into ``out``; a file that is there already is kept.

    ``last`` gives the numbers of a unit's report of last year, by field key, or None. Raises
    ``InputError`` when two units would get one file name, and when a file cannot be written.
    """
    form = edition or for_year(year)
    rows = {k: form.fields[b].row.label for k, b in _carried(form).items() if b in form.fields}
    notes = {k: CARRIED_NOTE.format(label=rows.get(k, k)) for k in _carried(form)}
    names: dict[str, Unit] = {}
    for unit in roster.units:
        other = names.setdefault(unit.file_name.casefold(), unit)
        if other is not unit:
            raise InputError(
                f"名册第{other.line}行和第{unit.line}行的文件名相同（{unit.file_name}），请填上代码加以区别。",
                f"lines {other.line} and {unit.line} give one file name; add codes",
            )
    with many(out):
        for unit in roster.units:
            path = out / unit.file_name
            if os.path.lexists(path):
                yield UnitFile(unit, path, kept=True)
                continue
            values = carried(form, (last(unit) if last else None) or {})
            contents = Contents(
                year=year,
                unit=unit.name,
                code=unit.code,
                unit_class=unit.unit_class,
                values=values,
                locked={k: notes[k] for k in values},
                ledgers=ledgers,
            )
            put(path, build(form, contents), new=True, of_many=True)
            yield UnitFile(unit, path, prefilled=bool(values))
