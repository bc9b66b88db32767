"""R-SUM: a roll-up and its units, in words, with what explains the difference."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ....templates.a1 import Place
from ....templates.edition import Edition
from ....templates.relations import TOLERANCE, Outcome
from ....templates.words import Words, plain
from ...finding import Finding
from ...report import Report
from ..sources import Source
from .failed import Failed


@dataclass(frozen=True)
class Part:
    """One unit's report within a roll-up, and the repairs that judging it proposed.

    ``repairs`` are (field, value that stands there, value that would repair it).
    """

    unit: str
    report: Report
    repairs: tuple[tuple[str, float, float], ...] = ()

    @classmethod
    def of(cls, report: Report, findings: Iterable[Finding] = ()) -> Part:
        """The part that ``report`` is, with the repairs of its ``findings``."""
        seen: dict[str, tuple[str, float, float]] = {}
        for finding in findings:
            if (repair := finding.repair) is not None:
                now = report.values[repair.field].number or 0.0
                seen[repair.field] = (repair.field, now, repair.value)
        return cls(report.unit or report.path, report, tuple(seen.values()))


@dataclass(frozen=True)
class Units(Source):
    """``units:``, the sums of the units' reports; ``missing`` are units that sent none."""

    parts: tuple[Part, ...] = ()
    missing: tuple[str, ...] = ()


def total_of(parts: Iterable[Mapping[str, float]], keys: Iterable[str]) -> dict[str, float]:
    """The numbers of ``parts`` added up key by key, exactly, in whatever order they come."""
    columns: dict[str, list[float]] = {key: [] for key in keys}
    for part in parts:
        for key, numbers in columns.items():
            if key in part:
                numbers.append(part[key])
    return {key: round(math.fsum(numbers), 6) for key, numbers in columns.items()}


def units(edition: Edition, parts: Sequence[Part], missing: Sequence[str] = ()) -> Units:
    """Every field of ``edition`` added up, exactly, whatever the order of ``parts``.

    A field that is no number in a report adds nothing; a report of another edition is left out.
    """
    numbers = (
        {key: n for key in edition.fields if (n := part.report.number(key)) is not None}
        for part in parts
        if part.report.edition is edition
    )
    sums = Source.plain(total_of(numbers, edition.fields)).readings
    return Units(sums, tuple(parts), tuple(missing))


@dataclass(frozen=True)
class SumCause:
    """What explains a difference: a unit ``absent``, counted ``twice``, or its ``cell``."""

    unit: str
    kind: str
    place: Place | None = None
    now: float | None = None
    value: float | None = None

    def words(self) -> Words:
        """The explanation as a sentence."""
        return _CAUSES[self.kind].filled(
            unit=self.unit,
            cell=self.place.cell if self.place else "",
            now=plain(self.now),
            value=plain(self.value),
        )


_CAUSES: Mapping[str, Words] = {
    "absent": Words(
        "相差的正好是“{unit}”的全部数字：汇总时没有加上它。",
        "The difference is the whole report of {unit}: it was not added.",
    ),
    "twice": Words(
        "相差的正好是“{unit}”的全部数字：汇总时多加了一次。",
        "The difference is the whole report of {unit}: it was added twice.",
    ),
    "cell": Words(
        "相差的正好是“{unit}”{cell}的改动：该单位表中是{now}，改为{value}才相符。",
        "The difference is {cell} of {unit}: {value} instead of {now} would fit.",
    ),
}


def finding(failed: Failed) -> Finding:
    """The finding for a field of the roll-up that is not its units' sum."""
    source = failed.sources["units"]
    added = source if isinstance(source, Units) else Units(source.readings)
    now, total = failed.outcome.left, failed.outcome.right
    words = Words(
        "{where}：汇总表是{now}，{n}个单位合计{total}，相差{gap}。",
        "{where}: {now} here, {total} in {n} units, a difference of {gap}. ",
    ).filled(
        where=failed.where,
        now=now,
        total=total,
        n=len(added.parts),
        gap=abs(failed.outcome.residual),
    )
    cause = _whole(failed, added) or _cell(added.parts, failed.inst.target, failed.outcome.residual)
    if cause is not None:
        words += cause.words()
    elif added.missing:
        count, names = len(added.missing), added.missing[:5]
        more = "等" if count > 5 else ""
        words += Words(
            f"还有{count}个单位没有收到（{'、'.join(names)}{more}），收齐后再核对。",
            f"{count} units are missing ({', '.join(names)}): collect them first.",
        )
    else:
        words += Words(
            "请对照各单位的同一格核对；若各单位无误，{cell}应为{total}。",
            "Check the units' cells; if they are right, {cell} should be {total}.",
        ).filled(cell=failed.place.cell, total=total)
    return failed.finding(words, found=now, expected=total)


def _whole(failed: Failed, added: Units) -> SumCause | None:
    """The one unit whose whole report is what is missing from, or counted twice in, the sum."""
    gaps: Mapping[str, Outcome] = failed.together
    fits = []
    for part in added.parts:
        own = {
            k: v
            for k in failed.edition.fields
            if (v := part.report.number(k)) and failed.report.number(k) is not None
        }
        if own and own.keys() == gaps.keys():
            if all(abs(gaps[k].residual + v) <= TOLERANCE for k, v in own.items()):
                fits.append(SumCause(part.unit, "absent"))
            elif all(abs(gaps[k].residual - v) <= TOLERANCE for k, v in own.items()):
                fits.append(SumCause(part.unit, "twice"))
    return fits[0] if len(fits) == 1 else None


def _cell(parts: Sequence[Part], key: str, gap: float) -> SumCause | None:
    """The one unit whose proposed repair of this field is the difference."""
    fits = [
        SumCause(p.unit, "cell", place=p.report.values[key].place, now=now, value=value)
        for p in parts
        for field, now, value in p.repairs
        if field == key and abs(value - now - gap) <= TOLERANCE
    ]
    return fits[0] if len(fits) == 1 else None
