"""What the values of a table of an edition file or a rule pack may be, before they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .notation import Source


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) and v for v in value)


def _lists(value: Any) -> bool:
    return isinstance(value, list) and all(_texts(v) and v for v in value)


def _word(value: Any) -> bool:
    return isinstance(value, str | bool) or (
        isinstance(value, list) and all(isinstance(v, str | bool) for v in value)
    )


def _tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, dict) for v in value)


def _choices(value: Any) -> bool:
    return isinstance(value, list) and all(
        (isinstance(v, str) and v)
        or (
            isinstance(v, dict)
            and v.keys() <= {"label", "value", "aliases"}
            and all(isinstance(v.get(k, "x"), str) and v.get(k, "x") for k in ("label", "value"))
            and _texts(v.get("aliases", []))
        )
        for v in value
    )


# name → what it is called in a sentence, what a value of it is
_KINDS: Mapping[str, tuple[str, str, Callable[[Any], bool]]] = {
    "text": ("文字", "a text", lambda v: isinstance(v, str)),
    "texts": ('一组文字，如 ["甲", "乙"]', "a list of texts", _texts),
    "lists": ('几组文字，如 [["甲", "乙"]]', "a list of lists of texts", _lists),
    "pairs": (
        '两两一组的列，如 [["甲", "乙"]]',
        "a list of pairs of columns",
        lambda v: _lists(v) and all(len(x) == 2 for x in v),
    ),
    "flag": ("true 或 false", "true or false", lambda v: isinstance(v, bool)),
    "width": (
        "1到255的整数",
        "a whole number from 1 to 255",
        lambda v: isinstance(v, int) and not isinstance(v, bool) and 0 < v < 256,
    ),
    "words": (
        '列和词，如 { form = "集中" }',
        "words by column",
        lambda v: isinstance(v, dict) and all(map(_word, v.values())),
    ),
    "choices": (
        '一组词，或 { label = "…", value = "…", aliases = ["…"] }',
        "a list of words or of { label, value, aliases }",
        _choices,
    ),
    "table": ("一张表", "a table", lambda v: isinstance(v, dict)),
    "tables": ("一组表", "a list of tables", _tables),
}

# The tables of a ledger and of a claim: key → kind.
LEDGER = {
    "role": "text", "sheet": "text", "columns": "tables", "counts": "table", "lines": "tables",
    "unique": "lists", "deadline": "table", "unit": "text",
}  # fmt: skip
COLUMN = {
    "key": "text", "label": "text", "label_en": "text", "width": "width", "kind": "text",
    "choices": "choices", "choices_from": "text", "aliases": "texts", "required": "flag",
    "choose": "flag", "unique": "flag", "wrong": "text", "wrong_en": "text",
}  # fmt: skip
LINE = {
    "id": "text", "column": "text", "where": "words", "unless": "words", "before": "texts",
    "words": "text", "words_en": "text", "rule": "text",
}  # fmt: skip
COUNT = {"where": "words", "unless": "words", "distinct": "text", "sum": "text"}
DEADLINE = {
    "rule": "text", "from": "texts", "answered": "text", "extended": "text", "pauses": "pairs",
    "waits": "pairs",
}  # fmt: skip
CLAIM = {
    "name": "text", "fields": "texts", "or": "lists", "equals": "text", "unit": "text",
    "says": "texts", "none": "texts", "context": "text", "unless": "text", "within": "flag",
    "whole": "flag",
}  # fmt: skip


def check_shape(
    source: Source, part: Any, shape: Mapping[str, str], after: str, nth: int = 0
) -> None:
    """``InputError`` for what is no table, a key that means nothing, a value of another kind.

    ``shape`` maps each key to a kind; what a key that means nothing was meant for would silently
    not be done.
    """
    if not isinstance(part, dict):
        raise source.error("这里应是一张表", "a table is needed here", "", after, nth)
    for key, value in part.items():
        if key not in shape:
            zh = f"没有“{key}”这一项，只能是：{'、'.join(shape)}"
            raise source.error(zh, f"{key!r} means nothing here", str(key), after, nth)
        zh, en, fits = _KINDS[shape[key]]
        if not fits(value):
            raise source.error(f"{key} 应是{zh}", f"{key} must be {en}", str(key), after, nth)
