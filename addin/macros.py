"""What the buttons do, through the public xlwings object model only.

The same functions run on desktop Excel and on xlwings' remote engine. The verdict is that of
``validators``; the marks are those of ``gouji flag``: a conditional format that carries our
marker, a note, the sheet 校验结果 with links. What an engine cannot do (a client without notes) is
left out, and the results sheet still says everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..templates.a1 import position
from ..templates.errors import InputError
from ..templates.unforeseen import bounded
from ..validators.finding import Change, counted
from ..validators.mark import Column, Plan, free_name, plan_of, signs, summary_of_changes
from ..validators.office import check_book
from ..validators.reading import read_book
from . import repairs
from .caller import caller
from .open_book import LiveBook
from .painting import paint, unmark

if TYPE_CHECKING:
    import xlwings

TITLE = "年报校验"
CLEAN = counted({})
BUTTONS = ("validate", "clear", "next", "previous", "explain", "fix", "zeros", "roll_up")


def validate(book: xlwings.Book, changes: Sequence[Change] = ()) -> str:
    """Judges the open book, unsaved edits included, and marks it; returns the status line.

    Marks of an earlier time are taken out first. The first error is selected. A book that is
    not the form gets its sentence in an alert and is left as it is. ``changes`` were carried out
    just before: their cells get a note that tells the former number.
    """
    live = LiveBook(book)
    try:
        result = check_book(live)
    except InputError as error:
        book.app.alert(error.zh, title=TITLE)
        clear(book)
        return error.zh
    _take_out(book, list(_results_sheets(book)))
    planned = plan_of(result, [s.name for s in book.sheets], changes, live.area)
    status = planned.status
    if planned.title:
        _list(book, planned)
        both = zip(planned.fills, planned.notes, strict=True)
        protected = [f for f, note in both if not paint(book, f, note, planned.formula(f))]
        if protected:
            names = "、".join(dict.fromkeys(fill.sheet for fill in protected))
            status += f"；{names}受保护，未能标红，请看“{planned.title}”"
    if planned.select is not None:
        _select(book, *planned.select)
    with suppress(NotImplementedError, AttributeError):  # no status bar on the remote engine
        book.app.status_bar = status
    return status


def clear(book: xlwings.Book) -> None:
    """Takes our marks out of the open book and nothing else.

    A results sheet in which the clerk explained something stays.
    """
    _take_out(book, [s for s in _results_sheets(book) if not _is_written_in(s)])
    with suppress(NotImplementedError, AttributeError):
        book.app.status_bar = False


def _take_out(book: xlwings.Book, results: Sequence[Any]) -> None:
    """Every mark of ours, and those of our sheets that are in ``results``."""
    names = [sheet.name for sheet in book.sheets]
    for sheet in list(_results_sheets(book)):
        for name, cell in _marked(sheet):
            if name in names:
                unmark(book.sheets[name].range(cell))
    for sheet in results:
        sheet.delete()


def _is_written_in(sheet: Any) -> bool:
    return any(isinstance(row[0], int | float) and row[Column.SAID] for row in _lines(sheet))


def next_finding(book: xlwings.Book, step: int = 1) -> str:
    """Selects the next marked cell after the selected one (``step`` -1: the one before).

    Goes round at the end. Returns the finding's text, ``""`` when nothing is marked.
    """
    found = [(place, text) for s in _results_sheets(book) for place, text in _listed(s)]
    if not found:
        return ""
    places = [place for place, _ in found]
    here = _selected(book) or ("", "")
    index = (places.index(here) + step) % len(found) if here in places else 0
    (name, cell), text = found[index]
    _select(book, name, cell)
    return text


def explain(selection: xlwings.Range | None) -> str:
    """Everything that is said about the selected cell, one finding a line, ``""`` for nothing."""
    if selection is None:  # a picture is selected
        return ""
    here = (selection.sheet.name, selection.address.replace("$", ""))
    book = selection.sheet.book
    texts = [t for s in _results_sheets(book) for place, t in _listed(s) if place == here]
    return "\n".join(texts)


def fix(book: xlwings.Book) -> str:
    """Carries out the repair for the selected cell, else the likeliest, and judges again.

    On a desk it is asked first, and nothing is written without a yes. The remote engine cannot
    wait for an answer nor calculate: there the first click selects the cell and says what would
    be done, the second one, with that cell selected, does it, and judging is a click more. A
    protected sheet raises ``InputError``.
    """
    live = LiveBook(book)
    result = check_book(live)
    event = repairs.chosen(result, _selected(book), _tells_formulas(live))
    question, cells = repairs.question(result, event), repairs.cells_of(event)
    if (answer := _not_yet(book, question, cells, "要改，", "按此修改")) is not None:
        return answer
    _write(book, dict(zip(cells, (c.to for c in event.changes), strict=True)))
    return f"{summary_of_changes(event.changes)}。{_judged_again(book, event.changes)}"


def zeros(book: xlwings.Book) -> str:
    """Writes 0 into every blank cell of the tables, and judges again.

    Asked first; on the remote engine the first click selects the first blank cell and says what
    would be done, the second one, with that cell selected, does it. A protected sheet raises
    ``InputError``.
    """
    live = LiveBook(book)
    cells = repairs.blanks(check_book(live), _tells_formulas(live))
    if not cells:
        return repairs.NO_BLANK
    question, first = repairs.zeros_question(len(cells)), next(iter(cells))
    if (answer := _not_yet(book, question, [first], "要填，", "其余空格填0")) is not None:
        return answer
    _write(book, cells)
    return f"填了{len(cells)}格。{_judged_again(book)}"


def _tells_formulas(live: LiveBook) -> bool:
    return live.formula_grid(live.sheets[0]) is not None  # an engine tells them or does not


def _at_once(book: xlwings.Book) -> bool:
    """Whether the engine waits for an answer and calculates."""
    return book.app.engine.name not in ("remote", "officejs")


def _not_yet(
    book: xlwings.Book, question: str, cells: Sequence[tuple[str, str]], to_do: str, button: str
) -> str | None:
    """What a click answers that writes nothing; None where it was agreed to write."""
    if _at_once(book):
        agreed = book.app.alert(question, title=TITLE, buttons="yes_no") == "yes"
        return None if agreed else ""
    if _selected(book) in cells:
        return None
    _select(book, *cells[0])
    return f"{question}{to_do}就在选中{cells[0][1]}时再按一次“{button}”。"


def _judged_again(book: xlwings.Book, changes: Sequence[Change] = ()) -> str:
    return validate(book, changes) if _at_once(book) else "请再按“校验”核对。"


def _write(book: Any, cells: Mapping[tuple[str, str], float]) -> None:
    """Numbers into cells; ``InputError`` where Excel does not let us."""
    try:
        for (name, cell), number in cells.items():
            book.sheets[name].range(cell).value = number
    except Exception as error:  # each engine has its own kind for what Excel refuses
        if isinstance(error, AttributeError | TypeError | NameError):
            raise  # these are ours
        raise InputError(
            f"{name}写不进去，可能受保护。请先撤销保护，再按一次。",
            f"{name} cannot be written, it may be protected: unprotect it first.",
        ) from error


def _selected(book: xlwings.Book) -> tuple[str, str] | None:
    selected = book.app.selection
    return (selected.sheet.name, selected.address.replace("$", "")) if selected else None


def roll_up(book: xlwings.Book) -> str:
    """Adds up the workbooks beside the open one on its sheet 汇总; returns what came of it.

    The sum is compared with the open book's own tables (R-SUM). A book that has no place on
    this machine (not saved, or open on another one) raises ``InputError``.
    """
    from . import roll_up as adding  # only this button needs it, and the rooms behind it

    try:
        path = Path(book.fullname)
        if not path.parent.is_absolute() or not path.exists():
            raise FileNotFoundError(path)
    except (NotImplementedError, OSError) as error:
        raise InputError(
            "请先把本工作簿存到各单位报表所在的文件夹里，再汇总。"
            "没有装 Python 的电脑上，请管理员运行 gouji collect。",
            "save this workbook in the folder of the units' workbooks first, or use gouji collect",
        ) from error
    added = adding.add_up(read_book(LiveBook(book)), adding.beside(path))
    for sheet in list(_our_sheets(book, adding.SHEET, adding.START)):
        sheet.delete()
    name = free_name([s.name for s in book.sheets], adding.SHEET)
    sheet = book.sheets.add(name, after=book.sheets[-1])
    values = [
        [_plain(x) if isinstance(x, str) and i < 3 else x for i, x in enumerate(row)]
        for row in added.rows
    ]
    sheet.range((1, 1), (len(values), len(values[0]))).value = values
    sheet.activate()
    return added.status


def run(name: str, book: xlwings.Book) -> None:
    """Carries out the button ``name`` on ``book`` and says what a person is to read.

    Raises ``KeyError`` for a name that is not in ``BUTTONS``.
    """
    acts: dict[str, Callable[[], str]] = {
        "validate": lambda: _unless_marked(validate(book)),
        "clear": lambda: _cleared(book),
        "next": lambda: "" if next_finding(book) else "没有标记。请先按“校验”。",
        "previous": lambda: "" if next_finding(book, -1) else "没有标记。请先按“校验”。",
        "explain": lambda: explain(book.app.selection) or "这一格没有问题。",
        "fix": lambda: fix(book),
        "zeros": lambda: zeros(book),
        "roll_up": lambda: roll_up(book),
    }
    act = acts[name]
    try:
        with bounded(book.name):
            sentence = act()
    except InputError as error:
        sentence = error.zh
    if sentence:
        book.app.alert(sentence, title=TITLE)


def _unless_marked(status: str) -> str:
    """The status where there is nothing to see: a click must have an answer."""
    clean = status.startswith(CLEAN)
    return f"没有发现错误。{status}" if clean else ""


def _cleared(book: xlwings.Book) -> str:
    clear(book)
    return ""


def clicked(name: str, handed: bool = False) -> None:
    """What the ribbon's button runs on a desk with Python: ``run`` on the ``caller``."""
    run(name, caller(handed))


