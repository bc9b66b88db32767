"""The one reader: what it says of a cell, beside openpyxl, and by both of its own roads."""

from __future__ import annotations

import re
import time
from functools import cache

import pytest
from gouji.templates.errors import InputError
from gouji.validators.ooxml.formats import shows_date
from gouji.validators.ooxml.limits import Budget, Limits
from gouji.validators.ooxml.package import Package
from gouji.validators.ooxml.plain_parts import plain_strings
from gouji.validators.ooxml.plain_sheet import plain_sheet
from gouji.validators.ooxml.sheet_cells import read_sheet, read_strings
from gouji.validators.ooxml.unseen import may_hide

from ..reading.books import disagreements, random_book
from ..reading.rewriting import SHEET
from .samples import MAIN, SAMPLES, changed, parts


def budget() -> Budget:
    return Budget(Limits(), "x.xlsx")


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.sampled
def test_openpyxl_reads_the_same(seed: int) -> None:
    assert disagreements(random_book(seed)) == []


@pytest.mark.parametrize("kind", [k for k in SAMPLES if k != "strict"])  # openpyxl reads none
def test_openpyxl_reads_the_same_of_what_clerks_send(kind: str) -> None:
    assert disagreements(SAMPLES[kind]()) == []


@cache
def sheets() -> list[bytes]:
    books = [random_book(seed) for seed in range(40)] + [make() for make in SAMPLES.values()]
    return [part for book in books for name, part in parts(book) if SHEET.match(name)]


@pytest.mark.slow
def test_the_short_way_says_what_streaming_says() -> None:
    taken = 0
    for xml in sheets():
        quick = plain_sheet(xml, budget())
        if quick is not None:
            taken += 1
            assert quick[:3] == read_sheet([xml], Budget(Limits(), "x"))[:3]
            assert quick.hides == may_hide(xml, ())
    assert taken > 60


def test_a_sheet_that_comes_again_is_read_and_paid_for_like_the_first_time() -> None:
    xml = next(x for x in sheets() if plain_sheet(x, budget()) is not None)
    answer = []
    for _ in range(4):
        paid = budget()
        read = plain_sheet(bytes(bytearray(xml)), paid)  # the same bytes, another object
        assert read is not None
        answer.append((dict(read[0]), [*read[1]], paid.elements, paid.cells))
        read[0].clear()  # as whoever has it may change it
        read[1].append(((0, 0), (1, 1)))
    assert answer[0][0]
    assert all(t == answer[0] for t in answer)


# Each must be refused by the short way, or read as streaming reads it.
ODD = [
    (b"<sheetData>", b"<!-- x --><sheetData>"),
    (b"<sheetData>", b"<sheetData><?x y?>"),
    (b"</sheetData>", b"</sheetData><sheetData/>"),
    (b"<v>", b"<v><![CDATA[7]]>"),
    (b"<c ", b"<c  "),
    (b"<c ", b"<c\n"),
    (b"<c ", b"<x:c "),
    (b"</row>", b"</row></row>"),
    (b'r="', b"r='"),
    (b"<v>", b"<v>&#49;"),
    (b"<v>", b"<v>&bogus;"),
    (b"<v>", b"<v>]]>"),
    (b"<v>", b"<v>\x01"),
    (b"<row ", b"<row <"),
    (b"</c>", b"</c>text"),
    (b"</v>", b"</w>"),
    (b"</worksheet>", b""),
    (b"<sheetData>", b"<y><sheetData>"),
    (b"<v>", b'<v xml:space="x">'),
    (b' s="', b' s="0" s="'),
    (b"</row>", b"<c/></row>"),
    (b"<row ", b"<row><c/></row><row "),
    (b"utf-8", b"utf-16"),
    (b"UTF-8", b"GBK"),
    (b"<c ", b'<c r="A1"><v>1</v></c><c '),
    (b"</v>", b"</v><v>2</v>"),
    (b"<f>", b'<f t="shared" si="0" ref="A1:B2">'),
    (b"</sheetData>", b""),
]


def streamed(xml: bytes) -> object:
    try:
        return read_sheet([xml], Budget(Limits(), "x"))[:3]
    except Exception as error:  # whatever expat says
        return type(error)


@pytest.mark.parametrize(("old", "new"), ODD)
def test_the_short_way_takes_nothing_that_it_reads_otherwise(old: bytes, new: bytes) -> None:
    changed_ones = 0
    for xml in sheets()[:60]:
        for count in (1, -1):
            odd = xml.replace(old, new, count)
            changed_ones += odd != xml
            quick = plain_sheet(odd, budget())
            if quick is not None:
                assert quick[:3] == streamed(odd)
    assert changed_ones or old in (b"utf-8",)


