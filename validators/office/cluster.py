"""Checking on a Dask cluster: the same work as in processes here, past one machine.

The files must lie where every worker can read them (a shared folder), and gouji must be installed
there. Dask reads the files of a worker that died again elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from ...templates.errors import InputError, extra
from .batches import Batch

T = TypeVar("T")

_CHUNK = 64


def on_cluster(
    address: str, work: Batch[T], paths: Sequence[Path], chunk: int = _CHUNK
) -> Iterator[list[T]]:
    """``work`` of every batch of ``paths``, in order, by the scheduler's workers at ``address``.

    At most four chunks a worker are under way at a time, so memory stays flat. Raises
    ``InputError`` where dask is missing or the scheduler does not answer.
    """
    with extra("cluster"):
        from distributed import Client
    try:
        client = Client(address, timeout="10s")
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError(
            f"连不上 Dask 调度器 {address}。请核对地址，并确认 dask scheduler 已运行。",
            f"the Dask scheduler {address} does not answer: check the address",
        ) from error
    with client:
        whole = [path.resolve() for path in paths]  # the workers stand in other folders
        chunks = [whole[i : i + chunk] for i in range(0, len(paths), chunk)]
        ahead = max(2, 4 * len(client.scheduler_info(n_workers=-1)["workers"]))
        waiting = [client.submit(work, c, pure=False) for c in chunks[:ahead]]
        following = iter(chunks[ahead:])
        while waiting:
            first = waiting.pop(0)
            yield first.result()
            if (chunk_ := next(following, None)) is not None:
                waiting.append(client.submit(work, chunk_, pure=False))
