"""A file that holds several reports: the lines of the one that is read, and what of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ....templates.forms import Forms
from ....templates.words import Words
from ...report import Passage, Remark, RemarkKind
from ..spelling import normal
from .report_narrative import title
from .table_search import Match
from .tokens import TextLine

_MOST = 20  # reports in a file that are looked into
_BEFORE = Words(
    "文件里前面还有一份年报（{where}起），里面没有能读的表，没有读。"
    "请一个文件只放一份年报，分开再检查。",
    "The file holds another report before this one (from {where}), without a table that can be "
    "read; it was not read: keep one report a file and check each.",
)
_AFTER = Words(
    "文件里后面还有一份年报（{where}起），数与前一份不同，没有读。"
    "请一个文件只放一份年报，分开再检查。",
    "The file holds another report after this one (from {where}) with other numbers; it was not "
    "read: keep one report a file and check each.",
)
Find = Callable[[Sequence[TextLine]], Match]


@dataclass(frozen=True)
class OneReport:
    """What was found in the lines of one report, and what in those after it, if anything is."""

    lines: Sequence[TextLine]
    match: Match
    remarks: tuple[Remark, ...] = ()


def first_of(forms: Forms, lines: Sequence[TextLine], best: Find) -> OneReport:
    """The first report of ``lines`` of which a table can be read; ``best`` finds the tables.

    Where the heading of the first section comes again, another report has begun, or the list of
    contents has ended.
    """
    first = {normal(e.sections[0].title) for e in forms.candidates}
    begun = [n for n, line in enumerate(lines) if normal(line.text[:40].lstrip("#* ")) in first]
    for n, begin in enumerate(begun[:_MOST] if len(begun) > 1 else []):
        stop = begun[n + 1] if n + 1 < len(begun) else len(lines)
        if not best(lines[begin if n else 0 : stop]).values:
            continue
        rest = best(lines[stop:]) if stop < len(lines) else None
        start = begun[n - 1] + 1 if n else 0
        if title(lines[start:begin])[1] is None:
            start = 0
        own = lines[start : stop if rest and rest.values else None]
        match = best(own)
        return OneReport(own, match, tuple(_unread(lines, (start, stop), match, rest)))
    return OneReport(lines, best(lines))


def _differ(one: Match, other: Match | None) -> bool:
    """Whether both have numbers for a field, and not the same."""
    numbers = {k: v.number for k, v in one.values.items() if v.number is not None}
    others = other.values.items() if other else ()
    return any(numbers.get(k, v.number) != v.number for k, v in others if v.number is not None)


def _unread(
    lines: Sequence[TextLine], span: tuple[int, int], own: Match, rest: Match | None
) -> Iterator[Remark]:
    """What to say of a report before the one that is read, and of the ``rest`` after it.

    ``span`` is from where to where the one that is read goes.
    """
    start, stop = span
    before = title(lines[:start])
    if before[1] is not None and before != title(lines[start:stop]):
        yield _remark(own, lines[0], _BEFORE)
    if (rest and any(k not in own.values for k in rest.values)) or _differ(own, rest):
        yield _remark(own, lines[stop], _AFTER)


def _remark(own: Match, line: TextLine, words: Words) -> Remark:
    place = Passage(own.edition.tables[0].sheet, line.where)
    return Remark(RemarkKind.DIFFERS, words.filled(where=line.where), place, "S-COPY")
