"""Last year's reports: one file, or a folder in which each unit's is found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ...templates.units import OFFICES, same, without_place
from ...templates.words import Words
from ..formats import documents, workbooks
from ..reading.readers import read_as, read_sent
from ..report import NoPrior, Prior, Report
from .paths import files_in

if TYPE_CHECKING:
    from ...templates.roster import Unit


class PriorSource(Protocol):
    """Whatever finds last year's report of a unit."""

    def of(self, report: Report) -> Prior | NoPrior | None:
        """The report before ``report`` of the same unit, None where there is none."""


class Priors:
    """The reports at ``path``, read when first asked for.

    Raises ``InputError`` when ``path`` is not there, or is one file that cannot be read; files
    of a folder that cannot be read are listed in ``unreadable``.
    """

    def __init__(self, path: Path, forms: Forms = ANY) -> None:
        self.path: Path = path
        self.forms: Forms = forms.last_year
        self.unreadable: list[InputError] = []
        self._single: Report | None = None
        self._by_code: dict[str, list[Report]] = {}
        self._by_name: dict[str, list[Report]] = {}  # without the county
        if not path.exists():
            raise InputError(
                f"没有找到上年的报告 {path}。请核对 --prior 后面的位置。",
                f"{path}, last year's report, is not there: check --prior",
            )
        if not path.is_dir():
            self._single = read_as(path, self.forms)
            return
        for file in files_in(path, (*workbooks(), *documents())):
            try:
                report = read_as(file, self.forms)
            except InputError as error:
                self.unreadable.append(error)
                continue
            if report.stamp.code:
                self._by_code.setdefault(report.stamp.code, []).append(report)
            if report.unit:  # a published report may not say whose it is
                self._by_name.setdefault(without_place(report.unit), []).append(report)

    def of(self, report: Report, unit: Unit | None = None) -> Prior | NoPrior | None:
        """The report before ``report`` of the same unit; of a roster's ``unit`` when given."""
        if self._single is not None:
            return _of_one(self._single, report, unit)
        code = unit.code if unit else report.stamp.code
        names = [unit.name] if unit else [report.unit]
        prior = _earlier(self._sent_by(code, names), report.year, bool(unit and unit.former))
        if prior is None and unit is not None:
            prior = _earlier(self._sent_by("", unit.former), report.year, True)
        return prior

    def _sent_by(self, code: str, names: Sequence[str]) -> list[Report]:
        """The folder's reports with ``code`` or, where none has another one, of ``names``."""
        found = self._by_code.get(code, []) if code else []
        named = (
            r for n in names for r in self._by_name.get(without_place(n), []) if same(r.unit, n)
        )
        ours = {id(r): r for r in (*found, *named) if not found or r.stamp.code in ("", code)}
        return [*ours.values()]

    def of_unit(self, unit: Unit, year: int) -> Prior | NoPrior | None:
        """The unit's report of the year before ``year``."""
        names = (unit.name, *unit.former)
        if self._single is None:
            found = self._sent_by(unit.code, names)
        else:
            found = [self._single] if any(same(self._single.unit, n) for n in names) else []
        return _earlier(found, year, False)


class Beside:
    """Last year's report as it was sent beside this year's, in memory.

    Raises ``InputError`` when it cannot be read.
    """

    def __init__(self, data: bytes, name: str, forms: Forms) -> None:
        self._report = read_sent(data, name, forms.last_year)

    def of(self, report: Report) -> Prior | NoPrior | None:
        """It, unless it is of another unit or another year."""
        return _of_one(self._report, report, None)


def _of_one(prior: Report, report: Report, unit: Unit | None) -> Prior | NoPrior | None:
    """The one report that was given, where it is of the unit that sent ``report``."""
    stamped = {c for c in (prior.stamp.code, unit.code if unit else report.stamp.code) if c}
    names = (unit.name, *unit.former) if unit else (report.unit,)
    named = [] if _is_unsaid(prior) or _is_unsaid(report) else [prior.unit]
    ours = prior.stamp.code in stamped and len(stamped) == 1
    if named and not ours and not any(same(prior.unit, n) for n in names):
        why = Words(
            f"上年的报告 {prior.path} 是“{prior.unit}”的，不是“{names[0]}”的，没有对照；"
            "如是改名，请在收表的名册的“曾用名”里写上",
            f"{prior.path}, last year's report, is of {prior.unit!r} and not of {names[0]!r}: "
            "not compared; where it was renamed, write so in the roster's column 曾用名",
        )
        return NoPrior(why)
    renamed = unit is not None and any(same(prior.unit, n) for n in unit.former)
    return _earlier([prior], report.year, renamed)


def _is_unsaid(report: Report) -> bool:
    """Whether a report does not say whose it is: the name of its file stands for the unit."""
    named_after_file = report.unit == Path(report.path).stem
    return not report.unit or (named_after_file and not report.unit.endswith(tuple(OFFICES)))


def _earlier(found: list[Report], year: int | None, renamed: bool) -> Prior | NoPrior | None:
    """The report of the year before, where its year is known; else the only one there is.

    Of several versions with other numbers none is taken.
    """
    fits = [r for r in found if year is not None and r.year == year - 1]
    if not fits and len(found) == 1 and (year is None or found[0].year is None):
        fits = found
    if not fits:
        return None
    best = max(fits, key=lambda r: len(r.numbers))
    if any(r.edition is not best.edition or r.numbers.items() - best.numbers.items() for r in fits):
        paths = "、".join(sorted(r.path for r in fits))
        why = Words(
            f"有{len(fits)}份{best.year}年的报告：{paths}，数字不同，没有对照。"
            "请只留一份作准的，再核对",
            f"there are {len(fits)} reports of {best.year} with other numbers: {paths}; none "
            "was compared: leave the one that counts and check again",
        )
        return NoPrior(why)
    return Prior(best, renamed)
