"""The open document through UNO: show a plan of marks in it, clear them, find them.

The formats and notes put here carry the marker by which every other road knows them. Standard
library and UNO only, Python 3.8 or newer: it runs in LibreOffice's own Python.
"""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Iterator

from com.sun.star.beans import PropertyValue
from com.sun.star.beans.PropertyState import DIRECT_VALUE
from com.sun.star.lang import IllegalArgumentException
from com.sun.star.sheet.ConditionEntryType import CONDITION
from com.sun.star.sheet.ConditionOperator import FORMULA
from gouji_cells import letters, used  # beside this module

_WIDTHS = (1200, 1300, 1700, 2600, 8500, 1800, 1800, 4500, 5000, 5500)  # of the results, 1/100 mm
_EXTENSION = Path(__file__).resolve().parent.parent


def words() -> dict[str, Any]:
    """The texts and constants that the builder put into the extension."""
    found: dict[str, Any] = json.loads((_EXTENSION / "words.json").read_text("utf-8"))
    return found


WORDS = words()


def results(document: Any) -> Iterator[Any]:
    """Our results sheets."""
    for sheet in document.Sheets:
        title = sheet.getCellByPosition(0, 0).String
        if sheet.Name.startswith(WORDS["name"]) and title.startswith(WORDS["start"]):
            yield sheet


def clear(document: Any, anew: bool = False) -> None:
    """Takes out what bears our marker and nothing else.

    A results sheet in which the clerk explained something stays, unless it is about to be
    written ``anew``.
    """
    for sheet in document.Sheets:
        formats = sheet.ConditionalFormats
        for each in formats.getConditionalFormats():
            _remove_ours(sheet, formats, each)
        ours = [i for i in range(sheet.Annotations.getCount()) if _is_our_note(sheet, i)]
        if ours:
            with _unlocked(document, sheet):  # else those of locked cells would stay
                for index in reversed(ours):
                    sheet.Annotations.removeByIndex(index)
    for sheet in list(results(document)):
        if anew or not _is_written_in(sheet):
            document.Sheets.removeByName(sheet.Name)


def _is_written_in(sheet: Any) -> bool:
    column = WORDS["said"]
    rows = used(sheet).getDataArray()
    return any(isinstance(row[0], float) and len(row) > column and row[column] for row in rows)


def _entries(format_: Any) -> list[Any]:
    return [format_.getByIndex(i) for i in range(format_.getCount())]


def _remove_ours(sheet: Any, formats: Any, each: Any) -> None:
    """Takes our entries out of one format.

    The format's own ``removeByIndex`` refuses every index that there is, so a cell's entries are
    written anew without ours.
    """
    ours = [_is_ours(entry) for entry in _entries(each)]
    if all(ours):
        formats.removeByID(each.ID)
    elif any(ours):
        for at in each.Range.RangeAddresses:
            area = sheet.getCellRangeByPosition(
                at.StartColumn, at.StartRow, at.EndColumn, at.EndRow
            )
            rules = area.ConditionalFormat
            for index in reversed(range(rules.getCount())):
                if '"' + WORDS["marker"] in rules.getByIndex(index).Formula1:
                    rules.removeByIndex(index)
            area.ConditionalFormat = rules


def _is_our_note(sheet: Any, index: int) -> bool:
    text: str = sheet.Annotations.getByIndex(index).String
    return text.lstrip().startswith(WORDS["note_start"])


def _is_ours(entry: Any) -> bool:
    return '"' + WORDS["marker"] in str(getattr(entry, "Formula1", ""))


def show(document: Any, plan: dict[str, Any]) -> list[str]:
    """Shows a plan; the sheets that did not let us."""
    refused = []
    if plan["title"]:
        _list(document, plan)
        _load_styles(document)
        for name in dict.fromkeys(fill["sheet"] for fill in plan["fills"]):
            sheet = document.Sheets.getByName(name)
            fills = [fill for fill in plan["fills"] if fill["sheet"] == name]
            with _unlocked(document, sheet) as can:
                for fill in fills:
                    if can:
                        _paint(sheet, fill, plan["title"])
                    cell = sheet.getCellRangeByName(fill["cell"])
                    if not cell.Annotation.String:
                        sheet.Annotations.insertNew(cell.CellAddress, fill["note"])
            if not can:
                refused.append(name)
    if plan["select"]:
        select(document, *plan["select"])
    return refused


def _list(document: Any, plan: dict[str, Any]) -> None:
    document.Sheets.insertNewByName(plan["title"], document.Sheets.Count)
    sheet = document.Sheets.getByName(plan["title"])
    rows = tuple(tuple(float(x) if isinstance(x, int) else x for x in r) for r in plan["rows"])
    width = len(rows[0])
    sheet.getCellRangeByPosition(0, 0, width - 1, len(rows) - 1).setDataArray(rows)
    for row, column, name, target in plan["links"]:
        cell = sheet.getCellByPosition(column - 1, row - 1)
        field = document.createInstance("com.sun.star.text.TextField.URL")
        field.Representation = cell.String
        quoted = name.replace("'", "''")
        field.URL = f"#$'{quoted}'.{target}"
        cell.String = ""
        cell.insertTextContent(cell.createTextCursor(), field, False)
    for index in range(WORDS["marked"], width):
        sheet.Columns.getByIndex(index).IsVisible = False
    for index, column_width in enumerate(_WIDTHS):
        sheet.Columns.getByIndex(index).Width = column_width
    head = next(i for i, r in enumerate(rows) if r[WORDS["place"]])
    body = sheet.getCellRangeByPosition(0, head, WORDS["marked"] - 1, len(rows) - 1)
    body.IsTextWrapped = True
    body.VertJustify = 1  # to the top
    line = sheet.getCellRangeByPosition(0, head, WORDS["marked"] - 1, head)
    line.CharWeight = line.CharWeightAsian = 150.0


