"""What a cell of a sheet around the tables says: a text, a day."""

from __future__ import annotations

from datetime import date, timedelta

_EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet
_DAYS = range(36526, 73051)  # years 2000 to 2099


def text_of(content: object) -> str:
    """The content as a text, a whole number without its decimals, nothing for None."""
    if isinstance(content, float) and content.is_integer():
        content = int(content)
    return str(content).strip() if content is not None else ""


def day_of(content: object) -> date | None:
    """The day that a spreadsheet keeps as a number; None for what is none of this century."""
    if isinstance(content, float) and int(content) in _DAYS:
        return _EPOCH + timedelta(days=int(content))
    return None
