"""A folder of returned workbooks, matched to the roster, checked and kept for a second run."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ...templates.roster import Roster, Unit
from ...templates.unforeseen import bounded
from ...templates.words import NOTHING, Words, joined
from ..finding import Result, Skipped
from ..formats import documents, workbooks
from ..office.check import check
from ..office.last_year import Priors
from ..office.paths import files_in, walk
from ..report import NoPrior, Prior, Report
from .memory import Entry, Memory, entry_of
from .officer import Record
from .senders import by_name, doubts_of, sender, with_county


@dataclass(frozen=True)
class State:
    """What came of one unit. ``entry`` is the file that counts, None when none does.

    ``kind`` is missing, unfilled, unreadable, format, other_unit, other_year, structure,
    errors, warnings or clean; ``files`` are all that it sent, ``changes`` the cells that a
    resubmission changed as [field, before, after]; ``words`` say why files were not counted,
    ``doubts`` what speaks against the one that was; ``near`` when that one's unit is not named
    as on the roster. ``late`` rests on the day that the officer
    recorded (``recorded``), else on when the file was saved, which is a hint.
    """

    unit: Unit
    kind: str
    entry: Entry | None = None
    files: tuple[Entry, ...] = ()
    late: bool = False
    changes: tuple[tuple[str, float | None, float | None], ...] = ()
    words: Words = NOTHING
    doubts: Words = NOTHING
    recorded: bool = False
    near: bool = False


@dataclass(frozen=True)
class Collection:
    """All units of the roster in its order, and the files that belong to none of them.

    ``skipped`` are the files of the folder that are no workbooks, by their path below it;
    ``records`` what the officer wrote down, by unit.
    """

    folder: Path
    year: int | None
    states: tuple[State, ...]
    strangers: tuple[Entry, ...] = ()
    forms: Forms = ANY
    skipped: tuple[Skipped, ...] = ()
    priors: RosterPriors | None = None
    records: Mapping[str, Record] = field(default_factory=dict)

    @property
    def unread(self) -> list[Entry]:
        """The files that the system did not let be read."""
        every = (*(e for s in self.states for e in s.files), *self.strangers)
        return [e for e in every if e.unread]

    @property
    def counted(self) -> list[State]:
        """The units whose numbers are added up."""
        return [s for s in self.states if s.entry is not None]


@dataclass(frozen=True)
class RosterPriors:
    """Last year's reports by the roster: codes, names, and former names after a merger."""

    priors: Priors
    roster: Roster

    def of(self, report: Report) -> Prior | NoPrior | None:
        """The report of the roster's unit that sent ``report``."""
        return self.priors.of(report, self.roster.find(report.unit, report.stamp.code))


def collect(
    folder: Path,
    roster: Roster,
    *,
    prior: Path | None = None,
    due: date | None = None,
    year: int | None = None,
    jobs: int = 1,
    cluster: str = "",
    memory: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
    leave_out: Sequence[Path] = (),
    forms: Forms = ANY,
    force: bool = False,
    records: Mapping[str, Record] | None = None,
) -> Collection:
    """Reads every workbook under ``folder``, once, and says what came of every unit.

    ``memory`` keeps what was read: a second run, also after a kill, reads only files that
    changed. ``due`` is the last day; a file saved later is late. ``progress`` is called with
    files done and files in all; ``leave_out``, files and folders, are not looked at; with
    ``force`` a foreign file in the place of ``memory`` is overwritten; ``records`` are what
    the officer wrote down, by unit. The order of the files never changes the result.
    """
    others = {_whole(p) for p in leave_out}
    inside = walk(folder, leave=lambda p: not others.isdisjoint((_whole(p), *_whole(p).parents)))
    files = inside.files
    priors = RosterPriors(Priors(prior, forms), roster) if prior is not None else None
    kept = Memory(memory, _key(prior, forms), force=force)
    known = {p: e for p in files if (e := kept.of(p, folder)) is not None}
    todo = [p for p in files if p not in known]
    if progress:
        progress(len(known), len(files))
    for result in check(
        todo, edition=forms.edition, rules=forms.rules, jobs=jobs, prior=priors, cluster=cluster
    ):
        path = Path(result.path)
        try:
            with bounded(str(path)):
                entry = entry_of(path, folder, result)
        except InputError as error:
            entry = entry_of(path, folder, Result(result.path, error=error))
        known[path] = entry
        kept.add(entry)
        if progress:
            progress(len(known), len(files))
    kept.close(known.values())
    below = ((Path(s.path).relative_to(folder).as_posix(), s.reason) for s in inside.skipped)
    found = arrange(
        folder,
        roster,
        [known[p] for p in files],
        due=due,
        year=year,
        forms=forms,
        skipped=[Skipped(*one) for one in below],
        records=records,
    )
    return replace(found, priors=priors)


def _whole(path: Path) -> Path:
    """A path from the root, links followed as far as they lead; one that loops is no error."""
    return Path(os.path.realpath(path))


