"""The report: the values of one unit for one year, where each stands and how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from ..templates.a1 import Place
from ..templates.words import Words

if TYPE_CHECKING:
    from ..templates.edition import Edition


_FEW_BLANKS = 3  # of a table: with more it is still being filled in


class Standing(StrEnum):
    """How a value stands in its cell. Only ``NUMBER`` takes part in sums."""

    NUMBER = "number"
    TEXT_NUMBER = "text_number"  # "18", "１８", "1,234", "18件"
    TEXT = "text"
    BLANK = "blank"
    PLACEHOLDER = "placeholder"  # / - 无
    FORMULA = "formula"  # a formula without a stored value
    ERROR = "error"  # #REF! and its kind
    ABSENT = "absent"  # no such cell in the workbook


class Passage(Place):
    """A line of a published report: ``cell`` says which (第12行; 第3页表2第5行第2格)."""

    line: str

    def __new__(cls, sheet: str, line: str) -> Passage:
        """The ``line`` of the table that a workbook would have on ``sheet``."""
        self = super().__new__(cls, sheet)
        self.line = line
        return self

    @property
    def cell(self) -> str:
        """The line, in words."""
        return self.line

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Passage) and (self.sheet, self.line) == (other.sheet, other.line)

    def __hash__(self) -> int:
        return hash((self.sheet, self.line))

    def __reduce__(self) -> Any:
        return Passage, (self.sheet, self.line)


@dataclass(frozen=True, slots=True)
class Sums:
    """What the formula of a total adds, as addresses such as ``E9至I9``.

    ``wrong``: it lacks, doubles or adds cells that are not its parts, and ``proposed`` is the
    right formula; else it is no sum that can be followed, and its value was taken as it is.
    """

    wrong: bool
    added: str = ""
    lacks: str = ""
    doubled: str = ""
    extra: str = ""
    proposed: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """What stands in one field's cell.

    ``number`` is the value when ``standing`` is NUMBER, what the text would be read as when it
    is TEXT_NUMBER, else None. ``shown`` is the cell's content as text. ``formula`` tells
    whether a formula stands there (None when nobody looked). ``odd`` names what a reader's eye
    would not see or would stumble at: ``invisible`` (characters that do not show), ``marks``
    (``detail`` has the footnote marks), ``date`` (a number that the cell shows as a date),
    ``format`` (one that its format, the ``detail``, shows as something else), ``empty`` (a
    formula whose result is an empty text). ``sums`` is what a total's formula adds when that is
    not the total's parts.
    """

    standing: Standing
    number: float | None = None
    shown: str = ""
    place: Place | None = None
    formula: bool | None = None
    odd: str = ""
    detail: str = ""
    sums: Sums | None = None


ABSENT = Value(Standing.ABSENT)


class RemarkKind(StrEnum):
    """What reading noticed; an edition says under ``severity_if`` how grave each is."""

    ADDED = "added"  # a line that the form lacks holds what belongs into another one
    ASIDE = "aside"  # a sheet that bears a table was not looked at
    CHOSEN = "chosen"  # of several rows, columns or sheets one was taken
    COVERED = "covered"  # cells that a merge covers
    CUT_OFF = "cut_off"  # numbers of cases that lost their last digits
    DAMAGED = "damaged"  # parts of the workbook that could not be read
    DIFFERS = "differs"  # a second copy of a table, with other numbers
    EMPTY = "empty"  # a sheet of a table in which nothing is filled in
    EXTRA = "extra"  # a line or column that the form lacks
    FOREIGN = "foreign"  # rows of another table
    HEADING = "heading"  # a heading that is printed otherwise
    HEADS = "heads"  # heads of a ledger that are missing or stand several times
    HIDDEN = "hidden"  # a sheet that is judged although nobody sees it
    LABEL = "label"  # a label that was changed
    LAYOUT = "layout"  # a table that does not stand as in the template
    MERGED = "merged"  # the cells of several fields in one
    MISSING = "missing"  # fields that were not found
    MONEY = "money"  # an amount in another unit
    MOVED = "moved"  # names that left their labels
    PLACED = "placed"  # rows that are known by their order alone
    PLAIN = "plain"  # a workbook that is none of the template's
    RESTORED = "restored"  # names that were lost and found by their labels
    SAME = "same"  # a second copy of a table, with the same numbers
    SEVERAL = "several"  # a table that stands several times
    SHARED = "shared"  # one cell for two fields
    SPLIT = "split"  # a table in pieces
    STALE = "stale"  # stored results that are old
    STAMP = "stamp"  # what the template says of itself was changed
    UNPLACED = "unplaced"  # numbers whose field nobody can tell
    UNSEEN = "unseen"  # numbers that nobody sees
    WITNESS = "witness"  # numbers that their sums alone place


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about the workbook's structure that reading noticed.

    ``words`` say what is wrong and what to do, under the ``rule``.
    """

    kind: RemarkKind
    words: Words
    place: Place | None = None
    rule: str = "S-TEMPLATE"


