"""S-EDITION and S-TEMPLATE: the right form, unchanged."""

from __future__ import annotations

from collections.abc import Iterator

from ....templates.edition import for_year
from ...finding import Finding, Severity, Unchecked
from ...report import Report


def findings(report: Report) -> Iterator[Finding]:
    """What is wrong with the form the report stands on."""
    edition = report.edition
    if report.year is not None and not edition.fits_year(report.year):
        rule = edition.rule_by_id["S-EDITION"]
        right = for_year(report.year)
        yield Finding(
            rule="S-EDITION",
            severity=Severity(rule.severity),
            message=f"{report.year}年度的报告用了{edition.notice}的格式，应当用{right.notice}的格式。"
            f"请改用“gouji template --edition {right.id}”的模板；若年度填错，请改正年度。",
            message_en=f"The report for {report.year} is on the form of {edition.notice}; it "
            f"should be on that of {right.notice}: use the template of edition {right.id}, or "
            "correct the year.",
            basis=rule.basis,
            basis_en=rule.basis_en,
            place=report.year_place,
            found=edition.id,
            expected=right.id,
        )
    for remark in report.remarks:
        rule = edition.rule_by_id[remark.rule]
        yield Finding(
            rule=remark.rule,
            severity=Severity(remark.severity),
            message=remark.zh,
            message_en=remark.en,
            basis=rule.basis,
            basis_en=rule.basis_en,
            place=remark.place,
        )


def unchecked(report: Report) -> Iterator[Unchecked]:
    """S-EDITION cannot run when the year is unknown."""
    if report.year is None:
        yield Unchecked("S-EDITION", "", "没有找到报告年度", "the report year was not found")
