"""A batch of files: read and judged where it lies, one result a file, or only read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ..finding import Result
from ..reading.readers import read_as
from ..report import Ledgers, Report
from .garbage import loading

Read = tuple[Path, Report | InputError]


def read_all(
    paths: Sequence[Path], *, forms: Forms = ANY, password: str | None = None
) -> list[Read]:
    """The report in every file, or the reason there is none."""
    found: list[Read] = []
    for path in paths:
        try:
            found.append((path, read_as(path, forms, password)))
        except InputError as error:
            found.append((path, error))
    return found


def judge_all(
    paths: Sequence[Path], *, forms: Forms = ANY, password: str | None = None, lean: bool = False
) -> list[Result]:
    """The result for every file; ``lean`` ones keep of the report only what a list of them shows.

    pandas is loaded here, not by who only reads.
    """
    with loading():
        from ..judging import schemas  # noqa: F401 - pandera comes with it
        from ..judging.judge import judge

    read = read_all(paths, forms=forms, password=password)
    verdicts = iter(judge([r for _, r in read if isinstance(r, Report)]))
    return [
        Result(str(path), _lean(held) if lean else held, next(verdicts))
        if isinstance(held, Report)
        else Result(str(path), error=held)
        for path, held in read
    ]


def _lean(report: Report) -> Report:
    """Without values and texts, which are ten times as much as the verdict."""
    return replace(
        report,
        values={},
        narrative=(),
        rows={},
        introduction="",
        signatures=(),
        remarks=(),
        ledgers=Ledgers(),
    )
