"""The columns of the results sheet: their heads and what each holds."""

from __future__ import annotations

from enum import IntEnum

from ..finding import SEVERITY_ZH, Severity, Stage

HEADS = ("序号", "级别", "状态", "位置", "问题", "现值", "应为", "怎样改", "说明", "依据")
STATES = {
    Stage.FILL: "待填",
    Stage.MEND: "待改",
    Stage.EXPLAIN: "待说明",
    Stage.KNOW: SEVERITY_ZH[Severity.NOTE],
}
EXPLAINED = "已说明"
KEPT = "留存"


class Column(IntEnum):
    """The 0-based columns of the results sheet; those from ``MARKED`` on are not printed.

    ``SAID`` is the clerk's: what a warning is explained by.
    """

    NUMBER = 0
    SEVERITY = 1
    STATE = 2
    PLACE = 3
    PROBLEM = 4
    FOUND = 5
    EXPECTED = 6
    REPAIR = 7
    SAID = 8
    BASIS = 9
    MARKED = 10
    KIND = 11
    NOTE = 12
