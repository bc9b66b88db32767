"""Which unit a returned file is from, and what speaks against counting it for that unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...templates.roster import Roster, Unit
from ...templates.units import OFFICES, alike, key_of, place_of, spelling
from ...templates.words import NOTHING, Words
from .memory import Entry

_PLAIN = (".xlsx", ".xlsm")


@dataclass(frozen=True)
class Sender:
    """The unit of a file, None for a stranger.

    ``kind`` and ``words`` say why it cannot count; without a kind, the words tell that its
    name is not written as the roster's.
    """

    unit: Unit | None
    kind: str = ""
    words: Words = NOTHING


def sender(roster: Roster, entry: Entry, year: int | None) -> Sender:
    """Whose file this is: by its stamp, the unit it names, its own name; they must agree.

    A file whose stamp is one unit's and whose unit or name is another's counts for neither.
    """
    path = Path(entry.path)
    named = roster.by_file.get(path.name) or roster.named(path.stem)
    if entry.error:
        kind = "unreadable" if path.suffix.lower() in _PLAIN else "format"
        return Sender(by_name(roster, path.stem), kind, Words(entry.error, entry.error_en))

    def other(unit: Unit, zh: str, en: str) -> Sender:
        return Sender(unit, "other_unit", Words(zh, en))

    stamped = roster.by_code.get(entry.code) if entry.code else None
    # a report that names no unit is called by its file
    says = "" if entry.unit == path.stem and entry.unit[-1:] not in OFFICES else entry.unit
    claimed = roster.find(says)
    if stamped is not None:
        for unit in (named, claimed):
            if unit is not None and unit is not stamped:
                en = f"{path} is the file of “{stamped.name}”"
                return other(unit, f"{path}用的是“{stamped.name}”的文件", en)
        if says and claimed is None and not alike(says, [stamped.name, *stamped.former]):
            return other(
                stamped,
                f"{path}是发给“{stamped.name}”的文件，里面写的单位却是“{says}”；"
                "如是改名，请在名册的“曾用名”里写上",
                f"{path} was made for “{stamped.name}”, but names the unit “{says}”; where it "
                "was renamed, write so in the roster's column 曾用名",
            )
    elif named is not None and says and named is not claimed:
        return other(
            named,
            f"{path}的文件名是“{named.name}”，里面写的单位是“{says}”",
            f"{path} has the name of “{named.name}” and names the unit “{says}”",
        )
    owner = stamped or claimed or named or (None if says else roster.find(path.stem))
    if owner is not None:
        for given in (entry.stamped_year, entry.year):
            if year is not None and given is not None and given != year:
                doubt = Words(f"{path}是{given}年度的文件", f"{path} is of the year {given}")
                return Sender(owner, "other_year", doubt)
        written = says or ("" if stamped else path.stem)
        agreed = named is owner and (claimed is owner or not says)
        if written and not agreed and roster.named(written) is not owner:
            zh = f"{path}里的单位名称是“{written}”，按“{owner.name}”收的，请核对"
            en = f"{path} names “{written}” and was taken as “{owner.name}”: check it"
            return Sender(owner, "", Words(zh, en))
    return Sender(owner)


def with_county(roster: Roster, entries: Sequence[Entry]) -> Roster:
    """``roster``, with the county that its files name most where it names none itself."""
    if roster.counties:
        return roster
    named = Counter(place for e in entries if (place := place_of(key_of(e.unit))))
    (most, n), (_, next_) = (*named.most_common(2), ("", 0), ("", 0))[:2]
    return replace(roster, county=most) if n > max(1, next_) else roster


def by_name(roster: Roster, stem: str) -> Unit | None:
    """The unit that a file's name means, where the file itself cannot say it."""
    named = roster.by_file.get(f"{stem}.xlsx") or roster.named(stem) or roster.find(stem)
    coded = roster.by_code.get(stem.partition("_")[0])
    return named or coded or roster.within(stem)


def doubts_of(files: tuple[Entry, ...], last: Entry) -> Words:
    """What an officer should know of several files of one unit; nothing for one file."""
    if len(files) < 2:
        return NOTHING
    paths = [e.path for e in files]
    doubt = Words(
        f"报了{len(files)}次（{'、'.join(paths)}），以最后一次（{last.path}）为准",
        f"sent {len(files)} times ({', '.join(paths)}); the last, {last.path}, counts",
    )
    names = {key_of(e.unit): e.unit for e in files if e.unit != Path(e.path).stem}
    fillers = {spelling(e.filler): e.filler for e in files if e.filler}
    apart = [
        (f"{zh}：{'、'.join(named.values())}", f"{en}: {', '.join(named.values())}")
        for zh, en, named in (
            ("单位名称不同", "other unit names", names),
            ("填报人不同", "filled in by others", fillers),
        )
        if len(named) > 1
    ]
    if apart:
        zh, en = "，".join(zh for zh, _ in apart), ", ".join(en for _, en in apart)
        end = "，请核对是不是同一个单位报的", ": see whether one unit sent them"
        doubt += Words(f"；{zh}{end[0]}", f"; {en}{end[1]}")
    return doubt
