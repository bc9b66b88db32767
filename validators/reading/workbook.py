"""A workbook becomes a Report: by its defined names, else by its labels."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from ...templates.a1 import Place, position
from ...templates.covers import PACKS, STAMPS
from ...templates.disk import digest_of
from ...templates.edition import Edition
from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ...templates.layout import layout_of
from ...templates.words import (
    COVER,
    EXPLANATIONS,
    GUIDE,
    NARRATIVE,
    OPTIONS,
    RESULTS,
    SIGNING,
    listed,
)
from ..ooxml.limits import Limits, load
from ..report import Explanation, Ledgers, RemarkKind, Report, Signature, Stamp
from .agreement import Where, by_name, keys_of
from .by_label import find
from .extra_lines import merge_extra
from .file import open_book
from .grids import Grids, Names, fields_of
from .heads import disagreement, units, without_seal, year_of, years
from .money import in_one_unit
from .narrative import by_labels, by_names, whole
from .remarks import (
    broken_names,
    changed_labels,
    covered_fields,
    covered_keys,
    covering,
    missing_fields,
    plain_remarks,
    stamp_remarks,
    year_remarks,
)
from .set_aside import why_not
from .spelling import reading, text_of, year_shown
from .stored import renew
from .sums import follow
from .survey import by_label
from .unseen import nobody_sees
from .values import Slots, slots_of, values_of

_PACKS = 5  # rule packs of a stamp that are looked at
_OTHERS = (COVER, GUIDE, NARRATIVE, SIGNING, EXPLANATIONS, OPTIONS)  # that are no ledgers
_ENOUGH = 20  # names of fields by which a workbook is surely one of ours


def read_workbook(path: Path, forms: Forms = ANY, password: str | None = None) -> Report:
    """The report in the workbook at ``path``.

    ``forms`` are the editions it may be of; ``password`` opens an encrypted workbook. Raises
    ``InputError`` with one sentence that names the file and the remedy when the file cannot be
    opened as a workbook, or when no table of the form is found in it.
    """
    limits = Limits()
    data = load(path, limits)
    report = read_bytes(data, str(path), forms=forms, limits=limits, password=password)
    return replace(report, digest=digest_of(data))


def read_bytes(
    data: bytes,
    name: str,
    *,
    forms: Forms = ANY,
    limits: Limits | None = None,
    password: str | None = None,
) -> Report:
    """As ``read``, for the bytes of a workbook called ``name``.

    Raises ``InputError`` with one sentence that names the file and the remedy.
    """
    return read_book(open_book(data, name, limits, password), forms=forms)


def read_book(book: Grids, *, forms: Forms = ANY) -> Report:
    """As ``read``, for a workbook that is open already."""
    report = _read(book, forms)
    plain = (*plain_remarks(book),)
    return replace(report, remarks=(*report.remarks, *plain)) if plain else report


def _read(book: Grids, forms: Forms) -> Report:
    names = book.names
    packs = _text(book, names, PACKS).split("、")[:_PACKS] if PACKS in names.cells else []
    edition = forms.stamped(_text(book, names, "gouji_stamp_edition"), book.name, packs)
    edition = edition or max(forms.candidates, key=lambda e: len(fields_of(names, e)))
    if len(fields_of(names, edition)) >= min(_ENOUGH, len(edition.fields) / 2):
        report = _by_name(book, names, edition)
        left = () if forms.rules else tuple(p[:40] for p in packs if p not in edition.packs)
        return replace(report, packs=left) if left else report
    return _by_label(book, forms)


@lru_cache(maxsize=64)
def _named_slots(names: Names, edition: Edition, looked: bool) -> Slots:
    return slots_of(edition, fields_of(names, edition), looked)


def _by_name(book: Grids, names: Names, edition: Edition) -> Report:
    named = fields_of(names, edition)
    sheets = {at[0] for at in named.values()}
    lost = not sheets <= set(book.sheets)
    if lost:
        named = {key: at for key, at in named.items() if at[0] in book.sheets}
    cells, remarks, plain = by_name(book, names, edition, named)
    stamp = _stamp(book, names)
    # the totals of an import are numbers as published: that they are no formulas is right
    looked = stamp.origin != "import"
    slots = _named_slots(names, edition, looked)
    if lost or not plain or len(cells) < len(edition.fields):
        cells |= _by_their_labels(book, edition, cells)
        slots = slots_of(edition, cells, looked)
        remarks += missing_fields(edition, cells)
        remarks += broken_names(edition, names.broken, cells)
        remarks += changed_labels(layout_of(edition), cells, book.at)
    values = values_of(book, edition, slots)
    merged: frozenset[Place] = frozenset()
    remarks += renew(book, edition, slots, values)
    remarks += in_one_unit(book, edition, slots, values)
    if not plain:
        more, merged = merge_extra(book, edition, values, ())
        remarks += more
    remarks += follow(book, edition, slots=slots, values=values, merged=merged)
    covered = covering(book, slots)
    remarks += covered_fields(book, covered)
    remarks += nobody_sees(book, slots, values)
    year_at = names.cells.get("gouji_year")
    year_at = year_at if year_at and year_at.sheet in book.sheets else None
    stated_year = year_shown(book.cells(year_at.sheet), year_at.at) if year_at else ""
    year = year_of(stated_year) if year_at else None
    unit = without_seal(_text(book, names, "gouji_unit"))
    remarks += year_remarks(stated_year, year, year_at)
    remarks += stamp_remarks(stamp, year, year_at)
    rows = by_names(book, names, edition) or by_labels(book, edition)
    signed, lost_sheets = _signatures(book, slots.sheets, bool(stamp.edition))
    return Report(
        path=book.name,
        edition=edition,
        unit=unit or Path(book.name).stem,
        year=year,
        values=values,
        unit_class=edition.class_of(unit, _text(book, names, "gouji_unit_class")),
        year_place=year_at,
        stamp=stamp,
        remarks=tuple(remarks),
        covered=covered_keys(covered),
        narrative=whole(rows),
        rows=rows or {},
        explanations=tuple(_explanations(book)),
        ledgers=_ledgers(book, edition, year, slots.sheets),
        filler=_text(book, names, "gouji_filler"),
        signatures=signed,
        unread=(*(() if rows is not None else ("narrative",)), *lost_sheets),
        left_blank=_left_blank(book, names),
    )


def _left_blank(book: Grids, names: Names) -> dict[str, Place]:
    """What of the cover must be chosen and is not, with its cell."""
    place = names.cells.get("gouji_unit_class")
    if place is None or _text(book, names, "gouji_unit_class"):
        return {}
    return {"unit_class": place}


def _stamp(book: Grids, names: Names) -> Stamp:
    stated = {s: _text(book, names, f"gouji_stamp_{s}") for s in STAMPS}
    year = year_of(stated.pop("year"))
    return Stamp(year=year, **stated)


def _by_their_labels(book: Grids, edition: Edition, cells: Where) -> dict[str, Place]:
    """Fields whose name is lost, by their labels: on the table's own sheet where it has one."""
    again: dict[str, Place] = {}
    taken = set(cells.values())
    for table in edition.tables:
        keys = keys_of(edition, table)
        absent = set(keys) - set(cells)
        if not absent:
            continue
        homes = {cells[k][0] for k in keys if k in cells}
        looked = [s for s in book.sheets if s in homes or not homes]
        found = [find(book.text(s), table) for s in looked if book.text(s).bears(table)]
        for one in sorted(found, key=lambda f: -len(f.cells))[:1]:
            places = {k: Place(one.sheet.name, *at) for k, at in one.cells.items() if k in absent}
            again |= {k: at for k, at in places.items() if at not in taken}
    return again


