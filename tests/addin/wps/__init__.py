"""WPS is not here: its documented object model is, as a stand-in for Node."""

from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from gouji.addin.install.packs import wps_files
from gouji.templates.a1 import position

HERE = Path(__file__).parent


_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sent(path: Path) -> dict[str, Any]:
    """A workbook as the stand-in takes it: values and formulas, and the names of single cells.

    Only for workbooks that XlsxWriter or openpyxl wrote, whose sheets are numbered in order.
    """
    with zipfile.ZipFile(path) as package:
        held = set(package.namelist())
        texts = []
        if "xl/sharedStrings.xml" in held:
            strings = ET.fromstring(package.read("xl/sharedStrings.xml"))
            texts = ["".join(t.text or "" for t in s.iter(_MAIN + "t")) for s in strings]
        book = ET.fromstring(package.read("xl/workbook.xml"))
        sheets = []
        for number, sheet in enumerate(book.iter(_MAIN + "sheet"), 1):
            part = ET.fromstring(package.read(f"xl/worksheets/sheet{number}.xml"))
            sheets.append({"name": sheet.get("name"), **_grids(part, texts)})
    names = [
        {"name": name.get("name"), "refers_to": name.text}
        for name in book.iter(_MAIN + "definedName")
        if name.get("localSheetId") is None
    ]
    return {"name": path.name, "sheets": sheets, "names": names}


def _grids(part: ET.Element, texts: list[str]) -> dict[str, list[list[Any]]]:
    """Values and formulas from A1 to the last cell that is written, were it only its format."""
    found: dict[tuple[int, int], tuple[Any, str]] = {}
    for cell in part.iter(_MAIN + "c"):
        where = position(cell.get("r", ""))
        assert where
        value, formula = cell.findtext(_MAIN + "v"), cell.findtext(_MAIN + "f")
        kind = cell.get("t", "n")
        shown: Any = value
        if kind == "s":
            shown = texts[int(value or 0)]
        elif kind == "inlineStr":
            shown = "".join(t.text or "" for t in cell.iter(_MAIN + "t"))
        elif kind == "b":
            shown = value == "1"
        elif kind == "n" and value:
            number = float(value)
            shown = int(number) if number.is_integer() else number
        found[where] = (shown, "" if formula is None else "=" + formula)
    rows = 1 + max((row for row, _ in found), default=0)
    columns = 1 + max((column for _, column in found), default=0)
    grid = [[found.get((r, c), (None, "")) for c in range(columns)] for r in range(rows)]
    return {
        "values": [[value for value, _ in row] for row in grid],
        "formulas": [[formula for _, formula in row] for row in grid],
    }


class StandIn:
    """A Node process with the add-in in it; ``answer`` is asked as the server would be."""

    def __init__(self, node: str, answer: Callable[[dict[str, Any]], Any]) -> None:
        self.answer = answer
        self.asked: list[dict[str, Any]] = []
        self.told: list[Any] = []
        self.node = subprocess.Popen(
            [node, str(HERE / "standin.js")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        files = {k: v.decode() for k, v in wps_files("http://127.0.0.1:8765", "口令").items()}
        self._send(
            {
                "config": files["config.js"],
                "book": files["book.js"],
                "main": files["main.js"],
                "members": json.loads((HERE / "members.json").read_text("utf-8")),
            }
        )

    def _send(self, what: Any) -> None:
        assert self.node.stdin is not None
        self.node.stdin.write(json.dumps(what) + "\n")
        self.node.stdin.flush()

    def run(self, book: dict[str, Any], *clicks: Any, **more: Any) -> dict[str, Any]:
        """Opens ``book``, clicks, and returns the workbook and the application as they are."""
        assert self.node.stdout is not None
        self._send({"book": book, "clicks": clicks, **more})
        while True:
            kind, _, line = self.node.stdout.readline().partition(" ")
            assert kind, "the script failed; see its message above"
            reply: dict[str, Any] = json.loads(line)
            if kind == "DONE":
                return reply
            self.asked.append(reply)
            made = self.answer(reply["body"])
            self.told.append(made)
            self._send({"text": json.dumps(made)} if made is not None else {"offline": True})

    def __enter__(self) -> StandIn:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self.node.stdin is not None
        self.node.stdin.close()
        self.node.wait(10)
