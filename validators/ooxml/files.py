"""One gouji at a time on a workbook, and none on one that an application has open."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from ...templates.disk import PREFIX, sweep, try_lock, unwritable
from ...templates.errors import InputError

_WAIT = 10.0  # seconds for another gouji to finish
_FLAGS = os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


@contextlib.contextmanager
def hold(path: Path) -> Iterator[None]:
    """Keeps other processes of ours off ``path``; refuses when an application has it open.

    Raises ``InputError`` when Excel, WPS or LibreOffice have it open (their lock file lies
    beside it), or when another of ours works on it for longer than ten seconds.
    """
    path = Path(os.path.realpath(path.parent), path.name)
    if path.is_dir():
        raise InputError(f"{path} 是文件夹，不是工作簿。", f"{path} is a folder, not a workbook.")
    _refuse_open(path)
    lock = path.parent / f"{PREFIX}{sha256(os.fsencode(path.name)).hexdigest()[:12]}.lock"
    handle = _acquire(lock, path)
    try:
        sweep(path.parent)
        yield
    finally:
        with contextlib.suppress(OSError):
            lock.unlink()
        os.close(handle)


def _refuse_open(path: Path) -> None:
    names = [f"~${path.name}", f"~${path.name[2:]}", f".~lock.{path.name}#"]
    if any(os.path.lexists(path.parent / n) for n in names):
        raise InputError(
            f"{path} 正被打开（旁边有锁定文件）。请先在 Excel、WPS 里关闭它，再试。",
            f"{path} is open in another program (its lock file is there): close it and try again.",
        )


def _acquire(lock: Path, path: Path) -> int:
    """The open handle of the lock file, held by this process alone."""
    limit = time.monotonic() + _WAIT
    while True:
        try:
            handle = os.open(lock, _FLAGS, 0o600)
        except OSError as error:
            raise unwritable(path, error) from error
        if try_lock(handle) is not False and _is_current(handle, lock):
            return handle
        os.close(handle)
        if time.monotonic() > limit:
            raise InputError(
                f"{path} 正被另一个 gouji 处理，没有改动。请稍后再试。",
                f"{path} is being worked on by another gouji: try again later.",
            )
        time.sleep(0.05)


def _is_current(handle: int, lock: Path) -> bool:
    """Whether the file that was locked still has that name: its last holder removes it."""
    try:
        return os.path.samestat(os.fstat(handle), lock.stat())
    except OSError:
        return False
