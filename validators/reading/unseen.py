"""Numbers of the tables that nobody sees: hidden rows and columns, ink of the ground's colour."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from ...templates.a1 import Place, column_name
from ...templates.words import Words
from ..ooxml.unseen import HidingRule
from ..report import Remark, RemarkKind, Value
from .grids import Grids
from .stored import Following
from .values import Slot, Slots

_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    "equal": operator.eq,
    "notEqual": operator.ne,
    "greaterThan": operator.gt,
    "lessThan": operator.lt,
    "greaterThanOrEqual": operator.ge,
    "lessThanOrEqual": operator.le,
}
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?\Z")
_ALWAYS = ("notContainsBlanks", "notContainsErrors")
_WHY = {
    "row": Words("第{at}行是隐藏的", "row {at} is hidden"),
    "column": Words("{at}列是隐藏的", "column {at} is hidden"),
    "faint": Words("字的颜色与底色一样", "in the colour of the ground"),
    "format": Words("被条件格式隐去了", "hidden by a conditional format"),
}


def nobody_sees(book: Grids, slots: Slots, values: Mapping[str, Value]) -> Iterator[Remark]:
    """One warning for each hidden row or column, and for each way of not showing, of a sheet."""
    found: dict[tuple[str, str, int], list[tuple[Place, Value]]] = {}
    for sheet, every in slots.by_sheet:
        unseen, cells = book.unseen(sheet), book.cells(sheet)
        here: Iterable[Slot] = (taken[0] for taken in every)
        if not (unseen.rows or unseen.columns or unseen.conditions):
            at, faint = cells.held.get, cells.faint
            if not faint:
                continue
            drawn = ((taken[0], at(taken[2])) for taken in every)
            here = [slot for slot, cell in drawn if cell is not None and cell.style in faint]
        following = Following(book)
        for slot in here:
            value = values[slot.key]
            if not value.number:
                continue
            cell, why = cells.held.get(slot.at), unseen.hides(slot.at)
            if not why and cell is not None and cell.style in cells.faint:
                why = "faint"
            own = (c for c in unseen.conditions if c.covers(slot.at))
            if not why and any(_holds(following, c, slot, value) for c in own):
                why = "format"
            if why:
                line = {"row": slot.at[0], "column": slot.at[1]}.get(why, -1)
                found.setdefault((sheet, why, line), []).append((slot.place, value))
    for (sheet, why, line), numbers in found.items():
        yield _remark(sheet, why, line, numbers)


def _holds(following: Following, condition: HidingRule, slot: Slot, value: Value) -> bool:
    """Whether a condition under which nothing shows holds for a cell."""
    if condition.kind == "cellIs":
        numbers = [float(f) for f in condition.formulas if _NUMBER.match(f)]
        number = value.number or 0.0
        if len(numbers) == 2:
            return (numbers[0] <= number <= numbers[1]) == (condition.operator == "between")
        sign = _SIGNS.get(condition.operator)
        return sign is not None and len(numbers) == 1 and sign(number, numbers[0])
    if condition.kind == "expression" and condition.formulas:
        first = min(a for a, _ in condition.areas)
        return following.is_true(condition.formulas[0], Place(slot.sheet, *first), slot.place)
    return condition.kind in _ALWAYS


def _remark(sheet: str, why: str, line: int, numbers: list[tuple[Place, Value]]) -> Remark:
    at = {"row": str(line + 1), "column": column_name(line)}.get(why, "")
    seen = _WHY[why].filled(at=at)
    shown = [f"{p.cell}是{v.shown}" for p, v in numbers[:4]]
    shown_en = [f"{p.cell}: {v.shown}" for p, v in numbers[:4]]
    more = "等" if len(numbers) > 4 else ""
    where = f"{sheet} " if why in ("row", "column") else f"{sheet} {numbers[0][0].cell}{more}"
    words = Words(
        f"{where}{seen.zh}，里面有看不见的数（{'、'.join(shown)}{more}），求和时照样计入。"
        "请让它显示出来，核对这些数。",
        f"{sheet}: {seen.en} and holds numbers that nobody sees and sums add "
        f"({', '.join(shown_en)}): show and check them.",
    )
    return Remark(RemarkKind.UNSEEN, words, numbers[0][0])
