"""The boundary: whatever nobody foresaw becomes one sentence, and a report that can be sent.

The report tells where in gouji it happened and on what system. Nothing of the input is in it: no
message of the exception, no value, no name of a file.
"""

from __future__ import annotations

import platform
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .disk import digest_of, put
from .errors import InputError
from .words import Words

_ROOM = Path(__file__).resolve().parents[1]
_FRAMES = 40
_KINDS: tuple[tuple[type[BaseException], Words], ...] = (
    (MemoryError, Words("内存不够", "there is not enough memory")),
    (RecursionError, Words("内容层层嵌套得太深", "the content is nested too deep")),
    (UnicodeError, Words("文字的编码处理不了", "the encoding of the text cannot be handled")),
    (OSError, Words("系统读写出错", "the system could not read or write")),
)
_OTHER = Words("遇到没有料到的内容", "something was met that was not foreseen")


class UnforeseenError(InputError):
    """What became of an exception that nobody foresaw; ``brief`` says it without a place."""

    brief = _OTHER


@contextmanager
def bounded(name: str) -> Iterator[None]:
    """What is done to the input ``name``: every exception becomes an ``InputError``."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        raise unforeseen(name, error) from error


def unforeseen(name: str, error: BaseException) -> UnforeseenError:
    """The sentence for an exception that nobody foresaw, whose report is now in a file."""
    kind = next((words for known, words in _KINDS if isinstance(error, known)), _OTHER)
    ours = (f for f in traceback.extract_tb(error.__traceback__) if _is_ours(f.filename))
    at = "，".join([type(error).__name__, *[f"{_short(f.filename)}:{f.lineno}" for f in ours][-1:]])
    kept = _kept(error)
    do = Words("请把这句话告诉维护 gouji 的人。", "Tell this sentence to whoever maintains gouji.")
    if kept is not None:
        do = Words(
            f"请把 {kept} 发给维护 gouji 的人，里面没有工作簿的内容。",
            f"Send {kept} to whoever maintains gouji: nothing of the workbook is in it.",
        )
    wrapped = UnforeseenError(
        f"{name} 没有核对完：{kind.zh}（{at}）。{do.zh}",
        f"{name} was not done: {kind.en} ({at}). {do.en}",
    )
    wrapped.brief = Words(
        f"{name} 没有核对完：{kind.zh}。请告诉管理员。",
        f"{name} was not done: {kind.en}. Tell the administrator.",
    )
    return wrapped


def _kept(error: BaseException) -> Path | None:
    """Where the report lies; None where it cannot be written, or nobody could fetch it."""
    if sys.platform == "emscripten":
        return None
    text = report(error).encode()
    path = Path.home() / ".gouji" / "reports" / f"{digest_of(text)[:12]}.txt"
    try:
        put(path, text, mode=0o600)
    except (InputError, OSError):
        return None
    return path


def report(error: BaseException) -> str:
    """What may be sent: versions, the kinds of the exceptions, the lines of code."""
    from importlib.metadata import PackageNotFoundError, version  # not for every command's start

    try:
        ours = version("gouji")
    except PackageNotFoundError:
        ours = "?"
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    lines = [f"gouji {ours}", f"Python {platform.python_version()}", system]
    cause: BaseException | None = error
    while cause is not None and len(lines) < 4 * _FRAMES:
        frames = traceback.extract_tb(cause.__traceback__)[-_FRAMES:]
        lines += ["", type(cause).__qualname__]
        lines += [f"  {_short(f.filename)}:{f.lineno} {f.name}" for f in frames]
        cause = cause.__cause__ or cause.__context__
    return "\n".join(lines) + "\n"


def _is_ours(filename: str) -> bool:
    return Path(filename).is_relative_to(_ROOM) and "site-packages" not in _short(filename)


def _short(filename: str) -> str:
    """A file of code without the folders of this machine."""
    path = Path(filename)
    if path.is_relative_to(_ROOM):
        return path.relative_to(_ROOM).as_posix()
    return "/".join(path.parts[-2:])
