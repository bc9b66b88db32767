"""The optional ledgers of a template: a sheet of one line per application, document, account.

What they are stands in the edition and its rule packs (``[ledgers.KEY]``: ``ledger_notation``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from .a1 import column_name
from .edition import Edition
from .errors import InputError
from .ledger_parts import FLAGS, Ledger
from .styles import Styles
from .words import OPTIONS

if TYPE_CHECKING:
    import xlsxwriter

LINES = 2000  # lines that are prepared; more may be written below
_LONGEST = 255  # characters of a cell's own list, commas included


def choices(edition: Edition, ledger: str, column: str) -> Mapping[str, str]:
    """What may stand in a column of a ledger → what it stands for; none without the ledger."""
    named = edition.ledgers.get(ledger)
    if named is None or column not in named.column:
        return {}
    return {c.label: c.value for c in named.column[column].choices}


def applicants(edition: Edition) -> Mapping[str, str]:
    """The kinds of applicant as the form prints them → the column's key."""
    return choices(edition, "cases", "applicant")


def outcomes(edition: Edition) -> Mapping[str, str]:
    """What may stand under 办理结果 → the row's key: every outcome that the edition counts."""
    return choices(edition, "cases", "outcome")


def write_ledgers(book: xlsxwriter.Workbook, styles: Styles, edition: Edition) -> None:
    """The ledgers of the edition, empty, with lists to choose from and real dates.

    Raises ``InputError`` for an edition that has none.
    """
    if not edition.ledgers:
        raise InputError(
            f"{edition.title}（{edition.id}）没有台账；请去掉 --ledgers。",
            f"the edition {edition.id} has no ledgers: leave out --ledgers",
        )
    lists = _lists(book, edition)
    for ledger in edition.ledgers.values():
        _write(book, styles, ledger, lists)


def _lists(book: xlsxwriter.Workbook, edition: Edition) -> dict[tuple[str, str], Any]:
    """(ledger, column) → the source of its list; the long ones stand on a hidden sheet."""
    found: dict[tuple[str, str], Any] = {}
    long: list[tuple[tuple[str, str], list[str]]] = []
    for ledger in edition.ledgers.values():
        for column in ledger.columns:
            labels = [*FLAGS] if column.kind == "flag" else [c.label for c in column.choices]
            at = (ledger.key, column.key)
            if len(",".join(labels)) > _LONGEST or any("," in label for label in labels):
                long.append((at, labels))
            elif labels:
                found[at] = labels
    if long:
        hidden = book.add_worksheet(OPTIONS)
        hidden.hide()
        for number, (at, labels) in enumerate(long):
            letter = column_name(number)
            for row, text in enumerate(labels):
                hidden.write_string(row, number, text)
            found[at] = f"={OPTIONS}!${letter}$1:${letter}${len(labels)}"
    return found


# What may be typed into a column of a kind; a list's source is its own.
_RULES: Mapping[str, Mapping[str, Any]] = {
    "date": {"validate": "date", "criteria": ">", "value": date(2000, 1, 1), "ignore_blank": True},
    "number": {"validate": "decimal", "criteria": ">=", "value": 0, "ignore_blank": True},
    "list": {"validate": "list", "error_type": "stop"},
}
_ASKED = {
    "date": "请填日期，如 2025-03-05。",
    "number": "请填数字，不带单位。",
    "list": "请从列表里选。",
}


def _write(
    book: xlsxwriter.Workbook, styles: Styles, ledger: Ledger, lists: Mapping[tuple[str, str], Any]
) -> None:
    ws = book.add_worksheet(ledger.sheet)
    ws.freeze_panes(1, 0)
    ws.set_paper(9)
    ws.set_landscape()
    ws.fit_to_pages(1, 0)
    ws.repeat_rows(0)
    looks = {"date": book.add_format({"num_format": "yyyy-mm-dd", "border": 1})}
    plain = book.add_format({"border": 1})
    for number, column in enumerate(ledger.columns):
        ws.set_column(number, number, column.width, looks.get(column.kind, plain))
        ws.write_string(0, number, column.label, styles.head)
        source = lists.get((ledger.key, column.key))
        kind = column.kind if source is None else "list"
        if kind in _RULES:
            error = {"error_title": column.label[:32], "error_message": _ASKED[kind]}
            of_list = {"source": source} if source is not None else {}
            ws.data_validation(1, number, LINES, number, {**_RULES[kind], **of_list, **error})
