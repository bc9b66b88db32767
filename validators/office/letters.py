"""``gouji letters``: the reply letters of one workbook's case ledger."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ...templates.disk import many
from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ..publishing.reply_letters import blanks, letters
from ..reading.readers import read_as
from .outputs import put_document


@dataclass(frozen=True)
class LettersWritten:
    """How many files were written, how many kept as they were, which lines were left out."""

    written: int
    kept: int
    left: tuple[int, ...] = ()


def write_letters(
    source: Path,
    folder: Path,
    forms: Forms = ANY,
    *,
    templates: Path | None = None,
    password: str | None = None,
    force: bool = False,
) -> LettersWritten:
    """Writes a letter for every line of the ledger that can have one.

    ``templates`` holds the office's own. A file that is there is kept without ``force``. Raises
    ``InputError`` for a workbook without the ledger, and for a template that cannot be read.
    """
    if templates is not None and not templates.is_dir():
        raise InputError(
            f"没有文书模板的文件夹 {templates}。请先用 --make-templates 生成。",
            f"There is no folder {templates}: make the templates with --make-templates.",
        )
    report = read_as(source, forms, password)
    if not report.ledgers.of("cases"):
        ledger = report.edition.ledgers.get("cases")
        raise InputError(
            f"{source} 没有《{ledger.sheet if ledger else '申请台账'}》，或者台账是空的。"
            "请用 gouji template --ledgers 的模板登记。",
            f"{source} has no case ledger, or it is empty: use gouji template --ledgers.",
        )
    written: set[int] = set()

    def replies() -> Iterator[tuple[str, bytes]]:
        for letter in letters(report, templates):
            written.add(letter.case.row)
            yield letter.name, letter.data

    done = _put(folder, replies(), force)
    left = tuple(c.row for c in report.ledgers.of("cases") if c.row not in written)
    return LettersWritten(done.written, done.kept, left)


def write_blanks(
    source: Path,
    folder: Path,
    forms: Forms = ANY,
    *,
    password: str | None = None,
    force: bool = False,
) -> LettersWritten:
    """Writes the templates for the outcomes of the form of ``source`` into ``folder``.

    A file that is there is kept without ``force``. Raises ``InputError`` for a ``source`` that
    cannot be read; ``password`` opens one that is encrypted.
    """
    report = read_as(source, forms, password)
    return _put(folder, blanks(report.edition).items(), force)


def _put(folder: Path, files: Iterable[tuple[str, bytes]], force: bool) -> LettersWritten:
    count = kept = 0
    with many(folder):
        for name, data in files:
            path = folder / name
            try:
                put_document(path, data, force=force, of_many=True)
                count += 1
            except InputError:
                if force or not os.path.lexists(path):
                    raise
                kept += 1
    return LettersWritten(count, kept)
