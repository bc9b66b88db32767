"""The open document's cells as ``gouji.addin.remote`` wants them.

Standard library and UNO only, Python 3.8 or newer: it runs in LibreOffice's own Python.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Iterator

from com.sun.star.beans.PropertyState import AMBIGUOUS_VALUE
from com.sun.star.sheet.AddressConvention import XL_A1

LAST_ROW, LAST_COLUMN = 20000, 256  # a sheet formatted to its end is not read to its end
_SEPARATOR = re.compile(r"""("[^"]*"|'[^']*')|[;~]""")  # what stands in quotes is none
_OWN_SIGNS = re.compile(r"[.;~]")  # of a sheet's name, of arguments, of areas taken together
_MOST = 2000  # questions about the formats of one sheet, and about its merged ranges
_DATES = 2 | 4  # com.sun.star.util.NumberFormat: DATE and TIME
_SHORT = 60  # characters of a text that may be meant as a number
_DIGIT = re.compile("[0-9]")
_SMALL = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_NUMBER, _LOGICAL = 16, 1024
_MAC_YEAR = 1904  # where a workbook made on an old Mac counts its days from


def letters(column: int) -> str:
    """``J`` for 9."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def used(sheet: Any) -> Any:
    """The range from A1 to the last used cell."""
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    end = cursor.RangeAddress
    row, column = min(end.EndRow, LAST_ROW - 1), min(end.EndColumn, LAST_COLUMN - 1)
    return sheet.getCellRangeByPosition(0, 0, column, row)


def read(document: Any) -> dict[str, Any]:
    """The document as ``gouji.addin.remote`` wants it: values and formulas in one call a sheet."""
    printer = document.createInstance("com.sun.star.sheet.FormulaParser")
    printer.CompileEnglish, printer.FormulaConvention = True, XL_A1
    sheets = [_sheet(document, sheet, printer) for sheet in document.Sheets]
    names = []
    for name in document.NamedRanges.ElementNames:
        if name.startswith(("gj_", "gouji_")):
            area = document.NamedRanges.getByName(name).getReferredCells()
            names.append({"name": name, "refers_to": _reference(area)})
    return {
        "name": document.Title,
        "sheets": sheets,
        "names": names,
        "date1904": document.NullDate.Year == _MAC_YEAR,
    }


def _sheet(document: Any, sheet: Any, printer: Any) -> dict[str, Any]:
    area = used(sheet)
    data, formula_rows = area.getDataArray(), area.getFormulaArray()
    values, formulas = [], []
    for r, row in enumerate(data):
        texts = [
            _formula(area, r, column=c, value=v, text=formula_rows[r][c], printer=printer)
            for c, v in enumerate(row)
        ]
        formulas.append(texts)
        values.append([_value(document, area, r, c, v, texts[c]) for c, v in enumerate(row)])
    formats = []
    for part, key in _alike(area, _format):
        format_ = document.NumberFormats.getByKey(key)
        if format_.Type & _LOGICAL:
            _make_logical(values, part)
        elif format_.Type & _DATES:
            formats.append([_named(part), "yyyy-m-d"])  # whatever the language of the code
        elif not _is_plain(document, key):
            formats.append([_named(part), format_.FormatString])
    return {
        "name": sheet.Name,
        "values": values,
        "formulas": formulas,
        "merges": _merges(area),
        "formats": formats,
    }


def _formula(area: Any, row: int, column: int, value: Any, text: str, printer: Any) -> str:
    """A cell's formula as Excel writes it, ``""`` where there is none."""
    array = text.startswith("{=") and text.endswith("}")
    if not (array or text.startswith("=")) or text == value:
        return ""
    if array:
        text = text[1:-1]
    if not _OWN_SIGNS.search(text):
        return text
    cell = area.getCellByPosition(column, row)
    excels = printer.printFormula(cell.getTokens(), cell.CellAddress)
    return "=" + _SEPARATOR.sub(lambda found: found[1] or ",", excels)


