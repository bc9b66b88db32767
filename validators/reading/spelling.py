"""Labels as people write them: one normal form for comparing, one reader for what cells hold."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ..report import Standing

# Simplified forms of the traditional characters that occur in the form's labels, for reports
# published in traditional script.
_TRADITIONAL = str.maketrans(
    "規廢現數處許強費單萬業構個總計請況組織結轉辦開給屬於國祕護權類務過執檔詢無關沒製"
    "補後內確認複訴訟維糾審議經體報舉書動當獲繼續別區實際選題進達險穩機購採項與領條聯據對應創優負責勞節約終標義決歸還讓證劃",
    "规废现数处许强费单万业构个总计请况组织结转办开给属于国秘护权类务过执档询无关没制"
    "补后内确认复诉讼维纠审议经体报举书动当获继续别区实际选题进达险稳机购采项与领条联据对应创优负责劳节约终标义决归还让证划",
)
_DROP = re.compile(r"[\s\u3000\xa0\ufeff|,，、。．.;；:：“”\"'‘’「」《》<>_\-—–*·/\\]+")


@lru_cache(maxsize=65536)
def normal(text: str) -> str:
    """The text without what varies between printings: width, spaces, punctuation, script.

    >>> normal("（一） 予以公开") == normal("(一)予以公开")
    True
    >>> normal("3.危及“三安全一稳定”")
    '3危及三安全一稳定'
    """
    text = unicodedata.normalize("NFKC", text).translate(_TRADITIONAL)
    return _DROP.sub("", text)


_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z")
LARGEST = 1e15  # beyond, a float does not hold every whole number
_UNITS = re.compile(r"(件次?|条|宗|个|项|份|起|次|元|万元|人)\Z")
_PLACEHOLDERS = {"/", "\\", "-", "—", "--", "——", "–", "无", "無", "／", "－", "0/0", "n/a", "N/A"}


def reading(text: str) -> tuple[Standing, float | None]:
    """How a text stands, and the number it would be read as.

    Thousands separators, full-width digits and a counting word are understood as a number in
    text; anything else is text. Never reads a part of a text (``12abc`` is not 12).

    >>> reading("１,234")
    (<Standing.TEXT_NUMBER: 'text_number'>, 1234.0)
    >>> reading("12abc")
    (<Standing.TEXT: 'text'>, None)
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace("\u3000", "").replace("\xa0", "")
    if not plain:
        return Standing.BLANK, None
    if plain in _PLACEHOLDERS:
        return Standing.PLACEHOLDER, None
    bare = plain.replace(" ", "")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?.*", bare):
        bare = bare.replace(",", "")
    scale = 1.0
    unit = _UNITS.search(bare)
    if unit:
        if unit[1] == "元" and not bare.endswith("万元"):
            scale = 0.0001
        bare = bare[: -len(unit[0])]
        if bare.endswith("万"):
            bare, scale = bare[:-1], 1.0
    if _NUMBER.match(bare) and abs(number := float(bare)) < LARGEST:
        return Standing.TEXT_NUMBER, round(number * scale, 6)
    return Standing.TEXT, None
