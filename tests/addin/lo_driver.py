"""Runs in the system's Python, which has UNO: drives a LibreOffice by JSON lines on stdin.

Arguments: the port, the folder of the unpacked extension (its code runs here against the open
document) or ``-``. One command a line; one answer a line.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue


def connect(port: str) -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    where = f"uno:socket,host=127.0.0.1,port={port};urp;StarOffice.ComponentContext"
    for _ in range(240):
        try:
            return resolver.resolve(where)
        except Exception:
            time.sleep(0.25)
    raise SystemExit("LibreOffice did not start")


context = connect(sys.argv[1])
desktop = context.ServiceManager.createInstance("com.sun.star.frame.Desktop")
if sys.argv[2] != "-":
    sys.path[:0] = [sys.argv[2], sys.argv[2] + "/pythonpath"]  # as LibreOffice does
    import gouji_addon as addon


def option(name: str, value: Any) -> Any:
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def state(document: Any) -> dict[str, Any]:
    sheets = {}
    for sheet in document.Sheets:
        sheets[sheet.Name] = {
            "protected": sheet.isProtected(),
            "notes": {sheet.getCellByPosition(n.Position.Column, n.Position.Row).AbsoluteName
                      .rpartition("$")[0].replace("$", "").rpartition(".")[2]
                      + str(n.Position.Row + 1): n.String for n in sheet.Annotations},
            "formats": [[f.Range.RangeAddressesAsString.rpartition(".")[2],
                         f.getByIndex(i).Formula1, f.getByIndex(i).StyleName]
                        for f in sheet.ConditionalFormats.getConditionalFormats()
                        for i in range(f.getCount())],
        }  # fmt: skip
    return sheets


def do(command: dict[str, Any]) -> Any:
    """What a test asks for."""
    name = command["do"]
    if name == "open":
        hidden = (option("Hidden", True),) if command.get("hidden", True) else ()
        url = Path(command["path"]).as_uri()
        do.document = desktop.loadComponentFromURL(url, "_blank", 0, hidden)
        return do.document is not None
    if name == "wait":  # until a document is in front, or a sheet is there or gone
        for _ in range(240):
            do.document = desktop.getCurrentComponent()
            sheets = do.document.Sheets.ElementNames if hasattr(do.document, "Sheets") else ()
            if sheets and (command["sheet"] in sheets) == command["there"]:
                return True
            time.sleep(0.25)
        return False
    document = do.document
    if name == "read":
        return addon.read(document)
    if name == "validate":
        return addon.validate(document)
    if name == "show":
        addon.clear(document)
        return addon.show(document, command["plan"])
    if name == "clear":
        return addon.clear(document)
    if name == "state":
        return state(document)
    if name == "move":
        addon.move(document, command["step"])
        return addon.selected(document)
    if name == "set":
        sheet = document.Sheets.getByName(command["sheet"])
        sheet.getCellRangeByName(command["cell"]).Value = command["value"]
        return None
    if name == "front":
        document.CurrentController.setActiveSheet(document.Sheets.getByName(command["sheet"]))
        return None
    if name == "select":
        addon.select(document, command["sheet"], command["cell"])
        return None
    if name == "save":
        kind = {"pdf": "calc_pdf_Export", "xlsx": "Calc MS Excel 2007 XML"}[command["kind"]]
        document.storeToURL(Path(command["path"]).as_uri(), (option("FilterName", kind),))
        return None
    if name == "close":
        document.close(True)
        return None
    raise SystemExit(f"unknown command {name}")


for line in sys.stdin:
    print(json.dumps(do(json.loads(line))), flush=True)
