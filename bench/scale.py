"""How checking scales: many workbooks, by several ways, in one go, as ratios.

    python bench/scale.py 100 1000 10000          # 100000 on demand
    python bench/scale.py 1000 --chart docs/images/scale.png

Beside gouji with one and two processes and on a Dask cluster of two workers: python-calamine
alone reading every sheet; the straightforward script (pandas.read_excel and a pandera
schema per file); frictionless reading the same sheets. Ways that are slow are timed on a sample and
said to be.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from gouji.templates.a1 import cell_name
from gouji.templates.edition import load
from gouji.templates.layout import layout_of
from gouji.templates.workbook import write
from gouji.validators.office.check import check

from tests.builders import consistent

FORM = load("2021")
SHEETS = ("表二", "表三", "表四")
SAMPLE = 200  # files, for the slow ways


def generate(folder: Path, count: int) -> list[Path]:
    """``count`` filled workbooks, each with numbers of its own; one in ten has an error."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(count)
    model = write(
        FORM,
        folder / "m.xlsx",
        year=2024,
        unit="某县",
        values=consistent(FORM, rng),
        typed_totals=True,
    )
    data = model.read_bytes()
    paths = []
    for number in range(count):
        values = consistent(FORM, rng)
        values["t3.granted.natural"] += number % 10 == 0
        path = folder / f"{number // 1000:03d}" / f"{number}.xlsx"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(filled(data, values))
        paths.append(path)
    return paths


def filled(data: bytes, values: Mapping[str, float]) -> bytes:
    """The workbook with other numbers in its fields: quicker than to write each anew."""
    layout = layout_of(FORM)
    parts = {name: f"xl/worksheets/sheet{n}.xml" for n, name in enumerate(sheet_names(data), 1)}
    wanted: dict[str, dict[bytes, float]] = {}
    for key, (sheet, row, column) in layout.cells.items():
        held = wanted.setdefault(parts[sheet], {})
        held[cell_name(row, column).encode()] = values[key]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            part = old.read(name)
            if name in wanted:
                numbers = wanted[name]
                part = re.sub(
                    rb'(<c r="([A-Z]+[0-9]+)"[^>]*><v>)([^<]*)',
                    lambda m, n=numbers: m[1] + (f"{n[m[2]]:.15g}".encode() if m[2] in n else m[3]),
                    part,
                )
            new.writestr(name, part)
    return out.getvalue()


def sheet_names(data: bytes) -> list[str]:
    """The sheets in the order of their tabs, which is that of their parts here."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        book = package.read("xl/workbook.xml").decode()
    return re.findall(r'<sheet name="([^"]*)"', book)


def calamine(paths: Sequence[Path]) -> None:
    """The floor: the values of every sheet and nothing else."""
    from python_calamine import CalamineWorkbook

    for path in paths:
        book = CalamineWorkbook.from_path(str(path))
        for sheet in book.sheet_names:
            book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def gouji(paths: Sequence[Path], jobs: int = 1, cluster: str = "") -> int:
    """Checks; how many files have findings."""
    return sum(r.status != "ok" for r in check(paths, jobs=jobs, cluster=cluster, lean=True))


def straightforward(paths: Sequence[Path]) -> None:
    """What a user would write: read 表三, a wide frame, one check per footing, file by file."""
    import pandas as pd
    import pandera.pandas as pa

    columns = {i: pa.Column(float, pa.Check.ge(0), coerce=True) for i in range(7)}
    schema = pa.DataFrameSchema(
        columns, checks=pa.Check(lambda f: f[6] == f[[0, 1, 2, 3, 4, 5]].sum(axis=1))
    )
    for path in paths:
        frame = pd.read_excel(path, sheet_name="表三", header=None, engine="openpyxl")
        body = frame.iloc[6:31, 3:10].reset_index(drop=True)
        body.columns = range(7)
        with contextlib.suppress(pa.errors.SchemaErrors):
            schema.validate(body, lazy=True)


def frictionless(paths: Sequence[Path]) -> None:
    """Every row of the three sheets."""
    from frictionless import Resource, formats, system

    with system.use_context(trusted=True):
        for path in paths:
            for sheet in SHEETS:
                control = formats.ExcelControl(sheet=sheet)
                with Resource(path=str(path), control=control) as held:
                    for _ in held.row_stream:
                        pass


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def cluster_of_two() -> tuple[str, list[subprocess.Popen[bytes]]]:
    """A scheduler and two workers on this machine: its address, and the processes."""
    port = random.randint(20000, 40000)
    address, quiet = f"tcp://127.0.0.1:{port}", subprocess.DEVNULL
    base = [sys.executable, "-m"]
    scheduler = [
        "distributed.cli.dask_scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-dashboard",
    ]
    worker = [
        "distributed.cli.dask_worker",
        address,
        "--nworkers",
        "1",
        "--nthreads",
        "1",
        "--no-dashboard",
    ]
    started = [subprocess.Popen([*base, *scheduler], stdout=quiet, stderr=quiet)]
    time.sleep(3)
    started += [subprocess.Popen([*base, *worker], stdout=quiet, stderr=quiet) for _ in range(2)]
    time.sleep(4)
    return address, started


def measure(count: int, folder: Path, slow: bool) -> dict[str, float]:
    """Milliseconds a file by each way."""
    paths = generate(folder / str(count), count)
    sample = paths[:SAMPLE]
    calamine(sample), gouji(sample)  # the disk's cache and the imports are warm
    times = {"calamine": timed(lambda: calamine(paths)) / count}
    times["gouji, 1 process"] = timed(lambda: gouji(paths)) / count
    if count >= 500:  # starting processes takes seconds
        times["gouji, 2 processes"] = timed(lambda: gouji(paths, 2)) / count
    if slow:
        address, started = cluster_of_two()
        try:
            gouji(sample, cluster=address)
            times["gouji, Dask, 2 workers"] = timed(lambda: gouji(paths, cluster=address)) / count
        finally:
            for process in started:
                process.kill()
        times["read_excel + pandera"] = timed(lambda: straightforward(sample)) / len(sample)
        times["frictionless, reading only"] = timed(lambda: frictionless(sample)) / len(sample)
    shutil.rmtree(folder / str(count))
    return {way: seconds * 1000 for way, seconds in times.items()}


def chart(rows: dict[int, dict[str, float]], out: Path) -> None:
    """Milliseconds a file over the number of files, as a picture."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 4.5))
    for way in dict.fromkeys(w for row in rows.values() for w in row):
        points = [(n, row[way]) for n, row in rows.items() if way in row]
        axes.plot(*zip(*points, strict=True), marker="o", label=way)
    axes.set(xscale="log", yscale="log", xlabel="workbooks", ylabel="ms a workbook")
    axes.legend()
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(out, dpi=110)


def main() -> None:
    """Prints every way's milliseconds a file and its ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=[100, 1000])
    parser.add_argument("--chart", type=Path)
    parser.add_argument("--fast", action="store_true", help="without Dask and the slow ways")
    given = parser.parse_args()
    rows = {}
    with tempfile.TemporaryDirectory(prefix="gouji-scale-") as held:
        for count in given.counts:
            slow = not given.fast and count <= 10_000
            row = rows[count] = measure(count, Path(held), slow)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{count} workbooks, peak memory {peak:.0f} MB", flush=True)
            for way, ms in row.items():
                print(f"  {way:28} {ms:8.2f} ms a file  {ms / row['calamine']:6.2f} x calamine")
    if given.chart:
        chart(rows, given.chart)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    main()
