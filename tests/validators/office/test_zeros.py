"""其余空格填0: only cells with nothing in them, sums brought up to date, all else as it was."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from gouji.templates.edition import Edition
from gouji.templates.errors import InputError
from gouji.templates.workbook import write
from gouji.validators.office import check_bytes, zeros_bytes


def test_blank_cells_become_0_and_texts_stay(tmp_path: Path, edition: Edition) -> None:
    key = next(k for k in edition.fields if k.startswith("t3.") and k not in edition.totals)
    path = write(edition, tmp_path / "a.xlsx", year=edition.from_year, values={key: "无"})
    made, count = zeros_bytes(path.read_bytes(), "a.xlsx")
    assert count == len(edition.fields) - len(edition.totals) - 1
    result = check_bytes(made, "a.xlsx")
    assert result.verdict
    assert result.report
    assert {f.rule for f in result.verdict.findings} == {"CELL-BLANK"}
    assert result.report.values[key].shown == "无"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "a.xlsx") as new:
        assert old.namelist() == new.namelist()


def test_a_filled_form_has_nothing_to_fill(tmp_path: Path, form: Edition) -> None:
    values = dict.fromkeys(form.fields, 0.0)
    path = write(form, tmp_path / "a.xlsx", year=2024, values=values)
    with pytest.raises(InputError, match="没有空着的格"):
        zeros_bytes(path.read_bytes(), "a.xlsx")
