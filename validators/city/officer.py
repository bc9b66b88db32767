"""What the officer wrote into the roll-up: kept when it is written anew."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ...templates.errors import InputError
from ..mark.signs import SHEET_NAME
from ..ooxml.limits import Limits, load
from ..reading.file import open_book
from ..reading.spelling import day_of

STATES = "各单位状态"
UNIT, RECEIVED, REMARK = "单位", "收到日期", "备注"
_HEAD_ROWS = 6  # the heads stand within so many rows


@dataclass(frozen=True)
class Record:
    """What is recorded of one unit: the day its report came (None: nothing), a remark."""

    received: date | None = None
    remark: str = ""


def records_of(rollup: Path, known: Container[str], *, force: bool = False) -> dict[str, Record]:
    """By unit's name what stands in 收到日期 and 备注 of a roll-up; nothing where there is none.

    ``known`` are the sheets that will be written anew; our results sheet may go. Raises
    ``InputError`` for a roll-up that cannot be read or has other sheets, which writing it anew
    would lose; not with ``force``.
    """
    if not rollup.is_file():
        return {}
    try:
        book = open_book(load(rollup, Limits()), str(rollup))
    except InputError:
        if force:
            return {}
        raise
    others = [s for s in book.sheets if s not in known and not s.startswith(SHEET_NAME)]
    if others and not force:
        raise InputError(
            f"{rollup} 里有另外加上的工作表（{'、'.join(others[:3])}），重新汇总会丢失。"
            "请把它移到别的工作簿，或用 -o 换一个文件名；不要了就加 --force。",
            f"{rollup} has sheets of your own ({', '.join(others[:3])}), which writing it anew "
            "would lose: move them to another workbook, choose another -o, or use --force.",
        )
    if STATES not in book.sheets:
        return {}
    where: dict[str, int] = {}
    found: dict[str, Record] = {}
    for number, row in book.cells(STATES).rows():
        texts = {str(v).strip(): c for c, v in row.items() if isinstance(v, str)}
        if not where and number < _HEAD_ROWS and {UNIT, REMARK} <= texts.keys():
            where = texts
        elif where and isinstance(name := row.get(where[UNIT], ""), str) and name:
            received = _day(row.get(where.get(RECEIVED, -1), ""))
            remark = str(row.get(where[REMARK], "")).strip()
            if received is not None or remark:
                found.setdefault(name.strip(), Record(received, remark))
    return found


def _day(value: Any) -> date | None:
    """A day as a spreadsheet keeps it, or as it is usually written."""
    if (day := day_of(value)) is not None:
        return day
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"):
        try:
            return datetime.strptime(str(value).strip(), form).date()
        except ValueError:
            continue
    return None
