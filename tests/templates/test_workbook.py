"""The template: a form a clerk recognises, that judges itself while it is typed in."""

from __future__ import annotations

import random
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from gouji.templates.edition import Edition, load
from gouji.templates.errors import InputError
from gouji.templates.formulas import UNFILLED
from gouji.templates.layout import layout_of
from gouji.templates.workbook import write
from gouji.validators.judging.frames import footings_frame, values_matrix
from gouji.validators.reading.readers import read
from gouji.validators.report import Report

from ..addin.office import Office
from ..builders import consistent


@pytest.fixture
def blank(tmp_path: Path, edition: Edition) -> Path:
    return write(edition, tmp_path / "blank.xlsx", year=edition.from_year)


def test_every_field_has_a_defined_name_for_its_cell(blank: Path, edition: Edition) -> None:
    names = openpyxl.load_workbook(blank).defined_names
    for key, (sheet, row, col) in layout_of(edition).cells.items():
        title, area = next(iter(names["gj_" + key.replace(".", "_")].destinations))
        cell = openpyxl.utils.cell.coordinate_to_tuple(area.replace("$", ""))
        assert (title, cell) == (sheet, (row + 1, col + 1)), key


def test_the_granted_total_stands_where_the_documentation_says(form: Edition) -> None:
    assert layout_of(form).cells["t3.granted.total"] == ("表三", 8, 9)  # J9


def test_the_sheets_are_those_of_the_form_in_order_and_there_is_no_macro(blank: Path) -> None:
    assert openpyxl.load_workbook(blank).sheetnames == [
        "封面", "填报说明", "表二", "表三", "表四", "正文",
    ]  # fmt: skip
    with zipfile.ZipFile(blank) as package:
        assert not [n for n in package.namelist() if "vba" in n.lower() or "bin" in n.lower()]


def test_every_printed_label_stands_on_its_sheet(blank: Path, edition: Edition) -> None:
    book = openpyxl.load_workbook(blank)
    for table in edition.tables:
        there = {c.value for row in book[table.sheet].iter_rows() for c in row}
        for block in table.blocks:
            for axis in (*block.columns, *block.rows):
                assert {p for p in axis.path if p} <= there


def test_totals_are_formulas_with_their_values(tmp_path: Path, edition: Edition) -> None:
    values = consistent(edition, random.Random(1))
    path = write(edition, tmp_path / "a.xlsx", year=edition.from_year, values=values)
    formulas, stored = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    for key in edition.totals:
        sheet, row, col = layout_of(edition).cells[key]
        assert formulas[sheet].cell(row + 1, col + 1).value.startswith("=SUM(")
        assert stored[sheet].cell(row + 1, col + 1).value == values[key]


def test_only_inputs_can_be_typed_in_and_the_protection_has_no_password(
    blank: Path, edition: Edition
) -> None:
    book = openpyxl.load_workbook(blank)
    layout = layout_of(edition)
    inputs = {v for k, v in layout.cells.items() if k not in edition.totals}
    for table in edition.tables:
        sheet = book[table.sheet]
        assert sheet.protection.sheet
        assert not sheet.protection.password
        open_ = {
            (table.sheet, c.row - 1, c.column - 1)
            for row in sheet.iter_rows()
            for c in row
            if not c.protection.locked and not isinstance(c, openpyxl.cell.cell.MergedCell)
        }
        assert open_ == {i for i in inputs if i[0] == table.sheet}


def test_every_input_has_a_rule_with_a_chinese_prompt(blank: Path, edition: Edition) -> None:
    book = openpyxl.load_workbook(blank)
    for key, (sheet, row, col) in layout_of(edition).cells.items():
        if key in edition.totals:
            continue
        cell = openpyxl.utils.get_column_letter(col + 1) + str(row + 1)
        (rule,) = [v for v in book[sheet].data_validations.dataValidation if cell in v.sqref]
        kind = edition.fields[key].kind
        assert rule.type == ("decimal" if kind == "amount" else "whole")
        assert "没有" in rule.prompt
        if kind == "count":
            assert (rule.operator, rule.formula1) == ("greaterThanOrEqual", "0")


