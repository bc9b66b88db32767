"""What the formula of a total adds up: its parts, other cells, or nothing that can be followed.

The template's own formula is known by its text. Any other is taken apart with openpyxl's
Tokenizer, which is loaded only then. A total whose formula adds its parts is computed from them:
the stored value may be from before the last change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ...templates.a1 import Place, ranges
from ...templates.edition import Edition
from ...templates.relations import TOLERANCE, added
from ...templates.words import Words
from ..ooxml.references import LONGEST
from ..report import Remark, RemarkKind, Standing, Sums, Value
from .adding import Added, added_by, first_of, stale_remark
from .grids import Grids
from .stored import current
from .values import Slot, Slots, number_value

_DEEPEST = 20  # sums within sums
_AS_SHOWN = Sums(False)  # right, over totals that are typed: what it shows is its number


@dataclass(frozen=True)
class _Total:
    """A total with its parts, and its formula as the template writes it at these places."""

    key: str
    parts: tuple[str, ...]
    slot: Slot
    own: str


@lru_cache(maxsize=64)
def _totals(edition: Edition, slots: Slots) -> tuple[_Total, ...]:
    """The totals whose cell and parts stand on one sheet, parts before their sums."""
    by_key = {s.key: s for s in slots.found}
    found: list[_Total] = []
    for key, parts in edition.sums.items():
        placed = [by_key[k] for k in (key, *parts) if k in by_key]
        if len(placed) == len(parts) + 1 and len({s.sheet for s in placed}) == 1:
            own = f"SUM({ranges([s.at for s in placed[1:]])})"
            found.append(_Total(key, parts, placed[0], own))
    return tuple(found)


def follow(
    book: Grids,
    edition: Edition,
    slots: Slots,
    values: dict[str, Value],
    merged: frozenset[Place] = frozenset(),
) -> list[Remark]:
    """Totals that are formulas become what their formulas add; what is stale is remarked.

    A formula that adds the total's parts, in whatever spelling, is computed. One that lacks,
    doubles or adds other cells is put down as ``Value.sums``, with the sum it should give, so
    that no other cell is blamed. Any other keeps its value; one of a roll-up, which adds the units'
    totals as its parts add the units' parts, is as it should be. A total one of whose parts is no
    number has none either: it follows that part, whatever it shows. ``merged`` are cells whose
    numbers were put to one of the parts.
    """
    totals = [t for t in _totals(edition, slots) if values[t.key].formula is True]
    if not totals:
        return []
    stale: list[tuple[Value, Value]] = []
    wrong: set[str] = set()  # totals that are wrong, and those that add them
    texts = {k for k, v in values.items() if v.standing is Standing.TEXT_NUMBER}
    audited = [_audited(book, edition, slots=slots, total=total, merged=merged) for total in totals]
    wrapped = [t for t, text, sums in audited if sums is None and "IFERROR(" in text.upper()]
    for total, text, sums in audited:
        old = values[total.key]
        slot = total.slot
        if sums is _AS_SHOWN:
            if old.number is not None:
                continue
            sums = None
        if sums is not None and not sums.wrong:
            rolled = _rolled_up(book, slots, total, text)
            value = replace(old, formula=None) if rolled else replace(old, sums=sums)
            values[total.key] = current(book, value)
            continue
        number = _sum(values, total.parts)
        if number is None:
            values[total.key] = _following(values, total, old) if sums is None else old
            continue
        if not texts.isdisjoint(total.parts):
            texts.add(total.key)
        if sums is not None:
            wrong.add(total.key)
            new = replace(_computed(slot, number), shown=old.shown or "空", sums=sums)
        elif old.standing is Standing.ERROR or (
            old.number is not None and abs(old.number - number) <= TOLERANCE
        ):
            continue
        else:
            new = _computed(slot, number)
            if wrong and not wrong.isdisjoint(total.parts):
                wrong.add(total.key)
            elif old.standing is Standing.NUMBER and total.key not in texts:
                stale.append((old, new))
        values[total.key] = new
    remarks = (
        [stale_remark(stale, Words("合计", "The totals"), "its formula gives")] if stale else []
    )
    return [*remarks, _wrapped(wrapped)] if wrapped else remarks


def _audited(
    book: Grids, edition: Edition, slots: Slots, total: _Total, merged: frozenset[Place]
) -> tuple[_Total, str, Sums | None]:
    """A total with its formula, and what that adds when it is not the total's parts."""
    text = book.cells(total.slot.sheet).formula(*total.slot.at) or ""
    own = text == total.own
    return (
        total,
        text,
        None if own else _audit(book, edition, slots=slots, total=total, text=text, merged=merged),
    )


