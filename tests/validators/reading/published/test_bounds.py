"""What is far more than a report holds is refused, or looked at in time that grows with it."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from pathlib import Path

import pytest
from gouji.templates.edition import Edition
from gouji.templates.errors import InputError
from gouji.templates.roster import read_roster
from gouji.templates.words import composed
from gouji.validators.judging.judge import judge_plainly
from gouji.validators.reading.readers import read

from ....builders import consistent, report


@pytest.mark.parametrize(
    ("name", "content", "answer"),
    [
        ("长.txt", "字" * 2_000_001, "2,000,001个字"),
        ("行.txt", "字\n" * 100_001, "100,001行"),
        ("标记.html", "<html><table>" + "<td>" * 400_001, "太多文字"),
    ],
)
def test_what_is_no_report_by_its_size_is_one_sentence(
    name: str, content: str, answer: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    with pytest.raises(InputError, match="远多于一份年报") as refused:
        read(path)
    assert answer in refused.value.zh
    assert str(path) in refused.value.zh


def test_a_narrative_full_of_what_is_looked_for_is_judged_in_bounded_time(form: Edition) -> None:
    held = report(form, consistent(form, random.Random(1)), year=2024, unit="某县")
    for sentence in ("手机13912345678。", "收到申请3件，其中2件，占50%。", "(" * 20, "其中，"):
        text = sentence * (60_000 // len(sentence))
        start = time.thread_time()
        judge_plainly([replace(held, narrative=((form.sections[0].title, text),))])
        assert time.thread_time() - start < 10


def test_marks_upon_one_letter_are_composed_in_time_that_grows_with_them() -> None:
    start = time.thread_time()
    assert len(composed("a" + "\u0316\u0301" * 200_000)) >= 400_000
    assert time.thread_time() - start < 10
    assert composed("Ａ１") == "A1"


def test_a_list_of_units_that_is_no_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "名册.csv"
    path.write_text("(" * 13_000_000, "utf-8")
    with pytest.raises(InputError, match="太大"):
        read_roster(path)
