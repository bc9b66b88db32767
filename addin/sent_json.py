"""JSON that somebody sent, looked at before it is parsed: a MB of ``[],`` is thirty of lists."""

from __future__ import annotations

import json
from typing import Any

from ..templates.errors import InputError

_BYTES = 48 << 20  # of an open book with its ledgers
_LISTS = 1_500_000  # lists and tables: two of each row
_VALUES = 5_000_000


def parsed(data: bytes) -> Any:
    """What was sent, None where it is no JSON; ``InputError`` for more than a book ever holds."""
    lists = data.count(b"[") + data.count(b"{")
    if len(data) > _BYTES or lists > _LISTS or data.count(b",") > _VALUES:
        raise InputError(
            "发来的工作簿太大，没有核对。请删去无关的工作表和表下面多余的行，再试。",
            "The workbook that was sent is too large and was not checked: delete unrelated sheets "
            "and the rows below the tables.",
        )
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
