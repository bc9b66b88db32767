"""What the formula of a total adds up: its parts, other cells, or nothing that can be followed.

The template's own formula is known by its text. Any other is taken apart with openpyxl's
Tokenizer, which is loaded only then. A total whose formula adds its parts is computed from them:
the stored value may be from before the last change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial

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
    audit = _Audit(book, edition, slots, merged)
    audited = [(total, *audit.of(total)) for total in totals]
    wrapped = [t for t, text, sums in audited if sums is None and "IFERROR(" in text.upper()]
    for total, text, sums in audited:
        old = values[total.key]
        slot = total.slot
        if sums is _AS_SHOWN:
            if old.number is not None:
                continue
            sums = None
        if sums is not None and not sums.wrong:
            rolled = audit.is_rolled_up(total, text)
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
    shown = "=" + total.own
    return Value(Standing.FORMULA, None, shown, old.place, formula=True, odd="follows", detail=cell)


def _computed(slot: Slot, number: float) -> Value:
    value = slot.computed.get(number)
    if value is None:
        value = number_value(number, slot.place, formula=True)
        if len(slot.computed) < 5000:
            slot.computed[number] = value
    return value


def _wrapped(found: Sequence[_Total]) -> Remark:
    first = found[0].slot.place
    words = Words(
        f"{first_of(first, len(found))}的总计套了 IFERROR：明细出错时照样显示0，"
        f"看不出来。请改为 ={found[0].own}。",
        f"{first.sheet} {first.cell}: a total within IFERROR shows 0 whatever is wrong "
        f"with its parts: make it ={found[0].own}.",
    )
    return Remark(RemarkKind.STALE, words, first)


class _Audit:
    """What the formulas of a report's totals add; ``merged`` are cells that were put to a part."""

    def __init__(
        self, book: Grids, edition: Edition, slots: Slots, merged: frozenset[Place]
    ) -> None:
        self.book, self.edition, self.slots, self.merged = book, edition, slots, merged
        self.typed = False  # a total among the leaves is no formula

    @cached_property
    def places(self) -> dict[str, Place]:
        """Where the fields stand."""
        return {s.key: s.place for s in self.slots.found}

    @cached_property
    def keys(self) -> dict[Place, str]:
        """Which field stands at a place."""
        return {at: key for key, at in self.places.items()}

    def of(self, total: _Total) -> tuple[str, Sums | None]:
        """The formula of a total, and what it adds when it is not exactly the total's parts.

        ``_AS_SHOWN`` for one that adds them through totals that are no formulas.
        """
        text = self.book.cells(total.slot.sheet).formula(*total.slot.at) or ""
        return text, None if text == total.own else self._added(total, text)

    def _added(self, total: _Total, text: str) -> Sums | None:
        sum_ = added_by(self.book, total.slot.place, text)
        other = Sums(False, added=text[:LONGEST], proposed=total.own)
        if sum_ is None:
            return other
        added: Added = Counter({at: n for at, n in sum_.found.items() if at not in self.merged})
        parts, whole = [self.places[k] for k in total.parts], self._expanded(total.parts)
        self.typed = False
        leaves = self._leaves(added, sum_.partial)
        if self._is_same(added, parts) or (leaves is not None and self._is_same(leaves, whole)):
            return other if sum_.partial else _AS_SHOWN if self.typed else None
        known = self.keys.keys()
        if leaves is None or not known & set(leaves) or any(n < 0 for n in added.values()):
            return other
        if any(p not in leaves for p in set(added) - known):  # through 小计 that are formulas
            added, parts = leaves, whole
        extra = [p for p in added if p not in parts and (p in known or self._counts(p))]
        listed = partial(_listed, total.slot.sheet)
        return Sums(
            True,
            listed([p for p in parts if added[p]]),
            lacks=listed([p for p in parts if not added[p]]),
            doubled=listed([p for p in parts if added[p] > 1]),
            extra=listed(extra),
            proposed=total.own,
        )

    def is_rolled_up(self, total: _Total, text: str) -> bool:
        """Whether a total and each of its parts add cells of sheets that hold no table."""
        grid = self.book.cells(total.slot.sheet)
        parts = [s for s in self.slots.found if s.key in total.parts]
        for formula in (text, *(grid.formula(*s.at) for s in parts)):
            if formula is None or "!" not in formula:
                return False
            adds = added_by(self.book, total.slot.place, formula)
            if adds is None or not {at[0] for at in adds.found}.isdisjoint(self.slots.sheets):
                return False
        return True

    def _counts(self, at: Place) -> bool:
        """Whether a cell has something that a sum would add."""
        content = self.book.at(at)
        return isinstance(content, float) and content != 0

    def _is_same(self, added: Mapping[Place, int], parts: Sequence[Place]) -> bool:
        """Whether each part is added once, and nothing else that counts."""
        wanted = Counter(parts)
        return all(added.get(p, 0) == n for p, n in wanted.items()) and not any(
            n and at not in wanted and self._counts(at) for at, n in added.items()
        )

    def _leaves(self, added: Mapping[Place, int], partial: bool, depth: int = 0) -> Added | None:
        """The cells that are added in the end, through totals and 小计 that are formulas.

        None where one of them is a formula that cannot be followed. ``partial``: of a SUBTOTAL,
        which leaves out others of its kind.
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
            return Counter(self._expanded([key]))
        if sum_ is None or depth > _DEEPEST:
            return None
        return self._leaves(sum_.found, sum_.partial, depth + 1)

    def _expanded(self, keys: Iterable[str]) -> list[Place]:
        found: list[Place] = []
        for key in keys:
            if key in self.edition.totals:
                found += self._expanded(self.edition.totals[key])
            elif key in self.places:
                found.append(self.places[key])
        return found


def _listed(sheet: str, cells: Sequence[Place]) -> str:
    """Cells as a clerk reads them: ``E9至I9、D12``; those of another sheet with its name."""
    here = [p.at for p in cells if p.sheet == sheet]
    there = [f"{p.sheet}!{p.cell}" for p in cells if p.sheet != sheet]
    near = [p.replace(":", "至") for p in ranges(here).split(",") if p]
    return "、".join([*near, *there][:6]) + ("等" if len(near) + len(there) > 6 else "")
