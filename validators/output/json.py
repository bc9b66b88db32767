"""The JSON document of ``gouji check --format json``, schema 1."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from ...templates.a1 import Place
from ...templates.words import plain, printable, printables
from ..finding import Card, Event, Finding, Repair, Result, Severity, skipped_of


def schema() -> str:
    """The JSON Schema (2020-12) of ``document``."""
    return (files(__package__) / "check.schema.json").read_text("utf-8")


def document(results: Iterable[Result], lang: str = "zh", links: bool = False) -> str:
    """The document as text, indented, ending in a newline."""
    entries = [file_entry(r, lang) for r in results]
    found = Counter(x["severity"] for f in entries for x in f["findings"])
    summary = {
        "files": len(entries),
        **{f"{s.value}s": found[s.value] for s in Severity},
        "unreadable": sum(f["status"] == "unreadable" for f in entries),
    }
    left = [{"path": printable(s.path), "reason": s.reason.text(lang)} for s in skipped_of(results)]
    whole = {"schema": 1, "files": entries, "skipped": left, "summary": summary}
    return json.dumps(whole, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def file_entry(result: Result, lang: str = "zh") -> dict[str, Any]:
    """One file's entry of ``files``, its texts as ``printable`` shows them."""
    report, verdict = result.report, result.verdict
    entry: dict[str, Any] = {
        "path": result.path,
        "unit": report.unit if report else None,
        "year": report.year if report else None,
        "edition": report.edition.id if report else None,
        "status": result.status,
        "error": result.error.text(lang) if result.error else None,
        "checked": verdict.checked if verdict else 0,
        "unchecked": [
            {"rule": u.rule, "field": u.field or None, "reason": u.reason.text(lang)}
            for u in (verdict.unchecked if verdict else ())
        ],
        "findings": [finding_entry(f, lang) for f in (verdict.findings if verdict else ())],
        "repairs": [event_entry(e, lang) for e in (verdict.repairs if verdict else ())],
        "cards": [
            card_entry(card, number, lang)
            for number, card in enumerate(verdict.cards if verdict else (), 1)
        ],
    }
    return printables(entry)  # type: ignore[no-any-return]


def card_entry(card: Card, number: int, lang: str = "zh") -> dict[str, Any]:
    """One entry of ``cards``: what a person reads and does, and the findings it stands for."""
    return {
        "id": number,
        "stage": card.stage.value,
        "severity": card.severity.value,
        "title": card.title.text(lang),
        "sum": card.sum.text(lang),
        "how": card.how.text(lang),
        "cells": [
            {**_place(c.place), "field": c.field or None, "role": c.role, "to": plain(c.to)}
            for c in card.cells
        ],
        "acts": [act.value for act in card.acts],
        "question": card.question.text(lang) if card.question else None,
        "findings": list(card.findings),
        "group": card.group,
        "explained": card.explained,
    }


def event_entry(event: Event, lang: str = "zh") -> dict[str, Any]:
    """One entry of ``repairs``: an event with the cells it changes."""
    return {
        "group": event.group,
        "rank": event.rank,
        "certainty": event.certainty,
        "kind": event.kind,
        "changes": [
            {"field": c.field, **_place(c.place), "from": plain(c.from_), "to": plain(c.to)}
            for c in event.changes
        ],
        "reason": event.reason.text(lang),
    }


def finding_entry(finding: Finding, lang: str = "zh") -> dict[str, Any]:
    """One entry of ``findings``."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        **_place(finding.place),
        "field": finding.field or None,
        "related": [{**_place(r.place), "field": r.field} for r in finding.related],
        "found": plain(finding.found),
        "expected": plain(finding.expected),
        "message": finding.message.text(lang),
        "basis": finding.basis.text(lang),
        "repair": _repair(finding.repair, lang),
    }


def _place(place: Place | None) -> dict[str, str | None]:
    if place is None:
        return {"sheet": None, "cell": None}
    return {"sheet": place.sheet, "cell": place.cell or None}


def _repair(repair: Repair | None, lang: str) -> dict[str, Any] | None:
    if repair is None:
        return None
    return {
        "field": repair.field,
        **_place(repair.place),
        "value": plain(repair.value),
        "reason": repair.reason.text(lang),
    }
