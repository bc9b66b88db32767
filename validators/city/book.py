"""The roll-up as a workbook: the tables as formulas over one line per unit, and how it stands."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time
from pathlib import Path
from typing import Any

from ...templates.a1 import column_name
from ...templates.edition import Edition
from ...templates.forms import Forms
from ...templates.naming import called
from ...templates.pack import TAKEN
from ...templates.words import Words
from ...templates.workbook import build
from ..finding import SEVERITY_ZH, Severity
from ..judging.rules.rollup import total_of
from ..office.outputs import is_workbook_with, put_result
from .collection import Collection, State, explained
from .front import SHEET as FRONT
from .front import write_front
from .kinds import KINDS, added, edition_of, standing_apart, summary
from .looks import Looks, heads_of, link, string, tall, texts_of
from .officer import RECEIVED, REMARK, STATES, Record
from .rounds import Rounds
from .standing import doubted, intake_name, standing_of

DETAIL, SOURCES, FINDINGS, CHANGES = "明细", "出处", "问题", "重报变动"
CHARTS, CHARTS_DATA = "图", "图表数据"
_FIRST = 1  # 0-based row of the first unit
_ACROSS, _FURTHER = 17, 21  # columns of 明细 on the first printed page, and on each after it
_LEAD = {"单位": 26, "代码": 10, "文件": 24}


is_rollup = is_workbook_with((DETAIL, SOURCES, STATES, FINDINGS))


def our_sheets(forms: Forms) -> frozenset[str]:
    """The names that the sheets of a roll-up may have, in any form."""
    names = TAKEN | {FRONT, STATES, CHARTS, CHARTS_DATA, DETAIL, SOURCES, FINDINGS, CHANGES}
    for edition in forms.candidates:
        names |= {t.sheet for t in edition.tables} | {e.sheet for e in edition.ledgers.values()}
    return names


def write_rollup(
    collection: Collection,
    out: Path,
    *,
    force: bool = False,
    rounds: Rounds | None = None,
) -> Edition:
    """Writes the roll-up to ``out``; returns the edition of its tables.

    What the officer wrote down (``Collection.records``) is kept in 收到日期 and 备注.

    Raises ``InputError`` when ``out`` cannot be written and, without ``force``, when a file
    stands there that is no roll-up.
    """
    edition = edition_of(collection)
    parts = added(collection, edition)
    sums = total_of([s.entry.numbers for s in parts if s.entry], edition.fields)
    last = _FIRST + max(1, len(parts))
    columns = {k: column_name(len(_LEAD) + i) for i, k in enumerate(edition.fields)}
    formulas = {k: f"=SUM({DETAIL}!{c}${_FIRST + 1}:{c}${last})" for k, c in columns.items()}

    standing = standing_of(collection, edition, rounds)

    def first(book: Any, styles: Any) -> None:
        write_front(book, standing)

    def more(book: Any, styles: Any) -> None:
        looks = Looks(book)
        _states(book, looks, collection, out, edition)
        for name in (DETAIL, SOURCES):
            _numbers(book, looks, name, collection, out, edition)
        _findings(book, looks, collection, out)
        _changed(book, looks, edition, collection)

    data = build(
        edition,
        year=collection.year,
        unit="汇总",
        values=sums,
        formulas=formulas,
        typed_totals=True,
        hint=f"由“{DETAIL}”各行相加。{summary(collection).zh}",
        more=more,
        first=first,
        sums=True,
    )
    put_result(out, data, is_rollup, force=force)
    return edition


def _states(book: Any, looks: Looks, collection: Collection, out: Path, edition: Edition) -> None:
    ws = book.add_worksheet(STATES)
    string(ws, 0, 0, summary(collection).zh)
    ws.hide_gridlines(2)
    heads = [("单位", 28), ("代码", 10), ("类别", 12), ("上级", 16), ("状态", 18), ("迟报", 9)]
    heads += [*((SEVERITY_ZH[s], 6) for s in Severity), ("未核对", 8), ("文件", 32)]
    heads += [("说明", 60), (RECEIVED, 12), (REMARK, 24)]
    heads_of(ws, looks, heads, 2)
    for row, state in enumerate(collection.states, 3):
        unit, entry = state.unit, state.entry
        for column, text in enumerate((unit.name, unit.code, unit.unit_class, unit.parent)):
            string(ws, row, column, text, looks.text)
        string(ws, row, 4, KINDS[state.kind].zh, looks.kinds[state.kind])
        late = "迟报" if state.recorded else "可能迟报"
        string(ws, row, 5, late if state.late else "", looks.text)
        if entry is not None:
            for column, severity in enumerate(Severity, 6):
                ws.write_number(row, column, entry.count(severity.value), looks.number)
            ws.write_number(row, 9, entry.unchecked, looks.number)
        if state.files:
            file = (entry or state.files[-1]).path
            link(ws, (row, 10), collection.folder / file, out, file, looks)
        string(ws, row, 11, _words(state), looks.text)
        tall(ws, row, [(unit.name, 28), (KINDS[state.kind].zh, 18), (_words(state), 60)])
        record = collection.records.get(unit.name, Record())
        if record.received is not None:
            ws.write_datetime(row, 12, datetime.combine(record.received, time()), looks.day)
        else:
            ws.write_blank(row, 12, None, looks.day)
        string(ws, row, 13, record.remark, looks.text)
    end = 3 + len(collection.states)
    others = [(s.path, *standing_apart(s)) for s in collection.strangers]
    others += [(s.path, Words("没有读", "not read"), s.reason) for s in collection.skipped]
    for row, (path, kind, words) in enumerate(others, end + 1):
        string(ws, row, 0, kind.zh, looks.text)
        link(ws, (row, 10), collection.folder / path, out, path, looks)
        string(ws, row, 11, words.zh, looks.text)
        tall(ws, row, [(words.zh, 60)])
    ws.autofilter(2, 0, max(3, end - 1), len(heads) - 1)
    ws.set_paper(8)
    _charts(book, collection, edition)


def _words(state: State) -> str:
    parts = [words.zh for words in (state.words, state.doubts) if words]
    if state.entry:
        findings = [explained(state.entry, f) for f in state.entry.findings]
        parts += [("已说明：" if good else "") + text for good, text in findings if text]
    return "；".join(parts)


def _charts(book: Any, collection: Collection, edition: Edition) -> None:
    ws = book.add_worksheet(CHARTS)
    ws.hide_gridlines(2)
    ws.set_paper(9)
    ws.fit_to_pages(1, 1)
    data = book.add_worksheet(CHARTS_DATA)
    data.hide()
    counts = Counter(s.kind for s in collection.states)
    rows = [(KINDS[k].zh, counts[k]) for k in KINDS if counts[k]]
    intake = edition.roles.intake
    ranked = [
        (s.unit.name, s.entry.numbers.get(intake, 0.0))
        for s in collection.counted
        if s.entry and intake and not doubted(s, intake)
    ]
    busy = sorted(ranked, key=lambda x: (-x[1], x[0]))[:20]
    for column, pairs in ((0, rows), (3, busy)):
        for row, (name, number) in enumerate(pairs):
            string(data, row, column, name)
            data.write_number(row, column + 1, number)
    for title, column, pairs, at in (
        ("各单位状态", 0, rows, "B2"),
        (f"{intake_name(edition)}最多的单位", 3, busy, "B23"),
    ):
        if not pairs:
            continue
        chart = book.add_chart({"type": "bar"})
        end = len(pairs) - 1
        names, numbers = ([CHARTS_DATA, 0, c, end, c] for c in (column, column + 1))
        look = {"data_labels": {"value": True}, "fill": {"color": "#2F75B5"}}
        chart.add_series({"categories": names, "values": numbers, **look})
        chart.set_title({"name": title})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True})
        chart.set_size({"width": 620, "height": 130 + 30 * len(pairs)})
        ws.insert_chart(at, chart)


def _numbers(
    book: Any, looks: Looks, name: str, collection: Collection, out: Path, edition: Edition
) -> None:
    """A line per unit and a column per field: 明细, the numbers, with a link to each file.

    出处 has in their places the sheet and cell that each was read from.
    """
    ws, parts = book.add_worksheet(name), added(collection, edition)
    heads = [*_LEAD.items()]
    heads += [(f"{f.sheet} {f.label}", 12) for f in edition.fields.values()]
    heads_of(ws, looks, heads)
    for row, state in enumerate(parts, _FIRST):
        entry = state.entry
        assert entry is not None
        string(ws, row, 0, state.unit.name, looks.text)
        string(ws, row, 1, state.unit.code, looks.text)
        if name == DETAIL:
            link(ws, (row, 2), collection.folder / entry.path, out, entry.path, looks)
        else:
            string(ws, row, 2, entry.path, looks.text)
        tall(ws, row, [(state.unit.name, 26), (entry.path, 24)])
        for column, key in enumerate(edition.fields, len(_LEAD)):
            if key in entry.numbers and name == DETAIL:
                ws.write_number(row, column, entry.numbers[key], looks.number)
            elif key in entry.numbers:
                string(ws, row, column, "!".join(entry.cells[key]), looks.number)
    ws.autofilter(0, 0, max(1, len(parts)), len(heads) - 1)
    ws.set_column(len(_LEAD), len(heads) - 1, 9)
    ws.set_row(0, 90)
    ws.set_paper(8)  # A3: a page for so many columns, unit and heads on each
    ws.set_print_scale(66)
    ws.repeat_columns(0)
    ws.print_area(0, 0, max(1, len(parts)), len(heads) - 1)
    ws.set_v_pagebreaks([*range(len(_LEAD) + _ACROSS, len(heads), _FURTHER)])


def _findings(book: Any, looks: Looks, collection: Collection, out: Path) -> None:
    ws = book.add_worksheet(FINDINGS)
    heads = [("单位", 22), ("级别", 6), ("规则", 13), ("位置", 12), ("问题", 66), ("改法", 26)]
    heads += [("审核说明", 22), ("文件", 24)]
    widths = [width for _, width in heads]
    heads_of(ws, looks, heads)
    row = 1
    for state in collection.states:
        if state.entry is None:
            why = f"（{state.words.zh}）" if state.words else ""
            notice = f"{KINDS[state.kind].zh}{why}，没有计入汇总。请催报后再汇总。"
            words = [state.unit.name, SEVERITY_ZH[Severity.ERROR], "R-MISSING", "", notice]
            texts_of(ws, row, [*words, "", "", ""], widths, looks)
            row += 1
    for state in collection.counted:
        entry = state.entry
        assert entry is not None
        for card in entry.cards:
            covered = [entry.findings[n] for n in card["findings"]]
            rules = "、".join(dict.fromkeys(f["rule"] for f in covered))
            notice = "；".join(filter(None, (card["title"], card["sum"])))
            words = [state.unit.name, SEVERITY_ZH[Severity(card["severity"])], rules, "", notice]
            messages = (explained(entry, f)[1] for f in covered)
            words += [card["how"], next(filter(None, messages), ""), entry.path]
            texts_of(ws, row, words, widths, looks)
            if at := next((c for c in card["cells"] if c["cell"]), None):
                sheet, file = at["sheet"] or "", collection.folder / entry.path
                target = "'{}'!{}".format(sheet.replace("'", "''"), at["cell"])
                link(ws, (row, 3), file, out, f"{sheet}!{at['cell']}", looks, target)
            row += 1
    ws.autofilter(0, 0, max(1, row - 1), len(heads) - 1)


def _changed(book: Any, looks: Looks, edition: Edition, collection: Collection) -> None:
    ws = book.add_worksheet(CHANGES)
    heads_of(ws, looks, [("单位", 26), ("格", 40), ("原来", 12), ("现在", 12), ("文件", 40)])
    row = 1
    for state in collection.counted:
        for key, before, after in state.changes:
            field = edition.fields.get(key)
            name = called(field, None).zh if field else key
            file = state.entry.path if state.entry else ""
            for column, text in ((0, state.unit.name), (1, name), (4, file)):
                string(ws, row, column, text, looks.text)
            for column, number in ((2, before), (3, after)):
                if number is not None:
                    ws.write_number(row, column, number, looks.number)
            tall(ws, row, [(state.unit.name, 26), (name, 40), (file, 40)])
            row += 1
    if row == 1:
        string(ws, 1, 0, "没有单位重报过。", looks.text)
