"""Finds the form's tables in a stream of tokens, by their labels and the count of numbers.

Of a file that holds several reports one is read, and it is said what of the others was not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ....templates.edition import Edition
from ....templates.errors import InputError
from ....templates.forms import ANY, Forms
from ....templates.words import Words, listed
from ...report import ABSENT, Passage, Remark, RemarkKind, Report, Stamp, Standing
from ..remarks import missing_fields
from ..spelling import normal
from .document_lines import check
from .report_narrative import sections, title
from .row_labels import Index, shows_a_table
from .table_search import Match, TableSearch
from .tokens import TextLine

_EMPTY = (Standing.BLANK, Standing.PLACEHOLDER)
_HEADS = 10  # what a head that only one edition has is worth, in fields
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


def reader(
    lines_of: Callable[[Path], Sequence[TextLine]],
    hidden_in: Callable[[Path], InputError | None] | None = None,
) -> Callable[[Path, Forms, str | None], Report]:
    """The reader of a published format, made of what gives the lines of its files.

    ``hidden_in`` gives the sentence for a file that shows no table but holds its words elsewhere,
    None where it does not.
    """

    def read(path: Path, forms: Forms = ANY, password: str | None = None) -> Report:
        """The report published in the file ``path``.

        Numbers are taken as published, totals too. A field whose row or count of numbers could
        not be told for certain is ABSENT and a remark says so. Raises ``InputError`` when the
        file cannot be read or no table of the form is in it. ``password`` opens nothing here.
        """
        lines = lines_of(path)
        try:
            return report_of(lines, path, forms)
        except InputError as error:
            if hidden_in is None or shows_a_table(lines):
                raise
            raise (hidden_in(path) or error) from None

    return read


def report_of(lines: Sequence[TextLine], path: Path, forms: Forms = ANY) -> Report:
    """The report in ``lines``; ``InputError`` when no table of the form is in them."""
    check(lines, str(path))
    one = first_of(forms, lines)
    best, lines = one.match, one.lines
    unit, year = title(lines)
    edition = best.edition
    if all(v.standing in _EMPTY for v in best.values.values()):
        raise _nothing(path, edition, bool(best.values))
    if best.mixed:
        raise InputError(
            f"{path} 里并排或交错放着两份年报的表，分不清哪个数是哪一份的，没有读取。"
            "请一个文件只放一份年报，分开再检查。",
            f"{path} holds the tables of two reports beside each other; which number is of which "
            "cannot be told: keep one report a file and check each.",
        )
    cells = {k: v.place for k, v in best.values.items() if v.place}
    words = sections(edition, lines, best.spans)
    return Report(
        path=str(path),
        edition=edition,
        unit=unit,
        year=year,
        values={k: best.values.get(k, ABSENT) for k in edition.fields},
        unit_class=edition.class_of(unit),
        stamp=Stamp(origin="import"),
        remarks=(*best.remarks, *one.remarks, *missing_fields(edition, cells), *words.remarks),
        narrative=words.texts,
        headings=words.headings,
        introduction=words.introduction,
        unread=() if words.texts else ("narrative",),
    )


@dataclass(frozen=True)
class OneReport:
    """What was found in the lines of one report, and what in those after it, if anything is."""

    lines: Sequence[TextLine]
    match: Match
    remarks: tuple[Remark, ...] = ()


def first_of(forms: Forms, lines: Sequence[TextLine]) -> OneReport:
    """The first report of ``lines`` of which a table can be read.

    Where the heading of the first section comes again, another report has begun, or the list of
    contents has ended.
    """
    first = {normal(e.sections[0].title) for e in forms.candidates}
    begun = [n for n, line in enumerate(lines) if normal(line.text[:40].lstrip("#* ")) in first]
    for n, begin in enumerate(begun[:_MOST] if len(begun) > 1 else []):
        stop = begun[n + 1] if n + 1 < len(begun) else len(lines)
        if not _best(forms, lines[begin if n else 0 : stop]).values:
            continue
        rest = _best(forms, lines[stop:]) if stop < len(lines) else None
        start = begun[n - 1] + 1 if n else 0
        if title(lines[start:begin])[1] is None:
            start = 0
        own = lines[start : stop if rest and rest.values else None]
        match = _best(forms, own)
        return OneReport(own, match, tuple(_unread(lines, (start, stop), match, rest)))
    return OneReport(lines, _best(forms, lines))


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


def _best(forms: Forms, lines: Sequence[TextLine]) -> Match:
    """What was found for the edition that fits best."""
    index = Index([t for line in lines for t in line.tokens])
    _, year = title(lines)
    matches = [_match(e, forms.candidates, lines, index) for e in forms.candidates]
    return max(
        matches,
        key=lambda m: (
            len(m.values) + _HEADS * (m.heads + (year is not None and m.edition.fits_year(year))),
            m.edition.from_year,
        ),
    )


def _match(
    edition: Edition, others: Sequence[Edition], lines: Sequence[TextLine], index: Index
) -> Match:
    match = Match(edition, others, {line.number: line for line in lines})
    start = 0
    for table in edition.tables:
        start = max(start, TableSearch(match, table, index, start).find())
    return match


def _nothing(path: Path, edition: Edition, blank: bool) -> InputError:
    names = listed(f"{t.sheet}“{t.title}”" for t in edition.tables)
    if blank:
        return InputError(
            f"{path} 里有{names.zh}，但格里都没有数，像是空白的表样。请换成填好的年报。",
            f"{path} holds {names.en} without a single number, like a blank form: give the report "
            "that was filled in.",
        )
    row = next(r.label for t in edition.tables for r in t.blocks[0].rows if r.label)
    return InputError(
        f"{path} 里没有找到{names.zh}（要找的行如“{row}”，后面应有数字）。请核对是不是全文。",
        f"None of {names.en} was found in {path} (rows such as {row!r} followed by numbers): "
        "check that it is the whole text of the report.",
    )
