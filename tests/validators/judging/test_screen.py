"""What must not be published: found, masked in every output, and nothing else flagged."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from gouji.templates.edition import Edition, load
from gouji.templates.errors import InputError
from gouji.templates.slips import parse_slips
from gouji.validators.judging.judge import judge_plainly
from gouji.validators.judging.rules.screen import masked, personal

from ...builders import book_at, consistent, report
from ...command import gouji

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity(rng: random.Random) -> str:
    """An invented resident identity number whose check fits."""
    body = f"{rng.randint(11, 65)}{rng.randint(0, 9999):04d}19{rng.randint(50, 99)}"
    body += f"{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{rng.randint(0, 999):03d}"
    check = sum(w * int(d) for w, d in zip(WEIGHTS, body, strict=True)) % 11
    return body + "10X98765432"[check]


def card(rng: random.Random) -> str:
    body = "62" + "".join(rng.choices("0123456789", k=16))
    for last in "0123456789":
        digits = [int(d) for d in reversed(body + last)]
        total = sum(digits[::2]) + sum(d * 2 - 9 if d > 4 else d * 2 for d in digits[1::2])
        if total % 10 == 0:
            return body + last
    raise AssertionError


def found(text: str, edition: Edition | None = None) -> list[tuple[str, str, str]]:
    form = edition or load("2021")
    held = report(form, consistent(form, random.Random(1)), year=2024)
    titles = [s.title for s in form.sections]
    narrative = tuple((t, text if t == titles[0] else "写了。") for t in titles)
    (verdict,) = judge_plainly([replace(held, narrative=narrative)])
    return [
        (f.rule, f.severity.value, f.message) for f in verdict.findings if f.rule.startswith("P-")
    ]


def test_identity_numbers_and_cards_are_errors_and_never_repeated() -> None:
    rng = random.Random(3)
    for _ in range(60):
        for made in (identity(rng), card(rng)):
            ((rule, severity, message),) = found(f"申请人号码为{made}，已答复。")
            assert (rule, severity) == ("P-PRIVACY", "error")
            assert made not in message
            assert made[3:-2] not in message
            assert made[:3] + "*" * (len(made) - 5) + made[-2:] in message
            assert made not in masked(f"号码{made}。")


def test_what_only_looks_like_one_is_none() -> None:
    rng = random.Random(4)
    for _ in range(200):
        made = identity(rng)
        wrong = made[:-1] + next(c for c in "0123456789" if c != made[-1])
        assert not personal(f"编号{wrong}号")
        assert not personal(f"收文{made}9")
    for text in (
        "公开政府信息12345678条，网站访问量13800次",
        "2024年1月1日至2024年12月31日",
        "统一社会信用代码91110000100000000X",
        "国办公开办函〔2021〕30号",
        "热线12345",
        "人民路12号",
    ):
        assert not found(text), text


def test_telephones_and_homes_by_how_grave_they_are() -> None:
    assert [f[:2] for f in found("联系人手机13912345678。")] == [("P-PRIVACY", "warning")]
    assert [f[:2] for f in found("咨询电话０２１－１２３４５６７８。")] == [("P-PRIVACY", "note")]
    ((rule, severity, message),) = found("申请人王小明，住本市幸福路18号，申请公开。")
    assert (rule, severity) == ("P-PRIVACY", "warning")
    assert "小明" not in message
    assert "18号" not in message


def test_what_stands_before_a_number_that_was_found_first_is_found_too() -> None:
    rng = random.Random(6)
    answer = f"手机13912345678，身份证号{identity(rng)}，座机021-12345678，卡号{card(rng)}。"
    assert [h.kind for h in personal(answer)] == ["mobile", "id_number", "landline", "bank_card"]


def test_slips_are_told_with_what_stands_around_them_and_how_often() -> None:
    ((rule, severity, message),) = found("上年转结0件，今年又上年转结0件。")
    assert (rule, severity) == ("P-TYPO", "warning")
    assert "“上年转结”多半是“上年结转”之误（共2处）" in message
    assert not found("上年结转0件，部分公开1件。")
    number = identity(random.Random(1))
    assert number not in "".join(m for *_, m in found(f"{number}上年转结0件"))


def test_the_starter_list_flags_none_of_its_own_right_words() -> None:
    form = load("2021")
    assert len(form.slips) > 60
    for slip in form.slips:
        assert not any(other.wrong in slip.right for other in form.slips), slip


def test_an_office_adds_its_own_list_by_a_rule_pack(tmp_path: Path) -> None:
    (tmp_path / "词.txt").write_text("# 说明\n!大力推进=写明做了什么\n公开课=公开栏\n", "utf-8")
    pack = tmp_path / "本单位.toml"
    pack.write_text('[screen]\nwords_file = "词.txt"\nwords = ["甲乙=乙甲"]\n', "utf-8")
    form = load("2021")
    path = tmp_path / "a.xlsx"
    narrative = {s.title: "大力推进公开课，甲乙。" for s in form.sections}
    values = dict.fromkeys(form.fields, 0.0)
    book_at(form, path, year=2024, unit="某局", values=values, narrative=narrative)
    for jobs in ("1", "2"):
        run = gouji("check", path, path, "--rules", pack, "--jobs", jobs, "--format", "json")
        answer = json.loads(run.output)["files"][0]["findings"]
        assert {f["rule"] for f in answer if f["rule"].startswith("P-")} == {"P-TYPO", "P-WORDING"}
        assert any("建议：写明做了什么" in f["message"] for f in answer)
    (tmp_path / "词.txt").write_text("没有等号\n", "utf-8")
    run = gouji("check", path, "--rules", pack)
    assert run.exit_code == 2
    assert "词.txt 第1行写法不对" in run.output


@pytest.mark.parametrize("line", ["=对", "一样=一样", "!", "x" * 61 + "=y"])
def test_a_faulty_line_is_named(line: str) -> None:
    with pytest.raises(InputError, match="第2行"):
        parse_slips(["# 一", line], "词.txt")
