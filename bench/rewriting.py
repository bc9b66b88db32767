"""Harmless rewritings: does a workbook keep its verdict when programs and clerks rewrite it?

    python bench/rewriting.py [--count 2000] [--libreoffice 200]

Every report, half of them with a planted error, is put through the kinds of
``tests/validators/reading/rewriting.py`` in turn; what differs is printed. ``--libreoffice`` also
has so many saved by LibreOffice, as .xlsx, .ods and .xls.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from gouji.templates.edition import load
from gouji.validators.office import check_bytes, check_files

from tests.validators.reading.rewriting import REWRITES
from tests.validators.reading.test_rewriting import compare, verdict_of, workbook


def by_libreoffice(folder: Path, count: int) -> list[str]:
    """What differs after LibreOffice has saved the first ``count`` reports."""
    form = load("2021")
    before = {}
    for seed in range(count):
        data, _ = workbook(form, seed)
        (folder / f"{seed}.xlsx").write_bytes(data)
        before[str(seed)] = verdict_of(check_bytes(data, "a.xlsx"))
    found = []
    for suffix in ("xlsx", "ods", "xls"):
        out = folder / suffix
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                "--headless",
                "--convert-to",
                suffix,
                "--outdir",
                str(out),
                *(str(folder / f"{seed}.xlsx") for seed in range(count)),
            ],
            check=True,
            capture_output=True,
        )
        for result in check_files(sorted(out.iterdir())):
            if verdict_of(result) != before[Path(result.path).stem]:
                found.append(f"{result.path}: another verdict")
    return found


def main() -> None:
    """Prints what differs, and how many were tried by kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--libreoffice", type=int, default=0)
    given = parser.parse_args()
    tried: Counter[str] = Counter()
    wrong = []
    kinds = list(REWRITES)
    with tempfile.TemporaryDirectory(prefix="gouji-rewriting-") as held:
        for seed in range(given.count):
            form = load("2019" if seed % 4 == 0 else "2021")
            kind = kinds[seed % len(kinds)]
            tried[kind] += 1
            wrong += filter(None, [compare(form, seed, kind)])
        if given.libreoffice:
            tried["saved by LibreOffice (.xlsx, .ods, .xls)"] = given.libreoffice
            wrong += by_libreoffice(Path(held), given.libreoffice)
    for line in wrong:
        print(line)
    for kind, count in tried.items():
        print(f"{kind:45} {count}")
    print(f"{sum(tried.values())} workbooks rewritten, {len(wrong)} with another verdict")


if __name__ == "__main__":
    main()
