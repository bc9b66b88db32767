"""The same work on a real Dask cluster on loopback, a worker of which is killed in the middle."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from gouji.templates.edition import load
from gouji.templates.errors import InputError
from gouji.validators.office import cluster as module
from gouji.validators.office.cluster import on_cluster

from ...builders import book_at, consistent, opened
from ...command import run
from ...conftest import ROOT, sample

pytestmark = pytest.mark.slow
Processes = list[subprocess.Popen[bytes]]


def start(*words: str, failures: int) -> subprocess.Popen[bytes]:
    scheduler = "DASK_DISTRIBUTED__SCHEDULER__"
    settings = {"WORKER_TTL": "10 seconds", "ALLOWED_FAILURES": str(failures)}
    return subprocess.Popen(
        [sys.executable, "-m", *words, "--no-dashboard"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd=ROOT,
        env=os.environ | {scheduler + name: value for name, value in settings.items()},
    )


@contextlib.contextmanager
def cluster(workers: int = 2, failures: int = 3) -> Iterator[tuple[str, Processes]]:
    """The address of a scheduler, and the processes: the workers, then the scheduler."""
    from distributed import Client

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    at = ("--host", "127.0.0.1", "--port", address.rpartition(":")[2])
    started = [start("distributed.cli.dask_scheduler", *at, failures=failures)]
    one = ("distributed.cli.dask_worker", address, "--nworkers", "1", "--nthreads", "1")
    started[:0] = [start(*one, failures=failures) for _ in range(workers)]
    try:
        with Client(address, timeout=120) as client:
            client.wait_for_workers(workers, timeout=120) if workers else None
        yield address, started
    finally:
        for process in started:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """With those that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Many reports of four units, some wrong, one unreadable, and their roster."""
    form, rng = load("2021"), random.Random(3)
    folder = tmp_path / "收到的"
    folder.mkdir()
    for number in range(4):
        values = consistent(form, rng)
        values["t3.granted.natural"] += number % 2
        first = folder / f"{number}-0.xlsx"
        book_at(form, first, year=2024, unit=f"第{number}局", values=values, typed_totals=True)
        for more in range(1, sample(50, 250)):
            shutil.copy(first, folder / f"{number}-{more}.xlsx")
    (folder / "坏.xlsx").write_bytes(b"no workbook")
    lines = ("单位名称", *(f"第{n}局" for n in range(5)))
    (tmp_path / "名册.csv").write_text("\n".join(lines), "utf-8")
    return folder


def cells(path: Path) -> list[Any]:
    """What a file of ours says: a workbook's cells, else its bytes."""
    if path.suffix != ".xlsx":
        return [path.read_bytes()]
    book = opened(path)
    return [(s.title, c.coordinate, c.value) for s in book for row in s for c in row]


def commands(folder: Path, out: Path) -> list[list[object]]:
    """The commands that take ``--cluster``, writing into a folder."""
    roster = folder.parent / "名册.csv"
    return [
        ["data", folder, "-o", out / "数据.csv"],
        ["compare", folder, "-o", out / "对照.html"],
        ["collect", folder, "--roster", roster, "-o", out / "汇总.xlsx"],
    ]


def test_a_cluster_gives_what_one_computer_gives_though_a_worker_is_killed(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = tmp_path / "here", tmp_path / "there"
    for folder in folders:
        folder.mkdir()
    here = [run(*words) for words in commands(inbox, folders[0])]
    assert {code for code, _ in here} == {2}  # one file cannot be read
    victims: Processes = []

    def killing(*given: Any) -> Iterator[list[Any]]:
        for number, done in enumerate(on_cluster(*given)):
            yield done
            if not number and victims:
                kill(victims.pop())

    monkeypatch.setattr(module, "on_cluster", killing)
    with cluster() as (address, processes):
        victims.append(processes[0])
        there = [run(*words, "--cluster", address) for words in commands(inbox, folders[1])]
    assert not victims
    for (code, output), (code_there, said_there) in zip(here, there, strict=True):
        assert (code, output.replace("here", "there")) == (code_there, said_there)
    for path in folders[0].iterdir():
        if not path.name.startswith("."):  # what collect remembers has times in it
            assert cells(folders[1] / path.name) == cells(path), path.name


def sizes(paths: Sequence[Path]) -> list[int]:
    """Work of a worker: a file that is called so ends it."""
    for path in paths:
        if path.name == "坏.xlsx":
            os._exit(1)
    return [path.stat().st_size for path in paths]


def test_a_file_that_ends_its_worker_costs_its_own_result_alone(inbox: Path) -> None:
    paths = [*sorted(inbox.glob("1-*.xlsx"))[:2], inbox / "坏.xlsx", inbox / "2-0.xlsx"]
    output: list[InputError] = []

    def failed(path: Path, error: InputError) -> int:
        output.append(error)
        return -1

    with cluster(workers=2, failures=0) as (address, _):
        (found,) = on_cluster(address, sizes, failed, paths)
    assert found == [paths[0].stat().st_size] * 2 + [-1, paths[3].stat().st_size]
    (error,) = output
    assert "坏.xlsx 读到一半程序就中断了" in error.zh


def test_an_address_that_nobody_answers_is_one_sentence(inbox: Path, tmp_path: Path) -> None:
    address = "tcp://127.0.0.1:1"
    output = f"连不上 Dask 调度器 {address}。请核对地址，并确认 dask scheduler 已运行。\n"
    waiting = [  # side by side: each waits its ten seconds
        subprocess.Popen(
            [sys.executable, "-m", "gouji", *map(str, words), "--cluster", address],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for words in commands(inbox, tmp_path)
    ]
    assert len(waiting) == 3
    for process in waiting:
        assert process.communicate() == ("", output)
        assert process.returncode == 2


def test_a_scheduler_without_workers_or_that_goes_away_is_one_sentence(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = commands(inbox, tmp_path)[0]
    with cluster(workers=0) as (address, processes):
        monkeypatch.setattr(module, "_SECONDS", 2)
        assert run(*words, "--cluster", address)[1].startswith(f"Dask 调度器 {address} 没有可用")
    monkeypatch.undo()

    def lost(*given: Any) -> Iterator[list[Any]]:
        for done in on_cluster(*given):
            kill(processes[-1])
            yield done

    with cluster() as (address, processes):
        monkeypatch.setattr(module, "on_cluster", lost)
        code, output = run(*words, "--cluster", address)
    assert (code, output.startswith(f"中途与 Dask 调度器 {address} 断开了")) == (2, True), output
    assert not (tmp_path / "数据.csv").exists()
