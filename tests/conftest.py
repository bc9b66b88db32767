"""Fixtures and generators shared by all tests."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from subprocess import DEVNULL
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import pytest
from gouji.templates.disk import try_lock
from gouji.templates.edition import Edition, load

if TYPE_CHECKING:
    from .addin.office import Office

ROOT = Path(__file__).parent.parent
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
_SHARED = "GOUJI_TESTS_SHARED"
DATA = Path(__file__).parent / "data"
os.environ["LC_ALL"] = "C.UTF-8"  # the language of this machine is not that of the tests
gc.set_threshold(50_000, 20, 50)  # pandas and openpyxl make much that is no garbage


_SAMPLE = 2  # cases of a ``sampled`` test that the fast run takes


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Further cases of a ``sampled`` test are slow ones; ``slow(first=True)`` come first.

    These take so long that at the end one worker would wait for them alone.

    A test that starts a real application is tried once more: on a busy machine one may not come
    up, or not take a key. The report counts what was tried again.
    """
    taken = Counter[str]()
    for item in items:
        if item.get_closest_marker("sampled"):
            name = item.nodeid.partition("[")[0]
            taken[name] += 1
            if taken[name] > _SAMPLE:
                item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("apps"):
            item.add_marker(pytest.mark.flaky(reruns=1))
    items.sort(key=lambda item: not any(m.kwargs.get("first") for m in item.iter_markers("slow")))


@pytest.fixture(params=["2021", "2019"])
def edition(request: pytest.FixtureRequest) -> Edition:
    return load(request.param)


@pytest.fixture
def form() -> Edition:
    """The current edition."""
    return load("2021")


def program(name: str, *words: object) -> list[str]:
    """The command that runs a file of ``tests/programs``."""
    path = Path(__file__).parent / "programs" / f"{name}.py"
    return [sys.executable, str(path), *map(str, words)]


def in_a_process(name: str, *words: object, **options: Any) -> None:
    """Runs a program of ``tests/programs`` where nothing is imported yet; it must succeed."""
    subprocess.run(program(name, *words), check=True, **options)


@cache
def needs() -> Mapping[str, tuple[str, str]]:
    """Name → Debian packages and the command that answers, of all that ``.ci/needs`` lists."""
    lines = (ROOT / ".ci" / "needs").read_text("utf-8").splitlines()
    parts = [[p.strip() for p in line.split("|", 2)] for line in lines if not line.startswith("#")]
    return {name: (packages, command) for name, packages, command in parts}


def sample(some: int, whole: int) -> int:
    """How many generated cases are tried: ``some``, and the ``whole`` with ``make hunt``."""
    return whole if os.environ.get("GOUJI_HUNT") else some


def require_app(name: str) -> str:
    """The program of a line of ``.ci/needs``; without it the test is skipped, or fails under CI.

    ``soffice-calc`` is LibreOffice where it opens and writes workbooks, and so on.
    """
    packages, command = needs()[name]

    def ask(folder: Path) -> None:
        done = subprocess.run(["/bin/sh", "-c", command], cwd=ROOT, capture_output=True)
        (folder / "answer").write_text(str(done.returncode), "utf-8")

    if (shared(f"need-{name}", ask) / "answer").read_text("utf-8") != "0":
        required(f"{name} (Debian: {packages})")
    program = name.partition("-")[0]
    return shutil.which(program) or program


def required(what: str) -> NoReturn:
    """Skips the test for want of ``what``; under CI a skip fails."""
    pytest.skip(f"{what} is not there")


def shared(name: str, make: Callable[[Path], None]) -> Path:
    """The folder that ``make`` fills, once for all workers of this session."""
    folder = Path(os.environ[_SHARED]) / re.sub(r"\W", "-", name)
    with folder.with_suffix(".lock").open("a+b") as lock:
        while try_lock(lock.fileno()) is False:
            time.sleep(0.05)
        if not os.fstat(lock.fileno()).st_size:  # as it is now, not when it was opened
            shutil.rmtree(folder, ignore_errors=True)  # of a worker that failed
            folder.mkdir()
            make(folder)
            lock.write(b"made")
    return folder


