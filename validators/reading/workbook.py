"""A workbook becomes a Report: by its defined names, else by its labels.

Values come from python-calamine; formulas are looked up only where a value is missing and for
the template's totals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...templates.a1 import cell_name
from ...templates.covers import CASES, DOCUMENTS, EXPLANATIONS, STAMPS
from ...templates.disk import digest_of
from ...templates.edition import Edition
from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ...templates.layout import layout_of
from ..ooxml.limits import Limits, load
from ..report import Explanation, Ledgers, Place, Report, Stamp
from .by_label import SheetText, locate
from .by_name import Names, fields_of
from .file import Book
from .grids import Grids
from .password import decrypted, is_encrypted
from .remarks import broken_names, changed_labels, label_remarks, missing_fields, stamp_remarks
from .sections import sections_of
from .spelling import normal
from .values import values_of

_ENOUGH = 20  # names of fields by which a workbook is surely one of ours
_MAX_SHEETS = 60


def read_workbook(path: Path, forms: Forms = ANY, password: str | None = None) -> Report:
    """The report in the workbook at ``path``.

    ``forms`` are the editions it may be of; ``password`` opens an encrypted
    workbook. Raises ``InputError`` with one
    sentence that names the file and the remedy when the file cannot be opened as a workbook,
    or when no table of the form is found in it.
    """
    data = load(path, Limits())
    digest = digest_of(data)
    if password is not None and is_encrypted(data):
        data = decrypted(data, str(path), password)
    return replace(read_bytes(data, str(path), forms=forms), digest=digest)


def read_bytes(
    data: bytes, name: str, *, forms: Forms = ANY, limits: Limits | None = None
) -> Report:
    """As ``read``, for the bytes of a workbook called ``name``."""
    return read_book(Book(data, name, limits), forms=forms)


def read_book(book: Grids, *, forms: Forms = ANY) -> Report:
    """As ``read``, for a workbook that is open already."""
    names = book.names
    edition = forms.stamped(_text(book, names, "gouji_stamp_edition"), book.name)
    edition = edition or _named(names, forms.candidates)
    if _count(names, edition) >= min(_ENOUGH, len(edition.fields) / 2):
        return _by_name(book, names, edition)
    return _by_label(book, forms)


def _by_name(book: Grids, names: Names, edition: Edition) -> Report:
    stamps = {s: _text(book, names, f"gouji_stamp_{s}") for s in STAMPS}
    cells = dict(fields_of(names, edition))
    if not {at[0] for at in cells.values()} <= set(book.sheets):
        cells = {key: at for key, at in cells.items() if at[0] in book.sheets}
    extra = [k for k in edition.fields if k not in cells]
    if extra:
        found = locate(edition, [book.text(s) for s in book.sheets[:_MAX_SHEETS]])
        cells |= {k: found.cells[k] for k in extra if k in found.cells}
    stamp = Stamp(
        stamps["edition"],
        _year(stamps["year"]),
        stamps["code"],
        stamps["fingerprint"],
        stamps["origin"],
    )
    values = values_of(book, edition, cells, totals_formulas=stamp.origin != "import")
    year_at = names.cells.get("gouji_year")
    year = _year(book.at(year_at)) if year_at else None
    unit = _text(book, names, "gouji_unit")
    layout = layout_of(edition)
    remarks = [
        *missing_fields(edition, cells),
        *broken_names(edition, names.broken, cells),
        *changed_labels(layout, cells, book.at),
        *stamp_remarks(stamp, year, _place(year_at)),
    ]
    sections = [
        (s.title, _text(book, names, f"gouji_section_{i}"))
        for i, s in enumerate(edition.sections, 1)
    ]
    return Report(
        path=book.name,
        edition=edition,
        unit=unit or Path(book.name).stem,
        year=year,
        values=values,
        unit_class=edition.class_of(unit, _text(book, names, "gouji_unit_class")),
        year_place=_place(year_at),
        stamp=stamp,
        remarks=tuple(remarks),
        narrative=tuple((t, x) for t, x in sections if x),
        explanations=tuple(_explanations(book)),
        ledgers=_ledgers(book, edition),
        filler=_text(book, names, "gouji_filler"),
        unread=() if any(n.startswith("gouji_section_") for n in names.cells) else ("narrative",),
    )


def _ledgers(book: Grids, edition: Edition) -> Ledgers:
    """The ledgers; their reader is loaded only for a workbook that has one."""
    if CASES not in book.sheets and DOCUMENTS not in book.sheets:
        return Ledgers()
    from .ledgers import read_ledgers

    return read_ledgers(book, edition)


def _explanations(book: Grids) -> Iterator[Explanation]:
    """The lines of 审核说明 that name a cell and say something."""
    if EXPLANATIONS not in book.sheets:
        return
    from ...templates.a1 import position

    for row in book.grid(EXPLANATIONS)[1:2001]:
        sheet, cell, shown, text = (_content(c) for c in [*row, "", "", "", ""][:4])
        if sheet and cell and text and position(cell):
            yield Explanation(Place(sheet, cell.upper().replace("$", "")), shown, text)


def _content(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _count(names: Names, edition: Edition) -> int:
    return sum(f.name in names.cells for f in edition.fields.values())


def _named(names: Names, candidates: Sequence[Edition]) -> Edition:
    return max(candidates, key=lambda e: _count(names, e))


def _by_label(book: Grids, forms: Forms) -> Report:
    sheets = [book.text(s) for s in book.sheets[:_MAX_SHEETS]]
    tries = [(e, locate(e, sheets)) for e in forms.candidates]
    year, year_at = _find_year(book)
    tries.sort(
        key=lambda t: (len(t[1].cells), year is not None and t[0].fits_year(year)), reverse=True
    )
    edition, found = tries[0]
    if not found.cells:
        raise _not_recognised(book, edition)
    unit = _find_unit(sheets)
    narrative = sections_of(book, edition, book.sheets[:_MAX_SHEETS])
    return Report(
        path=book.name,
        edition=edition,
        unit=unit or Path(book.name).stem,
        year=year,
        values=values_of(book, edition, found.cells, totals_formulas=False),
        unit_class=edition.class_of(unit),
        year_place=year_at,
        remarks=(*missing_fields(edition, found.cells), *label_remarks(found)),
        ledgers=_ledgers(book, edition),
        narrative=narrative or (),
        unread=() if narrative is not None else ("narrative",),
    )


def _not_recognised(book: Grids, edition: Edition) -> InputError:
    heads = [t.blocks[0].columns[0].label for t in edition.tables]
    rows = [r.label for t in edition.tables for r in t.blocks[0].rows[:1] if r.label]
    looked = "、".join(f"“{x}”" for x in dict.fromkeys([*rows, *heads]))
    sheets = "、".join(book.sheets[:6])
    return InputError(
        f"{book.name} 里没有认出表二、表三、表四（看了工作表：{sheets}；要找的行列标签如{looked}，"
        "没有成表出现）。请核对是不是这份年报，或用 gouji template 的模板填报。",
        f"{book.name}: none of the form's tables was recognised (sheets: {sheets}; labels looked "
        f"for, such as {looked}, do not form a table). Check that it is the annual report, or "
        "use the workbook that gouji template makes.",
    )


def _place(at: tuple[str, int, int] | None) -> Place | None:
    return Place(at[0], cell_name(at[1], at[2])) if at else None


def _text(book: Grids, names: Names, name: str) -> str:
    at = names.cells.get(name)
    content = book.at(at) if at else ""
    if isinstance(content, float) and content.is_integer():
        content = int(content)
    return str(content).strip()


def _year(content: Any) -> int | None:
    if isinstance(content, float) and content.is_integer():
        content = int(content)
    match = re.search(r"(?<!\d)(19|20)\d\d(?!\d)", normal(str(content)))
    return int(match[0]) if match else None


_YEAR = re.compile(r"(?<!\d)(20\d\d)年|年[度份][:：](20\d\d)(?!\d)")
_YEAR_LABELS = ("报告年度", "报告年份", "年度", "年份")
_UNIT = re.compile(r"(?:填报)?(?:单位|机关|部门)(?:名称)?[:：]\s*([^\s:：]{2,40})")


def _find_year(book: Grids) -> tuple[int | None, Place | None]:
    """The report year as titles say it, the sheets' names and the file's name after them."""
    for sheet in book.sheets[:_MAX_SHEETS]:
        for r, row in enumerate(book.grid(sheet)[:8]):
            for c, content in enumerate(row[:12]):
                if not isinstance(content, str):
                    continue
                if match := _YEAR.search(content.replace(" ", "")):
                    return int(match[1] or match[2]), Place(sheet, cell_name(r, c))
                beside = _year(row[c + 1]) if c + 1 < len(row) else None
                if beside and normal(content) in _YEAR_LABELS:
                    return beside, Place(sheet, cell_name(r, c + 1))
    for text in (*book.sheets, Path(book.name).stem):
        if match := re.search(r"(?<!\d)(20\d\d)(?!\d)", text):
            return int(match[1]), None
    return None, None


def _find_unit(sheets: Sequence[SheetText]) -> str:
    for sheet in sheets:
        for row in sheet.grid[:10]:
            for c, content in enumerate(row[:12]):
                if not isinstance(content, str):
                    continue
                if match := _UNIT.search(content):
                    return match[1]
                if normal(content) in ("单位名称", "填报单位", "单位"):
                    right = next(
                        (str(v) for v in row[c + 1 : c + 4] if isinstance(v, str) and v), ""
                    )
                    if right.strip():
                        return right.strip()
    return ""


__all__ = ["Book", "read_book", "read_bytes", "read_workbook"]
