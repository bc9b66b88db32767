"""Reads the ledgers of a workbook: one Case or Document a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from ...templates.a1 import column_name
from ...templates.covers import CASES, DOCUMENTS
from ...templates.edition import Edition
from ...templates.ledger import CASE_HEADS, DOCUMENT_HEADS, applicants, outcomes
from ..report import Case, Document, Ledgers
from .grids import Grids
from .shown import text_of
from .spelling import normal

_LAST = 100_000  # lines read of a ledger
_DATE = re.compile(r"^(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?$")


def read_ledgers(book: Grids, edition: Edition) -> Ledgers:
    """The ledgers on the sheets 申请台账 and 文件台账, found by their heads."""
    cases = documents = None
    if CASES in book.sheets and edition.roles.cases is not None:
        cases = tuple(_cases(book, edition)) or None
    if DOCUMENTS in book.sheets and edition.roles.documents is not None:
        documents = tuple(_documents(book, edition)) or None
    return Ledgers(cases, documents)


def _lines(
    book: Grids, sheet: str, heads: tuple[tuple[str, str, int], ...]
) -> Iterator[tuple[int, dict[str, Any], dict[str, str]]]:
    """Row number, contents and column letters of every line that is not empty."""
    named = {normal(head): key for key, head, _ in heads}
    where: dict[str, int] = {}
    letters: dict[str, str] = {}
    for number, row in book.cells(sheet).rows():
        if where:
            held = {key: row.get(i, "") for key, i in where.items()}
            if number < _LAST and any(v != "" for v in held.values()):
                yield number + 1, held, letters
        elif number < 10:
            heads_here = {
                named[normal(str(v))]: c for c, v in row.items() if normal(str(v)) in named
            }
            if len(heads_here) >= 3:
                where = heads_here
                letters = {key: column_name(i) for key, i in where.items()}


def _dates(
    held: dict[str, Any], keys: tuple[str, ...]
) -> tuple[dict[str, date], list[tuple[str, str, str]]]:
    dates, wrong = {}, []
    for key in keys:
        value = held.get(key, "")
        if value in ("", None):
            continue
        found = _date(value)
        if found is None:
            zh = f"“{str(value)[:20]}”不是日期，请写成 2025-03-05 的样子"
            wrong.append((key, zh, f"{str(value)[:20]!r} is no date"))
        else:
            dates[key] = found
    return dates, wrong


def _date(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and 36526 <= value < 80000
        ):  # from 2000 on
            return date(1899, 12, 30) + timedelta(days=int(value))
        if isinstance(value, str) and (match := _DATE.match(value.strip().replace(" ", ""))):
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    return None


def _cases(book: Grids, edition: Edition) -> Iterator[Case]:
    kinds = {normal(label): key for label, key in applicants(edition).items()}
    ends: dict[str, str] = {}
    for label, key in outcomes(edition).items():
        short, _, title = label.partition(" ")
        for text in (label, short, title):
            ends.setdefault(normal(text), key)
    keys = ("received", "asked", "corrected", "consulted", "heard", "answered")
    for row, held, letters in _lines(book, CASES, CASE_HEADS):
        dates, wrong = _dates(held, keys)
        applicant = kinds.get(normal(text_of(held.get("applicant"))), "")
        if not applicant:
            shown = text_of(held.get("applicant"))
            zh = f"申请人类型“{shown[:20]}”不在六类之中，请从列表里选"
            wrong.append(("applicant", zh, f"{shown[:20]!r} is no applicant"))
        shown = text_of(held.get("outcome"))
        outcome = ends.get(normal(shown), "") if shown else ""
        if shown and not outcome:
            zh = f"办理结果“{shown[:30]}”不是表三的一行，请从列表里选"
            wrong.append(("outcome", zh, f"{shown[:30]!r} is no row of table 3"))
        extended = text_of(held.get("extended"))
        if extended not in ("", "是", "否"):
            wrong.append(("extended", "是否延期只填“是”或“否”", "extended is 是 or 否"))
        yield Case(
            row, text_of(held.get("number")), tuple(wrong), dates, letters, applicant, outcome,
            extended == "是", text_of(held.get("name")), text_of(held.get("subject")),
        )  # fmt: skip


def _documents(book: Grids, edition: Edition) -> Iterator[Document]:
    roles = edition.roles.documents
    kinds = roles.kinds if roles else ()
    named = {normal(name): k.row for k in kinds for name in (k.label, *k.aliases)}
    labels = [f"“{k.label}”" for k in kinds]
    for row, held, letters in _lines(book, DOCUMENTS, DOCUMENT_HEADS):
        dates, wrong = _dates(held, ("issued", "repealed"))
        kind = named.get(normal(text_of(held.get("kind"))), "")
        if not kind:
            zh = f"类别“{text_of(held.get('kind'))[:20]}”应是{'或'.join(labels)}"
            wrong.append(("kind", zh, f"the kind is one of {', '.join(labels)}"))
        yield Document(row, text_of(held.get("number")), tuple(wrong), dates, letters, kind)