def pytest_configure(config: pytest.Config) -> None:
    """The controller makes the folder of ``shared``; its workers inherit it.

    They and the programs that they start keep what they compile, whatever this shell says: it is
    compiled hundreds of times otherwise.
    """
    if not hasattr(config, "workerinput"):
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        folder = tempfile.TemporaryDirectory(prefix="gouji-tests-")
        os.environ[_SHARED] = folder.name
        config.add_cleanup(folder.cleanup)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """``@pytest.mark.apps(NAME, …)`` names what the test needs of ``.ci/needs``."""
    for mark in item.iter_markers("apps"):
        for name in mark.args:
            require_app(name)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under GOUJI_REQUIRE_APPS nothing is skipped."""
    return _strict((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Nor is a module."""
    return _strict((yield))


def _strict(report: Report) -> Report:
    if report.skipped and os.environ.get("GOUJI_REQUIRE_APPS"):
        report.outcome = "failed"
        report.longrepr = f"{_reason(report)}; GOUJI_REQUIRE_APPS is set: nothing may be skipped"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """At the end, what was skipped and why."""
    names: dict[str, Counter[str]] = {}
    for report in terminalreporter.stats.get("skipped", ()):
        names.setdefault(_reason(report), Counter())[report.nodeid.partition("[")[0]] += 1
    if names:
        terminalreporter.section("skipped, and why")
    for reason, tests in sorted(names.items()):
        terminalreporter.line(f"{reason}: {tests.total()}")
        for test, times in sorted(tests.items()):
            terminalreporter.line(f"    {test}" + (f" ({times} times)" if times > 1 else ""))


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    answer = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    return str(answer).removeprefix("Skipped: ")


@pytest.fixture(scope="session")
def wheel() -> Path:
    """The wheel of this tree."""

    def build(folder: Path) -> None:
        source = folder / "source"  # a clean one: an old build/ would be packed too
        for room in ("gouji", "addin", "templates", "validators"):
            shutil.copytree(
                ROOT / room, source / room, ignore=shutil.ignore_patterns("__pycache__")
            )
        for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "MANIFEST.in"):
            shutil.copy(ROOT / name, source)
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]
        subprocess.run([*command, str(folder), str(source)], check=True, capture_output=True)

    (made,) = shared("wheel", build).glob("gouji-*.whl")
    return made


@pytest.fixture(scope="session")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Office]]:
    """Gives the LibreOffice of this worker with our extension in it, a new one when it died."""
    from .addin.office import Office

    started: list[Office] = []

    def running() -> Office:
        if not started or not started[-1].is_running():
            started.append(Office(tmp_path_factory.mktemp("office")))
        return started[-1]

    yield running
    for office in started:
        office.close()


@pytest.fixture
def office(offices: Callable[[], Office]) -> Office:
    return offices()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Playwright's Chromium; of a module alone, since others start their own."""
    from .pages import chromium

    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """LibreOffice's option for a profile of this worker's own, in which one runs.

    It has a document open, so that it stays: what is started with that profile hands its files to
    it and ends when they are done. Where it died, each does its work itself.
    """
    folder = tmp_path_factory.mktemp("profile")
    option = f"-env:UserInstallation={folder.as_uri()}"
    book = shutil.copy(DATA / "small.ods", folder)
    words = [require_app("soffice-calc"), option, "--headless", "--norestore", str(book)]
    running = subprocess.Popen(words, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True)
    end = time.monotonic() + 60
    while running.poll() is None and not (folder / ".~lock.small.ods#").exists():
        if time.monotonic() > end:
            break
        time.sleep(0.05)
    yield option
    with contextlib.suppress(ProcessLookupError):
        os.killpg(running.pid, 9)
    running.wait()


@pytest.fixture
def libreoffice(tmp_path: Path, profile: str) -> Callable[..., Path]:
    """Converts a file with LibreOffice: ``libreoffice(path, "pdf")``.

    ``more`` files are converted beside it, in one start.
    """
    soffice = require_app("soffice-calc")

    def convert(
        path: Path,
        to: str,
        folder: str = "converted",
        more: Sequence[Path] = (),
        options: Sequence[str] = (),
    ) -> Path:
        out = tmp_path / folder
        out.mkdir(exist_ok=True)
        subprocess.run(
            [
                soffice,
                profile,
                "--headless",
                "--norestore",
                *options,
                "--convert-to",
                to,
                "--outdir",
                str(out),
                str(path),
                *map(str, more),
            ],
            check=True,
            capture_output=True,
            timeout=300,
        )
        return out / f"{path.stem}.{to.split(':')[0]}"

    return convert
