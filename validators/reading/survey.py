"""Which sheets hold the report: the tables of one report come from one place.

What stands there twice is said and never chosen in silence: a copy of a table is a finding, a
book with several units is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ...templates.a1 import Place
from ...templates.edition import Edition
from ...templates.errors import InputError
from ...templates.form import Table
from ...templates.words import Words
from ..ooxml.cells import Content
from ..report import Remark, RemarkKind
from .by_label import FoundTable, extra_rows, find, variants
from .heads import units
from .set_aside import (
    WORKING,
    aside,
    contents,
    hidden_home,
    home_of,
    is_added,
    is_blank,
    set_aside,
    undecided,
)
from .sheet_text import SheetText
from .spelling import normal
from .stacked import of_the_year


@dataclass
class Survey:
    """Where the fields of an edition stand by their labels, and what was noticed.

    ``homes`` are the sheets that the tables were taken from, ``split`` the tables of which a
    part stands on another sheet, ``tabs`` all sheets in the order of their tabs.
    """

    edition: Edition
    cells: dict[str, Place] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    homes: list[FoundTable] = field(default_factory=list)
    split: set[str] = field(default_factory=set)
    tabs: list[str] = field(default_factory=list)

    @property
    def candidates(self) -> set[tuple[str, bool, int]]:
        """Rows and columns that were candidates: the sheet, whether a row, which."""
        return {(home.sheet.name, *line) for home in self.homes for line in home.seen}


def by_label(
    edition: Edition, sheets: Sequence[SheetText], name: str, year: int | None = None
) -> Survey:
    """The report on ``sheets`` that carry no names; ``InputError`` for those of several units."""
    survey = Survey(edition, tabs=[sheet.name for sheet in sheets])
    found = {t.id: [*_found(sheets, t, year, survey.remarks)] for t in edition.tables}
    survey.remarks += set_aside(found, year)
    survey.remarks += _left_blank(found)
    forms = _forms(edition, found)
    _refuse_several(forms, found, name)
    best = forms[0] if len(forms) == 1 else None
    for table in edition.tables:
        tables = found[table.id]
        # the tables of one report come from one sheet where a sheet holds a whole form
        whole = [f for f in tables if f.sheet is best] or [f for f in tables if f.whole]
        if not whole:
            continue
        home = home_of(table, whole)
        if home is None:
            survey.remarks.append(undecided(table, whole))
            survey.split.add(table.id)
            continue
        survey.remarks += hidden_home(home)
        survey.homes.append(home)
        decided = {k: at for k, at in home.cells.items() if k not in home.open}
        survey.cells.update({k: Place(home.sheet.name, *at) for k, at in decided.items()})
        survey.remarks += _choices(survey, home)
        survey.remarks += _variants(home)
        for other in tables:
            if other is not home:
                survey.remarks += _beside(survey, home, other)
    return survey


def _left_blank(found: dict[str, list[FoundTable]]) -> Iterator[Remark]:
    """Takes the sheets of blank tables out of ``found``, where another one is filled in."""
    every = [f for tables in found.values() for f in tables]
    filled = {f.sheet.name for f in every if not is_blank(f)}
    blank = dict.fromkeys(f.sheet.name for f in every if f.sheet.name not in filled)
    if not filled or not blank:
        return
    for name in blank:
        if all(_is_elsewhere(tables, name) for tables in found.values()):
            for tables in found.values():
                tables[:] = [f for f in tables if f.sheet.name != name]
            words = Words(
                f"工作表“{name}”是一张空白的表样，没有核对。",
                f"{name!r} is a blank form and was not checked.",
            )
            yield Remark(RemarkKind.EMPTY, words, Place(name))


def _is_elsewhere(tables: Sequence[FoundTable], name: str) -> bool:
    """Whether what a sheet has of a table stands on another one too, filled in."""
    there = max((len(f.cells) for f in tables if f.sheet.name == name), default=0)
    return there <= max((len(f.cells) for f in tables if not is_blank(f)), default=0)


def _found(
    sheets: Sequence[SheetText], table: Table, year: int | None, remarks: list[Remark]
) -> Iterator[FoundTable]:
    for sheet in sheets:
        if sheet.bears(table):
            found = find(sheet, table, year)
            if found.times > 1 and (one := of_the_year(sheet, table, year)):
                found, remark = one
                remarks.append(remark)
            if found.cells or found.times > 1:
                yield found


def _forms(edition: Edition, found: Mapping[str, Sequence[FoundTable]]) -> list[SheetText]:
    """The sheets that hold a whole form: at least two of its tables, in the tabs' order."""
    count: dict[int, tuple[int, SheetText]] = {}
    for tables in found.values():
        for one in tables:
            if one.whole:
                number, _ = count.get(id(one.sheet), (0, one.sheet))
                count[id(one.sheet)] = (number + 1, one.sheet)
    least = min(2, len(edition.tables))
    return [sheet for number, sheet in count.values() if number >= least]


