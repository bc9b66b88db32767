"""The workbook that the tests of reading edit."""

from __future__ import annotations

from pathlib import Path

import pytest
from gouji.templates.workbook import write

from .filled import FORM, VALUES


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    return write(FORM, tmp_path / "a.xlsx", year=2025, unit="清河县民政局", values=VALUES)
