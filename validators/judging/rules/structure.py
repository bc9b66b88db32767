"""The right form, unchanged and as it was signed; and what the words around it lack."""

from __future__ import annotations

from collections.abc import Iterator

from ....templates.edition import Edition, for_year
from ....templates.words import SIGNING, Words
from ...finding import Finding, Unchecked
from ...report import Report
from .sentences import MOST


def findings(report: Report) -> Iterator[Finding]:
    """What is wrong with the form the report stands on."""
    edition = report.edition
    if report.year is not None and not edition.fits_year(report.year):
        right = for_year(report.year, edition)
        yield Finding.of(
            edition.rule_by_id["S-EDITION"],
            _words(edition, report.year, right),
            place=report.year_place,
            found=edition.id,
            expected=right.id,
        )
    yield from _signed(report)
    for remark in (*report.remarks, *report.ledgers.remarks):
        rule = edition.rule_by_id[remark.rule]
        severity = rule.severity_for(report.unit_class, conditions=[remark.kind])
        if severity != "none":
            yield Finding.of(rule, remark.words, severity=severity, place=remark.place)
    if report.narrative or report.headings is not None:
        from . import claims, completeness, parts, screen  # for who has a narrative

        yield from completeness.findings(report)
        yield from claims.too_small(report)
        yield from parts.findings(report)
        yield from screen.findings(report)
    if edition.roles.direct is not None and report.year is not None:
        from . import completeness

        yield from completeness.direct(report)


def _signed(report: Report) -> Iterator[Finding]:
    """S-SIGNED: the numbers are no longer those that somebody signed."""
    if not report.signatures:
        return
    from ....templates.signing import code_of

    for signed in report.signatures:
        now = code_of(report.edition, report.numbers, signed.formula)
        who = f"{signed.role}（{signed.name}{'，' + signed.date if signed.date else ''}）"
        if not signed.code:
            words = Words(
                f"{who}签了名，没有抄“签时摘要码”，看不出签的是哪些数。请补填{now}。",
                f"{who} signed without the code of the numbers: enter {now}.",
            )
        elif signed.code != now:
            words = Words(
                f"{who}签的是摘要码{signed.code}，现在的数是{now}：签后改过数。请重新审签。",
                f"{who} signed the numbers of code {signed.code}, now they are {now}: they were "
                "changed after signing and must be signed again.",
            )
        else:
            continue
        yield Finding.of(
            report.edition.rule_by_id["S-SIGNED"],
            words,
            place=signed.place,
            found=signed.code or None,
            expected=now,
        )


def _words(edition: Edition, year: int, right: Edition) -> Words:
    if right is edition:
        span = f"{edition.from_year}年度起" + (
            f"至{edition.to_year}年度" if edition.to_year else ""
        )
        return Words(
            f"{edition.notice}的格式用于{span}，封面填的是{year}年度。请核对年度。",
            f"The form of {edition.notice} is not for {year}: check the year.",
        )
    return Words(
        f"{year}年度的报告用了{edition.notice}的格式，应当用{right.notice}的格式。"
        f"请改用“gouji template --edition {right.id}”的模板；若年度填错，请改正年度。",
        f"The report for {year} is on the form of {edition.notice}; it should be on that of "
        f"{right.notice}: use the template of edition {right.id}, or correct the year.",
    )


def unchecked(report: Report) -> Iterator[Unchecked]:
    """S-EDITION cannot run when the year is unknown, N-CLAIM not where there is no narrative."""
    if report.year is None:
        yield Unchecked("S-EDITION", "", Words("没有找到报告年度", "the report year was not found"))
    for pack in report.packs:
        words = Words(
            f"这份工作簿是带规则包“{pack}”做的，这次没有给出，它加的表、台账和规则没有核对"
            "（加 --rules）",
            f"the workbook was made with the rule pack {pack!r}, which was not given "
            "(--rules): its tables, ledgers and rules were not looked at",
        )
        yield Unchecked("S-TEMPLATE", "", words)
    for sheet in report.ledgers.unread:
        words = Words(
            f"《{sheet}》没有认出表头，台账没有核对",
            f"the heads of {sheet} were not recognised: the ledger was not looked at",
        )
        yield Unchecked("L-ROW", "", words)
    for sheet in report.ledgers.lost:
        yield Unchecked("L-COUNT", "", _gone(sheet))
    if "signing" in report.unread:
        yield Unchecked("S-SIGNED", "", _gone(SIGNING))
    yield from _of_narrative(report)
    if report.headings is not None:
        from . import completeness

        yield from completeness.unchecked(report)


def _of_narrative(report: Report) -> Iterator[Unchecked]:
    """What was not read of 正文, or not to its end."""
    if "narrative" in report.unread:
        claims = (i.rule for i in report.edition.relations if "claim" in i.sources)
        words = Words(
            "没有读到正文，正文里的数没有与表核对",
            "the narrative was not found, its numbers were not compared with the tables",
        )
        yield Unchecked(next(claims, "N-CLAIM"), "", words)
        if report.headings is not None and "N-SUM" in report.edition.rule_by_id:
            words = Words(
                "没有读到正文，正文里各项之和没有核对",
                "the narrative was not found, its lists were not added up",
            )
            yield Unchecked("N-SUM", "", words)
    for title, text in report.narrative:
        if len(text) > MOST:
            words = Words(
                f"正文“{title}”有{len(text)}个字，只核对了前面{MOST}个字",
                f"{title} has {len(text)} characters: only the first {MOST} were looked at",
            )
            yield Unchecked("N-CLAIM", "", words)


def _gone(sheet: str) -> Words:
    return Words(
        f"没有找到《{sheet}》，模板里原来有，没有核对",
        f"{sheet}, which the template had, was not found and not looked at",
    )


def without_year(report: Report) -> Iterator[Unchecked]:
    """A ledger that cannot be counted, since nothing says of which year the report is."""
    for source in report.ledgers.lines:
        rule = next((i.rule for i in report.edition.relations if source in i.sources), "L-ROW")
        if report.ledgers.of(source):
            yield Unchecked(rule, "", Words("没有找到报告年度", "the report year was not found"))
