"""What the cells of one sheet hold: content, formula and number format, whatever file it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from operator import itemgetter
from typing import NamedTuple

from ...templates.a1 import cell_name, position

Merge = tuple[tuple[int, int], tuple[int, int]]
Key = tuple[int, int]


class BadSheetError(ValueError):
    """A sheet says what cannot be: an address that is none, one cell twice."""


def key_of(address: str) -> Key:
    """Row and column, from 0, of an address without ``$``; ``BadSheetError`` for no address."""
    letters = address.rstrip("0123456789")
    digits = address[len(letters) :]  # some programs pad them with zeros
    at = position(letters + digits.lstrip("0")) if len(digits) <= 7 and "$" not in letters else None
    if at is None:
        raise BadSheetError(address[:20])
    return at


def merge_of(ref: str) -> Merge:
    """The corners of a merged range; ``BadSheetError`` for none."""
    first, _, last = ref.replace("$", "").partition(":")
    return key_of(first), key_of(last or first)


_WORDS = ("#N/A", "#GETTING_DATA", "#NAME?", "#NULL!")


class ErrorText(str):
    """An error value as it is shown, such as ``#REF!``."""

    __slots__ = ()


def is_error(text: str) -> bool:
    """Whether a text is an error value of Excel, WPS or LibreOffice, typed or computed.

    >>> [is_error(t) for t in ("#SPILL!", "Err:522", "#N/A", "#5", "＃")]
    [True, True, True, False, False]
    """
    head, _, code = text.partition(":")
    if head in ("Err", "#ERR"):
        return code.strip().isdecimal()
    known = text.upper() in _WORDS
    return known or (len(text) > 3 and text[0] == "#" and text[-1] in "!?" and " " not in text)


Content = float | bool | str | ErrorText


class Shared(NamedTuple):
    """A formula that several cells share, those of ``area``; the first of them has its ``text``.

    What another cell of the group has for a text does not count, unless a new area begins there.
    """

    group: str
    text: str
    area: str = ""


class Cell(NamedTuple):
    """One cell as its file writes it.

    ``kind`` is ``n`` (number), ``s`` (``payload`` is an index into the shared strings), ``t``
    (text), ``b`` (truth value), ``e`` (error) or ``""`` (no value); ``formula`` is its text
    without ``=``, None where there is none; ``style`` is the index of its number format.
    """

    kind: str
    payload: Content | int
    formula: str | Shared | None
    style: int


_COLUMN = itemgetter(1)


