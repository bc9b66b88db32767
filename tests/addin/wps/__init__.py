"""WPS is not here: its documented object model is, as a stand-in for Node."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import openpyxl
from gouji.addin.install.packs import wps_files

HERE = Path(__file__).parent


def sent(path: Path) -> dict[str, Any]:
    """A workbook as the stand-in takes it: values and formulas, and the names of single cells."""
    values = openpyxl.load_workbook(path, data_only=True)
    formulas = openpyxl.load_workbook(path)
    sheets = []
    for sheet in values.worksheets:
        held = formulas[sheet.title]
        shown = [[cell.value for cell in row] for row in held.iter_rows()]
        sheets.append({
            "name": sheet.title,
            "values": [[cell.value for cell in row] for row in sheet.iter_rows()],
            "formulas": [[v if isinstance(v, str) and v.startswith("=") else "" for v in row]
                         for row in shown],
        })  # fmt: skip
    names = [
        {"name": name, "refers_to": defined.attr_text}
        for name, defined in values.defined_names.items()
    ]
    return {"name": path.name, "sheets": sheets, "names": names}


class StandIn:
    """A Node process with the add-in in it; ``answer`` is asked as the server would be."""

    def __init__(self, node: str, answer: Callable[[dict[str, Any]], Any]) -> None:
        self.answer = answer
        self.asked: list[dict[str, Any]] = []
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
            told: dict[str, Any] = json.loads(line)
            if kind == "DONE":
                return told
            self.asked.append(told)
            made = self.answer(told["body"])
            self._send({"text": json.dumps(made)} if made is not None else {"offline": True})

    def __enter__(self) -> StandIn:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        assert self.node.stdin is not None
        self.node.stdin.close()
        self.node.wait(10)
