"""元, 万元, 亿元: in which unit an amount is given, as label, head and neighbours say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ...templates.a1 import Place
from ...templates.edition import Edition
from ...templates.words import Words
from ..report import ABSENT, Remark, RemarkKind, Value
from .grids import Grids
from .sheet_words import WORDS
from .spelling import folded
from .values import Slot, Slots

# Places from a unit of money to 万元.
_TENTHS = {"": 4, "百": 2, "千": 1, "万": 0, "十万": -1, "百万": -2, "千万": -3, "亿": -4}
_MONEY = re.compile("[元圆角分¥￥]")
_FORMS = WORDS.expression("money")
_OTHERS = WORDS.expression("other_money")
_TEXT = WORDS.expression("amount_in_words")
_UNIT = re.compile(r"单位(?::|为)")
_BELOW = 6  # rows under an amount in which a note may stand
_ABOVE = 8  # rows over an amount in which its head stands


def units_in(text: str) -> set[str]:
    """The units of money that a label names: ``""`` is 元, ``万`` 万元.

    >>> units_in("本年收费金额（单位：元）"), units_in("单位：件、万元"), units_in("元旦")
    ({''}, {'万'}, set())
    """
    plain = re.sub(r"\s", "", folded(text))
    return {*_FORMS.findall(plain), *_OTHERS.findall(plain)}


def renames(there: str, printed: str) -> bool:
    """Whether a label names another unit of money than the form's own."""
    return bool(units_in(printed) and units_in(there) - units_in(printed))


def converted(number: float, unit: str) -> float:
    """An amount in 万元."""
    return round(number / 10.0 ** _TENTHS[unit], 6)


def in_one_unit(
    book: Grids, edition: Edition, slots: Slots, values: dict[str, Value]
) -> list[Remark]:
    """Amounts given in another unit become 万元 and are remarked.

    One whose places name different units has no number.
    """
    found = []
    for slot in slots.found:
        value = values[slot.key]
        if slot.kind != "amount" or value.number is None or _TEXT.search(value.shown):
            continue
        stated = [*_units_at(book, slot)]
        units = {u for _, some in stated for u in some}
        if not value.number or units <= {"万"}:
            continue
        if len(units) == 1 and (unit := units.pop()) in _TENTHS:
            number = converted(value.number, unit)
            values[slot.key] = new = replace(value, number=number, shown=f"{number:.15g}")
            found.append(_converted(edition, slot, unit, (value, new), stated[0][0]))
        else:
            values[slot.key] = replace(ABSENT, place=slot.place, formula=value.formula)
            found.append(_contradicted(slot, stated))
    return found


def _units_at(book: Grids, slot: Slot) -> Iterator[tuple[Place, set[str]]]:
    """Where a unit of money is named for an amount: its head, what stands beside it, the format."""
    grid, (row, column) = book.cells(slot.sheet), slot.at
    ends = dict(grid.merges)
    code = grid.altering.get(grid.held[slot.at].style, "")
    if units := units_in(code.replace('"', "/").replace("\\", "")):
        yield slot.place, units
    for (r, c), cell in grid.held.items():
        if cell.kind not in ("s", "t") or r > row + _BELOW or (r, c) == slot.at:
            continue
        content = str(grid.content(cell))
        if not _MONEY.search(content):
            continue
        head = row - _ABOVE <= r < row and c <= column <= ends.get((r, c), (r, c))[1]
        named = r == row or head or _UNIT.search(folded(content))
        if named and (units := units_in(content)):
            yield Place(slot.sheet, r, c), units


def _converted(
    edition: Edition, slot: Slot, unit: str, change: tuple[Value, Value], at: Place
) -> Remark:
    label = edition.fields[slot.key].column.label
    cell, shown, right = slot.place.cell, change[0].shown, change[1].shown
    restored = f"把标签改回“{label}”，" if at != slot.place else ""
    words = Words(
        f"金额的单位写成了{unit}元（{at.cell}）：请{restored}{cell}填{right}；"
        f"{shown}{unit}元已按{right}万元核对。",
        f"The amount is given in another unit than the form's ({at.cell}): restore the label "
        f"{label!r} and write {right} in {cell}; {shown} was checked as {right}.",
    )
    return Remark(RemarkKind.MONEY, words, slot.place)


def _contradicted(slot: Slot, stated: list[tuple[Place, set[str]]]) -> Remark:
    units = [(at.cell, u + "元" * (u in _TENTHS)) for at, some in stated for u in sorted(some)]
    how = "不一致" if len(units) > 1 else "不清楚"
    listed = "，".join(f"{cell}是“{unit}”" for cell, unit in dict(reversed(units)).items())
    words = Words(
        f"{slot.place.cell}的金额，单位写得{how}：{listed}，分不清是多少，没有核对。"
        "请按格式统一成万元，再填数。",
        f"The unit of the amount in {slot.place.cell} is said in different ways ({listed}): "
        "not checked. Give it in the form's unit, 10,000 yuan.",
    )
    return Remark(RemarkKind.MONEY, words, slot.place)
