"""Numbers written into cells of a package; every other byte of the sheet stays."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from xml.parsers.expat import ExpatError

from ...templates.a1 import position
from .draft import Draft
from .package import Package
from .spans import Node, edited, tree
from .stream import DoctypeError

_CALC = re.compile(rb"<((?:\w+:)?)calcPr\b[^>]*?(/?)>")


def set_numbers(data: bytes, numbers: Mapping[tuple[str, str], float], name: str) -> bytes:
    """``data`` with ``numbers``, (sheet, cell) → number, in their cells.

    A cell keeps its format, and its formula when it has one: the number is then what the
    formula will give. Other formulas lose their stored values and the workbook is asked to
    compute when it is opened. Raises ``InputError`` for a workbook that cannot be edited.
    """
    package = Package.open(data, name=name)
    draft = Draft(package)
    try:
        for sheet in package.sheets:
            wanted = {cell: n for (s, cell), n in numbers.items() if s == sheet.name}
            draft.write(sheet.part, _edited(draft.read(sheet.part), wanted))
        book = draft.read(package.workbook_part)
        draft.write(package.workbook_part, _recalculated(book))
        return draft.packed()
    except zipfile.BadZipFile as error:
        raise package.broken(str(error)) from error
    except (ExpatError, DoctypeError, ValueError, IndexError) as error:
        raise package.broken("XML") from error


def _edited(xml: bytes, wanted: Mapping[str, float]) -> bytes:
    root = tree(xml)
    data = root.find("sheetData")
    if data is None:
        return xml
    edits: list[tuple[int, int, bytes]] = []
    left = dict(wanted)
    for row in data.children:
        for cell in row.children:
            formula = cell.find("f")
            number = left.pop(cell.attr("r"), None)
            if number is not None:
                edits.append((cell.start, cell.end, _cell(xml, cell, formula, number)))
            elif formula is not None and (value := cell.find("v")) is not None:
                edits.append((value.start, value.end, b""))
        here = {c: n for c, n in left.items() if (at := position(c)) and _row(row) == at[0]}
        for address in sorted(here, key=lambda c: position(c) or (0, 0)):
            edits.append(_inserted(xml, row, address, left.pop(address)))
    if left:
        raise ValueError(f"no row for {sorted(left)}")
    return edited(xml, edits)


def _row(row: Node) -> int:
    number = row.attr("r")
    return int(number) - 1 if number.isdigit() else -1


def _cell(xml: bytes, cell: Node, formula: Node | None, number: float) -> bytes:
    style = f' s="{cell.attr("s")}"' if cell.attr("s") else ""
    kept = xml[formula.start : formula.end].decode() if formula is not None else ""
    tag, prefix = cell.tag, cell.prefix
    value = f"<{prefix}v>{number:.15g}</{prefix}v>"
    return f'<{tag} r="{cell.attr("r")}"{style}>{kept}{value}</{tag}>'.encode()


def _inserted(xml: bytes, row: Node, address: str, number: float) -> tuple[int, int, bytes]:
    """A cell that the row does not have yet, before the first one to its right."""
    column = (position(address) or (0, 0))[1]
    prefix = row.prefix
    made = f'<{prefix}c r="{address}"><{prefix}v>{number:.15g}</{prefix}v></{prefix}c>'.encode()
    for cell in row.children:
        at = position(cell.attr("r"))
        if at is not None and at[1] > column:
            return cell.start, cell.start, made
    if row.empty:
        opened = xml[row.start : row.end].rstrip(b"/>").rstrip()
        return row.start, row.end, opened + b">" + made + f"</{row.tag}>".encode()
    return row.close, row.close, made


def _recalculated(book: bytes) -> bytes:
    """The workbook's XML, asking for computation when it is opened."""
    match = _CALC.search(book)
    if match is None or b"fullCalcOnLoad" in match[0]:
        return book
    end = b"/>" if match[2] else b">"
    changed = match[0][: -len(end)].rstrip() + b' fullCalcOnLoad="1"' + end
    return book[: match.start()] + changed + book[match.end() :]
