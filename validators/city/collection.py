"""A folder of returned workbooks, matched to the roster, checked and kept for a second run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ...templates.roster import Roster, Unit
from ..finding import Result
from ..office.check import check
from ..office.last_year import Priors
from ..office.paths import files_in
from ..output.json import finding_entry
from ..report import Prior, Report, Standing


@dataclass(frozen=True)
class Entry:
    """What one file says, in numbers and words that JSON can hold.

    ``path`` is relative to the folder; ``cells`` maps a field to [sheet, cell]; ``findings``
    are entries as in ``--format json``; ``explanations`` are [sheet, cell, number, words];
    ``blank``: not one cell was filled in.
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

    def count(self, severity: str) -> int:
        """How many findings are of ``severity``."""
        return sum(f["severity"] == severity for f in self.findings)


@dataclass(frozen=True)
class State:
    """What came of one unit. ``entry`` is the file that counts, None when none does.

    ``kind`` is missing, unfilled, unreadable, other_unit, other_year, structure, errors,
    warnings or clean; ``files`` are all that it sent, ``changes`` the cells that a resubmission
    changed as [field, before, after].
    """

    unit: Unit
    kind: str
    entry: Entry | None = None
    files: tuple[Entry, ...] = ()
    late: bool = False
    changes: tuple[tuple[str, float | None, float | None], ...] = ()
    words: str = ""


@dataclass(frozen=True)
class Collection:
    """All units of the roster in its order, and the files that belong to none of them."""

    folder: Path
    year: int | None
    states: tuple[State, ...]
    strangers: tuple[Entry, ...] = ()
    forms: Forms = ANY

    @property
    def counted(self) -> list[State]:
        """The units whose numbers are added up."""
        return [s for s in self.states if s.entry is not None]


class RosterPriors:
    """Last year's reports by the roster: codes, names, and former names after a merger."""

    def __init__(self, priors: Priors, roster: Roster) -> None:
        self.priors, self.roster = priors, roster

    def of(self, report: Report) -> Prior | None:
        """The report of the roster's unit that sent ``report``."""
        return self.priors.of(report, self.roster.find(report.unit, report.stamp.code))


def collect(
    folder: Path, roster: Roster, *,
    prior: Path | None = None, due: date | None = None, year: int | None = None,
    jobs: int = 1, cluster: str = "", memory: Path | None = None,
    progress: Callable[[int, int], None] | None = None, leave_out: Sequence[Path] = (),
    forms: Forms = ANY,
) -> Collection:  # fmt: skip
    """Reads every workbook under ``folder``, once, and says what came of every unit.

    ``memory`` keeps what was read: a second run, also after a kill, reads only files that
    changed. ``due`` is the last day; a file saved later is late. ``progress`` is called with
    files done and files in all; ``leave_out`` are not looked at. The order of the files never
    changes the result.
    """
    others = {p.resolve() for p in leave_out}
    files = [p for p in files_in(folder) if p.resolve() not in others]
    priors = RosterPriors(Priors(prior, forms), roster) if prior is not None else None
    held = _Memory(memory, _key(prior, forms))
    known = {p: e for p in files if (e := held.of(p, folder)) is not None}
    todo = [p for p in files if p not in known]
    done = len(known)
    if progress:
        progress(done, len(files))
    for result in check(
        todo, edition=forms.edition, rules=forms.rules, jobs=jobs, prior=priors, cluster=cluster
    ):
        path = Path(result.path)
        entry = known[path] = _entry(path, folder, result)
        held.add(entry)
        done += 1
        if progress:
            progress(done, len(files))
    held.close(known.values())
    return arrange(folder, roster, [known[p] for p in files], due=due, year=year, forms=forms)


def arrange(
    folder: Path, roster: Roster, entries: Sequence[Entry], *,
    due: date | None = None, year: int | None = None, forms: Forms = ANY,
) -> Collection:  # fmt: skip
    """Every entry to its unit, every unit to its state."""
    if year is None:
        years = Counter(e.stamped_year or e.year for e in entries if not e.error)
        years.pop(None, None)
        year = max(years, key=lambda y: (years[y], y or 0)) if years else None
    own: dict[int, list[Entry]] = {}
    wrong: dict[int, list[tuple[Entry, str, str]]] = {}
    strangers: list[Entry] = []
    for entry in sorted(entries, key=lambda e: e.path):
        unit, kind, words = _owner(roster, entry, year)
        if unit is None:
            strangers.append(entry)
        elif kind:
            wrong.setdefault(unit.line, []).append((entry, kind, words))
        else:
            own.setdefault(unit.line, []).append(entry)
    states = [_state(u, own.get(u.line, []), wrong.get(u.line, []), due) for u in roster.units]
    return Collection(folder, year, tuple(states), tuple(strangers), forms)


