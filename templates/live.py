"""The live checks of a template: every relation within the report that can fail, by its table.

They follow the same severities and classes of unit as the checker: what is a warning there is
amber here and counted by itself, and a relation that a class of unit is not asked is not shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .a1 import cell_name, ranges
from .classes import UNKNOWN, is_class, severities
from .form import Instance, Rule
from .formulas import FITS, NOT_ASKED, UNCERTAIN, UNFILLED
from .layout import Layout, SheetLayout
from .relations import difference_formula, holds, holds_formula, outcome
from .styles import Styles

CLASS_NAME = "gouji_class"  # the defined name of the cell that holds the unit's class
_GRAVE = ("error", "warning", "note")


@dataclass(frozen=True)
class CheckGroup:
    """The live cells of one rule on one sheet, in one row or one column."""

    sheet: SheetLayout
    rule: Rule
    severities: Mapping[str, str]  # by class of unit, "" for units of none
    places: tuple[tuple[int, int], ...]

    @property
    def area(self) -> tuple[int, int, int, int]:
        """First row, first column, last row, last column."""
        rows, columns = {p[0] for p in self.places}, {p[1] for p in self.places}
        return min(rows), min(columns), max(rows), max(columns)

    @property
    def span(self) -> str:
        """The area with its sheet, for a formula."""
        top, left, bottom, right = self.area
        return f"'{self.sheet.table.sheet}'!{cell_name(top, left)}:{cell_name(bottom, right)}"

    def when(self, severity: str, cell: str) -> str | None:
        """When the rule is of ``severity``, by the class in ``cell``: ``""`` always, None never."""
        classes = [c for c, s in self.severities.items() if s == severity]
        if len(classes) == len(self.severities):
            return ""
        return is_class(cell, classes) if classes else None


@lru_cache(maxsize=8)
def groups(layout: Layout) -> tuple[CheckGroup, ...]:
    """Every group of live cells, sheet by sheet in the order of the rules."""
    edition = layout.edition
    return tuple(
        CheckGroup(sheet, rule, severities(edition, rule, sheet.table.id), places)
        for sheet in layout.sheets
        for rule in edition.rules
        if (places := tuple(at for (r, _), at in sheet.checks.items() if r == rule.id))
    )


def check_formula(layout: Layout, inst: Instance, unit_class: str) -> str:
    """The live verdict: 未填全 while a part is missing, √ when it holds, else the difference.

    The difference is left minus right. ``unit_class`` is the cell with the unit's class: for a
    class that the rule does not ask, the verdict is ``NOT_ASKED``.
    """
    rule = layout.edition.rule_by_id[inst.rule]
    home = layout.cells[inst.target].sheet

    def refs(keys: Sequence[str]) -> str:
        places = [layout.cells[key] for key in keys]
        here = ranges([place.at for place in places if place.sheet == home])
        others = [f"'{p.sheet}'!{p.cell}" for p in places if p.sheet != home]
        return ",".join(filter(None, (here, *others)))

    left, right = refs(inst.left), refs(inst.right)
    asked = _asked(layout, inst)
    both = refs([key for key in layout.cells if key in asked])
    one, other = f"ROUND(SUM({left}),6)", f"ROUND(SUM({right}),6)" if right else "0"
    difference = difference_formula(one, other)
    verdict = f'IF({holds_formula(rule, one, other)},"{FITS}",{difference})'
    formula = f'IF(COUNT({both})<{len(asked)},"{UNFILLED}",{verdict})'
    by_class = severities(layout.edition, rule, layout.edition.fields[inst.target].table)
    if none := [c for c, s in by_class.items() if s == "none"]:
        formula = f'IF({is_class(unit_class, none)},"{NOT_ASKED}",{formula})'
    if len(set(by_class.values())) > 1:
        formula = f'IF({unit_class}="{UNKNOWN}","{UNCERTAIN}",{formula})'
    return formula


def _asked(layout: Layout, inst: Instance) -> Counter[str]:
    """The cells that must hold a number before the relation can be looked at."""
    return layout.filled_in((*inst.left, *inst.right))


def check_value(
    layout: Layout, inst: Instance, values: Mapping[str, float], unit_class: str = ""
) -> str | float:
    """What the live verdict shows for ``values`` (a missing key is a blank cell).

    ``unit_class`` is the key of the unit's class. Gives √, 未填全, a dash or the difference.
    """
    edition = layout.edition
    rule = edition.rule_by_id[inst.rule]
    if rule.severity_for(unit_class, edition.fields[inst.target].table) == "none":
        return NOT_ASKED
    found = outcome(map(values.get, inst.left), map(values.get, inst.right))
    if found is None or not _asked(layout, inst).keys() <= values.keys():
        return UNFILLED
    return FITS if holds(rule, found.left, found.right) else found.residual


def summary_formula(layout: Layout, unit_class: str) -> str:
    """A sentence for the cover: how many cells lack a number, how many relations do not hold."""
    counts: dict[str, list[str]] = {severity: [] for severity in _GRAVE}
    for group in groups(layout):
        for severity, terms in counts.items():
            when = group.when(severity, unit_class)
            if when is not None:
                terms.append(f"COUNT({group.span})" + (f"*{when}" if when else ""))
    bad, doubtful, noted = ("+".join(counts[s]) or "0" for s in _GRAVE)
    good = "+".join(f'COUNTIF({g.span},"{FITS}")' for g in groups(layout)) or "0"
    missing = f"({len(layout.inputs)}-{'-'.join(_counts(layout))})"
    wrong = f'IF({bad}>0,"；"&({bad})&"处不符，见标红处","")'
    also = f'IF({doubtful}>0,"；"&({doubtful})&"处待核实","")'
    noted = f'IF({noted}>0,"；"&({noted})&"处提示","")' if noted != "0" else '""'
    return (
        f'IF({missing}>0,"还差"&{missing}&"格没有填数，没有的填0"&{wrong}&{also},'
        f'IF({bad}>0,"有"&({bad})&"处不符，见各表标红处"&{also},'
        f'IF({doubtful}>0,"有"&({doubtful})&"处待核实，见各表标黄处",'
        f'({good}+{_by_formula(layout)})&"条勾稽关系全部相符")))&{noted}'
    )


def _counts(layout: Layout) -> list[str]:
    """How many numbers the cells to fill in hold, a formula a sheet."""
    found = []
    for sheet in layout.sheets:
        here = ranges([layout.cells[key].at for key in layout.inputs if key in sheet.cells])
        if areas := ",".join(f"'{sheet.table.sheet}'!{a}" for a in here.split(",") if a):
            found.append(f"COUNT({areas})")
    return found or ["0"]


def _by_formula(layout: Layout) -> int:
    """How many relations within the report hold by the sheet's own sums."""
    return len(layout.edition.instances) - len(layout.checks)