def _rolled_up(book: Grids, slots: Slots, total: _Total, text: str) -> bool:
    """Whether a total and each of its parts add cells of sheets that hold no table."""
    by_key = {s.key: s.at for s in slots.found if s.key in total.parts}
    parts = [book.cells(total.slot.sheet).formula(*at) for at in by_key.values()]
    for formula in (text, *parts):
        if formula is None or "!" not in formula:
            return False
        adds = added_by(book, total.slot.place, formula)
        if adds is None or not {at[0] for at in adds.found}.isdisjoint(slots.sheets):
            return False
    return True


def _sum(values: Mapping[str, Value], parts: Sequence[str]) -> float | None:
    """What a sheet's SUM gives when numbers written as texts are numbers; None for no number.

    Other texts are not followed, though SUM skips them: each is a finding of its own.
    """
    return added(_as_number(values[key]) for key in parts)


def _as_number(value: Value) -> float | None:
    if value.standing in (Standing.BLANK, Standing.PLACEHOLDER):
        return 0.0
    return value.number if value.standing in (Standing.NUMBER, Standing.TEXT_NUMBER) else None


def _following(values: Mapping[str, Value], total: _Total, old: Value) -> Value:
    """A total without a number because of one of its parts, whose cell is the ``detail``."""
    empty = (Standing.NUMBER, Standing.TEXT_NUMBER, Standing.BLANK, Standing.PLACEHOLDER)
    cause = next(values[p] for p in total.parts if values[p].standing not in empty)
    cell = cause.detail if cause.odd == "follows" else cause.place.cell if cause.place else ""
    if old.standing is Standing.ERROR:
        return replace(old, odd="follows", detail=cell)
    return Value(
        Standing.FORMULA,
        None,
        shown="=" + total.own,
        place=old.place,
        formula=True,
        odd="follows",
        detail=cell,
    )


def _computed(slot: Slot, number: float) -> Value:
    value = slot.computed.get(number)
    if value is None:
        value = number_value(number, slot.place, formula=True)
        if len(slot.computed) < 5000:
            slot.computed[number] = value
    return value


def _wrapped(found: Sequence[_Total]) -> Remark:
    first = found[0].slot.place
    return Remark(
        RemarkKind.STALE,
        Words(
            f"{first_of(first, len(found))}的总计套了 IFERROR：明细出错时照样显示0，"
            f"看不出来。请改为 ={found[0].own}。",
            f"{first.sheet} {first.cell}: a total within IFERROR shows 0 whatever is wrong "
            f"with its parts: make it ={found[0].own}.",
        ),
        first,
    )


