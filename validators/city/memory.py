"""What files said, kept for a second run: it reads only those that changed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from ...templates.disk import put, reason, there, unwritable
from ...templates.distribute import carried_fields
from ...templates.errors import InputError, UnreadError
from ...templates.outside import outside
from ...templates.sealing import is_sealed, seal
from ...templates.unforeseen import UnforeseenError
from ..finding import Result
from ..output.json import card_entry, finding_entry
from ..report import Report, Standing

_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_LARGEST, _LINE = 2 << 30, 8 << 20  # bytes of a memory, which is read by lines, and of a line


@dataclass(frozen=True)
class Entry:
    """What one file says, in numbers and words that JSON can hold.

    ``path`` is relative to the folder; ``cells`` maps a field to [sheet, cell]; ``findings``
    and ``cards`` are entries as in ``--format json``, a card with ``title_en`` besides;
    ``explanations`` are [sheet, cell, number, words];
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
    error_en: str = ""
    cards: list[dict[str, Any]] = field(default_factory=list)

    @property
    def unread(self) -> bool:
        """Whether it could not be read or judged for a reason that another run may not have."""
        return self.size < 0

    def count(self, severity: str) -> int:
        """How many findings are of ``severity``."""
        return sum(f["severity"] == severity for f in self.findings)


def entry_of(path: Path, folder: Path, result: Result) -> Entry:
    """What the file at ``path``, somewhere below ``folder``, said."""
    where, (size, saved) = path.relative_to(folder).as_posix(), _saved(path)
    report, verdict = result.report, result.verdict
    if report is None or verdict is None:
        words = result.error or InputError("读不了", "unreadable")
        if isinstance(words, UnreadError | UnforeseenError):
            size = -1  # which no file has: a second run reads it again
        return Entry(where, size, saved, words.zh, error_en=words.en)
    placed = {k: v.place for k, v in report.values.items() if v.place is not None}
    return Entry(
        where,
        size,
        mtime_ns=saved,
        unit=report.unit,
        code=report.stamp.code,
        stamped_year=report.stamp.year,
        year=report.year,
        edition=report.edition.id,
        numbers={k: n for k in report.values if (n := report.number(k)) is not None},
        cells={k: [p.sheet, p.cell] for k, p in placed.items()},
        findings=[finding_entry(f) for f in verdict.findings],
        checked=verdict.checked,
        unchecked=len(verdict.unchecked),
        explanations=[[e.place.sheet, e.place.cell, e.shown, e.text] for e in report.explanations],
        blank=_is_blank(report),
        filler=report.filler,
        cards=[
            {**card_entry(c, n), "title_en": c.title.en} for n, c in enumerate(verdict.cards, 1)
        ],
    )


def _saved(path: Path) -> tuple[int, int]:
    """How large the file is and when it was saved; zeros for one that has gone meanwhile."""
    try:
        stat = path.stat()
    except OSError:
        return 0, 0
    return stat.st_size, stat.st_mtime_ns


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
    """Entries in a file of lines, each a seal and JSON, written as they come.

    A line without this user's own seal, a broken last one too, counts as none: its file is read
    again.
    A file that is no memory is kept (``InputError``), unless with ``force``.
    """

    def __init__(self, path: Path | None, key: str, *, force: bool = False) -> None:
        self.path, self.key, self._force = path, key, force
        self.entries: dict[str, Entry] = {}
        self._file: BinaryIO | None = None
        if path is None:
            return
        try:
            self._open(path)
        except OSError as error:
            raise InputError(
                f"写不了 {path}（{reason(error).zh}）。请把汇总写到一个可写的文件夹。",
                f"{path} cannot be written ({reason(error).en}): choose a writable folder",
            ) from error

    def _open(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        known = os.path.lexists(path) and self._read(path)
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND | _NOFOLLOW, 0o666)
        self._file = os.fdopen(handle, "r+b", buffering=0)
        if known:
            self._file.write(b"\n")
        else:
            self._file.truncate(0)
            self._file.write(self._head())

    def _read(self, path: Path) -> bool:
        """Takes over what an earlier run of the same kind wrote; whether there is such a thing."""
        with outside(path, _LARGEST) as file:
            first = file.readline(_LINE)
            head = _line(first)
            if first and "gouji" not in head and not self._force:
                raise there(path)
            if head.get("key") != self.key:
                return False
            while line := file.readline(_LINE):
                stated, _, data = line.rstrip(b"\n").partition(b" ")
                if is_sealed(stated.decode("ascii", "replace"), self._kind, data):
                    entry = Entry(**_line(data))
                    self.entries[entry.path] = entry
        return True

    def _head(self) -> bytes:
        return _bytes({"gouji": 1, "key": self.key}) + b"\n"

    def of(self, path: Path, folder: Path) -> Entry | None:
        """The entry of ``path``, None when it is new or changed since."""
        entry = self.entries.get(path.relative_to(folder).as_posix())
        same = entry is not None and (entry.size, entry.mtime_ns) == _saved(path)
        return entry if same else None

    def add(self, entry: Entry) -> None:
        """Keeps an entry, at once."""
        if self._file is not None and self.path is not None:
            try:
                self._file.write(self._sealed(entry))
            except OSError as error:
                raise unwritable(self.path, error) from error

    def close(self, entries: Iterable[Entry]) -> None:
        """Leaves exactly ``entries`` in the file."""
        if self._file is None or self.path is None:
            return
        self._file.close()
        kept = sorted(entries, key=lambda e: e.path)
        put(self.path, chain([self._head()], map(self._sealed, kept)))

    @property
    def _kind(self) -> str:
        return f"memory {self.key}"

    def _sealed(self, entry: Entry) -> bytes:
        data = _bytes(asdict(entry))
        return seal(self._kind, data).encode() + b" " + data + b"\n"


def _line(data: bytes) -> dict[str, Any]:
    try:
        values = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _bytes(values: dict[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass")