def _refuse_several(
    forms: Sequence[SheetText], found: Mapping[str, Sequence[FoundTable]], name: str
) -> None:
    """Raises for a book with several units: on sheets of their own, or on one sheet."""
    stacked = [f for tables in found.values() for f in tables if f.times > 1]
    if stacked:
        first = max(stacked, key=lambda f: f.times)
        named = list(dict.fromkeys(u.text for u in units([first.sheet], rows=2000)))
        if len(named) < 2:
            raise _stacked(name, "".join(named), first)
        raise _several(name, first.times, named, first.sheet.name)
    if len(forms) > 1 and len({_numbers(found, s) for s in forms}) > 1:
        named = [next((u.text for u in units([s])), "") for s in forms]
        is_one_unit = all(named) and len(set(map(normal, named))) == 1
        is_one_name = len({_stem(s.name) for s in forms} | {""}) == 2  # but for what copies add
        if not (is_one_unit and is_one_name):
            if is_one_unit:
                raise _several_of_one(name, named[0], [s.name for s in forms])
            raise _several(name, len(forms), _named(named, forms), "")
    if forms:
        return
    repeated = [[f for f in tables if f.whole] for tables in found.values()]
    most = max((len(r) for r in repeated), default=0)
    if most > 1 and sum(len(r) == most for r in repeated) >= min(2, len(repeated)):
        doubled = [r for r in repeated if len(r) == most]
        if any(len({contents(f) for f in r}) > 1 for r in doubled):
            raise _several(name, most, [f.sheet.name for f in doubled[0]], "")


def _named(units_: Sequence[str], forms: Sequence[SheetText]) -> list[str]:
    """What to call the units: as they call themselves, by their sheets where that is one name."""
    own = len(set(units_)) == len(units_)
    return [n if n and own else s.name for n, s in zip(units_, forms, strict=True)]


def _stem(sheet: str) -> str:
    """A sheet's name without what a copy of it is called by: ``表三 (2)`` is of ``表三``."""
    for word in ("副本", "备份", "复制", "copy", "Copy", "旧", "的"):
        sheet = sheet.replace(word, "")
    return normal(sheet.partition("(")[0].partition("（")[0].rstrip("0123456789 _-"))


def _numbers(found: Mapping[str, Sequence[FoundTable]], sheet: SheetText) -> tuple[object, ...]:
    return tuple(contents(f) for tables in found.values() for f in tables if f.sheet is sheet)


def _several(name: str, count: int, named: Sequence[str], sheet: str) -> InputError:
    listed = "、".join(named[:3]) + ("等" if len(named) > 3 else "")
    which = f"（{listed}）" if listed else ""
    where = f"同一张工作表“{sheet}”上" if sheet else "里"
    shown = ", ".join(named[:3])
    return InputError(
        f"{name} {where}有{count}个单位的表{which}，一个文件只能放一个单位，没有核对。"
        "请把每个单位的表各存成一个文件（右击工作表标签，选“移动或复制”，移到新工作簿），再一起核对。",
        f"{name} holds the tables of {count} units ({shown}), a file can hold one; nothing was "
        "checked. Save each unit's tables as a file of its own and check them together.",
    )


def _stacked(name: str, unit: str, found: FoundTable) -> InputError:
    sheet, table = found.sheet.name, found.table.sheet
    of = f"“{unit}”的" if unit else ""
    return InputError(
        f"{name} 的工作表“{sheet}”上有{of}{found.times}张{table}，"
        "分不清哪一张是要上报的，没有核对。请在每张表的标题里写明年度，或只留要上报的一张。",
        f"{name}: {sheet!r} holds {table} {found.times} times, and which one is to be "
        "sent is not told; nothing was checked. Write the year over each, or keep one.",
    )


def _several_of_one(name: str, unit: str, sheets: Sequence[str]) -> InputError:
    listed = "、".join(sheets[:3]) + ("等" if len(sheets) > 3 else "")
    return InputError(
        f"{name} 里有“{unit}”的{len(sheets)}份年报（{listed}），数字不一样，一个文件只能放一份，"
        "没有核对。请核对哪一份是要上报的，把每一份各存成一个文件（右击工作表标签，选“移动或复制”，"
        "移到新工作簿）。",
        f"{name} holds {len(sheets)} reports of {unit!r} ({', '.join(sheets[:3])}) with other "
        "numbers, a file can hold one; nothing was checked. See which one is to be sent and save "
        "each as a file of its own.",
    )


