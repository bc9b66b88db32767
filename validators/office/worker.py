"""What a process that only reads does: it must start without pandas, which takes a second."""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path

from ...templates.edition import Edition
from ...templates.errors import InputError
from ..reading.workbook import read
from ..report import Report


def read_one(
    path: Path, *, rules: Path | None, password: str | None
) -> tuple[Path, Report | InputError]:
    """The report in one file, or the reason there is none."""
    try:
        return path, read(path, pack=partial(_packed, rules) if rules else None, password=password)
    except InputError as error:
        return path, error


@lru_cache(maxsize=16)
def _packed(rules: Path, edition: Edition) -> Edition:
    return edition.with_pack(rules)
