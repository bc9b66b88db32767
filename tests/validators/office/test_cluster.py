"""The same work on a real Dask cluster on loopback, a worker of which is killed in the middle."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from gouji.templates.edition import load
from gouji.templates.errors import InputError
from gouji.templates.workbook import write
from gouji.validators.office.check import check

from ...builders import consistent
from ...conftest import sample

pytestmark = pytest.mark.slow


def start(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=os.environ | {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "10 seconds"},
    )


@pytest.fixture
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    scheduler = start(
        "distributed.cli.dask_scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-dashboard",
    )
    time.sleep(2)
    one = [
        "distributed.cli.dask_worker",
        address,
        "--nworkers",
        "1",
        "--nthreads",
        "1",
        "--no-dashboard",
        "--no-nanny",
    ]
    workers = [start(*one), start(*one)]
    yield address, workers
    for process in (*workers, scheduler):
        with __import__("contextlib").suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_a_killed_worker_changes_nothing(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path
) -> None:
    address, workers = cluster
    form, rng = load("2021"), random.Random(3)
    first = []
    for number in range(4):
        values = consistent(form, rng)
        values["t3.granted.natural"] += number % 2
        first.append(
            write(
                form,
                tmp_path / f"{number}.xlsx",
                year=2024,
                unit=f"{number}局",
                values=values,
                typed_totals=True,
            )
        )
    paths = [tmp_path / f"{n}-{i}.xlsx" for i in range(sample(50, 250)) for n in range(4)]
    for path in paths:
        shutil.copy(first[int(path.name[0])], path)
    here = {p: r.verdict for p, r in zip(paths, check(paths), strict=True)}
    there = {}
    for number, result in enumerate(check(paths, cluster=address)):
        there[paths[number]] = result.verdict
        if number == len(paths) // 3:
            os.killpg(workers[0].pid, signal.SIGKILL)
    assert there == here


def test_a_scheduler_that_does_not_answer_gets_a_sentence(tmp_path: Path) -> None:
    path = write(load("2021"), tmp_path / "a.xlsx", year=2024)
    with pytest.raises(InputError, match=re.escape("连不上 Dask 调度器 tcp://127.0.0.1:1")):
        list(check([path], cluster="tcp://127.0.0.1:1"))
