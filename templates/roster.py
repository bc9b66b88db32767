"""The roster: the units of a county or city, from a CSV or an Excel list."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .errors import InputError

# heading → what it is called here; the first is what documents show
HEADS = {
    "name": ("单位名称", "单位", "名称", "机关名称", "部门名称", "name", "unit"),
    "code": ("代码", "单位代码", "机构代码", "统一社会信用代码", "编码", "code"),
    "unit_class": ("类别", "单位类别", "类型", "class"),
    "parent": ("上级", "上级单位", "主管部门", "parent"),
    "former": ("曾用名", "原名称", "原单位", "former"),
}
_MAX_UNITS = 200_000


@dataclass(frozen=True)
class Unit:
    """One line of the roster. ``former`` are the names before a merger or a new name."""

    name: str
    code: str = ""
    unit_class: str = ""
    parent: str = ""
    former: tuple[str, ...] = ()
    line: int = 0

    @cached_property
    def file_name(self) -> str:
        """The name of the unit's workbook, safe on every file system.

        >>> Unit("市 教育/体育局", "A01").file_name
        'A01_市 教育_体育局.xlsx'
        """
        stem = "_".join(part for part in (self.code, self.name) if part)
        stem = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]', "_", unicodedata.normalize("NFC", stem))
        stem = stem.strip(" .~")
        while len(stem.encode()) > 200:
            stem = stem[:-1]
        if re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)", stem) or not stem:
            stem = f"_{stem}"
        return f"{stem}.xlsx"


@dataclass(frozen=True)
class Roster:
    """The units in the order of the list."""

    units: tuple[Unit, ...]
    path: str = ""

    @cached_property
    def by_code(self) -> dict[str, Unit]:
        """Units that have a code, by it."""
        return {u.code: u for u in self.units if u.code}

    @cached_property
    def by_file(self) -> dict[str, Unit]:
        """Units by the name of the workbook that was made for them."""
        return {u.file_name: u for u in self.units}

    def named(self, name: str) -> Unit | None:
        """The unit of exactly this name, now or formerly."""
        return self._by_name.get(key_of(name))

    @cached_property
    def _by_name(self) -> dict[str, Unit]:
        found: dict[str, Unit] = {}
        for unit in self.units:
            for name in (unit.name, *unit.former):
                found.setdefault(key_of(name), unit)
        return found

    def find(self, name: str, code: str = "") -> Unit | None:
        """The unit with ``code``, else the one that ``name`` means, in its usual variants.

        A name that ends like exactly one unit's name (the county before it left out or put
        before it) means that unit; where several would fit, None.
        """
        if code and code in self.by_code:
            return self.by_code[code]
        wanted = key_of(name)
        if not wanted:
            return None
        if wanted in self._by_name:
            return self._by_name[wanted]
        near = {
            id(u): u
            for k, u in self._by_name.items()
            if len(min(k, wanted, key=len)) >= 3 and (k.endswith(wanted) or wanted.endswith(k))
        }
        return next(iter(near.values())) if len(near) == 1 else None


_WORDS = re.compile(r"（本级）|\(本级\)|本级|[\s·,，.。、()（）《》“”\"'_-]")


def key_of(name: str) -> str:
    """A name without what varies: width, blanks, brackets, 本级, 人民政府 for 政府.

    >>> key_of("某县 财政局（本级）") == key_of("某县财政局")
    True
    """
    text = _WORDS.sub("", unicodedata.normalize("NFKC", name))
    return text.replace("人民政府", "政府").replace("办事处", "").casefold()


def read_roster(path: Path) -> Roster:
    """The roster in a CSV (UTF-8 or GB 18030), .xlsx or .xls file.

    The head line names the columns: 单位名称, 代码, 类别, 上级, and 曾用名 (several with 、).
    Raises ``InputError`` that names the line when a name is missing or a name or code stands
    twice, and when there is no column 单位名称.
    """
    rows = _rows(path)
    where: dict[str, int] = {}
    for start, row in enumerate(rows[:10]):
        cells = [str(c).strip() for c in row]
        where = {
            key: next(i for i, c in enumerate(cells) if c.lower() in heads)
            for key, heads in HEADS.items()
            if any(c.lower() in heads for c in cells)
        }
        if "name" in where:
            return Roster(_units(path, rows[start + 1 :], where, start + 2), str(path))
    raise InputError(
        f"名册 {path} 里没有“单位名称”一列。第一行应写：单位名称、代码、类别、上级。",
        f"{path} has no column 单位名称: its first line should be 单位名称,代码,类别,上级",
    )


def _units(
    path: Path, rows: Sequence[Sequence[Any]], where: dict[str, int], first: int
) -> tuple[Unit, ...]:
    units: list[Unit] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, first):
        cells = {k: _text(row[i]) if i < len(row) else "" for k, i in where.items()}
        if not any(cells.values()):
            continue
        if not cells["name"]:
            raise _bad(path, number, "没有单位名称", "has no unit name")
        for kind, key in (("代码", cells.get("code", "")), ("单位名称", cells["name"])):
            if key and f"{kind}{key}" in seen:
                zh = f"{kind}“{key}”与第{seen[kind + key]}行相同"
                raise _bad(path, number, zh, f"{key!r} stands in line {seen[kind + key]} too")
            seen[f"{kind}{key}"] = number
        former = tuple(x for x in re.split(r"[、,，;；]", cells.get("former", "")) if x)
        parent, unit_class = cells.get("parent", ""), cells.get("unit_class", "")
        code = cells.get("code", "")
        units.append(Unit(cells["name"], code, unit_class, parent, former, number))
        if len(units) > _MAX_UNITS:
            raise _bad(path, number, f"单位超过{_MAX_UNITS}个", f"more than {_MAX_UNITS} units")
    if not units:
        raise InputError(f"名册 {path} 里没有单位。", f"{path} lists no unit")
    return tuple(units)


def _bad(path: Path, line: int, zh: str, en: str) -> InputError:
    return InputError(
        f"名册 {path} 第{line}行{zh}，请改正后再试。", f"{path}, line {line}: {en}; correct it"
    )


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() if value is not None else ""


def _rows(path: Path) -> list[list[Any]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"读不了名册 {path}（{error.strerror}）。", f"{path} cannot be read ({error.strerror})"
        ) from error
    if data[:2] == b"PK" or data[:4] == b"\xd0\xcf\x11\xe0":
        return _workbook_rows(path, data)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
        return list(csv.reader(io.StringIO(text), delimiter=delimiter))
    raise InputError(
        f"名册 {path} 的文字编码认不出来。请另存为“CSV UTF-8”或 .xlsx。",
        f"{path}: unknown text encoding; save it as CSV UTF-8 or .xlsx",
    )


def _workbook_rows(path: Path, data: bytes) -> list[list[Any]]:
    from python_calamine import CalamineWorkbook

    if len(data) > 50 << 20:
        raise InputError(f"名册 {path} 太大。", f"{path} is too large")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        rows: Iterable[list[Any]] = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        return list(rows)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # calamine panics on hostile files
        raise InputError(
            f"名册 {path} 打不开，请另存为 .xlsx 或 CSV 再试。",
            f"{path} cannot be opened; save it as .xlsx or CSV",
        ) from error