def _choices(survey: Survey, home: FoundTable) -> Iterator[Remark]:
    """What stood there to choose from; a table with an open choice is missing for that."""
    name = home.table.sheet
    if home.sheet.name != name:
        name = f"“{home.sheet.name}”上的{name}"
    for choice in home.choices:
        if choice.taken is None:
            survey.split.add(home.table.id)
        kind = RemarkKind.UNPLACED if choice.taken is None else RemarkKind.CHOSEN
        yield Remark(kind, choice.words(name), Place(home.sheet.name))


def _variants(home: FoundTable) -> Iterator[Remark]:
    """Labels spelled otherwise, rows that the form does not have."""
    for printed, alias, place in variants(home.sheet, home.table):
        words = Words(
            f"标签写作“{alias}”，格式上是“{printed}”。请按格式改正标签，数字已核对。",
            f"The label reads {alias!r}, the form says {printed!r}: correct the label; the "
            "numbers were checked.",
        )
        yield Remark(RemarkKind.LABEL, words, place)
    for label, (row, column) in extra_rows(home.sheet, home.table):
        words = Words(
            f"“{label}”一行是格式上没有的，没有核对。请核对是否应当保留。",
            f"The row {label!r} is not on the form and was not checked: see whether it belongs.",
        )
        yield Remark(RemarkKind.EXTRA, words, Place(home.sheet.name, row, column))


def _beside(survey: Survey, home: FoundTable, other: FoundTable) -> Iterator[Remark]:
    """The same table on another sheet: its second half, or a copy."""
    more, both = set(other.cells) - set(home.cells), set(other.cells) & set(home.cells)
    name, places = other.sheet.name, home.cells.values()
    if more and len(both) * 4 <= len(more):
        survey.split.add(home.table.id)
        yield _split(home, other)
    elif other.whole and is_added(name, home.sheet.cells, places, survey.tabs):
        yield aside(home.table, home.sheet.name, other.sheet, WORKING)
    elif other.whole:
        yield from copy_remarks(
            home.table, home.sheet.name, contents_of(home), other.sheet.name, contents_of(other)
        )


def contents_of(found: FoundTable) -> dict[str, tuple[Place, Content]]:
    """Where the fields stand, with sheet, and what they hold: not a formula without a value."""
    name, cells = found.sheet.name, found.sheet.cells
    return {
        k: (Place(name, *at), cells.at(*at)) for k, at in found.cells.items() if cells.is_known(*at)
    }


def _split(home: FoundTable, other: FoundTable) -> Remark:
    table = home.table
    words = Words(
        f"{table.sheet}（{table.title}）分在“{home.sheet.name}”和“{other.sheet.name}”两张工作表上，"
        "没有核对全。请把它合成一张表。",
        f"{table.sheet} stands on two sheets, {home.sheet.name!r} and {other.sheet.name!r}, "
        "and was not checked as a whole: put it on one sheet.",
    )
    return Remark(RemarkKind.SPLIT, words, Place(other.sheet.name))


def copy_remarks(
    table: Table,
    home: str,
    here: Mapping[str, tuple[Place, Content]],
    copy: str,
    there: Mapping[str, tuple[Place, Content]],
) -> Iterator[Remark]:
    """The finding for a second copy of a table: a warning when its numbers are the same."""
    other = [k for k in here if k in there and here[k][1] != there[k][1]]
    if not other:
        words = Words(
            f"工作表“{copy}”里还有一张{table.sheet}，数字与“{home}”相同；核对的是“{home}”。"
            "请留一张，另一张移到别的文件里保存。",
            f"{copy!r} holds {table.sheet} a second time, with the same numbers; {home!r} was "
            "checked. Keep one, and move the other to a file of its own.",
        )
        yield Remark(RemarkKind.SAME, words, Place(copy), "S-COPY")
        return
    first = other[0]
    at, old = here[first]
    _, new = there[first]
    cell = at.cell
    words = Words(
        f"工作表“{copy}”里还有一张{table.sheet}，有{len(other)}格与“{home}”不同"
        f"（如{cell}：“{home}”是{_shown(old)}，“{copy}”是{_shown(new)}）；核对的是“{home}”。"
        "请核对哪一张是要上报的，把另一张移到别的文件里保存。",
        f"{copy!r} holds {table.sheet} a second time and differs from {home!r} in {len(other)} "
        f"cells (such as {cell}: {_shown(old)} and {_shown(new)}); {home!r} was checked. See "
        "which one is to be sent, and move the other to a file of its own.",
    )
    yield Remark(RemarkKind.DIFFERS, words, Place(copy, *there[first][0].at), "S-COPY")


def _shown(content: Content) -> str:
    if content == "":
        return "空格"
    return f"{content:.15g}" if isinstance(content, float) else str(content)[:20]
