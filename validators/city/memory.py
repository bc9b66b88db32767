"""What files said, kept for a second run: it reads only those that changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from ...templates.distribute import carried_fields
from ...templates.errors import InputError
from ..finding import Result
from ..output.json import finding_entry
from ..report import Report, Standing


@dataclass(frozen=True)
class Entry:
    """What one file says, in numbers and words that JSON can hold.

    ``path`` is relative to the folder; ``cells`` maps a field to [sheet, cell]; ``findings``
    are entries as in ``--format json``; ``explanations`` are [sheet, cell, number, words];
    ``blank``: not one cell was filled in beyond what was pre-filled; ``filler`` is who did.
    """

    path: str
    size: int
    mtime_ns: int
    error: str = ""
    unit: str = ""
    code: str = ""
    stamped_year: int | None = None
    year: int | None = None
    edition: str = ""
    numbers: dict[str, float] = field(default_factory=dict)
    cells: dict[str, list[str]] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    checked: int = 0
    unchecked: int = 0
    explanations: list[list[str]] = field(default_factory=list)
    blank: bool = False
    filler: str = ""

    def count(self, severity: str) -> int:
        """How many findings are of ``severity``."""
        return sum(f["severity"] == severity for f in self.findings)


def entry_of(path: Path, folder: Path, result: Result) -> Entry:
    """What the file at ``path``, somewhere below ``folder``, said."""
    where, stat = path.relative_to(folder).as_posix(), path.stat()
    report, verdict = result.report, result.verdict
    if report is None or verdict is None:
        words = result.error.zh if result.error else "读不了"
        return Entry(where, stat.st_size, stat.st_mtime_ns, words)
    placed = {k: v.place for k, v in report.values.items() if v.place is not None}
    return Entry(
        where, stat.st_size, stat.st_mtime_ns, "",
        report.unit, report.stamp.code, report.stamp.year, report.year, report.edition.id,
        {k: n for k in report.values if (n := report.number(k)) is not None},
        {k: [p.sheet, p.cell] for k, p in placed.items()},
        [finding_entry(f) for f in verdict.findings],
        verdict.checked, len(verdict.unchecked),
        [[e.place.sheet, e.place.cell, e.shown, e.text] for e in report.explanations],
        _is_blank(report), report.filler,
    )  # fmt: skip


def _is_blank(report: Report) -> bool:
    """Whether nobody has filled anything in: what was pre-filled, and its sums, do not count."""
    given, totals = carried_fields(report.edition), report.edition.totals
    given |= {k for k, parts in totals.items() if given.issuperset(parts)}
    empty = (Standing.BLANK, Standing.ABSENT, Standing.FORMULA)
    return all(
        k in given or v.standing in empty or (k in totals and not report.number(k))
        for k, v in report.values.items()
    )


class Memory:
    """Entries in a file of JSON lines, written as they come; a broken last line is left out."""

    def __init__(self, path: Path | None, key: str) -> None:
        self.path, self.key = path, key
        self.entries: dict[str, Entry] = {}
        self._file: BinaryIO | None = None
        if path is None:
            return
        try:
            self._open(path)
        except OSError as error:
            raise InputError(
                f"写不了 {path}（{error.strerror}）。请把汇总写到一个可写的文件夹。",
                f"{path} cannot be written ({error.strerror}): choose a writable folder",
            ) from error

    def _open(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = True
        if path.is_file():
            lines = path.read_bytes().split(b"\n")
            fresh = _line(lines[0]).get("key") != self.key
            for line in [] if fresh else lines[1:]:
                held = _line(line)
                if held.get("path"):
                    try:
                        entry = Entry(**held)
                    except TypeError:
                        continue
                    self.entries[entry.path] = entry
        self._file = path.open("wb" if fresh else "ab")
        start = {"gouji": 1, "key": self.key} if fresh else {}
        self._file.write(b"\n" if not fresh else _bytes(start))

    def of(self, path: Path, folder: Path) -> Entry | None:
        """The entry of ``path``, None when it is new or changed since."""
        entry = self.entries.get(path.relative_to(folder).as_posix())
        stat = path.stat()
        same = entry is not None and (entry.size, entry.mtime_ns) == (
            stat.st_size,
            stat.st_mtime_ns,
        )
        return entry if same else None

    def add(self, entry: Entry) -> None:
        """Keeps an entry, at once."""
        if self._file is not None:
            self._file.write(_bytes(asdict(entry)))
            self._file.flush()

    def close(self, entries: Iterable[Entry]) -> None:
        """Leaves exactly ``entries`` in the file."""
        if self._file is None or self.path is None:
            return
        self._file.close()
        draft = self.path.with_name(f"{self.path.name}.part")
        with draft.open("wb") as file:
            file.write(_bytes({"gouji": 1, "key": self.key}))
            for entry in sorted(entries, key=lambda e: e.path):
                file.write(_bytes(asdict(entry)))
        draft.replace(self.path)


def _line(data: bytes) -> dict[str, Any]:
    try:
        held = json.loads(data)
    except ValueError:
        return {}
    return held if isinstance(held, dict) else {}


def _bytes(held: dict[str, Any]) -> bytes:
    return json.dumps(held, ensure_ascii=False).encode() + b"\n"
