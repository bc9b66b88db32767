"""The numbers of many reports as data, each with where it comes from."""

from __future__ import annotations

import ast
import csv
import io
import json
import random
import tracemalloc
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
import pytest
from gouji.templates.edition import edition_ids, load
from gouji.validators import check, frame, wide_schema
from gouji.validators.compare.data_file import data_file
from gouji.validators.compare.tidy import COLUMNS, ORIGIN
from gouji.validators.finding import Severity

from ...builders import book_at, consistent, faulty, opened
from ...command import gouji
from ...conftest import DATA

FORM = load("2021")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Three reports of two editions, one published, one wrong, one that cannot be read."""
    folder = tmp_path / "收到的"
    folder.mkdir()
    for unit, year, edition, wrong in (("甲局", 2024, "2021", 0), ("=乙局", 2020, "2019", 1)):
        form = load(edition)
        values = consistent(form, random.Random(year))
        values["t3.granted.natural"] += wrong
        book_at(
            form, folder / f"{year}.xlsx", year=year, unit=unit, values=values, typed_totals=True
        )
    text = (DATA / "published" / "lianshan-2021.txt").read_bytes()
    (folder / "连山区.txt").write_bytes(text)
    (folder / "坏.xlsx").write_bytes(b"no workbook")
    return folder


def read_csv(path: Path) -> list[dict[str, str]]:
    text = path.read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_every_number_is_a_row_with_its_origin(inbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "数据.csv"
    answer = gouji("data", inbox, "-o", out)
    assert answer.exit_code == 2  # one file could not be read
    assert "坏.xlsx" in answer.output
    assert "3份年报" in answer.output
    rows = read_csv(out)
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == sum(len(load(e).fields) for e in ("2021", "2019", "2021"))
    one = next(r for r in rows if r["field"] == "t3.granted.natural" and r["year"] == "2020")
    assert one["unit"] == "'=乙局"  # no formula
    assert (one["table"], one["row"], one["column"]) == ("表三", "（一）予以公开", "自然人")
    assert (one["place"], one["standing"], one["finding"]) == (
        "表三!D9",
        "number",
        "T3-ROW T3-TOTAL",
    )
    assert one["source"].endswith("2020.xlsx")
    assert {r["unit"] for r in rows if r["source"].endswith(".txt")} == {"葫芦岛市连山区"}


def test_wide_is_a_row_a_report_and_excel_reads_the_same(inbox: Path, tmp_path: Path) -> None:
    (inbox / "坏.xlsx").unlink()
    out = tmp_path / "数据.xlsx"
    assert gouji("data", inbox, "-o", out, "--wide").exit_code == 0
    head, *rows = opened(out)["数据"].values
    assert head[: len(ORIGIN)] == ORIGIN
    assert set(head[len(ORIGIN) :]) == {k for e in edition_ids() for k in load(e).fields}
    assert len(rows) == 3
    assert gouji("data", inbox, "-o", out, "--wide").exit_code == 0  # its own is replaced
    out.write_bytes(b"somebody's")
    assert gouji("data", inbox, "-o", out, "--wide").exit_code == 2
    assert out.read_bytes() == b"somebody's"
    assert gouji("data", inbox, "-o", out, "--wide", "--force").exit_code == 0


def test_parquet_holds_the_same(inbox: Path, tmp_path: Path) -> None:
    (inbox / "坏.xlsx").unlink()
    for name in ("a.csv", "a.parquet"):
        assert gouji("data", inbox, "-o", tmp_path / name).exit_code == 0
    table = pd.read_parquet(tmp_path / "a.parquet")
    assert list(table.columns) == list(COLUMNS)
    plain = pd.to_numeric(pd.Series([r["value"] for r in read_csv(tmp_path / "a.csv")]))
    assert table["value"].fillna(-1).tolist() == plain.fillna(-1).tolist()


@pytest.mark.parametrize("words", [[], ["--wide"]])
def test_a_package_describes_the_data_and_its_own_tool_accepts_it(
    words: list[str], inbox: Path, tmp_path: Path
) -> None:
    frictionless = pytest.importorskip("frictionless")
    (inbox / "坏.xlsx").unlink()
    out, place = tmp_path / "数据.csv", tmp_path / "datapackage.json"
    made = gouji("data", inbox, "-o", out, "--datapackage", *words)
    assert made.exit_code == 0, made.output
    assert gouji("data", inbox, "-o", out, "--datapackage", *words).exit_code == 0
    answer = frictionless.validate(str(place))
    assert answer.valid, answer.flatten(["title", "message"])
    (resource,) = json.loads(place.read_text("utf-8"))["resources"]
    fields = [f["name"] for f in resource["schema"]["fields"]]
    assert fields == list(read_csv(out)[0])
    text = out.read_text("utf-8-sig")
    out.write_text(text.replace(",2024,", ",二〇二四,", 1), "utf-8-sig")
    assert not frictionless.validate(str(place)).valid
    place.write_text("{}", "utf-8")
    assert gouji("data", inbox, "-o", out, "--datapackage").exit_code == 2  # somebody's own
    assert place.read_text("utf-8") == "{}"
    assert gouji("data", inbox, "-o", tmp_path / "a.xlsx", "--datapackage").exit_code == 2


@pytest.mark.parametrize(("suffix", "count", "most"), [("xlsx", 3_000, 3), ("parquet", 80_000, 33)])
@pytest.mark.slow
def test_data_is_written_in_flat_memory(suffix: str, count: int, most: int, tmp_path: Path) -> None:
    rows = (dict.fromkeys(COLUMNS, f"第{n}局") | {"year": n, "value": 1.5} for n in range(count))
    tracemalloc.start()
    size = sum(map(len, data_file(tmp_path / f"a.{suffix}", rows)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 50_000
    assert peak < most << 20  # MB


def failures(frame: pd.DataFrame, edition: str) -> Counter[tuple[str, str]]:
    """What ``wide_schema`` says of a frame: the file and the rule of every failure."""
    with pytest.raises(pa.errors.SchemaErrors) as caught:
        wide_schema(edition).validate(frame, lazy=True)
    cases = caught.value.failure_cases
    at = ORIGIN.index("source")
    sources = (ast.literal_eval(row)[at] for row in cases["index"])
    return Counter(
        (source, str(rule).split()[0]) for source, rule in zip(sources, cases["check"], strict=True)
    )


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pandera.errors.SchemaWarning")
def test_the_wide_schema_says_of_the_data_what_check_says_of_the_files(tmp_path: Path) -> None:
    faulty(tmp_path, 24)
    book_at(FORM, tmp_path / "无年度.xlsx", unit="甲局", values=consistent(FORM, random.Random(1)))
    tidy = frame([tmp_path])
    assert tuple(tidy.columns) == COLUMNS
    assert set(tidy["year"].dropna()) == {2019, 2021}
    assert tidy["year"].isna().sum() == len(FORM.fields)
    for edition in ("2019", "2021"):
        form = load(edition)
        wide = frame([str(tmp_path)], wide=True, edition=edition)
        assert wide.index.names == list(ORIGIN)
        assert list(wide.columns) == list(form.fields)
        answer = Counter(
            (result.path, finding.rule)
            for result in check(wide.index.get_level_values("source"))
            for finding in result.verdict.findings  # type: ignore[union-attr]
            if finding.severity is Severity.ERROR
            if form.rule_by_id[finding.rule].relation
            or finding.rule in ("CELL-NEGATIVE", "CELL-FRACTION")
        )
        assert len(answer) > 5
        assert failures(wide, edition) == answer


@pytest.mark.apps("soffice-calc")
def test_pandas_and_libreoffice_read_the_same_numbers(
    inbox: Path, tmp_path: Path, libreoffice: Callable[..., Path]
) -> None:
    out = tmp_path / "数据.csv"
    gouji("data", inbox, "-o", out)
    form = ["--infilter=CSV:44,34,76"]  # commas, quotes, UTF-8: what it proposes on a screen
    (sheet,) = opened(libreoffice(out, "xlsx", options=form))
    head, *rows = sheet.values
    table = pd.read_csv(out)
    assert list(head) == list(table.columns) == list(COLUMNS)
    for column in ("value", "year"):
        held = [row[COLUMNS.index(column)] for row in rows]
        assert pd.Series(held, dtype=float).equals(table[column].astype(float)), column
    assert [row[COLUMNS.index("place")] for row in rows] == table["place"].tolist()


def test_where_nothing_was_read_nothing_is_written(inbox: Path, tmp_path: Path) -> None:
    for command, name in (("data", "数据.csv"), ("compare", "对照.html")):
        out = tmp_path / name
        assert gouji(command, inbox, "-o", out).exit_code == 2
        before = out.read_bytes()
        answer = gouji(command, inbox / "坏.xlsx", "-o", out)
        assert answer.exit_code == 2
        assert "坏.xlsx" in answer.output
        assert answer.output.endswith("没有读出一份年报，什么也没有写。\n")
        assert out.read_bytes() == before


def test_a_dictionary_names_every_field(tmp_path: Path) -> None:
    out = tmp_path / "字典.csv"
    assert gouji("data", "--dictionary", "-o", out).exit_code == 0
    rows = read_csv(out)
    assert len(rows) == sum(len(load(e).fields) for e in edition_ids())
    fee = next(r for r in rows if r["field"] == "t2.fees.amount")
    assert fee["unit"] == "万元"


@pytest.mark.parametrize("words", [["-o", "a.csv"], [".", "-o", "a.txt"], ["none", "-o", "a.csv"]])
def test_what_cannot_be_done_is_one_sentence(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    book_at(FORM, tmp_path / "b.xlsx", year=2024, unit="甲局")
    answer = gouji("data", *words)
    assert answer.exit_code == 2
    assert "Traceback" not in answer.output
