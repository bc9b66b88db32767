"""The ledgers: counted, filled into the tables, every wrong line found, deadlines."""

from __future__ import annotations

import random
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import chinese_calendar
import pytest
from gouji.templates.edition import load
from gouji.templates.formulas import computed_totals
from gouji.templates.ledger import applicants, outcomes
from gouji.templates.workbook import build
from gouji.validators.finding import Result
from gouji.validators.judging.judge import judge
from gouji.validators.judging.line_checks import due
from gouji.validators.judging.workdays import UnknownYearError, is_workday
from gouji.validators.office.check import check
from gouji.validators.report import LedgerLine, Ledgers, Place

from ...builders import book_at, editing, entered, kept, opened
from ...command import gouji
from ...conftest import sample

FORM = load("2021")
CASES, DOCUMENTS = (FORM.ledgers[k].sheet for k in ("cases", "documents"))
KINDS, ENDS = list(applicants(FORM)), list(outcomes(FORM))
YEAR = 2024


def cases(rng: random.Random, count: int) -> list[list[Any]]:
    """Lines that agree with themselves and are answered in time."""
    lines: list[list[Any]] = []
    for number in range(count):
        received = date(YEAR, 1, 1) + timedelta(days=rng.randint(-15, 360))
        answered = received + timedelta(days=rng.randint(0, 15))
        open_ = answered.year > YEAR or (rng.random() < 0.05 and received > date(YEAR, 12, 10))
        if answered.year < YEAR:
            answered = date(YEAR, 1, 2)
        lines.append(
            [
                f"{YEAR}-{number:04d}",
                rng.choice(KINDS),
                received,
                None,
                None,
                None,
                None,
                "否",
                None if open_ else answered,
                None if open_ else rng.choice(ENDS),
                None,
            ]
        )
    return lines


@cache
def template() -> bytes:
    return build(FORM, year=YEAR, unit="某局", ledgers=True)


def workbook(path: Path, lines: list[list[Any]], documents: list[list[Any]] | None = None) -> Path:
    """A template with ledgers in it; its tables are empty."""
    kept(path, template())
    return entered(path, {CASES: lines, DOCUMENTS: documents or []})


def expected(lines: list[list[Any]]) -> Counter[str]:
    """An independent count by field."""
    found: Counter[str] = Counter()
    kinds, ends = applicants(FORM), outcomes(FORM)
    for line in lines:
        column = kinds[line[1]]
        found[f"t3.{'carried_in' if line[2].year < YEAR else 'new'}.{column}"] += 1
        found[f"t3.{ends[line[9]] if line[9] else 'carried_out'}.{column}"] += 1
    return found


def result(path: Path) -> Result:
    (found,) = check([path])
    assert found.verdict is not None
    return found


def rules(path: Path) -> Counter[str]:
    verdict = result(path).verdict
    assert verdict is not None
    return Counter(f.rule for f in verdict.findings if f.rule[0] in "LD")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[list[Any]]]:
    lines = cases(random.Random(5), 500)
    path = workbook(tmp_path_factory.mktemp("ledger") / "a.xlsx", lines)
    run = gouji("fill", path)
    assert run.exit_code == 0, run.output
    return path, lines


@pytest.mark.slow
def test_500_cases_fill_the_table_as_an_independent_count_does(
    filled: tuple[Path, list[list[Any]]],
) -> None:
    path, lines = filled
    report = result(path).report
    assert report is not None
    counted = expected(lines)
    for key, field in FORM.fields.items():
        if field.table == "t3" and key not in FORM.totals:
            assert report.number(key) == counted.get(key, 0), key
    assert report.number("t3.total.total") == sum(1 for x in lines if x[9])
    assert not rules(path)


def test_filling_changes_nothing_but_the_tables(
    filled: tuple[Path, list[list[Any]]], tmp_path: Path
) -> None:
    _, lines = filled
    path = workbook(tmp_path / "b.xlsx", lines[:40])
    before = {n: zipfile.ZipFile(path).read(n) for n in zipfile.ZipFile(path).namelist()}
    copy = tmp_path / "copies"
    run = gouji("fill", path, "--copy-to", copy)
    assert run.exit_code == 0
    assert {n: zipfile.ZipFile(path).read(n) for n in before} == before
    with zipfile.ZipFile(copy / "b.xlsx") as after:
        assert after.namelist() == list(before)
        changed = {n for n in before if after.read(n) != before[n]}
    assert all("sheet" in n or n == "xl/workbook.xml" for n in changed)
    old, new = opened(path), opened(copy / "b.xlsx")
    for sheet in old.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                other = new[sheet.title][cell.coordinate]
                was, now = (getattr(c.value, "text", c.value) for c in (cell, other))
                if was != now:  # of an array formula the text
                    assert sheet.title in ("表二", "表三")
                assert cell.number_format == other.number_format


def other_word(line: LedgerLine, column: str, words: list[str], rng: random.Random) -> LedgerLine:
    """The line with another choice in a column."""
    held = line.words.get(column, "")
    chosen = rng.choice([w for w in words if w != held])
    return replace(line, words={**line.words, column: chosen})


