"""What the values of a table of an edition file or a rule pack may be, before they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .notation import FilePart, FormFile
from .patterns import compiles, may_never_end

Fits = Callable[[Any], bool]


def _is(*kinds: type) -> Fits:
    """Whether a value is of one of ``kinds``; a truth value is no number."""
    return lambda value: isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))


def _list(fits: Fits) -> Fits:
    return lambda value: isinstance(value, list) and all(map(fits, value))


def _each(fits: Fits) -> Fits:
    return lambda value: isinstance(value, dict) and all(map(fits, value.values()))


def _or(one: Fits, other: Fits) -> Fits:
    return lambda value: one(value) or other(value)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def _text(value: Any) -> bool:
    """A text with something in it."""
    return isinstance(value, str) and bool(value)


_text_or_flag = _is(str, bool)
_strings, _texts = _list(_is(str)), _list(_text)
_lists = _list(lambda v: _texts(v) and bool(v))
# A set's name, or its members, which may be numbers in the keys of fields.
_members = _or(_is(str), _list(lambda v: isinstance(v, str | int)))


def _choice(value: Any) -> bool:
    return _text(value) or (
        isinstance(value, dict)
        and value.keys() <= {"label", "value", "aliases"}
        and all(_text(value.get(k, "x")) for k in ("label", "value"))
        and _texts(value.get("aliases", []))
    )


# name → what it is called in a sentence, what a value of it is
_KINDS: Mapping[str, tuple[str, str, Fits]] = {
    "text": ("文字", "a text", _is(str)),
    "texts": ('一组文字，如 ["甲", "乙"]', "a list of texts", _texts),
    "lists": ('几组文字，如 [["甲", "乙"]]', "a list of lists of texts", _lists),
    "pairs": (
        '两两一组的列，如 [["甲", "乙"]]',
        "a list of pairs of columns",
        lambda v: _lists(v) and all(len(x) == 2 for x in v),
    ),
    "flag": ("true 或 false", "true or false", _is(bool)),
    "width": (
        "1到255的整数",
        "a whole number from 1 to 255",
        lambda v: _is(int)(v) and 0 < v < 256,
    ),
    "words": (
        '列和词，如 { form = "集中" }',
        "words by column",
        _each(_or(_text_or_flag, _list(_text_or_flag))),
    ),
    "choices": (
        '一组词，或 { label = "…", value = "…", aliases = ["…"] }',
        "a list of words or of { label, value, aliases }",
        _list(_choice),
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
    "table": ("一张表", "a table", _is(dict)),
    "of_tables": ("分项的表", "a table of tables", _each(_is(dict))),
    "of_texts": ("分项的文字", "a table of texts", _each(_is(str))),
    "of_strings": ("分项的几组文字", "a table of lists of texts", _each(_strings)),
    "of_members": ("分项的集合名或几组文字", "a table of sets or of lists", _each(_members)),
    "of_numbers": ("分项的数", "a table of numbers", _each(_number)),
    "tables": ("一组表", "a list of tables", _list(_is(dict))),
}


def _shape(text: str) -> dict[str, str]:
    """Key → kind, of words ``key=kind``; a key alone is a text."""
    pairs = (word.partition("=") for word in text.split())
    return {key: kind or "text" for key, _, kind in pairs}


# The tables of a ledger and of a claim, their keys in the order in which they are named.
LEDGER = _shape(
    "role sheet columns=tables counts=table lines=tables unique=lists deadline=table unit"
)
COLUMN = _shape(
    "key label label_en width=width kind choices=choices choices_from aliases=texts "
    "required=flag choose=flag unique=flag wrong wrong_en"
)
LINE = _shape("id column where=words unless=words before=texts words words_en rule")
COUNT = _shape("where=words unless=words distinct sum")
DEADLINE = _shape("rule from=texts answered extended pauses=pairs waits=pairs")
CLAIM = _shape(
    "name fields=texts or=lists equals unit says=texts none=texts context unless within=flag "
    "whole=flag"
)

# The other tables of an edition file and of a rule pack. Their own readers look at what is said.
_AXIS = _shape("path=strings label short kind aliases=strings")
_TERMS = _shape("each=of_members left=strings right=strings target")
_JUDGED = _shape(
    "severity_by_class=of_texts severity_by_table=of_texts severity_if=of_texts "
    "advice_if=of_texts basis_en words_en advice advice_en example example_en repair repair_en"
)
_INNER: Mapping[str, Mapping[str, str]] = {
    "edition": _shape("decree sections=tables"),
    "edition.sections": _shape("title prompt table"),
    "tables": _shape("aliases=strings blocks=tables"),
    "tables.blocks": _shape("columns=tables rows=tables caption corner ignore=strings"),
    "tables.blocks.columns": _AXIS,
    "tables.blocks.rows": _AXIS,
    "rules": {**_TERMS, **_JUDGED, **_shape("also=tables given=flag")},
    "rules.also": _TERMS,
    "checks": _JUDGED,
    "limits": _shape("characters=number"),
    "subjects": _shape("fields=strings words=pattern name"),
    "usage": _shape("rest=number rows=of_numbers columns=of_numbers"),
    "unit_classes": _shape("declared=strings name=pattern ask ask_en"),
    "roles": _shape("intake cases=table documents=table direct=table"),
    "roles.cases": _shape("columns=members outcomes=members"),
    "roles.documents": _shape("kinds=tables"),
    "roles.documents.kinds": _shape("aliases=strings"),
    "roles.direct": _shape("suits=strings refused=strings outcomes=strings"),
    "pictures": _shape("bars=tables share=flag"),
    "pictures.bars": _shape("fields=strings"),
    "sentences": _shape("section=whole"),
    "screen": _shape("words=strings read=strings words_file"),
}
_WHOLE = _shape(
    "edition=table tables=tables rules=tables checks=tables limits=tables sets=of_strings "
    "same_as=of_strings subjects=of_tables usage=of_tables unit_classes=of_tables roles=table "
    "pictures=tables sentences=tables screen=table ledgers=table claims=of_tables"
)


def check_file(source: FormFile) -> None:
    """``InputError`` for the first value of an edition file or a rule pack of another kind."""
    check_shape(FilePart(source, source.data), _WHOLE, others=True)
    for name, members in source.data.get("sets", {}).items():
        if any("[" in str(m) for m in members):
            zh, en = f"集合 {name} 里不能再写集合", f"the set {name} names a set"
            raise FilePart(source, {}, "[sets]").error(zh, en, name)
    for name, kind in _WHOLE.items():
        if kind == "tables":
            for part in source.parts(name):
                _check_inner(part, name)
        elif kind == "of_tables":
            for _, part in source.keyed(name):
                _check_inner(part, name)
        elif kind == "table":
            _check_inner(FilePart(source, source.data.get(name, {}), f"[{name}"), name)


def _check_inner(part: FilePart, name: str) -> None:
    """As ``check_file``, for a table called ``name`` and those within it."""
    shape = _INNER.get(name, {})
    check_shape(part, shape, others=True)
    if name == "edition.sections" and "title" not in part.values:
        raise part.error("缺少 title", "title is missing", "title")
    for key, kind in shape.items():
        inner = part.get(key, [])
        for one in inner if kind == "tables" else [inner] if kind == "table" and inner else []:
            _check_inner(part.within(one), f"{name}.{key}")


def check_shape(part: FilePart, shape: Mapping[str, str], *, others: bool = False) -> None:
    """``InputError`` for what is no table, a key that means nothing, a value of another kind.

    ``shape`` maps each key to a kind; what a key that means nothing was meant for would silently
    not be done. ``others``: keys that the shape does not name are looked at elsewhere.
    """
    if not isinstance(part.values, dict):
        raise part.error("这里应是一张表", "a table is needed here", "")
    for key, value in part.values.items():
        if key not in shape:
            if others:
                continue
            zh = f"没有“{key}”这一项，只能是：{'、'.join(shape)}"
            raise part.error(zh, f"{key!r} means nothing here", str(key))
        zh, en, fits = _KINDS[shape[key]]
        if not fits(value):
            raise part.error(f"{key} 应是{zh}", f"{key} must be {en}", str(key))
