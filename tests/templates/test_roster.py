"""Rosters as offices keep them: other encodings, notes below, codes that a spreadsheet spoilt."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from gouji.templates.errors import InputError
from gouji.templates.roster import read_roster
from gouji.templates.units import Roster, Unit, alike, cleaned

HEAD = "单位名称,代码,类别\n"


def listed(path: Path) -> list[tuple[str, str]]:
    return [(u.name, u.code) for u in read_roster(path).units]


def text(folder: Path, content: str, encoding: str = "utf-8") -> Path:
    path = folder / "名册.csv"
    path.write_bytes(content.encode(encoding))
    return path


def workbook(folder: Path, *rows: tuple[object, ...], before: str = "") -> Path:
    book = openpyxl.Workbook()
    if before:
        book.active["A1"] = before
        book.create_sheet("名册")
    for row in rows:
        book.worksheets[-1].append(row)
    book.save(folder / "名册.xlsx")
    return folder / "名册.xlsx"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "，", "；"])
def test_encodings_and_delimiters_of_every_office(
    encoding: str, delimiter: str, tmp_path: Path
) -> None:
    path = text(tmp_path, f"{HEAD}甲局,001,政府部门\n".replace(",", delimiter), encoding)
    assert listed(path) == [("甲局", "001")]


@pytest.mark.parametrize(
    "line",
    [
        "合计,2,",
        "合  计,,",
        "总计：2家,,",
        "注：1月31日前报送,,",
        "备注1：略,,",
        "共2个单位,,",
        "填表人：张三,,",
        "一、政府部门,,",
        "第1页,,",
        "※本表一式两份,,",
        "（一）政府部门,,",
        "(2)乡镇,,",
        "2025年1月,,",
        "2026.1.15,,",
        "附件2：,,",
        "续表,,",
        "备注,,",
    ],
)
def test_a_line_that_is_no_unit_is_left_out_and_told(line: str, tmp_path: Path) -> None:
    path = text(tmp_path, f"{HEAD}甲局,001,政府部门\n乙局,002,\n{line}\n")
    assert listed(path) == [("甲局", "001"), ("乙局", "002")]
    (answer,) = read_roster(path).remarks
    assert answer.zh.startswith("第4行“")
    assert "不是单位" in answer.zh


def test_a_note_in_the_column_of_numbers_is_no_unit_and_no_missing_name(tmp_path: Path) -> None:
    path = text(tmp_path, "序号,单位名称,代码\n1,甲局,001\n合计,,1\n")
    assert listed(path) == [("甲局", "001")]


def test_units_with_words_of_a_sum_in_their_name_stay_units(tmp_path: Path) -> None:
    names = ["共青团某县委员会", "审计局", "统计局", "联系群众办公室", "说明文字局"]
    path = text(tmp_path, HEAD + "".join(f"{n},,\n" for n in names))
    assert [n for n, _ in listed(path)] == names


@pytest.mark.parametrize(
    "head", ["单位名称（全称）", "单位名称：", "机构名称", "单位全称", "部门", "单位名称*"]
)
def test_the_column_of_names_is_known_by_more_heads(head: str, tmp_path: Path) -> None:
    assert listed(text(tmp_path, f"{head},代码\n甲局,001\n")) == [("甲局", "001")]


def test_two_columns_of_one_head_are_refused(tmp_path: Path) -> None:
    path = text(tmp_path, "单位名称,代码,单位名称\n甲局,001,乙局\n")
    with pytest.raises(InputError, match="第1列和第3列"):
        read_roster(path)


def test_a_head_with_blanks_and_a_head_printed_again(tmp_path: Path) -> None:
    path = text(
        tmp_path, "序号,单  位  名  称, 代 码\n1,甲局,001\n序号,单位名称,代码\n2,乙局,002\n"
    )
    assert listed(path) == [("甲局", "001"), ("乙局", "002")]
    assert read_roster(path).remarks == ()


def test_the_clearest_head_is_the_column_of_names(tmp_path: Path) -> None:
    path = text(tmp_path, "单位,单位名称\n个,甲局\n个,乙局\n")
    assert [n for n, _ in listed(path)] == ["甲局", "乙局"]


@pytest.mark.parametrize("code", [113412220031726541, 1134122200317265, 1e20])
def test_a_code_stored_as_a_long_number_is_refused_by_line(code: float, tmp_path: Path) -> None:
    path = workbook(tmp_path, ("单位名称", "代码"), ("甲局", "001"), ("乙局", code))
    with pytest.raises(InputError, match=r"第3行的代码是按数字存的.*请把代码一列设成“文本”格式"):
        read_roster(path)


def test_a_code_of_18_digits_stored_as_text_is_kept(tmp_path: Path) -> None:
    path = workbook(tmp_path, ("单位名称", "代码"), ("甲局", "113412220031726541"), ("乙局", 12))
    assert listed(path) == [("甲局", "113412220031726541"), ("乙局", "12")]


@pytest.mark.parametrize("code", ["1.13412E+17", "1E17"])
def test_a_code_in_scientific_notation_is_refused_by_line(code: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"第2行的代码是.*末几位已经丢了"):
        read_roster(text(tmp_path, f"{HEAD}甲局,{code},\n"))


def test_a_code_that_became_a_date_is_refused_by_line(tmp_path: Path) -> None:
    path = workbook(tmp_path, ("单位名称", "代码"), ("甲局", date(2025, 1, 2)))
    with pytest.raises(InputError, match="第2行的代码存成了日期"):
        read_roster(path)


def test_a_code_that_ends_in_000_is_told(tmp_path: Path) -> None:
    roster = read_roster(text(tmp_path, f"{HEAD}甲局,113412220031726000,\n"))
    assert "第2行的代码113412220031726000以000结尾" in roster.remarks[0].zh


@pytest.mark.parametrize("code", ['="001"', "'001", "００１"])
def test_the_signs_that_keep_zeros_are_taken_off(code: str, tmp_path: Path) -> None:
    quoted = code.replace('"', '""')
    assert listed(text(tmp_path, f'{HEAD}甲局,"{quoted}",\n')) == [("甲局", "001")]


@pytest.mark.parametrize("again", ["某县 民政局", "某县民政局\u200b", "某县\n民政局"])
def test_a_name_that_only_blanks_tell_apart_stands_twice(again: str, tmp_path: Path) -> None:
    path = text(tmp_path, f'{HEAD}某县民政局,001,\n"{again}",002,\n')
    with pytest.raises(InputError, match=r"第3行单位名称“.*”与第2行相同"):
        read_roster(path)


def test_two_names_with_one_key_are_told_and_matched_exactly(tmp_path: Path) -> None:
    roster = read_roster(text(tmp_path, "单位名称\n清河县民政局\n清河县民政局（本级）\n"))
    assert "第2行“清河县民政局”和第3行“清河县民政局（本级）”" in roster.remarks[0].zh
    own, level = roster.units
    assert roster.find("清河县民政局") is own
    assert roster.find("清河县民政局(本级)") is level
    assert roster.find("清河县 民政局") is own
    assert roster.find("清河县民政局本级") is None
    assert roster.named("清河县民政局（本级）") is level


def test_the_list_is_found_on_a_later_sheet_and_a_second_list_is_told(tmp_path: Path) -> None:
    path = workbook(tmp_path, ("单位名称", "代码"), ("甲局", "1"), before="填表说明")
    assert listed(path) == [("甲局", "1")]
    path = workbook(tmp_path, ("单位名称", "代码"), ("甲局", "1"))
    book = openpyxl.load_workbook(path)
    book.create_sheet("下属").append(("单位名称",))
    book.save(path)
    assert "工作表“下属”也有“单位名称”一列" in read_roster(path).remarks[0].zh


def test_control_and_direction_characters_do_not_enter_a_name(tmp_path: Path) -> None:
    path = text(tmp_path, f"{HEAD}甲\x1b[31m局\u202e,001,\n")
    ((name, _),) = listed(path)
    assert name == "甲[31m局"
    assert cleaned("a\x9b\r\nb\u2066") == "ab"
    assert Unit("甲\u202e局\x1b").file_name == "甲_局_.xlsx"


@pytest.mark.parametrize("name", ["12", "局" * 81])
def test_a_name_that_is_none_is_refused_by_line(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"第2行“.*”不像单位名称"):
        read_roster(text(tmp_path, f"{HEAD}{name},001,\n"))


def test_a_file_that_is_no_list_gets_a_sentence(tmp_path: Path) -> None:
    for data in (b"\xff\xfe\x00", b"\x81", b"PK\x03\x04", f'{HEAD}"{"局" * 140_000}"'.encode()):
        path = tmp_path / "x.csv"
        path.write_bytes(data)
        with pytest.raises(InputError, match="名册"):
            read_roster(path)


def test_the_unit_whose_name_stands_in_a_text_is_the_longest_one() -> None:
    roster = Roster((Unit("清河县教育局", line=1), Unit("清河县教育局考试中心", line=2)))
    assert roster.within("2025清河县教育局年报") is roster.units[0]
    assert roster.within("清河县教育局考试中心（终稿）") is roster.units[1]
    assert roster.within("清河县水利局年报") is None

    assert roster.within("旧清河县教育局年报") is None
    assert roster.within("关于报送清河县教育局年报") is roster.units[0]


@pytest.mark.parametrize(
    ("listed", "name", "found"),
    [
        ("清河县财政局", "财政局", True),
        ("清河县财政局", "县财政局", True),
        ("清河县财政局", "邢台市清河县财政局", True),
        ("财政局", "清河县财政局", True),
        ("财政局", "县财政局", True),
        ("财政局", "南宫市财政局", False),
        ("财政局", "第二财政局", False),
        ("人民医院", "清河县第二人民医院", False),
        ("清河县第二人民医院", "人民医院", False),
        ("王庄镇政府", "大王庄镇人民政府", False),
        ("大王庄镇政府", "王庄镇人民政府", False),
        ("体育局", "教育体育局", False),
        ("财政局", "清河经济开发区财政局", False),
    ],
)
def test_only_the_own_county_may_be_missing_or_stand_before_a_name(
    listed: str, name: str, found: bool
) -> None:
    roster = Roster((Unit(listed, line=2), Unit("清河县水利局", line=3)))
    assert (roster.find(name) is roster.units[0]) is found
    assert found or roster.find(name) is None


def test_of_a_roster_without_a_county_no_county_is_guessed() -> None:
    roster = Roster((Unit("财政局", line=2),))
    assert roster.find("清河县财政局") is None
    assert Roster(roster.units, county="清河县").find("清河县财政局") is roster.units[0]
    assert Roster(roster.units, path="x/清河县名册.csv").find("清河县财政局") is roster.units[0]


def test_an_abbreviation_is_like_its_name_and_another_unit_is_not() -> None:
    assert alike("县发改委", ["清河县发展和改革委员会"])
    assert alike("教育局", ["清河县教育局"])
    assert not alike("清河县体育局", ["清河县教育局"])
    assert not alike("清河县人民医院", ["清河县第二人民医院"])
