"""What a mark is, and the marks of a verdict's cards and of cells that a repair changed.

Of each card there is one line and a mark for every cell; of a change a note tells what stood there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ...templates.a1 import position
from ...templates.words import plain
from ..finding import (
    SEVERITY_ZH,
    Card,
    CardCell,
    Change,
    Finding,
    Result,
    Severity,
    Stage,
    Verdict,
)
from .signs import EXPLAINED, KEPT, STATES


@dataclass(frozen=True)
class Mark:
    """One finding as it will look in the workbook.

    ``cell`` is an address such as ``J9``, ``""`` when the finding has no cell; ``severity`` is
    error, warning or note. ``likely`` marks the cell most probably wrong: a stronger fill and a
    note, but no line of its own on the results sheet; ``rival`` one that may be wrong instead.
    ``explained`` is a finding that another cell's mark explains. ``together`` is what the line
    of its card says, and ``within`` marks the card's other cells, which have no line.
    ``as_shown``: the content keeps the format of its cell, as a date of a ledger must; else it
    shows as it was typed. The other texts fill that line.
    """

    sheet: str
    cell: str
    severity: str
    text: str
    rule: str = ""
    found: str = ""
    expected: str = ""
    repair: str = ""
    explanation: str = ""
    basis: str = ""
    likely: bool = False
    rival: bool = False
    explained: bool = False
    together: str = ""
    within: bool = False
    as_shown: bool = False

    @property
    def kind(self) -> str:
        """The fill: ``likely``, ``rival``, ``sum`` or the severity."""
        if self.likely or self.rival:
            return "likely" if self.likely else "rival"
        return "sum" if self.explained else self.severity

    @property
    def listed(self) -> bool:
        """Whether it has a line of its own on the results sheet."""
        return bool(self.together) or not (self.likely or self.rival or self.within)

    @property
    def place(self) -> str:
        """``表三!J9``; the sheet alone, or nothing, when the finding has no cell."""
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet

    def __post_init__(self) -> None:
        if self.severity not in SEVERITY_ZH:
            known = [severity.value for severity in SEVERITY_ZH]
            raise ValueError(f"severity is {self.severity!r}, not one of {known}")
        if self.cell and position(self.cell) is None:
            raise ValueError(f"{self.cell!r} is not a cell address such as J9")


def marks_of(verdict: Verdict) -> list[Mark]:
    """The marks of every card: one line a card, a mark for each of its cells.

    None where nothing is wrong: what of the cover is still empty is no reason to touch the file.

    The cells to be changed are the strongest, rivals are all alike and fainter, what fails only
    because of another cell is faintest.
    """
    if not verdict.findings:
        return []
    return [mark for card in verdict.cards for mark in marks_of_card(verdict, card)]


def marks_of_result(result: Result) -> list[Mark]:
    """Those of its verdict, with what the clerk typed in the column 说明 of 校验结果.

    What was typed about another number, or a cell that is not listed any more, keeps a line.
    """
    marks = marks_of(result.verdict) if result.verdict else []
    listed = [s for s in (result.report.explanations if result.report else ()) if s.listed]
    for explanation in listed:
        sheet, cell, was = explanation.place.sheet, explanation.place.cell, explanation.shown
        for n, mark in enumerate(marks):
            same = (mark.sheet, mark.cell, mark.found) == (sheet, cell, was)
            if same and mark.listed and not mark.explanation:
                marks[n] = replace(mark, explanation=explanation.text)
                break
        else:
            kept = Mark(sheet, cell, "note", "先前的说明，与现在的数无关", rule=KEPT)
            marks.append(replace(kept, found=was, explanation=explanation.text))
    return marks


def marks_of_card(verdict: Verdict, card: Card) -> Iterator[Mark]:
    """A mark for each of a card's cells, in their order; one line where it has no cell."""
    first = next((verdict.findings[n] for n in card.findings), None)
    wrong = [c for c in card.cells if c.role == "culprit"]
    explains = card.stage is Stage.EXPLAIN  # what is explained is bound to the number it had
    alone = len(wrong) == 1 or (first is not None and not card.group)
    line = "：".join(text for text in (card.title.zh, card.sum.zh) if text)
    rivals = [c for c in card.cells if c.role == "rival"]
    blank = Mark("", "", card.severity.value, line, together=line)
    listed = replace(
        blank,
        rule=STATES[card.stage] if not card.explained else EXPLAINED,
        found=_text(_standing(verdict, card, first) if alone or explains else None),
        expected=_text(wrong[0].to if len(wrong) == 1 else None),
        repair=card.how.zh,
        basis=first.basis.zh if first is not None else "",
    )
    if not card.cells:
        yield listed
    for number, cell in enumerate(card.cells):
        mark = listed if number == 0 else replace(blank, together="", within=True)
        yield replace(
            mark,
            sheet=cell.place.sheet,
            cell=cell.place.cell if position(cell.place.cell) else "",
            text=_note(card, cell, rivals),
            likely=cell.role == "culprit" and cell.to is not None and card.stage is not Stage.FILL,
            rival=cell.role == "rival",
            explained=cell.role == "victim" and card.group is not None,
            as_shown=not cell.field,
        )


def _standing(verdict: Verdict, card: Card, first: Finding | None) -> float | str | None:
    """What stands in the cell that a card would change."""
    if card.group:
        changes = (c for e in verdict.repairs if e.group == card.group for c in e.changes)
        return next((c.from_ for c in changes), None)
    return first.found if first is not None else None


def _note(card: Card, cell: CardCell, rivals: Sequence[CardCell]) -> str:
    """What the note on one cell of a card says."""
    title, to = card.title.zh, plain(cell.to)
    if cell.role == "rival" and len(rivals) > 1:
        at = rivals.index(cell) + 1
        return f"{len(rivals)}格都可能，查台账（{at}/{len(rivals)}）：这格若错，应是{to}。{title}。"
    if cell.role == "victim" and card.group is not None:
        wrong = "、".join(c.place.cell for c in card.cells[:3] if c.role != "victim")
        return f"{wrong}改好后这里会相符。{card.sum.zh}"
    if card.stage is Stage.FILL:
        return f"{title}。{card.how.zh}。" if not cell.field else "还没填；没有的填0。"
    return "。".join(text for text in (title, card.sum.zh, card.how.zh) if text) + "。"


def _text(value: float | str | None) -> str:
    return "" if value is None else str(plain(value))


def marks_of_changes(changes: Iterable[Change]) -> list[Mark]:
    """One mark for every cell that was changed."""
    return [
        Mark(
            change.place.sheet,
            change.place.cell,
            Severity.NOTE.value,
            f"已按建议由{plain(change.from_)}改为{plain(change.to)}；要改回，填{plain(change.from_)}。",
            found=str(plain(change.to)),
        )
        for change in changes
    ]


def summary_of_changes(changes: Iterable[Change]) -> str:
    """One line that lists every change."""
    listed = "、".join(
        f"{c.place.sheet}!{c.place.cell} {plain(c.from_)}→{plain(c.to)}" for c in changes
    )
    return f"已改：{listed}"
