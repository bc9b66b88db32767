"""The live formulas of a template, and the values they have: both from the edition's rules."""

from __future__ import annotations

from collections.abc import Mapping

from .a1 import ranges
from .edition import Edition
from .form import Instance
from .layout import Layout

UNFILLED = "未填全"
FITS = "√"
TOLERANCE = 1e-6


def total_formula(layout: Layout, key: str) -> str:
    """The formula of the total cell ``key``, without the leading ``=``."""
    parts = layout.edition.totals[key]
    return f"SUM({ranges([layout.cells[p][1:] for p in parts])})"


def check_formula(layout: Layout, inst: Instance, relation: str) -> str:
    """The live verdict: 未填全 while a part is missing, √ when it holds, else the difference.

    The difference is left minus right; for ``<=`` it is shown only when above 0.
    """
    home = layout.cells[inst.target][0]

    def refs(keys: tuple[str, ...]) -> str:
        here = [layout.cells[k][1:] for k in keys if layout.cells[k][0] == home]
        text = [ranges(here)] if here else []
        for key in keys:
            sheet, row, col = layout.cells[key]
            if sheet != home:
                text.append(f"'{sheet}'!{ranges([(row, col)])}")
        return ",".join(text)

    left, right = refs(inst.left), refs(inst.right)
    count = len(inst.left) + len(inst.right)
    both = ",".join(p for p in (left, right) if p)
    diff = f"ROUND(SUM({left}){f'-SUM({right})' if right else ''},6)"
    test = f"{diff}=0" if relation == "=" else f"{diff}<=0"
    return f'IF(COUNT({both})<{count},"{UNFILLED}",IF({test},"{FITS}",{diff}))'


def computed_totals(edition: Edition, values: Mapping[str, float]) -> dict[str, float]:
    """``values`` with every total computed as the template's formulas do (a blank adds 0)."""
    known = dict(values)
    pending = dict(edition.totals)
    while pending:
        ready = [k for k, parts in pending.items() if not any(p in pending for p in parts)]
        for key in ready:
            known[key] = sum(known.get(p, 0.0) for p in pending.pop(key))
        if not ready:  # totals that refer to one another: an edition cannot be loaded so
            raise ValueError(f"totals depend on one another: {sorted(pending)}")
    return known


def check_value(inst: Instance, relation: str, values: Mapping[str, float]) -> str | float:
    """What the live verdict shows for ``values`` (a missing key is a blank cell)."""
    if not all(k in values for k in inst.fields):
        return UNFILLED
    diff = round(sum(values[k] for k in inst.left) - sum(values[k] for k in inst.right), 6)
    holds = diff == 0 if relation == "=" else diff <= 0
    return FITS if holds else diff