def _select(book: Any, name: str, cell: str) -> None:
    sheet = book.sheets[name]
    sheet.activate()
    sheet.range(cell).select()


def _listed(sheet: Any) -> Iterator[tuple[tuple[str, str], str]]:
    """Place and text of every line of the results sheet that has a cell, in its order."""
    for row in _lines(sheet):
        if isinstance(row[0], int | float) and (place := _place(row[Column.PLACE])):
            yield place, str(row[Column.PROBLEM])


def _marked(sheet: Any) -> Iterator[tuple[str, str]]:
    """The places that the results sheet names, listed by us or by ``gouji flag``."""
    seen: dict[tuple[str, str], None] = {}
    for row in _lines(sheet):
        for text in (row[Column.MARKED], row[Column.PLACE]):
            if place := _place(text):
                seen[place] = None
    yield from seen


def _place(text: Any) -> tuple[str, str] | None:
    name, _, cell = text.rpartition("!") if isinstance(text, str) else ("", "", "")
    return (name, cell) if name and position(cell) else None


def _lines(sheet: Any) -> list[list[Any]]:
    last = sheet.used_range.last_cell
    rows: list[list[Any]] = sheet.range((1, 1), (last.row, len(Column))).options(ndim=2).value
    return rows


def _results_sheets(book: xlwings.Book) -> Iterator[Any]:
    return _our_sheets(book, signs.SHEET_NAME, signs.SHEET_START)


def _our_sheets(book: xlwings.Book, name: str, start: str) -> Iterator[Any]:
    """The sheets whose name begins with ``name`` and whose first cell with ``start``."""
    for sheet in book.sheets:
        if sheet.name.startswith(name):
            title = sheet.range("A1").value
            if isinstance(title, str) and title.startswith(start):
                yield sheet


def _list(book: xlwings.Book, planned: Plan) -> None:
    """The results sheet: all its values in one call, then the links."""
    sheet = book.sheets.add(planned.title, after=book.sheets[-1])
    rows = planned.rows()
    values = [[_plain(x) if isinstance(x, str) else x for x in row] for row in rows]
    sheet.range((1, 1), (len(values), len(Column))).value = values
    for link in planned.links:
        shown = str(rows[link.row - 1][link.column - 1])
        target = "#'" + link.sheet.replace("'", "''") + "'!" + link.cell
        sheet.range((link.row, link.column)).add_hyperlink(target, shown)


def _plain(text: str) -> str:
    """Text that a spreadsheet keeps as text: an apostrophe before what would be a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@") and text != "-" else text
