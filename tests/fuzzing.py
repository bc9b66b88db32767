"""A structured fuzzer: real workbooks and texts, damaged where it hurts.

``python -m tests.fuzzing MINUTES`` runs it for so long, fails above 512 MB of memory, keeps every
input that raises anything but ``InputError``, hangs over ten seconds, or damages a file, in
tests/data/fuzz, and says how many inputs were tried. ``MINUTES --atheris`` lets atheris, where it
is installed, choose the damage.
"""

from __future__ import annotations

import io
import multiprocessing
import random
import re
import resource
import signal
import sys
import time
import traceback
import zipfile
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import Any

from gouji.templates.edition import load
from gouji.templates.errors import InputError
from gouji.templates.workbook import write
from gouji.validators.judging.judge import judge
from gouji.validators.mark import Mark, apply_bytes, clear_bytes
from gouji.validators.mark.put import is_as_marked
from gouji.validators.ooxml.package import Package
from gouji.validators.reading.other_formats import end_child
from gouji.validators.reading.published.published_report import report_of
from gouji.validators.reading.published.tokens import split
from gouji.validators.reading.workbook import read_bytes

from .builders import consistent
from .published_text import LAYOUTS, published
from .validators.ooxml.samples import SAMPLES

KEPT = Path(__file__).parent / "data" / "fuzz"
MARKS = [Mark("表三", "J9", "error", "相差1。"), Mark("数据", "A1", "note", "x", likely=True)]
WORDS = [
    b"",
    b"0",
    b"-1",
    b"99999999999",
    b"1e999",
    b"NaN",
    b"A1:XFD1048576",
    b"#REF!",
    b"&lt;",
    b"&#0;",
    b"\xff\xfe",
    b"<",
    b">",
    b'"',
    b"'",
    b"/>",
    b"<x/>",
    "表三".encode(),
    b"../",
    b"xml:",
    b"\x00",
]


@lru_cache(maxsize=1)
def seeds() -> list[bytes]:
    """The workbooks everything begins with."""
    import tempfile

    found = [make() for make in SAMPLES.values()]
    with tempfile.TemporaryDirectory() as name:
        for edition_id in ("2021", "2019"):
            edition = load(edition_id)
            path = Path(name) / "a.xlsx"
            values = consistent(edition, random.Random(1))
            write(edition, path, year=edition.from_year, unit="某县", values=values)
            found.append(path.read_bytes())
            found.append(apply_bytes(path.read_bytes(), MARKS))
    return found


def damaged_part(rng: random.Random, data: bytes) -> bytes:
    """XML with an attribute, a text, an element or some bytes changed."""
    for _ in range(rng.randint(1, 3)):
        how = rng.randrange(6)
        if how == 0:
            spots = list(re.finditer(rb'="([^"]*)"', data))
        elif how == 1:
            spots = list(re.finditer(rb">([^<>]+)<", data))
        elif how == 2:
            spots = list(re.finditer(rb"(<[^>]{1,200}>)", data))
        else:
            at = rng.randrange(len(data) + 1)
            end = min(len(data), at + rng.choice([0, 1, 2, 40]))
            data = data[:at] + rng.choice(WORDS) + data[end:]
            continue
        if spots:
            spot = rng.choice(spots)
            new = rng.choice([*WORDS, rng.choice(spots)[1], spot[1] * 2])
            data = data[: spot.start(1)] + new + data[spot.end(1) :]
    return data


def damaged_workbook(rng: random.Random) -> bytes:
    """A workbook with parts damaged, dropped, swapped or added, or its bytes themselves."""
    data = rng.choice(seeds())
    if rng.random() < 0.15:
        at = rng.randrange(len(data))
        return data[:at] + rng.choice(WORDS) + data[at + rng.randrange(9) :]
    if rng.random() < 0.05:
        return data[: rng.randrange(len(data))]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        names = old.namelist()
        victims = set(rng.sample(names, rng.randint(1, 2)))
        for name in names:
            content = old.read(name)
            if name in victims:
                fate = rng.random()
                if fate < 0.1:
                    continue
                other = old.read(rng.choice(names))
                content = other if fate < 0.2 else damaged_part(rng, content)
            new.writestr(name, content)
    return out.getvalue()


