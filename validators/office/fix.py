"""Repairs carried out one at a time: only what somebody confirmed is written, and can be undone.

Every confirmed repair is written at once and atomically, each changed cell bears a note with the
number that stood there, and what the file was before stands beside it until the next repairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from ...templates.disk import digest_of, mode_of, put, sweep
from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ...templates.outside import read_outside
from ...templates.sealing import is_sealed, seal
from ...templates.words import Words
from .. import mark
from ..finding import Card, Change, Event, Result, Severity, Verdict
from ..judging.judge import judge, judge_plainly
from ..judging.sources import Source
from ..judging.titles import question
from ..ooxml.files import hold
from ..ooxml.limits import Limits, load
from ..ooxml.numbers import set_numbers
from ..reading.workbook import read_bytes
from ..report import Report
from .check import Judging
from .fill import cells_of, zeros_bytes
from .last_year import Priors, PriorSource
from .outputs import must_be_xlsx

_HEAD, _LINE = "gouji-undo ", 1 << 10


class RepairDraft:
    """A workbook in memory whose repairs are decided on one by one.

    ``result`` is the verdict on what it is now, ``changes`` are those made so far; what was
    declined is not offered again. ``judging`` is the engine (``judge_plainly`` needs no pandas).
    """

    def __init__(
        self,
        data: bytes,
        name: str,
        forms: Forms = ANY,
        prior: PriorSource | None = None,
        judging: Judging = judge,
    ) -> None:
        self.name = name
        self.data: bytes = data
        self.changes: list[Change] = []
        self._forms, self._prior, self._judge = forms, prior, judging
        self._marked = mark.clear_bytes(data, name) != data
        self._declined: set[tuple[tuple[str, float], ...]] = set()
        self._holds: dict[str, float] = {}
        self.result: Result = self._judged(data)
        self._weigh()

    def offers(self) -> list[Event]:
        """The events for the next group that nobody decided on, likeliest first."""
        groups: dict[int, list[Event]] = {}
        for event in self._asked.repairs:
            right = any(change.field in self._holds for change in event.changes)
            if not right and self.writable(event) and _changes(event) not in self._declined:
                groups.setdefault(event.group, []).append(event)
        return next(iter(groups.values()), [])

    def answer(self, event: Event, number: float) -> None:
        """Takes what the records say of the first cell of ``event``.

        The event's number, or another one, is written; the one that stands there is evidence for
        what may be wrong instead. Raises ``InputError`` where it cannot be written.
        """
        first = event.changes[0]
        if number == first.to:
            self.confirm(event)
        elif number != first.from_:
            self.confirm(replace(event, changes=(replace(first, to=number),)))
        self._holds[first.field] = number
        self._weigh()

    @property
    def errors(self) -> int:
        """How many findings of severity error are left."""
        verdict = self.result.verdict
        return verdict.count(Severity.ERROR) if verdict is not None else 0

    def card(self, event: Event) -> Card | None:
        """The card that the event belongs to, when it is the first that is offered of it."""
        cards = self._asked.cards
        return next((c for c in cards if c.group == event.group and event.rank == 1), None)

    def question(self, events: Sequence[Event]) -> Words:
        """What tells ``events`` apart: what the records say of the first one's first cell."""
        assert self.result.report is not None
        return question(self.result.report.edition, events)

    def decline(self, events: Iterable[Event]) -> None:
        """These are not offered again."""
        self._declined |= {_changes(event) for event in events}

    def confirm(self, event: Event) -> None:
        """Carries the event out: numbers in its cells, a note on each that tells the former one.

        Raises ``InputError`` where a number cannot be written; nothing is changed then.
        """
        report = self.result.report
        assert report is not None
        # the sums that the formulas will give are among them
        cells = cells_of(report, {c.field: c.to for c in event.changes})
        cells |= {(c.place.sheet, c.place.cell): c.to for c in event.changes}
        written = set_numbers(mark.clear_bytes(self.data, self.name), cells, self.name)
        result = self._judged(written)
        now = result.report
        if now is None or any(now.number(c.field) != c.to for c in event.changes):
            cell = event.changes[0].place.cell
            raise InputError(
                f"{self.name} 的 {cell} 写不进这个数，没有改动。",
                f"{self.name}: {cell} cannot be written; it was left as it was.",
            )
        changes = [*self.changes, *event.changes]
        summary = (mark.summary_of_changes(changes),)
        marks = self._marks(result, changes)
        data = mark.apply_bytes(written, marks, summary=summary, name=self.name)
        self.data, self.result, self.changes = data, result, changes
        self._weigh()

    def _marks(self, result: Result, changes: Sequence[Change]) -> list[mark.Mark]:
        """What the cells bear: the former numbers, and the findings where they were marked."""
        known = self._marked and result.verdict is not None
        return [*(mark.marks_of_result(result) if known else ()), *mark.marks_of_changes(changes)]

    def fill_zeros(self) -> int:
        """Writes 0 into every blank cell; how many these were.

        Raises ``InputError`` where there is none, and nothing is changed then.
        """
        written, count = zeros_bytes(mark.clear_bytes(self.data, self.name), self.name, self._forms)
        result = self._judged(written)
        marks = self._marks(result, self.changes)
        self.data = mark.apply_bytes(written, marks, name=self.name) if marks else written
        self.result = result
        self._weigh()
        return count

    def _judged(self, data: bytes) -> Result:
        report = read_bytes(data, self.name, forms=self._forms)
        return Result(self.name, report, self._verdict(report))

    def _verdict(self, report: Report, sources: Mapping[str, Source] | None = None) -> Verdict:
        before = [self._prior.of(report)] if self._prior is not None else None
        return self._judge([report], before, sources=[sources] if sources else None)[0]

    def _weigh(self) -> None:
        """What is offered: what ``result`` proposes, with what was looked up as evidence."""
        report, verdict = self.result.report, self.result.verdict
        assert report is not None
        assert verdict is not None
        looked_up, own = Source.plain(self._holds), report.ledgers.lines
        evidence = {name: looked_up for name in report.edition.ledgers if name not in own}
        self._asked = self._verdict(report, evidence) if self._holds else verdict

    def writable(self, event: Event) -> bool:
        """Whether a number may be written into every cell that the event changes."""
        report = self.result.report
        return report is not None and all(report.takes(c.field) for c in event.changes)


