"""Does ``compare`` find every chain that was broken, and nothing else?

``python bench/compare.py [--reports 300] [--breaks 60] [--seed 1] [--jobs 1]`` makes workbooks of
units over six years (2019 to 2024, so two editions) in which every relation holds, breaks chains
(结转, 现行有效) by numbers that leave each report right in itself, runs ``gouji compare`` and
``gouji check`` on them as processes, and reports what was found, missed and said wrongly, seconds a
report and peak memory. ``3000`` reports (500 units) take some minutes.

``python bench/compare.py --data 1000 10000 100000 [--jobs 2] [--out a.csv]``: ``gouji data`` of so
many workbooks, each with numbers of its own, milliseconds a report (of the
clock, of the processor) and peak memory.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from gouji.templates.edition import for_year
from gouji.templates.formulas import computed_totals
from gouji.templates.workbook import write

from bench.scale import generate

YEARS = range(2019, 2025)
COLUMNS = ("natural", "business", "research", "public_interest", "legal_service", "other")
_PROGRAM = (
    "import resource,sys;from gouji.validators.cli.main import main\n"
    "try: main(sys.argv[1:])\n"
    "finally:\n"
    "    who = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN\n"
    "    print('peak', *(resource.getrusage(w).ru_maxrss for w in who), file=sys.stderr)"
)
Numbers = dict[str, float]


@dataclass
class Pile:
    """Workbooks in a folder, and what was broken in them: unit, year, field, rule."""

    folder: Path
    reports: int = 0
    breaks: set[tuple[str, int, str]] = field(default_factory=set)


def six_years(rng: random.Random) -> dict[int, Numbers]:
    """One unit's reports of ``YEARS``, each right in itself and following the one before."""
    made: dict[int, Numbers] = {}
    carried = dict.fromkeys(COLUMNS, 0.0)
    in_force = float(rng.randint(60, 99))  # never below what a year issues
    for year in YEARS:
        form = for_year(year)
        values: Numbers = dict.fromkeys(form.fields, 0.0)
        for column in COLUMNS:
            for row in rng.sample(form.sets["leaf"], 3):
                values[f"t3.{row}.{column}"] = float(rng.randint(0, 6))
            handled = sum(values[f"t3.{row}.{column}"] for row in form.sets["leaf"])
            if handled < carried[column]:
                values[f"t3.granted.{column}"] += carried[column] - handled
                handled = carried[column]
            out = float(rng.randint(0, 3))
            values[f"t3.carried_in.{column}"] = carried[column]
            values[f"t3.new.{column}"] = handled + out - carried[column]
            values[f"t3.carried_out.{column}"] = carried[column] = out
        if form.id == "2021":
            issued, repealed = float(rng.randint(0, 5)), float(rng.randint(0, 3))
            in_force += issued - repealed
            values["t2.normative.issued"], values["t2.normative.in_force"] = issued, in_force
            values["t2.normative.repealed"] = repealed
        made[year] = values
    return made


def broken(rng: random.Random, years: dict[int, Numbers]) -> tuple[int, str]:
    """Breaks one chain, whose report stays right in itself: the year and the field it shows at."""
    year = rng.choice([*YEARS][1:])
    values = years[year]
    if year > for_year(year).from_year and for_year(year).id == "2021" and rng.random() < 0.4:
        # every later year follows from the wrong one, so that one chain alone is broken
        for later in range(year, YEARS.stop):
            years[later]["t2.normative.in_force"] += 7
        return year, "Y-IN-FORCE"
    column = rng.choice(COLUMNS)
    moved = float(rng.randint(1, 4))
    values[f"t3.carried_in.{column}"] += moved
    values[f"t3.granted.{column}"] += moved
    return year, "Y-CARRY"


def pile(folder: Path, reports: int, breaks: int, seed: int) -> Pile:
    """``reports`` workbooks, six a unit, with ``breaks`` chains broken, one a unit at most."""
    rng, made = random.Random(seed), Pile(folder)
    units = max(1, reports // len(YEARS))
    wrong = set(rng.sample(range(units), min(breaks, units)))
    for number in range(units):
        name = f"第{number}局"
        years = six_years(rng)
        if number in wrong:
            made.breaks.add((name, *broken(rng, years)))
        for year, values in years.items():
            form = for_year(year)
            whole = computed_totals(form, values)
            path = folder / str(year) / f"{name}.xlsx"
            path.parent.mkdir(exist_ok=True)
            write(form, path, year=year, unit=name, values=whole, typed_totals=True)
            made.reports += 1
    return made


def told(output: str) -> set[tuple[str, int, str]]:
    """What the lines of ``compare`` name: unit, year, and the relation they are of."""
    found = set()
    for line in output.splitlines():
        if one := re.match(r"(\S+)  (\d{4})  (.*)", line):
            rule = "Y-IN-FORCE" if "现行有效" in one[3] else "Y-CARRY" if "上年" in one[3] else "?"
            found.add((one[1], int(one[2]), rule))
    return found


def run(*words: object) -> tuple[str, float, float]:
    """What a command says, its seconds, and the megabytes of its largest process."""
    start = time.perf_counter()
    line = [sys.executable, "-c", _PROGRAM, *map(str, words)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - start
    peak = re.findall(r"peak (\d+) (\d+)", done.stderr)
    return done.stdout, taken, max(map(int, peak[-1])) / 1024 if peak else 0.0


def as_data(count: int, jobs: int, out: str) -> None:
    """Prints what ``gouji data`` takes for ``count`` workbooks."""
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder) / "in", count)
        before = os.times()
        text, taken, peak = run("data", f"{folder}/in", "-o", f"{folder}/{out}", "--jobs", jobs)
        after = os.times()
        work = sum(after[2:4]) - sum(before[2:4])  # of the processes that were waited for
        assert f"{count + 1}份年报" in text, text  # and the one that all are made from
        size = (Path(folder) / out).stat().st_size >> 20
        print(
            f"data -o {out} --jobs {jobs}: {count} reports, {1000 * taken / count:.2f} ms each, "
            f"{1000 * work / count:.2f} of the processor, {peak:.0f} MB, file {size} MB",
            flush=True,
        )


def main() -> int:
    """Makes the pile, runs the commands, prints the figures; 1 when any break is not as planted."""
    options = argparse.ArgumentParser()
    options.add_argument("--reports", type=int, default=300)
    options.add_argument("--breaks", type=int, default=60)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--data", nargs="+", type=int, default=[], help="how many workbooks")
    options.add_argument("--out", default="a.csv")
    asked = options.parse_args()
    for count in asked.data:
        as_data(count, asked.jobs, asked.out)
    if asked.data:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder) / "reports"
        top.mkdir()
        made = pile(top, asked.reports, asked.breaks, asked.seed)
        wrong = 0
        for out in ("a.html", "a.xlsx"):
            text, taken, peak = run("compare", top, "-o", Path(folder) / out, "--jobs", asked.jobs)
            found = told(text)
            missed, false = made.breaks - found, found - made.breaks
            wrong += len(missed) + len(false)
            size = (Path(folder) / out).stat().st_size >> 20
            print(
                f"compare -o {out}: {made.reports} reports, {len(made.breaks)} breaks: "
                f"{len(made.breaks & found)} found, {len(missed)} missed, {len(false)} false; "
                f"{1000 * taken / made.reports:.1f} ms a report, {peak:.0f} MB, file {size} MB"
            )
            for one in (*missed, *false):
                print("  ", *one)
        _, taken, peak = run("check", top, "-q", "--jobs", asked.jobs)
        print(f"check: {1000 * taken / made.reports:.1f} ms a report, {peak:.0f} MB")
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
