"""Writing so that a file is always the old one or the new one, whole."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from ...templates.errors import InputError

_WAIT = 10.0  # seconds for another gouji to finish
_STALE = 3600.0  # seconds after which a left-over temporary file is removed


@contextlib.contextmanager
def hold(path: Path) -> Iterator[None]:
    """Keeps other processes of ours off ``path``; refuses when an application has it open.

    Raises ``InputError`` when Excel, WPS or LibreOffice have it open (their lock file lies
    beside it), or when another of ours works on it for longer than ten seconds.
    """
    path = path.resolve()
    if path.is_dir():
        raise InputError(f"{path} 是文件夹，不是工作簿。", f"{path} is a folder, not a workbook.")
    _refuse_open(path)
    lock = path.parent / f".~gouji-{sha256(path.name.encode()).hexdigest()[:12]}.lock"
    handle = _acquire(lock, path)
    try:
        _sweep(path)
        yield
    finally:
        with contextlib.suppress(OSError):
            lock.unlink()
        os.close(handle)


def _refuse_open(path: Path) -> None:
    names = [f"~${path.name}", f"~${path.name[2:]}", f".~lock.{path.name}#"]
    if any((path.parent / n).exists() for n in names):
        raise InputError(
            f"{path} 正被打开（旁边有锁定文件）。请先在 Excel、WPS 里关闭它，再试。",
            f"{path} is open in another program (its lock file is there): close it and try again.",
        )


def _acquire(lock: Path, path: Path) -> int:
    """The open handle of the lock file, held by this process alone."""
    limit = time.monotonic() + _WAIT
    while True:
        try:
            handle = os.open(lock, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise _unwritable(path, error) from error
        if _try_lock(handle) and _is_current(handle, lock):
            return handle
        os.close(handle)
        if time.monotonic() > limit:
            raise InputError(
                f"{path} 正被另一个 gouji 处理，没有改动。请稍后再试。",
                f"{path} is being worked on by another gouji: try again later.",
            )
        time.sleep(0.05)


def _try_lock(handle: int) -> bool:
    try:
        if os.name == "nt":  # pragma: no cover
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_current(handle: int, lock: Path) -> bool:
    """Whether the file that was locked still has that name: its last holder removes it."""
    try:
        return os.path.samestat(os.fstat(handle), lock.stat())
    except OSError:
        return False


def _sweep(path: Path) -> None:
    """Removes temporary files that a killed run left long ago."""
    now = time.time()
    for left in path.parent.glob(f".~gouji-*-{path.name}.tmp"):
        with contextlib.suppress(OSError):
            if now - left.stat().st_mtime > _STALE:
                left.unlink()


def replace(path: Path, data: bytes, like: Path | None = None) -> None:
    """Puts ``data`` at ``path`` at once: temporary file beside it, fsync, rename.

    The mode is that of the file it replaces, or of ``like``. Links are followed. Raises
    ``InputError`` when the file is read-only or cannot be written; it is then as it was.
    """
    path = path.resolve()
    if path.exists() and not os.access(path, os.W_OK):
        raise InputError(
            f"{path} 是只读文件，没有改动。请取消“只读”属性，或用 --copy-to 标在副本上。",
            f"{path} is read-only and was left as it is: make it writable, or use --copy-to.",
        )
    model = path if path.exists() else like
    partial = path.parent / f".~gouji-{os.getpid()}-{path.name}.tmp"
    try:
        with partial.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if model is not None and model.exists():
            partial.chmod(model.stat().st_mode & 0o7777)
        partial.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise _unwritable(path, error) from error
    if os.name != "nt":
        with contextlib.suppress(OSError):
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def _unwritable(path: Path, error: OSError) -> InputError:
    if error.errno == errno.ENOSPC:
        return InputError(
            f"磁盘已满，{path} 没有改动。请腾出空间后再试。",
            f"The disk is full, {path} was left as it is: make room and try again.",
        )
    return InputError(
        f"写不了 {path}（{error.strerror}），没有改动。请检查文件夹是否可写、文件是否正被打开。",
        f"{path} cannot be written ({error.strerror}) and was left as it is: check that its folder "
        "is writable and that it is not open.",
    )
