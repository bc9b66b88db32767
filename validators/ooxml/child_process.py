"""Processes of our own beside the one that runs: started without the caller's main module."""

from __future__ import annotations

import sys
import threading
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType
from typing import Any

_ONE_AT_A_TIME = threading.Lock()


class _Process(SpawnProcess):
    """A process that imports what it is told to do, and not the caller's script.

    Python's own spawn imports the main module anew, so that a script without a
    ``if __name__ == "__main__"`` guard would start itself over and over.
    """

    @staticmethod
    def _Popen(process: Any) -> Any:  # noqa: N802 - the name by which multiprocessing calls it
        with _ONE_AT_A_TIME:
            main = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")
            try:
                return SpawnProcess._Popen(process)
            finally:
                sys.modules["__main__"] = main


class _Context(SpawnContext):
    Process = _Process


def own_processes() -> SpawnContext:
    """The context in which processes of our own are started."""
    return _Context()
