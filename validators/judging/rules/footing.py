"""T2-*, T3-*, T4-* and rules of an office's own: the linear relations between fields, in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ....templates.edition import Edition
from ....templates.form import Field, Instance, split
from ....templates.words import Words, listed, plain
from ...finding import Finding
from ..arithmetic import sum_of
from .failed import Failed, place_of

_NUMBERING = re.compile(r"^[（(]?[一二三四五六七八九十\d]+[)）]?[.、．]?")


def finding(failed: Failed) -> Finding:
    """The finding for a relation between fields of the tables (and, in a pack, of any source)."""
    inst, outcome = failed.inst, failed.outcome
    heading, terms = names(failed)
    left, right = (_side(failed, keys, terms) for keys in (inst.left, inst.right))
    diff = abs(outcome.residual)
    if failed.rule.relation == "=":
        said = Words("{h}：{l}，{r}，相差{d}。", "{h}: {l_en}, {r_en}, a difference of {d}.")
    elif failed.rule.relation == "~":
        said = Words("{h}：{l}，{r}，相差很大。", "{h}: {l_en}, {r_en}, far apart.")
    elif inst.right:
        said = Words("{h}：{l}大于{r}，多出{d}。", "{h}: {l_en} is above {r_en} by {d}.")
    elif asked := failed.edition.asked_of(failed.report.unit_class):
        said = Words("{h}：{l}；", "{h}: {l_en}; ") + asked + Words("。", ".")
    else:
        said = Words("{h}：{l}，应为0。", "{h}: {l_en} should be 0.")
    expected = _expected(failed)
    cells = _cells(failed)
    words = said.filled(h=heading, l=left.zh, r=right.zh, l_en=left.en, r_en=right.en, d=diff)
    words += Words(f"有关的格：{cells.zh}。", f" Cells: {cells.en}. ")
    words += _remedy(failed, expected) + failed.rule.advice
    return Finding.of(
        failed.rule,
        words,
        severity=failed.severity,
        place=failed.place,
        field=inst.target,
        related=failed.related(),
        found=failed.target.number,
        expected=expected,
        repair=failed.blame.repair,
        instance=inst.key,
        sum=sum_of(failed),
        gap=outcome.residual,
        group=failed.blame.group,
    )


def names(failed: Failed) -> tuple[str, dict[str, str]]:
    """What the terms of an instance have in common, and what tells each apart."""
    edition, inst = failed.edition, failed.inst
    if inst.sources:
        return failed.sheet, {q: failed.label(q) for q in inst.left + inst.right}
    return _own_names(edition, inst)


def _own_names(edition: Edition, inst: Instance) -> tuple[str, dict[str, str]]:
    fields: Sequence[Field] = [edition.fields[k] for k in inst.left + inst.right]
    first = fields[0]
    if len(fields) > 1 and all(f.column is first.column for f in fields):
        return f"{first.sheet} {first.column.short}", {f.key: f.row.short for f in fields}
    if all(f.row is first.row for f in fields):
        if first.row.label:
            title = _NUMBERING.sub("", first.row.label)
            heading = title if title == first.row.short else f"{first.row.short} {title}"
        else:
            heading = "".join(first.column.path[:-1])
        return f"{first.sheet} {heading}", {f.key: f.column.short for f in fields}
    return first.sheet, {f.key: f.label for f in fields}


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


def _side(failed: Failed, quantities: Sequence[str], terms: dict[str, str]) -> Words:
    """``一(18)+二(0)=18``; of a long sum only the terms that are not 0."""
    numbers = [(terms[q], failed.number(q)) for q in quantities]
    total = plain(round(sum(n for _, n in numbers), 6))
    shown = numbers if len(numbers) <= 3 else [(t, n) for t, n in numbers if n]
    if not shown:
        return Words(f"各项都是0，合计{total}", f"every item is 0, together {total}")
    text = "+".join(f"{t}({plain(n)})" for t, n in shown)
    told = text if len(numbers) == 1 else f"{text}={total}"
    return Words(told, told)


def _cells(failed: Failed) -> Words:
    inst = failed.inst
    own = dict.fromkeys(q for q in inst.left + inst.right if not split(q)[0])
    cells = [place_of(failed.report, k).cell for k in own]
    if len(cells) > 8:
        return Words(
            f"{'、'.join(cells[:3])}……{cells[-1]}（共{len(cells)}格）",
            f"{', '.join(cells[:3])} … {cells[-1]} ({len(cells)} cells)",
        )
    return listed(cells)


def _remedy(failed: Failed, expected: float | None) -> Words:
    if failed.blame.words:
        return failed.blame.words
    cell = failed.target.place.cell if failed.target.place else ""
    if failed.rule.relation != "=":
        return Words(f"请核对{cell}。", f"Check {cell}.")
    if failed.target.formula and failed.inst.target in failed.edition.totals:
        return Words(
            f"{cell}由公式算出，改好其他不符的格后会自动相符。",
            f"{cell} is a formula: it will fit when the other cells are right.",
        )
    if expected is None:
        return Words("请对照台账逐格核对。", "Check each of them against the case ledger.")
    return Words(
        "请对照台账核对；若其余各格无误，{cell}应为{value}。",
        "check the ledger; if the others are right, {cell} should be {value}.",
    ).filled(cell=cell, value=expected)
