"""The workbook that the tests of reading edit."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from gouji.templates.workbook import build

from ...builders import kept
from .filled import FORM, VALUES


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    return kept(tmp_path / "a.xlsx", template())


@cache
def template() -> bytes:
    return build(FORM, year=2025, unit="清河县民政局", values=VALUES)
