""".xls, .et and .xlsb: read by other libraries, in a child process that may die.

xlrd shows the error values, formats and names of an .xls, and spells its formulas; of what it
cannot read, and of an .xlsb, python-calamine shows the values alone, which is remarked.
"""

from __future__ import annotations

import atexit
import io
from collections.abc import Callable, Mapping
from typing import Any

from ...templates.a1 import cell_name
from ...templates.errors import InputError, UnreadError
from ..ooxml.cells import Cell, Cells, ErrorText, Key, Merge, cells_from, is_error
from ..ooxml.formats import formats_of_codes, is_alike
from ..ooxml.limits import Limits
from ..ooxml.runs import raised
from ..ooxml.unseen import CRACK, SLIT, Unseen
from ..ooxml.workbook_part import MAC_EPOCH
from .password import unlocked
from .xls_records import conditions, formulas

Whole = tuple[dict[str, Cells], list[tuple[str, str]], bool, str, dict[str, Unseen]]
"""Sheets, names, whether formulas are told, ``Grids.plain``, and what is hidden."""
_Sent = tuple[str, Any]  # what the child answers: a kind, and what goes with it
_MEMORY = 512 << 20  # bytes of memory that the child may take
_OWN = 2  # where the formats of an .xls begin among ours: 1 is a date
_FAINT = 1 << 20  # and those of numbers in the colour of their ground
_LOOKS = 1 << 21  # and those of conditional formats
_TINY = 60  # twips of a font
_SLIT, _CRACK = 20 * SLIT, 256 * CRACK  # in twips, in 256ths of a character
_EXCEL_97 = 80
_TASKS = 50  # files that one child reads: libraries keep some of each
_START = 8  # seconds in which the child must answer
_pool: Any = None


def read_xls(data: bytes, name: str, limits: Limits, password: str | None) -> Whole:
    """The sheets and names of an .xls (.et is the same format); ``InputError`` for no workbook."""
    sent = in_child(_xls, data, name, limits)
    if sent[0] == "locked":
        sent = in_child(_xls, unlocked(data, name, password), name, limits)
    return _whole(name, *sent)


def read_xlsb(data: bytes, name: str, limits: Limits) -> Whole:
    """The sheets of an .xlsb; ``InputError`` for no workbook."""
    return _whole(name, *in_child(_calamine, data, name, limits))


def _whole(name: str, kind: str, sent: Whole) -> Whole:
    if kind != "ok":
        raise unreadable(name)
    return sent


def in_child(
    work: Callable[[bytes, int], _Sent],
    data: bytes,
    name: str,
    limits: Limits,
    otherwise: Callable[[str], InputError] | None = None,
) -> _Sent:
    """``work`` of the bytes in the child; one that dies or takes too long is one sentence.

    ``otherwise`` makes the sentence for the file of that name, which is no workbook.
    """
    from concurrent.futures import TimeoutError as Late
    from concurrent.futures.process import BrokenProcessPool

    try:
        from pebble import ProcessExpired
    except ImportError as error:  # in a browser there are no other processes
        if otherwise is not None:
            raise InputError(
                f"{name} 在这里读不了（没有装上所要的程序）。请用装了 gouji 的电脑检查，"
                "或把全文粘贴成 .txt 再试。",
                f"{name} cannot be read here, where what it needs is not installed: check it on "
                "a computer with gouji, or paste the whole text into a .txt.",
            ) from error
        raise InputError(
            f"{name} 是旧格式（.xls、.et、.xlsb），这里读不了。"
            "请用 Excel 或 WPS 打开，另存为 .xlsx 再试。",
            f"{name} is in an old format (.xls, .et, .xlsb) that cannot be read here: open it in "
            "Excel or WPS and save it as .xlsx.",
        ) from error
    try:
        sent: _Sent = _answer(work, data, name, limits)
    except Late as error:
        if otherwise is not None:
            raise otherwise(name) from error
        raise InputError(
            f"{name} 读了{limits.seconds}秒还没有读完，没有读下去。请用 Excel 或 WPS 打开，"
            "另存为 .xlsx 再试。",
            f"{name} took more than {limits.seconds} s to read and was left: open it in Excel or "
            "WPS and save it as .xlsx.",
        ) from error
    except (ProcessExpired, BrokenProcessPool, MemoryError) as error:
        raise (otherwise or unreadable)(name) from error
    except InputError:
        raise
    except Exception as error:  # whatever a library says of a file that wants harm
        raise (otherwise or unreadable)(name) from error
    return sent