class Cells:
    """One sheet: ``held`` has the cells with a content or a formula by (row, column) from 0."""

    __slots__ = (
        "_masters",
        "_missing",
        "altering",
        "dated",
        "epoch",
        "faint",
        "held",
        "hidden",
        "merges",
        "strings",
        "struck",
        "years",
    )

    def __init__(
        self,
        held: dict[Key, Cell],
        merges: Sequence[Merge] = (),
        strings: Sequence[str] = (),
        dated: frozenset[int] = frozenset(),
        missing: Callable[[], Exception] | None = None,
        altering: Mapping[int, str] | None = None,
        epoch: int = 0,
    ) -> None:
        self.held: dict[Key, Cell] = held
        self.merges: Sequence[Merge] = merges
        self.strings: Sequence[str] = strings
        self.dated: frozenset[int] = dated
        self.altering = altering or {}
        # styles of cells that are struck through, and of those in the colour of their ground
        self.struck: frozenset[int] = frozenset()
        self.faint: frozenset[int] = frozenset()
        self.years: frozenset[int] = frozenset()  # styles of dates that show their year alone
        self.hidden: str = ""  # "hidden" for a sheet that nobody sees, where a reader knows it
        self.epoch: int = epoch  # days from 1899-12-30 to the day 0 of the workbook's dates
        self._masters: dict[Key, tuple[Key, str]] | None = None
        self._missing = missing

    def at(self, row: int, column: int) -> Content:
        """The content of a cell, ``""`` where there is none."""
        cell = self.held.get((row, column))
        return "" if cell is None else self.content(cell)

    def content(self, cell: Cell) -> Content:
        """What a cell of this sheet shows; raises where it is a shared string that is not there."""
        if cell.kind != "s":
            return cell.payload
        try:
            return self.strings[cell.payload]  # type: ignore[index]
        except IndexError:
            raise (self._missing() if self._missing else ValueError("no such string")) from None

    def is_known(self, row: int, column: int) -> bool:
        """Whether the file says what the cell shows: not for a formula without a stored value."""
        cell = self.held.get((row, column))
        return cell is None or cell.kind != ""

    @property
    def bottom(self) -> int:
        """The last row that has a content or a formula, -1 on an empty sheet."""
        return max(self.held, default=(-1, 0))[0]

    def is_beyond(self, column: int) -> bool:
        """Whether something stands right of ``column`` below the first line."""
        if max(map(_COLUMN, self.held), default=-1) <= column:
            return False
        return any(c > column for row, c in self.held if row)

    def is_date(self, row: int, column: int) -> bool:
        """Whether the cell's number is shown as a date or a time."""
        cell = self.held.get((row, column))
        return cell is not None and cell.kind == "n" and cell.style in self.dated

    def formula(self, row: int, column: int) -> str | None:
        """The text of a cell's formula without ``=``, None where there is none."""
        cell = self.held.get((row, column))
        formula = None if cell is None else cell.formula
        if not isinstance(formula, Shared):
            return formula
        return self._follower((row, column)) or formula.text

    def add_formulas(self, formulas: Iterable[Sequence[object]]) -> None:
        """Puts an application's formulas to the cells: rows of texts from A1 on, ``=`` first.

        A cell that shows that very text holds the text; a formula that shows nothing has an
        empty text for its result, since an application has computed it.
        """
        for r, row in enumerate(formulas):
            for c, text in enumerate(row):
                if isinstance(text, str) and text.startswith("=") and len(text) > 1:
                    old = self.held.get((r, c), Cell("t", "", None, 0))
                    if old.payload != text:
                        self.held[r, c] = old._replace(formula=text[1:])

    def count_from(self, epoch: int) -> None:
        """Numbers that an application told as days become those of a workbook of that ``epoch``."""
        self.epoch = epoch
        for key, cell in self.held.items():
            day = cell.payload if cell.style in self.dated else None
            if isinstance(day, float) and day >= epoch:
                self.held[key] = cell._replace(payload=day - epoch)

    def add_formats(self, keys: Iterable[Key], areas: Sequence[tuple[Merge, str]]) -> None:
        """Puts an application's number formats, areas with a code, to the numbers at ``keys``."""
        from .formats import formats_of_codes

        first = 1 + max(self.dated, default=0)
        styles = {code: n for n, code in enumerate(dict.fromkeys(c for _, c in areas), first)}
        looks = formats_of_codes({style: code for code, style in styles.items()})
        telling = looks.dated | looks.altering.keys()
        odd = [(area, styles[code]) for area, code in areas if styles[code] in telling]
        self.dated = self.dated | looks.dated
        self.altering = {**self.altering, **looks.altering}
        for key in keys if odd else ():
            cell = self.held.get(key)
            if cell is not None and cell.kind == "n":
                for ((top, left), (bottom, right)), style in odd:
                    if top <= key[0] <= bottom and left <= key[1] <= right:
                        self.held[key] = cell._replace(style=style)
                        break

    def show(
        self, looks: Iterable[tuple[Merge, str]], style: int, tick: Callable[[], None]
    ) -> None:
        """Gives the numbers that a conditional format would show as others its number format.

        ``style`` is the first index of formats that is free; ``tick`` looks at the clock.
        """
        from .formats import alters

        altering = dict(self.altering)
        for given, (((top, left), (bottom, right)), code) in enumerate(looks, style):
            tick()
            inside: Iterable[Key] = self.held
            if (bottom - top + 1) * (right - left + 1) < len(self.held):
                inside = product(range(top, bottom + 1), range(left, right + 1))
            for key in [k for k in inside if top <= k[0] <= bottom and left <= k[1] <= right]:
                cell = self.held.get(key)
                if cell and cell.kind == "n" and alters(code, cell.payload):
                    self.held[key] = cell._replace(style=given)
                    altering[given] = code
        self.altering = altering

    def _shared(self) -> dict[Key, tuple[Key, str]]:
        """For each cell of a group where the group begins, and the formula there."""
        begun: dict[str, tuple[Key, str]] = {}
        found: dict[Key, tuple[Key, str]] = {}
        early: list[tuple[Key, str]] = []
        for key, cell in self.held.items():
            formula = cell.formula
            if isinstance(formula, Shared):
                if formula.text and (formula.area or formula.group not in begun):
                    begun[formula.group] = (key, formula.text)
                if formula.group in begun:
                    found[key] = begun[formula.group]
                else:
                    early.append((key, formula.group))
        return found | {key: begun[group] for key, group in early if group in begun}

    def _follower(self, key: Key) -> str:
        """The formula that a cell takes from the first of its group, moved to its own place."""
        if self._masters is None:
            self._masters = self._shared()
        master = self._masters.get(key)
        if master is None or len(master[1]) > 8192:
            return ""
        if master[0] == key:
            return master[1]
        from openpyxl.formula.tokenizer import TokenizerError
        from openpyxl.formula.translate import Translator, TranslatorError

        try:
            moved = Translator("=" + master[1], cell_name(*master[0]))
            return str(moved.translate_formula(cell_name(*key)))[1:]
        except (TokenizerError, TranslatorError, ValueError, IndexError, KeyError):
            # moved off the sheet, or no formula at all
            return ""

    def rows(self) -> Iterator[tuple[int, dict[int, Content]]]:
        """Every row that has something, from the top: its number and content by column.

        A day is told as the number that it has where day 0 is 1899-12-30.
        """
        found: dict[int, dict[int, Content]] = {}
        for (row, column), cell in self.held.items():
            if cell.kind:
                content = self.content(cell)
                if self.epoch and cell.style in self.dated and isinstance(content, float):
                    content += self.epoch
                found.setdefault(row, {})[column] = content
        for row in sorted(found):
            yield row, found[row]


