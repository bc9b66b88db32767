"""Many workbooks, one judge: paths in, one result per file out, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ...templates.unforeseen import bounded
from ..finding import Result, Verdict
from ..judging.judge import judge, judge_plainly
from ..judging.sources import Source
from ..ooxml.limits import Limits
from ..reading.grids import Grids
from ..reading.readers import read_sent
from ..reading.workbook import read_book
from ..report import NoPrior, Prior, Report
from .batches import in_processes
from .last_year import Priors, PriorSource
from .worker import Read, judge_all, judged, read_all

T = TypeVar("T")
_BATCH = 512  # files that are judged together


class Judging(Protocol):
    """``judge``, by the pandera schemas, or ``judge_plainly``, without numpy and pandas."""

    def __call__(
        self,
        reports: Sequence[Report],
        priors: Sequence[Prior | NoPrior | None] | None = None,
        *,
        sources: Sequence[Mapping[str, Source]] | None = None,
    ) -> list[Verdict]:
        """One verdict per report, in order."""


def check(
    paths: Path | str | Iterable[Path | str],
    *,
    edition: str = "",
    rules: Path | None = None,
    jobs: int = 1,
    password: str | None = None,
    prior: Path | PriorSource | None = None,
    cluster: str = "",
    progress: Callable[[int], None] | None = None,
    lean: bool = False,
) -> Iterator[Result]:
    """Checks the files at ``paths``, or the one file, and yields a ``Result`` each, in their order.

    ``edition`` is the id or the file of the only edition to look for (else what a workbook
    says), ``rules`` a local rule pack, ``password`` opens encrypted workbooks, ``prior`` is last
    year's report or a folder of them, ``cluster`` the address of a Dask scheduler whose workers
    do it instead of ``jobs`` processes here. Files are read and judged a batch at a time where
    they are read, so memory does not grow with their number; with ``prior`` they are judged
    here. ``lean``: results for a list, without the reports' values. ``progress`` is called with
    the number of files done since the last call.
    """
    named = [paths] if isinstance(paths, str | Path) else paths
    forms, files = Forms(edition, rules), [p if isinstance(p, Path) else Path(p) for p in named]
    priors = Priors(prior, forms) if isinstance(prior, Path) else prior
    if priors is not None:
        for read in reports_in(files, forms, jobs, password, cluster, progress):
            yield from judged(read, judge, priors.of)
        return

    def failed(path: Path, error: InputError) -> Result:
        return Result(str(path), error=error)

    judging = partial(judge_all, forms=forms, password=password, lean=lean)
    for results in _batches(judging, failed, files, jobs, cluster, progress):
        yield from results


def reports_in(
    paths: Sequence[Path],
    forms: Forms = ANY,
    jobs: int = 1,
    password: str | None = None,
    cluster: str = "",
    progress: Callable[[int], None] | None = None,
) -> Iterator[list[Read]]:
    """The reports in files, read and not judged, a batch at a time and in order.

    Each is (path, report) or (path, error). ``jobs`` processes here, or the workers of the Dask
    scheduler at ``cluster``; ``progress`` as for ``check``.
    """

    def failed(path: Path, error: InputError) -> Read:
        return path, error

    reading = partial(read_all, forms=forms, password=password)
    yield from _batches(reading, failed, paths, jobs, cluster, progress)


def _batches(
    work: Callable[..., list[T]],
    failed: Callable[[Path, InputError], T],
    paths: Sequence[Path],
    jobs: int,
    cluster: str,
    progress: Callable[[int], None] | None = None,
) -> Iterator[list[T]]:
    """What ``work`` makes of the paths, a batch at a time; ``progress`` of each file, or batch."""
    if not cluster and (jobs == 1 or len(paths) < 2):
        for at in range(0, len(paths), _BATCH):
            yield work(paths[at : at + _BATCH], step=progress)
        return
    batches: Iterator[list[T]]
    if cluster:
        from .cluster import on_cluster

        named = iter(paths)
        done_there = on_cluster(cluster, work, failed, paths)
        batches = ([_named(next(named), one) for one in done] for done in done_there)
    else:
        batches = in_processes(work, failed, paths, jobs)
    for batch in batches:
        if progress:
            progress(len(batch))
        yield batch


def _named(path: Path, done: T) -> T:
    """What a worker sent for the whole path of ``path``."""
    if isinstance(done, Result):
        return replace(done, path=str(path))
    if isinstance(done, tuple):
        return (path, *done[1:])  # type: ignore[return-value]
    return done


def check_bytes(
    data: bytes,
    name: str,
    forms: Forms = ANY,
    *,
    password: str | None = None,
    prior: PriorSource | None = None,
    judging: Judging = judge,
) -> Result:
    """The result for the bytes of a file called ``name``, a workbook or a published report.

    ``forms`` are the editions it may be of, ``prior`` gives last year's report for it. What is
    wrong with the file is in ``Result.error``.
    """
    try:
        with bounded(name):
            report = read_sent(data, name, forms, password)
            before = [prior.of(report)] if prior else None
            return Result(name, report, judging([report], before)[0])
    except InputError as error:
        return Result(name, error=error)


def check_stream(
    stream: BinaryIO,
    name: str,
    forms: Forms = ANY,
    *,
    password: str | None = None,
    prior: Path | None = None,
) -> Result:
    """The result for the workbook that ``stream`` holds; what is too large is not read to its end.

    Raises ``InputError`` where ``prior`` is not there.
    """
    priors = Priors(prior, forms) if prior is not None else None
    data = stream.read(Limits().file_bytes + 1)
    return check_bytes(data, name, forms, password=password, prior=priors)


def check_book(book: Grids, forms: Forms = ANY, *, judging: Judging = judge) -> Result:
    """The result for a workbook that is open in an application, edits that are not saved included.

    Raises ``InputError`` when it is not the form.
    """
    with bounded(book.name):
        report = read_book(book, forms=forms)
        return Result(book.name, report, judging([report])[0])


check_plainly = partial(check_bytes, judging=judge_plainly)
check_book_plainly = partial(check_book, judging=judge_plainly)
