"""Two hundred clerks at once on the office server, with hostile uploads among them.

    python bench/clerks.py [SECONDS] [CLERKS] [--hostile DIR]

The server is a process of its own. Each clerk sends a filled workbook again and again and looks at
the findings; beside them five senders upload what wants harm, over and over: a part that unpacks
to a hundred times its size, a deep nesting, a file of cells without addresses, an OpenDocument
table that repeats itself, a body that comes a byte at a time. With ``--hostile`` every file of a
folder is sent instead of the first four. Printed: the clerks' answers and errors, the 95th
percentile of their waiting beside one check in process, the highest memory of the server with its
children, and how long it takes to end on SIGTERM while uploads are being read.
"""

from __future__ import annotations

import argparse
import io
import itertools
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx2

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gouji.addin.web.listen import door, listen  # noqa: E402
from gouji.addin.web.server import make_app  # noqa: E402
from gouji.templates.edition import load  # noqa: E402
from gouji.templates.workbook import write  # noqa: E402
from gouji.validators.office.check import check_bytes  # noqa: E402

from tests.builders import consistent  # noqa: E402
from tests.validators.ooxml.samples import changed  # noqa: E402

SHEET = "xl/worksheets/sheet1.xml"


def workbook() -> bytes:
    """One filled report with a wrong cell."""
    edition = load("2021")
    values = consistent(edition, random.Random(1))
    values["t3.granted.natural"] += 1
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "a.xlsx"
        write(edition, path, year=2024, unit="某县", values=values, typed_totals=True)
        return path.read_bytes()


def altered(data: bytes, insert: bytes, before: bytes = b"<sheetData>") -> bytes:
    """The workbook with ``insert`` in its first sheet."""
    return changed(
        data, lambda name, part: part.replace(before, insert + before, 1) if name == SHEET else part
    )


def table_that_repeats() -> bytes:
    """An OpenDocument table of 900 bytes that means a hundred million cells."""
    cell = b'<table:table-cell table:number-columns-repeated="10000">'
    cells = cell + b"<text:p>1</text:p></table:table-cell>"
    rows = b'<table:table-row table:number-rows-repeated="10000">' + cells + b"</table:table-row>"
    head = (
        b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        b'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        b'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        b'<office:spreadsheet><table:table table:name="a">'
    )
    tail = b"</table:table></office:spreadsheet></office:body></office:document-content>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", 8) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", 0)
        package.writestr("content.xml", head + rows + tail)
    return out.getvalue()


def hostile(data: bytes, folder: Path | None) -> list[tuple[str, bytes]]:
    """What is sent beside the clerks: name and bytes."""
    if folder is not None:
        return [(p.name, p.read_bytes()) for p in sorted(folder.rglob("*")) if p.is_file()]
    cells = b"<row>" + b"<c><v>1</v></c>" * 2_000_000 + b"</row>"
    return [
        ("blanks.xlsx", altered(data, b" " * (40 << 20))),
        ("deep.xlsx", altered(data, b"<x>" * 500_000)),
        ("cells.xlsx", altered(data, cells, b"</sheetData>")),
        ("repeats.ods", table_that_repeats()),
    ]


def memory(root: int) -> int:
    """Bytes of a process and of those it started."""
    parents, held = {}, Counter[int]()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat, status = (entry / "stat").read_text(), (entry / "status").read_text()
        except OSError:
            continue
        parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
        resident = re.search(r"VmRSS:\s+(\d+)", status)
        held[int(entry.name)] = 1024 * int(resident[1]) if resident else 0
    family, more = {root}, True
    while more:
        more = {p for p, parent in parents.items() if parent in family} - family
        family |= more
    return sum(held[p] for p in family)


