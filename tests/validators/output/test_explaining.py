"""``gouji rules ID``: every rule says what, why, how certain, an example and how to repair it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from gouji.templates.edition import Edition, load
from gouji.templates.form import split
from gouji.validators.cli.main import main
from gouji.validators.judging.bare_numbers import example_of
from gouji.validators.output.explaining import PAGES, explain

RULES = [(e, r.id) for e in ("2019", "2021") for r in load(e).rules]


@pytest.mark.parametrize(("edition_id", "rule"), RULES)
def test_every_rule_is_explained_in_both_languages(edition_id: str, rule: str) -> None:
    answer = json.loads(PAGES["json"](load(edition_id), rule, "zh"))
    for key in ("what", "severity", "basis", "certainty", "example", "repair"):
        assert answer[key], key
        assert answer[f"{key}_en"], key
        assert answer[key] != answer[f"{key}_en"]
    assert answer["repair"] != "对照台账核对有关的格，改写错的一格；属实的在审核说明里写明。"


@pytest.mark.parametrize(("edition_id", "rule"), RULES)
def test_the_numbers_of_an_example_break_the_rule_and_stand_in_its_sentence(
    edition_id: str, rule: str
) -> None:
    edition = load(edition_id)
    made = example_of(edition, edition.rule_by_id[rule])
    if made is None:
        assert not edition.rule_by_id[rule].instances
        return
    left = sum(made.numbers[q] for q in made.instance.left)
    right = sum(made.numbers[q] for q in made.instance.right)
    assert left > right
    assert all(split(q)[1] for q in made.numbers)
    assert f"{left:g}" in made.finding.message
    assert f"{left:g}" in made.finding.message.en


def test_the_grade_is_never_hidden(form: Edition) -> None:
    assert explain(form, "CELL-BLANK")["certainty"].zh == "C：填报惯例，不是规定"
    assert explain(form, "T3-BALANCE")["certainty"].zh.startswith("A：")


def test_the_command_takes_an_id_in_any_case_and_refuses_another() -> None:
    run = CliRunner()
    shown = run.invoke(main, ["rules", "t3-row"]).output
    assert "例子\n    表三 一、" in shown
    assert "## T3-ROW" in run.invoke(main, ["rules", "T3-ROW", "--format", "md"]).output
    assert "How to repair it" in run.invoke(main, ["rules", "T3-ROW", "--lang", "en"]).output
    wrong = run.invoke(main, ["rules", "T9-ROW"])
    assert wrong.exit_code == 2
    assert "没有规则 T9-ROW。是不是：T3-ROW" in wrong.output
    assert len(wrong.output.splitlines()) == 1
