"""A rule pack or an edition that never ends, or leads elsewhere: one sentence with its line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from gouji.templates.edition import load, load_file
from gouji.templates.errors import InputError
from gouji.templates.patterns import may_never_end

EDITION = (Path(__file__).parents[2] / "templates" / "editions" / "2021.toml").read_text("utf-8")
CLAIM = '[claims.x]\nname = "某事"\nfields = ["{}"]\nsays = [\'{}\']\n'
RULE = (
    '[[rules]]\nid = "X-Y"\nseverity = "note"\ncertainty = "C"\nbasis = "x"\nwords = "x"\n'
    'relation = "="\neach = {}\nleft = ["{}"]\nright = ["t3.new.natural"]\n'
)


@pytest.mark.parametrize(
    "words",
    [
        "(a+)+{n}",
        "(a|a)*{n}",
        "(?:[^,]*,)*{n}",
        "(.*a){20}{n}",
        ".*.*.*{n}",
        "{n}(?!.*中.*中.*中)",
        "(?:x?){300}{n}",
        "((a*)*)*{n}",
    ],
)
def test_a_pattern_that_may_never_end_is_told_with_its_line(words: str, tmp_path: Path) -> None:
    pack = tmp_path / "p.toml"
    pack.write_text("# eins\n" + CLAIM.format("t3.new.natural", words), "utf-8")
    start = time.perf_counter()
    with pytest.raises(InputError, match=r"p\.toml 第\d+行.*算不完"):
        load("2021").with_pack(pack)
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize("name", ["(甲+)+$", "(a|a)*$"])
def test_the_name_of_a_class_is_a_pattern_too(name: str, tmp_path: Path) -> None:
    form = tmp_path / "e.toml"
    form.write_text(EDITION.replace("(乡|镇|街道)(人民政府|办事处|政府)?$", name, 1), "utf-8")
    with pytest.raises(InputError, match="算不完"):
        load_file(form)


@pytest.mark.parametrize(
    "words", [r"收到{n}", r"(?:收到|受理){wide}申请{few}{n}", r"培训[^,。;]{0,20}?{count}人次"]
)
def test_what_the_documentation_shows_is_taken(words: str, tmp_path: Path) -> None:
    pack = tmp_path / "p.toml"
    pack.write_text(CLAIM.format("t3.new.natural", words), "utf-8")
    assert "x" in load("2021").with_pack(pack).claims
    assert not may_never_end(words)


@pytest.mark.parametrize("edition_id", ["../../x", "a/b", "..", "a..b", "C:x", "x" * 99, "二\\n"])
def test_an_id_that_leads_elsewhere_is_refused(edition_id: str, tmp_path: Path) -> None:
    form = tmp_path / "e.toml"
    text = edition_id.replace("\\", "\\\\")
    form.write_text(EDITION.replace('id = "2021"', f'id = "{text}"', 1), "utf-8")
    with pytest.raises(InputError, match="id 只能用"):
        load_file(form)
    form.write_text(EDITION.replace('id = "t2"', f'id = "{text}"', 1), "utf-8")
    if "x" * 9 not in text:
        with pytest.raises(InputError, match="表的编号"):
            load_file(form)


@pytest.mark.parametrize(
    "text",
    [
        '[sets]\na = ["[a]"]\n' + CLAIM.format("t3.[a].natural", "收{n}"),
        '[sets]\na = ["[b]"]\nb = ["[a]"]\n' + CLAIM.format("t3.[a].natural", "收{n}"),
        RULE.format('{ a = "fields", b = "fields" }', "{a}"),
        RULE.format('{ a = "fields", b = "fields", c = "fields", d = "fields" }', "{a}"),
        '[[tables]]\nid = "t9"\nsheet = "九"\ntitle = "x"\n[[tables.blocks]]\ncolumns = ['
        + ",".join(f'{{ key = "c{n}", label = "{n}" }}' for n in range(3000))
        + ']\nrows = [{ key = "r", label = "r" }]\n',
    ],
    ids=["itself", "one another", "two", "four", "columns"],
)
def test_sets_and_ranges_without_an_end_are_a_sentence(text: str, tmp_path: Path) -> None:
    pack = tmp_path / "p.toml"
    pack.write_text(text, "utf-8")
    start = time.perf_counter()
    with pytest.raises(InputError, match=r"p\.toml 第\d+行.*(不能再写集合|最多)"):
        load("2021").with_pack(pack)
    assert time.perf_counter() - start < 2
