"""Which cells a formula looks at, and those of a table's columns that it names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError

from ...templates.a1 import COLUMNS, ROWS, cell_name, position
from .cells import Key
from .limits import Budget
from .stream import DoctypeError, parse

LONGEST = 8192  # characters of a formula: Excel allows no more
_DEEPEST = 64  # functions within one another, as Excel allows
_UNTOLD = {"INDIRECT(", "OFFSET(", "CELL(", "INFO(", "RTD(", "CALL(", "EVALUATE("}
_SHEET = r"(?:'[^']+'|[^\s!'\"(),;:+*/<>=&^-]+)!"
_TWICE = re.compile(rf"({_SHEET})(\$?[A-Za-z]+\$?[0-9]+):\1(?=\$?[A-Za-z]+\$?[0-9])")
_LINES = re.compile(r"\$?([A-Za-z]{1,3}|[0-9]{1,7}):\$?([A-Za-z]{1,3}|[0-9]{1,7})\Z", re.ASCII)


@dataclass(frozen=True)
class Area:
    """A rectangle of cells of a sheet, corners included."""

    sheet: str
    first: Key
    last: Key

    @property
    def size(self) -> int:
        """The number of its cells."""
        return (self.last[0] - self.first[0] + 1) * (self.last[1] - self.first[1] + 1)

    def holds(self, sheet: str, at: Key) -> bool:
        """Whether a cell lies in it."""
        inside = self.first[0] <= at[0] <= self.last[0] and self.first[1] <= at[1] <= self.last[1]
        return inside and sheet == self.sheet


@dataclass
class Looked:
    """The areas that a formula looks at, and its text with names put in their place."""

    areas: list[Area] = field(default_factory=list)
    text: str = ""


def looked_at(
    formula: str, sheet: str, sheets: Sequence[str], names: Mapping[str, str]
) -> Looked | None:
    """What a formula on ``sheet`` looks at; None where that cannot be told by its text.

    ``sheets`` are those of the workbook in the order of their tabs, ``names`` its names with
    what they refer to.
    """
    if not formula or len(formula) > LONGEST:
        return None
    from openpyxl.formula.tokenizer import Tokenizer, TokenizerError

    try:
        tokens = Tokenizer("=" + once_named(formula).replace("_xlfn.", "")).items
    except (TokenizerError, IndexError, ValueError):
        return None
    found, depth, pieces = Looked(), 0, []
    for token in tokens:
        text = str(token.value)
        depth += (token.subtype == "OPEN") - (token.subtype == "CLOSE")
        infix = token.type == "OPERATOR-INFIX" and text in (":", " ")
        if infix or depth > _DEEPEST or text.upper() in _UNTOLD:
            return None
        if token.type == "OPERAND" and token.subtype == "RANGE":
            text = names.get(text, text)
            areas = areas_of(text, sheet, sheets)
            if not areas and not text.startswith("_xlpm."):  # a variable of LET
                return None
            found.areas += areas
        pieces.append(text)
    found.text = "".join(pieces)
    return found


def once_named(formula: str) -> str:
    """``Sheet!A1:Sheet!B2`` as ``Sheet!A1:B2``."""
    return formula if '"' in formula or "!" not in formula else _TWICE.sub(r"\1\2:", formula)


def areas_of(text: str, sheet: str, sheets: Sequence[str]) -> list[Area]:
    """The areas that one reference names, one on each sheet of a 3-D one; none where it is none."""
    named, bang, cells = text.rpartition("!")
    if len(named) > 1 and named[0] == named[-1] == "'":
        named = named[1:-1].replace("''", "'")
    first, colon, last = (named or sheet).partition(":")
    if bang and (not named or "[" in named):
        return []
    order = {s.lower(): n for n, s in enumerate(sheets)}
    one, two = order.get(first.lower()), order.get((last if colon else first).lower())
    corners = _corners(cells.replace("$", ""))
    if corners is None or one is None or two is None:
        return []
    return [Area(s, *corners) for s in sheets[min(one, two) : max(one, two) + 1]]


def _corners(cells: str) -> tuple[Key, Key] | None:
    """The corners of ``A1``, ``A1:B2``, ``A:B``, ``1:3``."""
    if lines := _LINES.match(cells):
        one, two = lines.groups()
        if one.isdigit() and two.isdigit():
            rows = sorted((int(one) - 1, int(two) - 1))
            return (rows[0], 0), (rows[1], COLUMNS - 1)
        if not (one.isdigit() or two.isdigit()):
            first, last = position(one + "1"), position(two + "1")
            if first and last:
                columns = sorted((first[1], last[1]))
                return (0, columns[0]), (ROWS - 1, columns[1])
        return None
    first_, _, last_ = cells.partition(":")
    one_, two_ = position(first_), position(last_ or first_)
    if one_ is None or two_ is None:
        return None
    rows, columns = sorted((one_[0], two_[0])), sorted((one_[1], two_[1]))
    return (rows[0], columns[0]), (rows[1], columns[1])


_MOST = 200  # columns of a table that are looked at


def table_columns(part: bytes, sheet: str, budget: Budget) -> dict[str, str]:
    """By name the cells of each column between head and totals, as a workbook's names say them."""
    table: dict[str, str] = {}
    columns: list[str] = []

    def start(depth: int, local: str, attrs: dict[str, str]) -> None:
        if local == "table" and depth == 1:
            table.update(attrs)
        elif local == "tableColumn" and len(columns) < _MOST:
            columns.append(attrs.get("name", ""))

    with suppress(ExpatError, DoctypeError, ValueError):  # a broken one names nothing
        parse([part], budget, start)
    first, _, last = table.get("ref", "").partition(":")
    begin, end = position(first), position(last or first)
    if begin is None or end is None:
        return {}
    top = begin[0] + (table.get("headerRowCount", "1") != "0")
    bottom = end[0] - (table.get("totalsRowCount", "0") != "0")
    quoted = sheet.replace("'", "''")
    return {
        f"{table.get('displayName', '')}[{name}]": (
            f"'{quoted}'!{cell_name(top, at)}:{cell_name(bottom, at)}"
        )
        for at, name in enumerate(columns, begin[1])
        if name and top <= bottom
    }
