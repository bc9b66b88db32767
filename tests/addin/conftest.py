"""xlwings' remote engine needs a licence; these tests are noncommercial use of it."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from gouji.templates.edition import Edition

from ..builders import book_at, consistent

os.environ.setdefault("XLWINGS_LICENSE_KEY", "noncommercial")  # read when xlwings is imported


@pytest.fixture
def bad(tmp_path: Path, form: Edition) -> Path:
    """A workbook whose D9 is one too many."""
    values = consistent(form, random.Random(2))
    values["t3.granted.natural"] += 1
    path = tmp_path / "乙县2024.xlsx"
    return book_at(form, path, year=2024, unit="乙县", values=values, typed_totals=True)
