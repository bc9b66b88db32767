"""What files said, kept for a second run: it reads only those that changed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from ...templates.disk import put, there, unwritable
from ...templates.distribute import carried_fields
from ...templates.errors import InputError
from ..finding import Result, Severity
from ..output.json import card_entry, finding_entry
from ..report import Report, Standing

_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_MOST = 1e300  # numbers beyond it are no JSON of ours


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

    def count(self, severity: str) -> int:
        """How many findings are of ``severity``."""
        return sum(f["severity"] == severity for f in self.findings)


def entry_of(path: Path, folder: Path, result: Result) -> Entry:
    """What the file at ``path``, somewhere below ``folder``, said."""
    where, (size, saved) = path.relative_to(folder).as_posix(), _saved(path)
    report, verdict = result.report, result.verdict
    if report is None or verdict is None:
        words = result.error or InputError("读不了", "unreadable")
        return Entry(where, size, saved, words.zh, error_en=words.en)
    placed = {k: v.place for k, v in report.values.items() if v.place is not None}
    return Entry(
        where,
        size,
        saved,
        "",
        report.unit,
        report.stamp.code,
        report.stamp.year,
        report.year,
        report.edition.id,
        {k: n for k in report.values if (n := report.number(k)) is not None},
        {k: [p.sheet, p.cell] for k, p in placed.items()},
        [finding_entry(f) for f in verdict.findings],
        verdict.checked,
        len(verdict.unchecked),
        [[e.place.sheet, e.place.cell, e.shown, e.text] for e in report.explanations],
        _is_blank(report),
        report.filler,
        cards=[
            {**card_entry(card, number), "title_en": card.title.en}
            for number, card in enumerate(verdict.cards, 1)
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
    """Entries in a file of JSON lines, written as they come; a broken last line is left out.

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
                f"写不了 {path}（{error.strerror}）。请把汇总写到一个可写的文件夹。",
                f"{path} cannot be written ({error.strerror}): choose a writable folder",
            ) from error

    def _open(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND | _NOFOLLOW, 0o666)
        self._file = os.fdopen(handle, "r+b", buffering=0)
        data = self._file.read()
        lines = data.split(b"\n")
        head = _line(lines[0])
        if data and "gouji" not in head and not self._force:
            self._file.close()
            raise there(path)
        fresh = head.get("key") != self.key
        if fresh:
            self._file.truncate(0)
            self._file.write(_bytes({"gouji": 1, "key": self.key}))
            return
        for line in lines[1:]:
            entry = _entry(_line(line))
            if entry is not None:
                self.entries[entry.path] = entry
        self._file.write(b"\n")

    def of(self, path: Path, folder: Path) -> Entry | None:
        """The entry of ``path``, None when it is new or changed since."""
        entry = self.entries.get(path.relative_to(folder).as_posix())
        same = entry is not None and (entry.size, entry.mtime_ns) == _saved(path)
        return entry if same else None

    def add(self, entry: Entry) -> None:
        """Keeps an entry, at once."""
        if self._file is not None and self.path is not None:
            try:
                self._file.write(_bytes(asdict(entry)))
            except OSError as error:
                raise unwritable(self.path, error) from error

    def close(self, entries: Iterable[Entry]) -> None:
        """Leaves exactly ``entries`` in the file."""
        if self._file is None or self.path is None:
            return
        self._file.close()
        held = sorted(entries, key=lambda e: e.path)
        put(
            self.path,
            b"".join([_bytes({"gouji": 1, "key": self.key}), *(_bytes(asdict(e)) for e in held)]),
        )


def _entry(held: dict[str, Any]) -> Entry | None:
    """An entry as it was kept; None for a line that is none, or of a forged shape."""
    try:
        entry = Entry(**held)
    except TypeError:
        return None
    texts = (
        entry.path,
        entry.error,
        entry.unit,
        entry.code,
        entry.edition,
        entry.filler,
        entry.error_en,
    )
    whole = (entry.size, entry.mtime_ns, entry.checked, entry.unchecked)
    places = [*entry.cells.values()] if isinstance(entry.cells, dict) else [None]
    good = (
        all(isinstance(t, str) for t in texts)
        and all(isinstance(n, int) and abs(n) < _MOST for n in whole)
        and all(
            y is None or (isinstance(y, int) and 0 < y < 9999)
            for y in (entry.year, entry.stamped_year)
        )
        and isinstance(entry.numbers, dict)
        and all(isinstance(n, int | float) and abs(n) < _MOST for n in entry.numbers.values())
        and all(_texts(p, 2) for p in places)
        and isinstance(entry.findings, list)
        and all(map(_finding, entry.findings))
        and isinstance(entry.cards, list)
        and all(_card(c, len(entry.findings)) for c in entry.cards)
        and isinstance(entry.explanations, list)
        and all(_texts(e, 4) for e in entry.explanations)
    )
    return entry if good else None


def _texts(held: Any, count: int) -> bool:
    return isinstance(held, list) and len(held) == count and all(isinstance(t, str) for t in held)


def _finding(held: Any) -> bool:
    """Whether it has what the roll-up shows of a finding."""
    if not isinstance(held, dict) or held.get("severity") not in [*Severity]:
        return False
    repair = held.get("repair")
    told = all(isinstance(held.get(k), str) for k in ("rule", "message"))
    shown = all(held.get(k) is None or isinstance(held[k], str) for k in ("sheet", "cell", "field"))
    good = repair is None or (
        isinstance(repair, dict)
        and isinstance(repair.get("field"), str)
        and "cell" in repair
        and isinstance(repair.get("value"), int | float)
        and abs(repair["value"]) < _MOST
    )
    return told and shown and good and {"sheet", "cell", "field", "repair"} <= held.keys()


def _card(held: Any, findings: int) -> bool:
    """Whether it has what is told of a card, and covers some of so many ``findings``."""
    if not isinstance(held, dict) or held.get("severity") not in [*Severity]:
        return False
    covered, cells = held.get("findings"), held.get("cells")
    return (
        all(isinstance(held.get(k), str) for k in ("title", "title_en", "sum", "how"))
        and isinstance(covered, list)
        and all(isinstance(n, int) and 0 <= n < findings for n in covered)
        and isinstance(cells, list)
        and all(isinstance(c, dict) and {"sheet", "cell"} <= c.keys() for c in cells)
        and all(c[k] is None or isinstance(c[k], str) for c in cells for k in ("sheet", "cell"))
    )


def _line(data: bytes) -> dict[str, Any]:
    try:
        held = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return held if isinstance(held, dict) else {}


def _bytes(held: dict[str, Any]) -> bytes:
    return json.dumps(held, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
