"""Kills the commands that write at random moments and counts damaged and left-over files.

Usage: python bench/kills.py [KILLS]. The kills are shared out over ``flag``, ``clear``, ``fill``,
``distribute`` and ``collect``. A workbook is whole when it is, part for part, the one before or the
one after; what lies beside it after the next whole run is left over.
"""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import openpyxl  # noqa: E402
from gouji.templates.edition import load  # noqa: E402
from gouji.templates.workbook import write  # noqa: E402

from tests.builders import one_wrong_cell  # noqa: E402

GOUJI = str(Path(sys.executable).with_name("gouji"))
UNITS = 12
Parts = dict[str, bytes]


@dataclass(frozen=True)
class Trial:
    """A command in ``folder``, and what lays out the files that it begins with."""

    name: str
    words: list[str]
    folder: Path
    lay_out: Callable[[], None]

    def start(self) -> subprocess.Popen[bytes]:
        """Starts the command."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen([GOUJI, *self.words], **quiet)  # type: ignore[call-overload, no-any-return]

    def workbooks(self) -> dict[str, Parts]:
        """Every workbook in the folder, part by part; a damaged one has none."""
        return {str(p.relative_to(self.folder)): parts(p) for p in self.folder.rglob("*.xlsx")}


def parts(path: Path) -> Parts:
    """Every part of a workbook but the one that holds the time; none where it is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as package:
            return {n: package.read(n) for n in package.namelist() if n != "docProps/core.xml"}
    except (zipfile.BadZipFile, OSError):
        return {}


def trials(top: Path) -> list[Trial]:
    """One trial for every command that writes workbooks."""
    form, marked, ledgers = load("2021"), top / "marked.xlsx", top / "ledgers.xlsx"
    wrong = one_wrong_cell(top / "wrong.xlsx")
    shutil.copy(wrong, marked)
    subprocess.run([GOUJI, "flag", str(marked)], check=False, stdout=subprocess.DEVNULL)
    write(form, ledgers, year=2024, unit="某县", ledgers=True)
    book = openpyxl.load_workbook(ledgers)
    heads = [str(c.value) for c in book["文件台账"][1]]
    line = {"文": "某发〔2024〕1号", "日期": "2024-03-01", "类": "行政规范性文件"}
    book["文件台账"].append([next((v for k, v in line.items() if k in h), "") for h in heads])
    book.save(ledgers)
    roster = top / "roster.csv"
    units = [f"第{n}局" for n in range(UNITS)]
    roster.write_text("单位名称\n" + "\n".join(units) + "\n", "utf-8")

    def laid(name: str, source: Path) -> tuple[Path, Callable[[], None]]:
        folder = top / name
        folder.mkdir()
        return folder, lambda: shutil.copy(source, folder / "a.xlsx") and None

    found = []
    for name, source in (("flag", wrong), ("clear", marked), ("fill", ledgers)):
        folder, lay_out = laid(name, source)
        found.append(Trial(name, [name, str(folder / "a.xlsx")], folder, lay_out))
    out = top / "distribute"
    found.append(
        Trial(
            "distribute",
            ["distribute", str(roster), "--year", "2025", "-o", str(out)],
            out,
            lambda: shutil.rmtree(out, ignore_errors=True),
        )
    )
    inbox, sums = top / "inbox", top / "collect"
    for unit in units[:3]:
        write(form, inbox / f"{unit}.xlsx", year=2025, unit=unit)
    words = ["collect", str(inbox), "--roster", str(roster), "-o", str(sums / "汇总.xlsx")]
    found.append(Trial("collect", words, sums, lambda: None))
    return found


def kill(trial: Trial, kills: int, rng: random.Random) -> tuple[int, int]:
    """Kills the command so often; how many files were damaged, and how many were left over."""
    trial.lay_out()
    before = trial.workbooks()
    start = time.perf_counter()
    trial.start().wait()
    whole = time.perf_counter() - start
    after = trial.workbooks()
    damaged = 0
    for _ in range(kills):
        trial.lay_out()
        run = trial.start()
        # most of the time in the last third, where files are written
        time.sleep(whole * rng.triangular(0.2, 1.1, 0.95))
        run.kill()
        run.wait()
        now = trial.workbooks()
        damaged += sum(p not in (before.get(n), after.get(n)) for n, p in now.items())
    trial.lay_out()
    trial.start().wait()
    left = [p for p in trial.folder.rglob(".*") if "gouji-memory" not in p.name]
    return damaged, len(left)


def main() -> None:
    """Runs as many kills as the command line says and prints what became of the files."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as name:
        made = trials(Path(name))
        total = 0
        for trial in made:
            damaged, left = kill(trial, kills // len(made), rng)
            total += damaged + left
            print(f"{trial.name}: {kills // len(made)} kills, {damaged} damaged, {left} left over")
    sys.exit(1 if total else 0)


if __name__ == "__main__":
    main()
