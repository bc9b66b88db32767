"""A form is data: a second national form, and each extension in one place."""

from __future__ import annotations

import json
import pickle
import random
import shutil
from pathlib import Path

import pytest
from gouji.templates.edition import Edition, edition_ids, for_year, load, load_file, newest
from gouji.templates.formulas import computed_totals
from gouji.templates.words import Words
from gouji.validators import formats, judge_values, read, wide_schema
from gouji.validators.finding import Result as Checked
from gouji.validators.formats import FORMATS, InputFormat, OutputFormat
from gouji.validators.office.paths import gather
from gouji.validators.report import Report

from .builders import book_at, editing, opened, report
from .command import gouji
from .conftest import DATA, ROOT, in_a_process

FORM = DATA / "editions" / "enforcement.toml"


def numbers(seed: int) -> dict[str, float]:
    rng, form = random.Random(seed), load_file(FORM)
    leaves = {k: float(rng.randint(0, 40)) for k in form.fields if k not in form.totals}
    leaves |= {f"punish.{p}.money": rng.randint(0, 9999) / 100 for p in ("simple", "ordinary")}
    leaves["permit.made.taken"] = leaves["permit.made.granted"] + leaves["permit.made.refused"]
    return computed_totals(form, leaves)


def filled(path: Path, unit: str, values: dict[str, float]) -> Path:
    """The template that the command makes, with numbers typed into it, as Excel would save it."""
    assert (
        gouji("template", "--edition", FORM, "--year", "2025", "--unit", unit, "-o", path).exit_code
        == 0
    )
    return book_at(load_file(FORM), path, year=2025, unit=unit, values=values, typed_totals=True)


def test_a_second_form_is_made_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made = gouji("template", "--edition", FORM, "--year", "2025", "--unit", "甲局", "-o", path)
    assert made.exit_code == 0
    assert "国办发〔2018〕118号" in made.output
    book = opened(path)
    assert {"封面", "处罚", "许可", "正文"} <= set(book.sheetnames)
    assert "罚没金额（万元）" in {c.value for row in book["处罚"].iter_rows() for c in row}
    assert gouji("template", "--edition", FORM, "--year", "2017", "-o", path).exit_code == 2
    assert (
        gouji("template", "--edition", FORM, "--ledgers", "-o", tmp_path / "b.xlsx").exit_code == 2
    )
    assert not (tmp_path / "b.xlsx").exists()


def test_it_is_checked_marked_and_cleared(tmp_path: Path) -> None:
    right, wrong = numbers(1), numbers(2)
    wrong["punish.simple.fine"] += 3
    good, bad = (
        filled(tmp_path / "a.xlsx", "甲局", right),
        filled(tmp_path / "b.xlsx", "乙局", wrong),
    )
    before = bad.read_bytes()
    assert gouji("check", "--edition", FORM, good).exit_code == 0
    found = json.loads(gouji("check", "--edition", FORM, "--format", "json", bad).output)
    (entry,) = found["files"]
    assert entry["edition"] == "enforcement"
    assert entry["checked"] == 3 + 6
    assert {f["rule"] for f in entry["findings"]} == {"P-ROW", "P-COLUMN"}
    assert entry["repairs"][0]["changes"][0]["field"] == "punish.simple.fine"
    assert gouji("flag", "--edition", FORM, bad).exit_code == 1
    assert "校验结果" in opened(bad).sheetnames
    assert gouji("clear", bad).exit_code == 0
    assert bad.read_bytes() == before


def test_an_amount_has_decimals_and_a_count_has_not(tmp_path: Path) -> None:
    values = numbers(3) | {"permit.made.asked": 1.5}
    path = filled(tmp_path / "a.xlsx", "甲局", values)
    (entry,) = json.loads(gouji("check", "--edition", FORM, "--format", "json", path).output)[
        "files"
    ]
    assert [(f["rule"], f["field"]) for f in entry["findings"]] == [
        ("CELL-FRACTION", "permit.made.asked")
    ]


