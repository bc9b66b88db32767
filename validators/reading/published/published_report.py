"""Finds the form's tables in a stream of tokens, by their labels and the count of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from ....templates.edition import Edition
from ....templates.errors import InputError
from ....templates.forms import ANY, Forms
from ....templates.words import listed
from ...report import ABSENT, Report, Stamp, Standing
from ..remarks import missing_fields
from .document_lines import check
from .report_narrative import sections, title
from .row_labels import Index, shows_a_table
from .several_reports import first_of
from .table_search import Match, TableSearch
from .tokens import TextLine

_EMPTY = (Standing.BLANK, Standing.PLACEHOLDER)
_HEADS = 10  # what a head that only one edition has is worth, in fields


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
    one = first_of(forms, lines, partial(_best, forms))
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
