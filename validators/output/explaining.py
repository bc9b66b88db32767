"""One rule explained: what it asks, why, how certain that is, an example, how to repair it."""

from __future__ import annotations

import json
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from ...templates.edition import Edition
from ...templates.errors import InputError
from ...templates.words import Words, plain
from ..judging.bare_numbers import example_of
from .rules import severity_words

GRADES = {
    "A": Words("官方文件或表样本身写明", "read in an official text or in the form itself"),
    "B": Words(
        "地方文件、表的结构或已公布的报告可以佐证",
        "a local text, the structure of the form or published reports bear it out",
    ),
    "C": Words("填报惯例，不是规定", "practice, no rule"),
}
_HEADS = {
    "what": Words("内容", "What"),
    "severity": Words("结果", "Severity"),
    "basis": Words("依据", "Why"),
    "certainty": Words("依据等级", "Certainty"),
    "example": Words("例子", "Example"),
    "repair": Words("怎样改", "How to repair it"),
}
_GENERIC = Words(
    "对照台账核对有关的格，改写错的一格；属实的在审核说明里写明。",
    "Compare the cells with the ledger and correct the wrong one; explain what is true.",
)


def explain(edition: Edition, rule_id: str) -> dict[str, Any]:
    """What there is to say about a rule, each text in both languages.

    ``numbers`` are those of the example, by quantity. Raises ``InputError`` for an id that the
    edition does not have; the case of its letters does not matter.
    """
    rule = edition.rule_by_id.get(rule_id.upper())
    if rule is None:
        near = get_close_matches(rule_id.upper(), edition.rule_by_id, 3, 0.5)
        raise InputError(
            f"{edition.id}格式没有规则 {rule_id}。"
            + (f"是不是：{'、'.join(near)}？" if near else "用 gouji rules 看全部规则。"),
            f"Edition {edition.id} has no rule {rule_id}: "
            + (f"did you mean {', '.join(near)}?" if near else "gouji rules lists them all."),
        )
    example = example_of(edition, rule)
    shown = example.finding.message if example else rule.example
    return {
        "id": rule.id,
        "edition": edition.id,
        "what": rule.words,
        "severity": Words(severity_words(rule, "zh"), severity_words(rule, "en")),
        "basis": rule.basis,
        "certainty": Words(f"{rule.certainty}：", f"{rule.certainty}: ") + GRADES[rule.certainty],
        "example": shown,
        "repair": rule.repair or _GENERIC,
        "numbers": {q: plain(n) for q, n in example.numbers.items()} if example else {},
        "places": len(rule.instances),
    }


def explained(edition: Edition, rule_id: str, lang: str = "zh") -> list[tuple[str, str]]:
    """The same for a page, as (head, text). Raises ``InputError`` for an unknown id."""
    parts = explain(edition, rule_id)
    return [(h.text(lang), parts[key].text(lang)) for key, h in _HEADS.items() if parts[key]]


def text(edition: Edition, rule_id: str, lang: str = "zh") -> str:
    """For a terminal."""
    parts = explained(edition, rule_id, lang)
    name = rule_id.upper()
    title = Words(f"{name}（{edition.notice}）", f"{name} (edition {edition.id})").text(lang)
    return "\n\n".join([title, *(f"{head}\n    {text}" for head, text in parts)]) + "\n"


def markdown(edition: Edition, rule_id: str, lang: str = "zh") -> str:
    """A section for a page."""
    parts = explained(edition, rule_id, lang)
    title = f"## {rule_id.upper()}"
    return "\n\n".join([title, *(f"**{head}** {text}" for head, text in parts)]) + "\n"


def as_json(edition: Edition, rule_id: str, lang: str = "zh") -> str:
    """For programs: each text in both languages, whatever ``lang``."""
    explanation = explain(edition, rule_id)
    flat = {"id": explanation["id"], "edition": explanation["edition"]}
    for key in _HEADS:
        flat |= {key: explanation[key].zh, f"{key}_en": explanation[key].en}
    flat |= {"numbers": explanation["numbers"], "places": explanation["places"]}
    return json.dumps(flat, ensure_ascii=False, indent=2) + "\n"


Page = Callable[[Edition, str, str], str]
PAGES: dict[str, Page] = {"text": text, "md": markdown, "json": as_json}
