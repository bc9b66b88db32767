"""How long ``gouji.html`` takes until it can judge, beside a start of Pyodide with nothing in it.

Usage: python bench/page_start.py [RUNS]. Needs npm and Chromium. Both pages are built of the same
parts and opened from a folder, in turn; the fastest of each is compared. Goals: 6 s on two idle
cores, 1.5 times the empty start.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from gouji.addin.page.build import build_page, bundle
from playwright.sync_api import sync_playwright

_OURS = re.compile(r"  python\.unpackArchive\(ours.*?\n(?=\})", re.DOTALL)


def emptied(script: str) -> str:
    """The bundle whose worker starts Python and loads nothing of gouji."""
    parts = json.loads(script.removeprefix("const BUNDLE = ").rstrip().rstrip(";"))
    worker = _unpacked(parts["worker.js"])
    without, count = _OURS.subn("", worker)
    if count != 1:
        raise SystemExit("the worker starts Python in another way than this bench knows")
    parts["worker.js"] = _packed(without)
    return f"const BUNDLE = {json.dumps(parts)};\n"


def _unpacked(text: str) -> str:
    return gzip.decompress(base64.b64decode(text)).decode()


def _packed(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode())).decode()


def seconds(browser: Any, page: Path) -> float:
    """From the address being opened until the page says that it is ready."""
    view = browser.new_context(offline=True).new_page()
    begun = time.perf_counter()
    view.goto(page.as_uri(), wait_until="commit")
    view.wait_for_function("() => window.gouji", timeout=120_000)
    view.evaluate("gouji.ready")
    took = time.perf_counter() - begun
    view.context.close()
    return took


def main() -> None:
    """Prints both times and their ratio."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    script = bundle()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as player:
        browser = player.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        pages = {
            "gouji.html": build_page(Path(name) / "gouji.html", script),
            "empty start": build_page(Path(name) / "empty.html", emptied(script)),
        }
        fastest = dict.fromkeys(pages, 1e9)
        for _ in range(runs):
            for what, page in pages.items():
                fastest[what] = min(fastest[what], seconds(browser, page))
        browser.close()
    for what, took in fastest.items():
        print(f"{what}: {took:.2f} s")
    print(f"ratio: {fastest['gouji.html'] / fastest['empty start']:.2f} (goal 1.5)")


if __name__ == "__main__":
    main()
