"""What an installation put on this desk, written down, so that uninstalling touches nothing else.

``~/.gouji/installed.json`` lists every file with the digest of what was put there. A file that was
there before is kept aside and comes back; one that somebody changed since stays.
"""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

from ...templates.disk import digest_of, put

_LIST = "installed.json"
_KEPT = "before"


class Footprint:
    """The list of one desk, and what it allows to do."""

    def __init__(self, home: Path) -> None:
        self._folder = home / ".gouji"
        self._list = self._folder / _LIST
        self._files: dict[str, dict[str, str]] = self._read()

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            files: Any = json.loads(self._list.read_text("utf-8"))["files"]
            return {
                str(path): {str(k): str(v) for k, v in entry.items()}
                for path, entry in files.items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def _save(self) -> None:
        if self._files:
            record = {"files": self._files}
            put(self._list, json.dumps(record, ensure_ascii=False, indent=1).encode(), mode=0o600)
        else:
            self._list.unlink(missing_ok=True)

    def has(self, path: Path) -> bool:
        """Whether an installation put the file there."""
        return str(path) in self._files

    def below(self, folder: Path) -> list[Path]:
        """The files that installations put below ``folder``."""
        found = (Path(p) for p in self._files)
        return sorted(p for p in found if p.is_relative_to(folder))

    def write(self, path: Path, data: bytes, *, mode: int | None = None, own: bool = False) -> None:
        """Puts a file there and writes it down.

        What was there and is nobody's of ours (``own``: its name is ours) is kept aside.
        """
        entry = {"sha256": digest_of(data)}
        if self.has(path):
            entry |= {k: v for k, v in self._files[str(path)].items() if k == "before"}
        elif path.is_file() and not own:
            name = sha256(str(path).encode("utf-8", "surrogateescape")).hexdigest()[:16]
            kept = self._folder / _KEPT / name
            put(kept, path.read_bytes(), mode=0o600)
            entry["before"] = str(kept)
        put(path, data, mode=mode)
        self._files[str(path)] = entry
        self._save()

    def remove(self, path: Path, *, own: bool = False) -> bool:
        """Takes away what was put there; whether it did.

        A file that is not written down goes only when its name is ours (``own``), one that was
        changed since likewise. What was there before comes back.
        """
        entry = self._files.pop(str(path), None)
        self._save()
        if not path.is_file() or path.is_symlink():
            return False
        same = entry is not None and digest_of(path.read_bytes()) == entry["sha256"]
        if not same and not own:
            return False
        path.unlink()
        kept = Path(entry["before"]) if entry and "before" in entry else None
        if kept is not None and kept.is_file():
            put(path, kept.read_bytes())
            kept.unlink()
        return True

    def tidy(self) -> None:
        """Removes our own folder when nothing is left in it."""
        for folder in (self._folder / _KEPT, self._folder):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def remove_empty(folder: Path) -> None:
    """Removes a folder and those in it, as far as they are empty."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for inside in folder.iterdir():
        if inside.is_dir() and not inside.is_symlink():
            remove_empty(inside)
    if not any(folder.iterdir()):
        shutil.rmtree(folder)
