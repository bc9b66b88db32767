"""R-SUM: a roll-up and its units, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...finding import Finding, Severity, number_text
from ...report import Place, Report

_SEVERITY = {"t2": Severity.NOTE, "t4": Severity.WARNING}  # t3: error, as the edition says


@dataclass(frozen=True)
class Cause:
    """What explains a difference: a unit ``absent``, counted ``twice``, or its ``cell``."""

    unit: str
    kind: str
    place: Place | None = None
    now: float | None = None
    value: float | None = None

    def zh(self) -> str:
        """The explanation as a Chinese sentence."""
        if self.kind == "absent":
            return f"相差的正好是“{self.unit}”的全部数字：汇总时没有加上它。"
        if self.kind == "twice":
            return f"相差的正好是“{self.unit}”的全部数字：汇总时多加了一次。"
        cell = self.place.cell if self.place else ""
        return (
            f"相差的正好是“{self.unit}”{cell}的改动："
            f"该单位表中是{number_text(self.now)}，改为{number_text(self.value)}才相符。"
        )

    def en(self) -> str:
        """The explanation as an English sentence."""
        if self.kind == "absent":
            return f"The difference is the whole report of {self.unit}: it was not added."
        if self.kind == "twice":
            return f"The difference is the whole report of {self.unit}: it was added twice."
        cell = self.place.cell if self.place else ""
        return (
            f"The difference is {cell} of {self.unit}: {number_text(self.value)} instead of "
            f"{number_text(self.now)} would fit."
        )


def finding(
    top: Report, key: str, sum_: float, count: int, cause: Cause | None, missing: Sequence[str]
) -> Finding:
    """The finding for field ``key`` of the roll-up ``top``, which is not ``sum_``."""
    field = top.edition.fields[key]
    rule = top.edition.rule_by_id["R-SUM"]
    place = top.values[key].place or Place(field.sheet)
    now = top.number(key) or 0.0
    gap = number_text(round(abs(now - sum_), 6))
    zh = (
        f"{field.sheet} {field.label}（{place.cell}）：汇总表是{number_text(now)}，"
        f"{count}个单位合计{number_text(sum_)}，相差{gap}。"
    )
    en = (
        f"{field.sheet} {field.label} ({place.cell}): {number_text(now)} here, "
        f"{number_text(sum_)} in {count} units, a difference of {gap}. "
    )
    if cause is not None:
        zh, en = zh + cause.zh(), en + cause.en()
    elif missing:
        names = "、".join(missing[:5]) + ("等" if len(missing) > 5 else "")
        zh += f"还有{len(missing)}个单位没有收到（{names}），收齐后再核对。"
        en += f"{len(missing)} units are missing ({', '.join(missing[:5])}): collect them first."
    else:
        zh += f"请对照各单位的同一格核对；若各单位无误，{place.cell}应为{number_text(sum_)}。"
        en += f"Check the units' cells; if they are right, {place.cell} should be "
        en += f"{number_text(sum_)}."
    return Finding(
        rule="R-SUM",
        severity=_SEVERITY.get(field.table, Severity(rule.severity)),
        message=zh,
        message_en=en,
        basis=rule.basis,
        basis_en=rule.basis_en,
        place=place,
        field=key,
        found=now,
        expected=sum_,
    )
