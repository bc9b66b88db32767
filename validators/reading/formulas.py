"""Looks at single cells in a sheet's XML: is there a formula, an error value, nothing?

The values come from python-calamine, which shows a formula without a stored value, an error
value and a blank all alike as nothing; only then, and for the template's totals, is the XML
looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape


@dataclass(frozen=True, slots=True)
class CellXml:
    """``formula`` is its text (None where there is none), ``error`` such as ``#REF!`` or ``""``."""

    formula: str | None
    error: str


_NOTHING = CellXml(None, "")
_FORMULA = re.compile(rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>([^<]*)</)")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)</")
_ERROR = re.compile(rb"""\st=["']e["']""")


_PLAIN_FORMULA = re.compile(rb"""<c r="([A-Z]+\d+)"[^>]*><f[ >/]""")


def formula_cells(sheet_xml: bytes) -> set[str]:
    """Addresses of cells that surely hold a formula; of another spelling of XML ``look`` tells."""
    return {cell.decode() for cell in _PLAIN_FORMULA.findall(sheet_xml)}


def look(sheet_xml: bytes, cells: Iterable[str]) -> dict[str, CellXml]:
    """What stands at each address (A1 notation) of ``cells``."""
    return {cell: _look(sheet_xml, cell) for cell in cells}


def _look(xml: bytes, cell: str) -> CellXml:
    at = xml.find(b' r="%s"' % cell.encode())
    if at < 0:
        at = xml.find(b" r='%s'" % cell.encode())
        if at < 0:
            return _NOTHING
    open_end = xml.find(b">", at)
    if open_end < 0 or xml[open_end - 1 : open_end] == b"/":
        return _NOTHING
    start = xml.rfind(b"<", 0, at)
    name = re.match(rb"<((?:\w+:)?c)\b", xml[start : start + 40])
    if not name:
        return _NOTHING
    end = xml.find(b"</" + name[1] + b">", open_end)
    head, body = xml[start:open_end], xml[open_end + 1 : end]
    formula = _FORMULA.search(body)
    value = _VALUE.search(body)
    error = unescape(value[1].decode("utf-8", "replace")) if value and _ERROR.search(head) else ""
    text = unescape((formula[1] or b"").decode("utf-8", "replace")) if formula else None
    return CellXml(text, error)
