"""The report in a file, whichever format it came in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from ...templates.disk import put
from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ...templates.unforeseen import bounded
from ...templates.words import listed
from ..formats import READERS, InputFormat, documents, format_of
from ..ooxml.limits import Limits
from ..report import Report
from .workbook import read_bytes


def read(
    path: Path | str | BinaryIO,
    *,
    edition: str = "",
    rules: Path | None = None,
    password: str | None = None,
) -> Report:
    """The report in the file at ``path``, a workbook or a published text, or in an open file.

    ``edition`` is the id or the file of the only edition it may be of (else what it says
    itself), ``rules`` a local rule pack; ``password`` opens an encrypted workbook. Raises
    ``InputError`` with one sentence that names the file and the remedy when it cannot be read,
    or no table of the form is in it.
    """
    forms = Forms(edition, rules)
    if isinstance(path, str | Path):
        return read_as(Path(path), forms, password)
    name = str(getattr(path, "name", "workbook.xlsx"))
    return read_sent(path.read(Limits().file_bytes + 1), name, forms, password)


def read_as(path: Path, forms: Forms = ANY, password: str | None = None) -> Report:
    """As ``read``, of one of ``forms``. A file of an unknown suffix is tried as a workbook."""
    return _read(format_of(path) or READERS[0], path, forms, password)


def read_sent(data: bytes, name: str, forms: Forms = ANY, password: str | None = None) -> Report:
    """As ``read_as``, of the bytes of a file called ``name``, a workbook or a published report.

    A published one lies in a folder of its own until it is read.
    """
    known = format_of(Path(name))
    if known is None or known.workbook:
        return read_bytes(data, name, forms=forms, password=password)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"report{Path(name).suffix}"
        put(path, data)
        try:
            return replace(_read(known, path, forms), path=name)
        except InputError as error:
            sentences = (words.replace(str(path), name) for words in (error.zh, error.en))
            raise InputError(*sentences) from error


def _read(known: InputFormat, path: Path, forms: Forms, password: str | None = None) -> Report:
    """What the reader of a format makes of a file: too much for it is a sentence as any other."""
    with bounded(str(path)):
        try:
            return known.read(path, forms, password)
        except (RecursionError, MemoryError) as error:
            raise InputError(
                f"读不了 {path}：内容太大或太深，没有读完。请核对文件来源，只留年报再试。",
                f"{path} cannot be read, its content is too large or too deep: check where it "
                "comes from and keep only the report.",
            ) from error


def read_published(path: Path, forms: Forms = ANY) -> Report:
    """The report published in ``path``; ``InputError`` where its format is not one of those."""
    known = format_of(path)
    if known is not None and not known.workbook:
        return _read(known, path, forms)
    readable = listed(documents())
    raise InputError(
        f"还不能读取 {path.suffix or '没有扩展名'} 格式的 {path}；可读的是：{readable.zh}。"
        "请把全文另存或粘贴成 .txt 再导入。",
        f"{path}: the format {path.suffix or '(none)'} cannot be read yet, only "
        f"{readable.en}: save or paste the text as .txt.",
    )