def test_shared_strings_are_read_the_same_by_both_ways() -> None:
    found = 0
    for seed in range(20):
        xml = dict(parts(random_book(seed))).get("xl/sharedStrings.xml")
        if xml is None:
            continue
        quick = plain_strings(xml, budget())
        if quick is not None:
            found += 1
            assert quick == read_strings([xml], budget())
        for old, new in (
            (b"<si>", b"<si/><si>"),
            (b"<t>", b"<t>&#65;"),
            (b"<si>", b"<si><r>"),
            (b"</si>", b"<rPh><t>x</t></rPh></si>"),
            (b"</t>", b"</t><t>b</t>"),
        ):
            odd = xml.replace(old, new, 1)
            quick = plain_strings(odd, budget())
            try:
                slow: object = read_strings([odd], budget())
            except Exception as error:
                slow = type(error)
            assert quick is None or quick == slow
    assert found > 5


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (b"<t>&#34920;&#x4E09;</t>", "表三"),
        (b'<r><t>1</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>2</t></r>', "1²"),
        (b"<r><t>1</t></r><r><rPr><strike/></rPr><t>2</t></r>", "1"),
        (b'<r><rPr><rFont val="x"/></rPr><t xml:space="preserve"> a</t></r>', " a"),
        (b"<r><t>a</t></r><rPh><t>b</t></rPh>", "a"),
    ],
)
def test_rich_and_referenced_strings_take_the_short_way(inside: bytes, text: str) -> None:
    xml = b"<sst><si>" + inside + b"</si><si><t>b</t></si></sst>"
    assert plain_strings(xml, budget()) == [text, "b"] == read_strings([xml], budget())


@pytest.mark.parametrize("reference", [b"&#0;", b"&#xFFFE;", b"&#xD800;", b"&#;", b"&#x;", b"&#9"])
def test_a_reference_that_xml_forbids_does_not_take_the_short_way(reference: bytes) -> None:
    assert plain_strings(b"<sst><si><t>" + reference + b"</t></si></sst>", budget()) is None


def one_sheet(cells: bytes) -> Package:
    """A workbook whose only sheet holds ``cells``."""

    def change(name: str, part: bytes) -> bytes:
        if SHEET.match(name):
            return re.sub(
                rb"<sheetData>.*</sheetData>", b"<sheetData>" + cells + b"</sheetData>", part
            )
        return part

    return Package.open(changed(SAMPLES["plain"](), change), name="x.xlsx")


def test_what_a_cell_holds_is_told_in_every_spelling() -> None:
    package = one_sheet(
        b'<row r="1"><c r="A1" t="e"><v>#SPILL!</v></c><c r="B1" t="str"><f>A9</f><v></v></c>'
        b'<c r="C1"><f>SUM(A1)</f></c><c r="D1" t="b"><v>1</v></c><c r="E1"><v>1e999</v></c>'
        b'<c r="F1"><v>abc</v></c><c r="G1" t="inlineStr"><is><r><t>a</t></r><rPh sb="0" eb="1">'
        b'<t>no</t></rPh><r><t>b</t></r></is></c><c r="H1" s="0"/></row>'
        b'<row><c><f t="shared" ref="A2:C2" si="3">A1+1</f><v>2</v></c>'
        b'<c><f t="shared" si="3"/><v>3</v></c></row>'
    )
    cells = package.cells(package.sheets[0])
    assert cells.at(0, 0) == "#SPILL!"
    assert cells.held[0, 0].kind == "e"
    assert (cells.at(0, 1), cells.formula(0, 1)) == ("", "A9")
    assert (cells.held[0, 2].kind, cells.formula(0, 2)) == ("", "SUM(A1)")
    assert cells.at(0, 3) is True
    assert cells.at(0, 4) == float("inf")
    assert cells.at(0, 5) == "abc"
    assert cells.at(0, 6) == "ab"
    assert (0, 7) not in cells.held
    assert cells.formula(1, 0) == "A1+1"
    assert cells.formula(1, 1) == "B1+1"  # shared, moved one column on
    assert cells.bottom == 1


def test_a_shared_formula_is_that_of_the_cell_where_its_area_begins() -> None:
    package = one_sheet(
        b'<row r="1"><c r="A1"><f t="shared" si="0"/><v>1</v></c>'
        b'<c r="B1"><f t="shared" si="0" ref="B1:C1">SUM(B2:B3)</f><v>1</v></c>'
        b'<c r="C1"><f t="shared" si="0">SUM(C2:C4)</f><v>1</v></c>'
        b'<c r="D1"><f t="shared" si="0" ref="D1:E1">MAX(D2:D9)</f><v>1</v></c>'
        b'<c r="E1"><f t="shared" si="0"/><v>1</v></c></row>'
    )
    cells = package.cells(package.sheets[0])
    output = ["MAX(A2:A9)", "SUM(B2:B3)", "SUM(C2:C3)", "MAX(D2:D9)", "MAX(E2:E9)"]
    assert [cells.formula(0, column) for column in range(5)] == output


