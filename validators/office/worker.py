"""A batch of files: read and judged where it lies, one result a file, or only read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ...templates.unforeseen import unforeseen
from ..finding import Result, Verdict
from ..reading.readers import read_as
from ..report import Ledgers, NoPrior, Prior, Report
from .garbage import loading

Read = tuple[Path, Report | InputError]


def read_all(
    paths: Sequence[Path],
    *,
    forms: Forms = ANY,
    password: str | None = None,
    step: Callable[[int], None] | None = None,
) -> list[Read]:
    """The report in every file, or the reason there is none; ``step`` is called after each."""
    found: list[Read] = []
    for path in paths:
        try:
            read: Report | InputError = read_as(path, forms, password)
        except InputError as error:
            read = error
        found.append((path, read))
        if step:
            step(1)
    return found


def judge_all(
    paths: Sequence[Path],
    *,
    forms: Forms = ANY,
    password: str | None = None,
    lean: bool = False,
    step: Callable[[int], None] | None = None,
) -> list[Result]:
    """The result for every file; ``lean`` ones keep of the report only what a list of them shows.

    ``step`` is called after each that was read.

    pandas is loaded here, not by who only reads.
    """
    with loading():
        from ..judging import by_schemas  # noqa: F401 - pandera comes with it
        from ..judging.judge import judge

    results = judged(read_all(paths, forms=forms, password=password, step=step), judge)
    return [replace(r, report=_lean(r.report)) for r in results] if lean else results


def judged(
    read: Sequence[Read],
    judge: Callable[..., list[Verdict]],
    prior_of: Callable[[Report], Prior | NoPrior | None] | None = None,
) -> list[Result]:
    """The result for every file that was read. What ends judging costs one file its own alone."""
    readable = [r for _, r in read if isinstance(r, Report)]
    try:
        priors = [prior_of(r) for r in readable] if prior_of else None
        verdicts = iter(judge(readable, priors))
    except Exception as error:
        if len(read) == 1:
            path = read[0][0]
            reason = error if isinstance(error, InputError) else unforeseen(str(path), error)
            return [Result(str(path), error=reason)]
        return [r for one in read for r in judged([one], judge, prior_of)]
    return [
        Result(str(path), found, next(verdicts))
        if isinstance(found, Report)
        else Result(str(path), error=found)
        for path, found in read
    ]


def _lean(report: Report | None) -> Report | None:
    """Without values and texts, which are ten times as much as the verdict."""
    nothing: dict[str, Any] = {
        "values": {},
        "rows": {},
        "narrative": (),
        "signatures": (),
        "remarks": (),
    }
    return report and replace(report, **nothing, introduction="", ledgers=Ledgers())
