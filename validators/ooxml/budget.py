"""What reading one workbook may cost, counted while it is read: of the workbook, not of a sheet."""

from __future__ import annotations

import time

from ...templates.errors import InputError
from .limits import Limits

_EVERY = 2048  # elements between two looks at the clock


class Budget:
    """Elements, cells, depth and seconds that are left for a workbook called ``name``."""

    def __init__(self, limits: Limits, name: str) -> None:
        self.limits = limits
        self.name = name
        self.elements: int = limits.elements
        self.cells: int = limits.cells
        self.depth: int = limits.depth
        self._until = time.monotonic() + limits.seconds
        self._next = self.elements - _EVERY

    def spend(self, elements: int, cells: int = 0) -> None:
        """Counts what was read; ``InputError`` when it was too much or took too long."""
        self.elements -= elements
        self.cells -= cells
        if self.elements < self._next:
            self._next = self.elements - _EVERY
            self.tick()
        if self.elements < 0 or self.cells < 0:
            limit = self.limits.cells if self.cells < 0 else self.limits.elements
            zh, en = ("单元格", "cells") if self.cells < 0 else ("内容", "elements")
            raise InputError(
                f"{self.name} 里的{zh}超过上限{limit:,}，没有读完。"
                "请删去无关的工作表和多余的格式后另存。",
                f"{self.name} has more than {limit:,} {en} and was not read to its end: delete "
                "unrelated sheets and formats, and save.",
            )

    def tick(self) -> None:
        """``InputError`` when the time for this workbook is over."""
        if time.monotonic() > self._until:
            raise InputError(
                f"{self.name} 读了{self.limits.seconds}秒还没有读完，没有读下去。"
                "请删去无关的工作表后另存；确要读完，可调大 GOUJI_MAX_SECONDS。",
                f"{self.name} took more than {self.limits.seconds} s to read and was left: delete "
                "unrelated sheets and save, or raise GOUJI_MAX_SECONDS.",
            )

    def too_deep(self) -> InputError:
        """The sentence for elements within elements without end."""
        return InputError(
            f"{self.name} 的内容层层嵌套超过{self.depth}层，正常的工作簿没有，"
            "可能被人做过手脚，没有打开。",
            f"{self.name} nests its content more than {self.depth} deep, which no ordinary "
            "workbook "
            "does; it may have been tampered with and was not opened.",
        )
