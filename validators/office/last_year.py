"""Last year's reports: one file, or a folder in which each unit's is found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ..formats import documents, workbooks
from ..reading.readers import read_as
from ..reading.workbook import read_bytes
from ..report import Prior, Report
from .paths import files_in

if TYPE_CHECKING:
    from ...templates.roster import Unit


class PriorSource(Protocol):
    """Whatever finds last year's report of a unit."""

    def of(self, report: Report) -> Prior | None:
        """The report before ``report`` of the same unit."""


class Priors:
    """The reports at ``path``, read when first asked for.

    Raises ``InputError`` when ``path`` is not there, or is one file that cannot be read; files
    of a folder that cannot be read are listed in ``unreadable``.
    """

    def __init__(self, path: Path, forms: Forms = ANY) -> None:
        self.path, self.forms = path, forms.last_year
        self.unreadable: list[InputError] = []
        self._single: Report | None = None
        self._by_code: dict[str, list[Report]] = {}
        self._by_name: dict[str, list[Report]] = {}
        if not path.exists():
            raise InputError(
                f"没有找到上年的报告 {path}。请核对 --prior 后面的位置。",
                f"{path}, last year's report, is not there: check --prior",
            )
        if path.is_dir():
            for report in self._reports(path):
                if report.stamp.code:
                    self._by_code.setdefault(report.stamp.code, []).append(report)
                if report.unit:  # a published report may not say whose it is
                    self._by_name.setdefault(_key(report.unit), []).append(report)
        else:
            self._single = read_as(path, self.forms)

    def _reports(self, folder: Path) -> Iterator[Report]:
        for path in files_in(folder, (*workbooks(), *documents())):
            try:
                yield read_as(path, self.forms)
            except InputError as error:
                self.unreadable.append(error)

    def of(self, report: Report, unit: Unit | None = None) -> Prior | None:
        """The report before ``report`` of the same unit; of a roster's ``unit`` when given."""
        if self._single is not None:
            found = [self._single]
            return _earlier(found, report.year, False)
        code = unit.code if unit else report.stamp.code
        names = [unit.name] if unit else [report.unit]
        prior = _earlier(self._sent_by(code, names), report.year, bool(unit and unit.former))
        if prior is None and unit is not None:
            prior = _earlier(self._sent_by("", unit.former), report.year, True)
        return prior

    def _sent_by(self, code: str, names: Sequence[str]) -> list[Report]:
        """The folder's reports with ``code``, else those of one of ``names``."""
        found = self._by_code.get(code, []) if code else []
        return found or [r for n in names for r in self._by_name.get(_key(n), [])]

    def of_unit(self, unit: Unit, year: int) -> Report | None:
        """The unit's report of the year before ``year``."""
        names = (unit.name, *unit.former)
        found = self._sent_by(unit.code, names)
        if self._single is not None:
            same = _key(self._single.unit) in {_key(n) for n in names}
            found = [self._single] if same else []
        prior = _earlier(found, year, False)
        return prior.report if prior else None


class Beside:
    """Last year's report as it was sent beside this year's, in memory.

    Raises ``InputError`` when it cannot be read.
    """

    def __init__(self, data: bytes, name: str, forms: Forms) -> None:
        self._report = read_bytes(data, name, forms=forms.last_year)

    def of(self, report: Report) -> Prior | None:
        """It, unless it is of another year."""
        return _earlier([self._report], report.year, False)


def _earlier(found: list[Report], year: int | None, renamed: bool) -> Prior | None:
    """The report of the year before, where its year is known; else the only one there is."""
    fits = [r for r in found if year is not None and r.year == year - 1]
    if not fits and len(found) == 1 and (year is None or found[0].year is None):
        fits = found
    return Prior(fits[-1], renamed) if fits else None


def _key(name: str) -> str:
    from ...templates.roster import key_of

    return key_of(name)
