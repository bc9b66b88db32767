"""Runs commands with the copy of the package in the first argument, one after another.

    python tests/core_alone.py FOLDER COMMAND [ARGUMENT ...] [-- COMMAND [ARGUMENT ...]] ...

Prints what each did: its name and its exit code, or the error it ended with.
"""

from __future__ import annotations

import sys
from itertools import groupby


def run(folder: str, words: list[str]) -> None:
    sys.path.insert(0, folder)
    # an editable install would lend the copy what it lacks
    sys.meta_path[:] = [f for f in sys.meta_path if "editable" not in repr(f).lower()]
    sys.path_hooks[:] = [h for h in sys.path_hooks if "editable" not in repr(h).lower()]
    sys.path_importer_cache.clear()
    from gouji.validators.cli.main import main

    assert folder in sys.modules["gouji.validators"].__path__[0]
    for is_break, command in groupby(words, key=lambda word: word == "--"):
        if not is_break:
            arguments = [*command]
            try:
                main(arguments)
            except SystemExit as ended:
                print(f"\n= {arguments[0]} {ended.code or 0}")


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2:])
