"""The heads of a unit's own form: report year and unit, as labels, titles and periods say them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...templates.a1 import Place
from ...templates.forms import ANY
from ...templates.units import OFFICES
from ...templates.words import Words
from ..ooxml.cells import Content
from ..report import Remark, RemarkKind
from .sheet_text import SheetText
from .sheet_words import WORDS
from .spelling import folded, normal, year_shown

_ROWS, _COLUMNS = 12, 16  # where heads stand
_ZEROS = "〇零○0oO◯"
_DIGITS = str.maketrans(_ZEROS + "一二三四五六七八九", "0" * len(_ZEROS) + "123456789")
_CHINESE = re.compile(rf"二[{_ZEROS}][一二三四五六七八九{_ZEROS}]{{2}}(?=年|\Z)")
_LABELLED = WORDS.expression("year_labelled")
_TITLE = WORDS.expression("year_in_title")
_PERIOD = WORDS.expression("period_begins")
_YEAR = WORDS.expression("year_alone")
_DAY = WORDS.expression("day")
_LAW = WORDS.expression("year_of_a_law")
_AFTER = WORDS.expression("year_after_title")
_TWO = WORDS.expression("two_years")
_YEAR_LABELS = WORDS.words("year_labels")
_UNIT_LABELS = WORDS.words("unit_labels")
_UNIT = WORDS.expression("unit_labelled")
# What may follow a unit's name in its line: a seal, a date, the next label.
_SEAL = WORDS.expression("seal")
_SEALED = WORDS.expression("sealed")
_NEXT = WORDS.expression("next_label")
_PLACES = "省市区县州旗盟"
_TITLED = re.compile(
    rf"^(?:(?:19|20)[0-9]{{2}}年度?)?([一-鿿()]{{2,30}}?[{_PLACES}{OFFICES}])"
    r"(?:关于)?(?:(?:19|20)[0-9]{2}年?度?)?政府信息公开(?:工作)?(?:年度?报告|年报)"
)
_MEASURES = WORDS.expression("measure")


@dataclass(frozen=True)
class HeadText:
    """What a head says, where, and how much it is worth: 0 is the best."""

    text: str
    place: Place | None
    rank: int


def year_of(content: Any) -> int | None:
    """The year that a cell made for it holds: ``2025``, ``2025年度``; None for a day's date.

    >>> year_of(2025.0), year_of("2025年度"), year_of("二〇二五"), year_of("2026年1月20日")
    (2025, 2025, 2025, None)
    """
    if isinstance(content, float) and content.is_integer():
        content = int(content)
    text = folded(str(content)[:200]).replace(" ", "")
    text = in_digits(text if "年" in text else text + "年")
    if _DAY.search(text):
        return None
    match = re.search(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])", text)
    return int(match[1]) if match else None


def in_digits(text: str) -> str:
    """A text with years like 二〇二五年 written 2025年."""
    return _CHINESE.sub(lambda m: m[0].translate(_DIGITS).replace("二", "2"), text)


def years(sheets: Sequence[SheetText], name: str) -> list[HeadText]:
    """Every report year that is said, the best first; the file's name and the tabs' come last."""
    found: list[HeadText] = []
    for sheet in sheets:
        for row, column, content, beside in _heads(sheet):
            text = _LAW.sub("", in_digits(re.sub(r"\s", "", folded(content))))
            place = Place(sheet.name, row, column)
            if match := _LABELLED.search(text):
                found.append(HeadText(match[1], place, 0))
            elif normal(content) in _YEAR_LABELS:
                for offset, near in enumerate(beside, 1):
                    if year := year_of(near):
                        there = Place(sheet.name, row, column + offset)
                        found.append(HeadText(str(year), there, 0))
                        break
            elif match := _TWO.search(text):
                found += [HeadText(year, place, 1) for year in (match[2], match[1])]
            elif match := _TITLE.search(text) or _AFTER.search(text):
                found.append(HeadText(match[1], place, 1))
            elif match := _PERIOD.search(text):
                found.append(HeadText(match[1], place, 2))
            elif match := _YEAR.search(_DAY.sub("", text)):
                found.append(HeadText(match[1], place, 3))
    named = []
    for rank, text in ((4, Path(name).stem), *((5, s.name) for s in sheets)):
        if match := re.search(r"(?<![0-9])(20[0-9]{2})(?![0-9])", _DAY.sub("", text)):
            named.append(HeadText(match[1], None, rank))
    if len({s.text for s in named}) > 1:  # tabs of several years say none
        named = [s for s in named if s.rank == 4]
    return sorted(found, key=lambda s: s.rank) + named


def units(sheets: Sequence[SheetText], rows: int = _ROWS) -> list[HeadText]:
    """Every unit that is named in the first ``rows`` as the one who reports."""
    found: list[HeadText] = []
    for sheet in sheets:
        for row, column, content, beside in _heads(sheet, rows):
            text = " ".join(folded(content[:200]).split())
            place = Place(sheet.name, row, column)
            if match := _UNIT.search(text):
                name = _name_in(match[1])
                if name and not _MEASURES.fullmatch(name) and normal(name) not in _YEAR_LABELS:
                    rank = 1 if text.strip().startswith(("单位:", "部门:", "机关:")) else 0
                    found.append(HeadText(name, place, rank))
                continue
            if match := _TITLED.search(re.sub(r"\s", "", text)):
                found.append(HeadText(match[1], place, 3))
                continue
            label = re.sub(r"[(（][^)）]{0,8}[)）]", "", text).strip(" :：")
            if normal(label) in _UNIT_LABELS:
                texts = (v for v in beside if isinstance(v, str) and len(folded(v)) > 1)
                own = (t for t in texts if not _MEASURES.fullmatch(folded(t)))
                names = (_name_in(t) for t in own if normal(t) not in _form_labels())
                named = next(filter(None, names), "")
                if named:
                    rank = 1 if normal(label) == "单位" else 0
                    found.append(HeadText(named, place, rank))
    return sorted(found, key=lambda s: s.rank)


def without_seal(text: str) -> str:
    """A unit's name without （盖章） behind it; any other name as it is.

    >>> without_seal("清河县民政局（盖章）")
    '清河县民政局'
    """
    return _SEALED.sub("", text).strip()


def is_measure(text: str) -> bool:
    """Whether a text only says what is counted: 单位：件, （万元）."""
    return bool(_MEASURES.fullmatch(folded(text).replace("单位:", "").strip()))


def _name_in(text: str) -> str:
    """The unit's name at the start of a text: without seal, date, what else the line says.

    >>> _name_in("清河县民政局(盖章)  填报人:张三"), _name_in("清河县 民政局"), _name_in("____")
    ('清河县民政局', '清河县民政局', '')
    """
    text = _SEAL.sub(" ", folded(text)).strip(" _")
    if match := _NEXT.search(text):
        text = text[: match.start()].rstrip(" _(")
    first, *rest = text.split() or [""]
    if rest and first[-1] in _PLACES and rest[0][-1] in OFFICES:
        first += rest[0]
    return first[:40] if len(first) > 1 else ""


@lru_cache(maxsize=1)
def _form_labels() -> frozenset[str]:
    """The heads and labels of the forms: no unit is called so."""
    blocks = [b for e in ANY.candidates for t in e.tables for b in t.blocks]
    axes = [a for b in blocks for a in (*b.rows, *b.columns)]
    return frozenset(normal(s) for a in axes for s in (*a.path, *a.aliases))


def _heads(sheet: SheetText, rows: int = _ROWS) -> Iterator[tuple[int, int, str, list[Content]]]:
    """The texts where heads stand: row, column, text, and the three contents to the right."""
    for row, column in sorted(sheet.texts):
        if row >= rows:
            return
        if column < _COLUMNS:
            content = sheet.texts[row, column]
            beside = [year_shown(sheet.cells, (row, column + i)) for i in range(1, 4)]
            yield row, column, content, [b for b in beside if b != ""][:1] + beside


def disagreement(heads: Sequence[HeadText], zh: str, en: str) -> Iterator[Remark]:
    """A remark where two heads of the same worth, or one below the best, say otherwise."""
    best = [s for s in heads if s.rank < 4]
    other = next((s for s in best if normal(s.text) != normal(best[0].text)), None)
    if other is None or other.rank > 2 or other.place is None or best[0].place is None:
        return
    first, second = best[0].text, other.text
    here = f"{best[0].place.sheet} {best[0].place.cell}"
    there = f"{other.place.sheet} {other.place.cell}"
    words = Words(
        f"{zh}前后不一：{here}是“{first}”，{there}是“{second}”；按“{first}”核对。"
        "请核对后改成一致。",
        f"The {en} is said twice: {first!r} in {here}, {second!r} in {there}; "
        f"{first!r} was taken. Make them agree.",
    )
    yield Remark(RemarkKind.HEADS, words, other.place)
