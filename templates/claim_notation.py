"""The notation of what a narrative may state: ``[claims.KEY]`` of an edition, or of common.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from .form import Claim, Instance, Rule, split
from .notation import FilePart, FormFile, Known
from .patterns import may_never_end
from .role_notation import SUM
from .shapes import CLAIM, check_file, check_shape

_COUNTS = re.compile(r"\{(n|count|amount)\}")
# A number that is neither rounded (约, 余), nor one of a range, nor a rank (第3), with its unit.
_BEFORE = "".join(f"(?<!{c})" for c in "约近超逾过足第每这某各至~-—")
_COUNT = (
    r"(?P<n>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]{1,9}|[〇零一二两三四五六七八九十百千万]{1,9})"
)
_UNIT = r"(?:件次|[件宗起条份个次项例部封])(?!次|人|以上|左右)"
_PARTS = {
    "{n}": rf"{_BEFORE}(?<![0-9.])(?<![0-9],){_COUNT}{_UNIT}",
    "{count}": rf"{_BEFORE}(?<![0-9.])(?<![0-9],){_COUNT}",
    "{amount}": rf"{_BEFORE}(?<![0-9.])(?<![0-9],)(?P<n>[0-9,]{{1,12}}(?:\.[0-9]{{1,6}})?)万元",
    "{gap}": r"[^,。;:()、0-9]{0,14}?",
    "{wide}": r"[^,。;0-9]{0,30}?",
    "{next}": r"(?:下年|下一年|次年|明年|20[0-9]{2}年)",
    "{few}": r"(?:的|了|有|为|是|达|共|共计|总计|合计|总数|数量|总量|数|案件|案|事项|:){0,3}",
}
NARRATIVE_RULE = "N-CLAIM"  # the rule under which claims are compared


def parse_claims(source: FormFile, common: FormFile | None, of: Known) -> dict[str, Claim]:
    """Every claim of the file, and those common to all whose fields the form has."""
    found: dict[str, Claim] = {}
    own = source.data.get("claims", {})
    for key, part in common.keyed("claims") if common else ():
        if key not in own and _fits(part.get("fields", ()), of):
            also = [other for other in part.get("or", ()) if _fits(other, of)]
            found[key] = _claim(part.within({"whole": True, **part.values, "or": also}), key, of)
    return found | {key: _claim(part, key, of) for key, part in source.keyed("claims")}


def with_relations(
    source: FormFile, rules: tuple[Rule, ...], claims: Mapping[str, Claim]
) -> tuple[Rule, ...]:
    """``rules``, of which N-CLAIM compares those of ``claims`` too that no relation names yet.

    Raises ``InputError`` for such a claim where the form has no N-CLAIM.
    """
    named = {q for rule in rules for inst in rule.instances for q in inst.right + inst.left}
    more = {key: c for key, c in claims.items() if f"claim:{c.quantity}" not in named}
    if not more:
        return rules
    if NARRATIVE_RULE not in {rule.id for rule in rules}:
        key = next(iter(more))
        zh = f"这份格式没有 {NARRATIVE_RULE}，请用 [[rules]] 写明 claim:{key} 应与什么相等"
        en = f"the form has no {NARRATIVE_RULE}: write the relation of claim:{key} in [[rules]]"
        raise FilePart(source, {}).error(zh, en, f"[claims.{key}]")
    added = tuple(
        Instance(
            NARRATIVE_RULE,
            key,
            left=c.fields or (c.equals,),
            right=(f"claim:{c.quantity}",),
            target=c.fields[0] if c.fields else "",
        )
        for key, c in more.items()
    )
    return tuple(
        replace(rule, instances=rule.instances + added) if rule.id == NARRATIVE_RULE else rule
        for rule in rules
    )


def _fits(terms: Any, of: Known) -> bool:
    return all(
        field in of.fields for t in terms for field in _expanded(str(t).removeprefix("-"), of)
    )


def _expanded(term: str, of: Known) -> Iterator[str]:
    match = SUM.search(term)
    if match is None:
        yield term
        return
    for member in of.sets.get(match[1], [""]):
        yield from _expanded(term.replace(match[0], member), of)


def _claim(part: FilePart, key: str, of: Known) -> Claim:
    def sums(terms: Any) -> tuple[str, ...]:
        found = []
        for term in map(str, terms):
            sign = "-" if term.startswith("-") else ""
            for field in _expanded(term.removeprefix("-"), of):
                if field not in of.fields:
                    raise part.no_field(field, term)
                found.append(sign + field)
        return tuple(found)

    fields, equals = sums(part.get("fields", ())), str(part.get("equals", ""))
    others = tuple(sums(other) for other in part.get("or", ()))
    ledger, counted = split(equals)
    if bool(fields) == bool(equals):
        zh = "要写 fields（表里的格）或者 equals（台账的计数），写一个"
        raise part.error(zh, "fields or equals, one of them, is needed", "name")
    if equals and (ledger not in of.ledgers or counted not in of.ledgers[ledger].keys):
        zh = f"没有台账的计数“{equals}”，应像 catalogue:units"
        raise part.error(zh, f"no ledger counts {equals!r}", equals)
    return Claim(
        key,
        part.text("name"),
        fields=fields,
        others=others,
        says=tuple(map(_filled, part.get("says", ()))),
        none=tuple(map(_filled, part.get("none", ()))),
        context=_filled(part.get("context", "")),
        unless=_filled(part.get("unless", "")),
        within=bool(part.get("within", True)),
        equals=equals,
        unit=part.get("unit", of.ledgers[ledger].unit if equals else "件"),
        whole=bool(part.get("whole", False)),
    )


def _filled(words: str) -> str:
    for name, meaning in _PARTS.items():
        words = words.replace(name, meaning)
    return words


def check_patterns(source: FormFile) -> None:
    """``InputError`` for what in a file is of another kind, or a claim whose patterns are none.

    A pattern that states a number has one: ``{n}``, ``{count}``, ``{amount}`` or a group ``n``.
    """
    check_file(source)
    for _, part in source.keyed("claims"):
        check_shape(part, CLAIM)
        says, none = part.get("says", ()), part.get("none", ())
        for words in (*says, *none, part.get("context", ""), part.get("unless", "")):
            try:
                found = re.compile(_filled(words))
                if words in says and "n" not in found.groupindex:
                    raise re.error("没有 {n}、{count} 或 {amount}")
                if may_never_end(_filled(_COUNTS.sub("0", words))):
                    raise re.error("可能算不完：* 和 + 最多写一个，别的写 {0,30} 这样")
            except re.error as error:
                zh = f"“{words}”不是合法的正则表达式（{error}）"
                raise part.error(
                    zh, f"{words!r} is no valid pattern: {error}", words[:20]
                ) from None
