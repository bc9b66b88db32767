"""What goes back to a unit with its notice: who signs, until when, and its marked workbook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ...templates.errors import InputError
from ...templates.outside import read_outside
from ..office.check import check_bytes
from ..office.flag import flag_bytes
from ..ooxml.limits import Limits
from .collection import Collection, State

MARKED = "-标注.xlsx"  # after the unit's name


@dataclass(frozen=True)
class Returning:
    """The office that returns files, whom to ask there, and the day by which to send them anew.

    A day that is past is none. Everything may be empty.
    """

    office: str = ""
    contact: str = ""
    phone: str = ""
    by: date | None = None

    @property
    def deadline(self) -> str:
        """``于2026年1月31日前``, or as soon as possible."""
        by = self.by if self.by is not None and self.by >= date.today() else None
        return f"于{_day(by)}前" if by else "尽快"

    def signed(self, state: State) -> list[str]:
        """The lines at the end of a notice; without an office it is the unit's 上级."""
        ask = "，".join(
            f"{word}：{text}"
            for word, text in (("联系人", self.contact), ("电话", self.phone))
            if text
        )
        office = self.office or state.unit.parent
        return [*filter(None, (office, ask)), _day(date.today())]


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def marked(found: Collection, state: State) -> bytes | None:
    """The unit's workbook with its cells marked and 校验结果 in it; None where it cannot be."""
    if state.entry is None:
        return None
    path = found.folder / state.entry.path
    try:
        data = read_outside(path, Limits().file_bytes)
        result = check_bytes(data, path.name, found.forms, prior=found.priors)
        return flag_bytes(data, result) if result.verdict is not None else None
    except InputError:
        return None
