"""`make changelog VERSION=x.y.z`: folds the fragments of changelog.d/ into CHANGELOG.md.

Usage: python bench/changelog.py VERSION
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KINDS = ("added", "changed", "deprecated", "removed", "fixed", "security")


def fragments(folder: Path) -> list[Path]:
    """Every fragment, by number; ``ValueError`` names one whose name or text will not do."""
    found = [p for p in folder.glob("*.md") if p.name != "README.md"]
    for path in found:
        if not re.fullmatch(rf"\d+\.({'|'.join(KINDS)})\.md", path.name):
            raise ValueError(
                f"{path.name}: a fragment is called NUMBER.KIND.md, {', '.join(KINDS)}"
            )
        if not path.read_text("utf-8").startswith("- "):
            raise ValueError(f"{path.name}: a fragment is a list, its lines begin with '- '")
    return sorted(found, key=lambda p: int(p.name.split(".")[0]))


def section(paths: Iterable[Path]) -> str:
    """The items of the fragments under one heading a kind."""
    items: dict[str, list[str]] = {}
    for path in paths:
        items.setdefault(path.name.split(".")[1], []).append(path.read_text("utf-8").strip())
    parts = [f"### {k.capitalize()}\n\n" + "\n".join(items[k]) + "\n" for k in KINDS if k in items]
    return "\n".join(parts)


def folded(changelog: str, version: str, news: str, day: str) -> str:
    """``changelog`` with ``news`` under the heading of ``version``, the newest on top.

    A section of that version that is called unreleased is completed. Raises ``ValueError`` for a
    version that is not x.y.z, or is out already.
    """
    if not re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", version):
        raise ValueError(f"{version!r} is not a version such as 1.2.0")
    heading = f"## {version} ({day})\n\n"
    head, *old = re.split(r"^(?=## )", changelog, flags=re.MULTILINE)
    for n, part in enumerate(old):
        title, _, body = part.partition("\n")
        if title.split()[1] != version:
            continue
        if "(unreleased)" not in title:
            raise ValueError(f"{version} is in the changelog already")
        old[n] = heading + "\n".join(filter(None, [body.strip() + "\n", news]))
        if n + 1 < len(old):
            old[n] += "\n"
        return head + "".join(old)
    return head + "\n".join([heading + news, "".join(old)] if old else [heading + news])


def main(version: str, root: Path = ROOT, day: str = "") -> None:
    """Folds every fragment and removes it; changes nothing where one will not do."""
    paths = fragments(root / "changelog.d")
    if not paths:
        raise ValueError("there is no fragment in changelog.d/")
    page = root / "CHANGELOG.md"
    text = folded(page.read_text("utf-8"), version, section(paths), day or f"{date.today()}")
    page.write_text(text, "utf-8", newline="\n")
    for path in paths:
        path.unlink()
    print(f"{len(paths)} fragments folded into CHANGELOG.md under {version}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: make changelog VERSION=x.y.z")
    try:
        main(sys.argv[1])
    except ValueError as error:
        sys.exit(str(error))
