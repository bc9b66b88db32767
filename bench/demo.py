"""`make demo`: a real county's published figures, one broken cell, the check, the marks.

Usage: python bench/demo.py FOLDER
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "tests/data/published/lianshan-2021.txt"


def gouji(*arguments: str) -> int:
    """Runs one command of the installed gouji, shown as a user would type it."""
    print(f"\n$ gouji {' '.join(arguments)}", flush=True)
    command = Path(sys.executable).with_name("gouji")
    return subprocess.run([str(command), *arguments], check=False).returncode


def break_one_cell(source: Path, broken: Path) -> None:
    """The published text with one number of table 3 changed: （一）予以公开, 自然人, 10 → 11."""
    lines = source.read_text("utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("(一)予以公开"))
    number = int(lines[at + 1].strip(" |"))
    lines[at + 1] = f"{number + 1} |"
    broken.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"\n# （一）予以公开、自然人：{number} 改成 {number + 1}（故意改错）")


def main() -> None:
    """Runs the demonstration in the folder given on the command line."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "demo")
    folder.mkdir(parents=True, exist_ok=True)
    good, bad = folder / "连山区2021.xlsx", folder / "连山区2021-改错一格.xlsx"
    for book in (good, bad):  # of the last demonstration
        book.unlink(missing_ok=True)
    clean = gouji("import", str(SOURCE), "-o", str(good))
    clean += gouji("check", str(good))
    text = folder / "改错一格.txt"
    break_one_cell(SOURCE, text)
    gouji("import", str(text), "-o", str(bad))
    found = gouji("check", str(bad))
    marked = gouji("flag", str(bad))
    if clean or found != 1 or marked != 1:
        sys.exit("the demonstration did not go as it should")
    print(
        f"\n标好的工作簿在：{bad.resolve()}\n用 Excel、WPS 或 LibreOffice 打开看；还原：gouji clear"
    )


if __name__ == "__main__":
    main()
