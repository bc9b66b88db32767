"""The totals of a template as formulas, and the values they have; the words of its live checks."""

from __future__ import annotations

from collections.abc import Mapping

from .a1 import ranges
from .edition import Edition
from .layout import Layout
from .relations import follow

UNFILLED = "未填全"
FITS = "√"
NOT_ASKED = "—"  # by the unit's class there is nothing to check
UNCERTAIN = "以校验为准"  # the class is known to the checker only


def total_formula(layout: Layout, key: str) -> str:
    """The formula of the total cell ``key``, without the leading ``=``."""
    parts = layout.edition.totals[key]
    return f"SUM({ranges([layout.cells[p].at for p in parts])})"


def computed_totals(edition: Edition, values: Mapping[str, float]) -> dict[str, float]:
    """``values`` with every total computed as the template's formulas do (a blank adds 0)."""
    blanks = dict.fromkeys((p for parts in edition.totals.values() for p in parts), 0.0)
    known = follow({**blanks, **values}, edition.sums, edition.totals)
    return {k: n for k, n in known.items() if k in values or k in edition.totals}
