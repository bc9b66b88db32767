"""The charts of a report and of years: what they show, and that no label meets another."""

from __future__ import annotations

import io
import random
from itertools import combinations

import pytest
from gouji.templates.edition import load
from gouji.validators.publishing.charts import Chart, charts_of, png, svg
from gouji.validators.report import Standing, Value

from ...builders import consistent, report
from ...pages import chromium

FORM = load("2021")
TITLES = ["申请量（件）", "办理结果构成（件）", "结转（件）", "行政复议、行政诉讼（件）"]
LONG = "申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请ABC"


def test_years_stand_below_one_another_and_a_missing_one_is_not_bridged() -> None:
    made = []
    for year in (2020, 2022, 2023):
        form = load("2019" if year < 2021 else "2021")
        values = dict.fromkeys(form.fields, 0.0) | {"t3.new.total": year - 2000.0}
        values |= {"t3.granted.total": 3.0, "t3.partial.total": 1.0, "t4.review.total": 1.0}
        made.append(report(form, {**values, "t3.carried_out.total": 2.0}, year=year))
    charts = list(charts_of(reversed(made)))
    assert [c.title for c in charts] == TITLES
    (title, rows), _ = charts[0].panels
    assert title == "本年新收"
    assert [(label, text) for label, _, text in rows] == [
        ("2020年", "20"),
        ("2021年", "—"),
        ("2022年", "22"),
        ("2023年", "23"),
    ]
    assert charts[1].panels[0][1][0] == ("2020年", 3.0, "3（75.0%）")
    assert "本年新收：2020年 20，2021年 —" in charts[0].in_words
    assert 'role="img" aria-label="申请量（件）。' in svg(charts[0])


def test_one_year_shows_its_numbers_and_what_is_unknown_or_0_throughout_is_no_bar() -> None:
    values: dict[str, float | Value] = {**dict.fromkeys(FORM.fields, 0.0), "t3.new.total": 7.0}
    values["t3.total.total"] = Value(Standing.TEXT, None, "七件")
    (chart,) = charts_of([report(FORM, values, year=2024)])
    assert chart.panels == [("", [("本年新收", 7.0, "7"), ("本年办结", 0.0, "—")])]


def hard(years: int, number: float, names: int, *, share: bool) -> Chart:
    """A chart of long labels and large numbers."""
    bars = tuple((f"{LONG}{n}", (number,) * years) for n in range(names))
    return Chart(LONG, tuple(f"{2015 + n}年" for n in range(years)), bars, share)


HARD = [
    hard(10, 123_456_789_012.0, 6, share=True),
    hard(1, 1e300, 3, share=False),
    hard(1, 12_345_678.5, 6, share=True),
    hard(10, -3.0, 1, share=False),
    hard(2, 0.0, 3, share=True),
    *charts_of([report(FORM, consistent(FORM, random.Random(2)), year=2024)]),
]
_BOXES = """() => [...document.querySelectorAll('svg')].map((svg) => ({
    of: svg.getBoundingClientRect().toJSON(),
    texts: [...svg.querySelectorAll('text')].map((t) => t.getBoundingClientRect().toJSON())}))"""


@pytest.mark.apps("chromium")
@pytest.mark.parametrize("font", ["sans-serif", "serif", "monospace"])
def test_no_label_meets_another_or_leaves_the_picture(font: str) -> None:
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        drawn = "".join(f"<div style='width:620px'>{svg(chart)}</div>" for chart in HARD)
        page.set_content(f"<body style='font-family:{font}'>{drawn}")
        for chart, found in zip(HARD, page.evaluate(_BOXES), strict=True):
            whole, texts = found["of"], found["texts"]
            assert len(texts) >= len(chart.bars)
            for one in texts:
                assert whole["left"] - 1 <= one["left"], chart
                assert one["right"] <= whole["right"] + 1, chart
                assert one["bottom"] <= whole["bottom"] + 1, chart
            for one, other in combinations(texts, 2):
                apart = (
                    one["right"] <= other["left"] + 0.5 or other["right"] <= one["left"] + 0.5
                ) or (one["bottom"] <= other["top"] + 3 or other["bottom"] <= one["top"] + 3)
                assert apart, (chart, one, other)


@pytest.mark.slow
def test_a_picture_is_what_the_page_shows_and_black_on_white_alone() -> None:
    pytest.importorskip("matplotlib")
    image = pytest.importorskip("PIL.Image")
    for chart in HARD:
        size = float(svg(chart).split('viewBox="0 0 620 ')[1].split('"')[0]) / 620
        opened = image.open(io.BytesIO(png(chart))).convert("L")
        assert opened.height / opened.width == pytest.approx(size, rel=0.01)
        shades = opened.histogram()
        assert sum(shades[120:250]) < 0.1 * sum(shades)  # edges of letters; no shade means anything
        assert sum(shades[:120]) > 0
