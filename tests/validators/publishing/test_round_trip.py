"""What is published is read back, every field: from Word, from the page, from a PDF of the Word."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gouji.templates.edition import load
from gouji.validators.office.publish import publish
from gouji.validators.reading import read_published
from gouji.validators.report import Report

from ...builders import book_at, consistent
from ...conftest import sample

pytest.importorskip("docx")
pytest.importorskip("matplotlib")
pdfplumber: Any = pytest.importorskip("pdfplumber")


def published(folder: Path, seed: int, suffix: str) -> tuple[dict[str, float], Path]:
    """A random report of either edition as it is published."""
    form = load("2021" if seed % 2 else "2019")
    values = consistent(form, random.Random(seed))
    narrative = {s.title: "本年度按要求做了工作。" for s in form.sections if not s.table}
    source = book_at(
        form,
        folder / f"{seed}.xlsx",
        year=form.from_year,
        unit="某市某局",
        values=values,
        narrative=narrative,
    )
    out = folder / f"{seed}{suffix}"
    publish(source, out, with_errors=True)
    return values, out


def same(values: dict[str, float], report: Report) -> list[str]:
    """The fields that were not read as they were published."""
    return [k for k in report.edition.fields if report.number(k) != values[k]]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("suffix", "seed"),
    [(".html", 1), (".html", 2), (".docx", 1), (".docx", 2)],
)
def test_a_report_is_read_back_whole(suffix: str, seed: int, tmp_path: Path) -> None:
    values, out = published(tmp_path, seed, suffix)
    report = read_published(out)
    assert same(values, report) == []
    assert (report.unit, report.year) == ("某市某局", report.edition.from_year)
    assert len(report.narrative) == 3


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".html", ".docx"])
@pytest.mark.parametrize("part", range(2))
def test_reports_of_both_editions_are_read_back_whole(
    suffix: str, part: int, tmp_path: Path
) -> None:
    for seed in range(100 + part * 10, 100 + part * 10 + sample(4, 10)):
        values, out = published(tmp_path, seed, suffix)
        assert same(values, read_published(out)) == [], seed


@pytest.mark.slow
@pytest.mark.apps("soffice-writer")
def test_the_pdf_that_libreoffice_makes_of_the_document_is_read_back(
    tmp_path: Path, libreoffice: Callable[..., Path]
) -> None:
    made = {seed: published(tmp_path, seed, ".docx") for seed in range(4)}
    first, *more = (out for _, out in made.values())
    folder = libreoffice(first, "pdf", more=more).parent
    for seed, (values, out) in made.items():
        pdf = folder / f"{out.stem}.pdf"
        assert same(values, read_published(pdf)) == [], seed
        with pdfplumber.open(pdf) as pages:
            texts = [page.extract_text() for page in pages.pages]
        (whole,) = [t for t in texts if "一、本年新收" in t]
        assert "四、结转下年度继续办理" in whole  # 表三 stands on one page
