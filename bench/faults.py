"""Runs a function in a process of its own and lets one of its system calls in a folder fail.

Every call is seen, whoever makes it: the process is traced (ptrace), on Linux and x86-64 alone.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

AVAILABLE = sys.platform == "linux" and platform.machine() == "x86_64"
KILLED_BEFORE, KILLED_AFTER, EIO, ENOSPC = "killed before", "killed after", "EIO", "ENOSPC"

_TRACEME, _GETREGS, _SETREGS, _SYSCALL, _SETOPTIONS = 0, 12, 13, 24, 0x4200
_SYSGOOD, _FOLLOW, _EXITKILL = 1, 2 | 4 | 8, 1 << 20  # fork, vfork, clone
_WALL = 0x40000000
_ORIG_RAX, _RAX = 15, 10
_ARGUMENTS = (14, 13, 12, 7, 9, 8)  # rdi, rsi, rdx, r10, r8, r9 among the registers
_AT_FDCWD = -100
_CREATES = os.O_CREAT | getattr(os, "O_TMPFILE", 0)

# number: name, where its folder's handle, path or own handle stand among the arguments
_CALLS: dict[int, tuple[str, str]] = {
    **{
        n: (name, "h0")
        for n, name in {
            0: "read",
            1: "write",
            3: "close",
            5: "fstat",
            8: "lseek",
            16: "ioctl",
            17: "pread64",
            18: "pwrite64",
            19: "readv",
            20: "writev",
            72: "fcntl",
            73: "flock",
            74: "fsync",
            75: "fdatasync",
            77: "ftruncate",
            91: "fchmod",
            93: "fchown",
            190: "fsetxattr",
            193: "fgetxattr",
            196: "flistxattr",
            217: "getdents64",
            285: "fallocate",
        }.items()
    },
    **{
        n: (name, "p0")
        for n, name in {
            2: "open",
            4: "stat",
            6: "lstat",
            21: "access",
            76: "truncate",
            83: "mkdir",
            84: "rmdir",
            85: "creat",
            87: "unlink",
            89: "readlink",
            90: "chmod",
            92: "chown",
            94: "lchown",
            188: "setxattr",
            189: "lsetxattr",
            191: "getxattr",
            192: "lgetxattr",
            194: "listxattr",
            195: "llistxattr",
            235: "utimes",
        }.items()
    },
    **{n: (name, "p0 p1") for n, name in {82: "rename", 86: "link"}.items()},
    **{
        n: (name, "a0")
        for n, name in {
            257: "openat",
            258: "mkdirat",
            260: "fchownat",
            262: "newfstatat",
            263: "unlinkat",
            267: "readlinkat",
            268: "fchmodat",
            269: "faccessat",
            280: "utimensat",
            332: "statx",
            437: "openat2",
            439: "faccessat2",
            452: "fchmodat2",
        }.items()
    },
    **{
        n: (name, "a0 a2") for n, name in {264: "renameat", 265: "linkat", 316: "renameat2"}.items()
    },
    88: ("symlink", "p1"),
    266: ("symlinkat", "a1"),
    40: ("sendfile", "h0 h1"),
    326: ("copy_file_range", "h0 h2"),
}
_CHANGES = {
    "write", "pwrite64", "writev", "ftruncate", "truncate", "fchmod", "fchown", "fsetxattr",
    "fallocate", "mkdir", "rmdir", "creat", "unlink", "chmod", "chown", "lchown", "setxattr",
    "lsetxattr", "utimes", "rename", "link", "mkdirat", "fchownat", "unlinkat", "fchmodat",
    "utimensat", "renameat", "linkat", "renameat2", "symlink", "symlinkat", "sendfile",
    "copy_file_range", "fchmodat2", "fsync", "fdatasync",
}  # fmt: skip
_NEEDS_ROOM = _CHANGES - {"unlink", "unlinkat", "rmdir", "fchmod", "chmod", "fchmodat"}


@dataclass(frozen=True)
class Call:
    """A system call that touched the folder."""

    name: str
    on: str  # what it touched, below the folder
    changes: bool

    def takes(self, kind: str) -> bool:
        """Whether a fault of this kind can befall it, and is not another one over again."""
        if kind == ENOSPC:
            return self.changes and self.name in _NEEDS_ROOM | {"open", "openat"}
        return self.changes or kind == EIO


@dataclass
class Run:
    """How a run ended: its exit code, None when it was killed; and its calls in the folder."""

    code: int | None = None
    calls: list[Call] = field(default_factory=list)


def run(function: Callable[[], int], folder: Path, kind: str = "", at: int = -1) -> Run:
    """Runs ``function`` in a child whose call number ``at`` in ``folder`` meets a fault."""
    pid = os.fork()
    if not pid:
        code = 70
        try:
            _ptrace(_TRACEME, 0)
            os.kill(os.getpid(), signal.SIGSTOP)
            code = function()
        finally:
            os._exit(code)
    return _Tracer(pid, f"{folder}", kind, at).followed()


class _Tracer:
    def __init__(self, pid: int, folder: str, kind: str, at: int) -> None:
        self.first, self.folder, self.kind, self.at = pid, folder, kind, at
        self.run = Run()
        self.inside: dict[int, int | None] = {}  # process → the call that it is in, if ours
        self.result = -{EIO: errno.EIO, ENOSPC: errno.ENOSPC}.get(kind, 0)

    def followed(self) -> Run:
        """Lets the process run to its end, from call to call."""
        os.waitpid(self.first, _WALL)
        _ptrace(_SETOPTIONS, self.first, _SYSGOOD | _FOLLOW | _EXITKILL)
        _ptrace(_SYSCALL, self.first)
        left = {self.first}
        while left:
            pid, status = os.waitpid(-1, _WALL)
            if not os.WIFSTOPPED(status):
                left.discard(pid)
                if pid == self.first and os.WIFEXITED(status):
                    self.run.code = os.WEXITSTATUS(status)
                continue
            left.add(pid)
            number, event = os.WSTOPSIG(status), status >> 16
            passed = 0
            if number == signal.SIGTRAP | 0x80:
                self.at_call(pid)
            elif number != signal.SIGTRAP and not event and number != signal.SIGSTOP:
                passed = number
            try:
                _ptrace(_SYSCALL, pid, passed)
            except ProcessLookupError:
                left.discard(pid)
        return self.run

    def at_call(self, pid: int) -> None:
        """Before a call and after it; the one that is to fail is not made."""
        registers = _registers(pid)
        if pid not in self.inside:
            number = None
            call = self.call(pid, registers)
            if call is not None:
                number = len(self.run.calls)
                self.run.calls.append(call)
            self.inside[pid] = number
            if number == self.at and number is not None:
                if self.kind == KILLED_BEFORE:
                    self.kill()
                elif self.result and call is not None and call.name != "close":
                    registers[_ORIG_RAX] = 2**64 - 1  # no call at all
                    _ptrace(_SETREGS, pid, ctypes.addressof(registers))
            return
        if self.inside.pop(pid) == self.at and self.at >= 0:
            if self.kind == KILLED_AFTER:
                self.kill()
            elif self.result:
                registers[_RAX] = self.result % 2**64
                _ptrace(_SETREGS, pid, ctypes.addressof(registers))

    def kill(self) -> None:
        """As ``kill -9``: the process and all that it started."""
        for pid in {self.first, *self.inside}:
            os.kill(pid, signal.SIGKILL)

    def call(self, pid: int, registers: ctypes.Array[ctypes.c_ulonglong]) -> Call | None:
        """The call that begins; None when it is of no interest here."""
        name, where = _CALLS.get(registers[_ORIG_RAX], ("", ""))
        given = [registers[n] for n in _ARGUMENTS]
        for each in where.split():
            touched = _touched(pid, each[0], int(each[1]), given)
            if touched == self.folder or touched.startswith(f"{self.folder}/"):
                flags = given[1] if name == "open" else given[2]
                makes = name in ("open", "openat") and bool(flags & _CREATES)
                on = touched[len(self.folder) + 1 :]
                return Call(name, on, makes or name in _CHANGES)
        return None


def _touched(pid: int, kind: str, at: int, given: list[int]) -> str:
    """The path that an argument leads to, or nothing."""
    try:
        if kind == "h":
            return f"{_link(pid, f'fd/{ctypes.c_int(given[at]).value}')}"
        text = _text(pid, given[at if kind == "p" else at + 1])
        handle = ctypes.c_int(given[at]).value if kind == "a" else _AT_FDCWD
        if not text.startswith("/"):
            base = "cwd" if handle == _AT_FDCWD else f"fd/{handle}"
            text = f"{_link(pid, base) / text}"
        return text.rstrip("/")
    except OSError:
        return ""


def _link(pid: int, name: str) -> Path:
    return Path(f"/proc/{pid}/{name}").readlink()


def _text(pid: int, address: int) -> str:
    if not address:
        return ""
    found = b""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        while b"\0" not in found and len(found) < 1 << 14:
            memory.seek(address + len(found))
            found += memory.read(256 - (address + len(found)) % 256)  # never across a page
    return os.fsdecode(found.partition(b"\0")[0])


def _registers(pid: int) -> ctypes.Array[ctypes.c_ulonglong]:
    registers = (ctypes.c_ulonglong * 27)()
    _ptrace(_GETREGS, pid, ctypes.addressof(registers))
    return registers


def _ptrace(request: int, pid: int, data: int = 0) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    library.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    library.ptrace.restype = ctypes.c_long
    if library.ptrace(request, pid, 0, data) == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
