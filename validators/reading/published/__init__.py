"""Published reports: from what an office put on the web back to the numbers of the form.

A reader of a format turns a file into ``Token``s (``tokens.py``); ``stream.py`` finds the tables
in them by the form's labels, whatever the format was. A new format only adds a reader.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ....templates.errors import InputError
from ...report import Report
from .stream import report_of
from .tokens import Line, text_lines

READERS: dict[str, Callable[[Path], Sequence[Line]]] = {".txt": text_lines, ".md": text_lines}


def read(path: Path) -> Report:
    """The report published in ``path`` (.txt or .md).

    Numbers are taken as published, totals too. A field whose row or count of numbers could not
    be told for certain is ABSENT and a remark says so. Raises ``InputError`` when the file
    cannot be read, its format is not known, or no table of the form is in it.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = "、".join(READERS)
        raise InputError(
            f"还不能读取 {path.suffix or '没有扩展名'} 格式的 {path}；可读的是：{known}。"
            "请把全文另存或粘贴成 .txt 再导入。",
            f"{path}: the format {path.suffix or '(none)'} cannot be read yet, only "
            f"{', '.join(READERS)}: save or paste the text as .txt.",
        )
    return report_of(reader(path), path)


__all__ = ["READERS", "Line", "read"]
