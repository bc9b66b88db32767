"""How often Python looks for garbage in a process that is ours alone: a command's, a worker's."""

from __future__ import annotations

import atexit
import contextlib
import gc
from collections.abc import Iterator

OBJECTS = 50_000  # made and kept between two looks, instead of 700: at most some megabytes


def collect_seldom() -> tuple[int, int, int]:
    """Makes the looks rare; the thresholds as they were, for ``gc.set_threshold``.

    Nearly all that a check makes until it ends are modules, which stay: looking at those of
    pandas and pandera again and again took a fifth of the time to check one file.
    """
    before = gc.get_threshold()
    gc.set_threshold(OBJECTS, 20, 50)
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)  # a process that ends need not be searched once more
    return before


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """Where looks are rare: none while heavy modules are loaded, and at them never again."""
    if gc.get_threshold()[0] != OBJECTS or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
