"""Fixtures and generators shared by all tests."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest
from gouji.templates.edition import Edition, load

ROOT = Path(__file__).parent.parent
DATA = Path(__file__).parent / "data"
gc.set_threshold(50_000, 20, 50)  # pandas and openpyxl make much that is no garbage


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that starts a real application is tried once more: on a busy machine one may not come
    up, or not take a key. The report counts what was tried again.
    """
    for item in items:
        if item.get_closest_marker("apps"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(params=["2021", "2019"])
def edition(request: pytest.FixtureRequest) -> Edition:
    return load(request.param)


@pytest.fixture
def form() -> Edition:
    """The current edition."""
    return load("2021")


def in_a_process(code: str, **options: Any) -> None:
    """Runs ``code`` in a Python of its own, where nothing is imported yet; it must succeed."""
    subprocess.run([sys.executable, "-c", code], check=True, **options)


def uncovered(code: str) -> str:
    """What ``code`` prints in a Python of its own, which coverage does not slow down."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("COV_", "COVERAGE"))}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, env=env, cwd=ROOT, capture_output=True, text=True
    )
    return done.stdout


def require_app(command: str) -> str:
    """The application's path; without it the test is skipped, or fails under CI."""
    return shutil.which(command) or required(command)


def required(application: str) -> NoReturn:
    """Skips the test for want of ``application``; fails it under CI."""
    if os.environ.get("GOUJI_REQUIRE_APPS"):
        pytest.fail(f"{application} is required here (GOUJI_REQUIRE_APPS is set)")
    pytest.skip(f"{application} is not installed")


@pytest.fixture
def libreoffice(tmp_path: Path) -> Callable[..., Path]:
    """Converts a file with LibreOffice, in a profile of its own: ``libreoffice(path, "pdf")``.

    ``more`` files are converted beside it, in one start.
    """
    soffice = require_app("soffice")

    def convert(path: Path, to: str, folder: str = "converted", more: Sequence[Path] = ()) -> Path:
        out = tmp_path / folder
        out.mkdir(exist_ok=True)
        profile = (tmp_path / "profile").as_uri()
        subprocess.run(
            [
                soffice,
                f"-env:UserInstallation={profile}",
                "--headless",
                "--norestore",
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