def _ledgers(book: Grids, edition: Edition, year: int | None, homes: Collection[str]) -> Ledgers:
    """The ledgers; their reader is loaded only for a workbook with sheets beside the form's."""
    if set(book.sheets) <= {*homes, *_OTHERS} - {OPTIONS}:
        return Ledgers()
    from .ledgers import read_ledgers

    return read_ledgers(book, edition, year, {*homes, *_OTHERS})


def _signatures(
    book: Grids, homes: Collection[str], stamped: bool
) -> tuple[tuple[Signature, ...], tuple[str, ...]]:
    """The lines of 审签 that bear a name; ``signing`` where a template has lost the sheet."""
    from .signatures import signatures, signing_sheet

    sheet = signing_sheet(book, {*homes, *_OTHERS} - {SIGNING})
    lost = ("signing",) if stamped and not sheet else ()
    return tuple(signatures(book, sheet)) if sheet else (), lost


def _explanations(book: Grids) -> Iterator[Explanation]:
    """The lines of 审核说明, and of 校验结果, that name a cell and say something."""
    for name in book.sheets:
        if name != EXPLANATIONS and not name.startswith(RESULTS):
            continue
        columns: tuple[int, ...] = tuple(range(4)) if name == EXPLANATIONS else ()
        for number, row in book.cells(name).rows():
            texts = {text_of(value): column for column, value in row.items()}
            if name != EXPLANATIONS and texts.keys() >= {*_LISTED}:
                columns = tuple(texts[head] for head in _LISTED)
            elif columns and number:
                place, *more, shown, text = (text_of(row.get(c, "")) for c in columns)
                sheet, cell = (place, *more) if more else place.rpartition("!")[::2]
                if text and (not more or (sheet and position(cell))):
                    at = Place.of(sheet, cell.upper()) if sheet else Place(place)
                    read_as = reading(shown)[1] or reading(shown, "amount")[1]  # 9件, 282.1万元
                    stated = f"{read_as:.15g}" if read_as is not None else shown
                    yield Explanation(at, stated, text, not more)


