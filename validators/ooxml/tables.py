"""The columns of a sheet's tables, as formulas name them: ``表1[件数]``."""

from __future__ import annotations

from contextlib import suppress
from xml.parsers.expat import ExpatError

from ...templates.a1 import cell_name, position
from .budget import Budget
from .stream import DoctypeError, parse

_MOST = 200  # columns of a table that are looked at


def table_columns(part: bytes, sheet: str, budget: Budget) -> dict[str, str]:
    """By name the cells of each column between head and totals, as a workbook's names say them."""
    table: dict[str, str] = {}
    columns: list[str] = []

    def start(depth: int, local: str, attrs: dict[str, str]) -> None:
        if local == "table" and depth == 1:
            table.update(attrs)
        elif local == "tableColumn" and len(columns) < _MOST:
            columns.append(attrs.get("name", ""))

    with suppress(ExpatError, DoctypeError, ValueError):  # a broken one names nothing
        parse([part], budget, start)
    first, _, last = table.get("ref", "").partition(":")
    begin, end = position(first), position(last or first)
    if begin is None or end is None:
        return {}
    top = begin[0] + (table.get("headerRowCount", "1") != "0")
    bottom = end[0] - (table.get("totalsRowCount", "0") != "0")
    quoted = sheet.replace("'", "''")
    return {
        f"{table.get('displayName', '')}[{name}]": (
            f"'{quoted}'!{cell_name(top, at)}:{cell_name(bottom, at)}"
        )
        for at, name in enumerate(columns, begin[1])
        if name and top <= bottom
    }
