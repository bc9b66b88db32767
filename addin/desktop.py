"""Workbooks dropped on the desktop's icon: judged, marked, opened. No add-in is needed.

``python -m gouji.addin.desktop FILE…`` is ``gouji flag`` followed by opening each workbook in the
application that the desk has for it. What cannot be read is told on a page in the browser.
"""

from __future__ import annotations

import html
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from ..templates.errors import InputError
from ..validators.office import check_files, expand, flag_file


def show(path: Path) -> None:
    """Opens ``path`` with the application that the desk has for it."""
    if sys.platform == "win32":
        os.startfile(path)
    else:
        program = "open" if sys.platform == "darwin" else "xdg-open"
        subprocess.run([program, str(path)], check=False)


def drop(names: Sequence[str], opener: Callable[[Path], None] = show) -> int:
    """Marks and opens the workbooks; 0, or 2 when one of them could not be read."""
    lines = []
    try:
        paths = expand(names) if names else []
    except InputError as error:
        paths, lines = [], [error.zh]
    if not names:
        lines = ["请把工作簿拖到这个图标上。"]
    for result in check_files(paths):
        outcome = flag_file(result)
        if outcome.error is not None:
            lines.append(outcome.error.zh)
        else:
            opener(Path(result.path))
    if lines:
        opener(_page(lines))
    return 2 if lines else 0


def _page(sentences: Sequence[str]) -> Path:
    body = "".join(f"<p>{html.escape(s)}</p>" for s in sentences)
    text = f'<!DOCTYPE html><meta charset="utf-8"><title>年报校验</title><h1>年报校验</h1>{body}'
    with tempfile.NamedTemporaryFile(
        "w", suffix=".html", prefix="gouji-", delete=False, encoding="utf-8"
    ) as file:
        file.write(text)
    return Path(file.name)


if __name__ == "__main__":
    sys.exit(drop(sys.argv[1:]))
