"""What of a sheet nobody sees: hidden rows and columns, and conditional formats that hide."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from ...templates.a1 import COLUMNS
from .cells import BadSheetError, Key, Merge, key_of, merge_of
from .limits import Budget
from .stream import parse

SLIT, CRACK = 4.0, 0.5  # points of a row, characters of a column, in which nothing can be read
_YES = (b"1", b"t")
_LOW, _ENDS = b"0123", b'".'  # of a height below that
_MOST = 2000  # conditions of a sheet that are looked at


class HidingRule(NamedTuple):
    """A conditional format that hides what it applies to: ``kind`` and ``operator`` of its rule."""

    areas: tuple[Merge, ...]
    kind: str
    operator: str
    formulas: tuple[str, ...]

    def covers(self, at: Key) -> bool:
        """Whether it is asked at a cell."""
        return any(a[0] <= at[0] <= b[0] and a[1] <= at[1] <= b[1] for a, b in self.areas)


@dataclass
class Unseen:
    """Spans of rows and of columns that are hidden, from 0, and conditions that hide."""

    rows: list[tuple[int, int]] = field(default_factory=list)
    columns: list[tuple[int, int]] = field(default_factory=list)
    conditions: list[HidingRule] = field(default_factory=list)

    def hides(self, at: Key) -> str:
        """``row`` or ``column`` where that of a cell is hidden, else nothing."""
        if any(a <= at[0] <= b for a, b in self.rows):
            return "row"
        return "column" if any(a <= at[1] <= b for a, b in self.columns) else ""


NONE = Unseen()


def _below(given: str | None, least: float) -> bool:
    """Whether a height or width leaves nothing to be read."""
    try:
        return given is not None and float(given) < least
    except ValueError:
        return False


def may_hide(xml: bytes, hiding: Collection[int]) -> bool:
    """Whether a sheet is worth reading for what it hides."""
    if hiding and b"conditionalFormatting" in xml:
        return True
    _, *flags = xml.split(b"hidden=")
    _, *heights = xml.split(b' ht="')
    _, *widths = xml[: xml.find(b"<sheetData")].split(b' width="')
    return (
        any(value[1:2] in _YES for value in flags)
        or any(value[0] in _LOW and value[1] in _ENDS for value in heights if len(value) > 1)
        or any(value[:1] == b"0" for value in widths)
    )


def read_unseen(chunks: Iterable[bytes], budget: Budget, hiding: Collection[int]) -> Unseen:
    """What a sheet's part hides; ``hiding`` are the formats under which nothing shows."""
    found = Unseen()
    areas: tuple[Merge, ...] = ()
    rule: dict[str, str] | None = None
    formulas: list[str] = []
    row, inside = -1, False

    def start(depth: int, local: str, attrs: dict[str, str]) -> None:
        nonlocal areas, rule, row, inside
        gone = attrs.get("hidden") in ("1", "true")
        if local == "row" and depth == 3:
            given = attrs.get("r")
            row = row + 1 if given is None else key_of("A" + given)[0]
            if gone or _below(attrs.get("ht"), SLIT):
                found.rows.append((row, row))
        elif local == "col" and depth == 3:
            if gone or _below(attrs.get("width"), CRACK):
                first, last = (int(attrs.get(k, "0")) - 1 for k in ("min", "max"))
                found.columns.append((first, min(last, COLUMNS)))
        elif local == "conditionalFormatting":
            areas = tuple(merge_of(a) for a in attrs.get("sqref", "").split())
        elif local == "cfRule":
            dxf = attrs.get("dxfId", "")
            rule = attrs if dxf.isdecimal() and int(dxf) in hiding else None
            formulas.clear()
        elif local == "formula" and rule is not None:
            formulas.append("")
            inside = True

    def text(content: str) -> None:
        if inside and len(formulas[-1]) < 8192:
            formulas[-1] += content

    def end(_depth: int, local: str) -> None:
        nonlocal rule, inside
        inside = inside and local != "formula"
        if local == "cfRule" and rule is not None and len(found.conditions) < _MOST:
            kind, operator = rule.get("type", ""), rule.get("operator", "")
            found.conditions.append(HidingRule(areas, kind, operator, tuple(formulas)))
            rule = None

    try:
        parse(chunks, budget, start=start, end=end, text=text)
    except BadSheetError:
        return NONE
    return found
