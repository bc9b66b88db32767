"""Whose words fit a relation: by the sources that it compares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from ....templates.form import SOURCES, Instance
from ...finding import Finding
from . import footing
from .failed import Failed

# The module here whose words fit the sources of an instance; loaded for who asks.
_FAMILIES: Mapping[frozenset[str], str] = {
    frozenset({"prior"}): "last_year",
    frozenset({"ledger"}): "counts",
    frozenset({"claim"}): "claims",
    frozenset({"claim", "ledger"}): "ledger_claims",
    frozenset({"change", "claim"}): "claims",
    frozenset({"units"}): "rollup",
}


def words_of(inst: Instance) -> Callable[[Failed], Finding]:
    """The family whose words fit an instance; ``footing`` for any other."""
    sources = frozenset(s if s in SOURCES else "ledger" for s in inst.sources)
    stated = not inst.target and len(inst.left) == len(inst.right) == 1
    named = inst.target in inst.left + inst.right or "change" in inst.sources or stated
    if not named or sources not in _FAMILIES:
        return footing.finding
    family = import_module(f"{__package__}.{_FAMILIES[sources]}")
    words: Callable[[Failed], Finding] = family.finding
    return words
