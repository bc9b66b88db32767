"""What a process that only reads does: it must start without pandas, which takes a second."""

from __future__ import annotations

from pathlib import Path

from ...templates.errors import InputError
from ...templates.forms import Forms
from ..reading.readers import read_as
from ..report import Report


def read_one(path: Path, *, forms: Forms, password: str | None) -> tuple[Path, Report | InputError]:
    """The report in one file, or the reason there is none."""
    try:
        return path, read_as(path, forms, password)
    except InputError as error:
        return path, error
