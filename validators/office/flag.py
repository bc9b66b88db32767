"""Marks one checked file: its findings as marks in the workbook itself, or in a copy of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ...templates.errors import InputError
from ...templates.unforeseen import bounded
from ...templates.words import NOTHING, Words, listed
from .. import mark
from ..finding import Result
from .outputs import Copies

_SHOWN = 20  # cells that are named


@dataclass(frozen=True)
class Flagged:
    """What marking one file came to. ``words`` say it when there is no error."""

    result: Result
    words: Words = NOTHING
    error: InputError | None = None


def flag(result: Result, copies: Copies | None = None) -> Flagged:
    """Marks the workbook of ``result``, or a copy of it at the place that ``copies`` gives.

    A file that cannot be read or marked, or that is no longer the one that was judged, is
    reported in ``Flagged.error`` and left as it is.
    """
    if result.verdict is None or result.report is None:
        return Flagged(result, error=result.error)
    path = Path(result.path)
    try:
        with bounded(str(path)):
            out, new = copies.place(path) if copies else (None, False)
            marks, summary = mark.marks_of_result(result), mark.summary_of(result)
            digest = result.report.digest
            where = mark.apply(path, marks, out, summary=summary, digest=digest, new=new)
    except InputError as error:
        return Flagged(replace(result, verdict=None, error=error), error=error)
    left = result.verdict.left_words if result.verdict.left else NOTHING
    if marks:
        left = left or Words("有提示", "notes only")
        zh = f"{where}：{left.zh}，见末尾“校验结果”表"
        return Flagged(result, Words(zh, f"{where}: {left.en}, listed on the last sheet"))
    more = Words(f"；{left.zh}", f"; {left.en}") if left else Words("，可以上报", ": ready")
    zh = f"{where}：没有问题，未加标记{more.zh}"
    return Flagged(result, Words(zh, f"{where}: nothing wrong, no mark{more.en}"))


def would_flag(result: Result) -> Flagged:
    """What ``flag`` would mark, cell by cell; nothing is written."""
    if result.verdict is None or result.report is None:
        return Flagged(result, error=result.error)
    cells = [m.place for m in mark.marks_of_result(result) if m.cell]
    some = listed(dict.fromkeys(cells[:_SHOWN]))
    if len(cells) > _SHOWN:
        some += Words("等", " …")
    zh = f"会标{len(cells)}格：{some.zh}" if cells else "不用标"
    en = f"{len(cells)} cells would be marked {some.en}".rstrip()
    return Flagged(result, Words(f"{result.path}：{zh}", f"{result.path}: {en}"))


def flag_bytes(data: bytes, result: Result) -> bytes:
    """The marked workbook; the cleared one when there is nothing to mark.

    Raises ``InputError`` when it cannot be marked.
    """
    with bounded(result.path):
        marks = mark.marks_of_result(result)
        return mark.apply_bytes(data, marks, summary=mark.summary_of(result), name=result.path)
