"""The units of a county or city, and which of them a name means."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from .words import Words, composed

INVISIBLE = re.compile(  # and what acts on a terminal
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)


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
    """The units in the order of the list. ``remarks`` say what of the list is no unit."""

    units: tuple[Unit, ...]
    path: str = ""
    remarks: tuple[Words, ...] = ()

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

        A name that ends like exactly one unit's name (the county before it left out or put
        before it) means that unit; where several would fit, None.
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
            if len(min(k, wanted, key=len)) >= 3 and (k.endswith(wanted) or wanted.endswith(k))
        }
        return next(iter(near.values())) if len(near) == 1 else None

    def within(self, text: str) -> Unit | None:
        """The unit whose name stands in ``text``, such as a file's name; the longest counts."""
        wanted = key_of(text)
        inside = [
            (len(k), u)
            for k, units in self._by_key.items()
            for u in units
            if len(k) >= 3 and k in wanted
        ]
        longest = max((n for n, _ in inside), default=0)
        found = [u for n, u in inside if n == longest]
        return found[0] if len(found) == 1 else None


_LOOSE = re.compile(r"(（本级）|\(本级\)|本级)")
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


def alike(name: str, others: Sequence[str]) -> bool:
    """Whether ``name`` may be another way of writing one of ``others``.

    One is the end, the beginning or the abbreviation of the other.

    >>> alike("县发改委", ["某县发展和改革委员会"]), alike("某县教育局", ["某县民政局"])
    (True, False)
    """
    one = key_of(name)
    for other in map(key_of, others):
        short, long = sorted((one, other), key=len)
        rest = iter(long)
        if len(short) >= 2 and all(c in rest for c in short):
            return True
    return False
