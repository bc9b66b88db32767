"""The workbook in Excel whose button was clicked, reached with as few imports as it takes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, cast

from ..templates.errors import InputError

if TYPE_CHECKING:
    import xlwings

# What xlwings loads where it is installed.
_UNUSED = ("matplotlib", "pandas", "plotly", "polars")


def caller(handed: bool = False) -> xlwings.Book:
    """The calling book. ``handed``: its name and Excel's window stand in the environment.

    The add-in does that for names that a shell might take for a command. Raises ``InputError``
    when that Excel has no such book any more.
    """
    excel = _xlwings()
    if not handed:
        return cast("xlwings.Book", excel.Book.caller())
    name, window = os.environ.get("GOUJI_BOOK", ""), os.environ.get("GOUJI_WINDOW", "")
    for app in excel.apps:
        if str(app.hwnd) == window and name in (book.name for book in app.books):
            return cast("xlwings.Book", app.books[name])
    raise InputError(
        f"没有找到打开着的 {name}。请在 Excel 里重新打开它，再试。",
        f"{name} is not open any more: open it in Excel again",
    )


def serve(name: str) -> None:
    """Stays, until Excel ends, as xlwings' COM server of the class ``name`` (Windows).

    Every click comes here then, and finds imported what the first one needed.
    """
    _xlwings().serve(name)


def _xlwings() -> Any:
    """The module without what it takes along and no button needs, which costs a second a click."""
    modules = cast("dict[str, Any]", sys.modules)
    absent = [name for name in _UNUSED if name not in modules]
    modules.update(dict.fromkeys(absent))  # None: its import fails, as if it were not installed
    try:
        import xlwings
    finally:
        for name in absent:
            del modules[name]
    return xlwings
