"""What the buttons do, through the public xlwings object model only.

The same functions run on desktop Excel and on xlwings' remote engine. The verdict is that of
``validators``; the marks are those of ``gouji flag``: a conditional format that carries our
marker, a note, the sheet 校验结果 with links. What an engine cannot do (a client without notes) is
left out, and the results sheet still says everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..templates.errors import InputError
from ..validators.check import Result
from ..validators.finding import Severity
from ..validators.flagging import marks as marks_of
from ..validators.flagging import summary
from ..validators.judge import judge
from ..validators.mark.marks import (
    FILLS,
    MARKER,
    NOTE_START,
    SEVERITY_ZH,
    SHEET_NAME,
    SHEET_START,
    Mark,
)
from ..validators.mark.results import HEADS, free_name
from ..validators.read import read_book
from .livebook import LiveBook

if TYPE_CHECKING:
    import xlwings

_PLACE_COLUMN = len(HEADS)  # 0-based: our own list of what was marked, right of the printed ones


def validate(book: xlwings.Book) -> str:
    """Judges the open book, unsaved edits included, and marks it; returns the status line.

    Marks of an earlier time are taken out first. The first error is selected. A book that is
    not the form gets its sentence in an alert and is left as it is.
    """
    clear(book)
    live = LiveBook(book)
    try:
        report = read_book(live)
    except InputError as error:
        book.app.alert(error.zh, title="年报校验")
        return error.zh
    result = Result(str(book.name), report, judge([report])[0])
    assert result.verdict is not None
    found = result.verdict.findings
    if found:
        _show(book, marks_of(result.verdict), [*summary(result)])
        first = next((f for f in found if f.place and f.place.cell), None)
        if first is not None and first.place is not None:
            sheet = book.sheets[first.place.sheet]
            sheet.activate()
            sheet.range(first.place.cell).select()
    counts = "，".join(f"{SEVERITY_ZH[s]}{result.verdict.count(s)}" for s in Severity)
    status = (
        f"{counts}；已核对勾稽关系{result.verdict.checked}条，"
        f"未核对{len(result.verdict.unchecked)}条"
    )
    with suppress(NotImplementedError, AttributeError):  # no status bar on the remote engine
        book.app.status_bar = status
    return status


def clear(book: xlwings.Book) -> None:
    """Takes our marks out of the open book and nothing else."""
    for sheet in list(_results_sheets(book)):
        for name, cell in _marked(sheet):
            if name in [s.name for s in book.sheets]:
                _unmark(book.sheets[name].range(cell))
        sheet.delete()


def next_finding(book: xlwings.Book, step: int = 1) -> str:
    """Selects the next marked cell after the selected one (``step`` -1: the one before).

    Goes round at the end. Returns the finding's text, ``""`` when nothing is marked.
    """
    found = [(place, text) for s in _results_sheets(book) for place, text in _listed(s)]
    if not found:
        return ""
    places = [place for place, _ in found]
    selected = book.app.selection
    here = (selected.sheet.name, selected.address.replace("$", "")) if selected else ("", "")
    index = (places.index(here) + step) % len(found) if here in places else 0
    (name, cell), text = found[index]
    book.sheets[name].activate()
    book.sheets[name].range(cell).select()
    return text


def explain(selection: xlwings.Range) -> str:
    """Everything that is said about the selected cell, one finding a line, ``""`` for nothing."""
    here = (selection.sheet.name, selection.address.replace("$", ""))
    book = selection.sheet.book
    texts = [t for s in _results_sheets(book) for place, t in _listed(s) if place == here]
    return "\n".join(texts)


def _listed(sheet: Any) -> Iterator[tuple[tuple[str, str], str]]:
    """Place and text of every line of the results sheet that has a cell, in its order."""
    last = sheet.used_range.last_cell
    rows = sheet.range((1, 1), (last.row, len(HEADS))).options(ndim=2).value
    for row in rows:
        place = row[HEADS.index("位置")]
        if isinstance(row[0], int | float) and isinstance(place, str) and "!" in place:
            name, _, cell = place.rpartition("!")
            yield (name, cell), str(row[HEADS.index("问题")])


def _results_sheets(book: xlwings.Book) -> Iterator[Any]:
    for sheet in book.sheets:
        if sheet.name.startswith(SHEET_NAME):
            title = sheet.range("A1").value
            if isinstance(title, str) and title.startswith(SHEET_START):
                yield sheet


def _marked(sheet: Any) -> Iterator[tuple[str, str]]:
    """The places that the results sheet lists as marked."""
    last = sheet.used_range.last_cell
    rows = sheet.range((1, 1), (last.row, _PLACE_COLUMN + 1)).options(ndim=2).value
    for row in rows:
        place = row[_PLACE_COLUMN]
        if isinstance(place, str) and "!" in place:
            name, _, cell = place.rpartition("!")
            yield name, cell


def _unmark(area: Any) -> None:
    """Our conditional formats and our note on one cell.

    Where the engine does not show which formats a cell has, ours stays behind without effect:
    its formula refers to the results sheet, which is gone. ``gouji clear`` removes it.
    """
    with suppress(NotImplementedError):
        for rule in list(area.conditional_formats):
            if f'"{MARKER}' in str(getattr(rule, "formula", "") or ""):
                rule.delete()
    with suppress(NotImplementedError):
        note = area.note
        if note is None:
            return
        try:
            ours = str(note.text).lstrip().startswith(NOTE_START)
        except NotImplementedError:
            ours = True  # listed by us as the cell we put a note on
        if ours:
            note.delete()


def _show(book: xlwings.Book, marks: Sequence[Mark], lines: Sequence[str]) -> None:
    names = [sheet.name for sheet in book.sheets]
    title = free_name(names)
    kinds: dict[tuple[str, str], str] = {}
    texts: dict[tuple[str, str], list[str]] = {}
    order = list(FILLS)
    for mark in marks:
        at = (mark.sheet, mark.cell)
        if mark.cell and mark.sheet in names:
            if at not in kinds or order.index(mark.kind) < order.index(kinds[at]):
                kinds[at] = mark.kind
            texts.setdefault(at, []).append(f"{SEVERITY_ZH[mark.severity]} {mark.text}")
    noted: list[str] = []
    for name, cell in kinds:
        area = book.sheets[name].range(cell)
        with suppress(NotImplementedError):
            if area.note is None:
                area.add_note(NOTE_START + "\n".join(dict.fromkeys(texts[name, cell])))
        noted.append(f"{name}!{cell}")
    _list(book, title, marks, lines, noted)
    for (name, cell), kind in kinds.items():
        background, font = FILLS[kind]
        with suppress(NotImplementedError):
            book.sheets[name].range(cell).conditional_formats.add_custom(
                f"=AND(N(\"{MARKER}{kind}\")=0,ROWS('{title}'!$A$1)=1)",
                fill_color=f"#{background[2:]}",
                font_color=f"#{font[2:]}",
            )


def _list(
    book: xlwings.Book,
    title: str,
    marks: Sequence[Mark],
    lines: Sequence[str],
    noted: Sequence[str],
) -> None:
    """The results sheet: all its values in one call, then the links."""
    width = _PLACE_COLUMN + 1
    rows: list[list[str | int]] = [[SHEET_START]]
    rows += [[_plain(line)] for line in lines]
    rows.append([*HEADS])
    links: list[tuple[int, str, str]] = []
    known = [sheet.name for sheet in book.sheets]
    for number, mark in enumerate((m for m in marks if not m.likely), 1):
        place = f"{mark.sheet}!{mark.cell}" if mark.cell else mark.sheet
        if mark.sheet in known:
            target = "'" + mark.sheet.replace("'", "''") + "'!" + (mark.cell or "A1")
            links.append((len(rows) + 1, "#" + target, place))
        rows.append(
            [number, SEVERITY_ZH[mark.severity],
             *map(_plain, (mark.rule, place, mark.text, mark.found, mark.expected,
                           mark.repair, mark.basis))]
        )  # fmt: skip
    first = len(rows) - len([m for m in marks if not m.likely])
    while len(rows) < first + len(noted):
        rows.append([])
    for offset, place in enumerate(noted):
        row = rows[first + offset]
        row += [""] * (_PLACE_COLUMN - len(row)) + [place]
    full = [row + [""] * (width - len(row)) for row in rows]
    sheet = book.sheets.add(title, after=book.sheets[-1])
    sheet.range((1, 1), (len(full), width)).value = full
    for line, target, shown in links:
        sheet.range((line, 4)).add_hyperlink(target, shown)


def _plain(text: str) -> str:
    """Text that a spreadsheet keeps as text: an apostrophe before what would be a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@") and text != "-" else text


__all__ = ["clear", "explain", "next_finding", "validate"]
