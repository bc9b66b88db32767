"""P-PRIVACY, P-TYPO, P-WORDING: what must not go out with the report.

Looked at is what is published, the narrative, never a ledger. What is found is told masked: no
output repeats a number that identifies somebody.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from ....templates.a1 import Place
from ....templates.edition import Edition
from ....templates.slips import Slip
from ....templates.words import Words
from ...finding import Finding
from ...report import Report
from .narrative_words import WORDS
from .sentences import spot

_WIDE = str.maketrans("０１２３４５６７８９Ｘｘ－", "0123456789Xx-")
_ID = re.compile(
    r"(?<![0-9])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
_CARD = re.compile(r"(?<![0-9A-Za-z])(?:62[0-9]{14,17}|[45][0-9]{15})(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_LANDLINE = re.compile(r"(?<![0-9])0[1-9][0-9]{1,2}[-—]?[0-9]{7,8}(?![0-9])")
_HOME = WORDS.expression("home")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_AROUND = 10  # characters shown on either side
_MOST = 100  # numbers of a section that are told one by one


@dataclass(frozen=True)
class Hit:
    """Something that identifies a person: where in the text, what it is, how it is shown."""

    start: int
    end: int
    kind: str
    name: Words
    shown: str


def findings(report: Report) -> Iterator[Finding]:
    """What stands in the narrative that should not."""
    edition = report.edition
    for title, text in report.narrative:
        hits = personal(text)
        plain = _masked(text, hits)
        for number, hit in enumerate(hits[:_MOST], 1):
            more = len(hits) - number if number == _MOST else 0
            place = spot(report, text[hit.start : hit.end], title)
            yield _private(edition, title, hit=hit, place=place, more=more)
        for start, slip in _listed(edition, plain):
            place = spot(report, slip.wrong, title)
            yield _slip(edition, title, text=plain, start=start, slip=slip, place=place)


def personal(text: str) -> list[Hit]:
    """Every identity number, bank card, telephone and home address in order, none in another."""
    looked = text.translate(_WIDE)
    found: list[Hit] = []
    starts: list[int] = []
    for kind, pattern, name in _PERSONAL:
        is_one = _CHECKED.get(kind)
        for match in pattern.finditer(looked):
            at = bisect_left(starts, match.start())
            after = at == len(found) or match.end() <= found[at].start
            free = after and (at == 0 or found[at - 1].end <= match.start())
            if free and (is_one is None or is_one(match[0])):
                stars = "*" * (len(match[0]) - 5)
                shown = f"{match[0][:3]}{stars}{match[0][-2:]}"
                if kind == "home":
                    shown = match["name"][:1] + "某，住址略"
                starts.insert(at, match.start())
                found.insert(at, Hit(*match.span(), kind, name, shown))
    return found


def masked(text: str) -> str:
    """The text with everything in it that identifies a person starred out."""
    return _masked(text, personal(text))


def _masked(text: str, hits: list[Hit]) -> str:
    ends = [0, *(hit.end for hit in hits)]
    shown = (text[end : hit.start] + hit.shown for end, hit in zip(ends, hits, strict=False))
    return "".join(shown) + text[ends[-1] :]


def _is_id(number: str) -> bool:
    """Whether the last sign is the check of the others (GB 11643: ISO 7064, MOD 11-2)."""
    total = sum(w * int(d) for w, d in zip(_WEIGHTS, number[:17], strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


def _luhn(number: str) -> bool:
    digits = [int(d) for d in reversed(number)]
    doubled = [d * 2 - 9 if d > 4 else d * 2 for d in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0 and len(set(digits)) > 1


_PERSONAL = (
    ("id_number", _ID, Words("居民身份证号", "a resident identity number")),
    ("bank_card", _CARD, Words("银行卡号", "a bank card number")),
    ("mobile", _MOBILE, Words("手机号", "a mobile number")),
    ("landline", _LANDLINE, Words("固定电话号码", "a telephone number")),
    ("home", _HOME, Words("姓名连同住址", "a name with a home address")),
)
_CHECKED = {"id_number": _is_id, "bank_card": _luhn}


def _private(edition: Edition, title: str, hit: Hit, place: Place, more: int = 0) -> Finding:
    rule = edition.rule_by_id["P-PRIVACY"]
    words = Words(
        "正文“{title}”里有{name}（{shown}）。发布以前请删去或者遮盖；确是对外公布的联系方式就不用改。"
        if hit.kind in ("mobile", "landline")
        else "正文“{title}”里有{name}（{shown}），是个人隐私。发布以前请删去或者遮盖。",
        "{title} holds {name} ({shown}): delete or mask it before publishing.",
    ).filled(title=title, name=hit.name, shown=hit.shown)
    if more:
        words += Words(f"这一节里还有{more}处，请一并核对。", f" {more} more in this section.")
    return Finding.of(
        rule,
        words,
        severity=rule.severity_for("", "", (hit.kind,)),
        place=place,
        found=hit.shown,
        instance=f"{title}:{hit.start}",
    )


def _listed(edition: Edition, text: str) -> Iterator[tuple[int, Slip]]:
    """Place and entry of the first time that each entry of the word list stands in the text."""
    for slip in edition.slips:
        at = text.find(slip.wrong)
        if at >= 0:
            yield at, slip


def _slip(edition: Edition, title: str, text: str, start: int, slip: Slip, place: Place) -> Finding:
    wrong = slip.wrong
    times = text.count(wrong)
    around = text[max(0, start - _AROUND) : start + len(wrong) + _AROUND].replace("\n", " ")
    often = f"（共{times}处）" if times > 1 else ""
    if slip.wording:
        advice = f"建议：{slip.right}。" if slip.right else "请换一种说法。"
        words = Words(
            f"正文“{title}”写了“{wrong}”{often}（…{around}…），不宜这样写。{advice}",
            f"{title} says {wrong!r} (…{around}…), which the word list advises against.",
        )
    else:
        words = Words(
            f"正文“{title}”里的“{wrong}”多半是“{slip.right}”之误{often}（…{around}…）。",
            f"{title}: {wrong!r} is probably a slip for {slip.right!r} (…{around}…).",
        )
    rule = edition.rule_by_id["P-WORDING" if slip.wording else "P-TYPO"]
    return Finding.of(
        rule,
        words,
        place=place,
        found=wrong,
        expected=slip.right or None,
        instance=f"{title}:{wrong}",
    )