def _audit(
    book: Grids, edition: Edition, slots: Slots, total: _Total, text: str, merged: frozenset[Place]
) -> Sums | None:
    """None for a formula that adds exactly the total's parts, else what it adds.

    ``_AS_SHOWN`` for one that adds them through totals that are no formulas.
    """
    sum_ = added_by(book, total.slot.place, text)
    other = Sums(False, added=text[:LONGEST], proposed=total.own)
    if sum_ is None:
        return other
    added: Added = Counter({at: n for at, n in sum_.found.items() if at not in merged})
    places = {s.key: s.place for s in slots.found}
    parts = [places[k] for k in total.parts]
    whole = _expanded(edition, places, total.parts)
    ends = _Leaves(book, edition, places)
    leaves = ends.of(added, sum_.partial)
    if _same(book, added, parts) or (leaves is not None and _same(book, leaves, whole)):
        return other if sum_.partial else _AS_SHOWN if ends.typed else None
    known = set(places.values())
    if leaves is None or not known & set(leaves) or any(n < 0 for n in added.values()):
        return other
    if any(p not in leaves for p in set(added) - known):  # through 小计 that are formulas
        added, parts = leaves, whole
    lacks = [p for p in parts if not added[p]]
    doubled = [p for p in parts if added[p] > 1]
    extra = [p for p in added if p not in parts and (p in known or _counts(book, p))]
    filled = [p for p in parts if added[p]]
    here = total.slot.sheet
    return Sums(
        True,
        _listed(here, filled),
        lacks=_listed(here, lacks),
        doubled=_listed(here, doubled),
        extra=_listed(here, extra),
        proposed=total.own,
    )


def _counts(book: Grids, at: Place) -> bool:
    """Whether a cell has something that a sum would add."""
    content = book.at(at)
    return isinstance(content, float) and content != 0


def _same(book: Grids, added: Mapping[Place, int], parts: Sequence[Place]) -> bool:
    """Whether each part is added once, and nothing else that counts."""
    wanted = Counter(parts)
    return all(added.get(p, 0) == n for p, n in wanted.items()) and not any(
        n and at not in wanted and _counts(book, at) for at, n in added.items()
    )


class _Leaves:
    """The cells that a sum adds in the end, through totals and 小计 that are formulas."""

    def __init__(self, book: Grids, edition: Edition, places: Mapping[str, Place]) -> None:
        self.book, self.edition, self.places = book, edition, places
        self.keys = {at: key for key, at in places.items()}
        self.typed = False  # a total among them is no formula

    def of(self, added: Mapping[Place, int], partial: bool, depth: int = 0) -> Added | None:
        """None where one of them is a formula that cannot be followed.

        ``partial``: of a SUBTOTAL, which leaves out others of its kind.
        """
        found: Added = Counter()
        for at, count in added.items():
            inner = self._inside(at, partial, depth)
            if inner is None:
                return None
            for part, times in inner.items():
                found[part] += count * times
        return found

    def _inside(self, at: Place, partial: bool, depth: int) -> Added | None:
        key = self.keys.get(at, "")
        text = self.book.cells(at.sheet).formula(*at.at) if at.sheet in self.book.sheets else None
        if key in self.edition.totals:
            self.typed = self.typed or text is None
        elif text is None or key:
            return Counter([at])
        sum_ = added_by(self.book, at, text) if text is not None else None
        if sum_ is not None and sum_.partial and partial:
            return Counter()
        if key:
            return Counter(_expanded(self.edition, self.places, [key]))
        if sum_ is None or depth > _DEEPEST:
            return None
        return self.of(sum_.found, sum_.partial, depth + 1)


def _expanded(edition: Edition, places: Mapping[str, Place], keys: Iterable[str]) -> list[Place]:
    found: list[Place] = []
    for key in keys:
        if key in edition.totals:
            found += _expanded(edition, places, edition.totals[key])
        elif key in places:
            found.append(places[key])
    return found


def _listed(sheet: str, cells: Sequence[Place]) -> str:
    """Cells as a clerk reads them: ``E9至I9、D12``; those of another sheet with its name."""
    here = [p.at for p in cells if p.sheet == sheet]
    there = [f"{p.sheet}!{p.cell}" for p in cells if p.sheet != sheet]
    near = [p.replace(":", "至") for p in ranges(here).split(",") if p]
    return "、".join([*near, *there][:6]) + ("等" if len(near) + len(there) > 6 else "")
