"""Every file of a folder through every command that takes it: how each ends.

    python bench/hostile.py FOLDER [--out TABLE.md] [--jobs N] [--only check,flag]

Each command runs in a process of its own on a copy, with a home of its own. A fault is a signal, a
traceback, an exit code other than 0, 1, 2, more than 20 s, more than 512 MB, and a sentence for
what nobody foresaw. The table counts by kind: the file's name up to its last word with a digit. A
folder within is one of letter templates.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

SECONDS, MEGABYTES = 20.0, 512
_UNITS = 1000
# name: what is run; {f} the file, {d} its folder, {o} what is written, {b} a sound workbook with a
# ledger, {r} a roster. By what the file is.
WORKBOOK = {
    "check": "check {f} --format json",
    "flag": "flag {f} --copy-to {o}",
    "clear": "clear {f}",
    "fix": "fix {f} --yes-certain",
    "fill": "fill {f} --copy-to {o}",
    "publish": "publish {f} -o {o}.html --with-errors",
    "publish.docx": "publish {f} -o {o}.docx --with-errors",
    "letters": "letters {f} -o {o}",
    "data": "data {f} -o {o}.csv",
    "collect": "collect {d} --roster {r} -o {o}.xlsx --notices {o}",
    "prior": "check {b} --prior {f}",
    "import": "import {f} -o {o}.xlsx",
}
ROSTER = {
    "distribute": "distribute {f} --year 2025 -o {o}",
    "collect": "collect {o} --roster {f} -o {o}/s.xlsx",
}
RULES = {"edition": "check {b} --edition {f}", "rules": "check {b} --rules {f}"}
TEMPLATES = {"templates": "letters {b} --templates {f} -o {o}"}
BY_SUFFIX = {".csv": ROSTER, ".toml": RULES, "": TEMPLATES}
_MEASURED = (
    "import resource,subprocess,sys;code=subprocess.run(sys.argv[1:]).returncode;"
    "print('peak',resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,file=sys.stderr);"
    "sys.exit(code if code>=0 else 200-code)"
)


@dataclass(frozen=True)
class Ended:
    """How one command ended."""

    code: int
    seconds: float
    megabytes: float
    output: str

    @property
    def faults(self) -> list[str]:
        """What it did that no file may make it do."""
        return [
            what
            for what, is_so in (
                (f"exit code {self.code}", self.code not in (0, 1, 2)),
                ("traceback", "Traceback" in self.output),
                ("unforeseen", "没有料到" in self.output),
                (f"{self.seconds:.0f} s", self.seconds > SECONDS),
                (f"{self.megabytes:.0f} MB", self.megabytes > MEGABYTES),
            )
            if is_so
        ]


def run(words: str, path: Path, folder: Path, beside: Mapping[str, Path]) -> Ended:
    """One command on a copy of ``path``; the peak is that of its largest process."""
    held, out = folder / "in" / path.name, folder / "out"
    held.parent.mkdir()
    if path.is_dir():
        shutil.copytree(path, held)
    else:
        shutil.copy(path, held)
        held.chmod(0o644)
    if "{o}/" in words or words.startswith("collect {o}"):
        out.mkdir()
    names = {"f": held, "d": held.parent, "o": out, **beside}
    gouji = [str(Path(sys.executable).with_name("gouji"))]
    gouji += [word.format(**names) for word in words.split()]
    start = time.perf_counter()
    done = subprocess.Popen(
        [sys.executable, "-c", _MEASURED, *gouji],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"HOME": str(folder)},
        start_new_session=True,
    )
    try:
        output = b"".join(done.communicate(timeout=6 * SECONDS)).decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        os.killpg(done.pid, signal.SIGKILL)  # the command itself too
        done.communicate()
        return Ended(-9, 6 * SECONDS, 0.0, "")
    peak = re.findall(r"peak (\d+)", output)
    return Ended(
        done.returncode, time.perf_counter() - start, int(peak[-1]) / 1024 if peak else 0.0, output
    )


Tried = tuple[Path, str, Ended]


def kind_of(path: Path) -> str:
    """``deep_sheet_2000.xlsx`` → ``deep_*.xlsx``."""
    number = re.match(r"\d+", path.name)
    return (number[0] if number else re.split(r"[_\d.]", path.name)[0]) + "*" + path.suffix


def sound(folder: Path) -> dict[str, Path]:
    """What a command needs beside the file that is tried."""
    from gouji.templates.edition import load
    from gouji.templates.ledger import outcomes
    from gouji.templates.workbook import write

    from tests.builders import cases_entered

    form, book, roster = load("2021"), folder / "b.xlsx", folder / "r.csv"
    write(form, book, year=2025, unit="某某县人民政府", ledgers=True)
    cases_entered(book, form, [*outcomes(form)], 2025)
    roster.write_text("单位名称\n某某县人民政府\n", "utf-8")
    return {"b": book, "r": roster}


def _is_long(roster: Path) -> bool:
    """Whether a roster has so many units that writing their workbooks is honest work."""
    return roster.read_bytes().count(b",") > _UNITS


def tried(paths: Sequence[Path], only: Collection[str], jobs: int) -> Iterator[Tried]:
    """Every file through every command that takes it."""
    with tempfile.TemporaryDirectory() as top, ThreadPoolExecutor(jobs) as pool:
        beside = sound(Path(top))

        def one(given: tuple[Path, str, str]) -> Tried:
            path, name, words = given
            with tempfile.TemporaryDirectory(prefix="gouji-hostile-") as folder:
                return path, name, run(words, path, Path(folder), beside)

        todo = [
            (path, name, words)
            for path in paths
            for name, words in BY_SUFFIX.get(path.suffix, WORKBOOK).items()
            if (not only or name in only) and not (name == "distribute" and _is_long(path))
        ]
        yield from pool.map(one, todo)


def main() -> None:
    """Prints the faults as they come, then the table; ends with 1 when there was one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    paths = sorted(p for p in given.folder.iterdir() if p.suffix != ".md" or "INDEX" not in p.name)
    whole = {p for p in paths if p.is_file() or all(f.suffix == ".docx" for f in p.iterdir())}
    ends: dict[str, list[Ended]] = defaultdict(list)
    by_command: dict[str, list[Ended]] = defaultdict(list)
    files: dict[str, set[Path]] = defaultdict(set)
    faults = 0
    for path, name, ended in tried(
        sorted(whole), {*filter(None, given.only.split(","))}, given.jobs
    ):
        kind = kind_of(path)
        files[kind].add(path)
        ends[kind].append(ended)
        by_command[name].append(ended)
        if ended.faults:
            faults += 1
            print(f"{name} {path.name}: {', '.join(ended.faults)}", flush=True)
    print(table_of(("command", "files"), {n: (len(h), h) for n, h in by_command.items()}) + "\n")
    table = table_of(("kind", "files"), {k: (len(files[k]), h) for k, h in ends.items()})
    print(table)
    count = sum(map(len, files.values()))
    print(f"{count} files, {sum(map(len, ends.values()))} runs, {faults} faults")
    if given.out:
        given.out.write_text(table + "\n", encoding="utf-8")
    sys.exit(1 if faults else 0)


def table_of(first: tuple[str, str], rows: Mapping[str, tuple[int, Sequence[Ended]]]) -> str:
    """Exit codes, the slowest and the largest of each row."""
    heads = (*first, "ended with 0/1/2", "slowest, s", "most memory, MB")
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for name, (count, held) in rows.items():
        codes = "/".join(str(sum(e.code == code for e in held)) for code in (0, 1, 2))
        slowest, most = max(e.seconds for e in held), max(e.megabytes for e in held)
        lines.append(f"| `{name}` | {count} | {codes} | {slowest:.1f} | {most:.0f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
