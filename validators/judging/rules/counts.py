"""L-COUNT and D-COUNT: the tables against what the ledgers count, in words."""

from __future__ import annotations

from ....templates.form import split
from ....templates.words import Words
from ...finding import Finding
from ..sources import Counted
from .failed import Failed, source_name


def finding(failed: Failed) -> Finding:
    """The finding for a field that does not show what a ledger counts."""
    counts = next(q for q in failed.inst.left + failed.inst.right if split(q)[0])
    source, key = split(counts)
    ledger = failed.sources[source]
    lines = ledger.lines.get(key, ()) if isinstance(ledger, Counted) else ()
    sheet = source_name(failed.edition, source)
    unit = failed.edition.ledgers[source].unit
    listed = "、".join(map(str, lines[:12])) + ("等" if len(lines) > 12 else "")
    words = Words(
        "{where}是{now}，{sheet}里是{due}{unit}{lines}，相差{gap}。",
        "{where} is {now}, the ledger {sheet} has {due}{lines_en}, a difference of {gap}. ",
    ).filled(
        where=failed.where,
        now=failed.target.number or 0.0,
        sheet=sheet,
        due=failed.number(counts),
        unit=unit,
        gap=abs(failed.outcome.residual),
        lines=f"（第{listed}行）" if lines else "",
        lines_en=f" (lines {', '.join(map(str, lines[:12]))})" if lines else "",
    )
    return failed.finding(
        words + failed.rule.advice, expected=failed.due, instance=failed.inst.target
    )
