"""Work on many files in processes of their own, a batch at a time, whatever one file does.

A batch whose process dies or overruns is done again file by file, so that one bad file costs its
own result and nothing more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ...templates.errors import InputError
from ...templates.unforeseen import unforeseen
from ..ooxml.limits import Limits
from .garbage import collect_seldom

T = TypeVar("T")
Batch = Callable[[Sequence[Path]], list[T]]
_SIZE = 128  # files of a batch
_START = 60  # seconds that a process may take to start on a busy machine


def in_processes(
    work: Batch[T],
    failed: Callable[[Path, InputError], T],
    paths: Sequence[Path],
    jobs: int,
) -> Iterator[list[T]]:
    """``work`` of every batch of ``paths``, in order, in ``jobs`` processes.

    ``failed`` makes the result of a file that ends its process. Batches hold at most ``_SIZE``
    files, and at most two a process are under way, so memory stays flat.
    """
    from pebble import ProcessExpired, ProcessPool

    from ..ooxml.child_process import own_processes

    size = max(1, min(_SIZE, len(paths) // (jobs * 2)))
    batches = (paths[i : i + size] for i in range(0, len(paths), size))
    with ProcessPool(max_workers=jobs, context=own_processes(), initializer=collect_seldom) as pool:

        def schedule(batch: Sequence[Path]) -> Any:
            seconds = _START + Limits().seconds * (2 + len(batch) // 8)
            return pool.schedule(work, args=(batch,), timeout=seconds)

        try:
            died = (ProcessExpired, MemoryError)
            yield from in_turn(schedule, failed, batches, ahead=2 * jobs, died=died)
        except BaseException:
            pool.stop()  # type: ignore[no-untyped-call]
            raise


def in_turn(
    schedule: Callable[[Sequence[Path]], Any],
    failed: Callable[[Path, InputError], T],
    batches: Iterable[Sequence[Path]],
    ahead: int,
    died: tuple[type[Exception], ...],
) -> Iterator[list[T]]:
    """What the futures of ``schedule`` come to, in order, ``ahead`` of them waiting at a time.

    A batch that fails is done again file by file; ``died`` are errors of whoever did it.
    """
    waiting: deque[tuple[Sequence[Path], Any]] = deque()
    for batch in batches:
        waiting.append((batch, schedule(batch)))
        if len(waiting) > ahead:
            yield _taken(schedule, failed, *waiting.popleft(), died)
    while waiting:
        yield _taken(schedule, failed, *waiting.popleft(), died)


def _taken(
    schedule: Callable[[Sequence[Path]], Any],
    failed: Callable[[Path, InputError], T],
    batch: Sequence[Path],
    future: Any,
    died: tuple[type[Exception], ...],
) -> list[T]:
    from concurrent.futures import CancelledError
    from concurrent.futures import TimeoutError as Late

    try:
        done: list[T] = future.result()
        return done
    except CancelledError:  # nobody is there any more who would do it
        raise
    except Exception as error:
        if len(batch) == 1:
            lost = _lost(batch[0], isinstance(error, Late))
            foreseen = isinstance(error, (*died, Late))
            return [failed(batch[0], lost if foreseen else unforeseen(str(batch[0]), error))]
    # one after the other: none is lost for what another one did to whoever held both
    every = (_taken(schedule, failed, [path], schedule([path]), died) for path in batch)
    return [result for results in every for result in results]


def _lost(path: Path, late: bool) -> InputError:
    if late:
        return InputError(
            f"{path} 读得太久，没有读下去。请用 Excel 或 WPS 打开，另存为 .xlsx 再试。",
            f"{path} took too long to read and was left: open it in Excel or WPS and save it as "
            ".xlsx.",
        )
    return InputError(
        f"{path} 读到一半程序就中断了，内容可能已损坏。请用 Excel 或 WPS 打开，另存为 .xlsx 再试。",
        f"{path} ended the process that read it, it may be damaged: open it in Excel or WPS and "
        "save it as .xlsx.",
    )
