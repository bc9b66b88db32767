"""Draws the pictures of docs/: python docs/pictures.py (needs soffice and pdftoppm)."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """The marked table 3 and the results sheet of `make demo`."""
    images = ROOT / "docs" / "images"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        demo = [sys.executable, str(ROOT / "bench/demo.py"), name]
        subprocess.run(demo, check=True, stdout=subprocess.DEVNULL)
        book = next(folder.glob("*改错*.xlsx"))
        convert = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", name, str(book)]
        subprocess.run(convert, check=True, stdout=subprocess.DEVNULL)
        pdf = str(book.with_suffix(".pdf"))
        told = subprocess.run(["pdfinfo", pdf], check=True, capture_output=True, text=True).stdout
        last = next(line.split()[1] for line in told.splitlines() if line.startswith("Pages"))
        for page, image in ((4, "marked-table"), (last, "results-sheet")):
            draw = ["pdftoppm", "-r", "80", "-f", str(page), "-l", str(page), "-png", "-singlefile"]
            subprocess.run([*draw, pdf, str(images / image)], check=True)


if __name__ == "__main__":
    main()
