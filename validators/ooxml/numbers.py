"""Numbers written into cells of a package; every other byte of the sheet stays."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Container, Iterator, Mapping, Sequence
from xml.parsers.expat import ExpatError

from ...templates.a1 import Place, cell_name
from .cells import Key, key_of
from .draft import Draft
from .package import Package
from .references import Area, looked_at
from .spans import Node, appended, edited, tree
from .stream import DoctypeError

_CALC = re.compile(rb"<((?:\w+:)?)calcPr\b[^>]*?(/?)>")


def set_numbers(data: bytes, numbers: Mapping[tuple[str, str], float], name: str) -> bytes:
    """``data`` with ``numbers``, (sheet, cell) → number, in their cells.

    A cell keeps its format, and its formula when it has one: the number is then what the
    formula will give. Formulas that look at a changed cell, directly or through others, lose their
    stored values, and the workbook is asked to compute when it is opened. Raises ``InputError``
    for a workbook that cannot be edited.
    """
    package = Package.open(data, name=name)
    draft = Draft(package)
    try:
        old = _old(package, {Place.of(*at) for at in numbers})
        for sheet in package.sheets:
            wanted = {cell: n for (s, cell), n in numbers.items() if s == sheet.name}
            gone = {at.at for at in old if at.sheet == sheet.name}
            if wanted or gone:
                draft.write(sheet.part, _edited(draft.read(sheet.part), wanted, gone))
        book = draft.read(package.workbook_part)
        draft.write(package.workbook_part, _recalculated(book))
        return draft.packed()
    except zipfile.BadZipFile as error:
        raise package.broken(str(error)) from error
    except (ExpatError, DoctypeError, ValueError, IndexError) as error:
        raise package.broken("XML") from error


def _old(package: Package, changed: set[Place]) -> set[Place]:
    """The formulas whose results are old once the cells ``changed`` are others."""
    sheets = [s.name for s in package.sheets]
    names = {n.name: n.target for n in package.book.names if n.sheet is None}
    areas: dict[Place, list[Area]] = {}
    for sheet in package.sheets:
        cells = package.cells(sheet)
        for key in [k for k, cell in cells.held.items() if cell.formula is not None]:
            looked = looked_at(cells.formula(*key) or "", sheet.name, sheets, names)
            if looked is not None:
                areas[Place(sheet.name, *key)] = looked.areas
    found: set[Place] = set()
    waiting = set(changed)
    while waiting:
        new = {
            at
            for at, some in areas.items()
            if at not in found and any(a.holds(c.sheet, c.at) for a in some for c in waiting)
        }
        found |= new
        waiting = new
    return found


def _edited(xml: bytes, wanted: Mapping[str, float], gone: Container[Key]) -> bytes:
    root = tree(xml)
    data = root.find("sheetData")
    if data is None:
        return xml
    edits: list[tuple[int, int, bytes]] = []
    left = {key_of(cell): n for cell, n in wanted.items()}
    rows = list(_rows(data))
    for _, cells in rows:
        for at, cell in cells:
            formula = cell.find("f")
            number = left.pop(at, None)
            if number is not None:
                edits.append(
                    (cell.start, cell.end, _cell(xml, cell, at=at, formula=formula, number=number))
                )
            elif at in gone and formula is not None and (value := cell.find("v")) is not None:
                edits.append((value.start, value.end, b""))
    numbers_of = {row: {at: n for at, n in left.items() if at[0] == row} for row, _ in left}
    for (number, row), cells in rows:
        edits += _inserted(xml, row, cells, numbers_of.pop(number, {}))
    edits += _new_rows(xml, data, [row for row, _ in rows], numbers_of)
    return edited(xml, edits)


def _rows(data: Node) -> Iterator[tuple[tuple[int, Node], list[tuple[Key, Node]]]]:
    """Every row with its number, and its cells with their places, given or implied, from 0."""
    at = -1
    for row in data.children:
        if row.tag != data.prefix + "row":
            continue
        given = row.attrs.get("r")
        at = at + 1 if given is None else key_of("A" + given)[0]
        cells: list[tuple[Key, Node]] = []
        here = (at, -1)
        for cell in row.children:
            if cell.tag == data.prefix + "c":
                reference = cell.attrs.get("r")
                here = (at, here[1] + 1) if reference is None else key_of(reference)
                cells.append((here, cell))
        yield (at, row), cells


def _cell(xml: bytes, cell: Node, at: Key, formula: Node | None, number: float) -> bytes:
    style = f' s="{cell.attrs["s"]}"' if cell.attrs.get("s", "").isdecimal() else ""
    kept = xml[formula.start : formula.end].decode() if formula is not None else ""
    tag, prefix = cell.tag, cell.prefix
    value = f"<{prefix}v>{number:.15g}</{prefix}v>"
    return f'<{tag} r="{cell_name(*at)}"{style}>{kept}{value}</{tag}>'.encode()


def _new_cells(prefix: str, new: Mapping[Key, float]) -> Iterator[tuple[Key, bytes]]:
    """Cells that the sheet does not have yet, from left to right."""
    for at, number in sorted(new.items()):
        value = f"<{prefix}v>{number:.15g}</{prefix}v>"
        yield at, f'<{prefix}c r="{cell_name(*at)}">{value}</{prefix}c>'.encode()


def _inserted(
    xml: bytes, row: Node, cells: Sequence[tuple[Key, Node]], new: Mapping[Key, float]
) -> Iterator[tuple[int, int, bytes]]:
    """Cells that the row does not have yet, each before the first one to its right."""
    rows = list(_new_cells(row.prefix, new))
    if row.empty and rows:
        opened = xml[row.start : row.end].rstrip(b"/>").rstrip()
        inside = b"".join(cell for _, cell in rows)
        yield row.start, row.end, opened + b">" + inside + f"</{row.tag}>".encode()
        return
    for at, cell in rows:
        right = next((c.start for there, c in cells if there[1] > at[1]), row.close)
        yield right, right, cell


def _new_rows(
    xml: bytes, data: Node, rows: Sequence[tuple[int, Node]], new: Mapping[int, Mapping[Key, float]]
) -> Iterator[tuple[int, int, bytes]]:
    """Rows that the sheet does not have yet: programs leave out those without a content."""
    tag, last = f"{data.prefix}row", b""
    for number, numbers in sorted(new.items()):
        inside = b"".join(cell for _, cell in _new_cells(data.prefix, numbers))
        added = f'<{tag} r="{number + 1}">'.encode() + inside + f"</{tag}>".encode()
        below = next((row.start for there, row in rows if there > number), None)
        if below is None:
            last += added
        else:
            yield below, below, added
    if last:
        yield appended(xml, data, last)


def _recalculated(book: bytes) -> bytes:
    """The workbook's XML, asking for computation when it is opened."""
    match = _CALC.search(book)
    if match is None or b"fullCalcOnLoad" in match[0]:
        return book
    end = b"/>" if match[2] else b">"
    changed = match[0][: -len(end)].rstrip() + b' fullCalcOnLoad="1"' + end
    return book[: match.start()] + changed + book[match.end() :]
