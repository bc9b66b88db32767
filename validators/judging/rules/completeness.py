"""S-SECTION, S-PERIOD and what is cited: is the report whole, of its year, on the right notice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from ....templates.a1 import Place
from ....templates.edition import Edition, notices
from ....templates.form import Section
from ....templates.words import NARRATIVE, Words
from ...finding import Finding, Unchecked
from ...report import Report
from .narrative_words import WORDS
from .sentences import paragraphs, spot

_NOTHING = WORDS.expression("says_nothing")
_PERIOD = WORDS.expression("period")
_PERIOD_WORD = WORDS.expression("is_a_period")
_NOTICE = WORDS.expression("notice")
_DECREE = WORDS.expression("decree")
_AROUND = 24  # characters before a period in which it is said to be one


def findings(report: Report) -> Iterator[Finding]:
    """What of the report's words is missing, of another year or wrongly cited."""
    yield from _sections(report)
    yield from _limits(report)
    yield from _period(report)
    yield from _cited(report)


def direct(report: Report) -> Iterator[Finding]:
    """T4-DIRECT: suits without a review where every outcome is a refusal, from its year on."""
    rule, roles = report.edition.rule_by_id.get("T4-DIRECT"), report.edition.roles.direct
    if rule is None or roles is None or report.year is None:
        return
    if report.year < rule.limit("from_year"):
        return
    suits, refused, outcomes = (
        [report.number(k) for k in keys] for keys in (roles.suits, roles.refused, roles.outcomes)
    )
    if None in suits or None in outcomes:
        return
    total = sum(n for n in outcomes if n)
    if any(suits) and total and total == sum(n for n in refused if n):
        field = roles.suits[0]
        value = report.values[field]
        words = Words(
            "{n}件未经复议直接起诉，而本年办理结果只有不予公开。2024年起对不予公开的，应先复议再起诉；"
            "是以前年度的申请就不用改，否则请核对是不是“复议后起诉”。",
            "{n} suits without a review, and every outcome is a refusal; from 2024 on a refusal "
            "goes to review first: check whether they belong to 复议后起诉.",
        ).filled(n=sum(n for n in suits if n))
        yield Finding.of(rule, words, place=value.place, field=field, found=value.number)


def unchecked(report: Report) -> Iterator[Unchecked]:
    """Where the sections of a published report could not be told apart."""
    if report.headings is not None and not _has_titles(report):
        words = Words(
            "没有认出六个部分的标题，没有核对各部分是否齐全",
            "the titles of the six sections were not found",
        )
        yield Unchecked("S-SECTION", "", words)


def _has_titles(report: Report) -> bool:
    """Whether enough titles were found to say which are missing."""
    return report.headings is not None and 2 * len(report.headings) > len(report.edition.sections)


def _sections(report: Report) -> Iterator[Finding]:
    rule = report.edition.rule_by_id["S-SECTION"]
    texts = dict(report.narrative)
    found = report.headings if _has_titles(report) else None
    if found is None and (report.headings is not None or not report.narrative):
        return
    severity = rule.severity if found is not None else rule.severity_for("", "", ("workbook",))
    find, place = partial(Finding.of, rule, severity=severity), Place(NARRATIVE)
    if found is not None:
        order = [s.title for s in report.edition.sections if s.title in found]
        missing = [s.title for s in report.edition.sections if s.title not in found]
        if missing:
            words = Words(
                f"没有找到{_quoted(missing)}。年度报告要有六个部分，请补上；没有内容的也要写明。",
                f"{', '.join(missing)} was not found: the report has six sections.",
            )
            yield find(words, place=place, found=len(found), expected=len(order) + len(missing))
        if [*found] != order:
            words = Words(
                f"各部分的次序是{_quoted(found)}，格式的次序是{_quoted(order)}。请按格式的次序排列。",
                "The sections are not in the form's order: put them in order.",
            )
            yield find(words, place=place)
    for section in report.edition.sections:
        there = found is None or section.title in found
        text = texts.get(section.title, "").strip()
        if there and not section.table and _empty(report.edition, section, text):
            wanted = section.prompt.removesuffix("。")
            state = f"只写了“{text}”，等于没有写" if text else "是空的"
            words = Words(
                f"“{section.title}”{state}。请写明{wanted}。",
                f"{section.title} is empty: write it.",
            )
            at = spot(report, text, section.title)
            yield find(words, place=at, found=text, instance=section.title)