class Town:
    """The server's process, the clerks and the hostile senders, and what they saw."""

    def __init__(self, data: bytes, seconds: float) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        command = [sys.executable, __file__, "--serve", str(self.port)]
        self.server = subprocess.Popen(command)
        self.data, self.base = data, f"http://127.0.0.1:{self.port}"
        self.waited, self.errors = list[float](), list[str]()
        self.refused, self.peak = Counter[str](), 0
        while not self._answers():
            if self.server.poll() is not None:
                raise SystemExit("the server did not start")
            time.sleep(0.05)
        self.until = time.monotonic() + seconds

    def _answers(self) -> bool:
        try:
            return httpx2.get(self.base).status_code == 200
        except httpx2.HTTPError:
            return False

    def clerk(self) -> None:
        """Sends the filled workbook until time is up."""
        with httpx2.Client(base_url=self.base, timeout=60) as client:
            while time.monotonic() < self.until:
                begun = time.perf_counter()
                try:
                    answer = client.post(
                        "/api/check", content=self.data, headers={"X-File-Name": "a.xlsx"}
                    )
                except httpx2.HTTPError as error:
                    self.errors.append(repr(error))
                    continue
                self.waited.append(time.perf_counter() - begun)
                if answer.status_code != 200 or len(answer.json()["file"]["findings"]) != 2:
                    self.errors.append(answer.text[:80])

    def harm(self, files: list[tuple[str, bytes]]) -> None:
        """Sends hostile files until the server is gone."""
        for name, body in itertools.cycle(files):
            try:
                answer = httpx2.post(
                    f"{self.base}/api/check",
                    content=body,
                    timeout=60,
                    headers={"X-File-Name": name.encode("ascii", "replace").decode()},
                )
                if time.monotonic() < self.until:  # an answer broken off by the end is none
                    self.refused[f"{answer.status_code}"] += 1
            except httpx2.HTTPError:
                if time.monotonic() > self.until:  # it was told to end
                    return
                self.refused["no answer"] += 1

    def dawdle(self) -> None:
        """Sends a body a byte at a time."""

        def drops() -> Iterator[bytes]:
            for byte in self.data:
                time.sleep(0.2)
                yield bytes([byte])

        while time.monotonic() < self.until:
            try:
                answer = httpx2.post(f"{self.base}/api/check", content=drops(), timeout=90)
                self.refused[f"{answer.status_code}"] += 1
            except httpx2.HTTPError:  # the server gave up on the body, or ended
                self.refused["cut off"] += 1

    def watch(self) -> None:
        """Keeps the highest memory that was seen."""
        while time.monotonic() < self.until:
            self.peak = max(self.peak, memory(self.server.pid))
            time.sleep(0.25)


def run(seconds: float, clerks: int, folder: Path | None) -> int:
    """Prints what the clerks saw; 1 when one of them met an error or a bound was not kept."""
    data = workbook()
    check_bytes(data, "a.xlsx")
    begun = time.perf_counter()
    for _ in range(50):
        check_bytes(data, "a.xlsx")
    alone = (time.perf_counter() - begun) / 50
    files = hostile(data, folder)
    town = Town(data, seconds)
    honest = [threading.Thread(target=town.clerk) for _ in range(clerks)]
    shares = [files[n::4] for n in range(4) if files[n::4]]
    others = [threading.Thread(target=town.harm, args=(s,), daemon=True) for s in shares]
    others += [threading.Thread(target=town.dawdle, daemon=True)]
    watch = threading.Thread(target=town.watch)
    for thread in (*honest, *others, watch):
        thread.start()
    for thread in (*honest, watch):
        thread.join()
    reply = time.perf_counter()
    town.server.send_signal(signal.SIGTERM)
    town.server.wait(30)
    ended = time.perf_counter() - reply
    p95 = statistics.quantiles(town.waited, n=20)[-1]
    print(
        f"{clerks} clerks, {seconds:g} s: {len(town.waited)} answers, {len(town.errors)} errors, "
        f"p95 {p95:.3f} s = {p95 / alone:.1f} × one check in process ({alone * 1000:.1f} ms)\n"
        f"{len(others)} hostile senders were answered {dict(town.refused)}; the server and its "
        f"children held at most {town.peak >> 20} MB; ended {ended:.2f} s after SIGTERM"
    )
    for error in town.errors[:5]:
        print(error)
    return int(bool(town.errors) or ended > 2 or town.peak > 2 << 30)


def main() -> int:
    """Runs the clerks, or as their server."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seconds", nargs="?", type=float, default=60)
    parser.add_argument("clerks", nargs="?", type=int, default=200)
    parser.add_argument("--hostile", type=Path, help="a folder whose files are sent")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        os.environ.setdefault("PYTHONWARNINGS", "ignore")
        listen(make_app(per_minute=10**9), door("127.0.0.1", given.serve))
        return 0
    return run(given.seconds, given.clerks, given.hostile)


if __name__ == "__main__":
    raise SystemExit(main())
