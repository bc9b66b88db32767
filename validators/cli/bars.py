"""Bars on stderr: how far a command is with many files, where somebody sits before a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import Any

import click

from .options import on_terminal
from .speech import spoken

_PROGRESS_FROM = 20  # files


@contextmanager
def progress(total: int) -> Iterator[Callable[[int], None] | None]:
    """A bar on stderr, from 20 files on and only on a terminal."""
    if total < _PROGRESS_FROM or not on_terminal(sys.stderr):
        yield None
        return
    with _shown_bar(total, "核对", "checking") as shown:
        yield shown.update


@contextmanager
def bar(zh: str, en: str) -> Iterator[Callable[[int, int], None]]:
    """Called with what is done and how much there is: a bar with both, on a terminal."""
    if not on_terminal(sys.stderr):
        yield lambda done, total: None
        return
    with _shown_bar(1, zh, en) as shown:

        def done_of(done: int, total: int) -> None:
            shown.length = total
            shown.update(done - shown.pos)

        yield done_of


@contextmanager
def _shown_bar(length: int, zh: str, en: str) -> Iterator[Any]:
    """A bar on stderr with the seconds since it began, drawn twice a second whatever happens."""
    began, over = monotonic(), Event()

    def seconds(_: object) -> str:
        return f"{monotonic() - began:.1f}s"

    with click.progressbar(
        length=length,
        label=en if spoken() == "en" else zh,
        file=sys.stderr,
        show_pos=True,
        show_eta=False,
        item_show_func=seconds,
    ) as shown:

        def draw() -> None:
            while not over.wait(0.5):
                shown.render_progress()

        thread = Thread(target=draw, daemon=True)
        thread.start()
        try:
            yield shown
        finally:
            over.set()
            thread.join()
