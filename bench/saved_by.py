"""How long checking takes by who saved the workbooks: processor time beside python-calamine's.

    python bench/saved_by.py 150        # files of each kind; LibreOffice is needed for one kind

Each row: the same reports as XlsxWriter, openpyxl and LibreOffice save them, one in ten with an
error, and reports under the template's own sums of which every one has an error. Each kind is
measured in a process of its own, as a folder of that kind would be. The yardstick is
python-calamine alone reading every sheet of the same files.
"""

from __future__ import annotations

import multiprocessing
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import openpyxl
import python_calamine
from gouji.templates.edition import load
from gouji.templates.workbook import write
from gouji.validators import check

from tests.builders import consistent

FORM = load("2021")


def processor() -> float:
    """Seconds of the processor that this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def written(folder: Path, count: int, *, broken: bool) -> list[Path]:
    """Reports as XlsxWriter saves them; under formulas and all ``broken``, or one in ten."""
    rng, paths = random.Random(7), []
    folder.mkdir()
    for number in range(count):
        values = consistent(FORM, rng)
        values["t3.granted.natural"] += broken or number % 10 == 0
        if broken:
            values = {k: v for k, v in values.items() if k not in FORM.totals}
        path = folder / f"{number}.xlsx"
        write(FORM, path, year=2024, unit="某县", values=values, typed_totals=not broken)
        paths.append(path)
    return paths


def saved_again(folder: Path, paths: Sequence[Path]) -> list[Path]:
    """The same as openpyxl saves them."""
    folder.mkdir()
    for path in paths:
        openpyxl.load_workbook(path).save(folder / path.name)
    return sorted(folder.glob("*.xlsx"))


def converted(folder: Path, paths: Sequence[Path]) -> list[Path]:
    """The same as LibreOffice saves them."""
    profile = f"-env:UserInstallation={(folder.parent / 'profile').as_uri()}"
    to = ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder)]
    command = ["soffice", profile, "--headless", *to, *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True)
    return sorted(folder.glob("*.xlsx"))


def measured(paths: Sequence[Path]) -> tuple[float, float]:
    """Milliseconds of the processor a file: python-calamine's and ours."""
    for _ in check(paths[:3]):
        pass
    start = processor()
    for path in paths:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()
    middle = processor()
    for _ in check(paths):
        pass
    end = processor()
    return 1000 * (middle - start) / len(paths), 1000 * (end - middle) / len(paths)


def main() -> None:
    """Prints a line for each kind."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 150
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        own = written(folder / "xlsxwriter", count, broken=False)
        kinds = {"XlsxWriter": own, "openpyxl": saved_again(folder / "openpyxl", own)}
        if shutil.which("soffice"):
            kinds["LibreOffice"] = converted(folder / "libreoffice", own)
        kinds["every one broken, under formulas"] = written(folder / "broken", count, broken=True)
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as alone:
            for kind, (theirs, ours) in zip(
                kinds, alone.imap(measured, kinds.values()), strict=True
            ):
                print(f"| {kind} | {theirs:.2f} | {ours:.2f} | {ours / theirs:.2f} |", flush=True)


if __name__ == "__main__":
    main()