def test_without_its_file_the_command_says_which_option_is_missing(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.xlsx", "甲局", numbers(1))
    result = gouji("check", path)
    assert result.exit_code == 2
    assert "enforcement" in result.output
    assert "--edition" in result.output


def test_units_are_distributed_collected_and_rolled_up(tmp_path: Path) -> None:
    roster = tmp_path / "名册.csv"
    roster.write_text("单位名称,代码\n甲局,A1\n乙局,A2\n丙局,A3\n", "utf-8")
    sent = tmp_path / "sent"
    assert (
        gouji("distribute", roster, "--year", "2025", "--edition", FORM, "-o", sent).exit_code == 0
    )
    form = load_file(FORM)
    given = {}
    for n, path in enumerate(sorted(sent.glob("*.xlsx"))):
        unit = read(path, edition=str(FORM))
        given[unit.unit] = numbers(n)
        book_at(
            form, path, year=2025, unit=unit.unit, code=unit.stamp.code, values=given[unit.unit]
        )
    out = tmp_path / "汇总.xlsx"
    result = gouji("collect", sent, "--roster", roster, "--edition", FORM, "-o", out)
    assert result.exit_code == 0, result.output
    assert len(given) == 3
    top = read(out, edition=str(FORM))
    for key in form.fields:
        assert top.number(key) == pytest.approx(sum(v[key] for v in given.values()))
    again = gouji(
        "collect",
        sent,
        "--roster",
        roster,
        "--edition",
        FORM,
        "-o",
        tmp_path / "b.xlsx",
        "--against",
        out,
    )
    assert "相符" in again.output
    assert again.exit_code == 0


def test_a_roll_up_that_is_not_the_sum_is_found_in_a_form_without_a_rule_for_it() -> None:
    form, values = load_file(FORM), numbers(1)
    verdict = judge_values(
        values, edition=form, year=2025, sources={"units": values | {"punish.all.fine": 0.0}}
    )
    assert {(f.rule, f.field) for f in verdict.findings} == {("R-SUM", "punish.all.fine")}


def test_it_is_found_by_its_labels_alone(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.xlsx", "甲局", numbers(4))
    with editing(path) as book:
        book.defined_names.clear()
    found = read(path, edition=str(FORM))
    assert {k: found.number(k) for k in found.edition.fields} == pytest.approx(numbers(4))


def test_an_edition_of_a_file_is_one_object_in_a_process_and_after_pickling() -> None:
    form = load_file(FORM)
    assert load_file(FORM) is form
    assert pickle.loads(pickle.dumps(form)) is form


@pytest.mark.slow
def test_many_files_of_a_form_from_a_file_are_judged_in_processes(tmp_path: Path) -> None:
    for n in range(4):
        filled(tmp_path / f"{n}.xlsx", f"{n}局", numbers(n))
    assert gouji("check", "--edition", FORM, "--jobs", "2", tmp_path).exit_code == 0


# ── each extension touches one place ────────────────────────────────────────────────────────


def test_a_linear_rule_is_one_entry_of_a_file(tmp_path: Path) -> None:
    pack = tmp_path / "local.toml"
    pack.write_text(
        '[[rules]]\nid = "X-GROWTH"\nleft = ["t3.new.total"]\nrelation = "<="\n'
        'right = ["prior:t3.new.total", "prior:t3.carried_out.total"]\nseverity = "warning"\n'
        'certainty = "B"\nbasis = "本市通知（举例）"\nwords = "新收不多于上年新收与结转之和。"\n',
        "utf-8",
    )
    form = load("2021").with_pack(pack)
    now = dict.fromkeys(form.fields, 0.0) | {
        "t3.new.natural": 9.0,
        "t3.new.total": 9.0,
        "t3.carried_out.natural": 9.0,
        "t3.carried_out.total": 9.0,
    }
    last = dict.fromkeys(form.fields, 0.0)
    (finding,) = judge_values(now, edition=form, year=2024, sources={"prior": last}).findings
    assert (finding.rule, finding.field, finding.expected) == ("X-GROWTH", "t3.new.total", 0.0)
    assert "上年" in finding.message
    assert judge_values(now, edition=form, year=2024).findings == ()


def test_last_years_report_is_read_where_the_pack_does_not_fit_its_edition(tmp_path: Path) -> None:
    pack = tmp_path / "local.toml"
    pack.write_text(
        '[[rules]]\nid = "X-ISSUED"\nleft = ["t2.normative.issued"]\nrelation = "<="\n'
        'right = ["t2.normative.in_force"]\nseverity = "warning"\ncertainty = "B"\n'
        'basis = "本市通知（举例）"\nwords = "制发不多于现行有效。"\n',
        "utf-8",
    )
    zeros = dict.fromkeys(load("2019").fields, 0.0)
    last = book_at(load("2019"), tmp_path / "2020.xlsx", year=2020, unit="甲县", values=zeros)
    now = book_at(
        load("2021"),
        tmp_path / "2021.xlsx",
        year=2021,
        unit="甲县",
        values=dict.fromkeys(load("2021").fields, 0.0),
    )
    done = gouji("check", now, "--prior", last, "--rules", pack)
    assert done.exit_code == 0, done.output
    assert "X-ISSUED" in gouji("rules", "--rules", pack).output
    refused = gouji("check", last, "--rules", pack)
    assert refused.exit_code == 2
    assert "没有字段“t2.normative.issued”" in refused.output


@pytest.mark.slow
def test_an_edition_is_one_file_in_the_folder(tmp_path: Path) -> None:
    """In a copy of the package: a form of 2031 with a renamed row is found by listing."""
    package = tmp_path / "gouji"
    for room in ("addin", "templates", "validators"):
        shutil.copytree(ROOT / room, package / room, ignore=shutil.ignore_patterns("__pycache__"))
    folder = package / "templates" / "editions"
    text = (folder / "2021.toml").read_text("utf-8").replace("from_year = 2021", "from_year = 2031")
    text = text.replace('id = "2021"', 'id = "2031"').replace("carried_in", "brought_in")
    (folder / "2031.toml").write_text(text, "utf-8")
    old = (folder / "2021.toml").read_text("utf-8")
    old = old.replace("from_year = 2021\n", "from_year = 2021\nto_year = 2030\n")
    (folder / "2021.toml").write_text(old, "utf-8")
    in_a_process("another_edition", env={"PYTHONPATH": str(tmp_path)})


def test_an_output_is_one_entry_of_a_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def count(results: object, lang: str, links: bool) -> str:
        assert not links
        return f"{lang}: {sum(1 for r in results if isinstance(r, Checked))} files\n"  # type: ignore[attr-defined]

    counted = OutputFormat(Words("数", "count"), (".count",), count, r"zh: \d+ files")
    monkeypatch.setitem(FORMATS, "count", counted)
    path = book_at(load("2021"), tmp_path / "a.xlsx", year=2024)
    assert gouji("check", "--format", "count", path).output.startswith("zh: 1 files")
    out = tmp_path / "a.count"
    for _ in range(2):  # the second takes the place of the first, which is known as its own
        assert gouji("check", "--format", "count", path, "-o", out).exit_code == 0
    assert gouji("check", "--format", "none", path).exit_code == 2


def test_an_input_format_is_one_entry_of_a_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def from_csv(path: Path, forms: object, password: str | None) -> Report:
        pairs = (line.split(",") for line in path.read_text("utf-8").splitlines())
        return report(load("2021"), {k: float(v) for k, v in pairs}, unit="某县", year=2024)

    csv = InputFormat(Words("文本表格", "text table"), (".csv",), from_csv)
    monkeypatch.setattr(formats, "READERS", [*formats.READERS, csv])
    source = tmp_path / "a.csv"
    full = dict.fromkeys(load("2021").fields, 0.0) | {"t4.review.total": 1.0}
    source.write_text("\n".join(f"{k},{v}" for k, v in full.items()), "utf-8")
    (entry,) = json.loads(gouji("check", "--format", "json", source).output)["files"]
    assert [f["rule"] for f in entry["findings"]] == ["T4-SUM"]
    assert gouji("import", source, "-o", tmp_path / "a.xlsx").exit_code == 0
    (skipped,) = gather([str(tmp_path)]).skipped
    assert "请单独写出这个文件名" in skipped.reason  # as a published report, not as any other file


def test_the_usual_form_is_not_disturbed_by_another_one() -> None:
    assert "enforcement" not in edition_ids()
    assert newest().id == "2021"
    assert for_year(2025, load_file(FORM)) is load_file(FORM)
    assert for_year(2000, load_file(FORM)) is load_file(FORM)


def test_the_wide_schema_of_any_edition_judges_a_frame(edition: Edition) -> None:
    import pandas as pd

    frame = pd.DataFrame([dict.fromkeys(edition.fields, 0)] * 3, index=["甲", "乙", "丙"])
    assert len(wide_schema(edition).validate(frame, lazy=True)) == 3