@pytest.mark.parametrize("count", [20, pytest.param(sample(100, 500), marks=pytest.mark.slow)])
def test_each_line_altered_is_found(filled: tuple[Path, list[list[Any]]], count: int) -> None:
    """Altered one at a time, in reports with ledgers of five lines."""
    path, lines = filled
    report = result(path).report
    assert report is not None
    held = report.ledgers.of("cases")
    rng, kinds = random.Random(6), list(applicants(FORM).values())
    rows = list(outcomes(FORM).values())
    altered = []
    for start in range(0, count, 5):
        counted = expected(lines[start : start + 5])
        numbers = computed_totals(FORM, {k: float(counted.get(k, 0)) for k in FORM.fields})
        values = {k: replace(v, number=numbers[k]) for k, v in report.values.items()}
        cases_ = held[start : start + 5]
        for place, case in enumerate(cases_):
            other = rng.choice(
                [
                    other_word(case, "applicant", kinds, rng),
                    other_word(case, "outcome", rows, rng),
                    None,  # the line is deleted
                ]
            )
            changed = (*cases_[:place], *([other] if other else []), *cases_[place + 1 :])
            altered.append(replace(report, values=values, ledgers=Ledgers({"cases": changed})))
        altered.append(replace(report, values=values, ledgers=Ledgers({"cases": cases_})))
    verdicts = judge(altered)
    for number, verdict in enumerate(verdicts):
        unaltered = number % 6 == 5
        assert any(f.rule == "L-COUNT" for f in verdict.findings) != unaltered
    assert len(verdicts) == count * 6 // 5


@pytest.mark.slow
def test_lines_altered_in_the_workbook_are_found(
    filled: tuple[Path, list[list[Any]]], tmp_path: Path
) -> None:
    lines = filled[1][:60]
    rng = random.Random(9)
    path = workbook(tmp_path / "whole.xlsx", lines)
    assert gouji("fill", path).exit_code == 0
    assert not rules(path)
    book = opened(path)
    sheet = book[CASES]
    for number in range(sample(20, 60)):  # so many files, each with one line altered
        row = rng.randrange(len(lines))
        ways = (
            (2, rng.choice([k for k in KINDS if k != lines[row][1]])),
            (10, rng.choice([e for e in ENDS if e != lines[row][9]])),
            (3, date(YEAR + 1, 3, 1)),
            (9, date(YEAR - 1, 5, 5)),
            (1, lines[row - 1][0]),
            (3, "去年"),
            (2, "公司"),
            (10, "不清楚"),
            (8, "也许"),
            (5, date(YEAR, 6, 1)),
        )
        column, value = ways[number % len(ways)]
        kept = sheet.cell(row + 2, column).value
        sheet.cell(row + 2, column, value)
        altered = tmp_path / f"{number}.xlsx"
        book.save(altered)
        sheet.cell(row + 2, column).value = kept
        # openpyxl stores no values of formulas, so only the ledger's rules are looked at
        assert rules(altered), (row, column, value)


def answered(day: date) -> list[object]:
    """The line of an application of 1 March that was granted on ``day``."""
    return ["1", "自然人", date(YEAR, 3, 1), *[None] * 4, "否", day, ENDS[0], None]


def test_a_finding_names_the_lines_that_make_the_count(tmp_path: Path) -> None:
    line = answered(date(YEAR, 3, 9))
    path = workbook(tmp_path / "a.xlsx", [line])
    gouji("fill", path)
    with editing(path) as book:
        for column, content in enumerate(line, 1):
            book[CASES].cell(3, column, content)
    verdict = result(path).verdict
    assert verdict is not None
    messages = [f.message for f in verdict.findings if f.rule.startswith("L-")]
    assert any("编号“1”与第2行相同" in m for m in messages)
    assert any("申请台账里是2件（第2、3行），相差" in m for m in messages)


def test_documents_are_counted_against_table_2(tmp_path: Path) -> None:
    documents = [
        ["1号", "甲办法", "行政规范性文件", date(YEAR, 2, 1), None],
        ["2号", "乙办法", "行政规范性文件", date(2020, 2, 1), date(YEAR, 5, 1)],
        ["3号", "丙办法", "规章", date(2010, 2, 1), None],
    ]
    path = workbook(tmp_path / "a.xlsx", [], documents)
    assert gouji("fill", path).exit_code == 0
    report = result(path).report
    assert report is not None
    got = {k: report.number(k) for k in FORM.fields if "regulations" in k or "normative" in k}
    assert got == {
        "t2.regulations.issued": 0,
        "t2.regulations.repealed": 0,
        "t2.regulations.in_force": 1,
        "t2.normative.issued": 1,
        "t2.normative.repealed": 1,
        "t2.normative.in_force": 1,
    }
    book = opened(path)
    book[DOCUMENTS].cell(2, 5, date(YEAR, 1, 1))
    book.save(tmp_path / "b.xlsx")
    assert rules(tmp_path / "b.xlsx")["L-ROW"] == 1


