"""One repair in words: what probably happened, in which cells, and what settles it."""

from __future__ import annotations

from collections.abc import Sequence

from ....templates.a1 import Place, position
from ....templates.naming import addressed, name_of
from ....templates.words import Words, joined, plain
from ...report import ABSENT
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
    words = _happened(numbers, step)
    cells = [place_of(numbers, k).cell for k, _ in step.changes if _is_formula(numbers, k)]
    if cells:
        words += Words(
            f"（{'、'.join(cells)}是公式，请改它引用的数）",
            f" ({', '.join(cells)}: a formula; change what it refers to)",
        )
    return words


def _is_formula(numbers: Numbers, key: str) -> bool:
    return bool(numbers.report.values.get(key, ABSENT).formula)


def _happened(numbers: Numbers, step: Step) -> Words:
    cells = [(place_of(numbers, key).cell, key, to) for key, to in step.changes]
    was = [plain(numbers.values[key]) for _, key, _ in cells]
    if step.kind == "exchange":
        here, there = cells[0][0], cells[1][0]
        return Words(
            f"{here}与{there}两数互换（{was[0]}与{was[1]}）",
            f"the numbers of {here} and {there} were exchanged ({was[0]} and {was[1]})",
        )
    if step.kind == "column":
        one, two = sorted(cells, key=lambda cell: cell[2])
        return Words(
            f"{one[0]}的{plain(two[2])}填错了列，应填在{two[0]}，{one[0]}改为0",
            f"the {plain(two[2])} of {one[0]} belongs in {two[0]}; {one[0]} is 0",
        )
    if step.kind == "shift":
        way = _way(cells[0][0], cells[1][0])
        ends = f"{cells[0][0]}至{cells[-1][0]}"
        en = f"the numbers from {cells[0][0]} to {cells[-1][0]} stand one cell off"
        words = Words(f"{ends}的数错了一格，应{way.zh}移一格", f"{en} and move {way.en}")
        if len(cells) <= 6:
            new = "、".join(f"{cell}为{plain(to)}" for cell, _, to in cells)
            en = ", ".join(f"{cell} {plain(to)}" for cell, _, to in cells)
            words += Words(f"（{new}）", f" ({en})")
        return words
    if step.kind == "stale":
        new = "、".join(f"{cell}改为{plain(to)}" for cell, _, to in cells)
        en = ", ".join(f"{cell} {plain(to)}" for cell, _, to in cells)
        return Words(f"总计没有重新算过：{new}", f"totals were not added up again: {en}")
    return _cell(numbers, step)


def _way(first: str, second: str) -> Words:
    """Where the numbers go whose empty place is ``first`` and whose next is ``second``."""
    here, there = position(first) or (0, 0), position(second) or (0, 0)
    if here[0] == there[0]:
        return Words("左", "left") if there[1] > here[1] else Words("右", "right")
    return Words("上", "up") if there[0] > here[0] else Words("下", "down")


def _cell(numbers: Numbers, step: Step) -> Words:
    (key, to), *followed = step.changes
    blank, was = key in numbers.blanks, plain(numbers.values[key])
    stands = Words(
        "空格改为{to}" if blank else "由{was}改为{to}",
        "{to} instead of a blank" if blank else "{to} instead of {was}",
    )
    name = addressed(name_of(numbers.edition.fields[key]), place_of(numbers, key))
    words = Words("{name}", "{name}: ") + stands
    why = reason(numbers, key, to)
    if why:
        words += Words(f"（{why.zh}）", f" ({why.en})")
    if followed:
        cells = "、".join(f"{place_of(numbers, k).cell}改为{plain(v)}" for k, v in followed)
        en = ", ".join(f"{place_of(numbers, k).cell} {plain(v)}" for k, v in followed)
        words += Words("，照它加出的总计也改：" + cells, "; and the totals added up from it: " + en)
    return words.filled(name=name, was=was, to=to)


def reason(numbers: Numbers, key: str, to: float) -> Words:
    """How a hand may have come from ``to`` to what stands there; nothing where nothing tells."""
    typed = numbers.values[key]
    last = numbers.last.get(key)
    if last and last == typed:
        return Words("上年的数没有改", "last year's number")
    found = {k: p for k, p in slips(to, typed).items() if k in _WHY}
    computed = _is_formula(numbers, key) or (key in numbers.edition.totals and typed)
    if not found or computed:  # nobody typed it
        return Words()
    return _WHY[max(found, key=lambda k: found[k])]


def brief(numbers: Numbers, steps: Sequence[Step]) -> Words:
    """An answer's events."""
    return joined([happened(numbers, s) for s in steps if s.changes])


def whole(words: Words, steps: Sequence[Step]) -> Words:
    """An answer's events as ``brief`` tells them, and what applying them comes to."""
    doubts = dict.fromkeys(s.detail for s in steps if s.kind == "source")
    if doubts:
        names = "、".join(SOURCES[d].zh for d in doubts)
        en = ", ".join(SOURCES[d].en for d in doubts)
        return words + Words(f"，改后仍与{names}不符", f", still at odds with {en}")
    return words + Words("，改后全部关系相符", ", and every relation holds")


SOURCES = {
    "prior": Words("上年报告", "last year's report"),
    "claim": Words("正文", "the narrative"),
    "cases": Words("申请台账", "the case ledger"),
    "documents": Words("文件台账", "the document ledger"),
}
