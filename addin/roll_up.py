"""汇总: the workbooks beside the open one, added up on a sheet of the open one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..templates.a1 import column_name
from ..templates.edition import Edition
from ..templates.errors import InputError
from ..templates.words import plain
from ..validators.city import Part, compare
from ..validators.finding import Result
from ..validators.mark import signs
from ..validators.office import check_files, expand
from ..validators.report import Report

SHEET = "汇总"
START = signs.NOTE_START + SHEET
_HEADS = ("单位", "文件", "状态")


@dataclass(frozen=True)
class RollUp:
    """The sheet 汇总, row by row from A1, texts that begin with ``=`` being formulas."""

    rows: tuple[tuple[str | float, ...], ...]
    status: str


def beside(path: Path) -> list[Path]:
    """The other workbooks in the folder of ``path``.

    Raises ``InputError`` when there is none.
    """
    found = [p for p in expand([str(path.parent)]) if p.resolve() != path.resolve()]
    if not found:
        raise InputError(
            f"文件夹 {path.parent} 里没有别的工作簿。请把各单位的报表放在本表旁边再汇总。",
            f"There is no other workbook in {path.parent}: put the units' workbooks there.",
        )
    return found


def add_up(top: Report, paths: Sequence[Path]) -> RollUp:
    """Adds the reports of ``paths`` field by field and compares the sums with ``top``."""
    edition = top.edition
    results = list(check_files(paths))
    keys = list(edition.fields)
    heads = [*_HEADS, *(f"{f.sheet} {f.label}" for f in edition.fields.values())]
    rows: list[list[str | float]] = [[""], [*heads]]
    parts = []
    for result in results:
        state, counted = _state(top, result)
        numbers: list[str | float] = [""] * len(keys)
        if counted and result.report is not None and result.verdict is not None:
            parts.append(Part.of(result.report, result.verdict.findings))
            numbers = [_shown(result.report.number(key)) for key in keys]
        unit = result.report.unit if result.report else ""
        rows.append([unit or Path(result.path).stem, Path(result.path).name, state, *numbers])
    wrong, unchecked = compare(top, parts)
    rows += _footer(edition, top, parts, len(rows))
    rows += [[words.zh] for words in wrong]
    left_out = len(results) - len(parts)
    status = f"{len(parts)}个单位相加" + (f"，{left_out}个文件没有计入" if left_out else "")
    status += f"；与本表不符{len(wrong)}格" if wrong else ("" if unchecked else "；与本表相符")
    status += f"；{len(unchecked)}格没有核对" if unchecked else ""
    rows[0][0] = f"{START}：{status}"
    width = len(heads)
    return RollUp(tuple((*row, *[""] * (width - len(row))) for row in rows), status)


def _state(top: Report, result: Result) -> tuple[str, bool]:
    """What stands under 状态, and whether the report is added."""
    if result.report is None or result.verdict is None:
        return f"读不了：{result.error.zh if result.error else ''}", False
    if result.report.edition is not top.edition:
        return f"未计入：格式是{result.report.edition.notice}", False
    if None not in (top.year, result.report.year) and top.year != result.report.year:
        return f"未计入：是{result.report.year}年度的", False
    return {"ok": "相符", "findings": "有不符，请先校验"}[result.status], True


def _shown(number: float | None) -> str | float:
    shown = plain(number)
    return "" if shown is None else shown


def _footer(
    edition: Edition, top: Report, parts: Sequence[Part], above: int
) -> list[list[str | float]]:
    """合计 as formulas over the lines above, 本表, and the difference."""
    if not parts:
        return []
    columns = [column_name(i + len(_HEADS)) for i in range(len(edition.fields))]
    here, own = above + 1, above + 2
    return [
        ["合计", "", "", *(f"=SUM({c}3:{c}{above})" for c in columns)],
        ["本表", "", "", *(_shown(top.number(key)) for key in edition.fields)],
        ["相差", "", "", *(f"=N({c}{own})-{c}{here}" for c in columns)],
    ]
