"""Results that outputs are made from."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from gouji.templates.edition import Edition
from gouji.validators.finding import Result
from gouji.validators.office.check import check

from ...builders import book_at, consistent


@pytest.fixture
def results(tmp_path: Path, form: Edition) -> list[Result]:
    """A clean report, one with faults and a name that is no HTML, one that cannot be read."""
    values = consistent(form, random.Random(2))
    good = book_at(form, tmp_path / "好.xlsx", year=2024, unit="甲县", values=values)
    wrong: dict[str, float | str] = {**values, "t3.new.natural": "18件"}
    wrong["t3.granted.total"] = values["t3.granted.total"] + 1
    unit = "<script>alert(1)</script>&乙县"
    bad = book_at(
        form, tmp_path / "a<b> &c.xlsx", year=2024, unit=unit, values=wrong, typed_totals=True
    )
    broken = tmp_path / "c.xlsx"
    broken.write_bytes(b"no workbook")
    return list(check([good, bad, broken]))
