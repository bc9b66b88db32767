"""审签: the code of the sheet is the code of the checker, and a changed number is noticed."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from gouji.templates.edition import load
from gouji.templates.layout import layout_of
from gouji.templates.signing import (
    FIRST,
    NEAR,
    PRIME,
    SHEET,
    code_formula,
    code_of,
    weights_of,
)
from gouji.validators.finding import Result
from gouji.validators.office import check_files
from gouji.validators.publishing import content_of
from gouji.validators.publishing.report_document import document
from python_calamine import CalamineWorkbook

from ...builders import book_at, consistent, editing, opened


def signed(path: Path, edition: str = "2021", **cells: object) -> Path:
    """A right report; ``cells`` are written into it, ``C3`` of 表三 as ``t3_C3``."""
    form = load(edition)
    values = {
        k: 0.0 if k.startswith("t2.reg") else v
        for k, v in consistent(form, random.Random(5)).items()
    }
    book_at(form, path, year=form.from_year, unit="某局", values=values)
    with editing(path) as book:
        code = code_of(form, values)
        for row, role in enumerate(("初审", "复审", "终审"), FIRST + 1):
            assert book[SHEET].cell(row, 1).value == role
        book[SHEET]["B6"], book[SHEET]["C6"], book[SHEET]["D6"] = "张三", "2022-01-10", int(code)
        for name, value in cells.items():
            sheet, _, cell = name.partition("_")
            book[{"t2": "表二", "t3": "表三", "sign": SHEET}[sheet]][cell] = value
    return path


def found(path: Path) -> tuple[Result, list[str]]:
    (result,) = check_files([path])
    assert result.verdict is not None
    return result, [f.message for f in result.verdict.findings if f.rule == "S-SIGNED"]


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_numbers_as_they_were_signed_are_no_finding(edition: str, tmp_path: Path) -> None:
    result, messages = found(signed(tmp_path / "a.xlsx", edition))
    assert messages == []
    assert result.report is not None
    (line,) = result.report.signatures
    assert (line.role, line.name, line.date) == ("初审", "张三", "2022-01-10")
    published = document(content_of(result))
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(published)).paragraphs)
    assert "2022年1月10日" in text
    assert "张三" not in text  # who reviewed is not published


def test_a_number_changed_after_signing_is_a_warning_at_the_code(tmp_path: Path) -> None:
    result, messages = found(signed(tmp_path / "a.xlsx", t2_B10=77))
    assert len(messages) == 1
    assert messages[0].startswith("初审（张三，2022-01-10）签的是摘要码")
    assert "签后改过数。请重新审签。" in messages[0]
    assert result.verdict is not None
    (finding,) = [f for f in result.verdict.findings if f.rule == "S-SIGNED"]
    assert finding.severity.value == "warning"
    assert finding.found in messages[0]
    assert finding.expected in messages[0]
    assert (finding.place.sheet, finding.place.cell) == (SHEET, "D6") if finding.place else False
    assert any("签" in text for text in content_of(result).faults)


def test_a_name_without_the_code_asks_for_it_and_a_code_without_a_name_is_nothing(
    tmp_path: Path,
) -> None:
    _, messages = found(signed(tmp_path / "a.xlsx", sign_D6=None))
    assert "没有抄“签时摘要码”" in messages[0]
    _, messages = found(signed(tmp_path / "b.xlsx", sign_B6=None, sign_D7=123))
    assert messages == []


def test_every_single_changed_number_changes_the_code() -> None:
    form, rng = load("2021"), random.Random(8)
    values = consistent(form, rng)
    before = code_of(form, values)
    for key in form.fields:
        change = 0.01 if form.fields[key].kind == "amount" else rng.choice([1, -1, 9, 90])
        assert code_of(form, {**values, key: values[key] + change}) != before, key


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_no_two_small_changes_cancel(edition: str) -> None:
    """All pairs: a change of the one is never what the other takes away."""
    form = load(edition)
    small = [n for n in range(-NEAR, NEAR + 1) if n]
    adding: dict[int, str] = {}
    for key, weight in weights_of(form).items():
        unit = 1 if form.fields[key].kind == "amount" else 10_000
        for change in small:
            total = change * unit * weight % PRIME
            assert total
            assert adding.setdefault(total, key) == key
    assert len(adding) == len(form.fields) * len(small)


def test_the_pair_that_once_cancelled_is_seen(tmp_path: Path) -> None:
    form = load("2021")
    values = consistent(form, random.Random(5))
    other = values | {
        "t3.new.natural": values["t3.new.natural"] + 2,
        "t3.carried_in.business": values["t3.carried_in.business"] - 1,
    }
    assert code_of(form, values, EARLIER) == code_of(form, other, EARLIER)
    assert code_of(form, values) != code_of(form, other)


# Of the edition 2021, as version 0.1 wrote it.
EARLIER = (
    "MOD("
    + "+".join(
        f"MOD(ROUND(SUMPRODUCT('{span},(ROW('{span})-{top})*97+(COLUMN('{span})-{left})*13)*{scale},0),"
        "999983)"
        for span, top, left, scale in (
            ("表二'!$B$6:$D$17", 5, 1, 10000),
            ("表三'!$D$7:$J$31", 6, 3, 1),
            ("表四'!$A$7:$O$7", 6, 0, 1),
        )
    )
    + ",999983)"
)


@pytest.mark.parametrize("again", [lambda f: f, lambda f: f.replace(",", ";").replace("'", "")])
def test_a_workbook_signed_under_an_earlier_formula_is_judged_by_it(
    again: Callable[[str], str], tmp_path: Path
) -> None:
    formula = again(EARLIER)
    form = load("2021")
    assert code_of(form, {"t3.new.natural": 1.0}, formula) == "000110"
    path = signed(tmp_path / "a.xlsx", sign_B3=f"={formula}")
    result, messages = found(path)
    assert result.report is not None
    code = code_of(form, result.report.numbers, formula)
    assert f"现在的数是{code}：签后改过数" in messages[0]
    again_signed = opened(path)
    again_signed[SHEET]["D6"] = int(code)
    again_signed.save(path)
    assert found(path)[1] == []
    again_signed["表二"]["B10"] = 77
    again_signed.save(path)
    assert len(found(path)[1]) == 1


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_the_weights_are_those_that_the_formula_states(edition: str) -> None:
    form = load(edition)
    values = consistent(form, random.Random(3))
    formula = code_formula(layout_of(form))
    assert len(formula) < 8192
    assert code_of(form, values, formula) == code_of(form, values)
    first = next(iter(weights_of(form)))
    weight = str(weights_of(form)[first])
    one_more = formula.replace(weight, str(int(weight) + 1))
    moved = (round(values[first] * 10_000) + int(code_of(form, values))) % PRIME
    assert int(code_of(form, values, one_more)) == moved
    for other in (
        "1+1",
        formula.replace(weight, "0"),
        formula.replace(weight + ",", "")[:-9] + "{",
    ):
        assert code_of(form, values, other) == code_of(form, values)


def test_numbers_that_no_spreadsheet_holds_have_a_code() -> None:
    form = load("2021")
    for huge in (1.7e308, -1.7e308, 1e300):
        assert code_of(form, {"t3.new.natural": huge}).isdigit()
        assert code_of(form, {"t3.new.natural": huge}, EARLIER).isdigit()


@pytest.mark.apps("soffice-calc")
@pytest.mark.slow
@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_the_sheet_computes_the_same_code(
    edition: str, tmp_path: Path, libreoffice: Callable[..., Path]
) -> None:
    form = load(edition)
    (amount,) = [k for k, f in form.fields.items() if f.kind == "amount"] or [None]
    text = next(iter(form.fields))
    codes, paths = [], []
    for seed in range(4):
        values: dict[str, Any] = dict(consistent(form, random.Random(seed)))
        if amount:
            values[amount] = random.Random(seed).randrange(10**11) / 10_000
        codes.append(code_of(form, values | {text: 0.0 if seed == 3 else values[text]}))
        if seed == 3:
            values[text] = "18件"  # no number: counts as 0
        paths.append(tmp_path / f"{seed}.xlsx")
        book_at(form, paths[-1], year=form.from_year, unit="某局", values=values)
        opened(paths[-1]).save(paths[-1])  # drops the stored values
    folder = libreoffice(paths[0], "ods", more=paths[1:]).parent
    for seed, code in enumerate(codes):
        grid = CalamineWorkbook.from_path(str(folder / f"{seed}.ods"))
        shown = grid.get_sheet_by_name(SHEET).to_python(skip_empty_area=False)[2][1]
        assert isinstance(shown, float)
        assert f"{int(shown):06d}" == code
