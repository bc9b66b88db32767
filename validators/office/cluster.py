"""Checking on a Dask cluster: the same work as in processes here, past one machine.

The files must lie where every worker can read them (a shared folder), and gouji must be installed
there. Dask reads the files of a worker that died again elsewhere.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import TypeVar

from ...templates.errors import InputError, extra
from .batches import Batch, in_turn

T = TypeVar("T")

_CHUNK = 64
_SECONDS = 10  # in which a scheduler answers and has a worker


def on_cluster(
    address: str, work: Batch[T], failed: Callable[[Path, InputError], T], paths: Sequence[Path]
) -> Iterator[list[T]]:
    """``work`` of every batch of ``paths``, in order, by the scheduler's workers at ``address``.

    ``failed`` makes the result of a file that ends the workers that read it. At most four batches a
    worker are under way at a time, so memory stays flat. Raises ``InputError`` where dask is
    missing, the scheduler does not answer or goes away, or has no worker with gouji.
    """
    with extra("cluster"):
        from distributed import Client
        from distributed.scheduler import KilledWorker
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said below
    try:
        client = Client(address, timeout=_SECONDS)
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError(
            f"连不上 Dask 调度器 {address}。请核对地址，并确认 dask scheduler 已运行。",
            f"the Dask scheduler {address} does not answer: check the address",
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_SECONDS)
            workers = len(client.scheduler_info(n_workers=-1)["workers"])
            batches = (paths[i : i + _CHUNK] for i in range(0, len(paths), _CHUNK))

            def submit(batch: Sequence[Path]) -> object:
                return client.submit(work, [p.resolve() for p in batch], pure=False)

            yield from in_turn(submit, failed, batches, ahead=4 * workers, died=(KilledWorker,))
        except TimeoutError as error:
            raise InputError(
                f"Dask 调度器 {address} 没有可用的电脑。请先启动 dask worker。",
                f"the Dask scheduler {address} has no worker: start dask worker",
            ) from error
        except (CancelledError, OSError) as error:
            raise InputError(
                f"中途与 Dask 调度器 {address} 断开了。请确认 dask scheduler 还在运行，再试一次。",
                f"the Dask scheduler {address} went away: see that it runs, and try again",
            ) from error