def _owner(roster: Roster, entry: Entry, year: int | None) -> tuple[Unit | None, str, str]:
    """The unit that sent the file, and what is wrong with its being counted for it."""
    path = Path(entry.path)
    sender = roster.by_file.get(path.name) or roster.named(path.stem)
    if entry.error:
        return sender or roster.find(path.stem), "unreadable", entry.error
    stamped = roster.by_code.get(entry.code) if entry.code else None
    says = roster.find(entry.unit)
    owner = stamped or says or sender or roster.find(path.stem)
    claims = next(
        (u for u in (sender, roster.named(entry.unit)) if u and stamped and u is not stamped), None
    )
    if claims is not None and stamped is not None:
        return claims, "other_unit", f"用的是“{stamped.name}”的文件"
    if owner is not None:
        for given in (entry.stamped_year, entry.year):
            if year is not None and given is not None and given != year:
                return owner, "other_year", f"是{given}年度的文件"
    return owner, "", ""


def _state(
    unit: Unit, own: list[Entry], wrong: list[tuple[Entry, str, str]], due: date | None
) -> State:
    files = tuple(sorted([*own, *(e for e, _, _ in wrong)], key=lambda e: e.path))
    if not own:
        if not wrong:
            return State(unit, "missing")
        _, kind, words = max(wrong, key=lambda w: (w[0].mtime_ns, w[0].path))
        return State(unit, kind, None, files, words=words)
    sent = sorted(own, key=lambda e: (e.mtime_ns, e.path))
    last = sent[-1]
    changes = _changes(sent[-2], last) if len(sent) > 1 else ()
    late = due is not None and datetime.fromtimestamp(last.mtime_ns / 1e9).date() > due
    kind = "clean"
    if last.blank:
        return State(unit, "unfilled", None, files, late)
    if any(f["rule"] == "S-TEMPLATE" for f in last.findings):
        kind = "structure"
    elif last.count("error"):
        kind = "errors"
    elif any(f["severity"] == "warning" and not explained(last, f)[0] for f in last.findings):
        kind = "warnings"
    words = "；".join(w for _, _, w in wrong)
    return State(unit, kind, last, files, late, tuple(changes), words)


def _changes(before: Entry, after: Entry) -> Iterator[tuple[str, float | None, float | None]]:
    for key in dict.fromkeys([*before.numbers, *after.numbers]):
        old, new = before.numbers.get(key), after.numbers.get(key)
        if old != new:
            yield key, old, new


def explained(entry: Entry, finding: dict[str, Any]) -> tuple[bool, str]:
    """Whether the unit's explanation stands for a finding, and what to show of it.

    It is bound to the number in the cell: when that changed it has expired. An error cannot be
    explained away.
    """
    for sheet, cell, shown, text in entry.explanations:
        if (sheet, cell) != (finding["sheet"], finding["cell"]):
            continue
        if finding["severity"] == "error":
            return False, f"错误不能用说明代替改正（说明：{text}）"
        number = entry.numbers.get(finding["field"] or "")
        now = "" if number is None else f"{number:g}"
        if shown != now:
            return False, f"说明已失效：当时是{shown}，现在是{now}（说明：{text}）"
        return True, text
    return False, ""


def _entry(path: Path, folder: Path, result: Result) -> Entry:
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
        not any(report.number(k) for k in report.values)
        and all(v.standing is not Standing.NUMBER for k, v in report.values.items()
                if k not in report.edition.totals),
    )  # fmt: skip


def _key(prior: Path | None, forms: Forms) -> str:
    """Changes when the same file could get another verdict: version, forms, last year's files."""
    parts = [version("gouji"), *(text for e in forms.candidates for _, text in e.origin)]
    if prior is not None:
        inside = sorted(prior.rglob("*")) if prior.is_dir() else [prior]
        for path in inside:
            if path.is_file():
                stat = path.stat()
                parts.append(f"{path}:{stat.st_size}:{stat.st_mtime_ns}")
    return sha256("\n".join(parts).encode()).hexdigest()


class _Memory:
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
