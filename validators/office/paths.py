"""From what a user names to the workbooks meant: files, folders, globs."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Sequence
from pathlib import Path

from ...templates.errors import InputError

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods")


def expand(patterns: Iterable[str]) -> list[Path]:
    """The workbooks that files, folders and globs stand for, sorted within each.

    Folders are searched to the bottom. Lock files (``~$…``) and hidden files are left out. A
    pattern that stands for nothing is kept as a path, so that reading it says that it is
    missing; a folder or glob without any workbook raises ``InputError``.
    """
    found: dict[Path, None] = {}
    for pattern in patterns:
        path = Path(pattern)
        if path.is_dir():
            inside = files_in(path)
            if not inside:
                raise InputError(
                    f"文件夹 {pattern} 里没有工作簿（{'、'.join(SUFFIXES)}）。",
                    f"The folder {pattern} holds no workbook ({', '.join(SUFFIXES)}).",
                )
            found.update(dict.fromkeys(inside))
        elif not path.exists() and glob.has_magic(pattern):
            matches = list(map(Path, sorted(glob.glob(pattern, recursive=True))))  # noqa: PTH207
            matches = [p for p in matches if is_workbook(p)]
            if not matches:
                raise InputError(
                    f"没有与 {pattern} 相符的工作簿。", f"No workbook matches {pattern}."
                )
            found.update(dict.fromkeys(matches))
        else:
            found[path] = None
    return list(found)


def files_in(folder: Path, suffixes: Sequence[str] = SUFFIXES) -> list[Path]:
    """Every file under ``folder`` with one of ``suffixes``, in order: the one walk of a folder."""
    return [p for p in sorted(folder.rglob("*")) if is_workbook(p, suffixes)]


def is_workbook(path: Path, suffixes: Sequence[str] = SUFFIXES) -> bool:
    """Whether ``path`` is a file with one of ``suffixes``, neither hidden nor a lock file."""
    hidden = path.name.startswith(("~$", ".")) or path.suffix.lower() not in suffixes
    return not hidden and path.is_file()


def must_be_xlsx(output: Path) -> None:
    """Raises ``InputError`` for an output that does not end in .xlsx."""
    if output.suffix.lower() != ".xlsx":
        raise InputError(
            f"{output} 不是 .xlsx；请把输出文件名改为以 .xlsx 结尾。",
            f"{output} is not an .xlsx: give the output a name that ends in .xlsx.",
        )
