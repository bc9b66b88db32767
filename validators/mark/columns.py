"""The columns of the results sheet: their heads and what each holds."""

from __future__ import annotations

from enum import IntEnum

HEADS = ("序号", "级别", "规则", "位置", "问题", "现值", "应为", "最可能的修改", "依据")


class Column(IntEnum):
    """The 0-based columns of the results sheet; those from ``MARKED`` on are not printed."""

    NUMBER = 0
    SEVERITY = 1
    RULE = 2
    PLACE = 3
    PROBLEM = 4
    FOUND = 5
    EXPECTED = 6
    REPAIR = 7
    BASIS = 8
    MARKED = 9
    KIND = 10
    NOTE = 11