@contextmanager
def _unlocked(document: Any, sheet: Any) -> Iterator[bool]:
    """The sheet without its protection for a moment; False where a password keeps it.

    LibreOffice has no way to protect a sheet again with the options it had, but undoing what
    lifted the protection brings all of them back. What is done meanwhile is not recorded.
    """
    undo = document.UndoManager
    if not sheet.isProtected():
        yield True
        return
    with suppress(IllegalArgumentException):  # how newer versions refuse a wrong password
        sheet.unprotect("")
    if sheet.isProtected():
        yield False
        return
    recorded = len(undo.getAllUndoActionTitles())
    undo.lock()
    try:
        yield True
    finally:
        undo.unlock()
        if len(undo.getAllUndoActionTitles()) == recorded:
            undo.undo()
            undo.clearRedo()
        else:  # never seen: something was recorded all the same
            sheet.protect("")


def _paint(sheet: Any, fill: dict[str, str], title: str) -> None:
    cell = sheet.getCellRangeByName(fill["cell"])
    if _is_plain(sheet, cell):
        formula = WORDS["calc_formula"].replace("{kind}", fill["kind"])
        entry = {
            "Operator": FORMULA,
            "Formula1": formula.replace("{title}", title.replace("'", "''")),
            "StyleName": "gouji_" + fill["kind"],
        }
        rules = cell.ConditionalFormat  # with the clerk's own, which come first
        rules.addNew(tuple(PropertyValue(k, 0, v, DIRECT_VALUE) for k, v in entry.items()))
        cell.ConditionalFormat = rules


def _is_plain(sheet: Any, cell: Any) -> bool:
    """Whether all formats on the cell are conditions: others (scales, bars) would be lost."""
    for each in sheet.ConditionalFormats.getConditionalFormats():
        if each.Range.queryIntersection(cell.RangeAddress).Count:
            kinds = (each.getByIndex(i).getType() for i in range(each.getCount()))
            if any(kind != CONDITION for kind in kinds):
                return False
    return True


def _load_styles(document: Any) -> None:
    """Our cell styles, from the file in the extension.

    Not made here: while any sheet is protected LibreOffice lets nobody change a style, but lets
    styles be loaded.
    """
    styles = document.StyleFamilies.getByName("CellStyles")
    if not all(styles.hasByName(name) for name in WORDS["styles"]):
        option = PropertyValue("OverwriteStyles", 0, False, DIRECT_VALUE)
        document.StyleFamilies.loadStylesFromURL((_EXTENSION / "styles.fods").as_uri(), (option,))


def offered(document: Any, repairs: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The repair that changes the selected cell, else one for a finding there, else the first."""
    here = selected(document)
    of_cell = [r for r in repairs if here in [(c["sheet"], c["cell"]) for c in r["changes"]]]
    about = [r for r in repairs if here in [tuple(a) for a in r["about"]]]
    return next(iter(of_cell or about or repairs), None)


def write(document: Any, changes: list[dict[str, Any]]) -> str:
    """Writes what a repair changes, as one step to undo; the sheet that did not let us, or ""."""
    for change in changes:
        if document.Sheets.getByName(change["sheet"]).isProtected():
            cell = document.Sheets.getByName(change["sheet"]).getCellRangeByName(change["cell"])
            if cell.CellProtection.IsLocked:
                return str(change["sheet"])
    document.UndoManager.enterUndoContext(WORDS["title"])
    try:
        for change in changes:
            sheet = document.Sheets.getByName(change["sheet"])
            sheet.getCellRangeByName(change["cell"]).Value = float(change["to"])
    finally:
        document.UndoManager.leaveUndoContext()
    return ""


def select(document: Any, name: str, address: str) -> None:
    """Brings a cell into view and selects it."""
    sheet = document.Sheets.getByName(name)
    controller = document.CurrentController
    if controller is not None:
        controller.setActiveSheet(sheet)
        controller.select(sheet.getCellRangeByName(address))


def listed(document: Any) -> list[tuple[str, str, str]]:
    """(sheet, cell, text) of every finding that has a cell, in the order of the results sheet."""
    found = []
    for sheet in results(document):
        for row in used(sheet).getDataArray():
            if isinstance(row[0], float) and len(row) > WORDS["place"]:
                name, _, cell = str(row[WORDS["place"]]).rpartition("!")
                if name and cell:
                    found.append((name, cell, str(row[WORDS["problem"]])))
    return found


def selected(document: Any) -> tuple[str, str] | None:
    """The sheet and the address of the selected cell."""
    area = document.getCurrentSelection()
    address = getattr(area, "RangeAddress", None)
    if address is None:
        return None
    return area.Spreadsheet.Name, letters(address.StartColumn) + str(address.StartRow + 1)
