"""The notation of rules: ``[[rules]]``, ``[[checks]]`` and ``[[limits]]``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import product
from math import prod
from typing import Any

from .form import SOURCES, Instance, Rule, Section, split
from .ledger_parts import Ledger
from .notation import FilePart, FormFile, Known, shipped
from .role_notation import SUM, members_of
from .words import Words

SEVERITIES = ("error", "warning", "note")
CERTAINTIES = ("A", "B", "C")
RELATIONS = ("=", "<=", "~")
LIMITS = ("factor", "gap", "days", "share", "characters", "from_year")
ALL = "fields"  # the set of every field, which each edition has
_OVERRIDES = ("severity_by_class", "severity_by_table", "severity_if")
_RULE_ID = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+\Z")
_NAME = re.compile(r"\{(\w+)\}")  # of a term
_MOST = 5_000  # instances that one rule may be expanded into


def parse_rules(source: FormFile, known: Known, taken: set[str]) -> tuple[Rule, ...]:
    """Every ``[[rules]]`` of the file, expanded into instances."""
    return tuple(_rule(part, known, taken) for part in source.parts("rules"))


def parse_checks(source: FormFile, taken: set[str]) -> tuple[Rule, ...]:
    """Every ``[[checks]]`` of the file: rules without a relation."""
    return tuple(Rule(**_head(part, taken)) for part in source.parts("checks"))


def parse_limits(source: FormFile, sections: Iterable[Section]) -> tuple[tuple[str, int], ...]:
    """Every ``[[limits]]`` of the file: a section's title and the characters allowed to it."""
    found = []
    for part in source.parts("limits"):
        wanted = part.text("section")
        titles = [s.title for s in sections if wanted in s.title]
        if len(titles) != 1:
            zh = f"没有“{wanted}”这一部分，或者不止一个"
            raise part.error(zh, f"{wanted!r} names no section, or several", wanted)
        limits = dict(_limits(part))
        if "characters" not in limits:
            raise part.error("缺少 characters", "characters is missing", wanted)
        found.append((titles[0], int(limits["characters"])))
    return tuple(found)


def own(source: FormFile, kind: str, taken: set[str]) -> FormFile:
    """``source`` without those of its ``kind`` (rules, checks) whose ids are ``taken``."""
    kept = [part for part in source.data.get(kind, []) if part.get("id") not in taken]
    return source.with_data({**source.data, kind: kept})


def _head(part: FilePart, taken: set[str]) -> dict[str, Any]:
    rule_id = part.text("id")
    if not _RULE_ID.match(rule_id):
        zh = f"规则号“{rule_id}”应像 T3-ROW 这样用大写字母、数字和短横"
        raise part.error(zh, f"rule id {rule_id!r} must look like T3-ROW", rule_id)
    if rule_id in taken:
        raise part.error(f"规则号 {rule_id} 重复", f"rule id {rule_id} stands twice", rule_id)
    taken.add(rule_id)
    severity, certainty = part.choice("severity", SEVERITIES), part.choice("certainty", CERTAINTIES)
    overrides = {key: _severities(part.within(part.get(key, {}))) for key in _OVERRIDES}
    for condition, _ in overrides["severity_if"]:
        if condition not in conditions():
            zh = f"没有“{condition}”这个条件，只能是：{'、'.join(conditions())}"
            raise part.error(zh, f"there is no condition {condition!r}", condition)
    every = [severity, *(s for pairs in overrides.values() for _, s in pairs)]
    if "error" in every and certainty == "C":
        zh = f"{rule_id} 的依据是C级，不能定为 error"
        raise part.error(zh, f"{rule_id} is of certainty C and cannot be an error", "certainty")
    words, basis = part.text("words"), part.text("basis")
    return {
        "id": rule_id,
        "severity": severity,
        "certainty": certainty,
        "basis": Words(basis, part.get("basis_en", basis)),
        "words": Words(words, part.get("words_en", words)),
        **overrides,
        "limits": tuple(_limits(part)),
        "advice": Words(part.get("advice", ""), part.get("advice_en", "")),
        "advice_if": tuple(sorted(part.get("advice_if", {}).items())),
        **explanation(part.values),
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


def _severities(pairs: FilePart) -> tuple[tuple[str, str], ...]:
    for name in pairs.values:
        pairs.choice(name, (*SEVERITIES, "none"))
    return tuple(sorted(pairs.values.items()))


def _limits(part: FilePart) -> Iterator[tuple[str, float]]:
    for name in LIMITS:
        if name in part.values:
            value = part.get(name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e9:
                raise part.error(f"{name} 应是大于0的数", f"{name} must be a number above 0", name)
            yield name, float(value)


def _rule(part: FilePart, known: Known, taken: set[str]) -> Rule:
    head = _head(part, taken)
    relation = part.choice("relation", RELATIONS)
    if relation == "~" and {"factor", "gap"} - dict(head["limits"]).keys():
        raise part.error("“~”要写 factor 和 gap", "~ needs factor and gap", "relation")
    instances = {}
    for each in (part.values, *part.get("also", ())):
        for instance in _instances(part.within(each), head["id"], known):
            if instance.key in instances:
                zh = f"同一规则里有两处“{instance.key}”"
                raise part.error(zh, f"the rule has two places {instance.key!r}", "each")
            instances[instance.key] = instance
    given = bool(part.get("given", False))
    return Rule(**head, relation=relation, instances=tuple(instances.values()), given=given)


def _instances(part: FilePart, rule_id: str, known: Known) -> Iterator[Instance]:
    each = {
        name: members_of(part, members, {ALL: [*known.fields], **known.sets})
        for name, members in part.get("each", {}).items()
    }
    if prod(map(len, each.values())) > _MOST:
        zh, en = f"一条规则最多展开成{_MOST}处", f"a rule may have at most {_MOST} places"
        raise part.error(zh, en, "each")
    for chosen in product(*each.values()):
        names = dict(zip(each, chosen, strict=True))
        left, right = (_terms(part, part.get(k, []), names, known) for k in ("left", "right"))
        if not left:
            raise part.error("left 是空的", "left is empty", "left")
        target = left[0]
        sources = {split(q)[0] for q in left + right}
        if "target" in part.values:
            target = _terms(part, [part.text("target")], names, known)[0]
        elif "" not in sources and sources - {*SOURCES}:
            target = ""  # a ledger beside a claim, say: no field of the form
        if split(target)[0]:
            zh = f"target 应是本表的字段，不是“{target}”"
            raise part.error(zh, f"the target {target!r} is no field", "target")
        yield Instance(rule_id, ".".join(chosen), left, right, target)


def _terms(
    part: FilePart, terms: Iterable[str], names: Mapping[str, str], known: Known
) -> tuple[str, ...]:
    found: list[str] = []
    for term in terms:
        try:
            text = _NAME.sub(lambda m: names[m[1]], term)
        except KeyError as error:
            name = f"{{{error.args[0]}}}"
            zh = f"{term} 里的 {name} 在 each 里没有定义"
            raise part.error(zh, f"{name} in {term} is not defined in each", term) from None
        summed = SUM.search(text)
        for member in members_of(part, summed[1], known.sets) if summed else [""]:
            quantity = text.replace(summed[0], member) if summed else text
            kind, key = split(quantity)
            if kind and kind not in known.sources:
                zh = f"没有“{kind}:”这个来源，只能是：{'、'.join(known.sources)}"
                raise part.error(zh, f"there is no source {kind!r}", term)
            if not known.has(quantity):
                raise part.no_field(key, term)
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
            raise FilePart(source, {}, f"[ledgers.{ledger.key}]").error(zh, en, rule)
