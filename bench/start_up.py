"""How long a command takes, whole process, beside the nearest thing that cannot be avoided.

Usage: python bench/start_up.py [RUNS]. Prints ratios; the goals are the project's design.
Every command is run RUNS times in turn with its yardstick, and the fastest of each is compared:
on a busy machine the fastest run is the one that was disturbed least. Run it in an environment
without the test extra, as users have: with hypothesis installed pandera imports it while it
validates, and the check of one file takes a quarter longer.
"""

from __future__ import annotations

import importlib.util
import io
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gouji.templates.edition import load  # noqa: E402
from gouji.templates.workbook import write  # noqa: E402
from gouji.validators.mark import Mark, apply_bytes  # noqa: E402

from tests.builders import consistent  # noqa: E402

GOUJI = str(Path(sys.executable).with_name("gouji"))


def timed(command: list[str]) -> float:
    """Seconds of one whole process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def fastest(run: Callable[[], object], runs: int) -> float:
    """Seconds of the fastest of ``runs`` calls."""
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    """Prints a table: what, seconds, yardstick, ratio, goal."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        edition = load("2021")
        values = consistent(edition, random.Random(1))
        book = str(write(edition, folder / "a.xlsx", year=2024, unit="某县", values=values))
        python = [sys.executable, "-c", "pass"]
        pandera = [sys.executable, "-c", "import pandera.pandas"]
        cases = [
            ("gouji --help", [GOUJI, "--help"], python, 15.0),
            ("gouji template", [GOUJI, "template", "-o", str(folder / "t.xlsx")], python, 15.0),
            ("gouji clear", [GOUJI, "clear", book], python, 15.0),
            ("gouji rules", [GOUJI, "rules"], python, 15.0),
            ("gouji check, one file", [GOUJI, "check", book], pandera, 1.3),
        ]
        print(f"{'what':24}{'seconds':>9}  {'beside':24}{'seconds':>9}{'ratio':>8}{'goal':>7}")
        for what, command, beside, goal in cases:
            pairs = [(timed(command), timed(beside)) for _ in range(runs)]
            ours, theirs = min(p[0] for p in pairs), min(p[1] for p in pairs)
            yardstick = "import pandera.pandas" if beside is pandera else "python -c pass"
            show(what, ours, yardstick, theirs, goal)
        if importlib.util.find_spec("openpyxl") is None:
            print("flag is not timed: openpyxl, its yardstick, is not installed")
            return
        data = Path(book).read_bytes()
        marks = [Mark("表三", c, "error", "相差1。") for c in ("J9", "D30", "D9")]
        ours = fastest(lambda: apply_bytes(data, marks), 20)
        theirs = fastest(lambda: resave(data), 5)
        show("flag, in process", ours, "openpyxl load + save", theirs, 0.2)


def show(what: str, ours: float, beside: str, theirs: float, goal: float) -> None:
    """One line of the table."""
    print(
        f"{what:24}{ours:9.4f}  {beside:24}{theirs:9.4f}{ours / theirs:8.2f}{'≤ ' + str(goal):>7}"
    )


def resave(data: bytes) -> None:
    """What other tools do to mark a workbook."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data))
    book.save(io.BytesIO())


if __name__ == "__main__":
    main()