def test_the_live_checks_stand_outside_the_print_area(blank: Path, edition: Edition) -> None:
    book = openpyxl.load_workbook(blank)
    layout = layout_of(edition)
    assert set(layout.checks) == {(i.rule, i.key) for i in edition.instances}
    for sheet, row, col in layout.checks.values():
        area = re.search(r"\$([A-Z]+)\$(\d+):\$([A-Z]+)\$(\d+)", book[sheet].print_area)
        assert area
        last_col = openpyxl.utils.column_index_from_string(area[3])
        assert row + 1 > int(area[4]) or col + 1 > last_col
        assert book[sheet].page_setup.paperSize == 9
        assert book[sheet].sheet_properties.pageSetUpPr.fitToPage


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path, edition: Edition) -> None:
    one = write(edition, tmp_path / "1.xlsx", year=edition.from_year, unit="某县")
    two = write(edition, tmp_path / "2.xlsx", year=edition.from_year, unit="某县")
    assert one.read_bytes() == two.read_bytes()


def test_an_unwritable_place_is_said_and_leaves_nothing_behind(
    tmp_path: Path, form: Edition
) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="写不了文件"):
        write(form, tmp_path / "file" / "a.xlsx")
    (tmp_path / "a.xlsx").mkdir()
    with pytest.raises(InputError, match="写不了文件"):
        write(form, tmp_path / "a.xlsx")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xlsx", "file"]


def without_stored_values(path: Path) -> None:
    """Drops the value of every formula, so that whoever shows one must have computed it."""
    data = {}
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            content = package.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content = re.sub(rb' t="str"(><f>)', rb"\1", content)
                content = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", content)
            data[name] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in data.items():
            package.writestr(name, content)


def spoil(edition: Edition, values: dict[str, float], rng: random.Random) -> dict[str, float | str]:
    """One to four cells made wrong, blank, text or negative."""
    broken: dict[str, float | str] = dict(values)
    for key in rng.sample(list(edition.fields), rng.randint(1, 4)):
        how = rng.choice(["more", "less", "blank", "text"])
        if how == "blank":
            del broken[key]
        elif how == "text":
            broken[key] = rng.choice(["18件", "/", "12"])
        else:
            broken[key] = values[key] + rng.randint(1, 9) * (1 if how == "more" else -1)
    return broken


def schema_verdict(report: Report) -> dict[tuple[str, str], float | str]:
    """Per instance: the residual (0 where a <= holds), or UNFILLED when it could not run."""
    edition = report.edition
    residual = footings_frame(edition, values_matrix(edition, [report]))["residual"]
    found: dict[tuple[str, str], float | str] = {}
    for inst, value in zip(edition.instances, residual, strict=True):
        at_most = edition.rule_by_id[inst.rule].relation == "<="
        gap = max(float(value), 0.0) if at_most and value == value else float(value)
        found[inst.rule, inst.key] = UNFILLED if value != value else round(gap, 6)
    return found


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """LibreOffice with the blank template of each edition open, its totals formulas or typed."""
    home = tmp_path_factory.mktemp("office")
    office = Office(home)
    try:
        for name in ("2021", "2019"):
            for typed in (False, True):
                path = home / f"{name}-{typed}.xlsx"
                write(load(name), path, year=load(name).from_year, typed_totals=typed)
                without_stored_values(path)
                assert office.do("open", path=str(path))
                office.do("unprotect")
        yield office
    finally:
        office.close()


@pytest.mark.slow
@pytest.mark.apps
@pytest.mark.parametrize("part", range(4))
def test_the_live_formulas_say_what_the_schemas_say(
    tmp_path: Path, office: Office, part: int
) -> None:
    """1,000 reports, half of them broken, typed into LibreOffice, instance by instance.

    What the schemas say is of the same report in a file.
    """
    rng = random.Random(part)
    failures = 0
    path = tmp_path / "a.xlsx"
    for number in range(250):
        edition = load("2021" if number % 5 else "2019")
        layout = layout_of(edition)
        values: dict[str, float | str] = dict(consistent(edition, rng))
        broken = number % 2 == 1
        if broken:
            values = spoil(edition, consistent(edition, rng), rng)
        write(edition, path, year=edition.from_year, values=values, typed_totals=broken)
        report = read(path)
        assert report.edition == edition
        verdict = schema_verdict(report)
        office.do("turn", path=str(office.home / f"{edition.id}-{broken}.xlsx"))
        typed = [(*cell, values.get(key, "")) for key, cell in layout.cells.items()
                 if broken or key not in edition.totals]  # fmt: skip
        shown = office.do("type", cells=typed, show=list(layout.checks.values()))
        for at, told in zip(layout.checks, shown, strict=True):
            live = {"√": 0.0}.get(told, told)
            assert live == verdict[at], (number, at, told, verdict[at])
            failures += verdict[at] not in (0.0, UNFILLED)
        if not broken:
            assert set(verdict.values()) == {0.0}
    assert failures > 100
