"""Which of several sheets with one table is the report's: visible, of its year, no example.

What says nothing against a sheet leaves it in; a sheet is set aside only for another that is in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...templates.a1 import Place
from ...templates.form import Table
from ...templates.words import Words
from ..ooxml.cells import Cells, Content, Key
from ..report import Remark, RemarkKind
from .by_label import FoundTable
from .heads import years
from .several_lines import years_in
from .sheet_text import SheetText
from .sheet_words import WORDS
from .spelling import folded, normal

_EXAMPLE = WORDS.expression("example_sheet")
_BEFORE = WORDS.expression("sheet_of_before")
_COPY = WORDS.expression("copied_sheet")

_SPAN = re.compile(r"'?([^'!:(),+]{1,31}):([^'!:(),+]{1,31})'?!")  # sheets from one to another

_SHOWING = {
    "hidden": Words(
        "要看它，右击任一工作表标签，选“取消隐藏”", "to see it, right-click a tab and choose Unhide"
    ),
    "veryHidden": Words(
        "它是深度隐藏的，右键看不到；要看它，按 Alt+F11，把这张表的 Visible 改成 -1",
        "it is very hidden: to see it, press Alt+F11 and set its property Visible to -1",
    ),
}


def why_not(sheet: SheetText, year: int | None) -> Words | None:
    """What says that a sheet is not the report's; None where nothing does."""
    name = folded(sheet.name)
    if sheet.hidden:
        return Words("隐藏的", "hidden")
    if _EXAMPLE.search(name):
        return Words("示例", "an example")
    if _BEFORE.search(name):
        return Words("往年的", "of another year")
    if year is None:
        return None
    years_named = [*sorted(years_in(name)), *(s.text for s in years([sheet], "") if s.rank < 3)]
    if years_named and str(year) not in years_named:
        return Words(f"{years_named[0]}年的", f"of {years_named[0]}")
    return None


def set_aside(found: Mapping[str, list[FoundTable]], year: int | None) -> Iterator[Remark]:
    """Takes what is not the report's out of ``found``, where another sheet has the whole table."""
    noted: dict[str, Remark] = {}
    for several in found.values():
        reasons = (
            [(f, why_not(f.sheet, year)) for f in several if f.whole] if len(several) > 1 else []
        )
        good = [f for f, why in reasons if why is None]
        for other, why in reasons:
            if good and why is not None and (other.sheet.hidden or not is_blank(other)):
                several.remove(other)
                note = aside(other.table, good[0].sheet.name, other.sheet, why)
                noted.setdefault(other.sheet.name, note)
    yield from noted.values()


def is_blank(found: FoundTable) -> bool:
    """Whether nothing was filled in: no content but what formulas make of blanks."""
    cells = found.sheet.cells
    standing = (cells.held.get(at) for at in found.cells.values())
    return found.times == 1 and all(c is None or c.formula is not None for c in standing)


def aside(table: Table, home: str, other: SheetText, why: Words) -> Remark:
    """The note for a sheet that bears a table and was not looked at, with how to see it."""
    words = Words(
        f"工作表“{other.name}”（{why.zh}）里还有一张{table.sheet}，没有核对；核对的是“{home}”。",
        f"{other.name!r} ({why.en}) holds {table.sheet} too and was not checked; {home!r} was.",
    )
    if see := _SHOWING.get(other.hidden):
        words += Words(f"不用的请删除；{see.zh}。", f" Delete it if not needed; {see.en}.")
    return Remark(RemarkKind.ASIDE, words, Place(other.name), "S-COPY")


def is_added(sheet: str, cells: Cells, places: Iterable[Key], tabs: Sequence[str]) -> bool:
    """Whether cells of a table are formulas over ``sheet``: it is a working paper of theirs.

    One of those that stand between two, in the order of the ``tabs``, is added as well.
    """
    names = (f"{sheet}!", f"'{sheet}'!", f"{sheet}:", f":{sheet}")
    formulas = {cells.formula(*at) or "" for at in places}
    if any(name in formula for formula in formulas for name in names):
        return True
    spans = (span for formula in formulas for span in _SPAN.findall(formula))
    ends = (sorted(tabs.index(t) for t in span) for span in spans if {*span} <= {*tabs})
    return any(sheet in tabs[first : last + 1] for first, last in ends)


WORKING = Words("相加用的底稿", "a working paper that it adds")


def hidden_home(home: FoundTable) -> Iterator[Remark]:
    """A table that was taken from a hidden sheet because no other one bears it."""
    if see := _SHOWING.get(home.sheet.hidden):
        name = home.sheet.name
        words = Words(
            f"{home.table.sheet}取自隐藏的工作表“{name}”，别处没有。请核对是不是要上报的；"
            f"{see.zh}。",
            f"{home.table.sheet} was taken from the hidden sheet {name!r}, no other has it: "
            f"see whether it is to be sent; {see.en}.",
        )
        yield Remark(RemarkKind.HEADS, words, Place(name))


def home_of(table: Table, whole: Sequence[FoundTable]) -> FoundTable | None:
    """The one of several whole tables that is the report's; None where nothing says which.

    It has more of the table than others, or the form's own name, or one that is no copy's.
    """
    most = max(len(f.cells) for f in whole)
    full = [f for f in whole if len(f.cells) == most]
    if len(full) > 1 and len({contents(f) for f in full}) > 1:
        named = [f for f in full if normal(f.sheet.name) == normal(table.sheet)]
        full = named or [f for f in full if not _COPY.search(folded(f.sheet.name))]
        if len(full) != 1:
            return None
    return full[0]


def contents(found: FoundTable) -> tuple[tuple[str, Content], ...]:
    """What the fields of a table hold, by their keys."""
    cells = found.sheet.cells
    return tuple((k, cells.at(*at)) for k, at in sorted(found.cells.items()))


def undecided(table: Table, whole: Sequence[FoundTable]) -> Remark:
    """The finding for sheets with other numbers of which none can be taken."""
    names = [f.sheet.name for f in whole]
    listed = "、".join(f"“{n}”" for n in names)
    words = Words(
        f"有{len(names)}张{table.sheet}（{listed}），数字不同，分不清哪一张是要上报的，没有核对。"
        "请只留要上报的一张，把别的移到别的文件里保存。",
        f"{len(names)} sheets hold {table.sheet} ({', '.join(names)}), their numbers differ, "
        "and which one is the report's is not told: not checked. Keep one in this file.",
    )
    return Remark(RemarkKind.SEVERAL, words, Place(names[0]), "S-COPY")
