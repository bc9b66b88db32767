"""Results as one page of HTML that needs nothing else: findings and tables, file by file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from ...templates.words import Words, printable
from ..finding import SEVERITY_ZH, STAGES, Card, Result, Severity, Skipped, Verdict, skipped_of
from ..mark.signs import LOOKS
from .drawing import tables
from .text import MANY, STATES, Tally, first_of, ready, state_of

_TITLE = Words("年报校验结果", "Results of checking the annual reports")
_SIGNS = {
    "likely": Words("最可能填错", "most likely wrong"),
    "rival": Words("也可能填错", "may be wrong instead"),
    "sum": Words("受牵连的总计", "a total that fails because of it"),
    "warning": Words("请核实", "to be verified"),
    **{s.value: Words(SEVERITY_ZH[s], s.value) for s in (Severity.ERROR, Severity.NOTE)},
}
_LEFT = Words("没有读的文件", "Files that were not read")
_OPEN = Words("没有核对的", "Not checked")
_BASIS = Words("依据", "why")
_FILES = Words("各个文件", "The files")
_UNREAD = Words("无法读取", "unreadable")
_UNFOLDED = 3  # files; from there on they are folded
_CELLS = 8  # of a card, that are linked
_GENERATOR = '<meta name="generator" content="gouji">'


def document(results: Iterable[Result], lang: str = "zh", links: bool = False) -> str:
    """The whole page. The tables are drawn where a result has kept its report's values."""
    skipped = skipped_of(results)
    tally = Tally(skipped=len(skipped))
    parts: list[str] = []
    index: dict[str, list[str]] = {state: [] for state in STATES}
    for number, result in enumerate(results, 1):
        tally.add(result)
        folded = tally.files > _UNFOLDED
        parts += _file(result, f"f{number}", lang, folded=folded)
        index[state_of(result)].append(_entry(result, f"f{number}", lang))
    legend = " ".join(_tag(kind, words.text(lang)) for kind, words in _SIGNS.items())
    return "\n".join(
        [
            opened(_TITLE.text(lang), _GENERATOR, _style(), lang),
            f"<p><strong>{escape(tally.summary(lang))}</strong></p>" if tally.files > 1 else "",
            f"<p>{escape(tally.line(lang))}</p>\n<p>{legend}</p></header>",
            *(_index(index, lang) if tally.files > 1 else ()),
            "<main>",
            *parts,
            *_left_out(skipped, lang),
            "</main>\n</body>\n</html>\n",
        ]
    )


def opened(title: str, generator: str, style: str, lang: str) -> str:
    """How a page begins, up to its heading."""
    code = "en" if lang == "en" else "zh-CN"
    return (
        f'<!doctype html>\n<html lang="{code}">\n<head>\n<meta charset="utf-8">\n{generator}\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"<header><h1>{title}</h1>"
    )


def _style() -> str:
    css = (files(__package__) / "page.css").read_text("utf-8")
    return css + "".join(coloured(kind) + "\n" for kind in LOOKS)


def coloured(kind: str) -> str:
    """The style of a kind of mark on a page."""
    background, font = LOOKS[kind].page
    return f".{kind} {{ background: #{background}; color: #{font}; }}"


def _index(entries: Mapping[str, Sequence[str]], lang: str) -> Iterator[str]:
    """What is left to do in each of several files, with a link to it, the gravest first.

    Of many files those without errors are folded.
    """
    yield f'<nav aria-label="{_FILES.text(lang)}"><h2>{_FILES.text(lang)}</h2>'
    many = sum(map(len, entries.values())) > MANY
    for state, some in entries.items():
        if some:
            folded = many and state in ("open", "good")
            head = f"{STATES[state].text(lang)} {len(some)}"
            yield f"<details><summary>{head}</summary>" if folded else f"<h3>{head}</h3>"
            yield from _list("ol", some)
            yield "</details>" if folded else ""
    yield "</nav>"


def _entry(result: Result, name: str, lang: str) -> str:
    link = f'<a href="#{name}">{safe(result.path)}</a>'
    if result.report is None or result.verdict is None:
        return f"{link} {_tag('error', _UNREAD.text(lang))}"
    unit, left = safe(result.report.unit), result.verdict.left
    if not left:
        return f'{link} {unit} <span class="ok">√</span>'
    kind = "error" if result.verdict.count(Severity.ERROR) else "warning"
    shown = _tag(kind, result.verdict.left_words.text(lang))
    return f"{link} {unit} {shown} {escape(first_of(result, lang))}"


def _file(result: Result, name: str, lang: str, *, folded: bool) -> Iterator[str]:
    """One file, ``folded`` where there are many; a link to it opens it."""
    head = f'<h2 id="{name}-head">{safe(result.path)}</h2>'
    target = f'<span id="{name}"></span>'  # inside what is folded: else a link would not open it
    yield f'<section aria-labelledby="{name}-head">'
    yield f"<details><summary>{head}</summary>{target}" if folded else target + head
    yield from _inside(result, name, lang, drawn=not folded)
    yield "</details></section>" if folded else "</section>"


