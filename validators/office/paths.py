"""From what a user names to the workbooks meant: files, folders, globs; and what was left out."""

from __future__ import annotations

import errno
import glob
import os
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...templates.disk import PREFIX as OWN
from ...templates.disk import reason, sweep
from ...templates.errors import InputError
from ...templates.words import NOTHING, Words, listed
from ..finding import Skipped
from ..formats import documents, workbooks
from .outputs import is_ours

MEMORY = ".gouji-memory.jsonl"  # how the memory of a collection ends

# Why a file of a suffix is not read.
_OTHERS = {
    (".zip", ".rar", ".7z", ".gz", ".tar", ".tgz"): Words(
        "是压缩包，没有解开；请解压后再核对", "an archive: unpack it first"
    ),
    (".doc", ".wps", ".rtf", ".ofd", ".odt"): Words(
        "是文档，不是工作簿；请该单位报工作簿", "a document: ask for the workbook"
    ),
    (".csv",): Words("是文本表格，请另存为 .xlsx", "a text table: save it as .xlsx"),
    (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".heic"): Words(
        "是图片，不是工作簿；请该单位报工作簿", "a picture: ask for the workbook"
    ),
}
# What is so another time too; any other error is one of the moment, or of the disk.
_STAYING = (errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP)


@dataclass(frozen=True)
class FoundFiles:
    """What the named places hold: the files to read, and every other one with the reason.

    ``published`` are those of folders that hold published reports and no workbook.
    """

    files: tuple[Path, ...]
    skipped: tuple[Skipped, ...] = ()
    published: tuple[Path, ...] = ()


def expand(patterns: Iterable[str]) -> list[Path]:
    """The workbooks of ``gather``, without what was left out."""
    return list(gather(patterns).files)


def gather(
    patterns: Iterable[str], published: bool | None = False, out: Path | None = None
) -> FoundFiles:
    """The workbooks that files, folders and globs stand for, sorted within each.

    Folders are searched to the bottom; whatever in them is no workbook, and whatever is hidden
    or a lock file (``~$…``), is told in ``FoundFiles.skipped``. A file that is named itself is kept
    whatever it is, so that reading it says what is wrong with it; a folder or glob without any
    workbook raises ``InputError``. ``published`` reports are taken too when it is true, and those
    of a folder without a workbook when it is None; never results of ours, nor ``out``.
    """
    found: dict[Path, None] = {}
    skipped: dict[str, Skipped] = {}
    instead: dict[Path, None] = {}
    suffixes = (*workbooks(), *documents()) if published else workbooks()
    own = out.absolute() if out is not None else None

    def leave(path: Path) -> bool:
        return path.absolute() == own or (not is_book(path) and is_ours(path))

    def is_book(path: Path) -> bool:
        return path.suffix.lower() in workbooks()

    for pattern in patterns:
        path = Path(pattern)
        if os.path.isdir(path):  # noqa: PTH112  # a name that is too long is none
            inside = walk(path, suffixes, leave if published else None)
            if not inside.files and published is None:
                inside = walk(path, documents(), leave)
                instead.update(dict.fromkeys(inside.files))
            left = {s.path: s for s in inside.skipped}
            if not inside.files:
                raise _nothing(pattern, published, left)
            found.update(dict.fromkeys(inside.files))
            skipped |= left
        elif not os.path.lexists(path) and glob.has_magic(pattern):
            every = list(map(Path, sorted(glob.glob(pattern, recursive=True))))  # noqa: PTH207
            taken = suffixes if published is False else (*workbooks(), *documents())
            matches = [p for p in every if is_workbook(p, taken) and p.absolute() != own]
            if not matches:
                raise InputError(
                    f"没有与 {pattern} 相符的工作簿。", f"No workbook matches {pattern}."
                )
            found.update(dict.fromkeys(matches))
            others = (p for p in every if p not in found and not p.is_dir())
            skipped |= {str(p): _skipped(p) for p in others}
        else:
            sweep(path.parent)
            found[path] = None
    kept = tuple(s for s in skipped.values() if Path(s.path) not in found)
    return FoundFiles(tuple(found), kept, tuple(instead))


