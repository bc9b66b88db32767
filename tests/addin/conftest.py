"""xlwings' remote engine needs a licence; these tests are noncommercial use of it."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gouji.addin.remote import answer
from gouji.templates.edition import Edition

from ..builders import book_at, consistent, one_wrong_cell
from ..conftest import require_app
from .wps import StandIn, sent

os.environ.setdefault("XLWINGS_LICENSE_KEY", "noncommercial")  # read when xlwings is imported


@pytest.fixture
def bad(tmp_path: Path, form: Edition) -> Path:
    """A workbook whose D9 is one too many."""
    values = consistent(form, random.Random(2))
    values["t3.granted.natural"] += 1
    path = tmp_path / "乙县2024.xlsx"
    return book_at(form, path, year=2024, unit="乙县", values=values, typed_totals=True)


@pytest.fixture
def broken(tmp_path: Path) -> dict[str, Any]:
    """What a spreadsheet application sends of a workbook with one wrong cell."""
    return sent(one_wrong_cell(tmp_path / "a.xlsx"))


@pytest.fixture(scope="module")
def wps() -> Iterator[StandIn]:
    with StandIn(require_app("node"), answer) as standin:
        yield standin
