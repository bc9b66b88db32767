"""One thing wrong with a report, in the shape every output and every mark is made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from ..templates.a1 import Place
from ..templates.words import NOTHING, Words, plain, printable
from .report import Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ..templates.errors import InputError
    from ..templates.form import Rule


class Severity(StrEnum):
    """error = 强制性, must be repaired; warning = 核实性, repair or explain; note = 提示."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)


SEVERITY_ZH = {Severity.ERROR: "错误", Severity.WARNING: "警告", Severity.NOTE: "提示"}


def counted(counts: Mapping[Severity, int]) -> str:
    """``错误2，警告0，提示1``, from a count for each severity; one that is left out counts 0."""
    return "，".join(f"{zh}{counts.get(severity, 0)}" for severity, zh in SEVERITY_ZH.items())


@dataclass(frozen=True)
class Related:
    """Another field that the finding is about."""

    field: str
    place: Place


@dataclass(frozen=True)
class Repair:
    """The cell most likely wrong, and the value that makes the failed rules hold.

    ``reason`` says why this cell.
    """

    field: str
    place: Place
    value: float
    reason: Words


@dataclass(frozen=True)
class Finding:
    """One thing wrong, where, and what would make it right.

    ``found`` and ``expected`` are numbers
    where the rule compares numbers, text where it does not, None where there is nothing to say.
    ``place`` is None when the finding is about the whole workbook; ``group`` is that of the
    events that explain it, 0 where there are none. ``sum`` is its arithmetic in one line, ``gap``
    left minus right of it, ``title`` what a card says of it first, where not the message does.
    """

    rule: str
    severity: Severity
    message: Words
    basis: Words
    place: Place | None = None
    field: str = ""
    related: tuple[Related, ...] = ()
    found: float | str | None = None
    expected: float | str | None = None
    repair: Repair | None = None
    instance: str = ""
    group: int = 0
    sum: Words = NOTHING
    gap: float | None = None
    title: Words = NOTHING

    @classmethod
    def of(
        cls,
        rule: Rule,
        words: Words,
        *,
        severity: Severity | str = "",
        place: Place | None = None,
        field: str = "",
        related: tuple[Related, ...] = (),
        found: float | str | None = None,
        expected: float | str | None = None,
        repair: Repair | None = None,
        instance: str = "",
        group: int = 0,
        sum: Words = NOTHING,
        gap: float | None = None,
        title: Words = NOTHING,
    ) -> Finding:
        """The one way to make a finding: rule and basis of ``rule``, the message of ``words``.

        The message is one line; what an input put into it does nothing to a terminal.
        """
        return cls(
            rule.id,
            Severity(severity or rule.severity),
            Words(printable(words.zh).rstrip(), printable(words.en).rstrip()),
            rule.basis,
            place,
            field,
            related,
            found,
            expected,
            repair,
            instance,
            group,
            sum,
            gap,
            title,
        )


@dataclass(frozen=True)
class Unchecked:
    """A rule instance that could not run, and why."""

    rule: str
    field: str
    reason: Words


@dataclass(frozen=True)
class Change:
    """One cell of an event: the value that stands there and the one that would be right."""

    field: str
    place: Place
    from_: float
    to: float


@dataclass(frozen=True)
class Event:
    """One thing that may have gone wrong and explains the failed relations of a ``group``.

    ``rank`` 1 is the likeliest of its group; ``certainty`` is certain, likely or tied; ``kind``
    says what happened: ``cell`` (one number), ``followed`` (and the totals added up from it),
    ``exchange``, ``column`` (in the wrong one), ``shift`` (a run one place off), ``stale``
    (totals not brought up to date), ``several`` of these. ``reason`` tells it with what comes of
    it, ``brief`` without.
    """

    group: int
    rank: int
    certainty: str
    kind: str
    changes: tuple[Change, ...]
    reason: Words
    brief: Words = NOTHING


_LOOK_UP = Words("对照底册改正", "correct it by the records")


class Stage(StrEnum):
    """When in a person's work a card's turn comes, the first first."""

    FILL = "fill"  # blank cells, cover, 正文
    MEND = "mend"  # errors
    EXPLAIN = "explain"  # warnings: repair, or explain in writing
    KNOW = "know"  # notes


STAGES = {
    Stage.FILL: Words("待填", "to fill"),
    **{
        stage: Words(SEVERITY_ZH[severity], severity.value)
        for stage, severity in zip([*Stage][1:], Severity, strict=True)
    },
}


