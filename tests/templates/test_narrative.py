"""正文: a row a paragraph, a count of characters, sentences that follow the tables."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from gouji.templates.edition import load
from gouji.templates.words import NARRATIVE as SHEET
from gouji.templates.words import TAKE
from gouji.validators.office import check_files
from gouji.validators.report import Report

from ..builders import book_at, consistent, opened
from ..command import gouji

FORM = load("2021")
TITLES = [s.title for s in FORM.sections]


def filled(path: Path, narrative: dict[str, str]) -> Path:
    values = {
        k: 0.0 if k.startswith("t2.reg") else v
        for k, v in consistent(FORM, random.Random(4)).items()
    }
    return book_at(FORM, path, year=2024, unit="某局", values=values, narrative=narrative)


def read(path: Path) -> Report:
    (result,) = check_files([path])
    assert result.report is not None
    return result.report


def test_every_paragraph_has_a_row_and_is_read_back(tmp_path: Path) -> None:
    output = {t: "\n".join(f"第{n}段，共{n * 7}字。" for n in range(1, 13)) for t in TITLES}
    path = filled(tmp_path / "a.xlsx", output)
    report = read(path)
    assert dict(report.narrative) == output
    assert [len(rows) for rows in report.rows.values()] == [12] * 6
    sheet = opened(path)[SHEET]
    for title, rows in report.rows.items():
        for place, text in rows:
            assert sheet[place.cell].value == text, title


def test_rows_inserted_and_left_empty_and_text_below_are_read(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.xlsx", {TITLES[0]: "一段。"})
    book = opened(path)
    sheet = book[SHEET]
    first = int(book.defined_names["gouji_section_1"].attr_text.rpartition("$")[2])
    sheet.cell(first + 4, 1).value = "隔了几行的一段。"
    last = int(book.defined_names["gouji_section_6"].attr_text.rpartition("$")[2])
    sheet.cell(last + 1, 1).value = "没有其他事项。"
    book.save(path)
    report = read(path)
    assert dict(report.narrative)[TITLES[0]] == "一段。\n隔了几行的一段。"
    assert dict(report.narrative)[TITLES[5]] == "没有其他事项。"
    book.defined_names.clear()
    book.save(path)
    by_label = dict(read(path).narrative)
    assert by_label[TITLES[0]] == "一段。\n隔了几行的一段。"
    assert not any(TAKE in text or "字" in text for text in by_label.values())


def test_a_finding_about_words_marks_the_paragraph_that_holds_them(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.xlsx", {TITLES[0]: "好的一段。\n上年转结0件。", TITLES[4]: "无"})
    (result,) = check_files([path])
    assert result.verdict is not None
    at = {f.rule: f.place.cell for f in result.verdict.findings if f.place is not None}
    sheet = opened(path)[SHEET]
    assert sheet[at["P-TYPO"]].value == "上年转结0件。"
    gouji("flag", path)
    marked = opened(path)[SHEET]
    assert "上年结转" in marked[at["P-TYPO"]].comment.text


@pytest.mark.apps("soffice-calc")
@pytest.mark.slow
def test_counts_and_sentences_are_computed_as_they_are_stored(
    tmp_path: Path, libreoffice: Callable[..., Path]
) -> None:
    path = filled(tmp_path / "a.xlsx", {TITLES[0]: "七个字的一段话"})
    stored = opened(path, data_only=True)[SHEET]
    book = opened(path)
    book.save(tmp_path / "b.xlsx")  # without stored values
    saved = libreoffice(tmp_path / "b.xlsx", "xlsx")
    computed = opened(saved, data_only=True)[SHEET]
    shown = 0
    for row in stored.iter_rows(min_col=2, max_col=3):
        for cell in row:
            if isinstance(cell.value, str) and cell.value != TAKE:
                assert computed[cell.coordinate].value == cell.value
                shown += 1
    assert shown == 6 + len(FORM.ready)
    assert stored["B3"].value == "7字"
