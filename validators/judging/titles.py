"""The titles of cards: what is the matter, in the form's own words and in one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...templates.a1 import Place
from ...templates.edition import Edition
from ...templates.naming import addressed, line_of, name_of, span
from ...templates.words import NARRATIVE, Words, plain
from ..finding import Change, Event, Finding
from ..report import ABSENT, Report, Standing

TITLE, SUM = 60, 80  # characters
FILL_FIRST = Words("填完再核对", "fill them in, then check again")


def fitted(words: Words, most: int) -> Words:
    """Both sentences cut to ``most`` characters, the Chinese at a comma where there is one."""
    return Words(_cut(words.zh, most), _cut(words.en, 2 * most))


def _cut(text: str, most: int) -> str:
    text = text.strip().rstrip("。.；; ")
    if len(text) <= most:
        return text
    head = text[: most - 1]
    at = max(head.rfind(mark) for mark in "，；：,;")
    return (head[:at] if at > most // 2 else head) + "…"


def zeros(count: int) -> Words:
    """Nothing but zeros is missing."""
    return Words(
        f"{count}格空着，填0后全部相符", f"{count} cells are blank; with 0 in them everything holds"
    )


def unfilled(sheet: str, count: int, sign: str = "") -> Words:
    """A table that is still being filled in, or one with a ``sign`` in the place of numbers."""
    if sign:
        return Words(
            f"{sheet}有{count}格填的是“{sign}”，没有的填0",
            f"{count} cells of {sheet} hold {sign!r}: write 0",
        )
    return Words(f"{sheet}还有{count}格没填", f"{count} cells of {sheet} are not filled in")


def unwritten(report: Report) -> Iterator[tuple[Words, Place | None]]:
    """What of the cover and of the narrative nobody has written yet, and where."""
    if "unit_class" in report.left_blank:
        yield (
            Words("封面没有选单位类别", "the class of the unit is not chosen on the cover"),
            report.left_blank["unit_class"],
        )
    if report.rows and not report.narrative:
        yield Words("正文还没有写", "the narrative is not written"), Place(NARRATIVE)


def happened(report: Report, event: Event) -> Words:
    """What certainly happened, and what would be right."""
    changes = event.changes
    cells = [c.place.cell for c in changes]
    if event.kind == "exchange":
        return Words(
            f"{cells[0]}和{cells[1]}两个数填反了", f"{cells[0]} and {cells[1]} are exchanged"
        )
    if event.kind == "column":
        wrong, right = sorted(changes, key=lambda c: c.to)
        return Words(
            f"{wrong.place.cell}的{plain(wrong.from_)}填错了列，应填在{right.place.cell}",
            f"the {plain(wrong.from_)} of {wrong.place.cell} belongs in {right.place.cell}",
        )
    places = [c.place for c in changes]
    if event.kind == "shift":
        cells_ = span(sorted(places))
        return Words(f"{cells_.zh}的数错开了一格", f"the numbers of {cells_.en} stand one cell off")
    if event.kind == "stale":
        cells_ = span(sorted(places))
        return Words(
            f"{cells_.zh}这{len(places)}个总计没有重新算过",
            f"the totals {cells_.en} were not added up again",
        )
    if event.kind == "followed" or len(changes) == 1:
        return _should_be(report, changes[0])
    changes_named = [f"{c.place.cell}应是{plain(c.to)}" for c in changes]
    en = [f"{c.place.cell} should be {plain(c.to)}" for c in changes]
    return Words(f"有{len(changes)}格要改：{'、'.join(changes_named)}", ", ".join(en))


def _should_be(report: Report, change: Change) -> Words:
    name = addressed(name_of(report.edition.fields[change.field]), change.place)
    to, was = plain(change.to), plain(change.from_)
    if report.values[change.field].standing in (Standing.BLANK, Standing.PLACEHOLDER):
        return Words(f"{name.zh}应是{to}，现在空着", f"{name.en} should be {to}, it is blank")
    return Words(f"{name.zh}应是{to}，现在是{was}", f"{name.en} should be {to}, it is {was}")


def rivals(edition: Edition, events: Sequence[Event], failed: Sequence[Finding]) -> Words:
    """Where numbers do not fit, by how much, and how many cells may be wrong.

    ``events`` are those that are shown, ``failed`` the findings that they explain.
    """
    where, gap = _line_of(edition, failed), _gap(failed)
    count = len({c.field for e in events for c in e.changes})
    off = Words(f"{where.zh}对不上", f"{where.en} does not fit")
    if gap is not None:
        unit = counted_in(edition, failed[0].field)
        off = Words(f"{where.zh}差{plain(gap)}{unit}", f"{where.en} is out by {plain(gap)}")
    if len(events) == 1:
        change = events[0].changes[0]
        cell, to = change.place.cell, plain(change.to)
        return off + Words(f"，可能{cell}应是{to}", f"; perhaps {cell} should be {to}")
    return off + Words(f"，{count}格都可能", f"; it may be any of {count} cells")


def _gap(failed: Sequence[Finding]) -> float | None:
    gaps = {abs(f.gap) for f in failed if f.gap is not None}
    return gaps.pop() if len(gaps) == 1 else None


def _line_of(edition: Edition, failed: Sequence[Finding]) -> Words:
    """The column or the row that does not fit, as the form prints it."""
    for finding in failed:
        keys = [finding.field, *(r.field for r in finding.related)]
        line = line_of([edition.fields[k] for k in keys if k in edition.fields])
        if line is not None:
            return line
    return Words("有关的数", "what is compared")


EACH = Words("请对照底册逐格核对", "check each cell against the records")


def unexplained(edition: Edition, findings: Sequence[Finding]) -> Words:
    """Numbers that do not fit where nobody can tell which is wrong."""
    if len(findings) > 1:
        sheet, count = edition.fields[findings[0].field].sheet, len(findings)
        return Words(
            f"{sheet}有{count}处对不上，看不出是哪几格",
            f"{count} sums of {sheet} do not fit, nothing tells which cells are wrong",
        )
    where, gap = _line_of(edition, findings), _gap(findings)
    unit = counted_in(edition, findings[0].field)
    return Words(
        f"{where.zh}差{plain(gap)}{unit}，看不出是哪一格",
        f"{where.en} is out by {plain(gap)}, nothing tells which cell is wrong",
    )


def counted_in(edition: Edition, key: str) -> str:
    """The counting word of a field: 件, or 万元 for an amount."""
    field = edition.fields.get(key)
    return "万元" if field is not None and field.kind == "amount" else "件"


def question(edition: Edition, events: Sequence[Event]) -> Words:
    """The one number to look up: what it is if the likeliest event is true, and if not."""
    change = events[0].changes[0]
    name = addressed(name_of(edition.fields[change.field]), change.place)
    to, was = plain(change.to), plain(change.from_)
    unit = counted_in(edition, change.field)
    return Words(
        f"台账里{name.zh}是{to}{unit}还是{was}{unit}？",
        f"Is {name.en} {to} or {was} in the records?",
    )


def cell(report: Report, finding: Finding) -> Words:
    """A cell that holds no number, or one that cannot be."""
    value = report.values.get(finding.field, ABSENT)
    name = addressed(name_of(report.edition.fields[finding.field]), finding.place)
    shown, number = value.shown[:12], plain(value.number)
    if finding.rule == "CELL-TEXT" and value.odd not in ("date", "format"):
        return Words(
            f"{name.zh}写的是“{shown}”，不是数字", f"{name.en} holds {shown!r}, not a number"
        )
    if finding.rule == "CELL-NEGATIVE":
        return Words(f"{name.zh}是{number}，不能小于0", f"{name.en} is {number}, below 0")
    if finding.rule == "CELL-FRACTION":
        return Words(f"{name.zh}是{number}，应是整数", f"{name.en} is {number}, no whole number")
    if finding.rule == "CELL-ERROR":
        return Words(f"{name.zh}显示{shown}，算不出来", f"{name.en} shows the error {shown}")
    return other(finding)


_ALIKE = {
    "CELL-TEXT": Words("不是数字", "are no numbers"),
    "CELL-NEGATIVE": Words("小于0", "are below 0"),
    "CELL-FRACTION": Words("不是整数", "are no whole numbers"),
    "CELL-ERROR": Words("是错误值", "show errors"),
    "CELL-FORMULA": Words("公式要看一下", "have formulas to look at"),
}


def alike(edition: Edition, findings: Sequence[Finding]) -> Words:
    """Many cells of a table with the same fault."""
    first = findings[0]
    sheet = edition.fields[first.field].sheet
    what = _ALIKE.get(first.rule, Words("有同样的问题", "have the same fault"))
    count = len(findings)
    return Words(f"{sheet}有{count}格{what.zh}", f"{count} cells of {sheet} {what.en}")


def other(finding: Finding) -> Words:
    """What a finding says first."""
    if finding.title:
        return finding.title
    zh, en = finding.message.zh, finding.message.en
    return Words(zh.partition("。")[0], en.partition(". ")[0])
