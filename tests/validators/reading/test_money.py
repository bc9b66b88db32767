"""An amount in 元 or 亿元 is never taken as 万元."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ...builders import book_at
from .filled import FORM, VALUES, edited, findings
from .test_candidates import error_messages, own

KEY = "t2.fees.amount"
WRITTEN = VALUES | {KEY: 2821000.0}


def place(book: Any) -> Any:
    """The cell of the amount."""
    return next(c for row in book["表二"].iter_rows() for c in row if c.value == 2821000)


def label(text: str) -> Any:
    def edit(book: Any) -> None:
        at = place(book)
        at.offset(-1, 0).value = text

    return edit


def beside(text: str) -> Any:
    def edit(book: Any) -> None:
        label("本年收费金额")(book)
        place(book).offset(0, 1).value = text

    return edit


def head(text: str) -> Any:
    def edit(book: Any) -> None:
        label("本年收费金额")(book)
        book["表二"]["D2"] = text

    return edit


def format_(code: str) -> Any:
    def edit(book: Any) -> None:
        label("本年收费金额")(book)
        place(book).number_format = code

    return edit


@pytest.mark.parametrize(
    ("edit", "right"),
    [
        (label("本年收费金额（单位：元）"), 282.1),
        (label("本年收费金额（元）"), 282.1),
        (label("本年收费总金额(千元)"), 282100.0),
        (beside("元"), 282.1),
        (beside("单位：元"), 282.1),
        (head("单位：件、元"), 282.1),
        (format_('#,##0"元"'), 282.1),
        (label("本年收费金额（单位：百万元）"), 282100000.0),
        (label("本年收费金额（百元）"), 28210.0),
        (label("本年收费金额（单位：RMB元）"), 282.1),
        (label("本年收费金额（以元为单位）"), 282.1),
        (label("本年收费金额（￥）"), 282.1),
    ],
)
def test_an_amount_in_another_unit_is_an_error_and_judged_in_ten_thousands(
    edit: Any, right: float, tmp_path: Path
) -> None:
    result = own(tmp_path / "a.xlsx", edit, WRITTEN)
    (message,) = error_messages(result)
    assert "金额的单位写成了" in message
    assert f"填{right:.15g}" in message
    assert result.report is not None
    assert result.report.number(KEY) == right


@pytest.mark.parametrize(
    "edit", [beside("备注：元旦前核对"), head("单位：件、万元"), label("本年收费金额（万元）")]
)
def test_what_names_no_other_unit_changes_nothing(edit: Any, tmp_path: Path) -> None:
    result = own(tmp_path / "a.xlsx", edit, WRITTEN)
    assert error_messages(result) == []
    assert result.report is not None
    assert result.report.number(KEY) == 2821000


def aside(text: str, rows: int, columns: int) -> Any:
    def edit(book: Any) -> None:
        place(book).offset(rows, columns).value = text

    return edit


def scaled(book: Any) -> None:
    place(book).number_format = '0.00,"千"'


@pytest.mark.parametrize(
    "edit",
    [
        aside("元", 0, 1),
        aside("注：收费金额单位为元", 2, -1),
        label("本年收费金额（美元）"),
        label("本年收费金额（单位：角）"),
        scaled,
    ],
)
def test_places_that_name_other_units_leave_no_number(edit: Any, tmp_path: Path) -> None:
    result = own(tmp_path / "a.xlsx", edit, WRITTEN)
    (message,) = error_messages(result)
    assert "单位写得不" in message
    assert result.report is not None
    assert result.report.number(KEY) is None


def test_the_label_of_the_template_is_told_with_its_repair(tmp_path: Path) -> None:
    path = book_at(FORM, tmp_path / "a.xlsx", year=2025, unit="某局", values=WRITTEN)
    result = edited(path, label("本年收费金额（单位：元）"))
    (message,) = error_messages(result)
    assert "请把标签改回“本年收费金额（单位：万元）”，B17填282.1" in message
    assert [f.rule for f in findings(result)] == ["S-TEMPLATE"]
