"""Findings for people at a terminal: one a line, grouped by workbook, counts at the end."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import click

from ...templates.a1 import position
from ...templates.words import Words, printable
from ..finding import STAGES, Act, Card, Result, Severity, Skipped, Verdict, counted, skipped_of

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
_OPEN_SHOWN = 5
_SKIPPED_SHOWN = 100
MANY = 20  # files; of more a person gets a line each
# How a file stands, the gravest first.
STATES = {
    "unreadable": Words("无法读取", "unreadable"),
    "wrong": Words("有错误", "with errors"),
    "open": Words("没有错误，还要填或说明", "without errors, with something to fill in or explain"),
    "good": Words("没有问题", "with nothing wrong"),
}


def state_of(result: Result) -> str:
    """Which of ``STATES`` a file is in."""
    if result.verdict is None:
        return "unreadable"
    if result.verdict.count(Severity.ERROR):
        return "wrong"
    return "open" if result.verdict.left else "good"


@dataclass
class Tally:
    """The counts of the last line."""

    files: int = 0
    unreadable: int = 0
    unchecked: int = 0
    checked: int = 0
    skipped: int = 0
    unread: int = 0
    found: dict[Severity, int] = field(default_factory=lambda: dict.fromkeys(Severity, 0))
    states: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATES, 0))

    def add(self, result: Result) -> None:
        """Counts one file in."""
        self.files += 1
        self.states[state_of(result)] += 1
        if result.verdict is None:
            self.unreadable += 1
            return
        self.checked += result.verdict.checked
        self.unchecked += len(result.verdict.unchecked)
        self.unread += result.report is not None and "narrative" in result.report.unread
        for severity in Severity:
            self.found[severity] += result.verdict.count(severity)

    def summary(self, lang: str) -> str:
        """How many files stand how: what comes first of many."""
        both = ((self.states[state], words.text(lang)) for state, words in STATES.items())
        if lang == "en":
            return "; ".join(f"{count:,} {words}" for count, words in both if count)
        return "；".join(f"{words}的{count}个" for count, words in both if count)

    def line(self, lang: str) -> str:
        """The last line of the output."""
        errors, warnings, notes = (self.found[s] for s in Severity)
        if lang == "en":
            return (
                f"{self.files} file(s): {errors} error(s), {warnings} warning(s), {notes} note(s); "
                f"{self.checked} footings checked, {self.unchecked} rule instance(s) unchecked, "
                f"{self.unreadable} file(s) unreadable"
                + (f"; narrative (正文) of {self.unread} not read" if self.unread else "")
                + (f"; {self.skipped} other file(s) not read" if self.skipped else "")
            )
        return (
            f"共{self.files}个文件：{counted(self.found)}；"
            f"已核对勾稽关系{self.checked}条，未核对{self.unchecked}条，无法读取{self.unreadable}个"
            + (f"；{self.unread}个文件的正文没有读到" if self.unread else "")
            + (f"；另有{self.skipped}个文件没有读" if self.skipped else "")
        )

    def exit_code(self, strict: bool) -> int:
        """0 clean, 1 findings, 2 something could not be read."""
        if self.unreadable:
            return 2
        grave = self.found[Severity.ERROR] + (self.found[Severity.WARNING] if strict else 0)
        return 1 if grave else 0


def document(
    results: Iterable[Result],
    lang: str = "zh",
    links: bool = False,
    *,
    rules: bool = False,
    whole: bool = False,
) -> str:
    """Every file's lines, what was not read, and the counts.

    Of more than ``MANY`` files the summary comes first, and each in which something is left to do
    has one line, or one together with those that lack the same, unless the ``whole`` of them is
    asked for. With ``links`` a place is a link to the file, with ``rules`` the ids of rules are
    shown.
    """
    skipped = skipped_of(results)
    tally = Tally(skipped=len(skipped))
    parts: list[str] = []
    alike: dict[str, list[Result]] = {}
    by_state: dict[str, list[str]] = {state: [] for state in STATES}
    for result in results:
        tally.add(result)
        if whole or tally.files <= MANY:
            parts += lines(result, lang, links, rules=rules)
        state = state_of(result)
        if state == "open":
            alike.setdefault(first_of(result, lang), []).append(result)
        elif state != "good":
            by_state[state].append(_in_one(result, lang))
    if not whole and tally.files > MANY:
        for title, some in alike.items():
            by_state["open"] += _together(title, some, lang)
        parts = [tally.summary(lang), *(line for found in by_state.values() for line in found)]
        if len(parts) > 1:
            more = "one by one: gouji check -v" if lang == "en" else "逐件看：加 -v，或看一个文件"
            parts.append(click.style(more, dim=True))
    parts += left_out(skipped, lang)
    return "\n".join([*parts, tally.line(lang)]) + "\n"


def _together(title: str, some: Sequence[Result], lang: str) -> list[str]:
    """A line each, or one for more than ``MANY`` files that lack the same first."""
    if len(some) <= MANY:
        return [_in_one(result, lang) for result in some]
    name = printable(some[0].path)
    count = Words(f"：{len(some)}个文件，{name} 等", f": {len(some)} files, {name} and others")
    return [title + count.text(lang)]


def _in_one(result: Result, lang: str) -> str:
    """One line for a file in which something is left to do: how much, and the first of it."""
    name = click.style(printable(result.path), bold=True)
    if result.report is None or result.verdict is None:
        return f"{name}  {first_of(result, lang)}"
    unit = printable(result.report.unit)
    return f"{name}  {unit}  {_state(result.verdict, lang)}  {first_of(result, lang)}"


def first_of(result: Result, lang: str) -> str:
    """The first thing to do in a file, errors before all else; why it cannot be read."""
    if result.verdict is None:
        return result.error.text(lang) if result.error else ""
    cards = sorted(result.verdict.cards, key=lambda card: card.severity is not Severity.ERROR)
    return printable(next((card.title.text(lang) for card in cards if card.open), ""))


def concise(results: Iterable[Result], lang: str = "zh", links: bool = False) -> str:
    """Nothing but findings and files that cannot be read."""
    parts: list[str] = []
    for result in results:
        if result.verdict is None:
            parts += lines(result, lang, links)
        else:
            where = click.style(printable(result.path), bold=True)
            parts += [
                f"{where}  {_line(result.path, card, lang, links)}"
                for card in result.verdict.cards
                if card.open
            ]
    return "".join(f"{part}\n" for part in parts)


def left_out(skipped: Sequence[Skipped], lang: str = "zh") -> Iterator[str]:
    """A line for every file that was not read, and why; a number for those beyond 100."""
    english = lang == "en"
    for one in skipped[:_SKIPPED_SHOWN]:
        why = ("not read: " if english else "没有读：") + one.reason.text(lang)
        yield f"{click.style(printable(one.path), bold=True)}  {click.style(why, dim=True)}"
    more = len(skipped) - _SKIPPED_SHOWN
    if more > 0:
        yield f"… and {more} more not read" if english else f"……另有{more}个文件没有读"


def lines(
    result: Result, lang: str = "zh", links: bool = False, *, rules: bool = False
) -> Iterator[str]:
    """The lines for one workbook. With ``links`` a place is a terminal hyperlink to the file.

    ``lang`` is zh or en; ``rules`` shows the ids behind each card.
    """
    if result.error is not None or result.report is None or result.verdict is None:
        word = "unreadable" if lang == "en" else "无法读取"
        yield click.style(printable(result.path), bold=True)
        sentence = result.error.text(lang) if result.error else ""
        yield f"  {click.style(word, fg='magenta', bold=True)}  {sentence}"
        return
    report, verdict = result.report, result.verdict
    about, edition = f"{printable(report.unit)} {report.year or '?'}", report.edition.id
    about += f" (edition {edition})" if lang == "en" else f"年度（{edition}格式）"
    yield f"{click.style(printable(result.path), bold=True)}  {about}  {_state(verdict, lang)}"
    for card in verdict.cards:
        yield "  " + _line(result.path, card, lang, links)
        below = [words.text(lang) for words in (card.sum, card.how) if words]
        if rules:
            below += dict.fromkeys(verdict.findings[n].rule for n in card.findings)
        if below:
            detail = ("; " if lang == "en" else "；").join(below)
            yield "      " + click.style(printable(detail), dim=True)
    if not verdict.left:
        yield "  " + click.style(ready(result, lang), dim=True)
    yield from _unchecked(verdict, lang)


def _state(verdict: Verdict, lang: str) -> str:
    if not verdict.left:
        return click.style("√ nothing wrong" if lang == "en" else "√ 没有问题", fg="green")
    colour = "red" if verdict.count(Severity.ERROR) else "yellow"
    return click.style(verdict.left_words.text(lang), fg=colour)


def _unchecked(verdict: Verdict, lang: str) -> Iterator[str]:
    word = "unchecked" if lang == "en" else "未核对"
    count = len(verdict.unchecked)
    if count and any(card.acts == (Act.ZEROS,) for card in verdict.cards):
        english = f"{word}  {count} rule instances wait for the blank cells"
        line = english if lang == "en" else f"{word}{count}条，填完再核对"
        yield "  " + click.style(line, dim=True)
        return
    for item in verdict.unchecked[:_OPEN_SHOWN]:
        reason = printable(item.reason.text(lang))
        yield "  " + click.style(f"{word}  {item.rule}  {reason}", dim=True)
    more = len(verdict.unchecked) - _OPEN_SHOWN
    if more > 0:
        zh = f"……另有{more}条未核对（--format json 列出全部）"
        yield "  " + click.style(f"… and {more} more" if lang == "en" else zh, dim=True)


def ready(result: Result, lang: str = "zh") -> str:
    """What is said of a report in which nothing is wrong: what was checked, and what was not."""
    verdict, report = result.verdict, result.report
    assert verdict is not None
    assert report is not None
    unread = "narrative" in report.unread
    explained = len(report.explanations)
    if lang == "en":
        return (
            f"ready to be sent: {verdict.checked} footings and {len(report.edition.fields)} cells "
            f"checked, {len(verdict.unchecked)} rule instance(s) unchecked"
            + (f", {explained} explained (审核说明)" if explained else "")
            + (", the narrative (正文) not read" if unread else "")
        )
    return (
        f"可以上报：核对了{len(report.edition.fields)}格、勾稽关系{verdict.checked}条，"
        f"未核对{len(verdict.unchecked)}条"
        + (f"，审核说明写了{explained}处" if explained else "")
        + ("，正文没有读到" if unread else "")
    )


def _line(path: str, card: Card, lang: str, links: bool) -> str:
    place = card.cells[0].place if card.cells else None
    where = printable(place.text) if place else "—"
    if place and place.cell and not position(place.cell):  # a published report has pages and rows
        where = printable(f"{place.sheet} {place.cell}")
    if links and place:
        url = f"file://{quote(os.fsencode(Path.cwd() / path))}#{quote(where)}"
        where = f"\x1b]8;;{url}\x1b\\{where}\x1b]8;;\x1b\\"
    word = STAGES[card.stage].text(lang)
    styled = click.style(word, fg=_COLOURS[card.severity], bold=True)
    return f"{where}  {styled}  {printable(card.title.text(lang))}"
