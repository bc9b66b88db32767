"""A report as lines of a field's key, a comma and a number."""

from __future__ import annotations

from pathlib import Path

from ...templates.forms import Forms
from ..report import Report, Standing, Value


def read(path: Path, forms: Forms, password: str | None = None) -> Report:
    """The report in the file."""
    pairs = (line.split(",") for line in path.read_text("utf-8").splitlines())
    values = {key: Value(Standing.NUMBER, float(number), number) for key, number in pairs}
    return Report(path.name, forms.to_make(2024), "某县", 2024, values)
