"""The roster: the units of a county or city, read from a CSV or an Excel list."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from .disk import reason
from .errors import InputError
from .outside import read_outside
from .units import Roster, Unit, cleaned, key_of, spelling
from .words import Words, composed

# heading → what it is called here, the clearest first; the first is what documents show
HEADS = {
    "name": (
        *("单位名称", "机关名称", "部门名称", "机构名称", "单位全称", "单位", "名称", "部门"),
        *("name", "unit"),
    ),
    "code": ("代码", "单位代码", "机构代码", "统一社会信用代码", "编码", "code"),
    "unit_class": ("类别", "单位类别", "类型", "class"),
    "parent": ("上级", "上级单位", "主管部门", "parent"),
    "contact": ("联系人", "填报人", "经办人", "contact"),
    "phone": ("电话", "联系电话", "手机", "手机号", "办公电话", "phone"),
    "former": ("曾用名", "原名称", "原单位", "former"),
}
# what a form's cover asks for below 单位名称: a form is no list
_ASKED = {h for key in ("code", "unit_class", "contact", "phone") for h in HEADS[key]}
_MAX_LINES = 200_000  # with anything in them
_MOST_REMARKS = 200
_MAX_NAME = 80
_HEAD, _WIDE = 200, 500  # characters of a head, and heads, that are looked at
_MAX_BYTES, _MAX_TEXT = 50 << 20, 12 << 20  # of a workbook, of a text
_DIGITS_KEPT = 15  # of a number, by every spreadsheet application
_DELIMITERS = (",", "\t", ";", "，", "；")

# What stands in a list and is no unit: sums, notes, who made it, headings, page numbers.
_NO_UNIT = re.compile(
    r"(合计|总计|小计|共计)([:：\d（(].*)?"
    r"|共计?\d+(个|家).*"
    r"|(注|备注|附注|说明|填表说明)\d*[:：、.．].*"
    r"|(填表|填报|制表|审核|联系|负责)(人|单位|日期|时间|电话|部门)?[:：].*"
    r"|[一二三四五六七八九十]+、.*|[（(][一二三四五六七八九十\d]+[)）].*|第\d+页.*|[※*＊].*"
    r"|(19|20)\d\d[年./-]\d{1,2}([月./-](\d{1,2}日?)?)?|附件\d*[:：]?.*|[（(]?续表[)）]?|备?注"
)

Rows = Sequence[Sequence[Any]]
Opener = Callable[[bytes], list[tuple[str, Rows]]]


def read_roster(path: Path, opener: Opener | None = None) -> Roster:
    """The roster in a CSV (UTF-8, UTF-16 or GB 18030) or a workbook.

    The head line names the columns: 单位名称, 代码, 类别, 上级, 联系人, 电话, and 曾用名 (several
    with 、).
    Lines that are no units (合计, 注：…) are left out and told in ``Roster.remarks``, as is
    whatever an officer should look at. Raises ``InputError`` that names the line when a name is
    missing or stands twice, when a code stands twice or was spoilt by a spreadsheet, and when
    there is no column 单位名称. ``opener`` opens a workbook in place of ``sheets_of``.
    """
    found: Roster | None = None
    for sheet, rows in _lists(path, opener or sheets_of):
        for start, row in enumerate(rows[:10]):
            where = _heads(row)
            if "name" not in where:
                continue
            _refuse_two(path, sheet, row)
            if found is not None:
                also = Words(
                    f"工作表“{sheet}”也有“单位名称”一列，没有读；只读了前面的一张。",
                    f"the sheet {sheet!r} has a column 单位名称 too and was not read",
                )
                return Roster(found.units, str(path), (*found.remarks, also))
            lines = _Lines(path, where)
            units = tuple(lines.units(rows[start + 1 :], start + 2))
            found = Roster(units, str(path), (*lines.remarks, *_close(units)))
            break
    if found is None:
        raise InputError(
            f"名册 {path} 里没有“单位名称”一列。第一行应写：单位名称、代码、类别、上级。",
            f"{path} has no column 单位名称: its first line should be 单位名称,代码,类别,上级",
        )
    if not found.units:
        raise InputError(f"名册 {path} 里没有单位。", f"{path} lists no unit")
    return found


def _heads(row: Sequence[Any]) -> dict[str, int]:
    """Which column is what, by the words of a head line; none of a line that is no head."""
    cells = _spelled(row)
    return {
        key: cells.index(next(h for h in heads if h in cells))
        for key, heads in HEADS.items()
        if any(h in cells for h in heads)
    }


def _spelled(row: Sequence[Any]) -> list[str]:
    """A head line's words, without what stands behind them: 单位名称（全称）, 单位名称：."""
    heads = (spelling(str(c)[:_HEAD]) for c in row[:_WIDE])
    return [re.sub(r"[(（][^)）]*[)）]|[:：*＊]", "", head) for head in heads]


