"""The template: a form a clerk recognises, that judges itself while it is typed in."""

from __future__ import annotations

import random
import re
import zipfile
from collections import Counter
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import formualizer
import openpyxl
import pytest
from gouji.templates.a1 import position
from gouji.templates.classes import NO_CLASS, UNKNOWN, class_formula, endings
from gouji.templates.covers import CLASS_CELL, COVER, COVER_SHEET, GUIDE_SHEET
from gouji.templates.edition import Edition, edition_ids, load, load_file
from gouji.templates.errors import InputError
from gouji.templates.formulas import FITS, NOT_ASKED, UNCERTAIN, UNFILLED
from gouji.templates.layout import TOP, layout_of
from gouji.templates.live import CLASS_NAME, check_formula, check_value, summary_value
from gouji.templates.workbook import write
from gouji.validators.finding import Verdict
from gouji.validators.judging.frames import footings_frame, values_matrix
from gouji.validators.judging.judge import judge_plainly
from gouji.validators.reading.readers import read
from gouji.validators.report import Report, Standing, Value

from ..addin.office import OFFICE, Office
from ..builders import consistent, opened
from ..builders import report as made
from ..conftest import sample


@pytest.fixture
def blank(tmp_path: Path, edition: Edition) -> Path:
    return write(edition, tmp_path / "blank.xlsx", year=edition.from_year)


def test_every_field_has_a_defined_name_for_its_cell(blank: Path, edition: Edition) -> None:
    names = opened(blank).defined_names
    for key, (sheet, row, col) in layout_of(edition).cells.items():
        title, area = next(iter(names["gj_" + key.replace(".", "_")].destinations))
        cell = openpyxl.utils.cell.coordinate_to_tuple(area.replace("$", ""))
        assert (title, cell) == (sheet, (row + 1, col + 1)), key


def test_the_granted_total_stands_where_the_documentation_says(form: Edition) -> None:
    assert layout_of(form).cells["t3.granted.total"] == ("表三", 8, 9)  # J9


def test_the_sheets_are_those_of_the_form_in_order_and_there_is_no_macro(blank: Path) -> None:
    assert opened(blank).sheetnames == [
        "封面",
        "填报说明",
        "表二",
        "表三",
        "表四",
        "正文",
        "审签",
        "审核说明",
    ]
    with zipfile.ZipFile(blank) as package:
        assert not [n for n in package.namelist() if "vba" in n.lower() or "bin" in n.lower()]


def test_every_printed_label_stands_on_its_sheet(blank: Path, edition: Edition) -> None:
    book = opened(blank)
    for table in edition.tables:
        there = {c.value for row in book[table.sheet].iter_rows() for c in row}
        for block in table.blocks:
            for axis in (*block.columns, *block.rows):
                assert {p for p in axis.path if p} <= there


def test_totals_are_formulas_with_their_values(tmp_path: Path, edition: Edition) -> None:
    values = consistent(edition, random.Random(1))
    path = write(edition, tmp_path / "a.xlsx", year=edition.from_year, values=values)
    formulas, stored = opened(path), opened(path, data_only=True)
    for key in edition.totals:
        sheet, row, col = layout_of(edition).cells[key]
        assert formulas[sheet].cell(row + 1, col + 1).value.startswith("=SUM(")
        assert stored[sheet].cell(row + 1, col + 1).value == values[key]


def test_only_inputs_can_be_typed_in_and_the_protection_has_no_password(
    blank: Path, edition: Edition
) -> None:
    book = opened(blank)
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


def test_every_input_has_a_rule_and_the_first_of_a_kind_a_hint(
    blank: Path, edition: Edition
) -> None:
    book = opened(blank)
    for table in edition.tables:
        ws = book[table.sheet]
        hints = [v for v in ws.data_validations.dataValidation if v.prompt]
        assert all(len(str(hint.sqref).split()) == 1 for hint in hints)
        assert ws.sheet_view.selection[-1].activeCell in [str(hint.sqref) for hint in hints]
        for hint in hints:  # each says its own cell's rule, and no other's
            assert "填0" in hint.prompt
            assert ("万元" in hint.prompt) == (hint.type == "decimal")
    for key, (sheet, row, col) in layout_of(edition).cells.items():
        if key in edition.totals:
            continue
        cell = openpyxl.utils.get_column_letter(col + 1) + str(row + 1)
        (rule,) = [v for v in book[sheet].data_validations.dataValidation if cell in v.sqref]
        kind = edition.fields[key].kind
        assert rule.type == ("decimal" if kind == "amount" else "whole")
        assert "没有" in rule.error or kind == "signed"
        if kind == "count":
            assert (rule.operator, rule.formula1) == ("greaterThanOrEqual", "0")


