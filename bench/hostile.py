"""Every file of a folder through ``check``, ``flag``, ``clear`` and ``import``: how each ends.

    python bench/hostile.py FOLDER [--out TABLE.md]

Each command runs in a process of its own on a copy. A fault is a signal, a traceback, an exit code
other than 0, 1, 2, more than 20 s, more than 512 MB. The table counts by kind: the file's name up
to its last word with a digit.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

SECONDS, MEGABYTES = 20.0, 512
COMMANDS = ("check", "flag", "clear", "import")
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
    said: str

    @property
    def faults(self) -> list[str]:
        """What it did that no file may make it do."""
        return [
            what
            for what, is_so in (
                (f"exit code {self.code}", self.code not in (0, 1, 2)),
                ("traceback", "Traceback" in self.said),
                (f"{self.seconds:.0f} s", self.seconds > SECONDS),
                (f"{self.megabytes:.0f} MB", self.megabytes > MEGABYTES),
            )
            if is_so
        ]


def run(command: str, path: Path, folder: Path) -> Ended:
    """One command on a copy of ``path``; the peak is that of its largest process."""
    held = Path(shutil.copy(path, folder / path.name))
    more = {"flag": ["--copy-to", str(folder / "out")], "import": ["-o", str(folder / "i.xlsx")]}
    gouji = [str(Path(sys.executable).with_name("gouji")), command, str(held)]
    start = time.perf_counter()
    try:
        done = subprocess.run(
            [sys.executable, "-c", _MEASURED, *gouji, *more.get(command, [])],
            capture_output=True,
            timeout=6 * SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Ended(-9, 6 * SECONDS, 0.0, "")
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    peak = re.findall(r"peak (\d+)", said)
    return Ended(
        done.returncode, time.perf_counter() - start, int(peak[-1]) / 1024 if peak else 0.0, said
    )


def kind_of(path: Path) -> str:
    """``deep_sheet_2000.xlsx`` → ``deep_*.xlsx``."""
    return re.split(r"[_\d.]", path.name)[0] + "*" + path.suffix


def main() -> None:
    """Prints the faults as they come, then the table; ends with 1 when there was one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    ends: dict[str, list[Ended]] = defaultdict(list)
    files: Counter[str] = Counter()
    faults = 0
    for path in sorted(p for p in given.folder.iterdir() if p.is_file()):
        kind = kind_of(path)
        files[kind] += 1
        for command in COMMANDS:
            with tempfile.TemporaryDirectory(prefix="gouji-hostile-") as name:
                ended = run(command, path, Path(name))
            ends[kind].append(ended)
            if ended.faults:
                faults += 1
                print(f"{command} {path.name}: {', '.join(ended.faults)}", flush=True)
    heads = ("kind", "files", "ended with 0/1/2", "slowest, s", "most memory, MB")
    rows = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for kind, held in ends.items():
        codes = "/".join(str(sum(e.code == code for e in held)) for code in (0, 1, 2))
        slowest, most = max(e.seconds for e in held), max(e.megabytes for e in held)
        rows.append(f"| `{kind}` | {files[kind]} | {codes} | {slowest:.1f} | {most:.0f} |")
    table = "\n".join(rows)
    print(table)
    print(f"{sum(files.values())} files, {sum(map(len, ends.values()))} runs, {faults} faults")
    if given.out:
        given.out.write_text(table + "\n", encoding="utf-8")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