_LISTED = ("位置", "现值", "说明")  # the heads of 校验结果 that an explanation needs


def _by_label(book: Grids, forms: Forms) -> Report:
    sheets = [book.text(s) for s in book.sheets]
    stated = years([s for s in sheets if why_not(s, None) is None] or sheets, book.name)
    # of several that say it alike the latest: last year's stands beside this year's
    year = max((int(s.text) for s in stated if s.rank == stated[0].rank), default=None)
    tries = [by_label(e, sheets, book.name, year) for e in forms.candidates]
    tries.sort(
        key=lambda t: (len(t.cells), year is not None and t.edition.fits_year(year)), reverse=True
    )
    best = tries[0]
    edition = best.edition
    if not best.cells:
        several = next((r.words for r in best.remarks if r.kind is RemarkKind.SEVERAL), None)
        if several:
            raise InputError(f"{book.name} {several.zh}", f"{book.name}: {several.en}")
        raise _not_recognised(book, edition)
    homes = {f.sheet.name for f in best.homes}
    # what a sheet says that holds a table of the report counts before what others say
    named = units([s for s in sheets if s.name in homes]) or units(sheets)
    unit = named[0].text if named else ""
    slots = slots_of(edition, best.cells, looked=False)
    values = values_of(book, edition, slots)
    before = renew(book, edition, slots, values)
    before += in_one_unit(book, edition, slots, values)
    more, merged = merge_extra(book, edition, values, best.candidates)
    covered = covering(book, slots)
    remarks = [
        *more,
        *missing_fields(edition, best.cells, best.split),
        *best.remarks,
        *before,
        *follow(book, edition, slots=slots, values=values, merged=merged),
        *covered_fields(book, covered),
        *nobody_sees(book, slots, values),
        *disagreement(
            [s for s in stated if s.place and s.place.sheet in homes], "报告年度", "report year"
        ),
        *disagreement(named, "单位名称", "unit"),
    ]
    rows = by_labels(book, edition)
    return Report(
        path=book.name,
        edition=edition,
        unit=unit or Path(book.name).stem,
        year=year,
        values=values,
        unit_class=edition.class_of(unit),
        year_place=stated[0].place if stated else None,
        remarks=tuple(remarks),
        covered=covered_keys(covered),
        ledgers=_ledgers(book, edition, year, slots.sheets),
        signatures=_signatures(book, slots.sheets, stamped=False)[0],
        narrative=whole(rows),
        rows=rows or {},
        unread=() if rows is not None else ("narrative",),
    )


def _not_recognised(book: Grids, edition: Edition) -> InputError:
    heads = [t.blocks[0].columns[0].label for t in edition.tables]
    rows = [r.label for t in edition.tables for r in t.blocks[0].rows[:1] if r.label]
    looked = listed(f"“{x}”" for x in dict.fromkeys([*rows, *heads]))
    sheets = listed(book.sheets[:6])
    return InputError(
        f"{book.name} 里没有认出表二、表三、表四（看了工作表：{sheets.zh}；"
        f"要找的行列标签如{looked.zh}，没有成表出现）。"
        "请核对是不是这份年报，或用 gouji template 的模板填报。",
        f"{book.name}: none of the form's tables was recognised (sheets: {sheets.en}; labels "
        f"looked for, such as {looked.en}, form no table). Check that it is the report, or "
        "use the workbook that gouji template makes.",
    )


def _text(book: Grids, names: Names, name: str) -> str:
    at = names.cells.get(name)
    return text_of(book.at(at)) if at else ""
