"""Of whom and of which time a sentence of 正文 speaks: a claim is of the unit's whole year."""

from __future__ import annotations

import re
from typing import NamedTuple

from ....templates.edition import Edition

_YEAR = re.compile(r"(20[0-9]{2})年")
_ASIDE = re.compile(r"\([^()]*\)")
_COMPARED = re.compile(r"[较比与][^,。;0-9]{0,4}20[0-9]{2}年")
# Who speaks for a part of the unit: its office for a whole government, or those below it.
_PART = re.compile(
    r"政府办公[室厅]|政府办|办公[室厅]|本级|机关本身"
    r"|(?<![各、和及与])(?:乡镇|镇街|街道|[县区市]直部门|[县区市]直单位|下属单位)"
    r"|(?<!全[区市县镇州盟旗省局])各(?:职能|成员|直属|有关|相关)?"
    r"(?:部门|单位|科室|股室|乡镇|镇街|镇|乡|街道|县|村|社区|园区)"
)
_OF_WHOM = 24  # characters before a number in which it is said whose it is
_DIGIT = "[0-9一二三四五六七八九十两]"
# A time shorter or longer than the year, and what speaks of the whole year again.
_SPAN = re.compile(
    r"第?[一二三四1-4](?:[、至到-][一二三四1-4])?季度|[上下]半年|前[0-9一二三四五六七八九十]{1,2}个?月"
    rf"|(?<![0-9至到—~-])(?<!截至)(?<!截至20[0-9][0-9]年)(?<!截止20[0-9][0-9]年){_DIGIT}{{1,2}}月份?(?![0-9底末日前]|[一二三四五六七八九十]{{1,3}}日)"
    rf"|[近这]{_DIGIT}{{1,2}}(?:个)?年|(?!一年来){_DIGIT}{{1,2}}年来|当[月日天]|[每某]一?(?:个)?(?:月|季度|年|周|日|工作日)"
    r"|20[0-9]{2}年?[至到—~-]+20[0-9]{2}年(?![0-9])"
)
_YEARLY = re.compile(
    r"全年|本年度?|年度|今年(?!第|上|下|[0-9])|1月(?:份|1日起?)?[至到—~-]+(?:20[0-9]{2}年)?12月"
)
_WHOLE = re.compile(r"全[区县市省镇乡州盟旗局系](?!政府|各|[^,;]{0,4}(?:部门|单位))")
_OWN = re.compile(
    r"(?<!涉及)(?<!以)(?<!对)(?<!向)[我本全](?:区|县|市|省|镇|乡|街道|局|委|办|厅|处|所|院|校|中心|系统|单位|机关|部门|级|州|盟|旗)"
    r"|全年共?|共计|合计"
)
_ENDS = r"(?:局|委员会|委|办公[室厅]|[厅镇乡院所]|中心|街道(?:办事处)?|公司|[大支总]队|管委会|政府)"
_ACTS = (
    r"(?=(?:共|全年|本年度?|今年|20[0-9]{2}年度?|年度|累计|依法|,){0,3}"
    r"(?:新?收到|新收|受理|接[收到]|办理|办结|答复|作出|做出|实施|制发|印发|出台|发生|产生|[0-9]))"
)
_BODY = re.compile(rf"(?P<name>[一-鿿]{{1,18}}?)(?P<ends>{_ENDS}){_ACTS}")
_REGION = re.compile(r"[省市县区州盟旗镇乡]$")
_KNOWN_BY = 4  # characters by which a body named in short is known: 区住建局


class Whose(NamedTuple):
    """Whose narrative it is, of which year, on which form."""

    edition: Edition
    unit: str
    year: int | None

    def meant(self, sentence: str, match: re.Match[str]) -> bool:
        """Whether the words speak of this unit and of the whole of its year."""
        before = sentence[: match.start()]
        return (
            self._in_year(before, match[0])
            and not _of_a_span(before, match[0])
            and self._of_unit(before)
        )

    def _in_year(self, before: str, words: str) -> bool:
        if self.year is None:
            return True
        earlier = _YEAR.findall(_COMPARED.sub("", _ASIDE.sub("", before)))
        if earlier and int(earlier[-1]) != self.year:
            return False
        return all(int(y) == self.year + 1 for y in _YEAR.findall(words))

    def _of_unit(self, before: str) -> bool:
        near = before[-_OF_WHOM:]
        part = _PART.search(near)
        if part is not None and not (self.unit and part[0][-3:] in self.unit):
            return bool(_WHOLE.search(near, part.end()))
        if not self.unit:
            return True
        bodies = list(_BODY.finditer(before + "0"))
        if not bodies:
            return True
        last = bodies[-1]
        if _OWN.search(before, last.start("ends") - 1):
            return True
        return self._is_unit(last["name"], last["ends"])

    def _is_unit(self, name: str, ends: str) -> bool:
        """Whether a body named in short is the unit: its characters stand there in order."""
        known = name + ends
        if ends == "政府":
            region = re.sub("(?:人民)$", "", name)[-2:]
            whole = re.sub("(?:人民)?政府(?:办公[室厅])?$", "", self.unit)
            return bool(_REGION.search(whole)) and (not region or region[-1] == whole[-1])
        return in_order(known[-_KNOWN_BY:], self.unit)


def in_order(name: str, whole: str) -> bool:
    """Whether the characters of a short name stand in the whole one, in order."""
    rest = iter(whole)
    return all(c in rest for c in name)


def _of_a_span(before: str, words: str) -> bool:
    """Whether the last time named is a part of the year, or several years."""
    spans = [m.end() for m in _SPAN.finditer(before)]
    if _SPAN.search(words):
        return True
    yearly = max((m.end() for m in _YEARLY.finditer(before)), default=-1)
    years = max((m.end() for m in _YEAR.finditer(before)), default=-1)
    return bool(spans) and spans[-1] > max(yearly, years)


__all__ = ["Whose", "in_order"]