def test_what_can_fail_is_checked_live_above_the_head_or_beside(
    blank: Path, edition: Edition
) -> None:
    book = opened(blank)
    layout = layout_of(edition)
    assert "T3-BALANCE" in {rule for rule, _ in layout.checks}
    assert not {"T3-ROW", "T3-TOTAL", "T4-SUM"} & {rule for rule, _ in layout.checks}
    assert set(layout_of(edition, True).checks) == {(i.rule, i.key) for i in edition.instances}
    sheets = {s.table.sheet: s for s in layout.sheets}
    for sheet, row, col in layout.checks.values():
        assert row == TOP - 1 or col > sheets[sheet].last_col
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


def typed_as(text: str) -> Value:
    """How a text of ``spoil`` stands in its cell."""
    if text == "/":
        return Value(Standing.PLACEHOLDER, None, text)
    return Value(Standing.TEXT_NUMBER, float(text.strip("件")), text)


# Names and declared classes: every class by name, by 单位类别, and one against the other.
UNITS = (
    ("某县", ""),
    ("某县教育局", "政府部门"),
    ("某镇人民政府", ""),
    ("某街道", ""),
    ("某某省政府", ""),
    ("某市人民政府", "设区的市（自治州）政府"),
    ("某市人民政府", ""),
    ("某部", "国务院部门"),
    ("某镇", "县级政府"),
    ("某局", "乡镇（街道）"),
    ("　某乡 ", ""),
    ("某乡财政所", ""),
    ("", ""),
    ("某省人民政府", "其他"),
)
Shown = dict[tuple[str, str], tuple[str, float | str]]


def live_verdict(report: Report, verdict: Verdict) -> Shown:
    """Per relation within the report what the checker says: how grave, and the difference."""
    edition = report.edition
    residual = footings_frame(edition, values_matrix(edition, [report]))["residual"]
    failed = {(f.rule, f.instance): f.severity.value for f in verdict.findings}
    open_ = {(u.rule, u.field) for u in verdict.unchecked}
    found: Shown = {}
    for inst, gap in zip(edition.instances, residual, strict=True):
        rule = edition.rule_by_id[inst.rule]
        at = (inst.rule, inst.key)
        missing = (inst.rule, inst.target) in open_
        if rule.severity_for(report.unit_class, edition.fields[inst.target].table) == "none":
            found[at] = ("", NOT_ASKED)
            assert at not in failed
            assert not missing
        elif missing:
            found[at] = ("", UNFILLED)
        elif at in failed:
            found[at] = (failed[at], round(float(gap), 6))
        else:
            found[at] = ("", FITS)
    return found


def cover_says(shown: Shown, missing: int) -> str:
    """The sentence that fits the checker's verdict."""
    errors = sum(grave == "error" for grave, _ in shown.values())
    doubtful = sum(grave == "warning" for grave, _ in shown.values())
    answer = [content for _, content in shown.values()]
    also = f"；{doubtful}处待核实" if doubtful else ""
    notes = sum(grave == "note" for grave, _ in shown.values())
    noted = f"；{notes}处提示" if notes else ""
    if missing:
        wrong = f"；{errors}处不符，见标红处" if errors else ""
        return f"还差{missing}格没有填数，没有的填0{wrong}{also}" + noted
    if errors:
        return f"有{errors}处不符，见各表标红处{also}" + noted
    if doubtful:
        return f"有{doubtful}处待核实，见各表标黄处" + noted
    return f"{answer.count(FITS)}条勾稽关系全部相符" + noted


def cover_cells(unit: str, declared: str) -> list[tuple[str, int, int, str]]:
    """What is typed on the cover."""
    found = []
    for key, text in (("unit", unit), ("unit_class", declared)):
        row, column = position(COVER[key].rpartition("!")[2].replace("$", "")) or (0, 0)
        found.append((COVER_SHEET, row, column, text))
    return found


