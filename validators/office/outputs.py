"""Where a result may be written: nothing that this product did not make is ever overwritten."""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
from collections.abc import Callable, Collection
from pathlib import Path

from ...templates.disk import make_folder, put, reason, sweep, there
from ...templates.errors import InputError
from ...templates.outside import read_outside
from ...templates.words import INVISIBLE, listed
from ..formats import FORMATS
from ..ooxml.limits import Limits

_ACTING = re.compile(rf"[\t-\r\u2028\u2029]|{INVISIBLE.pattern}")  # in a file's name
_HEAD, _TAIL = 1 << 16, 1 << 12
COMPARISON = '<meta name="generator" content="gouji compare">'
_MAX_LIST = 1 << 20  # bytes of a workbook's list of sheets


def must_be_xlsx(output: Path) -> None:
    """Raises ``InputError`` for an output that does not end in .xlsx."""
    if output.suffix.lower() != ".xlsx":
        raise InputError(
            f"{output} 不是 .xlsx；文件名要以 .xlsx 结尾。",
            f"{output} is not an .xlsx: its name must end in .xlsx.",
        )


def suffix_of(out: Path, known: Collection[str]) -> str:
    """The suffix of ``out``, in small letters; ``InputError`` for none of ``known``."""
    suffix = out.suffix.lower()
    if suffix not in known:
        names = listed(known)
        raise InputError(
            f"{out} 的扩展名不是 {names.zh} 之一。请换一个文件名。",
            f"{out}: the suffix is not one of {names.en}: choose another name.",
        )
    return suffix


def put_document(path: Path, data: bytes, *, force: bool = False, of_many: bool = False) -> None:
    """Writes a workbook or document that a user may fill in later; ``of_many`` as for ``put``.

    A file that is there already is kept (``InputError``), unless it holds exactly this.
    """
    if not force and os.path.lexists(path):
        if not of_many:  # a run that was killed may have left a second name of this very file
            sweep(path.parent)
        if not _holds(path, data):
            raise there(path)
        return
    put(path, data, new=not force, of_many=of_many)


def put_result(
    path: Path, data: bytes, own: Callable[[Path], bool], *, force: bool = False
) -> None:
    """Writes a result, in the place of an earlier one (``own`` says whether a file is one).

    What is no regular file (``/dev/stdout``, a pipe) is written to as it is.
    """
    kind = _kind(path)
    if kind is not None and not stat.S_ISREG(kind) and not stat.S_ISLNK(kind):
        _write_through(path, data)
        return
    if kind is not None and not force and not own(path):
        raise there(path)
    put(path, data)


def may_write_result(path: Path, own: Callable[[Path], bool], *, force: bool = False) -> None:
    """Raises at once for a place that ``put_result`` would refuse after the work was done."""
    kind = _kind(path)
    if kind is not None and stat.S_ISREG(kind) and not force and not own(path):
        raise there(path)


def is_result(path: Path) -> bool:
    """Whether a file is what ``gouji check -o`` wrote, or empty."""
    ends = _ends(path)
    return ends is not None and (not ends[0] or _is_check(ends))


def is_comparison(path: Path) -> bool:
    """Whether a file is a page that ``gouji compare`` wrote."""
    ends = _ends(path)
    return ends is not None and COMPARISON in ends[0]


def is_ours(path: Path) -> bool:
    """Whether a file is a result of this product, and no report to be read."""
    ends = _ends(path)
    return ends is not None and (COMPARISON in ends[0] or _is_check(ends))


def _is_check(ends: tuple[str, str]) -> bool:
    return any(form.wrote(*ends) for form in FORMATS.values())


def _ends(path: Path) -> tuple[str, str] | None:
    """The first and the last characters of a regular file; None where there is none."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            head = file.read(_HEAD).decode("utf-8", "replace")
            file.seek(max(0, path.stat().st_size - _TAIL))
            return head, file.read(_TAIL).decode("utf-8", "replace")
    except OSError:
        return None


def is_workbook_with(sheets: tuple[str, ...]) -> Callable[[Path], bool]:
    """A function that says whether a file is a workbook with all of ``sheets``."""

    def has(path: Path) -> bool:
        if not path.is_file():
            return False
        try:
            with zipfile.ZipFile(path) as package, package.open("xl/workbook.xml") as part:
                listed = part.read(_MAX_LIST).decode("utf-8", "replace")
        except (OSError, zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError):
            return False
        return all(f'name="{name}"' in listed for name in sheets)

    return has


class Copies:
    """Copies in one folder: two of one name get two names, and none of another hand is lost."""

    def __init__(self, folder: Path, *, force: bool = False) -> None:
        self.folder: Path = folder
        self.force: bool = force
        self._taken: dict[str, Path] = {}

    def place(self, source: Path) -> tuple[Path, bool]:
        """Where the copy of ``source`` goes, and whether nothing may stand there yet.

        Raises ``InputError`` where a file stands that is not an untouched copy of ours, and
        where the copy would be the file itself.
        """
        make_folder(self.folder)
        sweep(self.folder)
        target = self._free(source)
        if not os.path.lexists(target):
            return target, not self.force
        if source.exists() and target.exists() and target.samefile(source):
            raise InputError(
                f"{target} 就是原文件。请把副本写到另一个文件夹。",
                f"{target} is the file itself: put the copies in another folder.",
            )
        if not self.force and not _untouched(source, target):
            raise there(target)
        return target, False

    def _free(self, source: Path) -> Path:
        """A name that no other file of this run has: ``年报.xlsx``, then ``年报（2）.xlsx``."""
        number = 1
        while True:
            more = f"（{number}）" if number > 1 else ""
            name = _ACTING.sub("_", f"{source.stem}{more}{source.suffix}")
            if self._taken.setdefault(name.casefold(), source) == source:
                return self.folder / name
            number += 1


def _untouched(source: Path, target: Path) -> bool:
    """Whether ``target`` is ``source`` itself, or a copy that nobody saved since it was marked."""
    from .. import mark

    try:
        data = read_outside(target, Limits().file_bytes)
        return _holds(source, data) or mark.is_as_marked(data, str(target))
    except (OSError, InputError):
        return False


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and read_outside(path, len(data)) == data
    except (OSError, InputError):
        return False


def _kind(path: Path) -> int | None:
    try:
        return path.lstat().st_mode
    except OSError:
        return None


def _write_through(path: Path, data: bytes) -> None:
    """Writes to a pipe that somebody reads, or a device; nobody is waited for."""
    at_once = getattr(os, "O_NONBLOCK", 0)

    def opened(name: str, _flags: int) -> int:
        handle = os.open(name, os.O_WRONLY | at_once)
        if at_once:
            os.set_blocking(handle, True)
        return handle

    try:
        with io.BufferedWriter(io.FileIO(path, "w", opener=opened)) as file:
            file.write(data)
    except OSError as error:
        raise InputError(
            f"写不了文件 {path}（{reason(error).zh}），请换一个位置。",
            f"{path} cannot be written ({reason(error).en}): choose another place.",
        ) from error
