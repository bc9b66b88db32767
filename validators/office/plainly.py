"""A workbook, in memory or open, judged and repaired without numpy, pandas or the desk's files."""

from __future__ import annotations

from collections.abc import Sequence

from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ...templates.unforeseen import bounded
from ..finding import Result
from ..judging.judge import judge_plainly
from ..reading.grids import Grids
from ..reading.readers import read_sent
from ..reading.workbook import read_book
from .fix import fix_bytes
from .last_year import PriorSource


def check_plainly(
    data: bytes, name: str, forms: Forms = ANY, *, prior: PriorSource | None = None
) -> Result:
    """As ``check_bytes``, by the plain engine: the same verdict.

    Needs no numpy and no pandas.
    """
    try:
        with bounded(name):
            report = read_sent(data, name, forms)
            before = [prior.of(report)] if prior else None
            return Result(name, report, judge_plainly([report], before)[0])
    except InputError as error:
        return Result(name, error=error)


def check_book_plainly(book: Grids, forms: Forms = ANY) -> Result:
    """As ``check_book``, by the plain engine: the same verdict."""
    with bounded(book.name):
        report = read_book(book, forms=forms)
        return Result(book.name, report, judge_plainly([report])[0])


def fix_plainly(
    data: bytes,
    name: str,
    chosen: Sequence[tuple[int, int]],
    forms: Forms = ANY,
    *,
    prior: PriorSource | None = None,
) -> bytes:
    """As ``fix_bytes``, by the plain engine: the same repairs, written the same.

    ``chosen`` are (group, rank) of the verdicts one after the other. Raises ``InputError``.
    """
    return fix_bytes(data, name, chosen, forms, prior=prior, judging=judge_plainly)