class Act(StrEnum):
    """What a person may do with a card."""

    CHANGE = "change"  # write ``CardCell.to`` into the cells
    ZEROS = "zeros"  # write 0 into the blank cells
    EXPLAIN = "explain"  # leave it and say why
    ASK = "ask"  # look a number up, as the card's question says


@dataclass(frozen=True)
class CardCell:
    """A cell that a card speaks of.

    ``role`` is ``culprit`` (it is wrong), ``rival`` (it may be) or ``victim`` (right, or unknown:
    it does not fit because of another); ``to`` what would be right in it, None where nothing says.
    """

    place: Place
    field: str
    role: str
    to: float | None = None


@dataclass(frozen=True)
class Card:
    """One thing for a person to do: an event with its rivals, a cell, the blanks of a table.

    ``title`` (at most 60 characters) and ``sum`` (one line of arithmetic, at most 80) are all that
    a person reads; ``question`` is the one whose answer decides between rivals. ``findings`` are
    the positions in ``Verdict.findings`` that the card covers, ``group`` that of its events,
    ``explained`` what the unit wrote to a warning.
    """

    stage: Stage
    severity: Severity
    title: Words
    sum: Words = NOTHING
    cells: tuple[CardCell, ...] = ()
    acts: tuple[Act, ...] = ()
    question: Words | None = None
    findings: tuple[int, ...] = ()
    group: int | None = None
    explained: str | None = None

    @property
    def how(self) -> Words:
        """What to do, in a few words: the first thing that a person would try."""
        if self.explained:
            return Words("已说明", "explained")
        if Act.CHANGE in self.acts:
            wrong = [c for c in self.cells if c.role == "culprit" and c.to is not None]
            if len(wrong) == 1:
                return Words(f"改成{plain(wrong[0].to)}", f"make it {plain(wrong[0].to)}")
            each = [f"{c.place.cell}改成{plain(c.to)}" for c in wrong[:6]]
            en = [f"{c.place.cell}: {plain(c.to)}" for c in wrong[:6]]
            return Words("，".join(each), ", ".join(en))
        if self.question is not None:
            return self.question
        if Act.ZEROS in self.acts:
            return Words("没有的填0", "write 0 where there is none")
        if self.stage is Stage.FILL:
            return Words("填上", "fill it in")
        if Act.EXPLAIN in self.acts:
            return Words("核对；属实的写说明", "look again; explain what is true")
        return _LOOK_UP if self.stage is Stage.MEND else NOTHING

    @property
    def open(self) -> bool:
        """Whether somebody has to do something before the report can be sent."""
        return self.stage is not Stage.KNOW and not self.explained


@dataclass(frozen=True)
class Verdict:
    """Everything that is to say about one report.

    ``checked`` counts the equalities that ran, held or not; ``repairs`` are the events that
    would make failed ones hold; ``cards`` the things to do, in the order of work.
    """

    checked: int
    findings: tuple[Finding, ...] = ()
    unchecked: tuple[Unchecked, ...] = field(default=())
    repairs: tuple[Event, ...] = ()
    cards: tuple[Card, ...] = ()

    @property
    def left(self) -> int:
        """How many cards are open: 0 means that the report can be sent."""
        return sum(card.open for card in self.cards)

    @property
    def left_words(self) -> Words:
        """How many things are left to do, as everything that tells it says it."""
        return Words(f"还差{self.left}件", f"{self.left} left to do")

    def count(self, severity: Severity) -> int:
        """How many findings are of ``severity``."""
        return sum(f.severity is severity for f in self.findings)


@dataclass(frozen=True)
class Skipped:
    """A file that was come across and not read, and why."""

    path: str
    reason: Words


@dataclass(frozen=True)
class Result:
    """What checking one file came to: a report with its verdict, or the reason there is none."""

    path: str
    report: Report | None = None
    verdict: Verdict | None = None
    error: InputError | None = None

    @property
    def status(self) -> str:
        """``ok``, ``findings`` or ``unreadable``; only errors and warnings are findings."""
        if self.verdict is None:
            return "unreadable"
        grave = (Severity.ERROR, Severity.WARNING)
        return "findings" if any(f.severity in grave for f in self.verdict.findings) else "ok"


@dataclass(frozen=True)
class Results:
    """Results one by one, as outputs take them, and the files that were not read."""

    each: Iterable[Result]
    skipped: Sequence[Skipped] = ()

    def __iter__(self) -> Iterator[Result]:
        return iter(self.each)


def skipped_of(results: Iterable[Result]) -> Sequence[Skipped]:
    """The files that were not read; none where the results are a plain list."""
    return results.skipped if isinstance(results, Results) else ()
