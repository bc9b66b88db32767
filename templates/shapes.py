"""What the values of a table of an edition file or a rule pack may be, before they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .notation import FormFile
from .patterns import compiles, may_never_end


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) and v for v in value)


def _lists(value: Any) -> bool:
    return isinstance(value, list) and all(_texts(v) and v for v in value)


def _word(value: Any) -> bool:
    return isinstance(value, str | bool) or (
        isinstance(value, list) and all(isinstance(v, str | bool) for v in value)
    )


def _strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _members(value: Any) -> bool:
    """A set's name, or its members, which may be numbers in the keys of fields."""
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(v, str | int) for v in value)
    )


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def _each(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(map(fits, value.values()))


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
    "strings": ('一组文字，如 ["甲", "乙"]', "a list of texts", _strings),
    "members": ("一个集合名或一组文字", "the name of a set or a list of texts", _members),
    "number": ("数", "a number", _number),
    "whole": ("整数", "a whole number", lambda v: _number(v) and isinstance(v, int)),
    "pattern": (
        "合法的正则表达式，而且不会算不完（* 和 + 最多一个，别的写 {0,30} 这样）",
        "a valid pattern that comes to an end: at most one * or +, else {0,30} and the like",
        lambda v: compiles(v) and not may_never_end(v),
    ),
    "table": ("一张表", "a table", lambda v: isinstance(v, dict)),
    "of_tables": ("分项的表", "a table of tables", _each(lambda v: isinstance(v, dict))),
    "of_texts": ("分项的文字", "a table of texts", _each(lambda v: isinstance(v, str))),
    "of_strings": ("分项的几组文字", "a table of lists of texts", _each(_strings)),
    "of_members": ("分项的集合名或几组文字", "a table of sets or of lists", _each(_members)),
    "of_numbers": ("分项的数", "a table of numbers", _each(_number)),
    "tables": ("一组表", "a list of tables", _tables),
}

# The tables of a ledger and of a claim: key → kind.
LEDGER = {
    "role": "text",
    "sheet": "text",
    "columns": "tables",
    "counts": "table",
    "lines": "tables",
    "unique": "lists",
    "deadline": "table",
    "unit": "text",
}
COLUMN = {
    "key": "text",
    "label": "text",
    "label_en": "text",
    "width": "width",
    "kind": "text",
    "choices": "choices",
    "choices_from": "text",
    "aliases": "texts",
    "required": "flag",
    "choose": "flag",
    "unique": "flag",
    "wrong": "text",
    "wrong_en": "text",
}
LINE = {
    "id": "text",
    "column": "text",
    "where": "words",
    "unless": "words",
    "before": "texts",
    "words": "text",
    "words_en": "text",
    "rule": "text",
}
COUNT = {"where": "words", "unless": "words", "distinct": "text", "sum": "text"}
DEADLINE = {
    "rule": "text",
    "from": "texts",
    "answered": "text",
    "extended": "text",
    "pauses": "pairs",
    "waits": "pairs",
}
CLAIM = {
    "name": "text",
    "fields": "texts",
    "or": "lists",
    "equals": "text",
    "unit": "text",
    "says": "texts",
    "none": "texts",
    "context": "text",
    "unless": "text",
    "within": "flag",
    "whole": "flag",
}