def _quoted(titles: Iterable[str]) -> str:
    return "、".join(f"“{t}”" for t in titles)


def _empty(edition: Edition, section: Section, text: str) -> bool:
    """Whether a section says nothing; the last one may say that there is nothing."""
    last = section is edition.sections[-1]
    return not text or (not last and bool(_NOTHING.fullmatch("".join(text.split()))))


def _limits(report: Report) -> Iterator[Finding]:
    texts = dict(report.narrative)
    for title, most in report.edition.section_limits:
        length = len("".join(texts.get(title, "").split()))
        if length > most:
            words = Words(
                "“{title}”有{length}字，超过本单位规定的{most}字。请精简{gap}字。",
                "{title} has {length} characters, {gap} more than the {most} allowed.",
            ).filled(title=title, length=length, most=most, gap=length - most)
            rule, place = report.edition.rule_by_id["S-SECTION"], spot(report, title=title)
            find = partial(Finding.of, rule, severity="warning", place=place)
            yield find(words, found=length, expected=most, instance=f"{title} 字数")


def _statements(report: Report) -> Iterator[str]:
    """The paragraphs in which a report says what it covers and on what it rests."""
    for text in (report.introduction, *(text for _, text in report.narrative[:1])):
        yield from paragraphs(text)


def _period(report: Report) -> Iterator[Finding]:
    if report.year is None:
        return
    for paragraph in _statements(report):
        for match in _PERIOD.finditer(paragraph):
            if not _PERIOD_WORD.search(paragraph[max(0, match.start() - _AROUND) : match.start()]):
                continue
            first = [int(match[k]) for k in ("y1", "m1", "d1")]
            last = [int(match["y2"] or match["y1"]), int(match["m2"]), int(match["d2"])]
            if first != [report.year, 1, 1] or last != [report.year, 12, 31]:
                words = Words(
                    f"统计期限写的是“{match[0]}”，{report.year}年度的报告应是{report.year}年1月1日至"
                    f"{report.year}年12月31日。请改正；年度写错的，请改年度。",
                    f"The period is said to be {match[0]!r}; the report of {report.year} "
                    f"covers 1 January to 31 December {report.year}: correct it.",
                )
                yield Finding.of(
                    report.edition.rule_by_id["S-PERIOD"],
                    words,
                    place=spot(report, match[0]),
                    found=match[0],
                    expected=f"{report.year}年1月1日至{report.year}年12月31日",
                )
                return


def _cited(report: Report) -> Iterator[Finding]:
    """A notice that is another edition's or misspelt, a decree that is not the 条例's."""
    edition = report.edition
    right = _NOTICE.search(edition.notice.replace("（", "("))
    others = {_bare(n) for i, n in notices(edition).items() if i != edition.id}
    for text in _statements(report):
        for match in _NOTICE.finditer(text):
            bare = _bare(match[0])
            same = right is not None and match.group("year", "number") == right.group(
                "year", "number"
            )
            if bare in others or (same and right is not None and match["word"] != right["word"]):
                yield _wrong(report, match[0], edition.notice, "通知文号")
                return
        for match in _DECREE.finditer(text):
            if edition.decree and match["number"] != edition.decree:
                written, decree = f"令第{match['number']}号", f"国务院令第{edition.decree}号"
                yield _wrong(report, written, decree, "条例的文号")
                return


def _bare(notice: str) -> str:
    return re.sub(r"[〔〕\[\]()【】（）]", "|", notice)


def _wrong(report: Report, written: str, right: str, what: str) -> Finding:
    rule = report.edition.rule_by_id["S-EDITION"]
    words = Words(
        f"引用的{what}是“{written}”，本报告所用格式的是“{right}”。请改正。",
        f"The report cites {written!r}; its form is that of {right}: correct it.",
    )
    severity, place = rule.severity_for("", "", ("notice",)), spot(report, written)
    return Finding.of(rule, words, severity=severity, place=place, found=written, expected=right)