def arrange(
    folder: Path,
    roster: Roster,
    entries: Sequence[Entry],
    *,
    due: date | None = None,
    year: int | None = None,
    forms: Forms = ANY,
    skipped: Sequence[Skipped] = (),
    records: Mapping[str, Record] | None = None,
) -> Collection:
    """Every entry to its unit, every unit to its state.

    A file of ``skipped`` that is named after a unit was received from it all the same.
    """
    if year is None:
        years = Counter(e.stamped_year or e.year for e in entries if not e.error)
        years.pop(None, None)
        year = max(years, key=lambda y: (years[y], y or 0)) if years else None
    roster = with_county(roster, entries)
    own: dict[int, list[Entry]] = {}
    near: dict[str, Words] = {}
    wrong: dict[int, list[tuple[Entry, str, Words]]] = {}
    strangers: list[Entry] = []
    for entry in sorted(entries, key=lambda e: e.path):
        found = sender(roster, entry, year)
        if found.unit is None:
            strangers.append(entry)
        elif found.kind:
            wrong.setdefault(found.unit.line, []).append((entry, found.kind, found.words))
        else:
            own.setdefault(found.unit.line, []).append(entry)
            near[entry.path] = found.words
    for one in skipped:
        path = Path(one.path)
        unit = None if path.name.startswith(("~$", ".")) else by_name(roster, path.stem)
        if unit is not None:
            told_of = Entry(one.path, 0, 0, one.reason.zh, error_en=one.reason.en)
            sentence = Words(f"{one.path}{one.reason.zh}", f"{one.path} {one.reason.en}")
            wrong.setdefault(unit.line, []).append((told_of, "format", sentence))
    known = records or {}
    states = []
    for unit in roster.units:
        received = known.get(unit.name, Record()).received
        sent = own.get(unit.line, [])
        state = _state(unit, sent, wrong=wrong.get(unit.line, []), due=due, received=received)
        if state.entry is not None and (close := near[state.entry.path]):
            doubts = joined(filter(None, (close, state.doubts)))
            state = replace(state, near=True, doubts=doubts)
        states.append(state)
    return Collection(
        folder,
        year,
        states=tuple(states),
        strangers=tuple(strangers),
        forms=forms,
        skipped=tuple(skipped),
        records=known,
    )


def _state(
    unit: Unit,
    own: list[Entry],
    wrong: list[tuple[Entry, str, Words]],
    due: date | None,
    received: date | None,
) -> State:
    files = tuple(sorted([*own, *(e for e, _, _ in wrong)], key=lambda e: e.path))
    words = joined(w for _, _, w in wrong)
    if not own:
        if not wrong:
            return State(unit, "missing")
        _, kind, _ = max(wrong, key=lambda w: (w[0].mtime_ns, w[0].path))
        return State(unit, kind, None, files, words=words)
    filled = [e for e in own if not e.blank]
    sent = sorted(filled or own, key=lambda e: (e.mtime_ns, e.path))
    last = sent[-1]
    changes = _changes(sent[-2], last) if len(sent) > 1 else ()
    day = received or _day(last.mtime_ns)
    late, recorded = due is not None and day is not None and day > due, received is not None
    if last.blank:
        return State(unit, "unfilled", None, files, words=words)
    doubts = doubts_of(tuple(sorted(filled, key=lambda e: e.path)), last)
    return State(
        unit,
        _kind(last),
        entry=last,
        files=files,
        late=late,
        changes=tuple(changes),
        words=words,
        doubts=doubts,
        recorded=recorded,
    )


def _day(mtime_ns: int) -> date | None:
    """When a file was saved; None for a time that no calendar has."""
    try:
        return datetime.fromtimestamp(mtime_ns / 1e9).date()
    except (ValueError, OverflowError, OSError):
        return None


def _kind(entry: Entry) -> str:
    if any(f["rule"] == "S-TEMPLATE" for f in entry.findings):
        return "structure"
    if entry.count("error"):
        return "errors"
    open_ = (f for f in entry.findings if f["severity"] == "warning")
    return "warnings" if any(not explained(entry, f)[0] for f in open_) else "clean"


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
        now = "" if number is None else f"{number:.15g}"
        if shown != now:
            return False, f"说明已失效：当时是{shown}，现在是{now}（说明：{text}）"
        return True, text
    return False, ""


def _key(prior: Path | None, forms: Forms) -> str:
    """Changes when a file could get another entry: version, its shape, forms, last year's files."""
    shape = (f.name for f in fields(Entry))
    parts = [version("gouji"), *shape, *(text for e in forms.candidates for _, text in e.origin)]
    if prior is not None:
        read = (*workbooks(), *documents())
        for path in files_in(prior, read) if prior.is_dir() else [prior]:
            stat = path.stat()
            parts.append(f"{path}:{stat.st_size}:{stat.st_mtime_ns}")
    return sha256("\n".join(parts).encode()).hexdigest()
