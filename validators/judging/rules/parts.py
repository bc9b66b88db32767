"""N-SUM: the parts that a sentence of 正文 lists add up, its percentages fit its counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

from ....templates.a1 import Place
from ....templates.form import Rule
from ....templates.words import Words
from ...finding import Finding
from ...report import Report
from .narrative_words import WORDS
from .sentences import LONGEST, counted, paragraphs, spot

_NUMBER = WORDS.expression("number_and_unit")
_MARK = WORDS.expression("list_mark")
_INSIDE = WORDS.expression("list_in_brackets")
_OPEN = WORDS.expression("list_is_open")
_EXCEPT = WORDS.expression("left_out")
_ASIDE = WORDS.expression("aside")
_SHARE = WORDS.expression("share")
_SOME = WORDS.expression("some_organisations")
_REST = WORDS.expression("the_rest")
_DONE = WORDS.expression("done")
_FLOW = {kind: WORDS.expression(f"flow_{kind}") for kind in ("new", "done", "left", "before")}
_WAYS = WORDS.expression("ways_of_publishing")
_NAMED = WORDS.expression("part_name")
_SEVERAL = 3  # parts of a list that may exceed its whole by far
_LOOSE = WORDS.expression("loose")
_FEW = 10  # from so many on a difference of one is told, however large its share
_TOPIC = WORDS.expression("several_topics")
_OTHERS = WORDS.expression("others_listed")
_OTHERS_NEXT = WORDS.expression("others_next")
_LABEL = 40  # characters between two parts of a list
_SHOWN = 46
_SHARES = 40  # percentages of a sentence
_LISTS = 200  # lists and sentences of percentages of a narrative that are looked at


@dataclass(frozen=True)
class _Count:
    """A number with its unit in a sentence."""

    number: float
    unit: str
    start: int
    end: int


def findings(report: Report) -> Iterator[Finding]:
    """What does not add up in the narrative; nothing where it is not certain what adds up."""
    rule = report.edition.rule_by_id.get("N-SUM")
    if rule is None:
        return
    carried = _carried_in(report)
    for looked in islice(_looked(rule, report, carried), _LISTS):
        yield from looked


def _looked(rule: Rule, report: Report, carried: float | None) -> Iterator[Iterable[Finding]]:
    """The findings of every list and of every sentence of percentages."""
    for title, text in report.narrative:
        for paragraph in paragraphs(text):
            open_ = _ASIDE.sub(lambda m: "等" if _EXCEPT.search(m[0]) else m[0], paragraph)
            bare = _ASIDE.sub("", open_)
            inside = _INSIDE.search(paragraph)
            if not inside and not _MARK.search(bare) and "%" not in bare and "结转" not in bare:
                continue
            place = spot(report, paragraph, title)
            for mark in _MARK.finditer(bare):
                yield _list(rule, (title, place), text=bare, mark=mark, carried=carried)
            for bracket in _INSIDE.finditer(paragraph):
                before = _ASIDE.sub("", paragraph[: bracket.start()])
                text = f"{before}其中{bracket[2]}"
                at = re.compile("其中").search(text, len(before))
                if at is not None:
                    yield _list(rule, (title, place), text=text, mark=at, carried=carried)
            yield from _shares(rule, (title, place), bare)
            yield from (_flow(rule, (title, place), s, carried) for s in bare.split("。"))


def _carried_in(report: Report) -> float | None:
    """The applications of earlier years: what was done this year is of them too."""
    cases = report.edition.roles.cases
    fields = [
        k
        for k in report.edition.fields
        if cases and k.startswith(f"{cases.table}.{cases.earlier}.") and k in report.edition.totals
    ]
    return report.number(fields[-1]) if fields else None


def _list(
    rule: Rule, at: tuple[str, Place], text: str, mark: re.Match[str], carried: float | None
) -> Iterator[Finding]:
    """The finding for one list after 其中; ``carried`` applications are no part of the whole."""
    after, stop, _ = text[mark.end() : mark.end() + LONGEST].partition("。")
    before = text[max(0, mark.start() - LONGEST) : mark.start()].rstrip("。,;")
    start = max(before.rfind(c) for c in "。;") + 1
    before = before[start:]
    if (not stop and mark.end() + len(after) < len(text)) or (
        start == 0 and mark.start() > LONGEST
    ):
        return  # no sentence is so long
    found = _chosen(before, after, rule.limit("share"))
    if found is None:
        return
    whole, parts, after = found
    total = sum(p.number for p in parts)
    gap = abs(total - whole.number)
    if _DONE.search(after) and total - whole.number == carried:
        return
    listed = "+".join(f"{p.number:g}" for p in parts)
    shown = _shortened(f"{before[-18:]}{text[mark.start() : mark.end()]}{after}")
    words = Words(
        "正文“{shown}”：前面说{whole}{unit}，后面各项{listed}={total}，相差{gap}。"
        "请核对是总数还是哪一项写错了；没有列全的请写“等”。",
        "Narrative {shown!r}: the whole is {whole}, the parts add up to {listed}={total}, a "
        "difference of {gap}: correct the whole or a part; write 等 where the list is open.",
    ).filled(shown=shown, whole=whole.number, unit=whole.unit, listed=listed, total=total, gap=gap)
    yield Finding.of(rule, words, place=at[1], found=whole.number, expected=total, instance=at[0])


def _chosen(before: str, after: str, share: float) -> tuple[_Count, list[_Count], str] | None:
    """A whole, the parts that do not add up to it, and what lists them; None where one may.

    A list may end at a semicolon: as long as one way of reading it adds up, nothing is wrong.
    """
    worst = None
    for listed in dict.fromkeys((after, after.partition(";")[0])):
        parts = _closed(listed)
        if parts is None or len(parts) < 2:
            continue
        wholes = [c for c in _counts(before) if c.unit == parts[0].unit]
        others = [c for c in _counts(before) if c.unit != parts[0].unit]
        whole = wholes[-1] if wholes else None
        if whole is None or len(wholes) > 1 or any(o.start > whole.start for o in others):
            return None
        if _OPEN.search(before[whole.start :]) or any(p.number > whole.number for p in parts):
            return None
        total = sum(p.number for p in parts)
        most = max(share * whole.number, 1 if whole.number >= _FEW else 0)
        if whole.number in accumulate(p.number for p in parts):
            return None  # what stands after these is of something else
        far = abs(total - whole.number) > most
        lacks = total < whole.number and (far or _may_lack(listed, len(parts)))
        overlaps = total > whole.number and far and not _is_plain(listed, len(parts))
        if not (lacks or overlaps):
            worst = whole, parts, listed
    return worst


def _is_plain(listed: str, parts: int) -> bool:
    """Whether a list only names its parts, and no ways of publishing, which may overlap."""
    pieces = _NUMBER.sub("\0", listed).split("\0")[:-1]
    named = all(_NAMED.fullmatch(p) for p in pieces)
    return parts >= _SEVERAL and named and not _WAYS.search(listed) and "%" not in listed


def _flow(
    rule: Rule, at: tuple[str, Place], sentence: str, carried: float | None
) -> Iterator[Finding]:
    """The finding for a sentence in which 办结 and 结转下年 are not 新收 and 上年结转."""
    numbers = {name: pattern.findall(sentence) for name, pattern in _FLOW.items()}
    if any(len(numbers[name]) != 1 for name in ("new", "done", "left")) or _LOOSE.search(sentence):
        return
    new, done, left = (float(numbers[name][0]) for name in ("new", "done", "left"))
    before = float(numbers["before"][0]) if len(numbers["before"]) == 1 else carried or 0.0
    if len(numbers["before"]) > 1 or done + left in (new, new + before):
        return
    more = f"＋上年结转{before:g}" if before else ""
    words = Words(
        "正文“{shown}”：收到{new}{more}件，办结{done}＋结转下年{left}＝{total}件，相差{gap}。"
        "请核对是哪一个数写错了。",
        "Narrative {shown!r}: received {new}{more}, done {done} and left {left} are {total}, a "
        "difference of {gap}: see which number is wrong.",
    ).filled(
        shown=_shortened(sentence[-_SHOWN:]),
        new=new,
        more=more,
        done=done,
        left=left,
        total=done + left,
        gap=abs(new + before - done - left),
    )
    yield Finding.of(
        rule, words, place=at[1], found=new + before, expected=done + left, instance=at[0]
    )


def _may_lack(listed: str, parts: int) -> bool:
    """Whether a list below its whole may have left some out without saying so."""
    if _SOME.search(listed):
        return not _OTHERS.search(listed)
    return parts < 3 and not _REST.search(listed)


def _counts(text: str) -> list[_Count]:
    found = []
    for match in _NUMBER.finditer(text):
        number = counted(match["n"])
        if number is not None:
            found.append(_Count(number, match["unit"], match.start(), match.end()))
    return found


def _closed(text: str) -> list[_Count] | None:
    """The counts of a list, of which nothing is left out; None where that is not certain."""
    if _OPEN.search(text) or "其中" in text or _TOPIC.search(text):
        return None
    bare = _SHARE.sub("", text)
    counts = _counts(bare)
    if not counts or any(c.unit != counts[0].unit for c in counts):
        return None
    rest = _NUMBER.sub("\0", bare)
    if re.search(r"[0-9]", rest):
        return None  # a number without a unit: a part may have lost it
    pieces = rest.split("\0")
    inner = pieces[1:-1]
    if any(len(p) > _LABEL or not re.search(r"[,、;]", p) for p in inner):
        return None
    last = pieces[-1]
    if _OTHERS_NEXT.match(last):
        return None
    return counts if len(re.split(r"[,;、]", last)) < 3 and len(last) <= _LABEL else None


def _shares(rule: Rule, at: tuple[str, Place], text: str) -> Iterator[Iterable[Finding]]:
    """Percentages of one whole, of which most fit and one does not by far; one for a sentence."""
    if "%" not in text:
        return
    every = _counts(text)
    for sentence in re.split("。", text):
        shares = [*islice(_with_shares(sentence), _SHARES + 1)]
        if 3 <= len(shares) <= _SHARES:
            first = text.find(sentence) + shares[0][0].start
            least = max(h.number for h, _ in shares)
            wholes = {c.number for c in every if c.start < first and c.number >= least}
            yield _share(rule, at, shares, wholes)


def _share(
    rule: Rule, at: tuple[str, Place], shares: Sequence[tuple[_Count, str]], wholes: Iterable[float]
) -> Iterator[Finding]:
    """The finding for the percentages of one sentence, of one of the ``wholes``."""
    best = max(wholes, key=lambda w: sum(_fits(c.number, w, p) for c, p in shares), default=None)
    if best is None:
        return
    wrong = [(c, p) for c, p in shares if not _fits(c.number, best, p)]
    forced = abs(sum(float(p) for _, p in shares) - 100) < 1e-6  # made to add up to 100
    if len(wrong) == 1 and not forced:
        count, percentage = wrong[0]
        real = count.number / best * 100
        words = Words(
            "正文说{n}{unit}占{said}%，按{whole}{unit}算是{real}%。请核对件数和百分比。",
            "The narrative says that {n} is {said}%; of {whole} it is {real}%: check both.",
        ).filled(
            n=count.number,
            unit=count.unit,
            said=percentage,
            whole=best,
            real=f"{real:.2f}".rstrip("0").rstrip("."),
        )
        found, due = f"{percentage}%", f"{real:.2f}%"
        yield Finding.of(rule, words, place=at[1], found=found, expected=due, instance=at[0])


def _with_shares(sentence: str) -> Iterator[tuple[_Count, str]]:
    """The counts that a percentage follows at once."""
    for count in _counts(sentence):
        match = _SHARE.match(sentence[count.end :].lstrip(","))
        if match:
            yield count, match["p"]


def _fits(number: float, whole: float, percentage: str) -> bool:
    """Whether a percentage is right within one in its last digit."""
    unit = 10.0 ** -len(percentage.partition(".")[2])
    return abs(number / whole * 100 - float(percentage)) <= 1.01 * unit if whole else False


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