@pytest.mark.parametrize("count", [40, pytest.param(300, marks=pytest.mark.slow)])
def test_the_stored_live_checks_say_what_the_checker_says(edition: Edition, count: int) -> None:
    """Reports of units of every class: the values before anyone recalculates."""
    rng = random.Random(9)
    layout = layout_of(edition, True)
    for number in range(count):
        unit, declared = UNITS[number % len(UNITS)]
        values = consistent(edition, rng)
        for key in rng.sample(list(edition.fields), rng.choice([0, 1, 4])):
            values[key] += rng.choice([1, 5])
        if rng.random() < 0.3:
            del values[rng.choice(list(values))]
        unit_class = edition.class_of(unit.strip(), declared)
        report = replace(made(edition, values, unit=unit), unit_class=unit_class)
        wanted = live_verdict(report, judge_plainly([report])[0])
        for inst in edition.instances:
            answer = check_value(layout, inst, values, unit_class)
            assert answer == wanted[inst.rule, inst.key][1]
        missing = len(edition.fields) - len(values)
        assert summary_value(layout, values, unit_class) == cover_says(wanted, missing)


def test_a_city_with_regulations_of_its_own_has_nothing_to_repair(
    tmp_path: Path, form: Edition
) -> None:
    values = consistent(form, random.Random(3))
    values |= {"t2.regulations.issued": 2.0, "t2.regulations.in_force": 12.0}
    city = form.class_of("某市人民政府", "设区的市（自治州）政府")
    rules = [form.rule_by_id[i.rule] for i in form.instances]
    tables = [form.fields[i.target].table for i in form.instances]
    levels = [r.severity_for(city, t) for r, t in zip(rules, tables, strict=True)]
    asked = len(levels) - levels.count("none")
    answer = {}
    for declared in ("设区的市（自治州）政府", "乡镇（街道）", "县级政府"):
        path = write(
            form,
            tmp_path / "a.xlsx",
            year=2025,
            unit="某市人民政府",
            unit_class=declared,
            values=values,
        )
        answer[declared] = opened(path, data_only=True)[COVER_SHEET]["B15"].value
    assert answer == {
        "设区的市（自治州）政府": f"{asked}条勾稽关系全部相符",
        "乡镇（街道）": "有2处不符，见各表标红处",
        "县级政府": "有2处待核实，见各表标黄处",
    }


def test_a_warning_is_amber_and_an_error_red(blank: Path, form: Edition) -> None:
    book = opened(write(form, blank, year=2025))
    looks: dict[str, list[tuple[str, str]]] = {}
    for area in book["表二"].conditional_formatting:
        looks[str(area.sqref)] = [
            (r.formula[0], r.dxf.numFmt.formatCode if r.dxf.numFmt else "") for r in area.rules
        ]
    (regulation,) = (rules for rules in looks.values() if len(rules) == 4)
    doubtful = '"核实 "General;"核实 -"General'
    assert next(r for r in regulation if CLASS_NAME in r[0] and "township" in r[0])[1] == ""
    assert next(r for r in regulation if f'{CLASS_NAME}="{NO_CLASS}"' in r[0])[1] == doubtful
    assert any(r[1] == doubtful for r in looks[next(k for k in looks if k != regulation)])


def test_the_guide_is_eight_lines_for_clerks(blank: Path) -> None:
    """No codes of rules, nothing about rolling up or ledgers."""
    lines = [row for row in opened(blank)[GUIDE_SHEET].values if row[1]]
    assert len(lines) == 8
    text = "\n".join(f"{head}{answer}" for head, answer in lines)
    assert not re.search(r"\b[A-Z][A-Z0-9]*-[A-Z]|汇总表|名册|台账", text)
    assert max(len(str(answer)) for _, answer in lines) < 50


def test_a_screen_of_1366_by_768_shows_the_table_with_its_total_and_checks(
    tmp_path: Path, edition: Edition
) -> None:
    book = opened(write(edition, tmp_path / "a.xlsx"))
    for sheet in layout_of(edition).sheets:
        ws = book[sheet.table.sheet]
        last = max([sheet.last_col, *(col for _, col in sheet.checks.values())])
        widths = 0.0
        for column in range(1, last + 2):
            letter = openpyxl.utils.get_column_letter(column)
            held = [d for d in ws.column_dimensions.values() if d.min <= column <= d.max]
            widths += held[0].width if held else ws.column_dimensions[letter].width
        pixels = (widths * 7 + 5 * (last + 1)) * (ws.sheet_view.zoomScale or 100) / 100
        assert pixels < 1366 - 60, (ws.title, pixels)  # heads of rows and the scroll bar
        assert ws.freeze_panes or not sheet.label_cols


