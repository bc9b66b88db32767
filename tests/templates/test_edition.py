from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest
from gouji.templates import editions
from gouji.templates.edition import Edition, edition_ids, for_year, load, load_file
from gouji.templates.errors import InputError
from gouji.templates.workbook import build

from ..conftest import DATA

SHIPPED = {e: Path(__file__).parents[2] / "templates/editions" / f"{e}.toml" for e in edition_ids()}


def test_the_2021_form_has_10_and_175_and_15_fields() -> None:
    tables = [f.table for f in load("2021").fields.values()]
    assert [tables.count(t) for t in ("t2", "t3", "t4")] == [10, 175, 15]


def test_the_2019_form_has_one_row_for_other_outcomes() -> None:
    tables = [f.table for f in load("2019").fields.values()]
    assert [tables.count(t) for t in ("t2", "t3", "t4")] == [22, 161, 15]
    others = {k.split(".")[1] for k in load("2019").fields if ".other_" in k and k[1] == "3"}
    assert others == {"other_other"}


def test_a_full_2021_report_has_42_footing_relations() -> None:
    footings = [i.rule for i in load("2021").footings]
    assert {r: footings.count(r) for r in set(footings)} == {
        "T3-ROW": 25,
        "T3-TOTAL": 7,
        "T3-BALANCE": 7,
        "T4-SUM": 3,
    }


def test_every_number_of_table_3_and_4_stands_in_a_footing_relation(edition: Edition) -> None:
    covered = set().union(*(i.fields for i in edition.footings))
    assert {k for k in edition.fields if k[:2] in ("t3", "t4")} == covered


def test_only_what_is_graded_a_or_b_is_an_error(edition: Edition) -> None:
    assert all(r.certainty in "AB" for r in edition.rules if r.severity == "error")
    assert edition.rule_by_id["T3-BALANCE"].certainty == "A"


def test_the_year_chooses_the_edition() -> None:
    assert [for_year(y).id for y in (2018, 2019, 2020, 2021, 2030)] == [
        "2019",
        "2019",
        "2019",
        "2021",
        "2021",
    ]


def test_regulations_are_an_error_for_a_township_and_nothing_for_a_maker(form: Edition) -> None:
    rule = form.rule_by_id["T2-REGULATION"]
    units = {
        "青山镇人民政府": "error",
        "某某街道办事处": "error",
        "甲省人民政府": "none",
        "甲县水利局": "warning",
    }
    assert {u: rule.severity_for(form.class_of(u)) for u in units} == units


def test_an_edition_is_the_same_object_after_pickling(edition: Edition) -> None:
    assert pickle.loads(pickle.dumps(edition)) is edition


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('key = "issued"', 'key = "Issued!"', "只能用小写英文字母"),
        ('{ key = "normative", label', '{ key = "regulations", label', "重复"),
        ('kind = "amount"', 'kind = "money"', "只能是：count、signed、amount"),
        ('left = ["t3.{row}.total"]', 'left = ["t3.{row}.sum"]', "没有字段“t3.new.sum”"),
        ('right = ["t3.{row}.[applicants]"]', 'right = ["t3.{row}.[people]"]', "没有定义集合"),
        ('target = "t3.{row}.total"', 'target = "t3.{rov}.total"', "在 each 里没有定义"),
        ('id = "T3-TOTAL"', 'id = "T3-ROW"', "规则号 T3-ROW 重复"),
        ('id = "T3-TOTAL"', 'id = "total rule"', "规则号“total rule”应像"),
        ('relation = "="', 'relation = "=="', "只能是：=、<="),
        ('certainty = "A"', 'certainty = "C"', "依据是C级，不能定为 error"),
        ("from_year = 2021", 'from_year = "2021"', "应为整数"),
        ("columns = [\n", "columns = \n", "不是合法的 TOML"),
        ('left = ["t3.{row}.total"]', "left = [3]", "left 应是一组文字"),
        ("columns = [\n", "columns = [3,\n", "columns 应是一组表"),
        ('sheet = "表四"', 'sheet = "表[四]"', "工作表名“表[四]”用不了"),
        ('suits = ["t4.d', 'suits = 3 # ["t4.d', "suits 应是一组文字"),
    ],
)
def test_a_broken_edition_file_is_refused_with_the_line(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    text = SHIPPED["2021"].read_text("utf-8")
    assert old in text
    path = tmp_path / "broken.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        load_file(path)
    line = int(re.search(r"第(\d+)行", caught.value.zh)[1])  # type: ignore[index]
    at = text[: text.index(old)].count("\n") + 1
    assert abs(line - at) <= 3, (line, at)
    assert f"line {line}" in caught.value.en


@pytest.mark.parametrize(
    "text",
    [
        "rules = 5",
        "tables = [1]",
        "[sets]\na = 1",
        "[roles]\ncases = 1",
        "[usage.t3]\nrest = nan",
        "[screen]\nwords = 3",
        "[subjects]\nx = []",
        "[unit_classes.x]\nname = '('",
        "a = " + "[" * 100_000,
        "a = " + "9" * 5000,
        "[[limits]]\nsection = '总体情况'\ncharacters = inf",
        "[[rules]]\nalso = 3",
        "claims = 3",
        "[[pictures]]\nbars = [1]",
        "[edition]\nsections = [{}]",
        "ledgers = 3",
    ],
)
def test_a_pack_of_another_shape_is_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"a\.toml"):
        load("2021").with_pack(path)


