"""The totals of a template as formulas, and the values they have; the words of its live checks."""

from __future__ import annotations

from collections.abc import Mapping

from .a1 import ranges
from .edition import Edition
from .layout import Layout

UNFILLED = "未填全"
FITS = "√"
NOT_ASKED = "—"  # by the unit's class there is nothing to check
UNCERTAIN = "以校验为准"  # the class is known to the checker only
TOLERANCE = 1e-6


def total_formula(layout: Layout, key: str) -> str:
    """The formula of the total cell ``key``, without the leading ``=``."""
    parts = layout.edition.totals[key]
    return f"SUM({ranges([layout.cells[p][1:] for p in parts])})"


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
