"""The units of a county or city, and which of them a name means."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .words import INVISIBLE, Words, composed


@dataclass(frozen=True)
class Unit:
    """One line of the roster.

    ``former`` are the names before a merger or a new name; ``contact`` and ``phone`` whom to call.
    """

    name: str
    code: str = ""
    unit_class: str = ""
    parent: str = ""
    former: tuple[str, ...] = ()
    line: int = 0
    contact: str = ""
    phone: str = ""

    @cached_property
    def file_name(self) -> str:
        """The name of the unit's workbook, safe on every file system.

        >>> Unit("市 教育/体育局", "A01").file_name
        'A01_市 教育_体育局.xlsx'
        """
        stem = "_".join(part for part in (self.code, self.name) if part)
        stem = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]', "_", composed(stem, "NFC"))
        stem = INVISIBLE.sub("_", stem).strip(" .~")
        while len(stem.encode()) > 200:
            stem = stem[:-1]
        if re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)", stem) or not stem:
            stem = f"_{stem}"
        return f"{stem}.xlsx"


@dataclass(frozen=True)
class Roster:
    """The units in the order of the list. ``remarks`` say what of the list is no unit.

    ``county`` is whose units they are, where it is known from elsewhere than the list.
    """

    units: tuple[Unit, ...]
    path: str = ""
    remarks: tuple[Words, ...] = ()
    county: str = ""

    @cached_property
    def by_code(self) -> dict[str, Unit]:
        """Units that have a code, by it."""
        return {u.code: u for u in self.units if u.code}

    @cached_property
    def by_file(self) -> dict[str, Unit]:
        """Units by the name of the workbook that was made for them."""
        return {u.file_name: u for u in self.units}

    def named(self, name: str) -> Unit | None:
        """The unit of this name, now or formerly: exactly, else in one variant of it only."""
        exact = self._by_spelling.get(spelling(name), ())
        found = exact or self._by_key.get(key_of(name), ())
        return found[0] if len(found) == 1 else None

    @cached_property
    def _by_spelling(self) -> dict[str, list[Unit]]:
        return self._index(spelling)

    @cached_property
    def _by_key(self) -> dict[str, list[Unit]]:
        return self._index(key_of)

    def _index(self, of: Callable[[str], str]) -> dict[str, list[Unit]]:
        """Units by what ``of`` makes of their names; a name of today before one of the past."""
        found: dict[str, list[Unit]] = {}
        for unit in self.units:
            found.setdefault(of(unit.name), []).append(unit)
        today = set(found)
        for unit in self.units:
            for name in unit.former:
                if of(name) not in today and unit not in found.setdefault(of(name), []):
                    found[of(name)].append(unit)
        found.pop("", None)
        return found

    def find(self, name: str, code: str = "") -> Unit | None:
        """The unit with ``code``, else the one that ``name`` means, in its usual variants.

        The county before a name may be left out, or put before it where it is the roster's
        own; where several units would fit, None.
        """
        if code and code in self.by_code:
            return self.by_code[code]
        wanted = key_of(name)
        if not wanted or wanted in self._by_key:
            return self.named(name)
        near = {
            id(u): u
            for k, units in self._by_key.items()
            for u in units
            if len(min(k, wanted, key=len)) >= 3
            if (k.endswith(wanted) and _without_county(wanted, k))
            or (wanted.endswith(k) and self._own(wanted, k))
        }
        return next(iter(near.values())) if len(near) == 1 else None

    def _own(self, name: str, end: str) -> bool:
        """Whether ``name`` is ``end`` with nothing before it but this roster's county."""
        place = name.removesuffix(end)
        return place in _ANY_COUNTY or (
            is_place(place)
            and (
                bool(place_of(end))  # a city before a county
                or any(place.endswith(own) or own.endswith(place) for own in self.counties)
            )
        )

    @cached_property
    def counties(self) -> set[str]:
        """The counties and cities whose units these are, as far as the list says it."""
        names = [n for u in self.units for n in (u.name, *u.former, u.parent)]
        places = (place_of(key_of(n)) for n in (*names, Path(self.path).stem))
        return {p for p in (self.county, *places) if p}

    def within(self, text: str) -> Unit | None:
        """The unit whose name stands in ``text``, such as a file's name; the longest counts.

        Before it stands nothing, the county, or words of a file's name.
        """
        wanted = key_of(text)
        inside = [
            (len(k), u)
            for k, units in self._by_key.items()
            for u in units
            if len(k) >= 3 and k in wanted
            if not (before := _FILE_WORDS.split(wanted[: wanted.rindex(k)])[-1])
            or self._own(before + k, k)
        ]
        longest = max((n for n, _ in inside), default=0)
        found = [u for n, u in inside if n == longest]
        return found[0] if len(found) == 1 else None


