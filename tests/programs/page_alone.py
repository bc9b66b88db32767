"""The sources that the page takes (first argument) need the standard library alone.

Second argument: a workbook with one wrong cell. The others: workbooks, each with the entry of
``--format json`` beside it.
"""

import json
import sys
from pathlib import Path

sys.path[:] = [p for p in sys.path if "site-packages" not in p] + [sys.argv[1]]
sys.meta_path[:] = [m for m in sys.meta_path if "editable" not in str(m)]
from gouji.addin.page import road  # noqa: E402

assert road.__file__.startswith(sys.path[-1]), road.__file__
data = road.blank("2021")
assert '"findings"' in road.check(data, "a.xlsx", "zh", data, "b.xlsx")
assert road.flag(data, "a.xlsx") != data
fixed = road.fix(Path(sys.argv[2]).read_bytes(), "b.xlsx", "1.1")
assert '"findings": []' in road.check(fixed, "b.xlsx")
old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le")
assert ".xlsx" in road.check(old, "a.xls")
for path in map(Path, sys.argv[3:]):
    answer = json.loads(road.check(path.read_bytes(), path.name))["file"]
    assert answer == json.loads(path.with_suffix(".json").read_text("utf-8")), answer
assert "不是加载项发来的工作簿" in road.book("[]")
assert "T3-ROW" not in road.rule("T3-ROW", "2021")
heavy = {"numpy", "pandas", "pandera", "click", "pebble", "xlsxwriter", "openpyxl.workbook"}
assert not heavy & set(sys.modules)
