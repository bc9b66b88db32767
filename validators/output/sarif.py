"""Results as SARIF 2.1.0 (OASIS), for platforms that collect what checkers find."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ...templates.a1 import Place, position
from ...templates.edition import Edition
from ...templates.form import Rule
from ...templates.words import printable, printables
from ..finding import Finding, Result, skipped_of
from . import explaining

_FINGERPRINT = "gouji/v1"
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def document(results: Iterable[Result], lang: str = "zh", links: bool = False) -> str:
    """One run with a result for every finding; a file that cannot be read is a notification."""
    rules: dict[str, dict[str, Any]] = {}
    entries: list[dict[str, Any]] = []
    unread: list[dict[str, Any]] = []
    for result in results:
        if result.error is not None:
            unread.append(_notification(result.path, result.error.text(lang), "error"))
        if result.report is not None and result.verdict is not None:
            same: Counter[str] = Counter()
            for finding in result.verdict.findings:
                entry = _result(result.path, finding, lang)
                entry["partialFingerprints"] = {_FINGERPRINT: _fingerprint(finding, same)}
                entries.append(entry)
                if finding.rule not in rules:
                    rules[finding.rule] = _rule(result.report.edition, finding.rule, lang)
            unread += [
                _notification(result.path, f"{u.rule}: {u.reason.text(lang)}", "note")
                for u in result.verdict.unchecked
            ]
    order = {rule: n for n, rule in enumerate(rules)}
    for entry in entries:
        entry["ruleIndex"] = order[entry["ruleId"]]
    unread += [_notification(s.path, s.reason.text(lang), "note") for s in skipped_of(results)]
    driver = {
        "name": "gouji",
        "version": _version(),
        "language": "en-US" if lang == "en" else "zh-CN",
        "rules": [*rules.values()],
    }
    done = not any(n["level"] == "error" for n in unread)
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": done, "toolExecutionNotifications": unread}],
        "results": entries,
    }
    whole = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(printables(whole), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _version() -> str:
    try:
        return version("gouji")
    except PackageNotFoundError:  # run from its sources
        return "0"


def _rule(edition: Edition, rule_id: str, lang: str) -> dict[str, Any]:
    rule: Rule = edition.rule_by_id[rule_id]
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.words.text(lang)},
        "fullDescription": {"text": rule.basis.text(lang)},
        "help": {
            "text": explaining.text(edition, rule_id, lang),
            "markdown": explaining.markdown(edition, rule_id, lang),
        },
        "defaultConfiguration": {"level": rule.severity},
        "properties": {"certainty": rule.certainty},
    }


def _fingerprint(finding: Finding, same: Counter[str]) -> str:
    """One rule at one place has one, whatever its numbers are and the file is called.

    ``same`` counts those of a file that are alike, which are told apart by their order.
    """
    place = finding.place
    where = finding.field or (f"{place.sheet}!{place.cell}" if place else "")
    what = f"{finding.rule} {where}"
    same[what] += 1
    return hashlib.sha256(f"{what} {same[what]}".encode()).hexdigest()[:32]


def _result(path: str, finding: Finding, lang: str) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": 0,
        "level": finding.severity.value,
        "message": {"text": finding.message.text(lang)},
        "locations": [_location(path, finding.place, finding.field)],
        "properties": {"basis": finding.basis.text(lang)},
    }
    if finding.related:
        entry["relatedLocations"] = [
            {"id": n, **_location(path, r.place, r.field)} for n, r in enumerate(finding.related, 1)
        ]
    return entry


def _location(path: str, place: Place | None, field: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": _uri(path)}}}
    if place is not None:
        found["physicalLocation"]["region"] = _region(place)
        logical = {
            "name": place.cell or place.sheet,
            "fullyQualifiedName": place.text,
            "kind": "cell" if place.cell else "sheet",
        }
        if field:
            logical["decoratedName"] = field
        found["logicalLocations"] = [logical]
    return found


def _region(place: Place) -> dict[str, int]:
    """The cell as line and column of its sheet, which the logical location names."""
    at = position(place.cell) if place.cell else None
    row, column = at or (0, 0)
    where = {"startLine": row + 1}
    return {**where, "startColumn": column + 1, "endColumn": column + 2} if at else where


def _uri(path: str) -> str:
    """A relative path stays relative; an absolute one is a ``file:`` address."""
    whole = Path(path)
    if whole.is_absolute():
        return whole.as_uri()
    return quote(printable(whole.as_posix()))


def _notification(path: str, words: str, level: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": words}, "locations": [_location(path, None)]}