class Repairs(RepairDraft):
    """The same of a file: each confirmed repair is written at once."""

    def __init__(self, path: Path, forms: Forms = ANY, prior: Path | None = None) -> None:
        sweep(path.parent)
        self.path = path
        self._original = load(path, Limits())
        must_be_xlsx(path)
        priors = Priors(prior, forms) if prior is not None else None
        super().__init__(self._original, str(path), forms, priors)

    def confirm(self, event: Event) -> None:
        """As of a draft; raises ``InputError`` when the file is no longer the one judged."""
        with self._written():
            super().confirm(event)

    def confirm_certain(self) -> None:
        """All that is certain, written at once: a run that is killed has done all or nothing."""
        with self._written():
            while offers := self.offers():
                if offers[0].certainty == "certain":
                    super().confirm(offers[0])
                else:
                    self.decline(offers)

    def fill_zeros(self) -> int:
        """As of a draft; raises ``InputError`` when the file is no longer the one judged."""
        with self._written():
            return super().fill_zeros()

    @contextmanager
    def _written(self) -> Iterator[None]:
        """What is done to the draft within is written to the file, and can be undone."""
        with hold(self.path):
            before = self.data
            if load(self.path, Limits()) != before:
                raise InputError(
                    f"{self.path} 在核对之后又改过，没有写入。请重新运行。",
                    f"{self.path} was changed after it was judged; nothing was written: run again.",
                )
            yield
            if self.data == before:
                return
            digest = digest_of(self.data)
            head = f"{_HEAD}{digest} {seal(_HEAD, digest.encode(), self._original)}\n"
            put(_beside(self.path), head.encode() + self._original, mode=mode_of(self.path))
            put(self.path, self.data)


def fix_bytes(
    data: bytes,
    name: str,
    chosen: Sequence[tuple[int, int]],
    forms: Forms = ANY,
    *,
    prior: PriorSource | None = None,
    judging: Judging = judge,
) -> bytes:
    """The workbook after the repairs ``chosen``, each a (group, rank) of the verdict before it.

    ``prior`` is last year's report, where the verdicts were made with it. Raises ``InputError``
    where there is no such repair.
    """
    draft = RepairDraft(data, name, forms=forms, prior=prior, judging=judging)
    for at in chosen:
        verdict = draft.result.verdict
        events = {(e.group, e.rank): e for e in (verdict.repairs if verdict else ())}
        if at not in events or not draft.writable(events[at]):
            raise InputError(
                f"{name} 没有这一条修改，请重新核对。", f"{name} has no such repair: check again."
            )
        draft.confirm(events[at])
    return draft.data


fix_plainly = partial(fix_bytes, judging=judge_plainly)


def undo(path: Path) -> None:
    """Gives back the file as it was before its last repairs, byte for byte.

    Raises ``InputError`` where there is nothing to undo, where what lies beside the file is not of
    this user's own repairs, and where the file was changed since.
    """
    sweep(path.parent)
    beside = _beside(path)
    if not beside.is_file():
        raise InputError(f"{path} 没有可以撤销的修改。", f"{path}: there is no repair to undo.")
    with hold(path):
        limits = Limits()
        head, _, original = read_outside(beside, limits.file_bytes + _LINE).partition(b"\n")
        now, sealed = load(path, limits), head.decode("ascii", "replace").rpartition(" ")
        digest = sealed[0].removeprefix(_HEAD)
        if not is_sealed(sealed[2], _HEAD, digest.encode("utf-8", "replace"), original):
            raise InputError(
                f"{beside} 不是您在这台电脑上修改时留下的，没有撤销，{path} 没有动。"
                "请按批注逐格改回。",
                f"{beside} was not left by repairs of yours on this machine: nothing was undone. "
                "The notes tell the former numbers.",
            )
        if now != original and digest_of(now) != digest:
            raise InputError(
                f"{path} 在修改之后又改过，撤销会丢掉那些改动，没有动它。请按批注逐格改回。",
                f"{path} was changed since; undoing would lose that, so it was left as it is: the "
                "notes tell the former numbers.",
            )
        if now != original:
            put(path, original, expected=digest)
        beside.unlink()


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.gouji-undo")


def _changes(event: Event) -> tuple[tuple[str, float], ...]:
    return tuple((c.field, c.to) for c in event.changes)
