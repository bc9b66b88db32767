"""The charts of a report and of a unit's years, for a page and for a document.

A chart is a grid: a panel for every number, in it a row for every year, in it a bar with its number
beside it. So nothing is told by colour, no label can meet another one, and no legend is needed. Of
one year there is one panel, with a row for every number. Texts are given the room that they take in
any font: a digit at most ``_NARROW`` of its height, any other character all of it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from ...templates.errors import InputError, extra
from ...templates.words import plain
from ..report import Report

# Fonts with Chinese characters, as Windows, macOS, Linux and domestic systems have them. Of a file
# that holds several (Noto's) an older matplotlib knows the first alone, which is the Japanese one.
FONTS = (
    *("Microsoft YaHei", "PingFang SC", "Source Han Sans SC", "Source Han Sans CN"),
    *("Noto Sans CJK SC", "Noto Sans SC", "SimHei", "Heiti SC", "WenQuanYi Micro Hei"),
    *("WenQuanYi Zen Hei", "Noto Serif CJK SC", "FZHei-B01", "SimSun"),
    *("Noto Sans CJK JP", "Noto Serif CJK JP"),
)
WIDTH = 620  # of a chart, in points of a screen, as all that follows
MOST_YEARS = 10
_COLOUR = "#24557f"
_SIZE, _LINE, _GAP = 13, 18, 10
_NARROW = 0.62
_SHORTEST = 40  # room for the longest bar
_DIGITS = 12  # a longer number is rounded


class Box(NamedTuple):
    """A bar or a base line: its corner, and how wide and high it is."""

    x: float
    y: float
    width: float
    height: float


class Label(NamedTuple):
    """A text on its base line; ``anchor`` is start or end."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    bold: bool = False


@dataclass(frozen=True)
class Chart:
    """A chart: its title, and the number of every bar by year; None where there is none.

    ``share``: the bars of a year are the parts of one whole.
    """

    title: str
    years: tuple[str, ...]
    bars: tuple[tuple[str, tuple[float | None, ...]], ...]
    share: bool = False

    @property
    def panels(self) -> list[tuple[str, list[tuple[str, float, str]]]]:
        """Title and rows of every panel: label, length of the bar, what is written beside it."""
        every = [(name, [self._shown(n, at) for at, n in enumerate(ns)]) for name, ns in self.bars]
        if len(self.years) == 1:
            return [("", [(name, *labels) for name, (labels,) in every])]
        return [
            (name, [(y, *one) for y, one in zip(self.years, labels, strict=True)])
            for name, labels in every
        ]

    def _shown(self, number: float | None, year: int) -> tuple[float, str]:
        if number is None:
            return 0.0, "—"
        text = str(plain(round(number, 6)))
        text = text if len(text) <= _DIGITS else f"{number:.3g}"
        parts = [numbers[year] for _, numbers in self.bars]
        whole = sum(n for n in parts if n is not None)
        if self.share and whole > 0 and None not in parts:
            text += f"（{number / whole:.1%}）"
        return max(number, 0.0), text

    @property
    def in_words(self) -> str:
        """The same in words, for who does not see the picture."""
        sentences = (
            (f"{name}：" if name else "") + "，".join(f"{label} {text}" for label, _, text in rows)
            for name, rows in self.panels
        )
        return f"{self.title}。{'；'.join(sentences)}。"


def charts_of(reports: Iterable[Report]) -> Iterator[Chart]:
    """The charts of one unit's reports, one a year: those that the newest one's edition has.

    Of the last ``MOST_YEARS`` years; a year without a report has no bars, and what is 0 throughout
    no chart.
    """
    by_year = {report.year: report for report in reports}
    known = sorted(year for year in by_year if year is not None)
    years: list[int | None] = [None]
    if known:
        years = [*range(max(known[0], known[-1] - MOST_YEARS + 1), known[-1] + 1)]
    for picture in by_year[years[-1]].edition.pictures:
        numbers = [_numbers(picture.title, by_year.get(year)) for year in years]
        bars = tuple((label, tuple(n.get(label) for n in numbers)) for label, _ in picture.bars)
        if any(n for _, ns in bars for n in ns):
            titles = tuple(f"{year}年" if year else "" for year in years)
            yield Chart(picture.title, titles, bars, picture.share)


def _numbers(title: str, report: Report | None) -> dict[str, float | None]:
    """What a report has for the chart of that title, by the labels of its bars."""
    pictures = report.edition.pictures if report is not None else ()
    found = (p.numbers(report.numbers) for p in pictures if report and p.title == title)
    return next(found, {})


