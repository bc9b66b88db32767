"""Two clicks in the process that stays, on the double of Excel: prints what each cost.

xlwings' COM server is its own, with what it takes from Windows replaced; the book (argument, as
JSON) is the double's. The first click counts from the start of this process.
"""

import json
import sys
import time
from importlib import import_module
from pathlib import Path
from unittest.mock import MagicMock

import pytest

_before = time.process_time()  # what the double itself costs is no click's
sent = json.loads(Path(sys.argv[1]).read_text("utf-8"))
for name in ("pythoncom", "pywintypes", "win32api", "win32event", "win32com"):
    sys.modules[name] = MagicMock()
for name in ("client", "server", "server.dispatcher", "server.policy", "server.util"):
    sys.modules[f"win32com.{name}"] = MagicMock()
double = time.process_time() - _before

import_module("gouji.addin.caller")._xlwings()
server = import_module("xlwings.com_server").XLPython()
_before = time.process_time()
book = import_module("tests.addin.desktop").open_book(sent, pytest.MonkeyPatch())
book.set_mock_caller()
double += time.process_time() - _before

costs = []
for _ in range(3):
    server.Exec("from gouji.addin import macros; macros.clicked('validate')")
    costs.append(time.process_time() - sum(costs) - double)
    assert "校验结果" in [sheet.name for sheet in book.sheets]
    assert book.app.impl._status.startswith("错误2")
print(json.dumps(costs))
