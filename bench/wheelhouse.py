"""A folder of wheels for one platform, with ``install.sh`` or ``install.cmd``, for desks offline.

Usage: python bench/wheelhouse.py PLATFORM WHEEL FOLDER, where PLATFORM is a key of ``PLATFORMS``.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

# pip's names of a platform, newest first, as far as wheels of it are published.
PLATFORMS = {
    "windows-x64": ("win_amd64",),
    "linux-x86_64": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "linux-aarch64": ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
}
PYTHONS = ("3.11", "3.12", "3.13")
# pip reads the markers of the machine it runs on: what only Windows needs is named here.
_WINDOWS = ("xlwings", "pywin32", "colorama", "tzdata")
_SCRIPTS = Path(__file__).parents[1] / "addin" / "install" / "offline"


def make(platform: str, wheel: Path, folder: Path, pythons: Sequence[str] = PYTHONS) -> Path:
    """Fills ``folder`` with ``wheel`` and all it needs on ``platform``; raises when pip cannot."""
    folder.mkdir(parents=True, exist_ok=True)
    tags = [part for tag in PLATFORMS[platform] for part in ("--platform", tag)]
    windows = platform.startswith("windows")
    wanted = [f"gouji[server,encrypted] @ {wheel.resolve().as_uri()}", "pip", "setuptools"]
    for python in pythons:
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--disable-pip-version-check",
                "--only-binary",
                ":all:",
                "--implementation",
                "cp",
                "--python-version",
                python,
                *tags,
                "--dest",
                str(folder),
                *wanted,
                *(_WINDOWS if windows else ()),
            ],
            check=True,
        )
    script = "install.cmd" if windows else "install.sh"
    shutil.copy(_SCRIPTS / script, folder / script)
    return folder


if __name__ == "__main__":
    make(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