# The other tables of an edition file and of a rule pack. Their own readers look at what is said.
_AXIS = {"path": "strings", "label": "text", "short": "text", "kind": "text", "aliases": "strings"}
_TERMS = {"each": "of_members", "left": "strings", "right": "strings", "target": "text"}
_SAID = {
    "basis_en": "text",
    "words_en": "text",
    "advice": "text",
    "advice_en": "text",
    "example": "text",
    "example_en": "text",
    "repair": "text",
    "repair_en": "text",
}
_JUDGED = {
    "severity_by_class": "of_texts",
    "severity_by_table": "of_texts",
    "severity_if": "of_texts",
    "advice_if": "of_texts",
    **_SAID,
}
_SUMS = {"suits": "strings", "refused": "strings", "outcomes": "strings"}
_INNER: Mapping[str, Mapping[str, str]] = {
    "edition": {"decree": "text", "sections": "tables"},
    "edition.sections": {"title": "text", "prompt": "text", "table": "text"},
    "tables": {"aliases": "strings", "blocks": "tables"},
    "tables.blocks": {
        "columns": "tables",
        "rows": "tables",
        "caption": "text",
        "corner": "text",
        "ignore": "strings",
    },
    "tables.blocks.columns": _AXIS,
    "tables.blocks.rows": _AXIS,
    "rules": {**_TERMS, **_JUDGED, "also": "tables", "given": "flag"},
    "rules.also": _TERMS,
    "checks": _JUDGED,
    "limits": {"characters": "number"},
    "subjects": {"fields": "strings", "words": "pattern", "name": "text"},
    "usage": {"rest": "number", "rows": "of_numbers", "columns": "of_numbers"},
    "unit_classes": {"declared": "strings", "name": "pattern", "ask": "text", "ask_en": "text"},
    "roles": {"intake": "text", "cases": "table", "documents": "table", "direct": "table"},
    "roles.cases": {"columns": "members", "outcomes": "members"},
    "roles.documents": {"kinds": "tables"},
    "roles.documents.kinds": {"aliases": "strings"},
    "roles.direct": _SUMS,
    "pictures": {"bars": "tables", "share": "flag"},
    "pictures.bars": {"fields": "strings"},
    "sentences": {"section": "whole"},
    "screen": {"words": "strings", "read": "strings", "words_file": "text"},
}
_WHOLE = {
    "edition": "table",
    "tables": "tables",
    "rules": "tables",
    "checks": "tables",
    "limits": "tables",
    "sets": "of_strings",
    "same_as": "of_strings",
    "subjects": "of_tables",
    "usage": "of_tables",
    "unit_classes": "of_tables",
    "roles": "table",
    "pictures": "tables",
    "sentences": "tables",
    "screen": "table",
    "ledgers": "table",
    "claims": "of_tables",
}
_NEEDED = {"edition.sections": "title"}


def check_file(source: FormFile) -> None:
    """``InputError`` for the first value of an edition file or a rule pack of another kind."""
    check_shape(source, source.data, _WHOLE, "", others=True)
    for name, members in source.data.get("sets", {}).items():
        if any("[" in str(m) for m in members):
            zh, en = f"集合 {name} 里不能再写集合", f"the set {name} names a set"
            raise source.error(zh, en, name, "[sets]")
    for name, kind in _WHOLE.items():
        part = source.data.get(name, {})
        if kind == "tables":
            for nth, one in enumerate(part):
                _check_inner(source, one, name=name, after=f"[[{name}]]", nth=nth)
        elif kind == "of_tables":
            for key, one in part.items():
                _check_inner(source, one, name=name, after=f"[{name}.{key}]", nth=0)
        elif kind == "table":
            _check_inner(source, part, name=name, after=f"[{name}", nth=0)


def _check_inner(source: FormFile, part: Any, name: str, after: str, nth: int) -> None:
    """As ``check_file``, for a table called ``name`` and those within it."""
    shape = _INNER.get(name, {})
    check_shape(source, part, shape=shape, after=after, nth=nth, others=True)
    needed = _NEEDED.get(name)
    if needed is not None and needed not in part:
        raise source.error(
            f"缺少 {needed}", f"{needed} is missing", needle=needed, after=after, nth=nth
        )
    for key, kind in shape.items():
        inner = part.get(key, [])
        for one in inner if kind == "tables" else [inner] if kind == "table" and inner else []:
            _check_inner(source, one, name=f"{name}.{key}", after=after, nth=nth)


def check_shape(
    source: FormFile,
    part: Any,
    shape: Mapping[str, str],
    after: str,
    nth: int = 0,
    *,
    others: bool = False,
) -> None:
    """``InputError`` for what is no table, a key that means nothing, a value of another kind.

    ``shape`` maps each key to a kind; what a key that means nothing was meant for would silently
    not be done. ``others``: keys that the shape does not name are looked at elsewhere.
    """
    if not isinstance(part, dict):
        raise source.error(
            "这里应是一张表", "a table is needed here", needle="", after=after, nth=nth
        )
    for key, value in part.items():
        if key not in shape and others:
            continue
        if key not in shape:
            zh = f"没有“{key}”这一项，只能是：{'、'.join(shape)}"
            raise source.error(
                zh, f"{key!r} means nothing here", needle=str(key), after=after, nth=nth
            )
        zh, en, fits = _KINDS[shape[key]]
        if not fits(value):
            raise source.error(
                f"{key} 应是{zh}", f"{key} must be {en}", needle=str(key), after=after, nth=nth
            )