def _nothing(folder: str, published: bool | None, left: dict[str, Skipped]) -> InputError:
    known, more, also = listed(workbooks()), Words(), ""
    if published is not False:
        papers = listed(documents())
        more = Words(
            f"，也没有已公布的年报（{papers.zh}）", f" and no published report ({papers.en})"
        )
    if left:
        names = "、".join(Path(p).name for p in list(left)[:3])
        also = f"，只有{len(left)}个别的文件（{names}{'等' if len(left) > 3 else ''}）"
    return InputError(
        f"文件夹 {folder} 里没有工作簿（{known.zh}）{more.zh}{also}。",
        f"The folder {folder} holds no workbook ({known.en}){more.en}.",
    )


def walk(
    folder: Path, suffixes: Sequence[str] = (), leave: Callable[[Path], bool] | None = None
) -> FoundFiles:
    """Every file under ``folder`` with one of ``suffixes`` (of workbooks where none is given).

    In order: this is the one walk of a folder.
    Links are told and never followed, to files or to folders. Files of this product's own and
    those that ``leave`` says to leave are neither read nor told.
    """
    files: list[Path] = []
    skipped: list[Skipped] = []

    def is_own(name: str) -> bool:
        return name.startswith(OWN) or (name.startswith(".") and MEMORY in name)

    def refused(error: OSError) -> None:
        if error.errno not in _STAYING:
            raise error
        why = Words(f"打不开这个文件夹（{reason(error).zh}）", "the folder cannot be opened")
        skipped.append(Skipped(str(error.filename), why))

    for top, folders, names in os.walk(folder, onerror=refused):
        if any(name.startswith(OWN) for name in names):
            sweep(Path(top))
        for name in folders:
            if stat.S_ISLNK(_mode(Path(top) / name)):
                link = Words("是指向别处的链接，没有进去", "a link to elsewhere, not followed")
                skipped.append(Skipped(str(Path(top) / name), link))
        for path in (Path(top) / name for name in names):
            if is_workbook(path, suffixes):
                if leave is None or not leave(path):
                    files.append(path)
            elif not is_own(path.name) and not (leave and leave(path)):
                skipped.append(_skipped(path, suffixes))
    return FoundFiles(tuple(sorted(files)), tuple(sorted(skipped, key=lambda s: s.path)))


def _skipped(path: Path, suffixes: Sequence[str] = ()) -> Skipped:
    return Skipped(str(path), _unusual(path) or _of_suffix(path.suffix.lower(), suffixes))


def _unusual(path: Path) -> Words:
    """Why a file is not read whatever its suffix; nothing for an ordinary one."""
    mode = _mode(path)
    if stat.S_ISLNK(mode):
        if not os.path.exists(path):  # noqa: PTH110 - False for links in a circle
            return Words("是失效的链接", "a link that leads nowhere")
        return Words("是指向别处的链接，没有读", "a link to elsewhere, not followed")
    if not mode:
        return Words("路径太长或打不开，没有读", "its path is too long, or it cannot be looked at")
    if path.name.startswith(("~$", ".~lock.")):
        return Words("是打开文件时的锁定文件，不是工作簿", "the lock file of an open workbook")
    if path.name.startswith("."):
        return Words("是隐藏文件", "a hidden file")
    return NOTHING if stat.S_ISREG(mode) else Words("不是普通文件", "not a regular file")


def _of_suffix(suffix: str, suffixes: Sequence[str]) -> Words:
    if suffix in documents():
        return Words(
            "是文档，不是工作簿；要核对已公布的年报，请单独写出这个文件名，或用 check --published",
            "a document: name the file itself to check a published report, or check --published",
        )
    known = listed(suffixes or workbooks())
    other = Words(f"不是工作簿（能读的是 {known.zh}）", f"no workbook ({known.en})")
    return next((words for ends, words in _OTHERS.items() if suffix in ends), other)


def files_in(folder: Path, suffixes: Sequence[str] = ()) -> list[Path]:
    """Every file under ``folder`` with one of ``suffixes``, in order."""
    return list(walk(folder, suffixes).files)


def is_workbook(path: Path, suffixes: Sequence[str] = ()) -> bool:
    """Whether ``path`` is a file with one of ``suffixes``; no hidden or lock file, no link."""
    known = path.suffix.lower() in (suffixes or workbooks())
    return known and not path.name.startswith(("~$", ".")) and stat.S_ISREG(_mode(path))


def _mode(path: Path) -> int:
    """What a path is, not followed; 0 for one that cannot be looked at at all."""
    try:
        return path.lstat().st_mode
    except ValueError:
        return 0
    except OSError as error:  # what is wrong at the moment, reading says
        return 0 if error.errno in _STAYING else stat.S_IFREG
