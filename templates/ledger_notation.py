"""The notation of ledgers: ``[ledgers.KEY]`` of an edition, of common.toml or of a rule pack."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import Any

from .form import SOURCES, Kind
from .ledger_parts import (
    COLUMN_KINDS,
    FLAGS,
    WHEN,
    Choice,
    Condition,
    Count,
    Deadline,
    Ledger,
    LedgerColumn,
    LineRule,
    every_key,
)
from .notation import FilePart, FormFile, Known
from .shapes import COLUMN, COUNT, DEADLINE, LEDGER, LINE, check_shape
from .words import Words

_KEY = re.compile(r"[a-z][a-z0-9_]*\Z")
_COUNT_KEY = re.compile(r"[a-z{][a-z0-9_.{}]*\Z")
_NAME, _ROLE = re.compile(r"\{(\w+)\}"), re.compile(r"\{(\w+)\.(\w+)\}")
_NUMBERING = re.compile(r"^[（(]?[一二三四五六七八九十\d]+[)）]?[.、．]?")
_WIDTHS = {"text": 20, "choice": 14, "date": 12, "number": 10, "flag": 9}
_OWN_NAMES = {"ledger", "line", "year", "unread", "report", "position"}  # of a line's frame


def parse_ledgers(
    source: FormFile, known: Known, without: Container[str] = ()
) -> dict[str, Ledger]:
    """Every ``[ledgers.KEY]`` of the file, but for those of a role that the form does not have.

    Keys in ``without`` are left out.
    """
    found: dict[str, Ledger] = {}
    sheets = {*known.sheets, *(ledger.sheet for ledger in known.ledgers.values())}
    if not isinstance(source.data.get("ledgers", {}), dict):
        zh, en = "ledgers 应写成 [ledgers.NAME]", "write [ledgers.NAME]"
        raise FilePart(source, {}).error(zh, en, "ledgers")
    for key, part in source.keyed("ledgers"):
        if key in without:
            continue
        check_shape(part, LEDGER)
        role = part.get("role", "")
        if role and role not in vars(known.roles):
            raise part.error(f"没有“{role}”这个角色", f"there is no role {role!r}", role)
        if role and getattr(known.roles, role) is None:
            continue
        ledger = _Parser(part, known, key).ledger()
        if key in known.ledgers or key in SOURCES or not _KEY.match(key):
            zh = f"台账“{key}”这个名字不能用：已经有了，或者不是小写字母、数字和下划线"
            en = f"the name {key!r} of the ledger is taken, or has other than a-z, 0-9, _"
            raise part.error(zh, en, key)
        if ledger.sheet in sheets:
            zh = f"工作表名“{ledger.sheet}”已被占用，请换一个"
            raise part.error(zh, f"sheet name {ledger.sheet!r} is taken", ledger.sheet)
        sheets.add(ledger.sheet)
        found[key] = ledger
    return found


class _Parser:
    """Reads one ledger's table; every fault names its line."""

    def __init__(self, part: FilePart, form: Known, key: str) -> None:
        self.part, self.form, self.key = part, form, key

    def ledger(self) -> Ledger:
        """The whole declaration."""
        part = self.part
        sheet = part.text("sheet")
        if len(sheet) > 31 or set(sheet) & set("[]:*?/\\'"):
            en = f"{sheet!r} cannot be the name of a sheet"
            raise part.error(f"“{sheet}”不能作工作表名", en, sheet)
        tables = self._tables("columns")
        self.columns = {c.key: c for c in map(self._column, tables)}
        if len(self.columns) != len(tables) or not self.columns:
            en = "columns is empty, or two of them have the same key"
            raise part.error("columns 是空的，或者有两列的 key 相同", en, "columns")
        unique = [[c.get("key")] for c in tables if c.get("unique")]
        unique += part.get("unique", ())
        lines = (*self._missing(tables), *map(self._line, self._tables("lines")))
        if len({rule.key for rule in lines}) != len(lines):
            raise part.error("两条 lines 的 id 相同", "two lines have the same id", "id =")
        counts = part.get("counts", {})
        return Ledger(
            self.key,
            sheet,
            columns=tuple(self.columns.values()),
            counts=tuple(self._count(k, counts[k]) for k in counts),
            lines=lines,
            unique=tuple(tuple(map(self._known, keys)) for keys in unique),
            deadline=self._deadline() if "deadline" in part.values else None,
            unit=str(part.get("unit", "件")),
        )

    def _tables(self, name: str) -> list[FilePart]:
        return [self.part.within(entry) for entry in self.part.get(name, [])]

    def _known(self, key: Any) -> str:
        if key not in self.columns:
            zh = f"台账“{self.key}”没有“{key}”这一列"
            raise self.part.error(zh, f"the ledger {self.key!r} has no column {key!r}", str(key))
        return str(key)

    def _column(self, part: FilePart) -> LedgerColumn:
        check_shape(part, COLUMN)
        key, label = part.text("key"), part.text("label")
        if not _KEY.match(key) or key in _OWN_NAMES or key.startswith("twin"):
            zh = f"列的 key “{key}”不能用"
            raise self.part.error(zh, f"a column cannot have the key {key!r}", key)
        kind = part.get("kind", "text")
        if kind not in COLUMN_KINDS:
            zh = f"kind 是“{kind}”，只能是：{'、'.join(COLUMN_KINDS)}"
            raise self.part.error(zh, f"kind is {kind!r}", str(kind))
        choices = tuple(self._choices(part))
        if (kind == "choice") != bool(choices):
            zh = f"“{label}”的 kind 是 choice 时要写 choices 或 choices_from，其他时候不写"
            en = f"choices of {key!r} go with kind = choice, and with no other"
            raise part.error(zh, en, label)
        words = [f"“{c.label}”".replace("{", "(").replace("}", ")") for c in choices]
        listed = "或".join(x for x in ("、".join(words[:-1]), *words[-1:]) if x)
        asked = {
            "choice": Words(f"{{head}}“{{text}}”应是{listed}", f"the {key} is one of {listed}"),
            "flag": Words("{head}只填“是”或“否”", f"{key} is 是 or 否"),
            "date": Words("“{text}”不是日期，请写成 2025-03-05 的样子", "{text!r} is no date"),
            "number": Words("“{text}”不是数字", "{text!r} is no number"),
        }.get(kind, Words())
        wrong = self._words(part, "wrong", asked, text="", head="")
        return LedgerColumn(
            key,
            label,
            width=int(part.get("width", _WIDTHS[kind])),
            kind=kind,
            choices=choices,
            aliases=tuple(part.get("aliases", ())),
            required=bool(part.get("required")),
            choose=bool(part.get("choose")),
            wrong=wrong,
        )

    def _words(self, part: FilePart, name: str, default: Words, **known: str) -> Words:
        """A pair of sentences of the file, whose {…} are ``known``."""
        zh = part.get(name, default.zh)
        words = Words(zh, part.get(f"{name}_en", default.en if zh == default.zh else zh))
        try:
            words.filled(**known)
        except (AttributeError, IndexError, KeyError, ValueError):
            listed = "、".join(f"{{{k}}}" for k in known)
            why = f"{name} 的花括号里只能是：{listed}"
            raise part.error(why, f"{name} may name only {listed}", str(zh)) from None
        return words

    def _choices(self, part: FilePart) -> Iterator[Choice]:
        """Those written out, those of a role, or the members of a set."""
        for each in part.get("choices", ()):
            if isinstance(each, str):
                yield Choice(each, each)
            else:
                label = part.within(each).text("label")
                yield Choice(label, each.get("value", label), tuple(each.get("aliases", ())))
        named = part.get("choices_from", "")
        if not named:
            return
        if named.startswith("roles."):
            yield from self._of_role(named)
        elif named in self.form.sets:
            yield from (Choice(member, member) for member in self.form.sets[named])
        else:
            raise self.part.error(f"没有定义集合“{named}”", f"there is no set {named!r}", named)

    def _of_role(self, named: str) -> Iterator[Choice]:
        """Kinds of document; or the form's own words for the columns or rows that a role names."""
        roles = self.form.roles
        _, role, name = [*named.split("."), "", ""][:3]
        named_member = getattr(roles, role, None)
        members = getattr(named_member, name, ())
        if not isinstance(members, tuple) or not members:
            raise self.part.error(f"没有“{named}”", f"there is no {named!r}", named)
        cases = roles.cases
        for member in members:
            if isinstance(member, Kind):
                yield Choice(member.label, member.row, member.aliases)
            elif cases is not None and name == "columns":
                column = self.form.fields[f"{cases.table}.{cases.this_year}.{member}"].column
                yield Choice(column.label, column.key)
            elif cases is not None:
                row = self.form.fields[f"{cases.table}.{member}.{cases.columns[0]}"].row
                title = _NUMBERING.sub("", row.label)
                yield Choice(f"{row.short} {title}".strip(), row.key, (row.short, title))

    def _conditions(self, part: FilePart) -> Iterator[Condition]:
        for name in ("where", "unless"):
            for key, words in part.get(name, {}).items():
                column = self.columns[self._known(key)]
                listed = words if isinstance(words, list) else [words]
                yield Condition(key, tuple(self._word(column, w) for w in listed), name == "unless")

    def _word(self, column: LedgerColumn, word: Any) -> str:
        """A word of a condition, which must be able to stand in the column."""
        if isinstance(word, bool):
            word = FLAGS[not word]
        if column.kind == "choice":
            word = next((c.value for c in column.choices if word in (c.label, c.value)), word)
        values = [c.value for c in column.choices]
        allowed = {"choice": values, "date": WHEN, "flag": FLAGS}.get(column.kind)
        if not isinstance(word, str) or (word and allowed is not None and word not in allowed):
            zh = f"“{column.label}”一列不会是“{word}”"
            if allowed:
                zh += f"，只能是：{'、'.join(allowed)}，或者空"
            raise self.part.error(zh, f"{column.key} is never {word!r}", str(word))
        return word

    def _missing(self, columns: list[FilePart]) -> Iterator[LineRule]:
        for part in columns:
            if part.get("required"):
                key, head = part.text("key"), part.get("label_en", "{head}")
                words = Words("没有{head}", f"no {head}")
                yield LineRule(f"{key}-missing", key, (Condition(key, ("",)),), words=words)

    def _line(self, part: FilePart) -> LineRule:
        check_shape(part, LINE)
        where = tuple(self._conditions(part))
        before = tuple(map(self._known, part.get("before", ())))
        if len(before) not in (0, 2) or not (where or before):
            zh = "lines 要写 where、unless，或者 before = [“前”, “后”]"
            en = "a line's rule needs where, unless or before = [first, second]"
            raise part.error(zh, en, "before")
        kinds = {self.columns[c].kind for c in before}
        if kinds and kinds not in ({"date"}, {"number"}):
            zh = "before 的两列应都是日期，或者都是数字"
            en = "the two columns of before are both dates or both numbers"
            raise part.error(zh, en, "before")
        part.text("words")
        words = self._words(part, "words", Words(), year="", head="")
        column = self._known(part.get("column", before[0] if before else where[0].column))
        both = (before[0], before[1]) if before else None
        rule = part.get("rule", "L-ROW")
        return LineRule(part.text("id"), column, where, both, words=words, rule=rule)

    def _count(self, key: str, values: Any) -> Count:
        part = self.part.within(values)
        if not isinstance(values, dict) or not _COUNT_KEY.match(key):
            zh = f'counts 里的“{key}”写法不对，应像 units = {{ distinct = "unit" }}'
            raise self.part.error(zh, f"the count {key!r} is not like units = {{ … }}", key)
        check_shape(part, COUNT)
        resolved = _ROLE.sub(lambda m: self._role(m[1], m[2], key), key)
        within = {name: self.columns[self._known(name)].choices for name in _NAME.findall(resolved)}
        distinct, total = (
            self._known(part.get(k)) if k in values else "" for k in ("distinct", "sum")
        )
        if not all(within.values()) or (total and self.columns[total].kind != "number"):
            zh = f"counts 里的“{key}”：花括号里应是 choice 的列，sum 应是 number 的列"
            en = f"the count {key!r}: a choice in braces, a number in sum"
            raise self.part.error(zh, en, key)
        return Count(
            resolved,
            tuple(every_key(resolved, within)),
            where=tuple(self._conditions(part)),
            distinct=distinct,
            total=total,
            within=tuple(within),
        )

    def _role(self, role: str, name: str, key: str) -> str:
        member = getattr(getattr(self.form.roles, role, None), name, None)
        if not isinstance(member, str):
            raise self.part.error(f"没有“{role}.{name}”", f"there is no {role}.{name}", key)
        return member

    def _deadline(self) -> Deadline:
        part = self.part.within(self.part.get("deadline"))
        check_shape(part, DEADLINE)

        def of(kind: str, key: Any) -> str:
            if self.columns[self._known(key)].kind != kind:
                raise self.part.error(f"“{key}”应是 {kind} 的列", f"{key!r} is no {kind}", str(key))
            return str(key)

        def pairs(name: str) -> tuple[tuple[str, str], ...]:
            return tuple((of("date", a), of("date", b)) for a, b in part.get(name, ()))

        start = tuple(of("date", key) for key in part.get("from", ()))
        if not start:
            raise self.part.error("deadline 要写 from", "a deadline needs from", "deadline")
        return Deadline(
            part.text("rule"),
            start,
            answered=of("date", part.get("answered")),
            extended=of("flag", part.get("extended")) if "extended" in part.values else "",
            pauses=pairs("pauses"),
            waits=pairs("waits"),
        )
