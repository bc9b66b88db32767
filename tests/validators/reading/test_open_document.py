"""What cells of an OpenDocument sheet, and of an .xls, hold beside plain numbers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gouji.templates.edition import load
from gouji.validators.office import check_files
from gouji.validators.output import file_entry
from gouji.validators.reading import other_formats, read
from gouji.validators.reading.file import open_book
from gouji.validators.reading.remarks import plain_remarks
from gouji.validators.report import Standing
from openpyxl.worksheet.formula import ArrayFormula

from ...builders import book_at, editing


def cells_of(*cells: str, **around: str) -> Any:
    """The cells of one row of an .ods."""
    return book_of(*cells, **around).cells("表三")


def book_of(
    *cells: str, styles: str = "", columns: str = "", row: str = "", after: str = ""
) -> Any:
    """An .ods of one row."""
    text = (
        '<o:document-content xmlns:o="o" xmlns:table="t" xmlns:text="x" xmlns:office="f" '
        f'xmlns:style="s">{styles}<table:table table:name="表三">{columns}'
        f"<table:table-row {row}>{''.join(cells)}</table:table-row>"
        f"{after}</table:table></o:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        new.writestr("content.xml", text)
    return open_book(out.getvalue(), "a.ods")


def cell(kind: str, value: str = "", formula: str = "", shown: str | None = "") -> str:
    spoken = "" if shown is None else f"<text:p>{shown}</text:p>"
    kind = f'office:value-type="{kind}" ' if kind else ""
    formula = f'table:formula="{formula}" ' if formula else ""
    return f"<table:table-cell {kind}{value} {formula}>{spoken}</table:table-cell>"


def test_a_number_shown_as_a_time_is_that_number() -> None:
    cells = cells_of(
        cell("time", 'office:time-value="PT96H00M00S"', shown="96:00"),
        cell("time", 'office:time-value="PT06H30M36S"'),
        cell("time", 'office:time-value="P1Y"', shown="soon"),
    )
    assert [cells.at(0, c) for c in range(3)] == [4.0, pytest.approx(6.51 / 24), "soon"]
    assert [cells.is_date(0, c) for c in range(3)] == [True, True, False]


def test_a_formula_that_shows_nothing_is_told_from_one_without_a_result() -> None:
    cells = cells_of(cell("", formula="of:=&quot;&quot;"), cell("", formula="of:=1+1", shown=None))
    assert [cells.is_known(0, c) for c in range(2)] == [True, False]


def test_a_percentage_is_shown_as_another_number() -> None:
    cells = cells_of(cell("percentage", 'office:value="8"', shown="800%"))
    assert cells.altering[cells.held[0, 0].style] == "0%"


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ('style:text-line-through-type="single"', "18"),
        ('style:text-line-through-style="solid"', "18"),
        ('style:text-line-through-style="none" style:text-line-through-type="single"', "187"),
    ],
)
def test_what_is_struck_through_is_gone(line: str, seen: str) -> None:
    style = f'<style:style style:name="T1"><style:text-properties {line}/></style:style>'
    spoken = '18<text:span text:style-name="T1">7</text:span>'
    assert cells_of(cell("string", shown=spoken), styles=style).at(0, 0) == seen


def style(code: str, name: str = "N1", kind: str = "number") -> str:
    return f'<n:{kind}-style xmlns:n="n" style:name="{name}">{code}</n:{kind}-style>'


def digits(attrs: str = "") -> str:
    return f'<n:number n:decimal-places="0" n:min-integer-digits="1" {attrs}/>'


def where(condition: str) -> str:
    return f'<style:map style:condition="value(){condition}" style:apply-style-name="P0"/>'


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (style(digits('n:display-factor="1000"')), "0,"),
        (style(digits('n:display-factor="1000000"') + "<n:text>百万</n:text>"), '0,,"百万"'),
        (style("<n:text>x</n:text>"), '"x"'),
        (style(digits() + "<n:text>0</n:text>"), '0"0"'),
        (style(digits() + "<n:text>%</n:text>", kind="percentage"), "0%"),
        (
            style("<n:text/>", "P0")
            + style("<n:text/>" + "".join(map(where, ("&gt;0", "&lt;0", "=0"))), kind="text"),
            ";;;",
        ),
        (style("<n:text>多</n:text>", "P0") + style(digits() + where("&gt;9")), '[>9]"多";0'),
    ],
)
@pytest.mark.parametrize("at", ["cell", "row", "column", "parent"])
def test_a_format_that_shows_another_number_is_told(made: str, code: str, at: str) -> None:
    own = '<style:style style:name="c1" style:family="table-cell" style:data-style-name="N1"/>'
    heir = '<style:style style:name="c2" style:family="table-cell" style:parent-style-name="c1"/>'
    named = {"cell": 'table:style-name="c1"', "parent": 'table:style-name="c2"'}.get(at, "")
    column, row = ('table:default-cell-style-name="c1"' * (at == w) for w in ("column", "row"))
    cells = cells_of(
        cell("float", f'{named} office:value="18"', shown="x"),
        styles=made + own + heir,
        columns=f"<table:table-column {column}/>",
        row=row,
    )
    assert cells.at(0, 0) == 18
    assert cells.altering[cells.held[0, 0].style] == code


@pytest.mark.parametrize(
    "code",
    [
        digits(),
        digits('n:grouping="true"'),
        '<n:number n:min-integer-digits="1"/>',
        digits() + "<n:text>件</n:text>",
        "<n:text>共</n:text>" + digits(),
    ],
)
def test_a_format_that_shows_the_number_is_none_of_ours(code: str) -> None:
    own = '<style:style style:name="c1" style:family="table-cell" style:data-style-name="N1"/>'
    held = cell("float", 'table:style-name="c1" office:value="18"', shown="18")
    cells = cells_of(held, styles=style(code) + own)
    assert cells.held[0, 0].style not in {*cells.altering, *cells.dated}


def look(name: str, text: str = "", ground: str = "", more: str = "", of: str = "") -> str:
    """A style of a cell, made from the style ``of``."""
    return (
        f'<style:style style:name="{name}" style:family="table-cell" '
        f'style:parent-style-name="{of}"><style:table-cell-properties {ground}/>'
        f"<style:text-properties {text}/>{more}</style:style>"
    )


WHITE, GREEN = 'x:color="#ffffff"', 'x:background-color="#00b050"'


@pytest.mark.parametrize(
    ("text", "ground", "faint"),
    [
        (WHITE, "", True),
        ('x:color="#fdfdfe"', "", True),
        (WHITE, GREEN, False),
        ('x:color="#00b050"', GREEN, True),
        ('x:color="#00b050"', 'x:background-color="transparent"', False),
        (WHITE + ' style:use-window-font-color="true"', "", False),
        ('x:font-size="1pt"', "", True),
        ('x:font-size="0.05cm"', "", True),
        ('x:font-size="10pt"', "", False),
        ('x:font-size="80%"', "", False),
        ("", "", False),
    ],
)
def test_ink_of_the_colour_of_its_ground_is_known(text: str, ground: str, faint: bool) -> None:
    held = (
        cell("float", f'table:style-name="{n}" office:value="18"', shown="18") for n in ("c1", "c2")
    )
    cells = cells_of(*held, styles=look("c1", text, ground) + look("c2", of="c1"))
    assert [cells.held[0, c].style in cells.faint for c in range(2)] == [faint, faint]


def test_rows_and_columns_in_which_nothing_can_be_read_are_hidden() -> None:
    slits = "".join(
        f'<style:style style:name="{name}" style:family="table-{kind}">'
        f'<style:table-{kind}-properties style:{size}="{wide}"/></style:style>'
        for name, kind, size, wide in (
            ("r1", "row", "row-height", "0.02in"),
            ("k1", "column", "column-width", "1mm"),
            ("k2", "column", "column-width", "0.8in"),
        )
    )
    three = cell("float", 'office:value="3"')
    columns = "".join(f'<table:table-column table:style-name="{n}"/>' for n in ("k2", "k1", "k2"))
    unseen = book_of(three, styles=slits, columns=columns, row='table:style-name="r1"').unseen(
        "表三"
    )
    assert (unseen.rows, unseen.columns) == ([(0, 0)], [(1, 1)])


MAPPED = (
    '<style:map style:condition="{says}" style:apply-style-name="w" '
    'style:base-cell-address="表三.A1"/>'
)
SAYS = (
    ("cell-content()&gt;0", "&gt;0", ("cellIs", "greaterThan", ("0",))),
    ("cell-content()!=5", "!=5", ("cellIs", "notEqual", ("5",))),
    ("cell-content-is-between(1,99)", "between(1,99)", ("cellIs", "between", ("1", "99"))),
    (
        "cell-content-is-not-between(1,2)",
        "not-between(1;2)",
        ("cellIs", "notBetween", ("1", "2")),
    ),
    ("is-true-formula([.A1]&gt;0)", "formula-is([.A1]&gt;0)", ("expression", "", ("A1>0",))),
)


@pytest.mark.parametrize(("mapped", "said", "rule"), SAYS)
@pytest.mark.parametrize("way", ["style", "area"])
def test_conditions_under_which_nothing_shows_are_those_of_an_xlsx(
    mapped: str, said: str, rule: tuple[str, str, tuple[str, ...]], way: str
) -> None:
    plain, under = 'office:value="3"', MAPPED.format(says=mapped) if way == "style" else ""
    area = (
        '<c:conditional-format xmlns:c="c" calcext:target-range-address="表三.B1" '
        f'xmlns:calcext="x"><calcext:condition calcext:apply-style-name="w" '
        f'calcext:value="{said}"/></c:conditional-format>'
    )
    book = book_of(
        cell("float", plain),
        cell("float", 'table:style-name="c1" ' + plain),
        styles=look("w", WHITE) + look("c1", more=under),
        after="" if way == "style" else area,
    )
    (found,) = book.unseen("表三").conditions
    assert tuple(found)[1:] == rule
    assert found.covers((0, 1))
    assert not found.covers((0, 2))


def test_a_condition_of_a_style_that_shows_another_number_is_told() -> None:
    book = book_of(
        cell("float", 'table:style-name="c1" office:value="3"'),
        styles=style("<n:text>99</n:text>")
        + look("w").replace("style:family", 'style:data-style-name="N1" style:family')
        + look("c1", more=MAPPED.format(says="cell-content()=3")),
    )
    cells = book.cells("表三")
    assert cells.altering[cells.held[0, 0].style] == '"99"'
    assert book.unseen("表三").conditions == []


def test_days_are_counted_from_where_the_document_says() -> None:
    cells = cells_of(
        cell("date", 'office:date-value="1904-01-04"'),
        cell("float", 'office:value="3"'),
        styles='<table:null-date table:date-value="1904-01-01"/>',
    )
    assert [cells.at(0, c) for c in range(2)] == [3, 3]
    assert [*cells.rows()] == [(0, {0: 1465.0, 1: 3.0})]


@pytest.mark.parametrize("suffix", ["xls", "ods"])
@pytest.mark.slow
@pytest.mark.apps("soffice-calc")
def test_other_formats_tell_what_a_number_is_shown_as(
    tmp_path: Path, suffix: str, libreoffice: Callable[..., Path]
) -> None:
    form = load("2021")
    path = book_at(
        form,
        tmp_path / "a.xlsx",
        year=2024,
        unit="某县",
        values=dict.fromkeys(form.fields, 5.0),
        typed_totals=True,
    )
    with editing(path) as book:
        book["表三"]["D9"].number_format, book["表三"]["D10"].number_format = "0%", "yyyy/m/d"
        book["表三"]["D11"].number_format = "h:mm"
        sheet = book["表四"]
        for row in list(sheet.merged_cells.ranges):
            sheet.merged_cells.remove(row)
        sheet.delete_rows(1, 40)  # its cells are gone, their names are not
    values = read(libreoffice(path, suffix)).values
    odd = [values[f"t3.{row}.natural"].odd for row in ("granted", "partial", "refused_secret")]
    assert odd == ["format", "date", "date"]
    assert {values[k].number for k in form.fields if k.startswith("t3.")} == {5.0}
    assert values["t4.review.upheld"].standing is Standing.BLANK


@pytest.mark.slow
@pytest.mark.apps("soffice-calc")
def test_formulas_and_names_of_an_xls_are_those_of_the_file(
    tmp_path: Path, libreoffice: Callable[..., Path]
) -> None:
    form = load("2021")
    path = book_at(
        form, tmp_path / "a.xlsx", year=2024, unit="某县", values=dict.fromkeys(form.fields, 5.0)
    )
    with editing(path) as book:
        sheet = book["表三"]
        sheet["J9"], sheet["J10"] = "=D9+E9+F9+G9+H9+I9", "=SUM(D10:H10)"
        sheet["J11"] = ArrayFormula("J11", "=SUM(D11:I11)")
        sheet["J12"] = "=SUM(D12:I12)+SUM(表四!A7:B7)"
        sheet["J13"] = "=SUBTOTAL(9,D13:I13)"
        book.defined_names["gj_t3_new_natural"].attr_text = "表三!D7"
    old, new = (file_entry(*check_files([libreoffice(path, kind)])) for kind in ("xls", "xlsx"))
    answer = [[(f["rule"], f["cell"], f["message"]) for f in e["findings"]] for e in (old, new)]
    assert old["checked"] == new["checked"]
    assert answer[0] == answer[1]
    assert {"J10", "J12"} <= {cell for rule, cell, _ in answer[0] if rule == "CELL-FORMULA"}


def test_an_ordinary_xls_is_read_whole_and_a_damaged_one_says_what_was_not_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = (Path(__file__).parents[2] / "data" / "small.xls").read_bytes()
    assert open_book(data, "a.xls").plain == ""
    kind, (_, names, formulas, plain, _) = other_formats._calamine(data, 1000, "damaged")
    assert (kind, names, formulas, plain) == ("ok", [], False, "damaged")
    monkeypatch.setattr(other_formats, "in_child", lambda *_: other_formats._calamine(data, 9999))
    book = open_book(data, "a.xls")
    assert [r.kind for r in plain_remarks(book)] == ["plain"]
    book.plain = "damaged"
    assert [r.kind for r in plain_remarks(book)] == ["damaged"]


def test_what_a_link_keeps_is_no_sheet_and_a_table_that_is_not_shown_is_hidden() -> None:
    three = cell("float", 'office:value="3"')
    link = "&apos;file:///a.ods&apos;#表三"
    text = (
        '<o:document-content xmlns:o="o" xmlns:table="t" xmlns:text="x" xmlns:office="f" '
        'xmlns:style="s"><style:style style:name="ta1" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>'
        + "".join(
            f'<table:table table:name="{name}" table:style-name="{style}"><table:table-row>'
            f"{three}"
            "</table:table-row></table:table>"
            for name, style in (("表三", "ta2"), (link, "ta2"), ("旧", "ta1"))
        )
        + "</o:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        new.writestr("content.xml", text)
    book = open_book(out.getvalue(), "a.ods")
    assert book.sheets == ["表三", "旧"]
    assert [book.hidden(s) for s in book.sheets] == ["", "hidden"]
    assert book.cells("旧").at(0, 0) == 3.0
