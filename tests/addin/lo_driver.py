"""Drives a LibreOffice by JSON lines on stdin: one command a line, one answer a line.

This file plays two parts. Run by the system's Python, which has UNO, it carries each line to the
LibreOffice that listens at the pipe (first argument). There it is a user's Python script, so that
a command runs as the extension itself does, in LibreOffice's own process: of a thousand calls on
a document only the outermost crosses the pipe. Second argument: the folder of the unpacked
extension.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

START = 60  # seconds until LibreOffice is started anew
CAP = 120  # seconds; conditions are generous, for machines under load
SCRIPT = "vnd.sun.star.script:lo_driver.py$carry_out?language=Python&location=user"


def connect(pipe: str) -> Any:
    import uno

    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    where = f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
    end = time.monotonic() + START
    while time.monotonic() < end:
        try:
            return resolver.resolve(where)
        except Exception:
            time.sleep(0.1)
    raise SystemExit("LibreOffice did not start")


def main() -> None:
    context = connect(sys.argv[1])
    masters = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.script.provider.MasterScriptProviderFactory", context
    )
    script = masters.createScriptProvider("").getScript(SCRIPT)

    def ask(command: dict[str, Any]) -> str:
        reply, _, _ = script.invoke((json.dumps(command), sys.argv[2]), (), ())
        return str(reply)

    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        answer = ask(command)
        end = time.monotonic() + CAP
        while "until" in command and json.loads(answer) != command["until"]:
            if time.monotonic() > end:
                break
            time.sleep(0.1)
            answer = ask(command)
        print(answer, flush=True)


def carry_out(line: str, extension: str) -> str:
    """In LibreOffice: one command, as JSON, and its answer."""
    if extension not in sys.path:
        sys.path[:0] = [extension, extension + "/pythonpath"]  # as LibreOffice does
    return json.dumps(do(json.loads(line)))


def option(name: str, value: Any) -> Any:
    from com.sun.star.beans import PropertyValue

    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def state(document: Any) -> dict[str, Any]:
    sheets = {}
    for sheet in document.Sheets:
        sheets[sheet.Name] = {
            "protected": sheet.isProtected(),
            "notes": {
                sheet.getCellByPosition(n.Position.Column, n.Position.Row)
                .AbsoluteName.rpartition("$")[0]
                .replace("$", "")
                .rpartition(".")[2]
                + str(n.Position.Row + 1): n.String
                for n in sheet.Annotations
            },
            "formats": [
                [
                    f.Range.RangeAddressesAsString.rpartition(".")[2],
                    *(getattr(f.getByIndex(i), n, "") for n in ("Formula1", "StyleName")),
                ]
                for f in sheet.ConditionalFormats.getConditionalFormats()
                for i in range(f.getCount())
            ],
        }
    return sheets


def do(command: dict[str, Any]) -> Any:
    """What a test asks for."""
    import gouji_addon as addon

    desktop = XSCRIPTCONTEXT.getDesktop()  # noqa: F821  # LibreOffice gives it to a script
    name = command["do"]
    if name == "open":
        hidden = (option("Hidden", True),) if command.get("hidden", True) else ()
        url = Path(command["path"]).as_uri()
        do.document = desktop.loadComponentFromURL(url, "_blank", 0, hidden)
        do.held[command["path"]] = do.document
        return do.document is not None
    if name == "turn":  # to a document that was opened before
        do.document = do.held[command["path"]]
        return None
    if name == "sheets":  # of the document in front
        do.document = desktop.getCurrentComponent()
        sheets = do.document.Sheets.ElementNames if hasattr(do.document, "Sheets") else ()
        return command["sheet"] in sheets if sheets else None
    document = do.document
    if name == "read":
        return addon.read(document)
    if name == "validate":
        return addon.validate(document)
    if name in ("repair", "zeros"):  # what was asked, and what came of it
        asked = []
        reply = getattr(addon, name)(document, lambda text: asked.append(text) or command["agree"])
        return [*asked, reply]
    if name == "value":
        sheet = document.Sheets.getByName(command["sheet"])
        return sheet.getCellRangeByName(command["cell"]).Value
    if name == "bar":  # whether the counts are told above the sheet; ``remove`` takes them away
        controller = document.CurrentController
        if command.get("remove") and controller.hasInfobar(addon.SERVICE):
            controller.removeInfobar(addon.SERVICE)
        return controller.hasInfobar(addon.SERVICE)
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
    if name == "selected":
        return addon.selected(document)
    if name == "set":
        sheet = document.Sheets.getByName(command["sheet"])
        sheet.getCellRangeByName(command["cell"]).Value = command["value"]
        return None
    if name == "type":  # [sheet, row, column, content], 0-based; then what other cells show
        document.enableAutomaticCalculation(False)
        for sheet, row, column, content in command["cells"]:
            cell = document.Sheets.getByName(sheet).getCellByPosition(column, row)
            if isinstance(content, str):
                cell.String = content
            else:
                cell.Value = content
        document.calculate()
        return [
            document.Sheets.getByName(sheet).getCellByPosition(column, row).getDataArray()[0][0]
            for sheet, row, column in command["show"]
        ]
    if name == "unprotect":
        for sheet in document.Sheets:
            sheet.unprotect("")
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
    raise ValueError(f"unknown command {name}")


do.held = {}


if __name__ == "__main__":
    main()
