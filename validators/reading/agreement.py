"""Names and labels must agree: where the named fields of a template really stand.

Where a name and the printed labels of its row and column do not agree, the label wins and it is
a finding. Every other sheet that bears a table of the form is a copy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from ...templates.a1 import Place
from ...templates.edition import Edition
from ...templates.form import Table
from ...templates.layout import SheetLayout, layout_of
from ...templates.words import Words
from ..report import Remark, RemarkKind
from .by_label import FoundTable, find
from .grids import Grids, Names, fields_of
from .heads import year_of
from .set_aside import WORKING, aside, is_added, why_not
from .sheet_text import SheetText
from .survey import contents_of, copy_remarks

Where = Mapping[str, Place]
_NUMBERS = 5  # numbers that a sheet must hold to be looked at as a copy of a table


def by_name(
    book: Grids, names: Names, edition: Edition, named: Where
) -> tuple[dict[str, Place], list[Remark], bool]:
    """Where the named fields really stand, what was noticed, and whether all is as printed."""
    cells = dict(named)
    remarks: list[Remark] = []
    printed = _printed(names, edition)
    as_printed: set[str] = set()
    whole = True
    for table in edition.tables:
        home = printed.get(table.id)
        if home and home[0] in book.sheets and labels_stand(book, *home):
            as_printed.add(home[0])
            continue
        whole = False
        by_sheet = Counter(cells[k][0] for k in keys_of(edition, table) if k in cells)
        for sheet in list(by_sheet):
            found = find(book.text(sheet), table)
            if found.times > 1:  # whose labels are whose cannot be told: the names are followed
                remarks.append(_twice_here(found))
            else:
                remarks += _agree(
                    edition, found, cells, sheet == max(by_sheet, key=by_sheet.__getitem__)
                )
    for sheet in book.sheets:
        if sheet in as_printed:
            continue
        if sum(cell.kind == "n" for cell in book.cells(sheet).held.values()) >= _NUMBERS:
            remarks += _copies(book, names, sheet=book.text(sheet), edition=edition, cells=cells)
    return cells, remarks, whole and all(cells[k] == at for k, at in named.items())


@lru_cache(maxsize=64)
def keys_of(edition: Edition, table: Table) -> tuple[str, ...]:
    """The fields of a table."""
    return tuple(k for k, f in edition.fields.items() if f.table == table.id)


@lru_cache(maxsize=64)
def _printed(names: Names, edition: Edition) -> dict[str, tuple[str, SheetLayout]]:
    """By table the sheet on which all its names stand where the template puts them.

    The layout with every live check that a template may have: sums typed, or of an earlier time.
    """
    named = fields_of(names, edition)
    found: dict[str, tuple[str, SheetLayout]] = {}
    for sheet in layout_of(edition, True).sheets:
        home = next((named[k][0] for k in sheet.cells if k in named), "")
        if all(named.get(k) == Place(home, r, c) for k, (r, c, _) in sheet.cells.items()):
            found[sheet.table.id] = (home, sheet)
    return found


def labels_stand(book: Grids, home: str, sheet: SheetLayout) -> bool:
    """Whether every label stands where the template prints it, and nothing below or beside it."""
    grid = book.cells(home)
    if grid.bottom > sheet.bottom or grid.is_beyond(sheet.right):
        return False
    at, strings = grid.held.get, grid.strings
    for key, text in sheet.labels:
        cell = at(key)
        if cell is None:
            return False
        if cell.kind == "s" and cell.payload < len(strings):  # type: ignore[operator]
            if strings[cell.payload] != text:  # type: ignore[index]
                return False
        elif cell.payload != text:
            return False
    return True


def _twice_here(found: FoundTable) -> Remark:
    table, sheet = found.table, found.sheet.name
    words = Words(
        f"工作表“{sheet}”上有{found.times}张{table.sheet}，核对的是模板的那一张。"
        "请把另外的移到别的文件里保存；别的单位的表要单独报。",
        f"{sheet!r} holds {table.sheet} {found.times} times; the template's own was checked. "
        "Move the others to files of their own.",
    )
    return Remark(RemarkKind.SEVERAL, words, Place(sheet), "S-COPY")


def _agree(
    edition: Edition, found: FoundTable, cells: dict[str, Place], home: bool
) -> Iterator[Remark]:
    """Puts ``cells`` where the labels say, and remarks where the names said otherwise.

    ``home``: the sheet has most of the table's names, so that a name on another one has left it.
    """
    sheet = found.sheet.name
    wrong = []
    for key, (row, column) in found.cells.items():
        at, there = cells.get(key), Place(sheet, row, column)
        if at is None or at == there or (at.sheet != sheet and not home):
            continue
        if key in found.loose and (at.sheet, at.column) == (sheet, column):
            continue
        wrong.append((key, at))
        cells[key] = there
    taken: dict[Place, str] = {}
    for key in keys_of(edition, found.table):
        at = cells.get(key)
        if at is None:
            continue
        if at in taken:
            del cells[key]
            yield _two_in_one(edition, taken[at], key, at)
        taken.setdefault(at, key)
    if wrong:
        yield _moved(edition, wrong, cells)


def _moved(edition: Edition, wrong: Sequence[tuple[str, Place]], cells: Where) -> Remark:
    key, named = wrong[0]
    right = cells.get(key, named)
    label = edition.fields[key].label
    count = f"（共{len(wrong)}格）" if len(wrong) > 1 else ""
    sheet = right.sheet
    now = named.cell if named.sheet == sheet else f"{named.sheet} {named.cell}"
    words = Words(
        f"{sheet} 有数字被拖动或剪切到别的行列{count}：模板里的“{label}”现在在{now}，"
        f"标签所在的格是{right.cell}；已按标签核对。请核对这几格的数字，以后用复制，"
        "不要拖动或剪切。",
        f"{sheet}: cells were dragged or cut to another row or column ({len(wrong)}): the name "
        f"of {label} stands at {now}, its label at {right.cell}; the labels were followed. "
        "Check these numbers; copy, never drag or cut.",
    )
    return Remark(RemarkKind.MOVED, words, right)


def _two_in_one(edition: Edition, first: str, second: str, at: Place) -> Remark:
    labels = [edition.fields[k].label for k in (first, second)]
    words = Words(
        f"{at.sheet} {at.cell}同时是“{labels[0]}”和“{labels[1]}”两格，“{labels[1]}”没有核对。"
        "请改用没有改动过的模板。",
        f"{at.sheet} {at.cell} stands for two fields, {labels[0]} and {labels[1]}; the second "
        "was not checked: use an unchanged template.",
    )
    return Remark(RemarkKind.SHARED, words, at)


def _copies(
    book: Grids, names: Names, sheet: SheetText, edition: Edition, cells: dict[str, Place]
) -> Iterator[Remark]:
    """S-COPY for every table that ``sheet`` bears and that stands elsewhere.

    Where the named one is last year's, hidden or an example and this one is not, ``cells`` are
    moved here.
    """
    for table in edition.tables:
        if not sheet.bears(table):
            continue
        keys = [k for k in keys_of(edition, table) if k in cells]
        if not keys or any(cells[k][0] == sheet.name for k in keys):
            continue
        found = find(sheet, table)
        if not found.whole:
            continue
        year_cell = names.cells.get("gouji_year")
        year = year_of(book.at(year_cell)) if year_cell else None
        why, home = why_not(sheet, year), cells[keys[0]][0]
        against = why_not(book.text(home), year) if why is None else None
        if against is not None:
            cells.update({k: Place(sheet.name, *at) for k, at in found.cells.items()})
            yield aside(table, sheet.name, book.text(home), against)
            continue
        book.tell_formulas(home)
        if why is None:
            places = (cells[k].at for k in keys)
            added = is_added(sheet.name, book.cells(home), places, book.sheets)
            why = WORKING if added else None
        if why is not None:
            yield aside(table, home, sheet, why)
        else:
            here = {
                k: (cells[k], book.at(cells[k]))
                for k in keys
                if book.cells(cells[k][0]).is_known(*cells[k].at)
            }
            yield from copy_remarks(
                table, home, here=here, copy=sheet.name, there=contents_of(found)
            )
