"""``gouji compare -o 对照.html``: years and units side by side, a page that needs nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ...templates.words import Words, plain, printable
from ..finding import Severity, Skipped
from ..formats import workbooks
from ..mark.signs import LOOKS
from ..office.outputs import COMPARISON
from ..output.html import coloured, opened, safe
from ..publishing.charts import charts_of, svg
from ..report import Report, Standing
from .series import Comparison, Series, is_broken
from .shared_lines import Line, change, intake

_TITLE = Words("年报逐年、逐单位对照", "Annual reports side by side")
_BROKEN = Words("自相矛盾的地方", "What contradicts itself")
_NONE = Words("没有发现矛盾。", "No contradiction was found.")
_APART = Words("没有对照的年份", "Years that were not bridged")
_LEFT = Words("没有读的文件", "Files that were not read")
_UNITS = Words("各单位", "The units")
_ALL = Words("每个数", "Every number")
_WORDS = {
    "unit": Words("单位", "unit"),
    "year": Words("年度", "year"),
    "table": Words("表", "table"),
    "row": Words("行", "row"),
    "column": Words("列", "column"),
    "trend": Words("逐年", "over the years"),
    "twice": Words("不止一份", "several"),
    "missing": Words("缺", "missing"),
    "other": Words("这一年的格式没有相同的数", "no such number in this year's form"),
    "zeros": Words("各年都是0的行也显示", "show lines that are 0 in every year"),
    "hidden": Words("（另有{n}行各年都是0或没有）", " ({n} more lines are 0 or not there)"),
    "count": Words("矛盾", "contradictions"),
}
_HINT = Words(
    "点表头排序；点数字打开它所在的文件。× 错误，！ 警告；数字下面是比上年增减和比例。",
    "Click a head to sort, a number to open its file. A sign stands before what is broken; below "
    "a number, the difference to the year before and its share.",
)


def page(
    comparison: Comparison, out: Path, skipped: Sequence[Skipped] = (), lang: str = "zh"
) -> Iterator[bytes]:
    """The whole page in pieces, its links seen from the folder of ``out``.

    ``skipped`` are files that were not read, each with its reason; ``lang`` is zh or en.
    """
    material = _Material(comparison, out.parent, lang)
    yield "\n".join(
        [
            opened(_TITLE.text(lang), COMPARISON, _style(), lang),
            f"<p>{escape(summary(comparison).text(lang))}</p>",
            f'<p class="hint">{_HINT.text(lang)}</p></header>\n<main>',
            *_list("broken", _BROKEN.text(lang), _contradictions(material), _NONE.text(lang)),
            *_list("apart", _APART.text(lang), _apart(material)),
            *_overview(material),
            *_tools(lang),
            "</main>",
            *_list("left", _LEFT.text(lang), _left(material, skipped)),
            "",
        ]
    ).encode()
    yield b'<script type="application/json" id="data">'
    yield from _data(material)
    script = (files(__package__) / "page.js").read_text("utf-8")
    yield f"</script>\n<script>\n{script}</script>\n</body>\n</html>\n".encode()


def summary(comparison: Comparison) -> Words:
    """How much was found, in one line."""
    years = comparison.years
    units, broken = len(comparison.series), [*comparison.contradictions]
    reports, across = len(comparison.results), sum(c.across for c in broken)
    span = f"{years[0]}—{years[-1]}" if years else ""
    unread, wrong = len(comparison.unreadable), comparison.otherwise_wrong
    return Words(
        f"{units}个单位，{reports}份年报（{span}）：矛盾{len(broken)}处，其中与上年不衔接{across}处"
        + (f"；{wrong}份有别的错误（用 gouji check 看）" if wrong else "")
        + (f"；{unread}个文件没有读出来" if unread else ""),
        f"{units} units, {reports} reports ({span}): {len(broken)} contradictions, {across} of "
        "them with the year before"
        + (f"; {wrong} reports have other errors (see gouji check)" if wrong else "")
        + (f"; {unread} files could not be read" if unread else ""),
    )


class _Material:
    """A comparison, with the lines, years and links that every part of the page needs."""

    def __init__(self, comparison: Comparison, folder: Path, lang: str) -> None:
        self.comparison, self.folder, self.lang = comparison, folder, lang
        self.lines, self.years = comparison.lines, comparison.years
        reports = (r for s in comparison.series for r in s.reports)
        self.intake = intake(self.lines, {r.edition.id: r.edition for r in reports})
        self.order = {id(s): n for n, s in enumerate(comparison.series)}

    def link(self, path: str) -> str:
        """A link to a file, seen from the page's folder."""
        try:
            return quote(Path(os.path.relpath(path, self.folder)).as_posix(), safe="/")
        except ValueError:  # another drive of Windows
            return Path(path).absolute().as_uri()

    def place(self, report: Report, place: Any) -> str:
        """A link to a file with a cell of it."""
        at = place.text if place is not None and place.cell else ""
        whole = self.link(report.path) + (f"#{quote(at)}" if at and _has_cells(report) else "")
        return f'<a href="{whole}">{safe(Path(report.path).name)} {safe(at)}</a>'

    def unit(self, series: Series) -> str:
        """A link to the unit's own numbers below."""
        return f'<a href="#charts" data-unit="{self.order[id(series)]}">{safe(series.unit)}</a>'


