"""按此修改 and 其余空格填0 in an application: what is meant, and what is asked before it."""

from __future__ import annotations

from ..templates.errors import InputError
from ..templates.words import plain
from ..validators.finding import Event, Result
from ..validators.office import zeros_of

_CELLS = 6  # of a repair, that a question names
NO_BLANK = "没有空着的格。"
NOTHING = "没有可以照着改的建议。请先按“校验”，看“校验结果”。"


def writable(result: Result, formulas_known: bool = True) -> list[Event]:
    """The repairs of a judged book, likeliest first, whose cells are typed numbers that are seen.

    Where an engine tells no formulas, a total may be one and is left alone.
    """
    report, verdict = result.report, result.verdict
    if report is None or verdict is None:
        return []
    events = [
        event
        for event in verdict.repairs
        if all(
            report.takes(c.field) and (formulas_known or c.field not in report.edition.totals)
            for c in event.changes
        )
    ]
    return sorted(events, key=lambda e: (e.rank, e.group))


def chosen(result: Result, selected: tuple[str, str] | None, formulas_known: bool = True) -> Event:
    """The likeliest repair that changes the selected cell, else that of a finding there, else any.

    ``selected`` is (sheet, cell). Raises ``InputError`` when there is no repair to offer.
    """
    events = writable(result, formulas_known)
    if not events:
        raise InputError(NOTHING, "There is no repair to carry out: check the workbook first.")
    groups = {
        f.group
        for f in (result.verdict.findings if result.verdict else ())
        if f.place is not None and (f.place.sheet, f.place.cell) == selected
    }
    here = [e for e in events if selected in cells_of(e)]
    about = [e for e in events if e.group in groups]
    return (here or about or events)[0]


def cells_of(event: Event) -> list[tuple[str, str]]:
    """(sheet, cell) of everything that the repair changes."""
    return [(c.place.sheet, c.place.cell) for c in event.changes]


def question(result: Result, event: Event) -> str:
    """What is asked before it is carried out: what its card says, and the numbers to be written."""
    cards = result.verdict.cards if result.verdict else ()
    card = next((c for c in cards if c.group == event.group), None)
    numbers = [f"{c.place.cell}由{plain(c.from_)}改为{plain(c.to)}" for c in event.changes[:_CELLS]]
    more = f"等{len(event.changes)}格" if len(event.changes) > _CELLS else ""
    one = "其中一种：" if card is not None and card.question else ""
    title = f"{card.title}。" if card is not None else ""
    return f"{title}{one}{'，'.join(numbers)}{more}。照这样改吗？"


def blanks(result: Result, formulas_known: bool = True) -> dict[tuple[str, str], float]:
    """By (sheet, cell) what 其余空格填0 writes; nothing where the form was not recognised."""
    return zeros_of(result.report, formulas_known) if result.report is not None else {}


def zeros_question(count: int) -> str:
    """What is asked before the blank cells are filled."""
    return f"还有{count}格空着，都填0吗？写着字的格不动，总计照各项相加。"
