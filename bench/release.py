"""`make release`: everything that is handed out, built into one folder with its checksums.

Usage: python bench/release.py [FOLDER]. Without FOLDER it is dist/ of the project, which is emptied
first; a folder that is named must be empty. Nothing is uploaded.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from gouji.templates.edition import edition_ids, load
from gouji.templates.workbook import write

sys.path.insert(0, str(Path(__file__).parent))  # also where it is loaded from elsewhere
import wheelhouse

ROOT = Path(__file__).resolve().parents[1]
SUMS = "SHA256SUMS"


def packages(dist: Path) -> None:
    """Wheel and source distribution; the wheel is built from the source distribution."""
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(dist), str(ROOT)], check=True, cwd=dist
    )


def addins(folder: Path) -> None:
    """The add-ins and ``gouji.html``, without which no release goes out."""
    gouji = Path(sys.executable).with_name("gouji")
    subprocess.run([str(gouji), "addin", "build", "-o", str(folder)], check=True)
    if not (folder / "gouji.html").is_file():
        sys.exit("gouji.html was not made: a release needs npm and its registry")


def templates(folder: Path) -> list[Path]:
    """The blank workbook of every edition, without and with ledgers."""
    folder.mkdir(parents=True)
    made = []
    for name in edition_ids():
        form = load(name)
        made.append(write(form, folder / f"{form.title}-{name}.xlsx"))
        made.append(write(form, folder / f"{form.title}-{name}-含台账.xlsx", ledgers=True))
    return made


def offline(dist: Path) -> None:
    """A folder for each platform that installs without a network."""
    (wheel,) = dist.glob("gouji-*.whl")
    for platform in wheelhouse.PLATFORMS:
        wheelhouse.make(platform, wheel, dist / f"offline-{platform}")


def checksums(dist: Path) -> Path:
    """SHA256SUMS over every file under ``dist``, as ``sha256sum -c`` reads it."""
    sums = dist / SUMS
    names = sorted(p.relative_to(dist).as_posix() for p in dist.rglob("*") if p.is_file())
    lines = [
        f"{hashlib.sha256((dist / name).read_bytes()).hexdigest()}  {name}\n"
        for name in names
        if name != SUMS
    ]
    sums.write_text("".join(lines), "utf-8", newline="\n")
    return sums


def main(named: str = "") -> None:
    """Builds everything; raises ``SystemExit`` for a named folder that is not empty."""
    dist = Path(named).resolve() if named else ROOT / "dist"
    if not named:
        shutil.rmtree(dist, ignore_errors=True)
    elif dist.exists() and any(dist.iterdir()):
        sys.exit(f"{dist} is not empty")
    dist.mkdir(parents=True, exist_ok=True)
    packages(dist)
    addins(dist / "addin")
    templates(dist / "templates")
    offline(dist)
    print(checksums(dist).read_text("utf-8"), end="")


if __name__ == "__main__":
    main(*sys.argv[1:2])