def _refuse_two(path: Path, sheet: str, row: Sequence[Any]) -> None:
    """Refuses a list with two columns of one head: which one holds the units is not told."""
    cells = _spelled(row)
    head = next(h for h in HEADS["name"] if h in cells)
    if cells.count(head) > 1:
        first, second = [i + 1 for i, cell in enumerate(cells) if cell == head][:2]
        place = f"工作表“{sheet}”" if sheet else ""
        raise InputError(
            f"名册 {path} {place}有两列都叫“{head}”（第{first}列和第{second}列），"
            "分不清哪一列是单位名称，请改掉一列的列名再试。",
            f"{path} has two columns {head!r} ({first} and {second}): rename one of them",
        )


@dataclass
class _Lines:
    """The lines below the head of one list."""

    path: Path
    where: dict[str, int]
    remarks: list[Words] = field(default_factory=list)
    _seen: dict[tuple[str, str], int] = field(default_factory=dict)

    def units(self, rows: Rows, first: int) -> Iterator[Unit]:
        """One unit a line; ``InputError`` names the line that cannot be one."""
        filled = 0
        for number, row in enumerate(rows, first):
            if not any(str(c).strip() for c in row if c):
                continue
            filled += 1
            if filled > _MAX_LINES:
                raise self._bad(number, f"以上超过{_MAX_LINES}行", f"more than {_MAX_LINES} lines")
            raw = {k: row[i] if i < len(row) else "" for k, i in self.where.items()}
            cells = {k: self._text(v, number) for k, v in raw.items() if k != "code"}
            if (shown := self._no_unit(row, cells["name"])) is not None:
                if shown:
                    self._remark(
                        f"第{number}行“{shown[:30]}”不是单位，没有算进名册。",
                        f"line {number}, {shown[:30]!r}, is no unit and was left out",
                    )
                continue
            cells["code"] = self._code(raw.get("code", ""), number)
            if not any(cells.values()):
                continue
            self._check(cells, number)
            former = tuple(x for x in re.split(r"[、,，;；]", cells.pop("former", "")) if x)
            yield Unit(**cells, former=former, line=number)

    def _no_unit(self, row: Sequence[Any], name: str) -> str | None:
        """What stands in a line that is no unit; ``""`` for a head that is printed again."""
        if spelling(name) in HEADS["name"]:
            return ""
        first = next((t for c in row if (t := cleaned(_shown(c)))), "")
        for text in (first, name):
            if _NO_UNIT.fullmatch(re.sub(r"\s", "", text)):
                return text
        return None

    def _check(self, cells: dict[str, str], number: int) -> None:
        """Refuses a line without a name, and a name or code that stands twice."""
        name = cells["name"]
        if not name:
            raise self._bad(number, "没有单位名称", "has no unit name")
        if len(name) > _MAX_NAME or not re.search(r"[^\W\d_]", name) or spelling(name) in _ASKED:
            raise self._bad(
                number, f"“{name[:20]}”不像单位名称", f"{name[:20]!r} is no name of a unit"
            )
        for kind, shown, key in (
            ("代码", cells["code"], cells["code"]),
            ("单位名称", name, spelling(name)),
        ):
            other = self._seen.get((kind, key)) if key else None
            if other is not None:
                zh = f"{kind}“{shown}”与第{other}行相同"
                raise self._bad(number, zh, f"{shown!r} stands in line {other} too")
            if key:
                self._seen[kind, key] = number

    def _code(self, value: Any, number: int) -> str:
        """A code as text. What a spreadsheet has rounded, or made a date of, is refused."""
        remedy = "请把代码一列设成“文本”格式，重新填上完整的代码"
        if isinstance(value, date | datetime):
            raise self._bad(number, f"的代码存成了日期，{remedy}", "the code is stored as a date")
        if isinstance(value, float) and value.is_integer():
            if abs(value) >= 10**_DIGITS_KEPT:
                raise self._bad(
                    number,
                    f"的代码是按数字存的，超过{_DIGITS_KEPT}位，末几位已经变了（现在是{value:.0f}）。{remedy}",
                    f"the code is stored as a number of more than {_DIGITS_KEPT} digits, and its "
                    "last ones are lost: make the column text and enter the codes again",
                )
            return str(int(value))
        text = composed(self._text(value, number))
        if match := re.fullmatch(r'="(.*)"|\'(.+)', text):
            text = match[1] or match[2] or ""
        if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", text):
            raise self._bad(
                number,
                f"的代码是{text}，末几位已经丢了。{remedy}",
                f"the code is {text}, its last digits are lost: make the column text",
            )
        if re.fullmatch(r"\d{15,}000", text):
            self._remark(
                f"第{number}行的代码{text}以000结尾，可能是电子表格改掉了末三位，请核对。",
                f"line {number}: the code {text} ends in 000, a spreadsheet may have rounded it",
            )
        return text

    def _text(self, value: Any, number: int) -> str:
        text = _shown(value)
        if len(text) > 10_000:
            raise self._bad(number, "有一格超过1万字", "has a cell of more than 10,000 characters")
        return cleaned(text)

    def _remark(self, zh: str, en: str) -> None:
        """Keeps what an officer should look at; the last of many says that there are more."""
        if len(self.remarks) < _MOST_REMARKS:
            self.remarks.append(Words(zh, en))
        elif len(self.remarks) == _MOST_REMARKS:
            self.remarks.append(Words("这样的行还有，没有一一列出。", "there are more such lines"))

    def _bad(self, line: int, zh: str, en: str) -> InputError:
        return InputError(
            f"名册 {self.path} 第{line}行{zh}，请改正后再试。",
            f"{self.path}, line {line}: {en}; correct it",
        )