def test_it_opens_on_the_first_cell_to_fill(tmp_path: Path, form: Edition) -> None:
    blank = opened(write(form, tmp_path / "a.xlsx"))
    assert blank.active.title == COVER_SHEET
    assert blank.active.sheet_view.selection[-1].activeCell == "B5"
    known = opened(write(form, tmp_path / "b.xlsx", unit="甲县"))
    assert known[COVER_SHEET].sheet_view.selection[-1].activeCell == "B7"
    known = opened(write(form, tmp_path / "b.xlsx", unit="甲县", year=2024))
    assert known.active.title == COVER_SHEET
    assert known.active.sheet_view.selection[-1].activeCell == "B8"
    write(form, tmp_path / "b.xlsx", unit="甲县", year=2024, unit_class="县级政府")
    assert opened(tmp_path / "b.xlsx").active.title == "表二"


def test_only_the_form_is_printed(tmp_path: Path, edition: Edition) -> None:
    book = opened(write(edition, tmp_path / "a.xlsx", year=edition.from_year))
    for ws in [book[COVER_SHEET], *(book[t.sheet] for t in edition.tables)]:
        printed = [
            str(c.value)
            for row in ws[ws.print_area.partition("!")[2].replace("$", "")]
            for c in row
            if c.value is not None
        ]
        assert not [x for x in printed if "本行核对" in x or "只填白色" in x], ws.title


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("(乡|镇)(政府)?$", ("乡政府", "乡", "镇政府", "镇")),
        ("市$", ("市",)),
        ("(?!)", ()),
        ("^市$", None),
        (".*乡", None),
        ("乡+$", None),
        ("(乡)?$", None),
        ("(乡$", None),
        ("乡)$", None),
    ],
)
def test_a_pattern_of_names_is_a_list_of_endings_or_none(
    pattern: str, found: tuple[str, ...] | None
) -> None:
    assert endings(pattern) == found


def test_where_the_class_cannot_be_told_live_the_cell_says_so(tmp_path: Path) -> None:
    source = resources.files("gouji.templates.editions").joinpath("2021.toml").read_text("utf-8")
    changed = source.replace('name = "(乡|镇|街道)(人民政府|办事处|政府)?$"', 'name = "^.+乡"')
    assert changed != source
    (tmp_path / "own.toml").write_text(changed, "utf-8")
    edition = load_file(tmp_path / "own.toml")
    assert f'"{UNKNOWN}"' in class_formula(edition, "A1", "A2")
    inst = next(i for i in edition.instances if i.rule == "T2-REGULATION")
    assert UNCERTAIN in check_formula(layout_of(edition), inst, CLASS_CELL)


Typed = list[tuple[str, int, int, float | str]]  # sheet, 0-based row and column, content
Place = tuple[str, int, int]


class ByFormualizer:
    """The blank template of each edition, its totals formulas or typed, computed by formualizer."""

    def __init__(self, folder: Path) -> None:
        self.blank = {
            (name, typed): blank_without_values(folder, name, typed).read_bytes()
            for name in edition_ids()
            for typed in (False, True)
        }

    def shown(self, edition: Edition, typed_totals: bool, typed: Typed, at: list[Place]) -> Any:
        book = formualizer.Workbook.from_bytes(self.blank[edition.id, typed_totals])
        for sheet, row, column, content in typed:
            if content != "":
                book.set_value(sheet, row + 1, column + 1, content)
        return book.evaluate_cells([(sheet, row + 1, column + 1) for sheet, row, column in at])


class ByLibreOffice:
    """The same in one LibreOffice that keeps all of them open."""

    def __init__(self, folder: Path, office: Office) -> None:
        self.folder, self.office = folder, office
        for name in edition_ids():
            for typed in (False, True):
                path = blank_without_values(folder, name, typed)
                assert self.office.do("open", path=str(path))
                self.office.do("unprotect")

    def shown(self, edition: Edition, typed_totals: bool, typed: Typed, at: list[Place]) -> Any:
        path = self.folder / f"{edition.id}-{typed_totals}.xlsx"
        self.office.do("turn", path=str(path))
        return self.office.do("type", cells=typed, show=at)


def blank_without_values(folder: Path, edition_id: str, typed: bool) -> Path:
    edition = load(edition_id)
    path = folder / f"{edition_id}-{typed}.xlsx"
    write(edition, path, year=edition.from_year, typed_totals=typed)
    without_stored_values(path)
    return path


