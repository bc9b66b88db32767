"""Reports in, verdicts out: frames, schemas, findings, repairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ...templates.edition import Edition
from ..finding import Finding, Unchecked, Verdict
from ..report import Prior, Report, Standing
from .blame import Blame, locate
from .rules import cells, footing, structure
from .schemas import CELLS, FOOTINGS, cells_frame, failures, footings_frame, values_matrix

_NO_BLAME = Blame(None, 0)


def judge(reports: Sequence[Report], priors: Sequence[Prior | None] | None = None) -> list[Verdict]:
    """One verdict per report, in order. Reports of different editions may be mixed.

    ``priors`` are last year's reports, one for each (None where there is none); without it
    nothing is said of last year.
    """
    found = _tables(reports)
    if priors is None and all(r.ledgers.none for r in reports):
        return found
    from .beyond import judge_beyond  # loaded for those who ask

    beyond = judge_beyond(reports, priors)
    return [
        Verdict(
            verdict.checked + beyond.checked[n],
            tuple(sorted((*verdict.findings, *beyond.findings[n]), key=_order(reports[n].edition))),
            (*verdict.unchecked, *beyond.unchecked[n]),
        )
        if beyond.checked[n] or beyond.findings[n] or beyond.unchecked[n]
        else verdict
        for n, verdict in enumerate(found)
    ]


def _tables(reports: Sequence[Report]) -> list[Verdict]:
    verdicts: list[Verdict | None] = [None] * len(reports)
    by_edition: dict[Edition, list[int]] = {}
    for position, report in enumerate(reports):
        by_edition.setdefault(report.edition, []).append(position)
    for edition, positions in by_edition.items():
        judged = _judge(edition, [reports[p] for p in positions])
        for position, verdict in zip(positions, judged, strict=True):
            verdicts[position] = verdict
    return [v for v in verdicts if v is not None]


def _judge(edition: Edition, reports: Sequence[Report]) -> list[Verdict]:
    found: list[list[Finding]] = [[] for _ in reports]
    keys = list(edition.fields)
    for check, index in failures(CELLS, cells_frame(edition, reports)).itertuples(index=False):
        unit, field = divmod(int(index), len(keys))
        key = keys[field]
        found[unit].append(cells.finding(edition, check, key, reports[unit].values[key]))
    frame = footings_frame(edition, values_matrix(edition, reports))
    size = len(edition.instances)
    broken: list[set[int]] = [set() for _ in reports]
    for _, index in failures(FOOTINGS, frame).itertuples(index=False):
        unit, number = divmod(int(index), size)
        broken[unit].add(number)
    ran = ~np.isnan(frame["residual"].to_numpy()).reshape(len(reports), size)
    return [
        _verdict(report, found[u], broken[u], [bool(x) for x in ran[u]])
        for u, report in enumerate(reports)
    ]


def _verdict(
    report: Report, found: list[Finding], broken: set[int], ran: Sequence[bool]
) -> Verdict:
    edition = report.edition
    equal = [edition.rule_by_id[i.rule].relation == "=" for i in edition.instances]
    failed = [edition.instances[n] for n in sorted(broken) if equal[n]]
    held = [i for n, i in enumerate(edition.instances) if equal[n] and ran[n] and n not in broken]
    blames = locate(report, failed, held) if failed else {}
    findings = [*structure.findings(report), *_replaced_formulas(report), *found]
    open_: list[Unchecked] = list(structure.unchecked(report))
    for number, inst in enumerate(edition.instances):
        severity = edition.rule_by_id[inst.rule].severity_for(report.unit_class)
        if severity == "none":
            continue
        if not ran[number]:
            open_.append(footing.unchecked(report, inst))
        elif number in broken:
            blame = blames.get((inst.rule, inst.key), _NO_BLAME)
            findings.append(footing.finding(report, inst, severity, blame.repair, blame.rivals))
    checked = sum(e and r for e, r in zip(equal, ran, strict=True))
    return Verdict(checked, tuple(sorted(findings, key=_order(edition))), tuple(open_))


def _order(edition: Edition) -> Callable[[Finding], tuple[int, int, int]]:
    rules = list(edition.rule_by_id)
    fields = list(edition.fields)

    def key(finding: Finding) -> tuple[int, int, int]:
        field = fields.index(finding.field) if finding.field else -1
        return finding.severity.rank, rules.index(finding.rule), field

    return key


def _replaced_formulas(report: Report) -> list[Finding]:
    """Totals of a template that hold a typed number (seen only where reading looked)."""
    return [
        cells.finding(report.edition, "CELL-FORMULA", key, value)
        for key in report.edition.totals
        if (value := report.values[key]).formula is False and value.standing is Standing.NUMBER
    ]
