"""One workbook in memory, judged and marked without numpy, pandas or any file of the desk."""

from __future__ import annotations

from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ..finding import Result
from ..judging.judge import judge_plainly
from ..reading.workbook import read_bytes
from .last_year import PriorSource


def check_plainly(
    data: bytes, name: str, forms: Forms = ANY, *, prior: PriorSource | None = None
) -> Result:
    """As ``check_bytes``, by the plain engine: the same verdict."""
    try:
        report = read_bytes(data, name, forms=forms)
    except InputError as error:
        return Result(name, error=error)
    return Result(name, report, judge_plainly([report], [prior.of(report)] if prior else None)[0])
