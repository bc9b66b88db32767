"""Writing so that a file is always the old one or the new one, whole, and nobody else's.

The one place that puts a file on a disk. A temporary file has a name nobody can foresee, is made
exclusively and held locked while it is written, so that the next run can tell what a killed one
left behind. No link is followed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from .errors import InputError
from .words import Words

PREFIX = ".~gouji-"  # how the files begin that lie beside a workbook for a moment
_STALE = 3600.0  # seconds after which a file that cannot be locked is left over all the same
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def put(
    path: Path,
    data: bytes | Iterable[bytes],
    *,
    expected: str | None = None,
    new: bool = False,
    mode: int | None = None,
    of_many: bool = False,
) -> None:
    """Puts ``data`` at ``path`` at once: temporary file beside it, fsync, rename.

    Pieces are written one by one, so that they need not fit into memory. The folder is made where
    it is missing. A file that is replaced keeps its owner, group, mode and extended attributes.
    ``expected`` is the digest (``digest_of``) of what must still stand there; with ``new`` nothing
    may; ``mode`` are its permissions (``0o600``); ``of_many``: it is written within ``many``.
    Raises ``InputError`` when the file is a link, has further names, is read-only, has changed or
    cannot be written; it is then as it was.
    """
    try:
        if not of_many:
            path.parent.mkdir(parents=True, exist_ok=True)
            sweep(path.parent)
        model = _model(path)
        if new and model is not None:
            raise there(path)
        with _temporary(path.parent, private=model is not None or mode is not None) as (
            handle,
            partial,
        ):
            for piece in (data,) if isinstance(data, bytes) else data:
                _write(handle, piece)
            if model is not None:
                _keep(handle, path, model)
            if mode is not None and hasattr(os, "fchmod"):
                os.fchmod(handle, mode)
            os.fsync(handle)
            if expected is not None and digest_of(path.read_bytes()) != expected:
                raise changed(path)
            if os.name == "nt":  # pragma: no cover
                os.close(handle)  # an open file cannot be renamed there
            _rename(partial, path, new=new)
        if not of_many:
            _sync(path.parent)
    except (OSError, ValueError) as error:  # ValueError: a name that cannot be one
        raise unwritable(path, error) from error


@contextlib.contextmanager
def many(folder: Path) -> Iterator[None]:
    """A folder in which many files are put: made, swept before and synced after all of them."""
    make_folder(folder)
    sweep(folder)
    try:
        yield
    finally:
        _sync(folder)


def mode_of(path: Path) -> int:
    """The permissions of a file, for a copy of it that its owner can write to."""
    return stat.S_IMODE(path.stat().st_mode) | stat.S_IWUSR


def mode_for(copy: Path, source: Path) -> int | None:
    """The permissions for a copy of ``source``; None for one that keeps those it has."""
    return None if copy.exists() else mode_of(source)


def digest_of(data: bytes) -> str:
    """The SHA-256 of ``data`` in hexadecimal: files of one digest hold the same bytes."""
    return sha256(data).hexdigest()


def make_folder(path: Path) -> None:
    """Makes a folder and those above it; ``InputError`` when it cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        why = reason(error)
        raise InputError(
            f"建不了文件夹 {path}（{why.zh}），请换一个位置。",
            f"The folder {path} cannot be made ({why.en}): choose another place.",
        ) from error


