"""Fifty clerks at once on `gouji serve`, for as many seconds as given.

Usage: python bench/clerks.py [SECONDS] [CLERKS]. Prints the requests answered, the errors, and the
95th percentile of the waiting time beside the time one check takes in process, as a ratio.
"""

from __future__ import annotations

import random
import socket
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
import uvicorn

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gouji.addin.web.server import make_app  # noqa: E402
from gouji.templates.edition import load  # noqa: E402
from gouji.templates.workbook import write  # noqa: E402
from gouji.validators.office.check import check_bytes  # noqa: E402

from tests.builders import consistent  # noqa: E402


def workbook() -> bytes:
    """One filled report with a wrong cell."""
    edition = load("2021")
    values = consistent(edition, random.Random(1))
    values["t3.granted.natural"] += 1
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "a.xlsx"
        write(edition, path, year=2024, unit="某县", values=values, typed_totals=True)
        return path.read_bytes()


def main() -> None:
    """Runs the clerks and prints one line."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    clerks = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    data = workbook()
    check_bytes(data, "a.xlsx")
    start = time.perf_counter()
    for _ in range(50):
        check_bytes(data, "a.xlsx")
    alone = (time.perf_counter() - start) / 50
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = make_app(per_minute=10**9)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.02)
    waited: list[float] = []
    errors: list[str] = []
    until = time.monotonic() + seconds

    def clerk() -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            while time.monotonic() < until:
                begun = time.perf_counter()
                answer = client.post("/api/check", content=data, headers={"X-File-Name": "a.xlsx"})
                waited.append(time.perf_counter() - begun)
                if answer.status_code != 200 or len(answer.json()["file"]["findings"]) != 2:
                    errors.append(answer.text[:80])

    threads = [threading.Thread(target=clerk) for _ in range(clerks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.should_exit = True
    p95 = statistics.quantiles(waited, n=20)[-1]
    print(
        f"{clerks} clerks, {seconds:g} s: {len(waited)} answers, {len(errors)} errors, "
        f"p95 {p95:.3f} s = {p95 / alone:.1f} × one check in process ({alone * 1000:.1f} ms)"
    )
    sys.exit(1 if errors else 0)


if __name__ == "__main__":
    main()