@pytest.mark.parametrize(
    ("lines", "words"),
    [([], "没有什么可填"), ([["1", "公司", date(YEAR, 1, 5)]], "不在六类之中")],
)
def test_what_cannot_be_filled_gets_a_sentence(
    lines: list[list[Any]], words: str, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "a.xlsx", lines)
    before = path.read_bytes()
    run = gouji("fill", path)
    assert run.exit_code == 2
    assert words in run.stderr
    assert path.read_bytes() == before


def independent(start: date, count: int) -> date:
    """The ``count``-th working day after ``start``, counted the long way."""
    days = (start + timedelta(days=n) for n in range(1, 400))
    return next(islice((d for d in days if chinese_calendar.is_workday(d)), count - 1, None))


def test_200_deadlines_agree_with_an_independent_count() -> None:
    rng, ledger = random.Random(8), FORM.ledgers["cases"]
    assert ledger.deadline is not None
    for _ in range(200):
        received = date(2023, 1, 1) + timedelta(days=rng.randint(0, 600))
        dates = {"received": received}
        extended = rng.random() < 0.3
        start, days = received, 40 if extended else 20
        if rng.random() < 0.3:
            start = dates["corrected"] = received + timedelta(days=rng.randint(1, 30))
            dates["asked"] = received
        if rng.random() < 0.3:
            dates["consulted"] = start + timedelta(days=rng.randint(0, 5))
            dates["heard"] = dates["consulted"] + timedelta(days=rng.randint(1, 20))
            span = (dates["consulted"] + timedelta(days=n) for n in range(1, 60))
            days += sum(chinese_calendar.is_workday(d) for d in span if d <= dates["heard"])
        record = {**dict.fromkeys(ledger.column), **dates, "extended": extended}
        assert due(ledger.deadline, record, 20) == independent(start, days)


def test_the_adjusted_weekends_count() -> None:
    assert not is_workday(date(2024, 10, 1))
    assert is_workday(date(2024, 10, 12))  # a Saturday that was worked
    with pytest.raises(UnknownYearError):
        is_workday(date(2090, 1, 2))


def test_a_late_answer_is_told_and_an_unknown_year_is_a_note(tmp_path: Path) -> None:
    late = answered(date(YEAR, 6, 1))
    path = workbook(tmp_path / "a.xlsx", [late])
    verdict = result(path).verdict
    assert verdict is not None
    (found,) = [f for f in verdict.findings if f.rule == "L-DEADLINE"]
    assert (found.found, found.expected) == ("2024-06-01", "2024-03-29")
    assert found.place == Place.of(CASES, "I2")
    open_ = [*late[:8], None, None, None]
    verdict = result(workbook(tmp_path / "open.xlsx", [open_])).verdict
    assert verdict is not None
    (found,) = [f for f in verdict.findings if f.rule == "L-DEADLINE"]
    assert found.place == Place.of(CASES, "C2")
    assert "还没有答复" in found.message
    far = [[*late[:2], date(2090, 3, 1), *late[3:8], date(2090, 6, 1), *late[9:]]]
    book_at(FORM, tmp_path / "b.xlsx", year=2090, unit="某局", ledgers=True)
    with editing(tmp_path / "b.xlsx") as book:
        for column, value in enumerate(far[0], 1):
            book[CASES].cell(2, column, value)
    verdict = result(tmp_path / "b.xlsx").verdict
    assert verdict is not None
    assert not [f for f in verdict.findings if f.rule == "L-DEADLINE"]
    assert any("还没有2090年的工作日历" in u.reason for u in verdict.unchecked)


def test_the_heads_of_the_ledger_are_those_of_the_reader(tmp_path: Path) -> None:
    book_at(FORM, tmp_path / "a.xlsx", year=YEAR, ledgers=True)
    sheet = opened(tmp_path / "a.xlsx")[CASES]
    heads = [column.label for column in FORM.ledgers["cases"].columns]
    assert [c.value for c in sheet[1]] == heads


@pytest.mark.parametrize(
    "text",
    [
        "合计",
        "全年合计",
        "总计：2件",
        "共2件",
        "注：以上为全年",
        "备注1：含结转",
        "填表人：张三",
        "（以下空白）",
        "———",
    ],
)
@pytest.mark.sampled
def test_a_line_of_sums_or_notes_is_no_case_and_is_told(text: str, tmp_path: Path) -> None:
    lines = cases(random.Random(4), 5)
    more = [text, 5, *[None] * (len(lines[0]) - 4), 2, "5件"]
    without = result(workbook(tmp_path / "a.xlsx", lines)).report
    with_line = result(path := workbook(tmp_path / "b.xlsx", [*lines, more])).report
    assert without is not None
    assert with_line is not None
    assert with_line.ledgers.lines == without.ledgers.lines
    (answer,) = with_line.ledgers.remarks
    assert f"第7行“{text}”不是一条记录" in answer.words.zh
    assert rules(path) == rules(tmp_path / "a.xlsx")
