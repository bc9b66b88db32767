"""T2-*, T3-*, T4-* and rules of an office's own: the linear relations between fields, in words."""

from __future__ import annotations

from ....templates.naming import addressed, line_of, name_of
from ....templates.words import Words
from ...finding import Finding
from ..arithmetic import sides_of, sum_of
from .failed import Failed

_SENTENCES = {
    "=": Words("{h}：{sum}，相差{d}。", "{h}: {sum}, a difference of {d}. "),
    "~": Words("{h}：{sum}，相差很大。", "{h}: {sum}, far apart. "),
    "<=": Words("{h}：{l}大于{r}，多出{d}。", "{h}: {l} is above {r} by {d}. "),
    "": Words("{h}：{l}，应为0。", "{h}: {l}, which should be 0. "),
    "asked": Words("{h}：{l}；", "{h}: {l}; "),
}


def finding(failed: Failed) -> Finding:
    """The finding for a relation between fields of the tables (and, in a pack, of any source)."""
    inst, outcome, form = failed.inst, failed.outcome, failed.rule.relation
    asked = None
    if form == "<=" and not inst.right:
        asked = failed.edition.asked_of(failed.report.unit_class)
        form = "asked" if asked else ""
    left, right = sides_of(failed)
    together, heading = sum_of(failed), _heading(failed)
    words = _SENTENCES[form].filled(
        h=heading, sum=together, l=left, r=right, d=abs(outcome.residual)
    )
    if asked:
        words += asked + Words("。", ". ")
    return failed.finding(
        words + failed.rule.advice,
        related=failed.related(),
        expected=_expected(failed),
        sum=together,
        gap=outcome.residual,
    )


def _heading(failed: Failed) -> Words:
    """The sheet, the column or row that is added up, and the cell that it is said of."""
    inst, fields = failed.inst, failed.edition.fields
    own = [fields[q] for q in inst.left + inst.right if q in fields]
    line = line_of(own) if len(own) == len(inst.left + inst.right) else None
    if line is None:
        line = Words(name_of(own[0]), name_of(own[0])) if len(own) == 1 else Words()
    at = addressed("", failed.place)
    return Words(f"{failed.sheet} {line.zh}{at.zh}", f"{failed.sheet} {line.en}{at.en}")


def _expected(failed: Failed) -> float | None:
    """What the target should be; None where that cannot be said."""
    inst = failed.inst
    if failed.target.number is None or failed.rule.relation == "~":
        return None
    if inst.target not in inst.left + inst.right:
        return None
    if failed.rule.relation == "<=" and not inst.right:
        return 0.0
    return failed.due
