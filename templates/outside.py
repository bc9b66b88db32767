"""The one door by which the bytes of a file from outside come in: looked at before it is read."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from .errors import InputError

_FLAGS = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def read_outside(path: Path, most: int) -> bytes:
    """The bytes of the regular file at ``path``, of at most ``most``; raises as ``outside``."""
    with outside(path, most) as file:
        return file.read(most)  # what grows meanwhile is not followed


@contextmanager
def outside(path: Path, most: int) -> Iterator[BinaryIO]:
    """The regular file at ``path``, of at most ``most`` bytes, open to be read.

    Raises ``InputError`` for a larger one, which is not read, and for what is no regular file (a
    pipe, a device: they may never end); ``OSError`` as opening does.
    """
    handle = os.open(path, os.O_RDONLY | _FLAGS)
    try:
        found = os.fstat(handle)
        if stat.S_ISDIR(found.st_mode):
            raise InputError(f"{path} 是文件夹，不是文件。", f"{path} is a folder, not a file.")
        if not stat.S_ISREG(found.st_mode):
            raise InputError(
                f"{path} 不是普通文件（是管道或设备），没有读。请先存成文件再试。",
                f"{path} is no regular file but a pipe or a device and was not read: save it as a "
                "file first.",
            )
        if found.st_size > most:
            raise InputError(
                f"{path} 有{_size(found.st_size)}，超过上限{_size(most)}，没有打开。请核对来源。",
                f"{path} has {_size(found.st_size)}, more than {_size(most)}, and was not opened: "
                "check where it comes from.",
            )
        with io.BufferedReader(io.FileIO(handle, closefd=False)) as file:
            yield file
    finally:
        os.close(handle)


def _size(count: int) -> str:
    return f"{count >> 20} MB" if count >> 20 else f"{count >> 10} KB"