def damaged_text(rng: random.Random) -> bytes:
    """A published report with lines lost, doubled or changed."""
    edition = load(rng.choice(["2021", "2019"]))
    text = published(
        edition, consistent(edition, rng), rng.choice(list(LAYOUTS)), "某县", edition.from_year
    )
    lines = text.splitlines()
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(lines))
        lines[at] = rng.choice(
            ["", lines[at] * 2, rng.choice(lines), "|" * 50, "1 " * 99, lines[at][:3]]
        )
    return "\n".join(lines).encode()


def damaged_bytes(rng: random.Random, data: bytes) -> bytes:
    """Some bytes changed, cut out or put in."""
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(data) + 1)
        data = data[:at] + rng.choice([*WORDS, rng.randbytes(4)]) + data[at + rng.randrange(9) :]
    return data


def damaged_ods(rng: random.Random) -> bytes:
    """An OpenDocument spreadsheet whose parts are damaged."""
    out = io.BytesIO()
    with zipfile.ZipFile(SEED_ODS) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            part = old.read(name)
            if name in ("content.xml", "META-INF/manifest.xml") and rng.random() < 0.8:
                part = damaged_part(rng, part)
            new.writestr(name, part)
    return out.getvalue()


def damaged_roster(rng: random.Random) -> bytes:
    """A roster with lines, separators and encodings that nobody asked for."""
    words = [
        "单位名称",
        "单  位  名  称",
        "代码",
        "甲局",
        "乙局（本级）",
        "合计",
        "注：见附表",
        "001",
        '="001"',
        "113412220031726541",
        "",
        "\u200b",
        "甲局",
        "，",
        ";",
        '"',
        "\t",
    ]
    lines = [",".join(rng.choices(words, k=rng.randint(1, 4))) for _ in range(rng.randint(1, 9))]
    text = rng.choice(["\n", "\r\n", "\r"]).join(lines)
    data = text.encode(rng.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"]), "replace")
    return damaged_bytes(rng, data) if rng.random() < 0.3 else data


SEED_ODS = KEPT.parent / "small.ods"
SEED_XLS = KEPT.parent / "small.xls"


def made(seed: int) -> tuple[str, bytes]:
    """The input of a seed: its kind and its bytes."""
    rng = random.Random(seed)
    kind = rng.choices(["xlsx", "txt", "ods", "roster", "xls"], [60, 15, 12, 8, 5])[0]
    if kind == "txt":
        text = damaged_text(rng)
        return "txt", damaged_bytes(rng, text) if rng.random() < 0.3 else text
    if kind == "xlsx":
        return kind, damaged_workbook(rng)
    if kind == "ods":
        return kind, damaged_ods(rng)
    return kind, damaged_roster(rng) if kind == "roster" else damaged_bytes(
        rng, SEED_XLS.read_bytes()
    )


def attempt(kind: str, data: bytes) -> None:
    """Reads, judges, marks and clears; only ``InputError`` may come out."""
    if kind == "txt":
        with suppress(InputError):
            judge([report_of(split(data.decode("utf-8", "replace")), Path("x.txt"))])
        return
    if kind == "roster":
        attempt_roster(data)
        return
    with suppress(InputError):
        judge([read_bytes(data, f"x.{kind}")])
    if kind != "xlsx":
        return
    with suppress(InputError):
        marked = apply_bytes(data, MARKS)
        Package.open(marked)
        again = apply_bytes(marked, MARKS)
        # where damage lies in what a mark touches, its journal is not believed: the marks go by
        # their marker, and only the clerk's own cells are sure to be the same
        assert again == marked or not is_as_marked(marked)
        assert contents(again) == contents(marked)
        clear_bytes(marked)


def contents(data: bytes) -> dict[str, Any]:
    """What the cells of every sheet hold, but for those of 校验结果."""
    package = Package.open(data)
    sheets = [s for s in package.sheets if not s.name.startswith("校验结果")]
    with suppress(InputError):
        return {s.name: package.cells(s).held for s in sheets}
    return {}


def attempt_roster(data: bytes) -> None:
    """Reads a roster from a file, which it always is."""
    import tempfile

    from gouji.templates.roster import read_roster

    with tempfile.TemporaryDirectory() as folder, suppress(InputError):
        path = Path(folder) / "名册.csv"
        path.write_bytes(data)
        read_roster(path)


def guided(minutes: float) -> None:
    """The same with atheris, which is guided by coverage: one part of a workbook is replaced."""
    import atheris

    atheris.instrument_all()

    def one(data: bytes) -> None:
        pick = atheris.FuzzedDataProvider(data)
        workbook = seeds()[pick.ConsumeIntInRange(0, len(seeds()) - 1)]
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w", 8) as new:
            names = old.namelist()
            victim = names[pick.ConsumeIntInRange(0, len(names) - 1)]
            for name in names:
                content = old.read(name)
                if name == victim:
                    at = pick.ConsumeIntInRange(0, len(content))
                    content = content[:at] + pick.ConsumeBytes(400) + content[at:]
                new.writestr(name, content)
        attempt("xlsx", out.getvalue())

    limits = [f"-max_total_time={int(minutes * 60)}", "-rss_limit_mb=1024", "-timeout=10"]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={KEPT}/atheris-"], one)
    atheris.Fuzz()


class Hang(BaseException):
    """Ten seconds are over."""


BLOCK = 500  # inputs one child process tries


def keep(seed: int) -> None:
    """Keeps the input of a seed that failed."""
    kind, data = made(seed)
    KEPT.mkdir(parents=True, exist_ok=True)
    kept = KEPT / f"{sha256(data).hexdigest()[:12]}.{kind}"
    kept.write_bytes(data)
    print(f"seed {seed}: kept {kept.name}", flush=True)


def block(first: int, until: float, state: Any) -> None:
    """Tries seeds from ``first`` on. ``state``: current seed, failures, slowest (s), memory (MB).

    Runs in a process of its own, so that a library that aborts is a failure with a seed, not the
    end of the run.
    """
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))

    def over(signum: int, frame: FrameType | None) -> None:
        raise Hang

    signal.signal(signal.SIGALRM, over)
    for seed in range(first, first + BLOCK):
        state[0] = seed
        if time.monotonic() >= until:
            end_child()
            return
        kind, data = made(seed)
        signal.alarm(10)
        start = time.monotonic()
        try:
            attempt(kind, data)
        except BaseException:
            if isinstance(sys.exc_info()[1], KeyboardInterrupt):
                raise
            state[1] += 1
            traceback.print_exc()
            keep(seed)
        finally:
            signal.alarm(0)
        state[2] = max(state[2], time.monotonic() - start)
        state[3] = max(state[3], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    state[0] = first + BLOCK
    end_child()  # a forked process would wait for it without end


def main() -> None:
    """Fuzzes for the minutes given on the command line."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 30
    if sys.argv[2:] == ["--atheris"]:
        guided(minutes)
        return
    until = time.monotonic() + 60 * minutes
    first = seed = int(time.time() * 1000) if len(sys.argv) < 3 else int(sys.argv[2])
    fork = multiprocessing.get_context("fork")
    state = fork.Array("d", [seed, 0, 0, 0], lock=False)
    seeds()
    import pandera.pandas  # noqa: F401  (its import is no input's time)

    while time.monotonic() < until:
        child = fork.Process(target=block, args=(seed, until, state))
        child.start()
        child.join()
        seed = int(state[0])
        if child.exitcode:
            print(f"the process ended with {child.exitcode}", flush=True)
            keep(seed)
            state[1] += 1
            seed += 1
    print(
        f"{seed - first} inputs tried in {minutes:g} minutes, {state[1]:.0f} failures, "
        f"slowest {state[2]:.2f} s, peak memory {state[3]:.0f} MB"
    )
    sys.exit(1 if state[1] or state[3] > 512 else 0)


if __name__ == "__main__":
    main()
