"""What was returned to the units before, and what has become of it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...templates.disk import digest_of, put, there
from ...templates.errors import InputError
from ...templates.outside import read_outside
from ...templates.sealing import is_sealed, seal
from .collection import Collection, State
from .kinds import KINDS

NAME = "退回记录.json"
_LARGEST = 64 << 20
_VERSIONS = 9  # digests of one file that are known as ours
_CELLS = 8  # of a card, that are named
Sentences = dict[str, dict[str, str]]  # unit → what it is of → the sentence


@dataclass(frozen=True)
class Rounds:
    """``before`` is what the units were told last time, ``now`` what they are to be told.

    ``files`` are the notices written last time: name → digests.
    """

    before: Sentences = field(default_factory=dict)
    now: Sentences = field(default_factory=dict)
    files: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many are mended, still there, new."""
        before = {(u, k) for u, points in self.before.items() for k in points}
        now = {(u, k) for u, points in self.now.items() for k in points}
        return len(before - now), len(before & now), len(now - before)

    def mended(self, unit: str) -> list[str]:
        """What the unit was told and has put right."""
        now = self.now.get(unit, {})
        return [text for key, text in self.before.get(unit, {}).items() if key not in now]

    def is_new(self, unit: str, key: str) -> bool:
        """Whether the unit is told this for the first time, having been told other things."""
        return unit in self.before and key not in self.before[unit]


@dataclass(frozen=True)
class Point:
    """One thing for a unit to put right: a card of an error, or why its file does not count."""

    title: str
    below: str = ""
    where: str = "—"

    @property
    def text(self) -> str:
        """All of it in one line: what is the matter, the arithmetic, what to do."""
        return "；".join(filter(None, (self.title, self.below)))


def points_of(state: State, folder: Path) -> dict[str, Point]:
    """What a unit has to put right, by what it is of; nothing where it sent nothing.

    A card is known again by the first error that it covers.
    """
    if state.entry is None:
        if state.kind in ("missing", "unfilled"):
            return {}
        why = (state.words or KINDS[state.kind]).zh.replace(f"{folder}{os.sep}", "")
        return {state.kind: Point(why.rstrip("。"), "没有计入汇总；请重新报送")}
    points = {}
    for card in state.entry.cards:
        covered = (state.entry.findings[n] for n in card["findings"])
        first = next((f for f in covered if f["severity"] == "error"), None)
        if first is not None and card["severity"] == "error":
            key = "|".join(str(first[k] or "") for k in ("rule", "sheet", "cell", "field"))
            below = "；".join(filter(None, (card["sum"], card["how"])))
            points[key] = Point(card["title"], below, _where(card["cells"]))
    return points


def _where(cells: Sequence[Mapping[str, str | None]]) -> str:
    """The cells of a card, sheet by sheet: ``表三 D9、J9``; how many, where they are many."""
    sheets: dict[str, list[str]] = {}
    for cell in cells[:_CELLS]:
        sheets.setdefault(cell["sheet"] or "", []).append(cell["cell"] or "")
    places = "；".join(f"{sheet} {'、'.join(here)}".strip() for sheet, here in sheets.items())
    return places + (f"等{len(cells)}格" if len(cells) > _CELLS else "") or "—"


def rounds_of(found: Collection, folder: Path) -> Rounds:
    """This round beside the one recorded in ``folder``.

    The same findings as recorded are the same round: a second run changes nothing.
    """
    now = {
        s.unit.name: {key: point.text for key, point in points.items()}
        for s in found.states
        if (points := points_of(s, found.folder))
    }
    record = _read(folder / NAME)
    last: Sentences = record.get("now", {})
    before = record.get("before", {}) if _keys(last) == _keys(now) else last
    return Rounds(before, now, record.get("files", {}))


def keep(
    rounds: Rounds, folder: Path, files: Mapping[str, bytes], earlier: Mapping[str, list[str]]
) -> None:
    """Records this round: the files that it writes, and what those of before are until then.

    ``files`` are the bytes by name, ``earlier`` the digests of what earlier runs left by name.
    Raises ``InputError`` where the folder cannot be written.
    """
    ours = {name: [digest_of(data)] for name, data in files.items()}
    for name, digests in earlier.items():
        ours[name] = [*ours.get(name, ()), *digests][:_VERSIONS]
    record = {
        "gouji_rounds": 1,
        "before": rounds.before,
        "now": rounds.now,
        "files": ours,
        "seal": seal(NAME, _listed(ours)),
    }
    text = json.dumps(record, ensure_ascii=False, indent=1)
    put(folder / NAME, text.encode("utf-8", "replace"))


def _listed(files: Any) -> bytes:
    return json.dumps(files, sort_keys=True).encode()


def _keys(by_unit: Sentences) -> dict[str, list[str]]:
    return {unit: sorted(each) for unit, each in by_unit.items()}


def _read(path: Path) -> dict[str, Any]:
    """The record; ``InputError`` for another file of that name."""
    try:
        record = json.loads(read_outside(path, _LARGEST))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"{path} 读不出来，不像退回记录。请移走它再运行。",
            f"{path} cannot be read as the record of an earlier round: move it away.",
        ) from error
    good = isinstance(record, dict) and record.get("gouji_rounds") == 1
    if not good or not all(_texts(record.get(k)) for k in ("before", "now")):
        raise there(path)
    if not is_sealed(record.get("seal"), NAME, _listed(record.get("files"))):
        record["files"] = {}  # of another user, or forged: no file here is known as ours
    return dict(record)


def _texts(record: Any) -> bool:
    return isinstance(record, dict) and all(
        isinstance(texts, dict) and all(isinstance(text, str) for text in texts.values())
        for texts in record.values()
    )