def svg(chart: Chart) -> str:
    """The chart as an element of a page, in the page's own letters."""
    height, boxes, labels = _laid_out(chart)
    drawn = "".join(
        f"M{b.x:g} {b.y:g}h{b.width:g}v{b.height:g}h-{b.width:g}z" for b in boxes if b.width
    )
    texts = ""
    for x, y, text, anchor, bold in labels:
        look = ' text-anchor="end"' if anchor == "end" else ""
        look += ' font-weight="bold"' if bold else ""
        texts += f'<text x="{x:g}" y="{y:g}"{look}>{escape(text)}</text>'
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height:g}" font-size="{_SIZE}" role="img" '
        f'aria-label="{escape(chart.in_words)}"><path d="{drawn}" fill="{_COLOUR}"/>{texts}</svg>'
    )


def png(chart: Chart) -> bytes:
    """The chart as a picture, as ``svg`` has it.

    Raises ``InputError`` where matplotlib is missing, or a font that has Chinese characters.
    """
    with extra("published"):
        import matplotlib as mpl
        from matplotlib.figure import Figure
        from matplotlib.patches import Rectangle
    if not font():
        raise InputError(
            f"这台电脑上没有中文字体，画不了图。请安装其中一种：{'、'.join(FONTS[:5])}。",
            f"No font with Chinese characters is installed; one of {', '.join(FONTS[:5])} is due.",
        )
    height, boxes, labels = _laid_out(chart)
    settings: dict[Any, Any] = {"font.sans-serif": [font()], "font.family": "sans-serif"}
    with mpl.rc_context(settings):
        figure = Figure(figsize=(WIDTH / 96, height / 96), dpi=220)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, WIDTH), ylim=(height, 0))
        axes.axis("off")
        for x, y, width, tall in boxes:
            axes.add_patch(Rectangle((x, y), width, tall, color=_COLOUR, linewidth=0))
        for x, y, text, anchor, bold in labels:
            side, weight = "right" if anchor == "end" else "left", "bold" if bold else "normal"
            shape: dict[str, Any] = {"ha": side, "weight": weight, "fontsize": _SIZE * 0.75}
            axes.text(x, y, text, parse_math=False, **shape)
        picture = io.BytesIO()
        figure.savefig(picture, format="png")
    return picture.getvalue()


@lru_cache(maxsize=1)
def font() -> str:
    """The first font of ``FONTS`` on this machine, ``""`` where there is none."""
    from matplotlib import font_manager

    there = {f.name for f in font_manager.fontManager.ttflist}
    return next((name for name in FONTS if name in there), "")


def _laid_out(chart: Chart) -> tuple[float, list[Box], list[Label]]:
    panels = chart.panels
    rows = [row for _, bars in panels for row in bars]
    left = min(max(_wide(label) for label, _, _ in rows), 0.4 * WIDTH)
    number = max(_wide(text) for _, _, text in rows)
    least = max(number + _SHORTEST, *(min(_wide(name), 0.5 * WIDTH) for name, _ in panels)) + _GAP
    across = max(1, min(3, len(panels), int((WIDTH - left) // (least + _GAP))))
    room = (WIDTH - left) / across - _GAP
    scale = (room - number - _GAP) / max(1.0, *(length for _, length, _ in rows))
    boxes: list[Box] = []
    labels = [Label(0, _LINE, chart.title, bold=True)]
    y = 1.5 * _LINE
    for first in range(0, len(panels), across):
        line = panels[first : first + across]
        heads = [_folded(name, room) for name, _ in line]
        top = y + _LINE * max(map(len, heads))
        for at, (head, (_, bars)) in enumerate(zip(heads, line, strict=True)):
            x = round(left + _GAP + at * (room + _GAP), 1)
            labels += [Label(x, y + _LINE * (n + 1) - 4, text) for n, text in enumerate(head)]
            y_row = top
            for label, length, text in bars:
                lines = _folded(label, left)
                high = _LINE * len(lines) + 4
                boxes.append(Box(x, y_row, 1, high))
                long = round(length * scale, 1)
                boxes.append(Box(x, y_row + 3, long, high - 6))
                base = round(y_row + high / 2 + 0.36 * _SIZE, 1)
                labels.append(Label(round(x + long + 5, 1), base, text))
                for n, part in enumerate(lines if not at else ()):
                    down = base + _LINE * (n - (len(lines) - 1) / 2)
                    labels.append(Label(left, down, part, "end"))
                y_row += high
        y = y_row + _GAP
    return y, boxes, labels


def _wide(text: str) -> float:
    """The room that a text takes at most."""
    return _SIZE * sum(_NARROW if c in "0123456789.-+" else 1 for c in text)


def _folded(text: str, room: float) -> Sequence[str]:
    """The text in lines that fit into the room; none for no text.

    >>> _folded("未经复议直接起诉", 60)
    ['未经复议', '直接起诉']
    """
    lines: list[str] = []
    for character in text:
        if lines and _wide(lines[-1] + character) <= max(room, _SIZE):
            lines[-1] += character
        else:
            lines.append(character)
    return lines
