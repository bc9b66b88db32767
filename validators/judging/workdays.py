"""China's working days, the adjusted weekends among them (chinesecalendar)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache


class UnknownYearError(Exception):
    """The calendar does not know the year yet: its holidays are decreed each autumn."""

    def __init__(self, year: int) -> None:
        super().__init__(str(year))
        self.year = year


@lru_cache(maxsize=4096)
def is_workday(day: date) -> bool:
    """Whether offices work on ``day``; ``UnknownYearError`` for a year without a decree."""
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError as error:
        raise UnknownYearError(day.year) from error


@lru_cache(maxsize=4096)
def after(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``, which itself does not count."""
    while count:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


def between(first: date, last: date) -> int:
    """Working days after ``first`` up to and with ``last``."""
    count = 0
    while first < last:
        first += timedelta(days=1)
        count += is_workday(first)
    return count