def test_a_blank_under_a_sum_is_not_filled_in_rather_than_a_difference(
    tmp_path: Path, edition: Edition
) -> None:
    layout, by = layout_of(edition), ByFormualizer(tmp_path)
    values: dict[str, float | str] = dict(consistent(edition, random.Random(4)))
    del values["t3.granted.research"]
    typed = [(*cell, values.get(key, "")) for key, cell in layout.cells.items()]
    typed = [cell for key, cell in zip(layout.cells, typed, strict=True) if key in layout.inputs]
    columns = {at: cell for at, cell in layout.checks.items() if at[0] == "T3-BALANCE"}
    shown = by.shown(edition, False, typed, [*columns.values(), (COVER_SHEET, 14, 1)])
    stored = write(edition, tmp_path / "b.xlsx", values={k: values[k] for k in values})
    held = opened(stored, data_only=True)["表三"]
    for (at, (_, row, column)), answer in zip(columns.items(), shown[:-1], strict=True):
        gap = at[1].endswith(("research", "total"))
        assert answer == (UNFILLED if gap else FITS), at
        assert held.cell(row + 1, column + 1).value == answer
    assert shown[-1].startswith("还差1格没有填数，没有的填0")


@pytest.mark.slow
def test_the_live_checks_say_what_the_checker_says(tmp_path: Path) -> None:
    graves = compared(ByFormualizer(tmp_path), tmp_path, sample(125, 1000))
    assert graves["error"] > 50
    assert graves["warning"] > 25


@pytest.mark.slow
@pytest.mark.apps(*OFFICE)
def test_the_live_checks_in_libreoffice_say_what_the_checker_says(
    tmp_path: Path, office: Office
) -> None:
    graves = compared(ByLibreOffice(tmp_path, office), tmp_path, sample(52, 1000))
    assert graves["error"] > 20
    assert graves["warning"] > 10


def compared(by: ByFormualizer | ByLibreOffice, tmp_path: Path, count: int) -> Counter[str]:
    """Reports of units of every class, half of them broken, typed into a template.

    Every live cell and the cover's sentence are compared with the verdict on the same report;
    that of every fifth is read from a file, and what is stored there compared too.
    """
    rng = random.Random(count)
    graves: Counter[str] = Counter()
    path = tmp_path / "a.xlsx"
    for number in range(count):
        edition = load("2021" if number % 5 else "2019")
        unit, declared = UNITS[number % len(UNITS)]
        whole = consistent(edition, rng)
        if rng.random() < 0.5:
            whole |= {"t2.regulations.issued": 2.0, "t2.regulations.in_force": 12.0}
        values: dict[str, float | str] = dict(whole)
        broken = number % 2 == 1
        layout = layout_of(edition, broken)
        if broken:
            values = spoil(edition, whole, rng)
        in_a_file = number % 5 == 0  # writing and reading take longer than all the rest
        if in_a_file:
            write(
                edition,
                path,
                year=edition.from_year,
                unit=unit,
                unit_class=declared,
                values=values,
                typed_totals=broken,
            )
            report = read(path)
            assert report.edition == edition
        else:
            stands = {k: typed_as(v) if isinstance(v, str) else v for k, v in values.items()}
            unit_class = edition.class_of(unit.strip(), declared)
            report = replace(made(edition, stands, unit=unit), unit_class=unit_class)
        wanted = live_verdict(report, judge_plainly([report])[0])
        typed = [
            (*cell, values.get(key, ""))
            for key, cell in layout.cells.items()
            if broken or key not in edition.totals
        ]
        places = [*layout.checks.values(), (COVER_SHEET, 14, 1)]
        shown = by.shown(edition, broken, [*typed, *cover_cells(unit, declared)], places)
        for at, answer in zip(layout.checks, shown[:-1], strict=True):
            grave, content = wanted[at]
            assert answer == content, (number, unit, declared, at, answer, content)
            graves[grave] += 1
        missing = sum(not isinstance(values.get(key), float) for key in layout.inputs)
        assert shown[-1] == cover_says(wanted, missing), (number, unit, declared)
        if not in_a_file:
            continue
        stored = opened(path, data_only=True)
        assert stored[COVER_SHEET].cell(15, 2).value == shown[-1]
        for at, (sheet, row, column) in layout.checks.items():
            assert stored[sheet].cell(row + 1, column + 1).value == wanted[at][1], at
    return graves
