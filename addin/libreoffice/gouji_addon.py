"""年报校验 in LibreOffice Calc: the menu's commands on the open document.

Runs in LibreOffice's own Python (3.8 or newer, standard library only). The verdict comes from the
Python that ``gouji addin install --libreoffice`` wrote into ``~/.gouji/desk.json``, or from the
server named there; the marks are those of every other road: a conditional format that carries our
marker, a note, the sheet 校验结果.
"""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import unohelper
from com.sun.star.awt.MessageBoxType import INFOBOX
from com.sun.star.beans import PropertyValue
from com.sun.star.beans.PropertyState import DIRECT_VALUE
from com.sun.star.sheet.ConditionEntryType import CONDITION
from com.sun.star.sheet.ConditionOperator import FORMULA
from com.sun.star.task import XJobExecutor

SERVICE = "cn.gouji.addon"
SETTINGS = Path.home() / ".gouji" / "desk.json"
_WIDTHS = (1200, 1300, 2600, 2600, 9000, 1800, 1800, 5000, 8000)  # of the results, 1/100 mm
LAST_ROW, LAST_COLUMN = 20000, 256  # a sheet formatted to its end is not read to its end
_HERE = Path(__file__).resolve().parent


class RefusedError(Exception):
    """One sentence for the person at the desk."""


def words() -> dict[str, Any]:
    """The texts and constants that the builder put beside this file."""
    found: dict[str, Any] = json.loads((_HERE / "words.json").read_text("utf-8"))
    return found


WORDS = words()


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
    sheets = []
    for sheet in document.Sheets:
        area = used(sheet)
        formulas = [[f if f.startswith("=") else "" for f in row] for row in area.getFormulaArray()]
        values = []
        for r, row in enumerate(area.getDataArray()):
            values.append([_value(area, r, c, v, formulas[r][c]) for c, v in enumerate(row)])
        sheets.append({"name": sheet.Name, "values": values, "formulas": formulas})
    names = []
    for name in document.NamedRanges.ElementNames:
        if name.startswith(("gj_", "gouji_")):
            area = document.NamedRanges.getByName(name).getReferredCells()
            names.append({"name": name, "refers_to": _reference(area)})
    return {"name": document.Title, "sheets": sheets, "names": names}


def _value(area: Any, row: int, column: int, value: Any, formula: str) -> Any:
    if formula and not isinstance(value, float):
        cell = area.getCellByPosition(column, row)
        if cell.getError():
            text = cell.String
            return text if text.startswith("#") else "#VALUE!"
    return value


def _reference(area: Any) -> str:
    if area is None:
        return "#REF!"
    address = area.RangeAddress
    if (address.StartRow, address.StartColumn) != (address.EndRow, address.EndColumn):
        return "#REF!"
    name = area.Spreadsheet.Name.replace("'", "''")
    return f"'{name}'!${letters(address.StartColumn)}${address.StartRow + 1}"


def ask(book: dict[str, Any]) -> dict[str, Any]:
    """The plan for a book, from this desk's Python or from the office's server."""
    try:
        settings = json.loads(SETTINGS.read_text("utf-8"))
    except (OSError, ValueError):
        raise RefusedError(
            "还没有设置用哪个 Python 或哪台服务器。请先运行 gouji addin install --libreoffice。"
        ) from None
    data = json.dumps(book, ensure_ascii=False).encode("utf-8")
    answer = (
        _from_server(settings, data) if settings.get("server") else _from_python(settings, data)
    )
    if "error" in answer:
        raise RefusedError(answer["error"])
    return answer


