"""The notation of rules: ``[[rules]]``, ``[[checks]]`` and ``[[limits]]``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod
from typing import Any

from .form import (
    SOURCES,
    Claim,
    Field,
    Instance,
    Rule,
    Section,
    Subject,
    split,
)
from .ledger_parts import Ledger
from .notation import FormFile, shipped
from .role_notation import SUM, Entry, members_of
from .words import Words

SEVERITIES = ("error", "warning", "note")
CERTAINTIES = ("A", "B", "C")
RELATIONS = ("=", "<=", "~")
LIMITS = ("factor", "gap", "days", "share", "characters", "from_year")
ALL = "fields"  # the set of every field, which each edition has
_RULE_ID = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+\Z")
_NAME = re.compile(r"\{(\w+)\}")  # of a term
_MOST = 5_000  # instances that one rule may be expanded into


@dataclass(frozen=True)
class Known:
    """What the terms of a rule may name."""

    fields: Mapping[str, Field]
    sets: Mapping[str, list[str]]
    subjects: Mapping[str, Subject]
    claims: Mapping[str, Claim]
    ledgers: Mapping[str, Ledger]

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source that a term may name."""
        return (*SOURCES, *self.ledgers)

    def has(self, quantity: str) -> bool:
        """Whether the quantity can be: last year's report may have fields of its own."""
        source, key = split(quantity)
        if source in self.ledgers:
            return key in self.ledgers[source].keys or key in self.fields
        if source in ("", "units"):
            return key in self.fields
        if source == "claim":
            subject = key.removeprefix("change.") in self.subjects
            return key in self.fields or key in self.claims or subject
        return key in self.subjects if source == "change" else source == "prior"


def parse_rules(source: FormFile, known: Known, taken: set[str]) -> tuple[Rule, ...]:
    """Every ``[[rules]]`` of the file, expanded into instances."""
    return tuple(
        _rule(source, part, at=("[[rules]]", number), known=known, taken=taken)
        for number, part in enumerate(source.data.get("rules", []))
    )


def parse_checks(source: FormFile, taken: set[str]) -> tuple[Rule, ...]:
    """Every ``[[checks]]`` of the file: rules without a relation."""
    return tuple(
        Rule(**_head(source, part, ("[[checks]]", number), taken))
        for number, part in enumerate(source.data.get("checks", []))
    )


def parse_limits(source: FormFile, sections: Iterable[Section]) -> tuple[tuple[str, int], ...]:
    """Every ``[[limits]]`` of the file: a section's title and the characters allowed to it."""
    found = []
    for number, part in enumerate(source.data.get("limits", [])):
        at = ("[[limits]]", number)
        wanted = source.text(part, "section", *at)
        titles = [s.title for s in sections if wanted in s.title]
        if len(titles) != 1:
            zh = f"没有“{wanted}”这一部分，或者不止一个"
            raise source.error(zh, f"{wanted!r} names no section, or several", wanted, *at)
        limits = dict(_limits(source, part, at))
        if "characters" not in limits:
            raise source.error("缺少 characters", "characters is missing", wanted, *at)
        found.append((titles[0], int(limits["characters"])))
    return tuple(found)


def own(source: FormFile, kind: str, taken: set[str]) -> FormFile:
    """``source`` without those of its ``kind`` (rules, checks) whose ids are ``taken``."""
    kept = [part for part in source.data.get(kind, []) if part.get("id") not in taken]
    return source.with_data({**source.data, kind: kept})


def _head(source: FormFile, part: Mapping[str, Any], at: Entry, taken: set[str]) -> dict[str, Any]:
    rule_id = source.text(part, "id", *at)
    if not _RULE_ID.match(rule_id):
        zh = f"规则号“{rule_id}”应像 T3-ROW 这样用大写字母、数字和短横"
        raise source.error(zh, f"rule id {rule_id!r} must look like T3-ROW", rule_id, *at)
    if rule_id in taken:
        raise source.error(
            f"规则号 {rule_id} 重复", f"rule id {rule_id} stands twice", rule_id, *at
        )
    taken.add(rule_id)
    severity = source.choice(part, "severity", SEVERITIES, *at)
    certainty = source.choice(part, "certainty", CERTAINTIES, *at)
    overrides = {
        key: _severities(source, part, key, at)
        for key in ("severity_by_class", "severity_by_table", "severity_if")
    }
    for condition, _ in overrides["severity_if"]:
        if condition not in conditions():
            zh = f"没有“{condition}”这个条件，只能是：{'、'.join(conditions())}"
            raise source.error(zh, f"there is no condition {condition!r}", condition, *at)
    every = [severity, *(s for pairs in overrides.values() for _, s in pairs)]
    if "error" in every and certainty == "C":
        zh = f"{rule_id} 的依据是C级，不能定为 error"
        en = f"{rule_id} is of certainty C and cannot be an error"
        raise source.error(zh, en, "certainty", *at)
    words, basis = source.text(part, "words", *at), source.text(part, "basis", *at)
    advice = part.get("advice", "")
    return {
        "id": rule_id,
        "severity": severity,
        "certainty": certainty,
        "basis": Words(basis, part.get("basis_en", basis)),
        "words": Words(words, part.get("words_en", words)),
        **overrides,
        "limits": tuple(_limits(source, part, at)),
        "advice": Words(advice, part.get("advice_en", "")),
        "advice_if": tuple(sorted(part.get("advice_if", {}).items())),
        **explanation(part),
    }