def test_a_file_that_begins_with_a_mark_of_its_encoding_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(SHIPPED["2021"].read_text("utf-8"), "utf-8-sig")
    assert load_file(path).fields == load("2021").fields


def test_heads_of_many_levels_have_their_place(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    text = SHIPPED["2021"].read_text("utf-8")
    head = '["三、本年度办理结果", "（三）不予公开", "1.属于国家秘密"]'
    assert head in text
    path.write_text(text.replace(head, head.replace("[", '["甲", "乙", "丙", '), 1), "utf-8")
    assert build(load_file(path))


def test_a_missing_key_is_reported_at_the_head_of_its_entry(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    text = SHIPPED["2021"].read_text("utf-8")
    path.write_text(text.replace("words =", "wrods =", 1), "utf-8")
    first = text[: text.index("[[rules]]")].count("\n") + 1
    with pytest.raises(InputError, match=rf"第{first}行：缺少 words"):
        load_file(path)


def test_an_unknown_edition_names_the_known_ones() -> None:
    with pytest.raises(InputError, match="2019、2021"):
        load("2016")


PACK = (DATA / "packs" / "local.toml").read_text("utf-8")


def test_a_local_pack_adds_fields_and_rules(tmp_path: Path, form: Edition) -> None:
    path = tmp_path / "pack.toml"
    path.write_text(PACK, "utf-8")
    wider = form.with_pack(path)
    assert set(wider.fields) - set(form.fields) == {"local.online.count", "local.paper.count"}
    assert wider.rule_by_id["X-CHANNELS"].instances[0].fields == {
        "local.online.count",
        "local.paper.count",
        "t3.new.total",
    }
    assert "X-CHANNELS" not in form.rule_by_id


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('id = "local"', 'id = "t3"', "表 t3 已经有了"),
        ('sheet = "本省补充"', 'sheet = "表三"', "已被占用"),
        ('id = "X-CHANNELS"', 'id = "T3-ROW"', "重复"),
        ("local.paper.count", "local.post.count", "没有字段"),
    ],
)
def test_a_broken_pack_is_refused(
    tmp_path: Path, form: Edition, old: str, new: str, words: str
) -> None:
    path = tmp_path / "pack.toml"
    path.write_text(PACK.replace(old, new, 1), "utf-8")
    with pytest.raises(InputError, match=words):
        form.with_pack(path)


def test_a_missing_or_mis_encoded_pack_is_refused(tmp_path: Path, form: Edition) -> None:
    with pytest.raises(InputError, match="读不到规则文件"):
        form.with_pack(tmp_path / "none.toml")
    path = tmp_path / "gbk.toml"
    path.write_bytes(PACK.encode("gb18030"))
    with pytest.raises(InputError, match="不是 UTF-8"):
        form.with_pack(path)


def test_totals_that_refer_to_one_another_are_refused(tmp_path: Path) -> None:
    text = (Path(editions.__file__).parent / "2021.toml").read_text("utf-8")
    for number, (one, other) in enumerate([("issued", "repealed"), ("repealed", "issued")]):
        text += (
            f'\n[[rules]]\nid = "X-{number}"\nseverity = "note"\ncertainty = "C"\nbasis = "x"\n'
            f'words = "x"\nrelation = "="\nleft = ["t2.regulations.{one}"]\n'
            f'right = ["t2.regulations.{other}"]\n'
        )
    path = tmp_path / "form.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match="合计互相引用"):
        load_file(path)
