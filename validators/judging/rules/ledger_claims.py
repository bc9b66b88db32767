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
from .sentences import spot

_COUNTING = "家个件条项份次种类"  # with which a statement may end


def without_ledger(report: Report, known: Mapping[str, Source]) -> Iterator[Unchecked]:
    """What the narrative states of a ledger that is not there, or has no line: not compared."""
    source = known.get("claim")
    if not isinstance(source, Claims):
        return
    for inst in report.edition.relations:
        absent = min(inst.ledgers - known.keys(), default="")
        stated = [q for q in inst.left + inst.right if split(q)[0] == "claim"]
        statements = source.statements.get(split(stated[0])[1], ()) if stated else ()
        if absent and statements:
            sheet = report.edition.ledgers[absent].sheet
            kept = absent in report.ledgers.lines
            why = "没有报告年度" if kept else f"没有《{sheet}》，或者是空的"
            first = statements[0].words
            reason = Words(
                f"正文写“{first}”，{why}，没有核对",
                f"the narrative says {first!r}; the ledger {sheet} has no line, or the report no "
                "year",
            )
            yield Unchecked(inst.rule, "", reason)


def finding(failed: Failed) -> Finding:
    """The finding for a sentence that does not fit what a ledger counts: its lines named."""
    claim = next(q for q in failed.inst.left + failed.inst.right if split(q)[0] == "claim")
    claims = failed.sources.get("claim")
    every = claims.statements.get(split(claim)[1], ()) if isinstance(claims, Claims) else ()
    statement = every[failed.reading] if every else None
    counts = next(q for q in failed.inst.left + failed.inst.right if q != claim)
    source, key = split(counts)
    ledger, counted = failed.edition.ledgers[source], failed.sources.get(source)
    lines = counted.lines.get(key, ()) if isinstance(counted, Counted) else ()
    stated, now, rows = failed.number(claim), failed.number(counts), listed(lines)
    unit = statement.claim.unit if statement is not None else ledger.unit
    quoted = statement.words if statement is not None else ""
    if quoted and not quoted.endswith(unit) and quoted[-1] in _COUNTING:
        unit = quoted[-1]
    words = Words(
        "正文写{said}，{sheet}里数得{now}{unit}{lines}，相差{gap}{unit}；请核对台账或改正文。",
        "The narrative says {said_en}; the ledger {sheet} counts {now}{lines_en}, a difference "
        "of {gap}: check the ledger or correct the narrative.",
    ).filled(
        said=f"“{quoted}”" if quoted else plain(stated),
        said_en=repr(quoted) if quoted else plain(stated),
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
        place=spot(failed.report, quoted) if quoted else Place(ledger.sheet),
        related=(Related("", first),),
        field="",
        found=stated,
        expected=now,
        sum=sum_of(failed),
        gap=failed.outcome.residual,
    )
