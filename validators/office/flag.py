"""Findings become marks, marks go into the workbook: the one mark list of every way in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ...templates.errors import InputError
from .. import mark
from ..finding import SEVERITY_ZH, Finding, Result, Severity, Verdict, number_text
from ..mark import Mark


@dataclass(frozen=True)
class Flagged:
    """What marking one file came to. ``line`` and ``line_en`` say it when there is no error."""

    result: Result
    line: str = ""
    line_en: str = ""
    error: InputError | None = None


def marks(verdict: Verdict) -> list[Mark]:
    """One mark per finding, and one more for the cell most likely wrong where that is another."""
    found = [_mark(f) for f in verdict.findings]
    marked = {(m.sheet, m.cell) for m in found}
    likely: dict[tuple[str, str], Mark] = {}
    for finding in verdict.findings:
        repair = finding.repair
        if repair is None or not repair.place.cell:
            continue
        at = (repair.place.sheet, repair.place.cell)
        text = f"最可能是这一格有误：应为{number_text(repair.value)}（{repair.reason}）。"
        likely.setdefault(at, Mark(*at, finding.severity.value, text, likely=True))
    # the likely mark stands first, so that its stronger fill and its words lead
    return [*likely.values(), *found] if likely or marked else found


def _mark(finding: Finding) -> Mark:
    place, repair = finding.place, finding.repair
    change = ""
    if repair is not None:
        change = f"{repair.place.sheet}!{repair.place.cell} 改为 {number_text(repair.value)}"
    return Mark(
        place.sheet if place else "",
        place.cell if place else "",
        finding.severity.value,
        finding.message,
        rule=finding.rule,
        found=_text(finding.found),
        expected=_text(finding.expected),
        repair=change,
        basis=finding.basis,
    )


def _text(value: float | str | None) -> str:
    return "" if value is None else str(number_text(value))


def summary(result: Result) -> Iterator[str]:
    """The lines above the list on the results sheet."""
    report, verdict = result.report, result.verdict
    if report is None or verdict is None:
        return
    counts = "，".join(f"{SEVERITY_ZH[s]}{verdict.count(s)}" for s in Severity)
    yield f"{report.unit} {report.year or ''}年度，{report.edition.notice}"
    yield f"{counts}；已核对勾稽关系{verdict.checked}条，未核对{len(verdict.unchecked)}条"
    for item in verdict.unchecked[:20]:
        yield f"未核对 {item.rule}：{item.reason}"
    if len(verdict.unchecked) > 20:
        yield f"……另有{len(verdict.unchecked) - 20}条未核对"


def flag(result: Result, copy_to: Path | None = None) -> Flagged:
    """Marks the workbook of ``result``, or a copy of it in the folder ``copy_to``.

    A file that cannot be read or marked is reported in ``Flagged.error`` and left as it is.
    """
    if result.verdict is None:
        return Flagged(result, error=result.error)
    path = Path(result.path)
    try:
        out = None
        if copy_to is not None:
            _folder(copy_to)
            out = copy_to / path.name
        put = marks(result.verdict)
        where = mark.apply(path, put, out, summary=[*summary(result)] if put else [])
    except InputError as error:
        return Flagged(replace(result, verdict=None, error=error), error=error)
    count = len(result.verdict.findings)
    if not count:
        return Flagged(result, f"{where}：没有问题，未加标记", f"{where}: no finding, no mark")
    return Flagged(
        result,
        f"{where}：标出{count}处，见末尾“校验结果”表",
        f"{where}: {count} finding(s) marked, listed on the last sheet",
    )


def flag_bytes(data: bytes, result: Result) -> bytes:
    """The marked workbook; the cleared one when there is nothing to mark.

    Raises ``InputError`` when it cannot be marked.
    """
    put = marks(result.verdict) if result.verdict else []
    lines = [*summary(result)] if put else []
    return mark.apply_bytes(data, put, summary=lines, name=result.path)


def _folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"建不了文件夹 {path}（{error.strerror}），请换一个位置。",
            f"The folder {path} cannot be made ({error.strerror}): choose another place.",
        ) from error