def _has_cells(report: Report) -> bool:
    return Path(report.path).suffix.lower() in workbooks()


def _style() -> str:
    shared = (files("gouji.validators.output") / "page.css").read_text("utf-8")
    own = (files(__package__) / "page.css").read_text("utf-8")
    return shared + own + "".join(coloured(s.value) + "\n" for s in Severity)


def _contradictions(material: _Material) -> Iterator[str]:
    for found in material.comparison.contradictions:
        look = LOOKS[found.severity.value]
        sign = f'<span class="tag {found.severity.value}">{look.sign}</span>'
        year = found.report.year or "?"
        words = safe(found.words.text(material.lang))
        link = material.place(found.report, found.place)
        yield f"{sign} {safe(found.unit)} {year} {words} <small>{link}</small>"


def _apart(material: _Material) -> Iterator[str]:
    for series in material.comparison.series:
        for year, words in series.remarks:
            yield f"{safe(series.unit)} {year or ''} {safe(words.text(material.lang))}"


def _left(material: _Material, skipped: Sequence[Skipped]) -> Iterator[str]:
    for result in material.comparison.unreadable:
        assert result.error is not None
        yield safe(result.error.text(material.lang))
    for one in skipped:
        yield f"{safe(one.path)} {safe(one.reason.text(material.lang))}"


def _list(name: str, title: str, items: Iterable[str], none: str = "") -> Iterator[str]:
    lines = [f"<li>{item}</li>" for item in items]
    if lines or none:
        yield f'<section aria-labelledby="{name}-head" id="{name}">'
        yield f'<h2 id="{name}-head">{title}</h2>'
        yield from ("<ol>", *lines, "</ol>") if lines else (f'<p class="ok">√ {none}</p>',)
        yield "</section>"


def _overview(material: _Material) -> Iterator[str]:
    """A line a unit: the number that tells its size over the years, and how much contradicts."""
    if material.intake is None:
        return
    broken: dict[str, int] = {}
    for found in material.comparison.contradictions:
        broken[found.unit] = broken.get(found.unit, 0) + 1
    words = {k: w.text(material.lang) for k, w in _WORDS.items()}
    title = f"{_UNITS.text(material.lang)}：{material.intake.row} {material.intake.column}"
    heads = (words["unit"], *material.years, words["trend"], words["count"])
    yield f'<section aria-labelledby="units-head"><h2 id="units-head">{safe(title)}</h2>'
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{safe(title)}"><table>'
    cells = (f'<th scope="col"><button>{head}</button></th>' for head in heads)
    yield f"<thead><tr>{''.join(cells)}</tr></thead><tbody>"
    for series in material.comparison.series:
        numbers = [material.intake.number(series.years.get(y)) for y in material.years]
        before = [None, *numbers[:-1]]
        shown = "".join(
            _number(now, was, words.get(series.instead(y), ""))
            for y, now, was in zip(material.years, numbers, before, strict=True)
        )
        yield f'<tr><th scope="row">{material.unit(series)}</th>{shown}<td>'
        yield f"{trend(material.years, numbers)}</td><td>{broken.get(series.unit, 0)}</td></tr>"
    yield "</tbody></table></div></section>"


def _number(now: float | None, was: float | None, instead: str) -> str:
    if now is None:
        return f'<td class="none">{instead}</td>'
    gap, share = change(now, was)
    part = f"（{share:+.1%}）" if share is not None else ""
    shown = f"<small>{gap:+g}{part}</small>" if gap else ""
    return f'<td data-v="{plain(now)}">{plain(now)}{shown}</td>'


