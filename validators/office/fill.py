"""Fills the tables, from the ledgers or with 0 (其余空格填0): all else of the file as it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ...templates.disk import digest_of, mode_for, put
from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ...templates.formulas import computed_totals
from ..judging.line_checks import contradictions
from ..judging.sources import counted
from ..ooxml.files import hold
from ..ooxml.limits import Limits, load
from ..ooxml.numbers import set_numbers
from ..reading.workbook import read_bytes
from ..report import Report, Standing
from .check import check_bytes


def counts(report: Report) -> dict[str, float]:
    """What the ledgers of a report count, by field; totals are left to the form.

    Raises ``InputError`` where there is no ledger with a line, where the year is unknown, and
    where a line contradicts itself: a wrong line must not be counted.
    """
    if report.year is None:
        raise InputError(
            f"{report.path} 的封面没有报告年度，请先填上。", f"{report.path} has no report year"
        )
    fields = report.edition.fields
    filling = {k: e for k, e in report.edition.ledgers.items() if not e.keys.isdisjoint(fields)}
    if not filling.keys() & report.ledgers.lines.keys():
        sheets = "、".join(ledger.sheet for ledger in filling.values())
        raise InputError(
            f"{report.path} 的{sheets}里没有内容，没有什么可填。",
            f"{report.path} has no ledger with lines",
        )
    for wrong in contradictions(report, [*filling]):
        raise InputError(
            f"{report.path} {wrong.message}没有填表。", f"{report.path}, {wrong.message.en}"
        )
    return {
        key: number
        for source in counted(report).values()
        for key, (number, *_) in source.readings.items()
        if number is not None and key in fields
    }


def _must_take(report: Report, keys: Iterable[str]) -> None:
    places = [(k, p) for k in keys if (p := report.values[k].place) is not None]
    covered = [f"{p.sheet} {p.cell}" for k, p in places if k in report.covered]
    own = [(k, p) for k, p in places if k not in report.edition.totals]
    formulas = [f"{p.sheet} {p.cell}" for k, p in own if report.values[k].formula]
    if covered:
        cells = "、".join(covered[:4])
        raise InputError(
            f"{report.path} 的{cells}被合并的格盖住了，填了也看不见，没有填表。"
            "请先取消合并，再填。",
            f"{report.path}: {cells} are covered by merged cells, nobody would see the numbers: "
            "unmerge them first. Nothing was filled.",
        )
    if formulas:
        cells = "、".join(formulas[:4]) + ("等" if len(formulas) > 4 else "")
        raise InputError(
            f"{report.path} 的{cells}是公式，与台账不一致，没有填表。"
            "请改它引用的数，或者清空公式，再填。",
            f"{report.path}: {cells} hold formulas that disagree with the ledger: correct what "
            "they refer to, or clear them. Nothing was filled.",
        )


def fill(path: Path, target: Path | None = None, forms: Forms = ANY, *, new: bool = False) -> int:
    """Writes the ledgers' counts into the tables of ``path``; the number of cells that changed.

    Written at once and atomically, into ``target`` when given, where
    with ``new`` nothing may be yet. A total of the template keeps
    its formula and gets the new sum.
    """
    out = target or path
    with hold(out):
        data = load(path, Limits())
        report = read_bytes(data, str(path), forms=forms)
        numbers = counts(report)
        changed = {k: n for k, n in numbers.items() if report.number(k) != n}
        _must_take(report, changed)
        filled = set_numbers(data, cells_of(report, changed), str(path)) if changed else data
        result = check_bytes(filled, str(path), forms)
        if result.error is not None:  # never seen: what was written must be readable
            raise result.error
        if out != path:
            put(out, filled, new=new, mode=mode_for(out, path))
        elif filled != data:
            put(out, filled, expected=digest_of(data))
    return len(changed)


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
