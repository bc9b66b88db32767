"""One event is one card, told in the form's own words, in the order of work."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest
from gouji.templates.edition import load
from gouji.templates.formulas import computed_totals
from gouji.validators import judge_values
from gouji.validators.finding import Card, Stage, Verdict

from ...builders import consistent
from .test_which_cell import county

FORM = load("2021")
COLUMNS = FORM.sets["columns"]


def judged(changes: Mapping[str, float], **options: object) -> Verdict:
    return judge_values(county() | dict(changes), year=2025, **options)  # type: ignore[arg-type]


def only(verdict: Verdict) -> Card:
    (card,) = verdict.cards
    assert card.findings == tuple(range(len(verdict.findings)))
    return card


def roles(card: Card, role: str) -> dict[str, float | None]:
    return {c.place.cell: c.to for c in card.cells if c.role == role}


def test_one_wrong_leaf_is_one_card_that_says_what_is_right() -> None:
    card = only(judged({"t3.granted.natural": 22.0}))
    assert card.title == "（一）予以公开（D9）应是21，现在是22"
    assert card.sum.startswith("D9至I9相加26，总计25")
    assert roles(card, "culprit") == {"D9": 21.0}
    assert {*roles(card, "victim")} == {"J9", "D30"}
    assert (card.stage, [*card.acts], card.question) == (Stage.MEND, ["change", "explain"], None)


def test_a_typed_total_off_by_one_is_one_card() -> None:
    card = only(judged({"t3.total.natural": county()["t3.total.natural"] + 1}))
    assert card.title.startswith("（七）总计（D30）应是")


def test_two_exchanged_numbers_are_one_card() -> None:
    right = county()
    one, two = "t3.granted.natural", "t3.partial.natural"
    card = only(judged({one: right[two], two: right[one]}))
    assert card.title == "D9和D10两个数填反了"


def test_rivals_are_one_card_with_one_question() -> None:
    leaves = {k: v for k, v in county().items() if k not in FORM.totals}
    leaves["t3.granted.natural"] = 12.0
    card = only(judge_values(leaves, year=2025, formulas=True))
    count = len(roles(card, "rival"))
    assert 2 <= count <= 5
    assert roles(card, "culprit") == {}
    assert card.title == f"“自然人”列差9件，{count}格都可能"
    assert "本年新收52＋上年结转3＝55" in card.sum
    assert card.question == "台账里（一）予以公开（D9）是21件还是12件？"
    assert [*card.acts] == ["ask"]


def test_zeros_left_blank_are_one_card_with_one_act() -> None:
    given = {k: v or None for k, v in county().items()}
    card = only(judge_values(given, year=2025))
    blank = sum(v is None for v in given.values())
    assert card.title == f"{blank}格空着，填0后全部相符"
    assert (card.stage, [*card.acts]) == (Stage.FILL, ["zeros"])
    assert len({c.place for c in card.cells}) == blank


@pytest.mark.parametrize("formulas", [False, True])
@pytest.mark.parametrize("seed", range(20))
@pytest.mark.sampled
def test_a_half_filled_form_gets_no_invented_number(seed: int, formulas: bool) -> None:
    rng = random.Random(seed)
    values: dict[str, float | None] = dict(consistent(FORM, rng))
    rows = list(dict.fromkeys(f.row.key for f in FORM.fields.values() if f.table == "t3"))
    for key, field in FORM.fields.items():
        if field.table == "t3" and rows.index(field.row.key) >= rng.choice((8, 12)):
            values[key] = None
    verdict = judge_values(values, year=2025, formulas=formulas)
    assert verdict.cards[0].stage is Stage.FILL
    assert verdict.cards[0].title.startswith("表三还有")
    assert not [c for c in verdict.cards if c.stage is Stage.MEND and "culprit" in str(c.cells)]
    blank = {k for k, v in values.items() if v is None}
    assert not [c for e in verdict.repairs for c in e.changes if c.field in blank and c.to]


def test_one_number_left_out_is_filled_in() -> None:
    values: dict[str, float | None] = {**county(), "t3.partial.natural": None}
    card = only(judge_values(values, year=2025))
    assert card.title == "（二）部分公开（D10）应是9，现在空着"
    assert roles(card, "culprit") == {"D10": 9.0}


def test_last_years_number_in_all_its_columns_is_one_card() -> None:
    right = county()
    prior = {f"t3.carried_out.{c}": right[f"t3.carried_in.{c}"] for c in COLUMNS}
    prior["t3.carried_out.natural"] += 2
    prior["t3.carried_out.total"] += 2
    card = only(judged({}, sources={"prior": prior}))
    assert card.title == "上年结转（D8）是3，上年报告的结转下年度是5"
    assert card.sum == "2025：3；2024：5"
    assert {*roles(card, "culprit")} == {"D8", "J8"}


def test_a_fraction_and_the_relations_that_it_breaks_are_one_card() -> None:
    card = only(judged({"t3.granted.natural": 21.5}))
    assert card.title == "（一）予以公开（D9）应是21，现在是21.5"


def test_a_fraction_shows_in_formula_totals_and_is_one_card() -> None:
    leaves = {k: v for k, v in county().items() if k not in FORM.totals}
    card = only(judge_values(leaves | {"t3.other_other.natural": 2.5}, year=2025, formulas=True))
    assert card.title == "（六）3.其他（D29）应是2，现在是2.5"
    assert {"J29", "D30", "J30"} <= {*roles(card, "victim")}


def test_a_number_that_cannot_stand_there_is_the_wrong_one_among_rivals() -> None:
    leaves = {k: v for k, v in county().items() if k not in FORM.totals}
    card = only(judge_values(leaves | {"t3.carried_out.business": -2.0}, formulas=True))
    assert card.title == "四、结转下年度（E31）应是0，现在是-2"


@pytest.mark.parametrize("formulas", [False, True])
def test_all_that_fails_by_an_impossible_number_is_on_its_card(formulas: bool) -> None:
    own = {k: v for k, v in county().items() if not (formulas and k in FORM.totals)}
    card = only(judge_values(own | {"t3.granted.natural": -21.5}, formulas=formulas))
    assert card.title == "（一）予以公开（D9）是-21.5，不能小于0"
    assert {"J9"} <= {*roles(card, "victim")}


def test_what_the_narrative_says_is_set_beside_the_table() -> None:
    (card,) = judged({}, sources={"claim": {"t3.new.total": 72.0}}).cards
    assert card.title == "正文写“72”，表三本年新收（J7）是59"
    assert [*card.acts] == ["explain"]


def test_independent_errors_are_a_card_each() -> None:
    verdict = judged({"t3.granted.natural": 12.0, "t3.partial.business": 7.0})
    assert [[*roles(c, "culprit")] for c in verdict.cards] == [["D9"], ["E10"]]


@pytest.mark.parametrize("seed", range(30))
def test_every_finding_is_on_one_card_and_every_title_fits(seed: int) -> None:
    rng = random.Random(seed)
    values: dict[str, float | None] = dict(consistent(FORM, rng))
    for _ in range(rng.randint(1, 6)):
        key = rng.choice([*values])
        values[key] = rng.choice([None, -3.0, 2.5, float(rng.randint(0, 300))])
    verdict = judge_values(values, year=2025, formulas=rng.random() < 0.5)
    dealt = sorted(n for card in verdict.cards for n in card.findings)
    assert dealt == [*range(len(verdict.findings))]
    stages = [[*Stage].index(c.stage) for c in verdict.cards]
    assert stages == sorted(stages)
    for card in verdict.cards:
        assert 0 < len(card.title) <= 60
        assert len(card.sum) <= 80
        assert card.title.en
        rules = {f.rule for f in verdict.findings}
        assert not [rule for rule in rules if rule in f"{card.title}{card.sum}"]
        assert "三(" not in f"{card.title}{card.sum}"


def test_a_ledger_that_decides_leaves_nothing_to_ask() -> None:
    leaves = {k: v for k, v in county().items() if k not in FORM.totals}
    spoiled = computed_totals(FORM, leaves | {"t3.granted.natural": 12.0})
    right = {k: v for k, v in county().items() if k.startswith("t3.granted.")}
    verdict = judge_values(spoiled, year=2025, formulas=True, sources={"cases": right})
    card = verdict.cards[0]
    assert roles(card, "culprit").get("D9") == 21.0
    assert card.question is None


def test_a_claim_of_several_fields_is_called_by_its_name() -> None:
    values = dict.fromkeys(load("2021").fields, 0.0)
    (card,) = judge_values(values, sources={"claim": {"lawsuits": 1.0}}).cards
    assert card.sum == (
        "未经复议直接起诉总计（J7）0＋复议后起诉总计（O7）0＝0，正文行政诉讼（两类总计）1"
    )