def trend(years: Sequence[int], numbers: Sequence[float | None]) -> str:
    """A small line over the years; a year without a number breaks it.

    >>> "M4.0 20.0L45.0 4.0" in trend([2021, 2022, 2023], [1.0, 2.0, None])
    True
    """
    known = [n for n in numbers if n is not None]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    path, dots, on = "", "", False
    for at, number in enumerate(numbers):
        if number is not None:
            x = round(4 + 82 * at / max(1, len(years) - 1), 1)
            y = round(20 - 16 * ((number - low) / (high - low) if high > low else 0.5), 1)
            path += f"{'L' if on else 'M'}{x} {y}"
            dots += f'<circle cx="{x}" cy="{y}" r="2"/>'
        on = number is not None
    in_words = "，".join(
        f"{year}：{'—' if n is None else plain(n)}" for year, n in zip(years, numbers, strict=True)
    )
    line = f'<path d="{path or "M0 0"}"/>'
    return f'<svg viewBox="0 0 90 24" role="img" aria-label="{in_words}">{line}{dots}</svg>'


def _tools(lang: str) -> Iterator[str]:
    words = {k: w.text(lang) for k, w in _WORDS.items()}
    yield f'<section aria-labelledby="every"><h2 id="every">{_ALL.text(lang)}</h2>'
    yield f'<p class="tools" hidden><label>{words["unit"]} <select id="unit"></select></label>'
    yield f'<label><input type="checkbox" id="zeros"> {words["zeros"]}</label>'
    yield f'<label>{words["year"]} <select id="year"></select></label>'
    yield f'<label>{words["row"]} <select id="row"></select></label></p>'
    yield '<div id="charts"></div>'
    yield '<div class="scroll" tabindex="0" role="region" id="view" aria-labelledby="every"></div>'
    yield "</section>"


def _data(material: _Material) -> Iterator[bytes]:
    """The numbers as JSON, a unit at a time; ``page.js`` draws them."""
    places: dict[tuple[str, ...], int] = {}
    first = material.intake
    head = {
        "lines": [[line.table, line.row, line.column, line.only] for line in material.lines],
        "years": material.years,
        "first": f"{first.table} {first.row}" if first is not None else "",
        "words": {k: w.text(material.lang) for k, w in _WORDS.items()},
    }
    yield f'{_json(head)[:-1]},"units":['.encode()
    for number, series in enumerate(material.comparison.series):
        years = {str(y): _report(material, r, places) for y, r in series.years.items()}
        charts = charts_of(series.years.values()) if len(series.years) > 1 else ()
        unit = {
            "n": printable(series.unit),
            "y": years,
            "t": {str(y): len(reports) for y, reports in series.twice.items()},
            "g": series.missing,
            "c": "".join(f"<figure>{svg(c)}</figure>" for c in charts),
        }
        yield f"{',' if number else ''}{_json(unit)}".encode()
    yield f'],"places":{_json([*map(list, places)])}}}'.encode()


def _report(
    material: _Material, report: Report, places: dict[tuple[str, ...], int]
) -> dict[str, Any]:
    numbers: list[Any] = []
    at: list[str] = []
    for line in material.lines:
        value = line.value(report)
        number = value.number if value and value.standing is Standing.NUMBER else ""
        numbers.append(plain(number) if value is not None else None)
        place = value.place if value is not None else None
        at.append(place.text if place is not None and place.cell else "")
    return {
        "f": material.link(report.path),
        "s": printable(Path(report.path).name),
        "w": int(_has_cells(report)),
        "p": places.setdefault(tuple(at), len(places)),
        "v": numbers,
        "m": marks(material.comparison, report, material.lines, material.lang),
    }


def marks(
    comparison: Comparison, report: Report, lines: Sequence[Line], lang: str = "zh"
) -> dict[int, tuple[str, str, str]]:
    """By line what is broken there: how grave it is, its sign, its words."""
    verdict = comparison.verdict(report)
    broken = [f for f in verdict.findings if f.field and is_broken(report, f)] if verdict else []
    if not broken:
        return {}
    at = {line.keys.get(report.edition.id): n for n, line in enumerate(lines)}
    found: dict[int, tuple[str, str, str]] = {}
    for one in broken:  # the gravest first
        kind, words = one.severity.value, printable(one.message.text(lang))
        was = found.get(at[one.field])
        found[at[one.field]] = (
            (*was[:2], f"{was[2]} {words}") if was else (kind, LOOKS[kind].sign, words)
        )
    return found


def _json(value: Any) -> str:
    """JSON that no browser takes for the end of its element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
