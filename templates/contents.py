"""What a template workbook is filled with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import xlsxwriter

from .styles import Styles


@dataclass(frozen=True)
class Contents:
    """Whose report it is, what stands in it, and which sheets it has beside the tables.

    ``values`` maps field keys to numbers (or to text, written as text); missing ones stay
    blank. With ``typed_totals`` the totals are the given numbers instead of formulas, as a
    published report states them. ``formulas`` maps field keys to a formula whose value is that of
    ``values``; ``locked`` maps field keys whose cell is pre-filled to the note shown with them.
    ``hint`` stands above the tables instead of the usual one. ``narrative`` maps section titles
    to their text. ``ledgers`` adds the sheets 申请台账 and 文件台账, ``more`` whatever it writes
    after the others, ``first`` before them. With ``sums`` it is a roll-up, without what only a
    clerk fills in: 填报说明, 正文, 审签, 审核说明.
    """

    year: int | None = None
    unit: str = ""
    code: str = ""
    unit_class: str = ""
    values: Mapping[str, float | str] = field(default_factory=dict)
    typed_totals: bool = False
    formulas: Mapping[str, str] = field(default_factory=dict)
    locked: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""
    narrative: Mapping[str, str] = field(default_factory=dict)
    ledgers: bool = False
    more: Callable[[xlsxwriter.Workbook, Styles], None] | None = None
    sums: bool = False
    first: Callable[[xlsxwriter.Workbook, Styles], None] | None = None

    @property
    def numbers(self) -> dict[str, float]:
        """Those of ``values`` that are numbers."""
        return {k: float(v) for k, v in self.values.items() if isinstance(v, int | float)}

    @property
    def line_above(self) -> str:
        """The line above the tables."""
        if self.hint:
            return self.hint
        if self.typed_totals:
            return "数字照已公布的原文，总计也是；改了明细，总计不会自动跟着变。"
        return "只填白色的格；灰色的总计自动计算；没有的填0。"
