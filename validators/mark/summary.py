"""What stands above the list of the results sheet: counts, repairs, what was not checked."""

from __future__ import annotations

from ..finding import Result, Severity, Verdict, counted

_EACH = 3  # a rule unchecked in more places has one line
_UNCHECKED = 20  # so many rules above the list are said to be unchecked


def summary_of(result: Result) -> tuple[str, ...]:
    """The lines above the list on the results sheet; none when nothing was found."""
    report, verdict = result.report, result.verdict
    if report is None or verdict is None or not verdict.findings:
        return ()
    lines = [
        f"{report.unit} {report.year or ''}年度，{report.edition.notice}",
        status_of(verdict),
    ]
    by_rule: dict[str, list[str]] = {}
    for item in verdict.unchecked:
        by_rule.setdefault(item.rule, []).append(item.reason.zh)
    for rule, reasons in [*by_rule.items()][:_UNCHECKED]:
        if len(reasons) > _EACH:
            lines.append(f"未核对 {rule}，共{len(reasons)}条，如：{reasons[0]}")
        else:
            lines += [f"未核对 {rule}：{reason}" for reason in reasons]
    if len(by_rule) > _UNCHECKED:
        lines.append(f"……另有{len(by_rule) - _UNCHECKED}条规则没有核对全")
    return tuple(lines)


def status_of(verdict: Verdict) -> str:
    """``错误2，警告0，提示0；已核对勾稽关系42条，未核对0条；还差1件``.

    What is left is named where nothing is marked that would tell.
    """
    counts = counted({severity: verdict.count(severity) for severity in Severity})
    left = f"；{verdict.left_words.zh}" if verdict.left else "；可以上报"
    if verdict.left and not verdict.findings:
        left += "：" + "、".join(card.title for card in verdict.cards if card.open)
    checked = f"已核对勾稽关系{verdict.checked}条，未核对{len(verdict.unchecked)}条"
    return f"{counts}；{checked}{left}"