def _answer(
    work: Callable[[bytes, int], _Sent], data: bytes, name: str, limits: Limits, again: bool = True
) -> _Sent:
    """What the child answers; one that has no room left for a library is followed by another."""
    global _pool
    if _pool is None or not _pool.active:
        _pool = _started(name)
    asked = _pool.schedule(work, args=(data, limits.cells), timeout=max(5, limits.seconds))
    try:
        sent: _Sent = asked.result()
    except ImportError:  # a library that is there finds no room
        if not again:
            raise
        end_child()
        return _answer(work, data, name, limits, again=False)
    return sent


def _started(name: str) -> Any:
    """The child, which answers; ``InputError`` for the file ``name`` where it does not in time."""
    import os

    from pebble import ProcessPool

    from ..ooxml.child_process import own_processes

    pool: Any = ProcessPool(
        max_workers=1, max_tasks=_TASKS, initializer=_bounded, context=own_processes()
    )
    try:
        pool.schedule(os.getpid).result(timeout=_START)
    except Exception as error:
        pool.stop()
        raise UnreadError(
            f"读这种格式的程序没有起来，{name} 没有读。请重新打开 gouji 再试，或另存为 .xlsx。",
            f"The process that reads this format did not start, {name} was not read: start gouji "
            "again, or save it as .xlsx.",
        ) from error
    atexit.register(_stop, pool)
    return pool


def end_child() -> None:
    """Ends the child, if there is one: for a process that leaves without its exit functions."""
    global _pool
    if _pool is not None:
        _stop(_pool)
        _pool = None


def _stop(pool: Any) -> None:
    pool.stop()
    pool.join()


def _bounded() -> None:
    """The child's limits: memory where the system keeps one, and no word on standard error."""
    import os

    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):
        pass  # Windows has no such limit; the time limit holds there too
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 2)


def _xls(data: bytes, most: int) -> _Sent:
    """In the child: what xlrd reads, else what calamine does."""
    import xlrd

    try:
        book = xlrd.open_workbook(
            file_contents=data, logfile=io.StringIO(), formatting_info=True, on_demand=True
        )
        codes = {_OWN + key: format_.format_str or "" for key, format_ in book.format_map.items()}
        altering = formats_of_codes(codes).altering
        sheets, unseen = {}, {}
        for i, s in enumerate(book.sheet_names()):
            sheets[s], unseen[s] = _sheet(book, i, altering), _unseen(book.sheet_by_index(i))
            if book.biff_version >= _EXCEL_97:
                looks, unseen[s].conditions[:] = conditions(book, i)
                sheets[s].show(looks, _LOOKS, lambda: None)
        named = [_name(book, n) for n in book.name_obj_list if n.scope == -1]
        names = [n for n in named if n is not None]
        return "ok", (sheets, names, book.biff_version >= _EXCEL_97, "", unseen)
    except MemoryError:
        return "bad", None
    except Exception as error:  # xlrd fails on broken files in every way there is
        if isinstance(error, xlrd.biffh.XLRDError) and "encrypt" in str(error).lower():
            return "locked", None
        return _calamine(data, most, "damaged")


def _sheet(book: Any, index: int, altering: Mapping[int, str]) -> Cells:
    sheet = book.sheet_by_index(index)
    by_place: dict[Key, Cell] = {}
    for r in range(sheet.nrows):
        kinds = sheet.row_types(r)
        for c, kind in enumerate(kinds):
            cell = _cell(sheet, r, c, kind)
            if cell is not None and (runs := sheet.rich_text_runlist_map.get((r, c))):
                cell = _rich(book, cell, runs)
            if cell is not None:
                by_place[r, c] = cell
    for key, text in formulas(book, index).items() if book.biff_version >= _EXCEL_97 else ():
        by_place[key] = by_place.get(key, Cell("t", "", None, 0))._replace(formula=text)
    merges: list[Merge] = [((a, c), (b - 1, d - 1)) for a, b, c, d in sheet.merged_cells]
    epoch = MAC_EPOCH if book.datemode else 0
    faint = {cell.style for cell in by_place.values() if cell.style >= _FAINT}
    codes = {style: altering.get(style - _FAINT, "") for style in faint}
    shown = {**altering, **{style: code for style, code in codes.items() if code}}
    cells = Cells(by_place, merges, dated=frozenset({1}), altering=shown, epoch=epoch)
    cells.faint = frozenset(faint)
    cells.hidden = ("", "hidden", "veryHidden")[sheet.visibility % 3]
    return cells


