"""N-CLAIM beside a ledger: what the narrative says against what its lines come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ....templates.a1 import Place
from ....templates.form import split
from ....templates.words import Words, plain
from ...finding import Finding, Related, Unchecked
from ...report import Report
from ..arithmetic import sum_of
from ..records import listed
from ..sources import Counted, Source
from .claims import Claims
from .failed import Failed
from .places import spot

_COUNTING = "家个件条项份次种类"  # with which a statement may end


def without_ledger(report: Report, known: Mapping[str, Source]) -> Iterator[Unchecked]:
    """What the narrative states of a ledger that is not there, or has no line: not compared."""
    source = known.get("claim")
    if not isinstance(source, Claims):
        return
    for inst in report.edition.relations:
        absent = min(inst.ledgers - known.keys(), default="")
        stated = [q for q in inst.left + inst.right if split(q)[0] == "claim"]
        said = source.said.get(split(stated[0])[1], ()) if stated else ()
        if absent and said:
            sheet = report.edition.ledgers[absent].sheet
            held = absent in report.ledgers.lines
            why = "没有报告年度" if held else f"没有《{sheet}》，或者是空的"
            yield Unchecked(
                inst.rule,
                "",
                Words(
                    f"正文写“{said[0].words}”，{why}，没有核对",
                    f"the narrative says {said[0].words!r}; the ledger {sheet} has no line, or the "
                    "report no year",
                ),
            )


def finding(failed: Failed) -> Finding:
    """The finding for a sentence that does not fit what a ledger counts: its lines named."""
    claim = next(q for q in failed.inst.left + failed.inst.right if split(q)[0] == "claim")
    told = failed.sources.get("claim")
    every = told.said.get(split(claim)[1], ()) if isinstance(told, Claims) else ()
    said = every[failed.reading] if every else None
    counts = next(q for q in failed.inst.left + failed.inst.right if q != claim)
    source, key = split(counts)
    ledger, held = failed.edition.ledgers[source], failed.sources.get(source)
    lines = held.lines.get(key, ()) if isinstance(held, Counted) else ()
    stated, now, rows = failed.number(claim), failed.number(counts), listed(lines)
    unit = said.claim.unit if said is not None else ledger.unit
    if said is not None and not said.words.endswith(unit) and said.words[-1] in _COUNTING:
        unit = said.words[-1]
    words = Words(
        "正文写{said}，{sheet}里数得{now}{unit}{lines}，相差{gap}{unit}；请核对台账或改正文。",
        "The narrative says {said_en}; the ledger {sheet} counts {now}{lines_en}, a difference "
        "of {gap}: check the ledger or correct the narrative.",
    ).filled(
        said=f"“{said.words}”" if said is not None else plain(stated),
        said_en=repr(said.words) if said is not None else plain(stated),
        sheet=ledger.sheet,
        now=now,
        unit=unit,
        gap=round(abs(stated - now), 6),
        lines=f"（第{rows.zh}行）" if lines else "",
        lines_en=f" ({rows.en})" if lines else "",
    )
    first = Place(ledger.sheet, lines[0] - 1, 0) if lines else Place(ledger.sheet)
    return failed.finding(
        words + failed.rule.advice,
        place=spot(failed.report, said.words) if said is not None else Place(ledger.sheet),
        related=(Related("", first),),
        field="",
        found=stated,
        expected=now,
        sum=sum_of(failed),
        gap=failed.outcome.residual,
    )