@dataclass(frozen=True)
class Stamp:
    """What a template says about itself, empty for a unit's own workbook."""

    edition: str = ""
    year: int | None = None
    code: str = ""
    fingerprint: str = ""
    origin: str = ""  # "import" when the totals are numbers as published


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a unit says to a warning (审核说明): the cell, the number it explains, the words.

    ``listed``: typed in the column 说明 of 校验结果, which is written anew each time.
    """

    place: Place
    shown: str
    text: str
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """One line of 审签: who signed when, and the code of the numbers that were signed.

    ``formula`` is the one by which the sheet makes its code, ``""`` where it is not known.
    """

    role: str
    name: str
    date: str
    code: str
    place: Place
    formula: str = ""


@dataclass(frozen=True)
class LedgerLine:
    """One line of a ledger: its row on the sheet, what is wrong with its words, what it holds.

    ``number`` is what names it (编号), ``""`` for none. ``wrong`` are (column's key, Chinese,
    English): what cannot be read stands there alone. ``columns`` are the letters and ``heads``
    the printed heads of the columns that the ledger has, by key; so are ``dates``, ``words`` (a
    choice by its value) and ``numbers``; ``yes`` are the columns with 是. A blank stands nowhere.
    ``sheet`` is the one that it stands on, ``""`` for the ledger's own.
    """

    row: int
    number: str
    wrong: tuple[tuple[str, str, str], ...]
    dates: Mapping[str, date]
    columns: Mapping[str, str]
    heads: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    yes: frozenset[str] = frozenset()
    sheet: str = ""

    def cell(self, column: str) -> str:
        """The address of the line's cell in ``column``; of its first cell without that column."""
        first = min(self.columns.values(), key=lambda c: (len(c), c), default="A")
        return f"{self.columns.get(column, first)}{self.row}"


@dataclass(frozen=True, eq=False)
class Ledgers:
    """The ledgers that a workbook has, by source; one without a line is not among them.

    Compared by identity, since what was made of their lines is kept with them.
    ``unread`` are the sheets of ledgers whose heads were not recognised, ``remarks`` tell the
    lines that are no records, ``lost`` are ledgers that the workbook was made with.
    """

    lines: Mapping[str, tuple[LedgerLine, ...]] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    lost: tuple[str, ...] = ()

    def of(self, ledger: str) -> tuple[LedgerLine, ...]:
        """The lines of a ledger, none where it is not there."""
        return self.lines.get(ledger, ())


@dataclass(frozen=True)
class Report:
    """One unit's report of one year, as read from ``path``.

    ``values`` has every field of the edition; a field that has no cell is ABSENT there.
    ``year`` is None where the source does not say it; ``filler`` is who filled it in (填报人);
    ``unread`` names what of it could not be looked at (``narrative``: 正文), ``packs`` the rule
    packs it was made with and is read without; ``digest`` tells the file's bytes from others. Of a
    published report, ``headings`` are the form's titles of the sections that it has, in its order
    (None: nobody looked), ``introduction`` what stands before the first. ``rows`` are the
    paragraphs of a workbook's narrative, by section, each with its cell; ``covered`` the fields
    whose cell a merged range covers: what is written there nobody sees;
    ``left_blank`` what of the cover nobody filled in, and where it stands.
    """

    path: str
    edition: Edition
    unit: str
    year: int | None
    values: dict[str, Value]
    unit_class: str = ""
    year_place: Place | None = None
    stamp: Stamp = field(default_factory=Stamp)
    remarks: tuple[Remark, ...] = ()
    narrative: tuple[tuple[str, str], ...] = ()
    rows: Mapping[str, tuple[tuple[Place, str], ...]] = field(default_factory=dict)
    explanations: tuple[Explanation, ...] = ()
    ledgers: Ledgers = field(default_factory=Ledgers)
    filler: str = ""
    unread: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    digest: str = ""
    headings: tuple[str, ...] | None = None
    introduction: str = ""
    covered: frozenset[str] = frozenset()
    left_blank: Mapping[str, Place] = field(default_factory=dict)

    def number(self, key: str) -> float | None:
        """The number a rule may use for ``key``, None when there is none to rely on."""
        return self.numbers.get(key)

    def takes(self, key: str) -> bool:
        """Whether a number may be written for ``key``: its cell is seen and holds no formula."""
        value = self.values[key]
        placed = value.place is not None and value.place.cell != ""
        return placed and not value.formula and key not in self.covered

    @cached_property
    def being_filled(self) -> frozenset[str]:
        """The tables of which more than three cells are blank."""
        counts = Counter(
            field.table
            for key, field in self.edition.fields.items()
            if self.values[key].standing in (Standing.BLANK, Standing.PLACEHOLDER)
        )
        return frozenset(table for table, count in counts.items() if count > _FEW_BLANKS)

    @cached_property
    def numbers(self) -> dict[str, float | None]:
        """The numbers that rules may use, by field."""
        number = Standing.NUMBER
        return {k: v.number for k, v in self.values.items() if v.standing is number}

    def __reduce__(self) -> Any:
        """Between processes the values travel as plain tuples: a tenth of the work."""
        whole = {f.name: getattr(self, f.name) for f in fields(self)}
        return _unpacked, (whole | {"values": [_packed(k, v) for k, v in self.values.items()]},)


@dataclass(frozen=True)
class Prior:
    """A unit's report of the year before. ``renamed``: the unit was merged or renamed since."""

    report: Report
    renamed: bool = False


@dataclass(frozen=True)
class NoPrior:
    """Why what was given as a unit's report of the year before is not compared."""

    why: Words


def _packed(key: str, value: Value) -> tuple[Any, ...]:
    place = value.place
    rest = (value.odd, value.detail, value.sums) if value.odd or value.sums else ()
    return key, value.standing.value, value.number, value.shown, place, value.formula, *rest


def _unpacked(whole: dict[str, Any]) -> Report:
    return Report(**whole | {"values": {line[0]: _value(*line[1:]) for line in whole["values"]}})


@lru_cache(maxsize=65536)
def _value(
    standing: str,
    number: float | None,
    shown: str,
    place: Place | None,
    formula: bool | None,
    odd: str = "",
    detail: str = "",
    sums: Sums | None = None,
) -> Value:
    return Value(Standing(standing), number, shown, place, formula, odd, detail, sums)
