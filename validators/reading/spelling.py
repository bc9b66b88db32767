"""Labels as people write them: one normal form for comparing, one reader for what cells hold."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from ...templates.words import composed
from ..ooxml.cells import Cells, Content, Key
from ..report import Standing

_EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet
_DAYS = range(36526, 73051)  # years 2000 to 2099


def text_of(content: object) -> str:
    """The content as a text, a whole number without its decimals, nothing for None."""
    if isinstance(content, float) and content.is_integer():
        content = int(content)
    return str(content).strip() if content is not None else ""


def day_of(content: object) -> date | None:
    """The day that a spreadsheet keeps as a number; None for what is none of this century."""
    if isinstance(content, float) and int(content) in _DAYS:
        return _EPOCH + timedelta(days=int(content))
    return None


def year_shown(cells: Cells, at: Key) -> Content:
    """A content as a reader of years takes it: a date that shows its year alone is that year.

    Any other date is told as the day that it shows.
    """
    content = cells.at(*at)
    if content == "" or not cells.is_date(*at) or not isinstance(content, float):
        return content
    day = day_of(content + cells.epoch)
    if day is None:
        return content
    alone = cells.held[at].style in cells.years
    return f"{day.year}年" if alone else f"{day.year}年{day.month}月{day.day}日"


# Simplified forms of the traditional characters that occur in the form's labels, for reports
# published in traditional script.
TRADITIONAL = str.maketrans(
    "規廢現數處許強費單萬業構個總計請況組織結轉辦開給屬於國祕護權類務過執檔詢無關沒製"
    "補後內確認複訴訟維糾審議經體報舉書動當獲繼續別區實際選題進達險穩機購採項與領條聯據對應創優負責勞節約終標義決歸還讓證劃",
    "规废现数处许强费单万业构个总计请况组织结转办开给属于国秘护权类务过执档询无关没制"
    "补后内确认复诉讼维纠审议经体报举书动当获继续别区实际选题进达险稳机购采项与领条联据对应创优负责劳节约终标义决归还让证划",
)
_DROP = re.compile(r"[\s\u3000\xa0|,，、。．.;；:：“”\"'‘’「」《》<>_\-—–*·/\\]+")
# Characters that show nothing: of width zero, directions, soft hyphens, joiners, variants.
_INVISIBLE = dict.fromkeys(
    [
        *(0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFEFF, 0xFFA0),
        *(*range(0x180B, 0x180F), *range(0x200B, 0x2010), *range(0x202A, 0x202F)),
        *(*range(0x2060, 0x2070), *range(0xFE00, 0xFE10), *range(0xFFF9, 0xFFFC)),
        *(*range(0x9), *range(0xE, 0x20), *range(0x7F, 0xA0)),
    ]
)
# Width alone is folded in what may be a number: never ①, ² or a digit of another script.
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " "}


def visible(text: str) -> str:
    """The text without the characters that nobody sees.

    >>> visible("\u200b0")
    '0'
    """
    return text if text.isascii() and text.isprintable() else text.translate(_INVISIBLE)


@lru_cache(maxsize=65536)
def normal(text: str) -> str:
    """The text without what varies between printings: width, spaces, punctuation, script.

    >>> normal("（一） 予以公开") == normal("(一)予以公开")
    True
    >>> normal("3.危及“三安全一稳定”")
    '3危及三安全一稳定'
    """
    text = composed(visible(text)).translate(TRADITIONAL)
    return _DROP.sub("", text)


_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?\Z")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?\Z")
_SPACED = re.compile(r"[0-9] +[0-9]")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}( [0-9]{3})+(?![0-9 ])")
_COUNTED = re.compile(r"(件次?|条|宗|个|项|份|起|次|人次?|家)\Z")
_PLACEHOLDERS = {"/", "\\", "-", "—", "--", "——", "–", "无", "無", "0/0", "n/a", "N/A"}
_DIGITS = 1000  # characters of a number, at most
LARGEST = 1e15  # beyond, a float does not hold every whole number


def folded(text: str) -> str:
    """A text as a number is looked for in it: width folded, without invisible characters."""
    return visible(text).translate(_WIDTH).strip()


def marks(text: str) -> str:
    """The footnote marks and foreign digits of a text: what a careless eye takes for digits.

    >>> marks("120①"), marks("20²"), marks("十八"), marks("120")
    ('①', '²', '', '')
    """
    return "".join(c for c in text if not c.isascii() and c.isnumeric() and not _is_hanzi(c))


def hanzi(text: str) -> str:
    """The Chinese numerals of a text.

    >>> hanzi("十八件"), hanzi("1.2万"), hanzi("120①")
    ('十八', '万', '')
    """
    return "".join(c for c in text if c.isnumeric() and _is_hanzi(c))


def _is_hanzi(char: str) -> bool:
    return "一" <= char <= "鿿" or char in "〇○"


def is_spaced(text: str) -> bool:
    """Whether spaces stand between digits, otherwise than between thousands.

    >>> is_spaced("1 8"), is_spaced("1 234"), is_spaced("18 件")
    (True, False, False)
    """
    return bool(_SPACED.search(text)) and not _THOUSANDS.match(text)


def reading(text: str, kind: str = "count") -> tuple[Standing, float | None]:
    """How a text stands, and the number it would be read as.

    Thousands separators, full-width digits and a counting word (万元 for an ``amount``) are
    understood as a number in text; anything else is text. Never reads a part of a text
    (``12abc`` is not 12), and never a guess (``5元``, ``1,234,56``, ``120①`` are texts).

    >>> reading("１,234")
    (<Standing.TEXT_NUMBER: 'text_number'>, 1234.0)
    >>> reading("12abc")
    (<Standing.TEXT: 'text'>, None)
    """
    plain = folded(text)
    if not plain:
        return Standing.BLANK, None
    if plain in _PLACEHOLDERS:
        return Standing.PLACEHOLDER, None
    if len(plain) > _DIGITS:
        return Standing.TEXT, None
    bare = plain.replace(" ", "")
    bare = bare.removesuffix("万元") if kind == "amount" else _COUNTED.sub("", bare)
    if _GROUPED.match(bare):
        bare = bare.replace(",", "")
    if _NUMBER.match(bare) and abs(number := float(bare)) < LARGEST:
        return Standing.TEXT_NUMBER, round(number, 6)
    return Standing.TEXT, None
