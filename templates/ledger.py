"""The optional ledgers of a template: 申请台账 (a line per application), 文件台账 (per document).

Their columns, the words that may stand in them, and the sheets that hold them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .covers import CASES, DOCUMENTS
from .edition import Edition
from .errors import InputError
from .styles import Styles

if TYPE_CHECKING:
    import xlsxwriter

CASE_HEADS = (
    ("number", "编号", 14),
    ("applicant", "申请人类型", 14),
    ("received", "收到日期", 12),
    ("asked", "补正通知日期", 12),
    ("corrected", "收到补正日期", 12),
    ("consulted", "征求第三方意见日期", 12),
    ("heard", "收到第三方意见日期", 12),
    ("extended", "是否延期", 9),
    ("answered", "答复日期", 12),
    ("outcome", "办理结果", 44),
    ("dispute", "复议诉讼", 16),
    ("name", "申请人", 14),
    ("subject", "申请内容", 40),
)
DOCUMENT_HEADS = (
    ("number", "文号", 22),
    ("title", "名称", 44),
    ("kind", "类别", 14),
    ("issued", "制发日期", 12),
    ("repealed", "废止日期", 12),
)
LINES = 2000  # lines that are prepared; more may be written below
_DATES = ("received", "asked", "corrected", "consulted", "heard", "answered", "issued", "repealed")
_NUMBERING = re.compile(r"^[（(]?[一二三四五六七八九十\d]+[)）]?[.、．]?")


@lru_cache(maxsize=8)
def applicants(edition: Edition) -> Mapping[str, str]:
    """The kinds of applicant as the form prints them → the column's key; none without a role."""
    roles = edition.roles.cases
    if roles is None:
        return {}
    fields = (edition.fields[f"{roles.table}.{roles.this_year}.{c}"] for c in roles.columns)
    return {f.column.label: f.column.key for f in fields}


@lru_cache(maxsize=8)
def outcomes(edition: Edition) -> Mapping[str, str]:
    """What may stand under 办理结果 → the row's key: every outcome that the edition counts."""
    roles = edition.roles.cases
    if roles is None:
        return {}
    at = (f"{roles.table}.{row}.{roles.columns[0]}" for row in roles.outcomes)
    leaves = [edition.fields[key].row for key in at]
    return {f"{r.short} {_NUMBERING.sub('', r.label)}".strip(): r.key for r in leaves}


def write_ledgers(book: xlsxwriter.Workbook, styles: Styles, edition: Edition) -> None:
    """The ledgers that the edition counts, empty, with lists to choose from and real dates.

    Raises ``InputError`` for an edition that counts none.
    """
    cases, documents = edition.roles.cases, edition.roles.documents
    if cases is None and documents is None:
        raise InputError(
            f"{edition.title}（{edition.id}）没有台账；请去掉 --ledgers。",
            f"the edition {edition.id} has no ledgers: leave out --ledgers",
        )
    lists = {
        "applicant": list(applicants(edition)),
        "extended": ["是", "否"],
        "kind": [k.label for k in documents.kinds] if documents else [],
    }
    hidden = book.add_worksheet("台账选项")
    hidden.hide()
    for row, text in enumerate(outcomes(edition)):
        hidden.write_string(row, 0, text)
    sources: dict[str, Any] = {**lists, "outcome": f"=台账选项!$A$1:$A${len(outcomes(edition))}"}
    made = ((CASES, CASE_HEADS, cases), (DOCUMENTS, DOCUMENT_HEADS, documents))
    for name, heads, role in made:
        if role is None:
            continue
        ws = book.add_worksheet(name)
        ws.freeze_panes(1, 0)
        ws.set_paper(9)
        ws.set_landscape()
        ws.fit_to_pages(1, 0)
        ws.repeat_rows(0)
        date = book.add_format({"num_format": "yyyy-mm-dd", "border": 1})
        plain = book.add_format({"border": 1})
        for column, (key, head, width) in enumerate(heads):
            ws.set_column(column, column, width, date if key in _DATES else plain)
            ws.write_string(0, column, head, styles.head)
            area = (1, column, LINES, column)
            if key in _DATES:
                ws.data_validation(*area, {
                    "validate": "date", "criteria": ">", "value": _epoch(), "ignore_blank": True,
                    "error_title": head, "error_message": "请填日期，如 2025-03-05。",
                })  # fmt: skip
            elif key in sources:
                ws.data_validation(*area, {
                    "validate": "list", "source": sources[key], "error_type": "stop",
                    "error_title": head, "error_message": "请从列表里选。",
                })  # fmt: skip


def _epoch() -> Any:
    from datetime import date

    return date(2000, 1, 1)