@cache
def conditions() -> tuple[str, ...]:
    """What ``severity_if`` and ``advice_if`` may name: the lines of ``editions/conditions.txt``."""
    text = shipped("editions/conditions.txt")
    return tuple(line for line in text.splitlines() if not line.startswith("#"))


def explanation(part: Mapping[str, Any]) -> dict[str, Words]:
    """``example`` and ``repair`` of a rule or of ``[explained.ID]``, each in both languages."""
    names = ("example", "repair")
    return {n: Words(part.get(n, ""), part.get(f"{n}_en", part.get(n, ""))) for n in names}


def _severities(
    source: FormFile, part: Mapping[str, Any], key: str, at: Entry
) -> tuple[tuple[str, str], ...]:
    pairs = part.get(key, {})
    for name in pairs:
        source.choice(pairs, name, (*SEVERITIES, "none"), *at)
    return tuple(sorted(pairs.items()))


def _limits(source: FormFile, part: Mapping[str, Any], at: Entry) -> Iterator[tuple[str, float]]:
    for name in LIMITS:
        if name in part:
            value = part[name]
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e9:
                zh = f"{name} 应是大于0的数"
                raise source.error(zh, f"{name} must be a number above 0", name, *at)
            yield name, float(value)


def _rule(
    source: FormFile, part: Mapping[str, Any], at: Entry, known: Known, taken: set[str]
) -> Rule:
    head = _head(source, part, at, taken)
    relation = source.choice(part, "relation", RELATIONS, *at)
    if relation == "~" and {"factor", "gap"} - dict(head["limits"]).keys():
        raise source.error("“~”要写 factor 和 gap", "~ needs factor and gap", "relation", *at)
    instances = [
        instance
        for each in (part, *part.get("also", ()))
        for instance in _instances(source, each, rule_id=head["id"], known=known, at=at)
    ]
    seen: set[str] = set()
    for key in (i.key for i in instances):
        if key in seen:
            zh = f"同一规则里有两处“{key}”"
            raise source.error(zh, f"the rule has two places {key!r}", "each", *at)
        seen.add(key)
    given = bool(part.get("given", False))
    return Rule(**head, relation=relation, instances=tuple(instances), given=given)


def _instances(
    source: FormFile, part: Mapping[str, Any], rule_id: str, known: Known, at: Entry
) -> Iterator[Instance]:
    each = {
        name: members_of(source, members, {ALL: [*known.fields], **known.sets}, at)
        for name, members in part.get("each", {}).items()
    }
    if prod(map(len, each.values())) > _MOST:
        zh, en = f"一条规则最多展开成{_MOST}处", f"a rule may have at most {_MOST} places"
        raise source.error(zh, en, "each", *at)
    for chosen in product(*each.values()):
        names = dict(zip(each, chosen, strict=True))
        left = _terms(source, part.get("left", []), names=names, known=known, at=at)
        right = _terms(source, part.get("right", []), names=names, known=known, at=at)
        if not left:
            raise source.error("left 是空的", "left is empty", "left", *at)
        target = left[0]
        sources = {split(q)[0] for q in left + right}
        if "target" not in part and "" not in sources and sources - {*SOURCES}:
            target = ""  # a ledger beside a claim, say: no field of the form
        if "target" in part:
            target = _terms(
                source, [source.text(part, "target", *at)], names=names, known=known, at=at
            )[0]
        if split(target)[0]:
            zh = f"target 应是本表的字段，不是“{target}”"
            raise source.error(zh, f"the target {target!r} is no field", "target", *at)
        yield Instance(rule_id, ".".join(chosen), left=left, right=right, target=target)


def _terms(
    source: FormFile, terms: Iterable[str], names: Mapping[str, str], known: Known, at: Entry
) -> tuple[str, ...]:
    found: list[str] = []
    for term in terms:
        try:
            text = _NAME.sub(lambda m: names[m[1]], term)
        except KeyError as error:
            zh = f"{term} 里的 {{{error.args[0]}}} 在 each 里没有定义"
            en = f"{{{error.args[0]}}} in {term} is not defined in each"
            raise source.error(zh, en, term, *at) from None
        summed = SUM.search(text)
        members = members_of(source, summed[1], known.sets, at) if summed else [""]
        for member in members:
            quantity = text.replace(summed[0], member) if summed else text
            kind, key = split(quantity)
            if kind and kind not in known.sources:
                zh = f"没有“{kind}:”这个来源，只能是：{'、'.join(known.sources)}"
                raise source.error(zh, f"there is no source {kind!r}", term, *at)
            if not known.has(quantity):
                raise source.error(f"没有字段“{key}”", f"there is no field {key!r}", term, *at)
            found.append(quantity)
    return tuple(found)


def check_rules(source: FormFile, ledgers: Mapping[str, Ledger], rules: Iterable[Rule]) -> None:
    """``InputError`` for a ledger that names a rule which is not there, or has no ``days``."""
    ids = {rule.id for rule in rules}
    with_days = {rule.id for rule in rules if "days" in dict(rule.limits)}
    for ledger in ledgers.values():
        named = {rule.rule for rule in ledger.lines} - ids
        late = {ledger.deadline.rule} - with_days if ledger.deadline else set()
        for rule in sorted(named | late):
            what = "没有写 days" if rule in ids else "没有定义，请用 [[checks]] 写明"
            zh = f"台账“{ledger.key}”用的规则 {rule} {what}"
            en = f"the ledger {ledger.key!r} names the rule {rule}, not defined or without days"
            raise source.error(zh, en, rule, f"[ledgers.{ledger.key}]")
