"""Kills `gouji flag` at random moments and counts damaged files.

Usage: python bench/kills.py [KILLS]. A file is whole when it is, part for part, the unmarked or the
marked one; what was left beside it is counted too.
"""

from __future__ import annotations

import io
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gouji.templates.edition import load  # noqa: E402
from gouji.templates.workbook import write  # noqa: E402
from gouji.validators.office.check import check  # noqa: E402
from gouji.validators.office.flag import flag  # noqa: E402

from tests.builders import consistent  # noqa: E402


def parts(path: Path) -> dict[str, bytes]:
    """Every part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as package:
        return {n: package.read(n) for n in package.namelist()}


def main() -> None:
    """Runs as many kills as the command line says and prints what became of the file."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    gouji = str(Path(sys.executable).with_name("gouji"))
    with tempfile.TemporaryDirectory() as name:
        edition = load("2021")
        values = consistent(edition, random.Random(1))
        values["t3.granted.total"] += 1
        path = Path(name) / "a.xlsx"
        write(edition, path, year=2024, unit="某县", values=values, typed_totals=True)
        original = path.read_bytes()
        old = parts(path)
        start = time.perf_counter()
        subprocess.run([gouji, "flag", str(path)], check=False, stdout=subprocess.DEVNULL)
        whole = time.perf_counter() - start
        new = parts(path)
        assert old != new
        seen = {"unmarked": 0, "marked": 0, "damaged": 0}
        for _ in range(kills):
            path.write_bytes(original)
            run = subprocess.Popen([gouji, "flag", str(path)], stdout=subprocess.DEVNULL)
            # most of the time in the last third, where the file is written
            time.sleep(whole * random.triangular(0.2, 1.1, 0.95))
            run.kill()
            run.wait()
            try:
                now = parts(path)
            except (zipfile.BadZipFile, OSError):
                now = {}
            seen["unmarked" if now == old else "marked" if now == new else "damaged"] += 1
        left = [p.name for p in path.parent.iterdir() if p != path]
        print(f"{kills} kills: {seen}; {len(left)} temporary files left beside the workbook")
        for result in check([path]):
            print(flag(result).line)
        sys.exit(1 if seen["damaged"] else 0)


if __name__ == "__main__":
    main()
