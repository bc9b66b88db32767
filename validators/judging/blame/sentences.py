"""One repair in words: what probably happened, in which cells, and what settles it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ....templates.a1 import Place, position
from ....templates.edition import Edition
from ....templates.form import split
from ....templates.words import Words, joined, plain
from ...finding import Event
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
    field = numbers.edition.fields[key]
    blank, was = key in numbers.blanks, plain(numbers.values[key])
    stands = Words(
        "空格改为{to}" if blank else "由{was}改为{to}",
        "{to} instead of a blank" if blank else "{to} instead of {was}",
    )
    words = Words("{cell}（{label}）", "{cell} ({label}): ") + stands
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
    computed = _is_formula(numbers, key) or (key in numbers.edition.totals and typed)
    if not found or computed:  # nobody typed it
        return Words()
    return _WHY[max(found, key=lambda k: found[k])]


def brief(numbers: Numbers, steps: Sequence[Step]) -> Words:
    """An answer's events."""
    told = [happened(numbers, s) for s in steps if s.changes]
    return joined(told)


def whole(words: Words, steps: Sequence[Step]) -> Words:
    """An answer's events as ``brief`` tells them, and what applying them comes to."""
    doubts = dict.fromkeys(s.detail for s in steps if s.kind == "source")
    if doubts:
        names = "、".join(SOURCES[d].zh for d in doubts)
        en = ", ".join(SOURCES[d].en for d in doubts)
        return words + Words(f"，改后仍与{names}不符", f", still at odds with {en}")
    return words + Words("，改后全部关系相符", ", and every relation holds")


TOO_MUCH = Words(
    "不符的关系太多，看不出是哪几格有误；请对照底册逐格核对。",
    "Too much fails to tell which cells are wrong: check each against the records.",
)


def told(numbers: Numbers, events: Sequence[Event]) -> Words:
    """What a finding says of the events that explain it."""
    first, *others = events
    if first.certainty == "tied":
        near = [e for e in events if e.certainty == "tied"]
        ways = joined(e.brief for e in near)
        if len(near) == 1:  # as likely as that what it was compared with is wrong
            words = Words(
                f"可能是{ways.zh}，也可能是所对照的数（上年报告、台账或正文）有误，只看表分不清。",
                f"Either {ways.en}, or what it was compared with is wrong: the tables do not "
                "tell. ",
            )
        else:
            words = Words(
                f"这{len(near)}种都可能，只看表分不清：{ways.zh}。",
                f"These {len(near)} are equally likely: {ways.en}. ",
            )
        return words + _settled_by(numbers, near)
    words = Words(f"最可能：{first.reason.zh}。", f"Most likely: {first.reason.en}.")
    if others:
        ways = joined(e.brief for e in others)
        words += Words(f"也可能：{ways.zh}。", f" Perhaps: {ways.en}. ") + _settled_by(
            numbers, events
        )
    return words


def _settled_by(numbers: Numbers, events: Sequence[Event]) -> Words:
    """The one number elsewhere that would tell these events apart."""
    keys = [c.field for e in events for c in e.changes]
    for source in ("prior", "cases"):
        if source in numbers.sources:
            continue
        for key in keys:
            term = _told_by(numbers.edition, source, key)
            if term:
                label = numbers.edition.fields[term].label
                where, en = _WHERE[source]
                return Words(
                    f"核对{where}“{label}”一格即可分清。", f"{label} in {en} would settle it."
                )
    cells = list(dict.fromkeys(place_of(numbers, k).cell for k in keys))
    return Words(
        f"请对照底册核对{'、'.join(cells)}。", f"Check {', '.join(cells)} against the records."
    )


@lru_cache(maxsize=4096)
def _told_by(edition: Edition, source: str, key: str) -> str:
    """The field of ``source`` that must equal the report's ``key``; ``""`` where none does."""
    for rule in edition.rules:
        for inst in rule.instances if rule.relation == "=" else ():
            if key in inst.fields and len(inst.fields) == 2:
                for name, term in map(split, inst.fields):
                    if name == source and term in edition.fields:
                        return term
    return ""


_WHERE = {"prior": ("上年报告里", "last year's report"), "cases": ("申请台账里", "the case ledger")}

SOURCES = {
    "prior": Words("上年报告", "last year's report"),
    "claim": Words("正文", "the narrative"),
    "cases": Words("申请台账", "the case ledger"),
    "documents": Words("文件台账", "the document ledger"),
}
