"""Where a comparison may be written: its formats, and what of ours it may replace."""

from __future__ import annotations

from pathlib import Path

from ...templates.disk import there
from ...templates.errors import InputError
from ..office.outputs import is_comparison
from .comparison_workbook import is_comparison_workbook

SUFFIXES = (".html", ".htm", ".xlsx")


def may_write(out: Path, *, force: bool = False) -> bool:
    """Whether what stands at ``out`` is to be replaced.

    Raises ``InputError`` for another suffix, and for a file that is not ours without ``force``.
    """
    if out.suffix.lower() not in SUFFIXES:
        raise InputError(
            f"{out} 的扩展名不是 {'、'.join(SUFFIXES)} 之一。请换一个文件名。",
            f"{out}: the suffix is not one of {', '.join(SUFFIXES)}: choose another name.",
        )
    replace = force or is_comparison(out) or is_comparison_workbook(out)
    if out.exists() and not replace:
        raise there(out)
    return replace
