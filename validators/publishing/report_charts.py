"""The pictures of the published report (图解), drawn with matplotlib."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from ...templates.errors import InputError
from ...templates.words import plain
from .report_content import Chart

# Fonts with Chinese characters, as Windows, macOS, Linux and domestic systems have them.
FONTS = (
    "Microsoft YaHei",
    "PingFang SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "SimHei",
    "Heiti SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Serif CJK SC",
    "FZHei-B01",
    "SimSun",
)
_THIS, _LAST = "#24557f", "#9db8d2"  # told apart in grey too, and hatched


@lru_cache(maxsize=1)
def font() -> str:
    """The first font of ``FONTS`` on this machine, ``""`` where there is none."""
    from matplotlib import font_manager

    there = {f.name for f in font_manager.fontManager.ttflist}
    return next((name for name in FONTS if name in there), "")


def drawn(chart: Chart, kind: str) -> bytes:
    """The chart as ``png`` or ``svg`` (letters as outlines, so that it looks alike everywhere).

    Raises ``InputError`` where no font has Chinese characters.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    if not font():
        raise InputError(
            f"这台电脑上没有中文字体，画不了图。请安装其中一种：{'、'.join(FONTS[:5])}。",
            f"No font with Chinese characters is installed; one of {', '.join(FONTS[:5])} is due.",
        )
    settings: dict[Any, Any] = {
        "font.sans-serif": [font()],
        "font.family": "sans-serif",
        "axes.unicode_minus": False,
        "svg.fonttype": "path",
        "svg.hashsalt": "gouji",
    }
    with mpl.rc_context(settings):
        tall = len(chart.labels) * (0.63 if chart.before else 0.42)
        figure = Figure(figsize=(6.4, 0.9 + tall))
        axes = figure.subplots()
        _bars(axes, chart)
        figure.tight_layout()
        picture = io.BytesIO()
        stamp = {"Date": None} if kind == "svg" else {}
        figure.savefig(picture, format=kind, dpi=150, metadata=stamp)
    return picture.getvalue()


def _bars(axes: Any, chart: Chart) -> None:
    at = range(len(chart.labels))
    height = 0.38 if chart.before else 0.6
    if chart.before:
        above, below = ([y + side * (height / 2 + 0.02) for y in at] for side in (-1, 1))
        _row(axes, above, chart.before, height=height, colour=_LAST, label=chart.years[0])
        _row(axes, below, chart.numbers, height=height, colour=_THIS, label=chart.years[1])
        axes.legend(frameon=False, loc="lower right")
    else:
        _row(axes, list(at), chart.numbers, height=height, colour=_THIS, label="")
    axes.set_yticks(list(at), chart.labels)
    axes.invert_yaxis()
    axes.set_title(chart.title, loc="left", fontsize=12)
    axes.set_xlim(0, max([*chart.numbers, *chart.before, 1]) * 1.15)
    axes.xaxis.set_visible(False)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)


def _row(
    axes: Any,
    at: Sequence[float],
    numbers: Sequence[float],
    *,
    height: float,
    colour: str,
    label: str,
) -> None:
    hatch = "//" if colour == _LAST else ""
    bars = axes.barh(
        at,
        numbers,
        height,
        color=colour,
        hatch=hatch,
        edgecolor="white",
        label=f"{label}年" if label else None,
    )
    axes.bar_label(bars, [str(plain(n)) for n in numbers], padding=3)
