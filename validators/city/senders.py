"""Which unit a returned file is from, and what speaks against counting it for that unit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...templates.roster import Roster, Unit
from ...templates.units import alike, key_of, spelling
from .memory import Entry

_PLAIN = (".xlsx", ".xlsm")


@dataclass(frozen=True)
class Sender:
    """The unit of a file, None for a stranger; ``kind`` and ``words`` say why it cannot count."""

    unit: Unit | None
    kind: str = ""
    words: str = ""


def sender(roster: Roster, entry: Entry, year: int | None) -> Sender:
    """Whose file this is: by its stamp, the unit it names, its own name; they must agree.

    A file whose stamp is one unit's and whose unit or name is another's counts for neither.
    """
    path = Path(entry.path)
    named = roster.by_file.get(path.name) or roster.named(path.stem)
    if entry.error:
        kind = "unreadable" if path.suffix.lower() in _PLAIN else "format"
        return Sender(by_name(roster, path.stem), kind, entry.error)
    stamped = roster.by_code.get(entry.code) if entry.code else None
    says = "" if entry.unit == path.stem else entry.unit
    claimed = roster.find(says)
    if stamped is not None:
        for other in (named, claimed):
            if other is not None and other is not stamped:
                return Sender(other, "other_unit", f"{path}用的是“{stamped.name}”的文件")
        if says and claimed is None and not alike(says, [stamped.name, *stamped.former]):
            return Sender(
                stamped, "other_unit",
                f"{path}是发给“{stamped.name}”的文件，里面写的单位却是“{says}”；"
                "如是改名，请在名册的“曾用名”里写上",
            )  # fmt: skip
    elif named is not None and claimed is not None and named is not claimed:
        return Sender(
            named, "other_unit", f"{path}的文件名是“{named.name}”，里面写的单位是“{claimed.name}”"
        )
    owner = stamped or claimed or named or roster.find(path.stem)
    if owner is not None:
        for given in (entry.stamped_year, entry.year):
            if year is not None and given is not None and given != year:
                return Sender(owner, "other_year", f"{path}是{given}年度的文件")
    return Sender(owner)


def by_name(roster: Roster, stem: str) -> Unit | None:
    """The unit that a file's name means, where the file itself cannot say it."""
    named = roster.by_file.get(f"{stem}.xlsx") or roster.named(stem) or roster.find(stem)
    coded = roster.by_code.get(stem.partition("_")[0])
    return named or coded or roster.within(stem)


def doubts(files: tuple[Entry, ...], last: Entry) -> str:
    """What an officer should know of several files of one unit; ``""`` for one file."""
    if len(files) < 2:
        return ""
    listed = "、".join(e.path for e in files)
    told = f"报了{len(files)}次（{listed}），以最后一次（{last.path}）为准"
    names = {key_of(e.unit): e.unit for e in files if e.unit != Path(e.path).stem}
    fillers = {spelling(e.filler): e.filler for e in files if e.filler}
    apart = []
    if len(names) > 1:
        apart.append(f"单位名称不同：{'、'.join(names.values())}")
    if len(fillers) > 1:
        apart.append(f"填报人不同：{'、'.join(fillers.values())}")
    if apart:
        told += f"；{'，'.join(apart)}，请核对是不是同一个单位报的"
    return told
