"""Many workbooks, one judge: paths in, one result per file out, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ..finding import Result
from ..judging.judge import judge
from ..reading.grids import Grids
from ..reading.workbook import read_book, read_bytes
from ..report import Report
from .last_year import Priors, PriorSource
from .paths import expand
from .worker import read_one

_BATCH = 256


def check(
    paths: Sequence[Path],
    *,
    edition: str = "",
    rules: Path | None = None,
    jobs: int = 1,
    password: str | None = None,
    prior: Path | PriorSource | None = None,
    cluster: str = "",
    progress: Callable[[int], None] | None = None,
) -> Iterator[Result]:
    """Checks ``paths`` and yields one ``Result`` each, in their order.

    ``edition`` is the id or the file of the only edition to look for (else what a workbook
    says), ``rules`` a local rule pack, ``password`` opens encrypted workbooks, ``prior`` is last
    year's report or a folder of them, ``cluster`` the address of a Dask scheduler that reads
    instead of ``jobs`` processes here. Files are read in
    ``jobs`` processes and judged here, a batch at a time, so memory does not grow with their
    number. ``progress`` is called with the number of files done since the last call.
    """
    forms = Forms(edition, rules)
    priors = Priors(prior, forms) if isinstance(prior, Path) else prior
    work = partial(read_one, forms=forms, password=password)
    if cluster:
        from .cluster import read_on

        yield from _judged(read_on(cluster, work, paths), progress, priors)
    elif jobs > 1 and len(paths) > 1:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            chunk = max(1, min(64, len(paths) // (jobs * 4)))
            yield from _judged(pool.map(work, paths, chunksize=chunk), progress, priors)
    else:
        yield from _judged(map(work, paths), progress, priors)


def check_bytes(data: bytes, name: str, forms: Forms = ANY) -> Result:
    """The result for a workbook in memory, called ``name`` in messages."""
    try:
        report = read_bytes(data, name, forms=forms)
    except InputError as error:
        return Result(name, error=error)
    return Result(name, report, judge([report])[0])


def check_book(book: Grids, forms: Forms = ANY) -> Result:
    """The result for a workbook that is open in an application, edits that are not saved included.

    Raises ``InputError`` when it is not the form.
    """
    report = read_book(book, forms=forms)
    return Result(book.name, report, judge([report])[0])


def _judged(
    outcomes: Iterator[tuple[Path, Report | InputError]],
    progress: Callable[[int], None] | None,
    priors: PriorSource | None = None,
) -> Iterator[Result]:
    while batch := list(islice(outcomes, _BATCH)):
        readable = [r for _, r in batch if isinstance(r, Report)]
        before = [priors.of(r) for r in readable] if priors is not None else None
        verdicts = iter(judge(readable, before))
        if progress:
            progress(len(batch))
        for path, outcome in batch:
            if isinstance(outcome, Report):
                yield Result(str(path), outcome, next(verdicts))
            else:
                yield Result(str(path), error=outcome)


__all__ = ["Result", "check", "check_book", "check_bytes", "expand"]
