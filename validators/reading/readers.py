"""Every format that a report may come in, by the file's suffix: one line a format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ..report import Report
from .workbook import read_workbook

Reader = Callable[[Path, Forms, str | None], Report]


def _published(path: Path, forms: Forms, password: str | None) -> Report:
    """A published document; its reader is loaded only for one."""
    from .published import published

    return published(path, forms, password)


READERS: dict[str, Reader] = {
    ".xlsx": read_workbook,
    ".xlsm": read_workbook,
    ".xls": read_workbook,
    ".xlsb": read_workbook,
    ".et": read_workbook,
    ".ods": read_workbook,
    ".txt": _published,
    ".md": _published,
    ".html": _published,
    ".htm": _published,
    ".mht": _published,
    ".mhtml": _published,
    ".docx": _published,
    ".pdf": _published,
}
"""Suffix → reader of (path, forms, password)."""


def read(
    path: Path | str, *, edition: str = "", rules: Path | None = None, password: str | None = None
) -> Report:
    """The report in the file at ``path``: a workbook, or a published text.

    ``edition`` is the id or the file of the only edition it may be of (else what it says
    itself), ``rules`` a local rule pack; ``password`` opens an encrypted workbook. Raises
    ``InputError`` with one sentence that names the file and the remedy when it cannot be read,
    or no table of the form is in it.
    """
    return read_as(Path(path), Forms(edition, rules), password)


def read_as(path: Path, forms: Forms = ANY, password: str | None = None) -> Report:
    """As ``read``, of one of ``forms``. A file of an unknown suffix is tried as a workbook."""
    return _told(READERS.get(path.suffix.lower(), read_workbook), path, forms, password)


def _told(reader: Reader, path: Path, forms: Forms, password: str | None = None) -> Report:
    """What a reader makes of a file: one that is too much for it is a sentence as any other."""
    try:
        return reader(path, forms, password)
    except (RecursionError, MemoryError) as error:
        raise InputError(
            f"读不了 {path}：内容太大或太深，没有读完。请核对文件来源，只留年报再试。",
            f"{path} cannot be read, its content is too large or too deep: check where it comes "
            "from and keep only the report.",
        ) from error


def read_published(path: Path, forms: Forms = ANY) -> Report:
    """The report published in ``path``; ``InputError`` where its format is not one of those."""
    if READERS.get(path.suffix.lower()) not in (None, read_workbook):
        return _told(READERS[path.suffix.lower()], path, forms)
    known = "、".join(suffix for suffix, reader in READERS.items() if reader is not read_workbook)
    raise InputError(
        f"还不能读取 {path.suffix or '没有扩展名'} 格式的 {path}；可读的是：{known}。"
        "请把全文另存或粘贴成 .txt 再导入。",
        f"{path}: the format {path.suffix or '(none)'} cannot be read yet, only "
        f"{known.replace('、', ', ')}: save or paste the text as .txt.",
    )