@pytest.mark.parametrize(
    ("formula", "moved"), [(b'"abc', ("", "")), (b"SUM(A1:A1)", ("SUM(B1:B1)", ""))]
)
def test_a_shared_formula_that_cannot_be_moved_is_no_fault_of_the_sheet(
    formula: bytes, moved: tuple[str, str]
) -> None:
    package = one_sheet(
        b'<row r="5"><c r="C5"><f t="shared" si="0" ref="A4:D5">' + formula + b"</f><v>7</v></c>"
        b'<c r="D5"><f t="shared" si="0"/><v>8</v></c></row>'
        b'<row r="1"><c r="A1"><f t="shared" si="0"/><v>9</v></c></row>'
    )
    cells = package.cells(package.sheets[0])
    assert cells.formula(4, 2) == formula.decode()
    assert (cells.at(4, 3), cells.at(0, 0)) == (8, 9)
    assert (cells.formula(4, 3), cells.formula(0, 0)) == moved


@pytest.mark.parametrize(
    ("cell", "content"),
    [
        (b'<c r="a1"><v>41</v></c>', 41.0),
        (b'<c r="A1"><v>41</v><extLst><ext uri="u"><t>9</t><v>9</v></ext></extLst></c>', 41.0),
        (b'<c r="A1"><v>41</v><is><t>9</t></is></c>', 41.0),
        (b'<c r="A1" t="inlineStr"><v>9</v><is><t>41</t></is></c>', "41"),
        (b'<c r="A1"><v>41</v><o:v xmlns:o="urn:o">9</o:v></c>', 41.0),
        (b'<c r="A1"><o:is xmlns:o="urn:o"><o:t>9</o:t></o:is><v>41</v></c>', 41.0),
        (b'<c xmlns="urn:o" r="A1"><v>9</v></c>', ""),
        (b'<m:c xmlns:m="MAIN" r="A1"><m:v>41</m:v></m:c>', 41.0),
    ],
)
def test_a_number_is_made_of_nothing_but_the_cells_own_value(cell: bytes, content: object) -> None:
    answer = cell.replace(b"MAIN", MAIN.encode())
    package = one_sheet(b'<row r="1">' + answer + b"</row>")
    assert package.cells(package.sheets[0]).at(0, 0) == content


def test_a_row_of_another_namespace_is_none() -> None:
    package = one_sheet(b'<row r="1" xmlns="urn:o"><c r="A1"><v>9</v></c></row>')
    assert package.cells(package.sheets[0]).held == {}


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (b'<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>', "已损坏"),
        (b'<row r="1048577"><c><v>1</v></c></row>', "已损坏"),
        (b'<row r="1"><c r="A1" t="s"><v>99999</v></c></row>', "已损坏"),
        (b"<a>" * 300 + b"</a>" * 300, "层层嵌套"),
        (b'<row r="1"><c r="A1"><v>1</v><v>2</v></c></row>', "已损坏"),
        (b'<row r="1"><c r="A1"><v>1<b>2</b>3</v></c></row>', "已损坏"),
        (b'<row r="1"><c r="A1"><f>1</f><f>2</f><v>2</v></c></row>', "已损坏"),
        ("<row r='1'><c r='ａ1'><v>2</v></c></row>".encode(), "已损坏"),
    ],
)
def test_a_sheet_that_says_what_cannot_be_is_refused(cells: bytes, words: str) -> None:
    package = one_sheet(cells)

    def read() -> None:
        held = package.cells(package.sheets[0])
        [held.content(c) for c in held.held.values()]

    with pytest.raises(InputError, match=words):
        read()


@pytest.mark.parametrize(
    ("limits", "words"),
    [(Limits(cells=20), "单元格超过上限20"), (Limits(elements=60), "内容超过上限60")],
)
def test_the_budget_is_of_the_whole_workbook(limits: Limits, words: str) -> None:
    package = Package.open(random_book(4), limits, "x.xlsx")
    with pytest.raises(InputError, match=words):
        [package.cells(sheet) for sheet in package.sheets]


def test_time_is_a_limit_too(monkeypatch: pytest.MonkeyPatch) -> None:
    short = Budget(Limits(seconds=3), "x.xlsx")
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 4)
    with pytest.raises(InputError, match="读了3秒还没有读完"):
        short.tick()


@pytest.mark.parametrize(
    ("code", "date"),
    [
        ('yyyy"年"m"月"', True),
        ("[h]:mm", True),
        ("mm:ss.0", True),
        ("m/d", True),
        ("e/m/d", True),
        ("[$-804]yyyy/m/d;@", True),
        ('0.00"元"', False),
        ("#,##0;[Red]-0", False),
        ("General", False),
        ('0"月"', False),
        ("@", False),
        ("[DBNum2]0", False),
        ("\\d0", False),
    ],
)
def test_a_format_is_a_dates_or_a_numbers(code: str, date: bool) -> None:
    assert shows_date(code) is date