def summary_value(layout: Layout, shown: Mapping[str, float], unit_class: str) -> str:
    """What the sentence of ``summary_formula`` says for the values ``shown``."""
    edition = layout.edition
    counts: dict[str, int] = dict.fromkeys((*_GRAVE, UNFILLED, FITS, NOT_ASKED), 0)
    for inst in edition.instances:
        if (inst.rule, inst.key) in layout.checks:
            verdict = check_value(layout, inst, shown, unit_class)
            table = edition.fields[inst.target].table
            severity = edition.rule_by_id[inst.rule].severity_for(unit_class, table)
            counts[verdict if isinstance(verdict, str) else severity] += 1
    bad, doubtful, noted = (counts[s] for s in _GRAVE)
    also = f"；{doubtful}处待核实" if doubtful else ""
    if missing := sum(key not in shown for key in layout.inputs):
        wrong = f"；{bad}处不符，见标红处" if bad else ""
        sentence = f"还差{missing}格没有填数，没有的填0{wrong}{also}"
    elif bad:
        sentence = f"有{bad}处不符，见各表标红处{also}"
    elif doubtful:
        sentence = f"有{doubtful}处待核实，见各表标黄处"
    else:
        sentence = f"{counts[FITS] + _by_formula(layout)}条勾稽关系全部相符"
    return sentence + (f"；{noted}处提示" if noted else "")


def write_checks(
    ws: Any,
    styles: Styles,
    layout: Layout,
    sheet: SheetLayout,
    shown: Mapping[str, float],
    unit_class: tuple[str, str],
) -> None:
    """The live cells of a sheet; ``unit_class`` is the cell with the class, and what it holds.

    ``shown`` are the numbers by field.
    """
    edition = layout.edition
    cell, class_shown = unit_class
    for row, col, rule_id in sheet.check_heads:
        words = edition.rule_by_id[rule_id].words.zh
        beside = col > sheet.last_col
        whole = words.partition("：")[2].rstrip("。")
        heading = "本行核对" if beside else whole[:30] or "核对"
        if not beside:
            ws.set_row(row, 28)
        ws.write_string(row, col, heading, styles.check_head)
        if heading != whole:
            ws.write_comment(row, col, words, {"author": "gouji"})
    for inst in edition.instances:
        place = sheet.checks.get((inst.rule, inst.key))
        if place is not None:
            formula = check_formula(layout, inst, cell)
            value = check_value(layout, inst, shown, class_shown)
            ws.write_formula(*place, formula, styles.check, value)
    for group in groups(layout):
        if group.sheet is sheet:
            _colours(ws, styles, group)


def _colours(ws: Any, styles: Styles, group: CheckGroup) -> None:
    """√ green; a difference red, amber or blue as it is an error, a warning or a note."""
    area = group.area
    at = cell_name(*area[:2])
    good = {"type": "formula", "criteria": f'={at}="{FITS}"', "format": styles.good}
    ws.conditional_format(*area, good)
    looks = {"error": styles.bad, "warning": styles.doubtful, "note": styles.noted}
    for severity, look in looks.items():
        when = group.when(severity, CLASS_NAME)
        if when is not None:
            number = f"ISNUMBER({at})"
            criteria = f"=AND({number},{when})" if when else f"={number}"
            ws.conditional_format(*area, {"type": "formula", "criteria": criteria, "format": look})
