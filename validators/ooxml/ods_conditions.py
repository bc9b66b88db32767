"""The conditional formats of an OpenDocument sheet, those of its cells' styles among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ...templates.a1 import position
from .cells import Merge
from .conditional import MOST, WHOLE, Looks, add_look
from .ods_styles import OdsStyles
from .unseen import HidingRule

_CORNER = r"\.\$?([A-Z]{1,3})\$?([0-9]{1,7})"
_AREA = re.compile(rf"{_CORNER}(?::(?:\$?'[^']{{0,80}}'|[^ .']{{0,80}}){_CORNER})?")
_COMPARED = re.compile(r"(?:cell-content\(\))?\s*(<=|>=|!=|=|<|>)(.*)", re.DOTALL)
_SPAN = re.compile(r"(?:cell-content-is-)?(not-)?between\(([^,;()]*)[,;]([^,;()]*)\)")
_TRUE = re.compile(r"(?:formula-is|is-true-formula)\((.*)\)", re.DOTALL)
_OPERATORS = {
    "=": "equal",
    "!=": "notEqual",
    ">": "greaterThan",
    "<": "lessThan",
    ">=": "greaterThanOrEqual",
    "<=": "lessThanOrEqual",
}


class OdsConditions:
    """Those of one sheet: ``looks`` that show other numbers, ``rules`` under which nothing shows.

    A style of cells may have conditions (the standard's way), areas of a sheet too (LibreOffice's).
    """

    def __init__(self, styles: OdsStyles) -> None:
        self.looks: Looks = {}
        self.rules: list[HidingRule] = []
        self._styles = styles
        self._areas: Sequence[Merge] = ()
        self._cells: dict[str, list[Merge]] = {}  # by their style

    def target(self, address: str) -> None:
        """The areas that the next conditions hold for: ``表三.D7:表三.D31 表三.J7``."""
        self._areas = [*_areas(address)]

    def condition(self, says: str, style: str) -> None:
        """What holds there, and the style that a cell then has."""
        self._add(self._areas, says, style)

    def cell(self, style: str, area: Merge) -> None:
        """A cell, and how many alike it stands for."""
        if style in self._styles.maps:
            areas = self._cells.setdefault(style, [])
            if len(areas) <= MOST:
                areas.append(area if len(areas) < MOST else WHOLE)

    def done(self) -> None:
        """The sheet is at its end: the conditions of its cells' styles."""
        for style, areas in self._cells.items():
            for condition, applied, base in self._styles.maps[style]:
                # what a formula says is said of the base
                first = _areas(base) if _TRUE.fullmatch(condition) else ()
                self._add([*first, *areas], condition, applied)

    def _add(self, areas: Iterable[Merge], says: str, style: str) -> None:
        if code := self._styles.code_of(style):
            for area in areas:
                add_look(self.looks, area, code)
        elif self._styles.hides(style) and len(self.rules) < MOST:
            self.rules.append(HidingRule(tuple(areas), *_rule(says.strip())))


def _rule(says: str) -> tuple[str, str, tuple[str, ...]]:
    """Kind, operator and formulas of a rule, as an .xlsx has them."""
    if span := _SPAN.fullmatch(says):
        return "cellIs", "notBetween" if span[1] else "between", (span[2].strip(), span[3].strip())
    if true := _TRUE.fullmatch(says):
        return "expression", "", (formula_of("of:=" + true[1]),)
    if compared := _COMPARED.fullmatch(says):
        return "cellIs", _OPERATORS[compared[1]], (compared[2].strip(),)
    return "", "", ()


def _areas(address: str) -> Iterator[Merge]:
    for match in _AREA.finditer(address):
        first = position(match[1] + match[2])
        last = position(match[3] + match[4]) if match[3] else first
        if first and last:
            yield first, last


def formula_of(text: str) -> str:
    """An OpenFormula as an .xlsx has it: ``of:=SUM([.D9:.I9])`` → ``SUM(D9:I9)``."""
    body = text.partition("=")[2] if text.partition("=")[0] in ("of:", "oooc:", "msoxl:") else text
    done, quoted = [], False
    for i, piece in enumerate(body.lstrip("=").split('"')):
        if i:
            done.append('"')
            quoted = not quoted
        done.append(piece if quoted else _unquoted(piece))
    return "".join(done)


def _unquoted(piece: str) -> str:
    first, *rest = piece.split("[")
    done = [first.replace(";", ",").replace("~", ",")]
    for part in rest:
        area, _, tail = part.partition("]")
        ends = [a.lstrip("$") for a in area.split(":")]
        sides = [f"{e.rpartition('.')[0]}!{e.rpartition('.')[2]}".lstrip("!") for e in ends]
        sides[1:] = [s.rpartition("!")[2] for s in sides[1:]]
        done.append(":".join(sides) + tail.replace(";", ",").replace("~", ","))
    return "".join(done)
