"""The notation of edition files and local rule packs, read with the line of every fault.

Here: the file and its tables. Rules, subjects and roles: ``rule_notation``.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from .disk import reason
from .errors import InputError
from .form import Axis, Block, Table
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

    def error(self, zh: str, en: str, needle: str, after: str = "", nth: int = 0) -> InputError:
        """The error for a fault found at ``needle``.

        ``needle`` is looked for behind ``after``, the ``nth`` time, for the line in the file.
        """
        line = self.line_of(needle, after, nth)
        return InputError(f"{self.name} 第{line}行：{zh}。", f"{self.name}, line {line}: {en}.")

    def table(self, name: str) -> dict[str, Any]:
        """The table ``[name]``, which must be there."""
        value = self.data.get(name)
        if not isinstance(value, dict):
            raise self.error(f"缺少 [{name}]", f"[{name}] is missing", "")
        return value

    def text(self, part: Mapping[str, Any], key: str, after: str, nth: int = 0) -> str:
        """The string ``part[key]``, which must be there and not empty.

        Raises ``InputError`` that names the line; ``after`` and ``nth`` say where the part begins.
        """
        value = part.get(key)
        if not isinstance(value, str) or not value:
            raise self.error(
                f"缺少 {key}", f"{key} is missing", needle=key + " =", after=after, nth=nth
            )
        return value

    def integer(self, part: Mapping[str, Any], key: str, after: str) -> int:
        """The whole number ``part[key]``."""
        value = part.get(key)
        if not isinstance(value, int):
            raise self.error(f"{key} 应为整数", f"{key} must be a whole number", key, after)
        return value

    def choice(
        self, part: Mapping[str, Any], key: str, allowed: tuple[str, ...], after: str, nth: int
    ) -> str:
        """The string ``part[key]``, one of ``allowed``.

        Raises ``InputError`` that names the line and what is allowed.
        """
        value = self.text(part, key, after, nth)
        if value not in allowed:
            listed = "、".join(allowed)
            raise self.error(
                f"{key} 是“{value}”，只能是：{listed}",
                f"{key} is {value!r}, not one of {', '.join(allowed)}",
                needle=value,
                after=after,
                nth=nth,
            )
        return value


def id_of(source: FormFile, head: Mapping[str, Any]) -> str:
    """The id, which names files and workbooks go by."""
    found = source.text(head, "id", "edition")
    if not _ID.fullmatch(found):
        zh = "id 只能用字母、数字、短横和单个的点，最多40个，如 2021-sd"
        raise source.error(zh, "id: only letters, digits, - and single dots", "id", "edition")
    return found


def parse_tables(source: FormFile, taken: set[str]) -> tuple[Table, ...]:
    """Every ``[[tables]]`` of the file."""
    tables = []
    for number, part in enumerate(source.data.get("tables", [])):
        at = ("[[tables]]", number)
        table_id = source.text(part, "id", *at)
        if not _KEY.match(table_id):
            zh = f"表的编号“{table_id}”只能用小写英文字母、数字、下划线和点，如 t5"
            en = f"the id of a table, {table_id!r}, may only use a-z, 0-9, _ and ."
            raise source.error(zh, en, table_id, *at)
        if table_id in taken:
            raise source.error(
                f"表 {table_id} 已经有了", f"table {table_id} exists already", table_id, *at
            )
        taken.add(table_id)
        blocks = tuple(_block(source, b, at) for b in part.get("blocks", []))
        if not blocks:
            raise source.error(
                f"表 {table_id} 没有 blocks", f"table {table_id} has no blocks", table_id, *at
            )
        sheet = source.text(part, "sheet", *at)
        if len(sheet) > 31 or _NO_SHEET.search(sheet):
            zh = f"工作表名“{sheet[:40]}”用不了：最多31个字，不能有 []:*?/\\，不能以 ' 开头或结尾"
            en = f"{sheet[:40]!r} can be no sheet's name: at most 31 characters, none of []:*?/\\"
            raise source.error(zh, en, sheet, *at)
        title = source.text(part, "title", *at)
        tables.append(
            Table(
                table_id, sheet, title=title, blocks=blocks, aliases=tuple(part.get("aliases", ()))
            )
        )
    return tuple(tables)


def _block(source: FormFile, part: Mapping[str, Any], at: tuple[str, int]) -> Block:
    if max(len(part.get(word, ())) for word in ("columns", "rows")) > _MOST:
        zh, en = f"一张表的行、列最多各{_MOST}个", f"a table has at most {_MOST} rows and columns"
        raise source.error(zh, en, "columns", *at)
    columns = tuple(_axis(source, a, at) for a in part.get("columns", []))
    rows = tuple(_axis(source, a, at) for a in part.get("rows", []))
    for axes, word in ((columns, "columns"), (rows, "rows")):
        if not axes:
            raise source.error(f"{word} 是空的", f"{word} is empty", word, *at)
        for key, count in Counter(a.key for a in axes).items():
            if count > 1:
                needle = f'"{key}"'
                raise source.error(f"键 {key} 重复", f"key {key} stands twice", needle, *at)
    return Block(
        columns,
        rows,
        caption=part.get("caption", ""),
        corner=part.get("corner", ""),
        ignore=tuple(part.get("ignore", ())),
    )


def _axis(source: FormFile, part: Any, at: tuple[str, int]) -> Axis:
    if not isinstance(part, dict) or not isinstance(part.get("key"), str):
        raise source.error("行或列缺少 key", "a row or column has no key", "{", *at)
    key = part["key"]
    needle = f'"{key}"'
    if key and not _KEY.match(key):
        zh = f"键“{key}”只能用小写英文字母、数字、下划线和点"
        raise source.error(zh, f"key {key!r} may only use a-z, 0-9, _ and .", needle, *at)
    path = tuple(part.get("path") or ([part["label"]] if "label" in part else []))
    if not path or not all(isinstance(p, str) for p in path):
        raise source.error(f"{key} 缺少 label 或 path", f"{key} has no label", needle, *at)
    kind = part.get("kind", "count")
    if kind not in KINDS:
        zh = f"{key} 的 kind 是“{kind}”，只能是：{'、'.join(KINDS)}"
        raise source.error(
            zh, f"{key}: kind {kind!r} is not one of {', '.join(KINDS)}", needle, *at
        )
    return Axis(
        key,
        path,
        short=part.get("short", path[-1]),
        kind=kind,
        aliases=tuple(part.get("aliases", ())),
        name=part.get("name", ""),
    )
