"""How often Python looks for garbage in a process that is ours alone."""

from __future__ import annotations

import gc

OBJECTS = 50_000  # made and kept between two looks, instead of 700: at most some megabytes


def collect_seldom() -> tuple[int, int, int]:
    """Makes the looks rare; the thresholds as they were, for ``gc.set_threshold``.

    Nearly all that a check makes until it ends are modules, which stay: looking at those of
    pandas and pandera again and again took a fifth of the time to check one file.
    """
    before = gc.get_threshold()
    gc.set_threshold(OBJECTS, 20, 50)
    return before
