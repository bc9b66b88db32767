"""``datapackage.json`` beside the CSV: what its columns are, for those who publish it.

Frictionless Data Package, version 2.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ...templates.disk import put, there
from ...templates.edition import edition_ids, load
from ...templates.errors import InputError
from ..report import Standing
from .data_file import wide_columns
from .tidy import COLUMNS

NAME = "datapackage.json"
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_MADE_BY = '"generator": "gouji data"'
_TOLD = {
    "unit": "单位名称",
    "unit_code": "单位代码（工作簿里写明的）",
    "year": "报告年度",
    "edition": "格式版本",
    "field": "字段：表.行.列",
    "table": "表",
    "row": "行，照表上印的",
    "column": "列，照表上印的",
    "value": "数；没有可用的数时为空",
    "standing": "格里是怎样填的",
    "source": "来自哪个文件",
    "place": "文件里的哪一格",
    "finding": "涉及这个数的规则，空格隔开",
}


def may_write_package(out: Path, *, force: bool = False) -> Path:
    """Where the description of ``out`` goes.

    Raises ``InputError`` where it is no CSV, and where a ``datapackage.json`` stands that is not
    ours and ``force`` was not given.
    """
    if out.suffix.lower() != ".csv":
        raise InputError(
            f"--datapackage 说明的是 .csv 文件；{out} 不是。",
            f"--datapackage describes a .csv, and {out} is none.",
        )
    place = out.with_name(NAME)
    if place.exists() and not force and _MADE_BY not in place.read_text("utf-8", "replace"):
        raise there(place)
    return place


def write_package(out: Path, *, wide: bool) -> None:
    """Describes the CSV at ``out``, which is there, beside it."""
    with out.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    columns = wide_columns() if wide else COLUMNS
    resource = {
        "name": "reports" if wide else "numbers",
        "type": "table",
        "path": out.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "bytes": out.stat().st_size,
        "hash": f"sha256:{digest}",
        "schema": {"fields": [_field(c) for c in columns], "missingValues": [""]},
    }
    whole = {
        "$schema": _PROFILE,
        "name": "gouji-data",
        "title": "政府信息公开工作年度报告的数",
        "generator": "gouji data",
        "resources": [resource],
    }
    text = json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
    put(out.with_name(NAME), text.encode())


def _field(column: str) -> dict[str, Any]:
    if column in _TOLD:
        kind = {"year": "integer", "value": "number"}.get(column, "string")
        enum = (
            {"constraints": {"enum": [s.value for s in Standing]}} if column == "standing" else {}
        )
        return {"name": column, "type": kind, "title": _TOLD[column], **enum}
    number = next(e.fields[column] for e in map(load, edition_ids()) if column in e.fields)
    words = (number.sheet, number.row.name or number.row.label, number.column.label)
    title = " ".join(w for w in words if w)
    unit = "万元" if number.kind == "amount" else "件"
    return {"name": column, "type": "number", "title": f"{title}（{unit}）"}
