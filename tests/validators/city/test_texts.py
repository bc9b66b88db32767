"""What an input says is written as a text, whatever it begins with."""

from __future__ import annotations

from pathlib import Path

import pytest
from gouji.templates.edition import load

from ...builders import book_at, opened
from ...command import gouji

ACTING = ['=HYPERLINK("http://x","点我")局', "=1+1局", "+1局", "-1局", "@SUM(1)局", "http://x/局"]


@pytest.mark.parametrize("name", ACTING)
@pytest.mark.sampled
def test_a_name_that_looks_like_a_formula_stays_a_text(name: str, tmp_path: Path) -> None:
    roster = tmp_path / "名册.csv"
    quoted = name.replace('"', '""')
    roster.write_text(f'单位名称\n"{quoted}"\n乙局\n', "utf-8")
    inbox = tmp_path / "收到的"
    inbox.mkdir()
    book_at(load("2021"), inbox / "a.xlsx", year=2024, unit=name)
    out = tmp_path / "汇总.xlsx"
    command = ["collect", str(inbox), "--roster", str(roster), "-o", str(out)]
    assert gouji(*command).exit_code in (0, 1)
    made = gouji("distribute", roster, "--year", "2024", "-o", tmp_path / "下发")
    assert made.exit_code == 0, made.output
    books = [out, *(tmp_path / "下发").glob("*.xlsx")]
    assert len(books) == 3
    for path in books:
        for sheet in opened(path):
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        assert name.lstrip("=+-@") not in str(cell.value)
                        assert "HYPERLINK" not in str(cell.value)
                    assert cell.hyperlink is None or "http" not in str(cell.hyperlink.target)