def _unseen(sheet: Any) -> Unseen:
    """Rows and columns that are hidden, or too narrow to be read."""
    rows = [n for n, i in sheet.rowinfo_map.items() if i.hidden or i.height < _SLIT]
    columns = [n for n, i in sheet.colinfo_map.items() if i.hidden or i.width < _CRACK]
    return Unseen([(n, n) for n in rows], [(n, n) for n in columns])


def _is_faint(book: Any, xf: Any) -> bool:
    """Whether the ink of a cell is the colour of its ground, or too small to be read."""
    font, ground = book.font_list[xf.font_index], xf.background
    painted = ground.pattern_colour_index if ground.fill_pattern == 1 else None
    inks = (book.colour_map.get(font.colour_index), book.colour_map.get(painted) or (255, 255, 255))
    return font.height < _TINY or is_alike(*(bytes(ink or ()).hex().upper() for ink in inks))


def _cell(sheet: Any, row: int, column: int, kind: int) -> Cell | None:
    import xlrd

    if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    value = sheet.cell_value(row, column)
    if kind == xlrd.XL_CELL_DATE:
        return Cell("n", float(value), None, 1)
    if kind == xlrd.XL_CELL_NUMBER:
        xf = sheet.book.xf_list[sheet.cell_xf_index(row, column)]
        faint = _FAINT * _is_faint(sheet.book, xf)
        return Cell("n", float(value), None, _OWN + xf.format_key + faint)
    if kind == xlrd.XL_CELL_ERROR:
        return Cell("e", ErrorText(xlrd.error_text_from_code.get(value, "#ERR!")), None, 0)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return Cell("b", bool(value), None, 0)
    text = str(value)
    if not text:
        return None
    return Cell("e", ErrorText(text), None, 0) if is_error(text) else Cell("t", text, None, 0)


def _rich(book: Any, cell: Cell, runs: list[tuple[int, int]]) -> Cell | None:
    """A text in several fonts: what is raised is no digit, what is struck through is gone."""
    text = str(cell.payload)
    done = [text[: runs[0][0]]]
    for (start, font), (end, _) in zip(runs, [*runs[1:], (len(text), 0)], strict=True):
        known = book.font_list[font] if font < len(book.font_list) else None
        piece = text[start:end]
        if known is not None and known.struck_out:
            piece = ""
        elif known is not None and known.escapement in (1, 2):
            piece = raised(piece)
        done.append(piece)
    return cell._replace(payload="".join(done)) if any(done) else None


def _name(book: Any, name: Any) -> tuple[str, str] | None:
    """A name of ours that points at one cell, absolute or not, as ``'表三'!$D$7``."""
    if not str(name.name).startswith(("gj_", "gouji_")):
        return None
    try:
        (area,) = name.result.value
        first, last, top, bottom, left, right = area.coords[:6]
        if min(first, top, left) < 0:
            raise ValueError
        sheet = book.sheet_names()[first]
    except Exception:  # no area, a deleted cell, or a formula
        return str(name.name), "#REF!"
    if (last - first, bottom - top, right - left) != (1, 1, 1):
        return None
    quoted = sheet.replace("'", "''")
    return str(name.name), f"'{quoted}'!{cell_name(top, left)}"


def _calamine(data: bytes, most: int, plain: str = "xlsb") -> _Sent:
    """In the child: values only."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = {}
        seen = {s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible}
        for name in book.sheet_names:
            loaded = book.get_sheet_by_name(name)
            if loaded.total_height * loaded.total_width > 4 * most:
                return "bad", None
            cells = cells_from(loaded.to_python(skip_empty_area=False))
            cells.merges = list(loaded.merged_cell_ranges or [])
            cells.hidden = "" if name in seen else "hidden"
            sheets[name] = cells
        return "ok", (sheets, [], False, plain, {})
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of its Rust code is none of the ordinary kinds
        return "bad", None


def unreadable(name: str) -> InputError:
    """The sentence for a workbook whose content cannot be read."""
    return InputError(
        f"打不开工作簿 {name}：内容已损坏。请用 Excel 或 WPS 打开后另存为 .xlsx，再试。",
        f"The workbook {name} cannot be opened, its content is damaged: open it in Excel or WPS, "
        "save it as .xlsx and try again.",
    )