def _inside(result: Result, name: str, lang: str, *, drawn: bool) -> Iterator[str]:
    """What a file's cards say, and its tables: where one is marked, or all that are ``drawn``."""
    report, verdict = result.report, result.verdict
    if report is None or verdict is None:
        sentence = result.error.text(lang) if result.error else ""
        yield f'<p><span class="tag error">×</span> {safe(sentence)}</p>'
        return
    year = f"{report.year or '?'}{', ' if lang == 'en' else '年度，'}"
    yield f"<p>{safe(f'{report.unit} {year}{report.edition.notice}')}</p>"
    if not verdict.left:
        yield f'<p class="ok">√ {safe(ready(result, lang))}</p>'
    yield from _list("ol", (_card(verdict, card, name, lang) for card in verdict.cards))
    yield from _unchecked(verdict, lang)
    marked = any(cell.field for card in verdict.cards for cell in card.cells)
    if report.values and (drawn or marked):
        for table in tables(report, verdict, lang):
            yield from _table(table, name)


def _card(verdict: Verdict, card: Card, name: str, lang: str) -> str:
    """A card with links to its cells in the tables below, its rules and their bases folded."""
    links = ", ".join(
        f'<a href="#{name}-{safe(c.field)}">{where}</a>' if c.field else where
        for c in card.cells[:_CELLS]
        for where in (safe(c.place.text) if c.place else "",)
    )
    more = f" … {len(card.cells)}" if len(card.cells) > _CELLS else ""
    below = ("; " if lang == "en" else "；").join(
        words.text(lang) for words in (card.sum, card.how) if words
    )
    found = dict.fromkeys(
        (f.rule, f.basis.text(lang)) for f in (verdict.findings[n] for n in card.findings)
    )
    basis = "<br>".join(f"{rule} {safe(text)}" for rule, text in found)
    tag = _tag(card.severity.value, STAGES[card.stage].text(lang))
    shown = f"{tag} <strong>{safe(card.title.text(lang))}</strong> {links}{more}"
    if below:
        shown += f"<br>{safe(below)}"
    if basis:
        shown += f"<details><summary>{_BASIS.text(lang)}</summary><small>{basis}</small></details>"
    return shown


def _tag(kind: str, word: str) -> str:
    return f'<span class="tag {kind}">{LOOKS[kind].sign} {word}</span>'


def _unchecked(verdict: Verdict, lang: str) -> Iterator[str]:
    if verdict.unchecked:
        yield f"<h3>{_OPEN.text(lang)}（{len(verdict.unchecked)}）</h3>"
    counts: dict[str, int] = {}
    for item in verdict.unchecked:
        line = f"{item.rule} {item.reason.text(lang)}"
        counts[line] = counts.get(line, 0) + 1
    times = (f"{safe(line)}{f' ×{n}' if n > 1 else ''}" for line, n in counts.items())
    yield from _list("ul", times)


def _left_out(skipped: Sequence[Skipped], lang: str) -> Iterator[str]:
    if skipped:
        yield f'<section aria-labelledby="left"><h2 id="left">{_LEFT.text(lang)}</h2>'
        yield from _list("ul", (f"{safe(s.path)} {safe(s.reason.text(lang))}" for s in skipped))
        yield "</section>"


def _list(kind: str, items: Iterable[str]) -> Iterator[str]:
    lines = [f"<li>{item}</li>" for item in items]
    if lines:
        yield from (f"<{kind}>", *lines, f"</{kind}>")


def _table(table: dict[str, Any], name: str) -> Iterator[str]:
    title = safe(table["title"])
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{title}"><table>'
    yield f"<caption>{title}</caption>"
    if table["columns"]:
        heads = "".join(f'<th class="at" scope="col">{c}</th>' for c in table["columns"])
        yield f'<tr><td class="at"></td>{heads}</tr>'
    numbers = table["numbers"] or [""] * len(table["rows"])
    for number, row in zip(numbers, table["rows"], strict=True):
        cells = "".join(_cell(cell, name) for cell in row)
        at = f'<th class="at" scope="row">{number}</th>' if number else ""
        yield f"<tr>{at}{cells}</tr>"
    yield "</table></div>"


def _cell(cell: dict[str, Any], name: str) -> str:
    spans = "".join(
        f' {attribute}="{cell[key]}"'
        for key, attribute in (("rows", "rowspan"), ("cols", "colspan"))
        if cell[key] > 1
    )
    if "field" not in cell:
        return f'<th{spans} scope="{cell["scope"]}">{safe(cell["text"])}</th>'
    title = f' title="{safe(cell["title"], lines=True)}"' if cell["title"] else ""
    kind = f' class="{cell["state"]}"' if cell["state"] else ""
    sign = f"<span>{cell['sign']}</span> " if cell["sign"] else ""
    return (
        f'<td{spans}{kind}{title} id="{name}-{safe(cell["field"])}">{sign}{safe(cell["text"])}</td>'
    )


def safe(text: str, *, lines: bool = False) -> str:
    """What an input holds, as nothing but text; ``lines`` keeps its line breaks."""
    if lines:
        return "&#10;".join(escape(printable(line)) for line in text.split("\n"))
    return escape(printable(text))
