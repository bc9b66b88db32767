"""A published report becomes a template workbook, its numbers as published."""

from __future__ import annotations

from pathlib import Path

from ...templates.forms import ANY, Forms
from ...templates.workbook import Contents, build
from ..reading.readers import read_published
from ..report import Report, Standing
from .outputs import put_document


def import_report(source: Path, out: Path, forms: Forms = ANY, *, force: bool = False) -> Report:
    """Reads ``source`` and writes its values into a workbook at ``out``.

    Totals are written as the numbers that were published, never recomputed; what is not a
    number is written as the text that stands there; what was not found stays blank. Raises
    ``InputError`` for a source that cannot be read, an ``out`` that cannot be written and,
    without ``force``, one that is there already.
    """
    report = read_published(source, forms)
    values: dict[str, float | str] = {}
    for key, value in report.values.items():
        if value.standing is Standing.NUMBER and value.number is not None:
            values[key] = value.number
        elif value.standing in (Standing.TEXT, Standing.TEXT_NUMBER, Standing.PLACEHOLDER):
            values[key] = value.shown
    contents = Contents(
        year=report.year,
        unit=report.unit,
        values=values,
        typed_totals=True,
        narrative=dict(report.narrative),
    )
    put_document(out, build(report.edition, contents), force=force)
    return report