def cells_from(grid: Iterable[Sequence[object]]) -> Cells:
    """The cells of a sheet that is told as rows from A1 on, ``""`` or None for an empty cell."""
    cells = {
        (r, c): cell
        for r, row in enumerate(grid)
        for c, content in enumerate(row)
        if (cell := _cell(content)) is not None
    }
    return Cells(cells, dated=frozenset({1}))


def _cell(content: object) -> Cell | None:
    """A content as a cell; a date becomes the number that Excel holds, shown as a date."""
    import datetime
    from decimal import Decimal

    if content is None or content == "":
        return None
    if isinstance(content, bool):
        return Cell("b", content, None, 0)
    if isinstance(content, int | float | Decimal):  # an amount of money comes as a Decimal
        return Cell("n", float(content), None, 0)
    if isinstance(content, datetime.datetime | datetime.date):
        moment = datetime.datetime(*content.timetuple()[:6])
        span = moment - datetime.datetime(1899, 12, 30)
        return Cell("n", span.days + span.seconds / 86400, None, 1)
    if isinstance(content, datetime.time):
        seconds = content.hour * 3600 + content.minute * 60 + content.second
        return Cell("n", seconds / 86400, None, 1)
    if isinstance(content, datetime.timedelta):
        return Cell("n", content.total_seconds() / 86400, None, 1)
    text = str(content)
    return Cell("e", ErrorText(text), None, 0) if is_error(text) else Cell("t", text, None, 0)
