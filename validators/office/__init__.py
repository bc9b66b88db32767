"""What is done with one unit's files: check, flag, fix, fill, import, last year.

Checking loads pandas, so every name is imported when it is asked for. Nothing of ``city``, ``cli``
or the add-in may be imported here.
"""

from typing import TYPE_CHECKING

from ..lazy import face

if TYPE_CHECKING:
    from .check import check as check_files
    from .check import check_book, check_book_plainly, check_bytes, check_plainly
    from .fill import fill as fill_file
    from .fill import zeros_bytes, zeros_of
    from .fix import fix_bytes, fix_plainly
    from .flag import Flagged, flag_bytes
    from .flag import flag as flag_file
    from .import_ import import_report
    from .last_year import Beside
    from .paths import expand

__all__ = [
    "Beside",
    "Flagged",
    "check_book",
    "check_book_plainly",
    "check_bytes",
    "check_files",
    "check_plainly",
    "expand",
    "fill_file",
    "fix_bytes",
    "fix_plainly",
    "flag_bytes",
    "flag_file",
    "import_report",
    "zeros_bytes",
    "zeros_of",
]

_OF_CHECK = ("check_book", "check_book_plainly", "check_bytes", "check_plainly")
__getattr__ = face(
    __name__,
    {"check_files": "check:check", "fill_file": "fill:fill", "flag_file": "flag:flag"}
    | {"Beside": "last_year", "expand": "paths", "import_report": "import_"}
    | dict.fromkeys(_OF_CHECK, "check")
    | dict.fromkeys(("Flagged", "flag_bytes"), "flag")
    | dict.fromkeys(("fix_bytes", "fix_plainly"), "fix")
    | dict.fromkeys(("zeros_bytes", "zeros_of"), "fill"),
)
