"""The notation of what a narrative may state: ``[claims.KEY]`` of an edition, or of common.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .form import Claim, Field
from .notation import Source

_SET = re.compile(r"\[(\w+)\]")
# A number that is neither rounded (约, 余), nor one of a range, nor a rank (第3), with its unit.
_BEFORE = "".join(f"(?<!{c})" for c in "约近超逾过足第每这某各至~-—")
_COUNT = (
    r"(?P<n>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]{1,9}|[〇零一二两三四五六七八九十百千万]{1,9})"
)
_UNIT = r"(?:件次|[件宗起条份个次项例部封])(?!次|人|以上|左右)"
_PARTS = {
    "{n}": rf"{_BEFORE}(?<![0-9.])(?<![0-9],){_COUNT}{_UNIT}",
    "{amount}": rf"{_BEFORE}(?<![0-9.])(?<![0-9],)(?P<n>[0-9,]{{1,12}}(?:\.[0-9]{{1,6}})?)万元",
    "{gap}": r"[^,。;:()、0-9]{0,14}?",
    "{wide}": r"[^,。;0-9]{0,30}?",
    "{few}": r"(?:的|了|有|为|是|共|共计|总计|合计|总数|数量|总量|数|案件|案|事项|:){0,3}",
}


def parse_claims(
    source: Source, common: Source, fields: Mapping[str, Field], sets: Mapping[str, list[str]]
) -> dict[str, Claim]:
    """Every claim of the file, and those common to all whose fields the form has."""
    found: dict[str, Claim] = {}
    own = source.data.get("claims", {})
    for file, parts in ((common, common.data.get("claims", {})), (source, own)):
        for key, part in parts.items():
            if file is common:
                if key in own or not _fits(part.get("fields", ()), fields, sets):
                    continue
                also = [other for other in part.get("or", ()) if _fits(other, fields, sets)]
                part = {**part, "or": also}
            found[key] = _claim(file, key, part, fields, sets)
    return found


def _fits(terms: Any, fields: Mapping[str, Field], sets: Mapping[str, list[str]]) -> bool:
    """Whether the form has every field of a sum."""
    return all(
        field in fields for t in terms for field in _expanded(str(t).removeprefix("-"), sets)
    )


def _expanded(term: str, sets: Mapping[str, list[str]]) -> Iterator[str]:
    match = _SET.search(term)
    if match is None:
        yield term
        return
    for member in sets.get(match[1], [""]):
        yield from _expanded(term.replace(match[0], member), sets)


def _claim(
    source: Source, key: str, part: Mapping[str, Any], fields: Mapping[str, Field],
    sets: Mapping[str, list[str]],
) -> Claim:  # fmt: skip
    at = (f"[claims.{key}]", 0)

    def sums(terms: Any) -> tuple[str, ...]:
        found = []
        for term in terms:
            sign = "-" if str(term).startswith("-") else ""
            for field in _expanded(str(term).removeprefix("-"), sets):
                if field not in fields:
                    zh = f"没有字段“{field}”"
                    raise source.error(zh, f"there is no field {field!r}", str(term), *at)
                found.append(sign + field)
        return tuple(found)

    others = tuple(sums(other) for other in part.get("or", ()))
    return Claim(
        key, source.text(part, "name", *at), sums(part.get("fields", ())), others,
        tuple(map(_filled, part.get("says", ()))), tuple(map(_filled, part.get("none", ()))),
        _filled(part.get("context", "")), _filled(part.get("unless", "")),
        bool(part.get("within", True)),
    )  # fmt: skip


def _filled(words: str) -> str:
    for name, meaning in _PARTS.items():
        words = words.replace(name, meaning)
    return words


def check_patterns(source: Source) -> None:
    """``InputError`` for the first pattern of the file's claims that is none."""
    for key, part in source.data.get("claims", {}).items():
        for words in (
            *part.get("says", ()), *part.get("none", ()), part.get("context", ""),
            part.get("unless", ""),
        ):  # fmt: skip
            try:
                re.compile(_filled(words))
            except re.error as error:
                zh = f"“{words}”不是合法的正则表达式（{error}）"
                en = f"{words!r} is no valid pattern: {error}"
                raise source.error(zh, en, words[:20], f"[claims.{key}]") from None