def _value(document: Any, area: Any, row: int, column: int, value: Any, formula: str) -> Any:
    if not formula:
        short = isinstance(value, str) and 1 < len(value) <= _SHORT
        return _seen(area, row, column, value) if short and _DIGIT.search(value) else value
    cell = area.getCellByPosition(column, row)
    if not isinstance(value, float):
        if cell.getError():
            text = cell.String
            return text if text.startswith("#") else "#VALUE!"
    elif value in (0, 1) and cell.String.isalpha() and _is_plain(document, cell.NumberFormat):
        return bool(value)
    return value


def _seen(area: Any, row: int, column: int, value: str) -> str:
    """A text as it is seen: digits set small are marks, what is struck through is gone."""
    portions = [
        portion
        for paragraph in _each(area.getCellByPosition(column, row))
        for portion in _each(paragraph)
    ]
    if len(portions) < 2 or "\n" in value:
        return value
    texts = [
        portion.String.translate(_SMALL) if portion.CharEscapement else portion.String
        for portion in portions
        if not portion.CharStrikeout
    ]
    return "".join(texts)


def _each(enumerable: Any) -> Iterator[Any]:
    found = enumerable.createEnumeration()
    while found.hasMoreElements():
        yield found.nextElement()


def _is_plain(document: Any, key: int) -> bool:
    """Whether a format says nothing of its own, so that TRUE is what a formula gives."""
    format_ = document.NumberFormats.getByKey(key)
    return bool(format_.Type & _LOGICAL or (format_.StandardFormat and format_.Type & _NUMBER))


def _make_logical(values: list[list[Any]], part: tuple[int, int, int, int]) -> None:
    """Numbers that are shown as truth values, as what they are."""
    top, left, bottom, right = part
    for row in values[top : bottom + 1]:
        for column in range(left, right + 1):
            if isinstance(row[column], float) and row[column] in (0, 1):
                row[column] = bool(row[column])


def _alike(area: Any, ask: Callable[[Any], Any]) -> Iterator[tuple[tuple[int, int, int, int], Any]]:
    """The parts of ``area`` that have one answer, with it: columns are cut first.

    ``ask`` gives None where there is no one answer. Parts are (top, left, bottom, right).
    """
    end = area.RangeAddress
    waiting = [(0, 0, end.EndRow, end.EndColumn)]
    for _ in range(_MOST):
        if not waiting:
            return
        top, left, bottom, right = part = waiting.pop()
        answer = ask(area.getCellRangeByPosition(left, top, right, bottom))
        if answer is not None:
            yield part, answer
        elif left < right:
            middle = (left + right) // 2
            waiting += [(top, middle + 1, bottom, right), (top, left, bottom, middle)]
        elif top < bottom:
            middle = (top + bottom) // 2
            waiting += [(middle + 1, left, bottom, right), (top, left, middle, right)]


def _format(part: Any) -> int | None:
    mixed = part.getPropertyState("NumberFormat") == AMBIGUOUS_VALUE
    return None if mixed else part.NumberFormat


def _merges(area: Any) -> list[str]:
    def ask(part: Any) -> bool | None:
        at = part.RangeAddress
        single = (at.StartRow, at.StartColumn) == (at.EndRow, at.EndColumn)
        merged = part.getIsMerged()  # whether a merged range begins anywhere in it
        return merged if single or not merged else None

    found = []
    for (top, left, _, _), merged in _alike(area, ask):
        if merged:
            cell = area.getCellByPosition(left, top)
            cursor = cell.Spreadsheet.createCursorByRange(cell)
            cursor.collapseToMergedArea()
            at = cursor.RangeAddress
            found.append(_named((at.StartRow, at.StartColumn, at.EndRow, at.EndColumn)))
    return found


def _named(part: tuple[int, int, int, int]) -> str:
    top, left, bottom, right = part
    return f"{letters(left)}{top + 1}:{letters(right)}{bottom + 1}"


def _reference(area: Any) -> str:
    if area is None:
        return "#REF!"
    address = area.RangeAddress
    name = area.Spreadsheet.Name.replace("'", "''")
    first = f"${letters(address.StartColumn)}${address.StartRow + 1}"
    last = f"${letters(address.EndColumn)}${address.EndRow + 1}"
    return f"'{name}'!{first}" if first == last else f"'{name}'!{first}:{last}"
