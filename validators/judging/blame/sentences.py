"""One repair in words: what probably happened, in which cells, and what settles it."""

from __future__ import annotations

from collections.abc import Sequence

from ....templates.words import Words, plain
from ...report import ABSENT, Place
from .numbers import Numbers
from .odds import Step
from .slips import slips

_WHY = {
    "swapped": Words("相邻两位写反了", "two digits were exchanged"),
    "dropped": Words("漏写了一位", "a digit was left out"),
    "doubled": Words("一位写了两遍", "a digit was typed twice"),
    "tenfold": Words("差了一个0", "a 0 too many or too few"),
    "omitted": Words("漏填了", "it was left out"),
    "negative": Words("多了负号", "a minus sign too many"),
    "mistyped": Words("一位打错了", "a wrong digit"),
}


def place_of(numbers: Numbers, key: str) -> Place:
    """Where a field stands."""
    value = numbers.report.values.get(key, ABSENT)
    return value.place or Place(numbers.edition.fields[key].sheet)


def happened(numbers: Numbers, step: Step) -> Words:
    """``J27与J28两数互换（2与12）``: the event, before what comes of it."""
    cells = [(place_of(numbers, key).cell, key, to) for key, to in step.changes]
    was = [plain(numbers.values[key]) for _, key, _ in cells]
    listed = "、".join(cell for cell, _, _ in cells)
    en = ", ".join(cell for cell, _, _ in cells)
    if step.kind == "exchange":
        one, two = cells[0][0], cells[1][0]
        return Words(
            f"{one}与{two}两数互换（{was[0]}与{was[1]}）",
            f"the numbers of {one} and {two} were exchanged ({was[0]} and {was[1]})",
        )
    if step.kind == "column":
        (one, two) = sorted(cells, key=lambda cell: cell[2])
        return Words(
            f"{one[0]}的{plain(two[2])}填错了列，应填在{two[0]}，{one[0]}改为0",
            f"the {plain(two[2])} of {one[0]} belongs in {two[0]}; {one[0]} is 0",
        )
    if step.kind == "shift":
        new = "、".join(f"{cell}为{plain(to)}" for cell, _, to in cells)
        en = ", ".join(f"{cell} {plain(to)}" for cell, _, to in cells)
        return Words(f"{listed}错了一格，应{new}", f"a run stands one cell off: {en}")
    if step.kind == "stale":
        new = "、".join(f"{cell}改为{plain(to)}" for cell, _, to in cells)
        en = ", ".join(f"{cell} {plain(to)}" for cell, _, to in cells)
        return Words(f"总计没有重新算过：{new}", f"totals were not added up again: {en}")
    return _cell(numbers, step)


def _cell(numbers: Numbers, step: Step) -> Words:
    (key, to), *followed = step.changes
    field = numbers.edition.fields[key]
    blank, was = key in numbers.blanks, plain(numbers.values[key])
    stands = Words("空格" if blank else "由{was}", "{to} instead of " + ("a blank" if blank else "{was}"))
    words = Words("{cell}（{label}）", "{cell} ({label}): ") + Words(stands.zh + "改为{to}", stands.en)
    why = reason(numbers, key, to)
    if why:
        words += Words(f"（{why.zh}）", f" ({why.en})")
    if followed:
        cells = "、".join(f"{place_of(numbers, k).cell}改为{plain(v)}" for k, v in followed)
        en = ", ".join(f"{place_of(numbers, k).cell} {plain(v)}" for k, v in followed)
        words += Words("，照它加出的总计也改：" + cells, "; and the totals added up from it: " + en)
    cell = place_of(numbers, key).cell
    return words.filled(cell=cell, label=field.label, was=was, to=to)


def reason(numbers: Numbers, key: str, to: float) -> Words:
    """How a hand may have come from ``to`` to what stands there; nothing where nothing tells."""
    typed = numbers.values[key]
    last = numbers.last.get(key)
    if last and last == typed:
        return Words("上年的数没有改", "last year's number")
    found = {k: p for k, p in slips(to, typed).items() if k in _WHY}
    if not found or (key in numbers.edition.totals and typed):
        return Words()
    return _WHY[max(found, key=lambda k: found[k])]


def whole(numbers: Numbers, steps: Sequence[Step], clears: bool) -> Words:
    """An answer's events, and what applying them comes to."""
    told = [happened(numbers, s) for s in steps if s.changes]
    words = Words("；".join(t.zh for t in told), "; ".join(t.en for t in told))
    doubts = [s.detail for s in steps if s.kind == "source"]
    if doubts:
        names = "、".join(dict.fromkeys(SOURCES[d].zh for d in doubts))
        en = ", ".join(dict.fromkeys(SOURCES[d].en for d in doubts))
        return words + Words(f"（与{names}仍不符）", f" (still at odds with {en})")
    if clears:
        words += Words("，改后全部关系相符", "; every relation then holds")
    return words


SOURCES = {
    "prior": Words("上年报告", "last year's report"),
    "claim": Words("正文", "the narrative"),
    "cases": Words("申请台账", "the case ledger"),
    "documents": Words("文件台账", "the document ledger"),
}
