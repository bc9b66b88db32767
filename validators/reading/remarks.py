"""What reading notices about a workbook's structure: missing rows, changed labels, wrong form."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from ...templates.a1 import Place, cell_name
from ...templates.edition import Edition
from ...templates.form import Field
from ...templates.layout import Layout
from ...templates.words import Words
from ..ooxml.cells import Key, Merge
from ..report import Remark, RemarkKind, Stamp
from .grids import Grids
from .money import renames
from .spelling import normal, visible
from .values import Slot, Slots

Cells = Mapping[str, Place]
Covering = tuple[Key, Key, list[Slot]]


def missing_fields(edition: Edition, cells: Cells, split: Collection[str] = ()) -> Iterator[Remark]:
    """One remark per table, row or single field that has no cell. A missing one never passes.

    Tables of which a part stands on another sheet, which is said elsewhere, are ``split``.
    """
    for table in edition.tables:
        fields = [f for f in edition.fields.values() if f.table == table.id]
        absent = [f for f in fields if f.key not in cells]
        if not absent or table.id in split:
            continue
        sheet = next((cells[f.key][0] for f in fields if f.key in cells), "")
        if len(absent) == len(fields):
            words = Words(
                f"没有找到{table.sheet}（{table.title}），这张表没有核对。请把表补上，或改用模板填报。",
                f"{table.sheet} ({table.title}) was not found, so it is not checked: add the "
                "table or use the template.",
            )
            yield Remark(RemarkKind.MISSING, words)
            continue
        for lost, count in _gathered(absent, fields):
            words = Words(
                f"{table.sheet} 没有找到{lost}，{count}个格没有核对。请按格式把标签和格补上。",
                f"{table.sheet}: {lost} was not found, {count} fields are not checked: "
                "restore the label and the cells.",
            )
            yield Remark(RemarkKind.MISSING, words, Place(sheet) if sheet else None)


def _gathered(absent: Sequence[Field], fields: Sequence[Field]) -> Iterator[tuple[str, int]]:
    """The absent fields as whole rows, whole columns, then single ones."""
    left = list(absent)
    for kind in ("row", "column"):
        axes = list(dict.fromkeys(getattr(f, kind) for f in left))
        for axis in axes:
            whole = [f for f in fields if getattr(f, kind) is axis]
            gone = [f for f in left if getattr(f, kind) is axis]
            if axis.label and len(whole) > 1 and len(gone) == len(whole):
                name = "行" if kind == "row" else "列"
                yield f"“{axis.label}”{name}", len(gone)
                left = [f for f in left if f not in gone]
    for single in left:
        yield f"“{single.label}”格", 1


def covering(book: Grids, slots: Slots) -> list[Covering]:
    """The merged ranges that cover fields, from first to last cell, with the fields."""
    return [
        found
        for name in slots.sheets
        for found in _covering(slots, name, tuple(book.cells(name).merges))
    ]


def covered_fields(book: Grids, found: Iterable[Covering]) -> Iterator[Remark]:
    """Fields whose cell a merged range covers: what they hold is not seen, but is added up."""
    for top, end, covered in found:
        yield _covered(book, covered, cell_name(*top), cell_name(*end))


def covered_keys(found: Iterable[Covering]) -> frozenset[str]:
    """Those fields."""
    return frozenset(slot.key for _, _, slots in found for slot in slots)


@lru_cache(maxsize=64)
def _covering(slots: Slots, name: str, merges: tuple[Merge, ...]) -> list[Covering]:
    """The merged ranges of a sheet that cover fields; worked out once for a distribution.

    A field is told of the first range that covers it: those of a sound sheet never overlap.
    """
    here = [s for s in slots.found if s.sheet == name]
    down, right = sorted({s.at[0] for s in here}), sorted({s.at[1] for s in here})
    found = []
    for top, end in sorted(set(merges)):  # files list them in any order
        beside = top[0] > down[-1] or top[1] > right[-1] or end[0] < down[0] or end[1] < right[0]
        if beside or top == end:
            continue
        rows, columns = range(top[0], end[0] + 1), range(top[1], end[1] + 1)
        covered = [s for s in here if s.at != top and s.at[0] in rows and s.at[1] in columns]
        if covered:
            found.append((top, end, covered))
            here = [s for s in here if s not in covered]
    return found


def _covered(book: Grids, covered: Sequence[Slot], top: str, end: str) -> Remark:
    sheet, cells = covered[0].sheet, "、".join(s.place.cell for s in covered[:4])
    cells += "等" if len(covered) > 4 else ""
    grid = book.cells(sheet)
    filled = [(s.place.cell, v) for s in covered if (v := grid.at(*s.at)) not in ("", 0.0)]
    hidden, hidden_en = "", ""
    if filled:
        cell, value = filled[0]
        shown = f"{value:.15g}" if isinstance(value, float) else str(value)[:20]
        hidden = f"，里面还有看不见的数（{cell}是{shown}），求和时照样计入"
        hidden_en = f" and hold what nobody sees but sums add ({cell}: {shown})"
    words = Words(
        f"{sheet} {top}至{end}被合并成一格，{cells}被盖住了{hidden}。请取消合并，每格填自己的数。",
        f"{sheet}: {top}:{end} were merged into one cell, {cells} are covered{hidden_en}: "
        "unmerge them and write each number in its own cell.",
    )
    return Remark(RemarkKind.HIDDEN if filled else RemarkKind.COVERED, words, Place.of(sheet, top))


def broken_names(edition: Edition, broken: Sequence[str], cells: Cells) -> Iterator[Remark]:
    """Names whose cell was deleted, where the field was found again by its label."""
    by_name = {f.name: f for f in edition.fields.values()}
    again = [by_name[n] for n in broken if n in by_name and by_name[n].key in cells]
    if again:
        listed = "、".join(f.label for f in again[:3])
        words = Words(
            f"模板的{len(again)}个格被删除后重建（{listed}{'等' if len(again) > 3 else ''}），"
            "已按标签找到并核对。请改用没有改动过的模板。",
            f"{len(again)} cells of the template were deleted and made again; they were found "
            "by label: use an unchanged template.",
        )
        yield Remark(RemarkKind.RESTORED, words, cells[again[0].key])


def changed_labels(layout: Layout, cells: Cells, at: Callable[[Place], object]) -> Iterator[Remark]:
    """Labels of the template that were overtyped, and fields that were moved.

    A table whose fields moved is judged all the same, by its names; it gets a note.
    """
    for sheet in layout.sheets:
        offsets = {
            (cells[k].row - row, cells[k].column - col, cells[k].sheet)
            for k, (row, col, _) in sheet.cells.items()
            if k in cells
        }
        if not offsets:
            continue
        names = {name for _, _, name in offsets}
        if offsets != {(0, 0, next(iter(names)))}:
            words = Words(
                f"{sheet.table.sheet} 的行列与模板不同（插入、删除或移动过），已按格的名称核对。",
                f"{sheet.table.sheet}: rows or columns differ from the template; the fields "
                "were found by name.",
            )
            yield Remark(RemarkKind.LAYOUT, words, Place(next(iter(names))))
            continue
        name = next(iter(names))
        for span in sheet.spans:
            there = at(Place(name, span.row, span.col))
            if renames(str(there), span.text):
                continue  # an amount in 元 is told with what it is in 万元
            if there != span.text and normal(str(there)) != normal(span.text):
                words = Words(
                    f"标签被改动：现在是“{str(there)[:30]}”，格式上是“{span.text}”。请改回。",
                    f"A label was changed: it reads {str(there)[:30]!r}, the form says "
                    f"{span.text!r}. Restore it.",
                )
                yield Remark(RemarkKind.LABEL, words, Place(name, span.row, span.col))


def plain_remarks(book: Grids) -> Iterator[Remark]:
    """A workbook of which the values alone could be read."""
    if book.plain == "damaged":
        words = Words(
            "文件有损坏，只读出了格里的数和字；公式、错误值、日期和数字格式没有读到，没有核对。"
            "请用 Excel 或 WPS 打开，另存为 .xlsx，再核对一次。",
            "The file is damaged: numbers and texts alone could be read; formulas, errors, "
            "dates and number formats were not seen and not checked. Open it in Excel or WPS, "
            "save it as .xlsx and check again.",
        )
        yield Remark(RemarkKind.DAMAGED, words)
    elif book.plain:
        words = Words(
            "这种格式（.xlsb）只读格里的数和字；公式、错误值、数字格式、隐藏的行列没有读，没有核对。"
            "请另存为 .xlsx，再核对一次。",
            "Of this format (.xlsb) numbers and texts alone are read; formulas, errors, number "
            "formats, hidden rows and columns were not seen and not checked: save it as .xlsx "
            "and check again.",
        )
        yield Remark(RemarkKind.PLAIN, words)


def year_remarks(stated: object, year: int | None, at: Place | None) -> Iterator[Remark]:
    """A report year that stands on the cover and cannot be told."""
    shown = visible(f"{stated:.15g}" if isinstance(stated, float) else str(stated)).strip()[:30]
    if year is None and shown and at is not None:
        words = Words(
            f"报告年度填的是“{shown}”，认不出是哪一年。请填四位数的年份，如2025。",
            f"The report year reads {shown!r}, which is no year: write it with four digits, "
            "such as 2025.",
        )
        yield Remark(RemarkKind.HEADS, words, at)


def stamp_remarks(stamp: Stamp, year: int | None, at: Place | None) -> Iterator[Remark]:
    """Last year's template sent again, as the stamp tells it."""
    if stamp.year is not None and year is not None and stamp.year != year:
        words = Words(
            f"模板是为{stamp.year}年度发的，封面填的是{year}年度。请核对是不是用了别的年度的文件。",
            f"The template was issued for {stamp.year}, the cover says {year}: check that it "
            "is not another year's file.",
        )
        yield Remark(RemarkKind.STAMP, words, at)