def _read(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found


def _from_python(settings: dict[str, str], data: bytes) -> dict[str, Any]:
    python = settings.get("python", "")
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    clean.pop("LD_LIBRARY_PATH", None)  # LibreOffice's own libraries are not that Python's
    hidden = 0x08000000 if os.name == "nt" else 0  # no console window
    try:
        run = subprocess.run(
            [python, "-m", "gouji.addin.remote"], input=data, capture_output=True, timeout=120,
            env=clean, cwd=str(Path.home()), check=True,
            creationflags=hidden,
        )  # fmt: skip
        return _read(run.stdout.decode("utf-8"))
    except (OSError, subprocess.SubprocessError, ValueError):
        raise RefusedError(
            f"{python} 里的 gouji 运行不了。请重新运行 gouji addin install --libreoffice。"
        ) from None


def _from_server(settings: dict[str, str], data: bytes) -> dict[str, Any]:
    server = settings["server"].rstrip("/")
    request = urllib.request.Request(server + "/api/book", data)
    request.add_header("Content-Type", "application/json")
    if settings.get("token"):
        request.add_header("Authorization", "Bearer " + settings["token"])
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return _read(answer.read().decode("utf-8"))
    except urllib.error.HTTPError as error:
        try:
            return _read(error.read().decode("utf-8"))
        except ValueError:
            raise RefusedError(f"校验服务 {server} 的回答看不懂，请问管理员。") from None
    except (OSError, ValueError):
        raise RefusedError(
            f"连不上校验服务 {server}。请确认服务已经运行（gouji serve），或问管理员。"
        ) from None


def results(document: Any) -> Iterator[Any]:
    """Our results sheets."""
    for sheet in document.Sheets:
        title = sheet.getCellByPosition(0, 0).String
        if sheet.Name.startswith(WORDS["name"]) and title.startswith(WORDS["start"]):
            yield sheet


def clear(document: Any) -> None:
    """Takes out what bears our marker and nothing else."""
    for sheet in document.Sheets:
        formats = sheet.ConditionalFormats
        for each in formats.getConditionalFormats():
            _remove_ours(formats, each)
        for index in reversed(range(sheet.Annotations.getCount())):
            if _is_our_note(sheet, index):
                sheet.Annotations.removeByIndex(index)
    for sheet in list(results(document)):
        document.Sheets.removeByName(sheet.Name)


def _entries(format_: Any) -> list[Any]:
    return [format_.getByIndex(i) for i in range(format_.getCount())]


def _remove_ours(formats: Any, each: Any) -> None:
    ours = [i for i, entry in enumerate(_entries(each)) if _is_ours(entry)]
    if ours and len(ours) == each.getCount():
        formats.removeByID(each.ID)
        return
    for index in reversed(ours):
        each.removeByIndex(index)


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
                for fill in fills if can else ():
                    _paint(sheet, fill, plan["title"])
            for fill in fills:
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
        quoted = title.replace("'", "''")
        marker = WORDS["marker"] + fill["kind"]
        entry = {
            "Operator": FORMULA,
            "Formula1": f"AND(N(\"{marker}\")=0;ROWS($'{quoted}'.$A$1)=1)",
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
    """Our cell styles, from the file beside this one.

    Not made here: while any sheet is protected LibreOffice lets nobody change a style, but lets
    styles be loaded.
    """
    styles = document.StyleFamilies.getByName("CellStyles")
    if not all(styles.hasByName(name) for name in WORDS["styles"]):
        option = PropertyValue("OverwriteStyles", 0, False, DIRECT_VALUE)
        document.StyleFamilies.loadStylesFromURL((_HERE / "styles.fods").as_uri(), (option,))


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


def move(document: Any, step: int) -> None:
    """Selects the next finding's cell (step -1: the one before)."""
    found = listed(document)
    if not found:
        raise RefusedError("没有标记。请先按“校验”。")
    here = _selected(document)
    at = next((i for i, f in enumerate(found) if f[:2] == here), None)
    select(document, *found[0 if at is None else (at + step) % len(found)][:2])


def _selected(document: Any) -> tuple[str, str] | None:
    area = document.getCurrentSelection()
    address = getattr(area, "RangeAddress", None)
    if address is None:
        return None
    return area.Spreadsheet.Name, letters(address.StartColumn) + str(address.StartRow + 1)


def validate(document: Any) -> str:
    """Judges the open document, unsaved edits included, and marks it; the status to tell."""
    clear(document)
    plan = ask(read(document))
    refused = show(document, plan)
    status: str = plan["status"]
    if refused:
        names = "、".join(refused)
        status += f"；{names}设有保护密码，没有标红（只有批注），请看“{plan['title']}”"
    return status if plan["title"] else "没有发现问题。" + status


class Addon(unohelper.Base, XJobExecutor):
    """What the menu calls: one command on the document in front."""

    def __init__(self, ctx: Any) -> None:
        self.ctx = ctx
        manager = ctx.ServiceManager
        self.desktop = manager.createInstanceWithContext("com.sun.star.frame.Desktop", ctx)

    def trigger(self, command: str) -> None:
        """Carries out ``command`` and tells the outcome."""
        document = self.desktop.getCurrentComponent()
        if document is None or not hasattr(document, "Sheets"):
            self._say(WORDS["no_book"])
            return
        document.lockControllers()
        said = None
        try:
            if command == "validate":
                self._bar(document, validate(document))
            elif command == "clear":
                clear(document)
                self._bar(document, "")
            elif command in ("next", "previous"):
                move(document, 1 if command == "next" else -1)
            elif command == "explain":
                here = _selected(document)
                texts = [t for s, c, t in listed(document) if (s, c) == here]
                said = "\n".join(texts) or "这一格没有问题。"
            else:
                said = WORDS["help"]
        except RefusedError as error:
            said = str(error)
        finally:
            document.unlockControllers()
        if said:
            self._say(said)

    def _bar(self, document: Any, text: str) -> None:
        """The counts on a bar above the sheet (LibreOffice 7.0 and newer)."""
        controller = document.CurrentController
        if controller is None or not hasattr(controller, "appendInfobar"):
            return
        if controller.hasInfobar(SERVICE):
            controller.removeInfobar(SERVICE)
        if text:
            controller.appendInfobar(SERVICE, WORDS["title"], text, 0, (), True)

    def _say(self, text: str) -> None:
        frame = self.desktop.getCurrentFrame()
        window = frame.getContainerWindow() if frame else None
        kit = self.ctx.ServiceManager.createInstanceWithContext(
            "com.sun.star.awt.Toolkit", self.ctx
        )
        kit.createMessageBox(window, INFOBOX, 1, WORDS["title"], text).execute()


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816  (LibreOffice looks for it)
g_ImplementationHelper.addImplementation(Addon, SERVICE, (SERVICE, "com.sun.star.task.Job"))
