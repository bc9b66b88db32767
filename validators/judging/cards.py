"""Findings and events become cards: one thing for a person to do each, in the order of work.

A card stands for everything that one event makes fail; what is blank comes before what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from ...templates.words import NOTHING, Words
from ..finding import Act, Card, CardCell, Event, Finding, Severity, Stage
from ..report import ABSENT, Report, Standing
from . import titles

_ALIKE = 6  # so many cells of a table with the same fault are one card
_RIVALS = 5
_STAGES = {Severity.ERROR: Stage.MEND, Severity.WARNING: Stage.EXPLAIN, Severity.NOTE: Stage.KNOW}
_BLANK = "CELL-BLANK"
_IMPOSSIBLE = ("CELL-NEGATIVE", "CELL-FRACTION")  # of numbers that cannot stand there
_LAST = 1 << 30  # after every card that covers a finding


def cards_of(
    report: Report, findings: Sequence[Finding], events: Sequence[Event], *, zeros_fit: bool
) -> tuple[Card, ...]:
    """The cards of one report.

    ``findings`` are those of its verdict in their order, ``events`` what explains them;
    ``zeros_fit`` says whether every relation holds once its blank cells are 0.
    """
    dealer = _Dealer(report, findings)
    cards = [*dealer.groups(events)]
    cards += dealer.blanks(zeros_fit)
    cards += dealer.cover()
    cards += dealer.cells()
    cards += dealer.unexplained()
    cards += dealer.others()
    order = list(Stage)
    cards.sort(
        key=lambda c: (order.index(c.stage), c.severity.rank, min(c.findings, default=_LAST))
    )
    return tuple(cards)


def _is_sure(events: Sequence[Event]) -> bool:
    """Whether what happened can be said: it is certain, or nothing else comes near."""
    return events[0].certainty == "certain" or [e.certainty for e in events] == ["likely"]


class _Dealer:
    """Deals out the findings of one report: each goes to one card."""

    def __init__(self, report: Report, findings: Sequence[Finding]) -> None:
        self.report, self.edition, self.findings = report, report.edition, findings
        self.dealt: set[int] = set()
        self._odd = {(f.rule, f.field) for f in findings if f.rule.startswith("CELL-")}

    def blanks(self, zeros_fit: bool) -> Iterable[Card]:
        """The blank cells: of the whole report where 0 in them settles it, else table by table."""
        blank = self._open(lambda f: f.rule == _BLANK)
        if not blank:
            return
        grave = self._open(lambda f: f.severity is Severity.ERROR)
        if zeros_fit and any(self.report.numbers.values()) and not grave:
            yield self._blank_card(blank, titles.zeros(len(blank)), NOTHING)
            return
        tables: dict[str, list[int]] = {}
        for n in blank:
            tables.setdefault(self.edition.fields[self.findings[n].field].table, []).append(n)
        filling = self.report.being_filled
        for table in self.edition.tables:
            if numbers := tables.get(table.id):
                waiting = self._waiting(table.id) if table.id in filling else []
                signs = {str(self.findings[n].found or "") for n in numbers}
                sign = signs.pop()[:6] if len(signs) == 1 else ""
                words = titles.unfilled(table.sheet, len(numbers), sign)
                yield self._blank_card(numbers, words, titles.FILL_FIRST, waiting)

    def _waiting(self, table: str) -> list[int]:
        """Relations of a table that cannot hold before its blank cells are filled in."""
        relations = self._open(lambda f: f.instance and f.field and not f.group)
        fields, found = self.edition.fields, self.findings
        own = (n for n in relations if fields[found[n].field].table == table)
        return [n for n in own if any(map(self._is_blank, self._leaves(found[n])))]

    def _leaves(self, finding: Finding) -> set[str]:
        return self._parts(finding.field, *(r.field for r in finding.related))

    def _parts(self, *keys: str) -> set[str]:
        """These fields and everything that they add up."""
        pending, found = [*keys], set[str]()
        while pending:
            key = pending.pop()
            if key not in found:
                found.add(key)
                pending += self.edition.totals.get(key, ())
        return found

    def _is_blank(self, key: str) -> bool:
        standing = self.report.values.get(key, ABSENT).standing
        return standing in (Standing.BLANK, Standing.PLACEHOLDER)

    def _blank_card(
        self, blank: Sequence[int], title: Words, below: Words, waiting: Sequence[int] = ()
    ) -> Card:
        return self._card(
            (*blank, *waiting),
            title,
            below,
            cells=[replace(c, to=0.0) for c in self._cells(blank, "culprit")],
            acts=(Act.ZEROS,),
            stage=Stage.FILL,
            severity=Severity.WARNING,
        )

    def _cells(
        self, numbers: Iterable[int], role: str, but: Collection[str] = ()
    ) -> list[CardCell]:
        """Where these findings stand, those in the fields ``but`` left out."""
        findings = (self.findings[n] for n in numbers)
        return [
            CardCell(f.place, f.field, role)
            for f in findings
            if f.place is not None and f.field not in but
        ]

    def cover(self) -> Iterable[Card]:
        """What of the cover and the narrative is still empty."""
        for words, place in titles.unwritten(self.report):
            yield Card(
                Stage.FILL,
                Severity.WARNING,
                words,
                cells=(CardCell(place, "", "culprit"),) if place is not None else (),
            )

    def groups(self, events: Sequence[Event]) -> Iterable[Card]:
        """A card for every group of events."""
        groups: dict[int, list[Event]] = {}
        for event in sorted(events, key=lambda e: (e.group, e.rank)):
            groups.setdefault(event.group, []).append(event)
        for number, rivals in groups.items():
            covered = self._covered(number, rivals)
            if covered:
                yield self._event_card(number, rivals[:_RIVALS], covered)

    def _covered(self, number: int, events: Sequence[Event]) -> list[int]:
        """What the events of a group explain: relations, and what is odd about their own cells."""
        changed = {c.field for c in events[0].changes} if _is_sure(events) else set()
        own = self._open(
            lambda f: f.group == number or (f.rule.startswith("CELL-") and f.field in changed)
        )
        odd = {(f.rule, f.field) for f in (self.findings[n] for n in own)}
        return own + self._open(lambda f: not odd.isdisjoint(self._causes(f)))

    def _event_card(self, number: int, events: Sequence[Event], covered: Sequence[int]) -> Card:
        first, certain = events[0], _is_sure(events)
        shown = events[:1] if certain else events
        role = "culprit" if certain else "rival"
        changed = {c.field: c for e in reversed(shown) for c in e.changes}
        ordered = [changed[k] for k in dict.fromkeys(c.field for e in shown for c in e.changes)]
        cells = [CardCell(c.place, c.field, role, c.to) for c in ordered]
        cells += self._cells(covered, "victim", changed)
        failed = [self.findings[n] for n in covered]
        question = None
        if certain:
            title = titles.happened(self.report, first)
        else:
            title = titles.rivals(self.edition, shown, failed)
            question = titles.question(self.edition, shown)
        return self._card(
            covered,
            title,
            next((f.sum for f in failed if f.sum), NOTHING),
            cells=cells,
            acts=(Act.CHANGE, Act.EXPLAIN) if certain else (Act.ASK,),
            question=question,
            group=number,
        )

    def cells(self) -> Iterable[Card]:
        """Cells that are no numbers, or numbers that cannot be: one card each, many alike one."""
        alike: dict[tuple[str, str, object], list[int]] = {}
        own = self._open(
            lambda f: f.rule.startswith("CELL-") and not (self._follows(f) or self._causes(f))
        )
        for n in own:
            finding = self.findings[n]
            what = (finding.rule, self.edition.fields[finding.field].table, finding.severity)
            alike.setdefault(what, []).append(n)
        for numbers in alike.values():
            for some in [numbers] if len(numbers) >= _ALIKE else [[n] for n in numbers]:
                if some[0] not in self.dealt:  # by another rule on the same cell
                    yield self._cell_card([n for n in some if n not in self.dealt])

    def _follows(self, finding: Finding) -> bool:
        return self.report.values.get(finding.field, ABSENT).odd == "follows"

    def _causes(self, finding: Finding) -> Iterable[tuple[str, str]]:
        """Rule and field of what makes a formula's result as odd as itself: 2.5 among its parts."""
        value = self.report.values.get(finding.field, ABSENT)
        if not (finding.rule.startswith("CELL-") and value.formula):
            return ()
        parts = self._parts(finding.field) - {finding.field}
        return {(finding.rule, key) for key in parts} & self._odd

    def _again(self, numbers: Sequence[int]) -> list[int]:
        """What only says once more that the cells of ``numbers`` are wrong: no further card."""
        own = [self.findings[n] for n in numbers]
        at = {(f.place.sheet, f.place.cell) for f in own if f.place is not None}
        impossible = {f.field for f in own if f.rule in _IMPOSSIBLE}
        odd = {(rule, key) for key in impossible for rule in _IMPOSSIBLE}
        odd |= {(f.rule, f.field) for f in own}

        def says(f: Finding) -> bool:
            if not f.rule.startswith("CELL-"):
                return self._is_equality(f) and not impossible.isdisjoint(self._leaves(f))
            if f.field in impossible or not odd.isdisjoint(self._causes(f)):
                return True
            detail = self.report.values.get(f.field, ABSENT).detail
            return self._follows(f) and f.place is not None and (f.place.sheet, detail) in at

        return [n for n in self._open(says) if n not in numbers]

    def _cell_card(self, numbers: Sequence[int]) -> Card:
        own = [self.findings[n] for n in numbers]
        first, after = own[0], self._again(numbers)
        cells = [
            CardCell(f.place, f.field, "culprit", f.repair.value if f.repair else None)
            for f in own
            if f.place is not None
        ]
        cells += self._cells(after, "victim", {c.field for c in cells})
        title = (
            titles.cell(self.report, first)
            if len(numbers) == 1
            else titles.alike(self.edition, own)
        )
        acts: list[Act] = [Act.CHANGE] if any(c.to is not None for c in cells) else []
        return self._card((*numbers, *after), title, NOTHING, cells=cells, acts=tuple(acts))

    def unexplained(self) -> Iterable[Card]:
        """Equalities that no event explains: one card each, many of a table one together."""
        tables: dict[str, list[int]] = {}
        for n in self._open(self._is_equality):
            tables.setdefault(self.edition.fields[self.findings[n].field].table, []).append(n)
        for numbers in tables.values():
            for some in [numbers] if len(numbers) > _RIVALS else [[n] for n in numbers]:
                found = [self.findings[n] for n in some]
                title = titles.unexplained(self.edition, found)
                below = found[0].sum if len(found) == 1 else titles.EACH
                cells = self._cells(some, "victim")
                yield self._card(some, title, below, cells=cells, acts=(Act.ASK,))

    def _is_equality(self, finding: Finding) -> bool:
        rule = self.edition.rule_by_id[finding.rule]
        own = finding.field in self.edition.fields and finding.gap is not None
        return own and rule.relation == "=" and not finding.title

    def others(self) -> Iterable[Card]:
        """Everything else: a card for each place at which a rule says something."""
        same: dict[tuple[object, ...], list[int]] = {}
        for n in self._open(lambda _: True):
            f = self.findings[n]
            field = self.edition.fields.get(f.field)
            beside = (field.row, field.table) if field is not None and f.title else (f.field or n,)
            same.setdefault((f.rule, f.severity, *beside), []).append(n)
        for numbers in same.values():
            first = self.findings[numbers[0]]
            acts = (Act.EXPLAIN,) if first.severity is Severity.WARNING else ()
            cells = self._cells(numbers, "culprit")
            yield self._card(numbers, titles.other(first), first.sum, cells=cells, acts=acts)

    def _open(self, fits: Callable[[Finding], object]) -> list[int]:
        """The findings that are not dealt out and fit."""
        return [n for n, f in enumerate(self.findings) if n not in self.dealt and fits(f)]

    def _card(
        self,
        covered: Sequence[int],
        title: Words,
        below: Words,
        *,
        cells: Sequence[CardCell],
        acts: tuple[Act, ...] = (),
        question: Words | None = None,
        group: int | None = None,
        stage: Stage | None = None,
        severity: Severity | None = None,
    ) -> Card:
        self.dealt |= {*covered}
        grave = severity or min((self.findings[n].severity for n in covered), key=lambda s: s.rank)
        return Card(
            stage or _STAGES[grave],
            grave,
            title=titles.fitted(title, titles.TITLE),
            sum=titles.fitted(below, titles.SUM),
            cells=tuple(cells),
            acts=acts,
            question=question,
            findings=tuple(sorted(covered)),
            group=group,
            explained=self._explained(cells) if grave is Severity.WARNING else None,
        )

    def _explained(self, cells: Sequence[CardCell]) -> str | None:
        """What the unit wrote to a warning about one of these cells, for the number it has now."""
        for cell in cells:
            shown = self.report.values.get(cell.field, ABSENT).shown
            for explanation in self.report.explanations:
                is_current = explanation.shown in ("", shown)
                if explanation.place == cell.place and is_current and explanation.text:
                    return explanation.text
        return None
