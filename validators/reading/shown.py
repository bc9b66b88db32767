"""What a cell of a sheet around the tables says: a text, a day."""

from __future__ import annotations

from datetime import date, timedelta

from ..ooxml.cells import Cells, Content, Key

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


def year_shown(cells: Cells, at: Key) -> Content:
    """A content as a reader of years takes it: a date that shows its year alone is that year.

    Any other date is told as the day that it shows.
    """
    content = cells.at(*at)
    if content == "" or not cells.is_date(*at) or not isinstance(content, float):
        return content
    day = day_of(content + cells.epoch)
    if day is None:
        return content
    alone = cells.held[at].style in cells.years
    return f"{day.year}年" if alone else f"{day.year}年{day.month}月{day.day}日"