def sweep(folder: Path) -> None:
    """Removes what killed runs left in ``folder``; what another run holds stays."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        left = [e.path for e in entries if e.name.startswith(PREFIX)]
        for path in left:
            with contextlib.suppress(OSError):
                _remove_if_left(path)


def _remove_if_left(path: str) -> None:
    if not stat.S_ISREG(os.lstat(path).st_mode):
        return
    handle = os.open(path, os.O_RDWR | _NOFOLLOW)
    try:
        locked = try_lock(handle)
        if locked or (locked is None and time.time() - os.fstat(handle).st_mtime > _STALE):
            os.unlink(path)  # noqa: PTH108
    finally:
        os.close(handle)


def try_lock(handle: int) -> bool | None:
    """Whether the open file is now held by this process alone; None where nothing can be locked."""
    try:
        if os.name == "nt":  # pragma: no cover
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in (errno.EACCES, errno.EAGAIN, errno.EDEADLK) else None
    return True


def _model(path: Path) -> os.stat_result | None:
    """What ``path`` is now; None when nothing is there. Refuses what must not be replaced."""
    try:
        now = path.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(now.st_mode):
        raise InputError(
            f"{path} 是链接，没有写。请直接写出它指向的文件。",
            f"{path} is a link and was not written through: name the file it leads to.",
        )
    if not stat.S_ISREG(now.st_mode):
        raise InputError(
            f"写不了文件 {path}，那里是文件夹或别的东西。请换一个位置。",
            f"{path} cannot be written, it is a folder or something else: choose another place.",
        )
    if now.st_nlink > 1:
        raise InputError(
            f"{path} 还有别的名字（硬链接），改写会把它们分开，没有改动。请用 --copy-to 写到副本。",
            f"{path} has further names (hard links) that a change would part: use --copy-to.",
        )
    if not os.access(path, os.W_OK):
        raise InputError(
            f"{path} 是只读文件，没有改动。请取消“只读”属性，或用 --copy-to 标在副本上。",
            f"{path} is read-only and was left as it is: make it writable, or use --copy-to.",
        )
    return now


@contextlib.contextmanager
def _temporary(folder: Path, *, private: bool) -> Iterator[tuple[int, Path]]:
    """A new file in ``folder``, open and locked; gone at the end unless it was renamed."""
    while True:
        path = folder / f"{PREFIX}{os.urandom(8).hex()}.tmp"
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | _NOFOLLOW
        handle = os.open(path, flags, 0o600 if private else 0o666)
        try:
            try_lock(handle)
            if os.name == "nt" or os.fstat(handle).st_nlink:
                yield handle, path
                return
            # another run took it for a left-over before it was locked
        finally:
            with contextlib.suppress(OSError):
                os.close(handle)
            with contextlib.suppress(OSError):
                path.unlink()


def _write(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def _keep(handle: int, path: Path, model: os.stat_result) -> None:
    """Gives the new file what the old one has beside its content, or refuses with the reason."""
    if os.name == "nt":  # pragma: no cover
        return
    now = os.fstat(handle)
    try:
        if (now.st_uid, now.st_gid) != (model.st_uid, model.st_gid):
            os.fchown(handle, model.st_uid, model.st_gid)
    except OSError as error:
        raise InputError(
            f"{path} 属于别的用户或组，改写后属主会变，没有改动。请用 --copy-to 写到副本。",
            f"{path} belongs to another user or group, which a change would lose: use --copy-to.",
        ) from error
    os.fchmod(handle, stat.S_IMODE(model.st_mode))
    if not hasattr(os, "listxattr"):  # pragma: no cover
        return
    for name in _attributes(path):
        try:
            os.setxattr(handle, name, os.getxattr(path, name, follow_symlinks=False))
        except OSError as error:
            if name.startswith("security."):  # the system's own: it labels new files itself
                continue
            raise InputError(
                f"{path} 带有扩展属性 {name}，保留不了，没有改动。请用 --copy-to 写到副本。",
                f"{path} has an extended attribute {name} that cannot be kept: use --copy-to.",
            ) from error


def _attributes(path: Path) -> list[str]:
    try:
        return os.listxattr(path, follow_symlinks=False)
    except OSError:  # the file system has none
        return []


def _rename(partial: Path, path: Path, *, new: bool) -> None:
    if not new or os.name == "nt" or not hasattr(os, "link"):  # a browser's Python has no links
        if new and os.path.lexists(path):  # pragma: no cover
            raise there(path)
        partial.replace(path)
        return
    try:
        os.link(partial, path, follow_symlinks=False)
    except FileExistsError as error:
        raise there(path) from error
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise there(path) from None
        partial.replace(path)


def _sync(folder: Path) -> None:
    if os.name == "nt":  # pragma: no cover
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def there(path: Path) -> InputError:
    """The sentence for a file that is there already."""
    return InputError(
        f"{path} 已经有了，没有覆盖。请换一个文件名，或先把它移走；确实要覆盖，加 --force。",
        f"{path} is there already and was kept: choose another name, or overwrite it with --force.",
    )


def changed(path: Path) -> InputError:
    """The sentence for a file that is no longer the one that was judged."""
    return InputError(
        f"{path} 在核对以后又被改动了，没有写。请再运行一次。",
        f"{path} was changed after it was checked and was left as it is: run the command again.",
    )


def unwritable(path: Path, error: OSError | ValueError) -> InputError:
    """The sentence for a file that cannot be written."""
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
        return InputError(
            f"磁盘已满，{path} 没有改动。请腾出空间后再试。",
            f"The disk is full, {path} was left as it is: make room and try again.",
        )
    why = reason(error)
    return InputError(
        f"写不了文件 {path}（{why.zh}），没有改动。请检查文件夹是否可写，文件是否正被打开。",
        f"{path} cannot be written ({why.en}) and was left as it is: check that its folder "
        "exists and is writable and that it is not open.",
    )


def failed(error: OSError) -> InputError:
    """The sentence for whatever the system refused while a command ran."""
    why = reason(error)
    where = f" {os.fsdecode(error.filename)}" if isinstance(error.filename, str | bytes) else ""
    return InputError(
        f"没有做完{where}：{why.zh}。请检查这个位置是否存在、可读可写，再试。",
        f"Not finished{where}: {why.en}. Check that the place exists and may be used.",
    )


_REASONS = {
    errno.ENAMETOOLONG: Words("文件名太长", "the name is too long"),
    errno.EACCES: Words("没有权限", "no permission"),
    errno.EPERM: Words("没有权限", "no permission"),
    errno.EROFS: Words("文件夹是只读的", "the folder is read-only"),
    errno.ENOENT: Words("没有这个文件或文件夹", "no such file or folder"),
    errno.EEXIST: Words("有同名的文件", "a file of that name is there"),
    errno.EISDIR: Words("这是文件夹", "it is a folder"),
    errno.EIO: Words("读写出错", "the device failed"),
    errno.ENOTDIR: Words("上一级不是文件夹", "what is above it is no folder"),
    errno.ENOSPC: Words("磁盘已满", "the disk is full"),
}


def reason(error: OSError | ValueError) -> Words:
    """What the system had against it, in words; its own where they are rare."""
    if isinstance(error, OSError) and error.errno is not None:
        own = error.strerror or str(error)
        return _REASONS.get(error.errno, Words(own, own))
    return Words("文件名里有不能用的字", "the name holds signs that cannot be used")
