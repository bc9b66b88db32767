"""N-SUM: the parts that a sentence of 正文 lists add up, its percentages fit its counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ....templates.a1 import Place
from ....templates.form import Rule
from ....templates.words import Words
from ...finding import Finding
from ...report import Report
from .places import spot
from .sentences import LONGEST, counted, paragraphs

_UNIT = r"(?:件次|人次|条次|[件宗起条份个次项例部封篇期场篇])"
_NUMBER = re.compile(
    r"(?<![0-9.第~-])(?P<n>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]{1,9}|[一二两三四五六七八九十百千]{1,8})"
    rf"(?P<unit>{_UNIT})(?![次人])"
)
_MARK = re.compile(r"其中[,:]?|在[^,。;]{2,14}当中[,:]?")
_OPEN = re.compile(
    r"等|主要|包括|约|近|余|多|以上|左右|累计超|分别|同比|比上年|比去年|另|此外|还有|上年|去年|每"
)
_EXCEPT = re.compile("不含|不包括|除外|未计")
_ASIDE = re.compile(r"\([^()]*\)")
_SHARE = re.compile(
    r"占(?:比|总数|总量|全部|办理总数|申请总数)?(?:的|为|约)?(?P<p>[0-9]{1,3}(?:\.[0-9]{1,4})?)%"
)
# Some kinds of 法人或其他组织, the others not named: what is missing may be theirs.
_SOME = re.compile("企业|科研机构|公益组织|法律服务机构")
_REST = re.compile("其他|其它|其余|剩余|另一|组织")
_DONE = re.compile("答复|办结|办毕|办理完")  # with what is still open: of the year's and older ones
_FEW = 10  # from so many on a difference of one is told, however large its share
_TOPIC = re.compile("涉及|关于|有关")  # one may be of several
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
            if not _MARK.search(bare) and "%" not in bare:
                continue
            place = spot(report, paragraph, title)
            for mark in _MARK.finditer(bare):
                yield _list(rule, (title, place), bare, mark, carried)
            yield from _shares(rule, (title, place), bare)


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
    wholes = _counts(before)
    whole = wholes[-1] if wholes else None
    if whole is None or len(wholes) > 1 or _OPEN.search(before[whole.start :]):
        return
    parts = _closed(after, whole.unit)
    if parts is None or len(parts) < 2 or any(p.number > whole.number for p in parts):
        return
    total = sum(p.number for p in parts)
    gap = abs(total - whole.number)
    most = max(rule.limit("share") * whole.number, 1 if whole.number >= _FEW else 0)
    if not gap or gap > most or (total < whole.number and _may_lack(after, len(parts))):
        return
    if _DONE.search(after) and total - whole.number == carried:
        return
    listed = "+".join(f"{p.number:g}" for p in parts)
    shown = _shortened(f"{before[-18:]}{text[mark.start() : mark.end()]}{after}")
    yield Finding.of(
        rule,
        Words(
            "正文“{shown}”：前面说{whole}{unit}，后面各项{listed}={total}，相差{gap}。"
            "请核对是总数还是哪一项写错了；没有列全的请写“等”。",
            "Narrative {shown!r}: the whole is {whole}, the parts add up to {listed}={total}, a "
            "difference of {gap}: correct the whole or a part; write 等 where the list is open.",
        ).filled(
            shown=shown, whole=whole.number, unit=whole.unit, listed=listed, total=total, gap=gap
        ),
        place=at[1],
        found=whole.number,
        expected=total,
        instance=at[0],
    )


def _may_lack(listed: str, parts: int) -> bool:
    """Whether a list below its whole may have left some out without saying so."""
    if _SOME.search(listed):
        return not re.search("其他|组织提", listed)
    return parts < 3 and not _REST.search(listed)


def _counts(text: str) -> list[_Count]:
    found = []
    for match in _NUMBER.finditer(text):
        number = counted(match["n"])
        if number is not None:
            found.append(_Count(number, match["unit"], match.start(), match.end()))
    return found


def _closed(text: str, unit: str) -> list[_Count] | None:
    """The counts of a list, of which nothing is left out; None where that is not certain."""
    if _OPEN.search(text) or "其中" in text or _TOPIC.search(text):
        return None
    bare = _SHARE.sub("", text)
    counts = _counts(bare)
    if any(c.unit != unit for c in counts) or not counts:
        return None
    rest = _NUMBER.sub("\0", bare)
    if re.search(r"[0-9]", rest):
        return None  # a number without a unit: a part may have lost it
    pieces = rest.split("\0")
    inner = pieces[1:-1]
    if any(len(p) > _LABEL or not re.search(r"[,、;]", p) for p in inner):
        return None
    last = pieces[-1]
    if re.match("[,、](?:其他|其它|其余)", last):
        return None
    return counts if len(re.split(r"[,;、]", last)) < 3 and len(last) <= _LABEL else None


def _shares(rule: Rule, at: tuple[str, Place], text: str) -> Iterator[Iterable[Finding]]:
    """Percentages of one whole, of which most fit and one does not by far; one for a sentence."""
    if "%" not in text:
        return
    every = _counts(text)
    for sentence in re.split("。", text):
        held = [*islice(_with_shares(sentence), _SHARES + 1)]
        if 3 <= len(held) <= _SHARES:
            first = text.find(sentence) + held[0][0].start
            least = max(h.number for h, _ in held)
            wholes = {c.number for c in every if c.start < first and c.number >= least}
            yield _share(rule, at, held, wholes)


def _share(
    rule: Rule, at: tuple[str, Place], held: Sequence[tuple[_Count, str]], wholes: Iterable[float]
) -> Iterator[Finding]:
    """The finding for the percentages of one sentence, of one of the ``wholes``."""
    best = max(wholes, key=lambda w: sum(_fits(c.number, w, p) for c, p in held), default=None)
    if best is None:
        return
    wrong = [(c, p) for c, p in held if not _fits(c.number, best, p)]
    if len(wrong) == 1 and not _forced([p for _, p in held]):
        count, said = wrong[0]
        real = count.number / best * 100
        yield Finding.of(
            rule,
            Words(
                "正文说{n}{unit}占{said}%，按{whole}{unit}算是{real}%。请核对件数和百分比。",
                "The narrative says that {n} is {said}%; of {whole} it is {real}%: check both.",
            ).filled(
                n=count.number,
                unit=count.unit,
                said=said,
                whole=best,
                real=f"{real:.2f}".rstrip("0").rstrip("."),
            ),
            place=at[1],
            found=f"{said}%",
            expected=f"{real:.2f}%",
            instance=at[0],
        )


def _with_shares(sentence: str) -> Iterator[tuple[_Count, str]]:
    """The counts that a percentage follows at once."""
    for count in _counts(sentence):
        match = _SHARE.match(sentence[count.end :].lstrip(","))
        if match:
            yield count, match["p"]


def _fits(number: float, whole: float, said: str) -> bool:
    """Whether a percentage is right within one in its last digit."""
    unit = 10.0 ** -len(said.partition(".")[2])
    return abs(number / whole * 100 - float(said)) <= 1.01 * unit if whole else False


def _forced(shares: Sequence[str]) -> bool:
    """Whether percentages were made to add up to 100."""
    return abs(sum(map(float, shares)) - 100) < 1e-6


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
