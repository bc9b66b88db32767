"""The notation of edition files and local rule packs, read with the line of every fault.

Here: the file, its parts, the form's tables, and what terms may name.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from .disk import reason
from .errors import InputError
from .form import SOURCES, Axis, Block, Claim, Field, Roles, Subject, Table, split
from .ledger_parts import Ledger
from .outside import read_outside

KINDS = ("count", "signed", "amount")
_NO_SHEET = re.compile(r"[\[\]:*?/\\\x00-\x1f]|^'|'$")  # what Excel takes in no sheet's name
_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\Z")
_ID = re.compile(r"[A-Za-z0-9](?:[\w-]|\.(?!\.)){0,39}")  # of an edition
_HERE = Path(__file__).parent
_MOST = 500  # rows, and columns, of a block
_LONGEST = 2_000_000  # characters of a file
_PARTS = 40  # of a key
_CHAIN = re.compile(rf"(?:[\w\"'-]{{1,64}}[ \t]*\.[ \t]*){{{_PARTS}}}")


def shipped(name: str) -> str:
    """The text of a file that comes with gouji: ``editions/2021.toml``, ``packs/evidence.toml``."""
    return (_HERE / name).read_text("utf-8")


@lru_cache(maxsize=2)
def shipped_ids(folder: str) -> tuple[str, ...]:
    """What of a ``folder`` is called by its name: the stems of its TOML files, in order."""
    return tuple(sorted(path.stem for path in (_HERE / folder).glob("*.toml")))


@lru_cache(maxsize=8)
def _parsed(content: str) -> dict[str, Any]:
    """A TOML text, parsed once: a head is looked at before its edition is loaded."""
    dotted = (line for line in content.splitlines() if line.count(".") >= _PARTS)
    if len(content) > _LONGEST or any(map(_CHAIN.search, dotted)):
        raise ValueError("no file of rules is so long, no key has so many parts")
    return tomllib.loads(content)


@dataclass(frozen=True)
class FormFile:
    """The text of one TOML file, and errors that name a line of it."""

    name: str
    content: str

    @classmethod
    def read(cls, path: Path) -> FormFile:
        """From a file; ``InputError`` when it is missing or not UTF-8."""
        try:
            return cls(str(path), read_outside(path, 4 * _LONGEST).decode("utf-8-sig"))
        except OSError as error:
            raise InputError(
                f"读不到规则文件 {path}（{reason(error).zh}），请检查路径。",
                f"The rule file {path} cannot be read ({reason(error).en}): check the path.",
            ) from error
        except UnicodeDecodeError as error:
            raise InputError(
                f"规则文件 {path} 不是 UTF-8 编码，请另存为 UTF-8。",
                f"The rule file {path} is not UTF-8: save it as UTF-8.",
            ) from error

    def with_data(self, data: dict[str, Any]) -> FormFile:
        """The same file, of which only ``data`` is to be looked at."""
        part = FormFile(self.name, self.content)
        part.__dict__["data"] = data
        return part

    @cached_property
    def data(self) -> dict[str, Any]:
        """The parsed file; a syntax error is reported with its line."""
        try:
            return _parsed(self.content)
        except (ValueError, RecursionError) as error:  # also a number too long to be one
            match = re.search(r"line (\d+)", str(error))
            where, where_en = (f"第{match[1]}行", f", line {match[1]}") if match else ("", "")
            why = str(error)[:200] if isinstance(error, tomllib.TOMLDecodeError) else ""
            raise InputError(
                f"{self.name} {where}写法有误，不是合法的 TOML"
                f"{f'：{why}' if why else ''}。请对照 docs/rules-howto.zh.md 改正。",
                f"{self.name}{where_en}: not valid TOML{f': {why}' if why else ''}: see "
                "docs/rules-howto.md.",
            ) from error

    def line_of(self, needle: str, after: str = "", nth: int = 0) -> int:
        """The 1-based line of ``needle``, searched from the ``nth`` line starting ``after``."""
        lines = self.content.splitlines()
        start = 0
        if after:
            heads = [i for i, text in enumerate(lines) if text.strip().startswith(after)]
            start = heads[min(nth, len(heads) - 1)] if heads else 0
        for number in range(start, len(lines)):
            if after and number > start and lines[number].strip() == after:
                break  # the next entry of the same kind
            if needle and needle in lines[number]:
                return number + 1
        return start + 1

    def table(self, name: str) -> FilePart:
        """The table ``[name]``, which must be there."""
        values = self.data.get(name)
        if not isinstance(values, dict):
            raise FilePart(self, {}).error(f"缺少 [{name}]", f"[{name}] is missing", "")
        return FilePart(self, values, name)

    def parts(self, name: str) -> Iterator[FilePart]:
        """Every ``[[name]]`` of the file."""
        for nth, values in enumerate(self.data.get(name, [])):
            yield FilePart(self, values, f"[[{name}]]", nth)

    def keyed(self, name: str) -> Iterator[tuple[str, FilePart]]:
        """Every ``[name.KEY]`` of the file, by its key."""
        for key, values in self.data.get(name, {}).items():
            yield key, FilePart(self, values, f"[{name}.{key}]")


@dataclass(frozen=True)
class FilePart:
    """One table of a file, and where it begins: at the ``nth`` line that starts ``after``.

    Its methods raise ``InputError`` that names the line of a fault.
    """

    file: FormFile
    values: Any
    after: str = ""
    nth: int = 0

    def get(self, key: str, otherwise: Any = None) -> Any:
        """The value of ``key``."""
        return self.values.get(key, otherwise)

    def within(self, values: Any) -> FilePart:
        """A table inside this one: its faults are looked for from the same line on."""
        return replace(self, values=values)

    def error(self, zh: str, en: str, needle: str) -> InputError:
        """The error for a fault at the first ``needle`` of the part."""
        line = self.file.line_of(needle, self.after, self.nth)
        name = self.file.name
        return InputError(f"{name} 第{line}行：{zh}。", f"{name}, line {line}: {en}.")

    def no_field(self, key: str, needle: str = "") -> InputError:
        """The error for a key that no field has."""
        return self.error(f"没有字段“{key}”", f"there is no field {key!r}", needle or key)

    def text(self, key: str) -> str:
        """The string of ``key``, which must be there and not empty."""
        value = self.values.get(key)
        if not isinstance(value, str) or not value:
            raise self.error(f"缺少 {key}", f"{key} is missing", key + " =")
        return value

    def integer(self, key: str) -> int:
        """The whole number of ``key``."""
        value = self.values.get(key)
        if not isinstance(value, int):
            raise self.error(f"{key} 应为整数", f"{key} must be a whole number", key)
        return value

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        """The string of ``key``, one of ``allowed``."""
        value = self.text(key)
        if value not in allowed:
            zh = f"{key} 是“{value}”，只能是：{'、'.join(allowed)}"
            raise self.error(zh, f"{key} is {value!r}, not one of {', '.join(allowed)}", value)
        return value


@dataclass(frozen=True)
class Known:
    """What the terms of a file may name, and the ``sheets`` that are taken."""

    fields: Mapping[str, Field]
    sets: Mapping[str, list[str]]
    roles: Roles = field(default_factory=Roles)
    sheets: frozenset[str] = frozenset()
    subjects: Mapping[str, Subject] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
    ledgers: Mapping[str, Ledger] = field(default_factory=dict)

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


def id_of(head: FilePart) -> str:
    """The id, which names files and workbooks go by."""
    found = head.text("id")
    if not _ID.fullmatch(found):
        zh = "id 只能用字母、数字、短横和单个的点，最多40个，如 2021-sd"
        raise head.error(zh, "id: only letters, digits, - and single dots", "id")
    return found


def parse_tables(source: FormFile, taken: set[str]) -> tuple[Table, ...]:
    """Every ``[[tables]]`` of the file."""
    return tuple(_table(part, taken) for part in source.parts("tables"))


def _table(part: FilePart, taken: set[str]) -> Table:
    table_id = part.text("id")
    if not _KEY.match(table_id):
        zh = f"表的编号“{table_id}”只能用小写英文字母、数字、下划线和点，如 t5"
        en = f"the id of a table, {table_id!r}, may only use a-z, 0-9, _ and ."
        raise part.error(zh, en, table_id)
    if table_id in taken:
        raise part.error(f"表 {table_id} 已经有了", f"table {table_id} exists already", table_id)
    taken.add(table_id)
    blocks = tuple(_block(part.within(b)) for b in part.get("blocks", []))
    if not blocks:
        raise part.error(f"表 {table_id} 没有 blocks", f"table {table_id} has no blocks", table_id)
    sheet = part.text("sheet")
    if len(sheet) > 31 or _NO_SHEET.search(sheet):
        zh = f"工作表名“{sheet[:40]}”用不了：最多31个字，不能有 []:*?/\\，不能以 ' 开头或结尾"
        en = f"{sheet[:40]!r} can be no sheet's name: at most 31 characters, none of []:*?/\\"
        raise part.error(zh, en, sheet)
    aliases = tuple(part.get("aliases", ()))
    return Table(table_id, sheet, title=part.text("title"), blocks=blocks, aliases=aliases)


def _block(part: FilePart) -> Block:
    if max(len(part.get(word, ())) for word in ("columns", "rows")) > _MOST:
        zh, en = f"一张表的行、列最多各{_MOST}个", f"a table has at most {_MOST} rows and columns"
        raise part.error(zh, en, "columns")
    columns, rows = (
        tuple(_axis(part.within(axis)) for axis in part.get(word, []))
        for word in ("columns", "rows")
    )
    for axes, word in ((columns, "columns"), (rows, "rows")):
        if not axes:
            raise part.error(f"{word} 是空的", f"{word} is empty", word)
        for key, count in Counter(a.key for a in axes).items():
            if count > 1:
                raise part.error(f"键 {key} 重复", f"key {key} stands twice", f'"{key}"')
    caption, corner = part.get("caption", ""), part.get("corner", "")
    return Block(columns, rows, caption, corner, ignore=tuple(part.get("ignore", ())))


def _axis(part: FilePart) -> Axis:
    if not isinstance(part.values, dict) or not isinstance(part.get("key"), str):
        raise part.error("行或列缺少 key", "a row or column has no key", "{")
    key = part.get("key")
    needle = f'"{key}"'
    if key and not _KEY.match(key):
        zh = f"键“{key}”只能用小写英文字母、数字、下划线和点"
        raise part.error(zh, f"key {key!r} may only use a-z, 0-9, _ and .", needle)
    path = tuple(part.get("path") or ([part.get("label")] if "label" in part.values else []))
    if not path or not all(isinstance(p, str) for p in path):
        raise part.error(f"{key} 缺少 label 或 path", f"{key} has no label", needle)
    kind = part.get("kind", "count")
    if kind not in KINDS:
        zh = f"{key} 的 kind 是“{kind}”，只能是：{'、'.join(KINDS)}"
        raise part.error(zh, f"{key}: kind {kind!r} is not one of {', '.join(KINDS)}", needle)
    short, name = part.get("short", path[-1]), part.get("name", "")
    return Axis(key, path, short, kind, aliases=tuple(part.get("aliases", ())), name=name)
