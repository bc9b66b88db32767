"""Percentages of the narrative that compare with last year (同比增长x%), against both years."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...finding import Finding, Severity, number_text
from ...report import Place, Prior, Report

SHEET = "正文"
# what a sentence speaks of → the fields whose sum it compares; the last one before the number
SUBJECTS = (
    (re.compile(r"申请"), ("t3.new.total",), "新收申请"),
    (re.compile(r"复议"), ("t4.review.total",), "行政复议"),
    (re.compile(r"诉讼"), ("t4.direct.total", "t4.after_review.total"), "行政诉讼"),
    (re.compile(r"行政许可"), ("t2.licences.decisions",), "行政许可"),
    (re.compile(r"行政处罚"), ("t2.penalties.decisions",), "行政处罚"),
    (re.compile(r"行政强制"), ("t2.coercion.decisions",), "行政强制"),
)
_CLAIM = re.compile(
    r"(?:同比|[比较](?:上年|去年|(?P<year>20\d\d)年)(?:同期)?(?:（[^）]*）)?)"
    r"(?P<way>增长|上升|增加|提高|下降|减少|降低)了?(?:约|近)?(?P<number>\d+(?:\.\d+)?)[%％]"
)
_DOWN = ("下降", "减少", "降低")


def findings(report: Report, prior: Prior) -> Iterator[Finding]:
    """One finding for every percentage that does not fit the two years' numbers.

    A sentence whose subject is not one of ``SUBJECTS``, or that compares with another year, is
    not judged; nor is one where last year's number is 0 or missing.
    """
    for _, text in report.narrative:
        for sentence in re.split(r"[。；;\n]", re.sub(r"\s", "", text)):
            for match in _CLAIM.finditer(sentence):
                if match["year"] and int(match["year"]) != prior.report.year:
                    continue
                found = _finding(report, prior, sentence[: match.start()], match)
                if found is not None:
                    yield found


def _finding(report: Report, prior: Prior, before: str, match: re.Match[str]) -> Finding | None:
    at = [(max((m.end() for m in words.finditer(before)), default=-1), keys, name)
          for words, keys, name in SUBJECTS]  # fmt: skip
    end, keys, name = max(at)
    if end < 0 or any(k not in report.edition.fields for k in keys):
        return None
    if any(k not in prior.report.edition.fields for k in keys):
        return None
    now, was = ([r.number(k) for k in keys] for r in (report, prior.report))
    if any(n is None for n in (*now, *was)) or not sum(n or 0 for n in was):
        return None
    this, last = sum(n or 0.0 for n in now), sum(n or 0.0 for n in was)
    real = (this - last) / last * 100
    decimals = len(match["number"].partition(".")[2])
    said = float(match["number"]) * (-1 if match["way"] in _DOWN else 1)
    if abs(real - said) <= 0.51 * 10**-decimals:
        return None
    rule = report.edition.rule_by_id["N-CLAIM"]
    right = f"{'下降' if real < 0 else '增长'}{abs(real):.{max(1, decimals)}f}%"
    a, b = number_text(this), number_text(last)
    return Finding(
        rule="N-CLAIM",
        severity=Severity(rule.severity),
        message=f"正文说{name}“{match[0]}”，按表是由{b}到{a}，即{right}。请核对正文和表。",
        message_en=f"The narrative says {match[0]!r} of {name}; by the tables it went from {b} to "
        f"{a}, {real:+.{max(1, decimals)}f}%: check both.",
        basis=rule.basis,
        basis_en=rule.basis_en,
        place=Place(SHEET),
        found=match["number"] + "%",
        expected=f"{abs(real):.{max(1, decimals)}f}%",
    )
