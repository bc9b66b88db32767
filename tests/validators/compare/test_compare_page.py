"""The page of a comparison in a browser: chosen, sorted, read by everybody, printed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gouji.templates.edition import for_year
from gouji.templates.formulas import computed_totals

from bench.compare import six_years

from ...builders import book_at
from ...command import run
from ...pages import violations

pytestmark = pytest.mark.apps("chromium", "npm")


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    for unit in ("甲局", "<b>乙局"):
        years = six_years(random.Random(len(unit)))
        for year in (2020, 2021, 2022, 2024):
            values = dict(years[year])
            if year == 2022:
                values["t3.carried_in.natural"] += 2
                values["t3.granted.natural"] += 2
            form, name = for_year(year), f"{len(unit)}-{year}.xlsx"
            whole = computed_totals(form, values)
            book_at(form, tmp_path / name, year=year, unit=unit, values=whole, typed_totals=True)
    assert run("compare", tmp_path, "-o", tmp_path / "对照.html")[0] == 1
    opened = browser.new_page(viewport={"width": 1366, "height": 768})
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("request", lambda asked: wrong.append(asked.url) if "对照" not in asked.url else None)
    opened.goto((tmp_path / "对照.html").as_uri())
    yield opened
    assert [url for url in wrong if not url.startswith("file:")] == []
    opened.close()


def column(page: Any, at: int) -> list[str]:
    cells: list[str] = page.locator(f"#view tbody tr > :nth-child({at})").all_inner_texts()
    return cells


def test_a_unit_shows_its_years_and_a_year_its_units(page: Any) -> None:
    page.select_option("#unit", label="甲局")
    heads = page.locator("#view th[scope=col]").all_inner_texts()
    assert heads == ["表", "行", "列", "2020", "2021", "2022", "2023", "2024", "逐年"]
    (marked,) = page.locator("#view tr", has_text="二、上年结转").locator("td.error").all()[:1]
    assert "×" in marked.inner_text()
    assert set(column(page, 7)) == {"缺"}  # 2023
    assert page.locator("#view svg[aria-label*='2023：—']").count() > 0
    charts = page.locator("#charts svg[role=img]")
    assert charts.count() in (3, 4)  # no reviews in these reports, or some
    assert "2021年 " in charts.first.get_attribute("aria-label")
    assert "2023年 —" in charts.first.get_attribute("aria-label")
    page.select_option("#year", "2022")
    assert charts.count() == 0
    page.select_option("#row", label="表三 二、上年结转")
    assert column(page, 1) == ["<b>乙局", "甲局"]
    page.locator("#view th button").nth(7).click()
    up = page.locator("#view tbody tr > :nth-child(8)").all()
    numbers = [float(cell.get_attribute("data-v")) for cell in up]
    assert numbers == sorted(numbers)
    page.locator("[data-unit='0']").click()
    assert "乙局" in page.locator("#view caption").inner_text()


def test_everybody_can_read_it_and_it_fits(page: Any) -> None:
    page.select_option("#unit", label="甲局")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
