"""其余空格填0: a number in every cell that was left blank, all else of the file as it was."""

from __future__ import annotations

from collections.abc import Mapping

from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ...templates.formulas import computed_totals
from ..ooxml.numbers import set_numbers
from ..reading.workbook import read_bytes
from ..report import Report, Standing


def zeros_bytes(data: bytes, name: str, forms: Forms = ANY) -> tuple[bytes, int]:
    """The workbook with 0 in its blank cells, and how many these were; sums are brought up to date.

    Only a cell with nothing in it counts: what says “无” or holds a text stays for the clerk.
    Raises ``InputError`` where there is none, and for a workbook that cannot be edited.
    """
    report = read_bytes(data, name, forms=forms)
    blank = dict.fromkeys(_blank(report), 0.0)
    if not blank:
        raise InputError(f"{name} 没有空着的格。", f"{name} has no blank cell.")
    return set_numbers(data, cells_of(report, blank), name), len(blank)


def zeros_of(report: Report, formulas_known: bool = True) -> dict[tuple[str, str], float]:
    """By sheet and cell what is written into the blank cells: 0, and into a blank total its sum.

    Where nobody tells formulas a total may be one and is left alone.
    """
    blank = [k for k in _blank(report) if formulas_known or k not in report.edition.totals]
    filled = cells_of(report, dict.fromkeys(blank, 0.0))
    places = (report.values[key].place for key in blank)
    return {at: filled[at] for p in places if p is not None and (at := (p.sheet, p.cell)) in filled}


def _blank(report: Report) -> list[str]:
    """The fields whose cell has nothing in it, not even a formula that gives an empty text.

    What a merged range covers is left alone: nobody would see the number there.
    """
    return [
        key
        for key, value in report.values.items()
        if value.standing is Standing.BLANK and report.takes(key)
    ]


def cells_of(report: Report, changed: Mapping[str, float]) -> dict[tuple[str, str], float]:
    """Sheet and cell of every number to write, the formulas' new sums among them."""
    now = {k: n for k in report.edition.fields if (n := report.number(k)) is not None}
    sums = computed_totals(report.edition, {**now, **changed})
    whole = {**changed, **{k: n for k, n in sums.items() if k in report.edition.totals}}
    cells = {}
    for key, number in whole.items():
        value = report.values[key]
        if value.place is None or (key not in changed and not value.formula):
            continue
        cells[(value.place.sheet, value.place.cell)] = number
    return cells
