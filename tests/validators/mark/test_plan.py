"""One plan of marks: what it lists, and that the package and the applications show the same."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path

from gouji.templates.words import Words
from gouji.validators import mark
from gouji.validators.finding import (
    Act,
    Card,
    CardCell,
    Change,
    Event,
    Finding,
    Result,
    Severity,
    Stage,
    Unchecked,
    Verdict,
)
from gouji.validators.mark import Column, Fill, Link, Mark, Note, marks_of, plan, plan_of, signs
from gouji.validators.mark.signs import HEADS
from gouji.validators.office import check_files, flag_bytes
from gouji.validators.ooxml.package import Package
from gouji.validators.report import Place

from ...builders import one_wrong_cell, opened
from ...conftest import in_a_process
from ..ooxml.samples import SAMPLES

SHEETS = ["表二", "表三"]


def finding(cell: str) -> Finding:
    place = Place.of("表三", cell)
    return Finding("T3-ROW", Severity.ERROR, Words("不符。"), Words("表头"), place)


def test_marks_on_one_cell_give_one_fill_the_strongest_and_one_note_that_says_all_once() -> None:
    marks = [
        Mark("表三", "J9", "note", "看一眼。"),
        Mark("表三", "J9", "error", "相差1。"),
        Mark("表三", "J9", "warning", "核实。"),
        Mark("表三", "J9", "error", "相差1。"),
    ]
    made = plan(marks, SHEETS)
    assert made.fills == (Fill("表三", "J9", "error"),)
    assert made.notes == (Note("表三", "J9", "【勾稽】提示 看一眼。\n错误 相差1。\n警告 核实。"),)
    assert [line.number for line in made.lines] == [1, 2, 3, 4]
    assert plan([*marks, Mark("表三", "J9", "note", "x", likely=True)], SHEETS).fills[0].kind == (
        "likely"
    )


def test_of_two_kinds_the_stronger_shows_whichever_comes_first() -> None:
    kinds = ["likely", "error", "warning", "note"]

    def of(kind: str) -> Mark:
        likely = kind == "likely"
        return Mark("表三", "A1", "note" if likely else kind, "x", likely=likely)

    for strong, weak in pairwise(kinds):
        for pair in ([of(strong), of(weak)], [of(weak), of(strong)]):
            assert [fill.kind for fill in plan(pair, SHEETS).fills] == [strong]


def test_what_has_no_cell_or_no_sheet_is_listed_and_not_painted() -> None:
    whole = [Mark("", "", "error", "整本"), Mark("表三", "", "warning", "整张")]
    made = plan([*whole, Mark("无", "A1", "note", "x")], SHEETS)
    assert (made.fills, made.notes, made.select) == ((), (), None)
    assert [line.place for line in made.lines] == ["", "表三", "无!A1"]
    assert made.links == (Link(4, Column.PLACE + 1, "表三", "A1"),)


def test_every_link_stands_on_the_line_of_its_cell_below_any_summary() -> None:
    marks = [Mark("表三", c, "error", c, likely=c == "B2") for c in ("B2", "C3", "D4")]
    for summary in ((), ("一",), ("一", "二", "三")):
        made = plan(marks, SHEETS, summary=summary)
        rows = made.rows()
        assert [rows[x.row - 1][x.column - 1] for x in made.links] == ["表三!C3", "表三!D4"]
        assert rows[made.head_row - 1][: len(HEADS)] == HEADS
        assert rows[0][0] == "【勾稽】校验结果"
        assert [row[0] for row in rows[1 : made.head_row - 1]] == list(summary)
        assert {len(row) for row in rows} == {len(Column)}


def test_the_hidden_columns_name_every_marked_cell_also_where_they_outnumber_the_lines() -> None:
    marks = [Mark("表三", c, "error", c, likely=True) for c in ("B2", "C3", "D4")]
    made = plan([*marks, Mark("表三", "D4", "error", "x")], SHEETS)
    hidden = [row[Column.MARKED :] for row in made.rows()[made.head_row :]]
    assert hidden == [(f"{n.sheet}!{n.cell}", "likely", n.text) for n in made.notes]
    assert len(made.lines) == 1


def test_the_first_finding_with_a_cell_is_selected_not_the_likely_one() -> None:
    marks = [Mark("表三", "D9", "error", "x", likely=True), Mark("表三", "J9", "error", "y")]
    assert plan(marks, SHEETS).select == ("表三", "J9")


def test_a_clerks_sheet_of_our_name_keeps_it() -> None:
    marks = [Mark("表三", "J9", "error", "x")]
    assert plan(marks, SHEETS).title == "校验结果"
    assert plan(marks, [*SHEETS, "校验结果"]).title == "校验结果(勾稽)"
    made = plan(marks, [*SHEETS, "校验结果", "校验结果(勾稽)"])
    assert made.title == "校验结果(勾稽2)"
    assert made.formula(made.fills[0]) == (
        "=AND(N(\"gouji:error\")=0,ROWS('校验结果(勾稽2)'!$A$1)=1)"
    )


def test_cells_that_are_merged_are_one_area_with_its_note_on_the_first() -> None:
    def areas(sheet: str, cell: str) -> tuple[str, str] | None:
        return ("B2:C3", "B2") if sheet == "表三" else None

    marks = [Mark("表三", "C3", "note", "一"), Mark("表三", "B2", "error", "二")]
    marks.append(Mark("表二", "A1", "note", "x"))
    made = plan(marks, SHEETS, areas=areas)
    assert made.fills == (Fill("表三", "B2:C3", "error"),)
    assert made.notes == (Note("表三", "B2", "【勾稽】提示 一\n错误 二"),)
    assert len(made.links) == 3


def test_without_findings_there_is_nothing_to_show_but_the_counts() -> None:
    verdict = Verdict(42, unchecked=(Unchecked("Y-CARRY", "", Words("没有上年报告", "")),))
    made = plan_of(Result("a.xlsx", verdict=verdict), SHEETS)
    assert made.status == "错误0，警告0，提示0；已核对勾稽关系42条，未核对1条；可以上报"
    assert (made.title, made.fills, made.lines, made.links) == ("", (), (), ())


def test_a_card_gives_one_line_and_its_cells_marks_of_their_roles() -> None:
    at = [Place.of("表三", cell) for cell in ("D9", "J9", "D30")]
    cells = (
        CardCell(at[0], "t3.granted.natural", "culprit", 10.0),
        *(CardCell(place, "", "victim") for place in at[1:]),
    )
    change = Change("t3.granted.natural", at[0], 11.0, 10.0)
    event = Event(1, 1, "certain", "cell", (change,), Words("D9由11改为10"))
    card = Card(
        Stage.MEND,
        Severity.ERROR,
        Words("D9应是10"),
        Words("相加19，总计18"),
        cells,
        (Act.CHANGE,),
        findings=(0, 1),
        group=1,
    )
    findings = tuple(finding(cell) for cell in ("J9", "D30"))
    marks = marks_of(Verdict(42, findings, repairs=(event,), cards=(card,)))
    assert [(m.cell, m.kind, m.listed) for m in marks] == [
        ("D9", "likely", True),
        ("J9", "sum", False),
        ("D30", "sum", False),
    ]
    line = marks[0]
    assert line.together == "D9应是10：相加19，总计18"
    assert (line.found, line.expected, line.repair) == ("11", "10", "改成10")
    assert (line.rule, line.basis) == ("待改", "表头")
    assert marks[1].text.startswith("D9改好后这里会相符")


def test_the_package_shows_the_plan_that_the_applications_get(tmp_path: Path) -> None:
    path = one_wrong_cell(tmp_path / "a.xlsx")
    (result,) = check_files([path])
    data = path.read_bytes()
    names = opened(path).sheetnames
    made = plan_of(result, names)
    book = opened(io.BytesIO(flag_bytes(data, result)))
    shown = {
        (sheet.title, cell, rule.formula[0], rule.dxf.fill.bgColor.rgb, rule.dxf.font.color.rgb)
        for sheet in book.worksheets
        for area in sheet.conditional_formatting
        for rule in area.rules
        if rule.formula and signs.MARKER in rule.formula[0]
        for cell in str(area.sqref).split()
    }
    assert shown == {
        (f.sheet, f.cell, signs.formula(f.kind), "FF" + f.background[1:], "FF" + f.font[1:])
        for f in made.fills
    }
    assert all(book[n.sheet][n.cell].comment.text == n.text for n in made.notes)
    results = book[made.title]
    every = results.iter_rows(values_only=True)
    listed = [["" if x is None else str(x) for x in row] for row in every]
    assert [[str(x) for x in row] for row in made.rows()] == listed
    linked = [row[Column.PLACE] for row in results if row[Column.PLACE].hyperlink]
    links = {cell.coordinate: cell.hyperlink.location for cell in linked}
    assert links == {f"D{x.row}": f"'{x.sheet}'!{x.cell}" for x in made.links}


def test_a_chart_sheet_is_listed_with_its_link_and_gets_no_fill() -> None:
    data = SAMPLES["odd sheet names, chart sheet"]()
    chart = next(s.name for s in Package.open(data).sheets if s.kind != "worksheet")
    marked = Package.open(mark.apply_bytes(data, [Mark(chart, "A1", "error", "x")]))
    changed = [n for n in marked.names if n.startswith(("xl/chartsheets/", "xl/comments"))]
    assert all(b"gouji:" not in marked.read(n) for n in changed)
    results = marked.read(marked.sheets[-1].part).decode()
    assert "!A1" in results
    assert results.count("<hyperlink ") == 1


def test_the_room_of_marks_loads_nothing_that_reads_or_judges() -> None:
    in_a_process("light_marks")