def _close(units: Sequence[Unit]) -> Iterator[Words]:
    """Names that differ in nothing but 本级, brackets and the like: told by line."""
    lines: dict[str, Unit] = {}
    found = 0
    for unit in units:
        other = lines.setdefault(key_of(unit.name), unit)
        if other is not unit:
            found += 1
            if found > _MOST_REMARKS:
                return
            yield Words(
                f"第{other.line}行“{other.name}”和第{unit.line}行“{unit.name}”很像，"
                "收表时只按代码或完整的名称区分。",
                f"lines {other.line} and {unit.line} name units that differ little: they are "
                "told apart by code or by the full name only",
            )


def _shown(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if value is not None else ""


def _lists(path: Path, opener: Opener) -> Iterator[tuple[str, Rows]]:
    """Every list that the file may hold: each sheet, or the text cut at each delimiter."""
    try:
        data = read_outside(path, _MAX_BYTES)
    except OSError as error:
        raise InputError(
            f"读不了名册 {path}（{reason(error).zh}）。",
            f"{path} cannot be read ({reason(error).en})",
        ) from error
    if data[:2] == b"PK" or data[:4] == b"\xd0\xcf\x11\xe0":
        yield from _workbook_rows(path, data, opener)
        return
    if len(data) > _MAX_TEXT:
        raise InputError(f"名册 {path} 太大。", f"{path} is too large")
    text = _decoded(path, data)
    for delimiter in _DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            rows = list(islice(reader, 10))
            if any("name" in _heads(row) for row in rows):
                yield "", [*rows, *reader]
                return
        except csv.Error as error:
            raise InputError(
                f"名册 {path} 不是逗号分隔的文本，请另存为“CSV UTF-8”或 .xlsx。",
                f"{path} is no CSV; save it as CSV UTF-8 or .xlsx",
            ) from error


def _decoded(path: Path, data: bytes) -> str:
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(
        f"名册 {path} 的文字编码认不出来。请另存为“CSV UTF-8”或 .xlsx。",
        f"{path}: unknown text encoding; save it as CSV UTF-8 or .xlsx",
    )


def sheets_of(data: bytes) -> list[tuple[str, Rows]]:
    """The visible sheets of a workbook with their rows; whatever calamine raises of another file.

    A file that wants harm may end the process: ``read_roster`` takes an opener that is a child.
    """
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [
        (sheet.name, book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False))
        for sheet in book.sheets_metadata
        if sheet.visible == SheetVisibleEnum.Visible
    ]


def _workbook_rows(path: Path, data: bytes, opener: Opener) -> list[tuple[str, Rows]]:
    try:
        return opener(data)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # calamine panics on hostile files
        raise InputError(
            f"名册 {path} 打不开，可能已损坏，或者离表很远的地方还有内容。"
            "请只留名册，另存为 .xlsx 或 CSV 再试。",
            f"{path} cannot be opened, it may be damaged or hold something far from the list: "
            "keep only the list and save it as .xlsx or CSV",
        ) from error


__all__ = ["HEADS", "Roster", "Unit", "key_of", "read_roster", "sheets_of"]
