"""Pages in Chromium, and what axe-core says of them; axe comes from npm when a test runs."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright import sync_api

from .conftest import ROOT, require_app, required, shared

# How a file goes to a page and comes back: a list of a million numbers takes seconds.
BYTES = "((text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)))"
TEXT = "((bytes) => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join('')))"

MOST_UNLIKE = 0.02  # of all tiles of a picture may be of another colour
_TILES = (48, 48)
_AXE = "axe-core@4.14.1"
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


@cache
def packed(name: str, member: str) -> bytes:
    """A file of an npm package, ``NAME@VERSION``; skips where npm does not give it."""
    npm = require_app("npm")

    def fetch(folder: Path) -> None:
        command = [npm, "pack", name]
        if subprocess.run(command, cwd=folder, capture_output=True, timeout=120).returncode:
            required(f"{name} of npm")

    (archive,) = shared(name, fetch).glob("*.tgz")
    with tarfile.open(archive) as held:
        found = held.extractfile(f"package/{member}")
        assert found
        return found.read()


def as_text(data: bytes) -> str:
    """What ``BYTES`` takes in a page."""
    return base64.b64encode(data).decode()


@contextmanager
def chromium(**options: Any) -> Iterator[Any]:
    """A browser of this machine."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=require_app("chromium"), args=["--no-sandbox"], **options
        )
        yield browser
        browser.close()


def recorded(page: Any, name: str) -> None:
    """The page is as the documentation shows it."""
    compared(page.screenshot(), name)


def compared(picture: bytes, name: str) -> None:
    """A picture is like the one of that name in docs; with GOUJI_PICTURES it takes its place."""
    (kept,) = (ROOT / "docs").glob(f"*/{name}.png")
    if os.environ.get("GOUJI_PICTURES"):
        kept.write_bytes(picture)
        return
    share = unlike(kept, io.BytesIO(picture))
    assert share <= MOST_UNLIKE, f"{name}: {share:.1%} of it is otherwise; make pictures"


def unlike(one: Path | io.BytesIO, other: Path | io.BytesIO) -> float:
    """The share of tiles of another colour; 1 for pictures of another size."""
    image = pytest.importorskip("PIL.Image")
    first, second = (image.open(path).convert("RGB") for path in (one, other))
    if any(abs(a - b) > 0.02 * a for a, b in zip(first.size, second.size, strict=True)):
        return 1.0
    tiles = [p.resize(_TILES, image.Resampling.BOX).tobytes() for p in (first, second)]
    return sum(abs(a - b) > 40 for a, b in zip(*tiles, strict=True)) / len(tiles[0])


def violations(page: Any) -> list[str]:
    """What axe-core finds on the page as it stands, by the rules of WCAG 2.1 A and AA."""
    page.evaluate(packed(_AXE, "axe.min.js").decode())
    found = page.evaluate(
        "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}})", _WCAG
    )
    return [f"{v['id']}: {n['html'][:160]}" for v in found["violations"] for n in v["nodes"]]


def axe(address: str, prepare: Callable[[Any], None] | None = None) -> list[str]:
    """The violations on the page at ``address``, after ``prepare`` has done something there."""
    with chromium() as browser:
        page = browser.new_page()
        page.goto(address)
        if prepare:
            prepare(page)
        return violations(page)


def downloaded(page: Any, button: str, path: Path) -> str:
    """Saves to ``path`` what a click on ``button`` offers; the name under which it is offered."""
    with page.expect_download() as download:
        page.click(button)
    download.value.save_as(path)
    return str(download.value.suggested_filename)
