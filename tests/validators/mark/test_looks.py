"""How marks look: numbers as typed, apart in black and white, one line for many blanks."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from gouji.templates.edition import Edition
from gouji.validators import check
from gouji.validators.finding import Result, Severity
from gouji.validators.mark import apply, clear, marks_of, plan, signs, summary_of

from ...builders import book_at, consistent, opened


def marked(path: Path) -> Result:
    (result,) = check([path])
    assert result.verdict
    apply(path, marks_of(result.verdict), summary=summary_of(result))
    return result


def test_every_kind_differs_from_the_others_without_its_colour() -> None:
    looks = {(k.letters, k.border, k.sign) for k in signs.LOOKS.values()}
    assert len(looks) == len(signs.LOOKS)
    assert len({(k.letters, k.border) for k in signs.LOOKS.values()}) == len(signs.LOOKS)
    assert all(k.letters for k in signs.LOOKS.values())


def test_a_marked_cell_has_letters_a_border_and_shows_the_number_as_it_is(
    tmp_path: Path, form: Edition
) -> None:
    values = consistent(form, random.Random(2)) | {"t2.licences.decisions": 12.5}
    path = book_at(form, tmp_path / "a.xlsx", year=2024, unit="甲县", values=values)
    before = path.read_bytes()
    marked(path)
    sheet = opened(path)["表二"]
    assert sheet["B10"].number_format == "General"
    (rule,) = [
        r
        for area in sheet.conditional_formatting
        if "B10" in str(area.sqref)
        for r in area.rules
        if signs.MARKER in r.formula[0]
    ]
    assert rule.dxf.numFmt.formatCode == "General"
    assert rule.dxf.font.b
    assert rule.dxf.border.left.style == signs.LOOKS["error"].border
    clear(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_blank_form_is_told_in_one_line_a_table(tmp_path: Path, form: Edition, lang: str) -> None:
    path = book_at(form, tmp_path / "a.xlsx", year=2024, unit="甲县")
    result = marked(path)
    assert result.verdict
    blanks = len(form.fields) - len(form.totals)
    assert result.verdict.count(Severity.WARNING) == blanks
    assert [len(c.cells) for c in result.verdict.cards[:3]] == [10, 144, 12]
    sheet = opened(path)["校验结果"]
    numbered = [row for row in sheet.values if isinstance(row[0], int)]
    assert [row[4] for row in numbered] == [
        "表二还有10格没填：填完再核对",
        "表三还有144格没填：填完再核对",
        "表四还有12格没填：填完再核对",
        "封面没有选单位类别",
        "正文还没有写",
    ]
    made = plan(marks_of(result.verdict), ["表二", "表三", "表四"])
    assert len(made.fills) == blanks
    assert len(made.lines) == 5
    assert len(made.links) == 3  # cover and narrative are not among these sheets
    from gouji.validators.output import FORMATS

    text = FORMATS["text"]([result], lang, False)
    assert text.count("格没填" if lang == "zh" else "are not filled in") == 3
    assert FORMATS["json"]([result], lang, False).count('"CELL-BLANK"') == blanks


def test_many_dashes_are_told_as_dashes_and_not_as_blanks(tmp_path: Path, form: Edition) -> None:
    keys = [k for k in form.fields if k not in form.totals]
    values: dict[str, float | str] = dict.fromkeys(form.fields, 0.0)
    values |= dict.fromkeys([k for k in keys if k.startswith("t3.refused")], "-")
    path = book_at(form, tmp_path / "a.xlsx", year=2024, unit="甲县", values=values)
    (result,) = check([path])
    assert result.verdict
    card = result.verdict.cards[0]
    assert card.title == "表三有48格填的是“-”，没有的填0"
    assert len(card.cells) == 48


def test_a_few_blanks_are_told_one_by_one(tmp_path: Path, form: Edition) -> None:
    values = consistent(form, random.Random(2))
    for key in ("t3.new.natural", "t3.new.business", "t2.fees.amount"):
        del values[key]
    path = book_at(form, tmp_path / "a.xlsx", year=2024, unit="甲县", values=values)
    (result,) = check([path])
    assert result.verdict
    assert [card.title for card in result.verdict.cards[:2]] == [
        "表二还有1格没填",
        "表三还有2格没填",
    ]


def test_the_results_sheet_prints_on_a4_and_marking_twice_is_marking_once(
    tmp_path: Path, form: Edition
) -> None:
    values = consistent(form, random.Random(2))
    values["t3.granted.natural"] += 1
    path = book_at(form, tmp_path / "a.xlsx", year=2024, unit="甲县", values=values)
    marked(path)
    once = path.read_bytes()
    sheet = opened(path)["校验结果"]
    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.oddFooter.right.text == "打印于&D"
    head = next(c for c in sheet["A"] if c.value == "序号")
    first = sheet.cell(head.row + 3, 2)  # below cover and narrative
    assert first.value == "错误"
    assert first.fill.fgColor.rgb == "FF" + signs.LOOKS["error"].background
    assert first.border.left.style == "thin"
    assert all(c.border.top.style == "thin" for c in sheet[head.row + 1][:9])
    marked(path)
    assert path.read_bytes() == once


def test_a_clean_report_is_ready_to_be_sent(tmp_path: Path, form: Edition) -> None:
    from gouji.validators.office import flag_file
    from gouji.validators.output import FORMATS

    values = consistent(form, random.Random(2))
    written = {section.title: "写了。" for section in form.sections}
    path = book_at(
        form,
        tmp_path / "a.xlsx",
        year=2024,
        unit="甲县",
        values=values,
        unit_class="其他",
        narrative=written,
    )
    (result,) = check([path])
    answer = FORMATS["text"]([result], "zh", False)
    assert (
        f"可以上报：核对了{len(form.fields)}格、勾稽关系{len(form.footings)}条，未核对0条" in answer
    )
    assert f"ready to be sent: {len(form.footings)} footings" in FORMATS["text"](
        [result], "en", False
    )
    assert flag_file(result).words.endswith("没有问题，未加标记，可以上报")