_LOOSE = re.compile(r"(（本级）|\(本级\)|本级)")
_PLACE = re.compile(r"[\u4e00-\u9fff]{1,5}?[省市州盟县区旗]|[\u4e00-\u9fff]{2,12}?自治[区州县旗]")
_NO_PLACE = ("开发区", "园区", "景区", "保税区", "社区", "小区", "示范区", "保护区", "城市", "都市")
_ANY_COUNTY = ("县", "市", "区", "旗", "州", "盟", "本县", "本市", "本区")
_TELLING = "第一二三四五六七八九十大小新老东西南北"
OFFICES = "局委办院府厅部会处所站心司校道镇乡行社团署队馆"  # what an office's name ends with
_FILE_WORDS = re.compile(
    r"[^\u4e00-\u9fff]|年度?|报[告送]?|表|政府信息|公开|工作|关于|[终定送上初]审?稿|上报|的|最新"
)
_MARKS = re.compile(r"[\s·,，.。、()（）《》“”\"'_-]")


def cleaned(text: str) -> str:
    """A text without invisible and control characters, its breaks gone, blanks single."""
    text = INVISIBLE.sub("", composed(text, "NFC"))
    return re.sub(r"[ \t\u3000\xa0]+", " ", re.sub(r"[\r\n\v\f\u2028\u2029]+", "", text)).strip()


def spelling(name: str) -> str:
    """A name without what nobody sees as a difference: width, blanks, invisible characters."""
    return re.sub(r"\s", "", INVISIBLE.sub("", composed(name))).casefold()


def key_of(name: str) -> str:
    """A name without what varies: width, blanks, brackets, 本级, 人民政府 for 政府.

    >>> key_of("某县 财政局（本级）") == key_of("某县财政局")
    True
    """
    text = _MARKS.sub("", _LOOSE.sub("", spelling(name)))
    return text.replace("人民政府", "政府").replace("办事处", "")


def place_of(name: str) -> str:
    """The county or city that a name begins with, as it stands there; ``""`` without one.

    >>> place_of("某市清河县财政局"), place_of("大王庄镇人民政府")
    ('某市清河县', '')
    """
    end = 0
    while (found := _PLACE.match(name, end)) and not found[0].endswith(_NO_PLACE):
        end = found.end()
    return name[:end]


def is_place(text: str) -> bool:
    """Whether ``text`` is the name of a county or city and nothing else."""
    return bool(text) and place_of(text) == text


def same(one: str, other: str) -> bool:
    """Whether two names are one unit's: alike but for the county before one of them.

    >>> same("清河县财政局", "财政局"), same("清河县财政局", "南宫市财政局")
    (True, False)
    """
    short, long = sorted((key_of(one), key_of(other)), key=len)
    return short == long or (len(short) > 2 and _without_county(short, long))


def _without_county(short: str, long: str) -> bool:
    """Whether ``short`` is ``long`` with its county, or the name of it (县财政局), left out."""
    place = long.removesuffix(short)
    return place != long and (is_place(place) or is_place(place + short[0]))


def without_place(name: str) -> str:
    """A unit's name without its county, for names that may be one unit's to meet.

    >>> without_place("清河县财政局"), without_place("清河县")
    ('财政局', '清河县')
    """
    key = key_of(name)
    return key[len(place_of(key)) :] or key


def alike(name: str, others: Sequence[str]) -> bool:
    """Whether ``name`` may be another way of writing one of ``others``.

    One is the other without its county, or an abbreviation of it. What tells units apart, a
    number or a 大, is no abbreviation.

    >>> alike("县发改委", ["某县发展和改革委员会"]), alike("某县教育局", ["某县民政局"])
    (True, False)
    >>> alike("王庄镇政府", ["大王庄镇政府"]), alike("某县医院", ["某县第二医院"])
    (False, False)
    """
    one = key_of(name)
    for other in map(key_of, others):
        short, long = sorted((one, other), key=len)
        rest = iter(long)
        left = Counter(long)
        left.subtract(short)
        if long.endswith(short):
            if short == long or _without_county(short, long):
                return True
        elif (
            len(short) >= 2
            and all(c in rest for c in short)
            and not any(left[c] > 0 for c in _TELLING)
        ):
            return True
    return False
