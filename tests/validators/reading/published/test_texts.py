"""Published text back into the numbers of the form."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from gouji.templates.edition import Edition, edition_ids, load
from gouji.templates.errors import InputError
from gouji.validators.judging.judge import judge
from gouji.validators.office.import_ import import_report
from gouji.validators.reading.published.published_report import report_of
from gouji.validators.reading.published.tokens import split
from gouji.validators.reading.readers import read
from gouji.validators.report import Standing
from hypothesis import given, settings
from hypothesis import strategies as st

from ....builders import consistent
from ....conftest import DATA
from ....published_documents import Values, parts
from ....published_text import LAYOUTS, published
from .refusals import has_its_sentence

LIANSHAN = DATA / "published" / "lianshan-2021.txt"


def test_a_real_countys_published_report_is_read_whole_and_without_a_finding() -> None:
    report = read(LIANSHAN)
    assert (report.unit, report.year, report.edition.id) == ("葫芦岛市连山区", 2021, "2021")
    assert len([v for v in report.values.values() if v.standing is Standing.NUMBER]) == 200
    assert report.number("t3.new.total") == 24
    assert report.number("t2.licences.decisions") == 18582
    assert report.number("t2.fees.amount") == 1691
    (verdict,) = judge([report])
    assert (verdict.checked, verdict.findings, verdict.unchecked) == (42, (), ())


def test_an_imported_workbook_has_the_published_numbers_and_no_finding(tmp_path: Path) -> None:
    out = tmp_path / "lianshan.xlsx"
    source = import_report(LIANSHAN, out)
    report = read(out)
    keys = report.edition.fields
    assert {k: report.number(k) for k in keys} == {k: source.number(k) for k in keys}
    (verdict,) = judge([report])
    assert verdict.findings == ()
    assert dict(report.narrative)["一、总体情况"] == "本节文字由测试写成，没有数字。"


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), edition_id=st.sampled_from(edition_ids()))
@pytest.mark.sampled
def test_every_layout_is_read_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, layout: str, seed: int, edition_id: str
) -> None:
    edition = load(edition_id)
    values = consistent(edition, random.Random(seed))
    path = tmp_path_factory.mktemp("p") / "r.txt"
    path.write_text(published(edition, values, layout, "某县", edition.from_year), "utf-8")
    report = read(path)
    assert report.edition is edition
    assert {k: report.number(k) for k in edition.fields} == values
    assert (report.unit, report.year) == ("某县", edition.from_year)
    assert report.remarks == ()


def text(form: Edition, layout: str = "one cell a line") -> str:
    return published(form, consistent(form, random.Random(1)), layout, "某县", 2023)


def test_traditional_characters_and_gb18030_are_read(tmp_path: Path, form: Edition) -> None:
    path = tmp_path / "r.txt"
    old = text(form).replace("规章", "規章").replace("行政许可", "行政許可").replace("总计", "總計")
    path.write_bytes(old.encode("gb18030"))
    assert all(v.standing is Standing.NUMBER for v in read(path).values.values())


def test_big5_is_read(tmp_path: Path, form: Edition) -> None:
    opencc = pytest.importorskip("opencc")
    path = tmp_path / "r.txt"
    path.write_bytes(opencc.OpenCC("s2t").convert(text(form)).encode("big5hkscs", "replace"))
    assert all(v.standing is Standing.NUMBER for v in read(path).values.values())


def test_published_totals_are_never_recomputed(tmp_path: Path, form: Edition) -> None:
    values = consistent(form, random.Random(3))
    values["t3.granted.total"] += 5
    path, out = tmp_path / "r.txt", tmp_path / "r.xlsx"
    path.write_text(published(form, values, "pipe table", "某县", 2023), "utf-8")
    import_report(path, out)
    report = read(out)
    assert report.number("t3.granted.total") == values["t3.granted.total"]
    (verdict,) = judge([report])
    assert {f.rule for f in verdict.findings} == {"T3-ROW", "T3-TOTAL"}


def test_a_row_with_a_number_too_few_is_not_guessed(tmp_path: Path, form: Edition) -> None:
    lines = text(form).splitlines()
    at = lines.index("（一）予以公开")
    del lines[at + 3]
    path = tmp_path / "r.txt"
    path.write_text("\n".join(lines), "utf-8")
    report = read(path)
    assert report.values["t3.granted.natural"].standing is Standing.ABSENT
    assert any("“（一）予以公开”后面有6个数" in r.words for r in report.remarks)
    (verdict,) = judge([report])
    assert {u.field for u in verdict.unchecked} >= {"t3.granted.total", "t3.total.natural"}


def test_words_and_signs_in_cells_are_kept_as_they_stand(tmp_path: Path, form: Edition) -> None:
    values = consistent(form, random.Random(3))
    content = published(form, values, "pipe table", "某县", 2023)
    row = next(x for x in content.splitlines() if "4.保护第三方合法权益" in x)
    content = content.replace(row, "| 4.保护第三方合法权益 | / | 18件 | | 0 | 0 | 0 | 0 |")
    path = tmp_path / "r.txt"
    path.write_text(content, "utf-8")
    values_read = read(path).values
    standings = [
        values_read[f"t3.refused_third_party.{c}"].standing
        for c in ("natural", "business", "research", "other")
    ]
    assert standings == [
        Standing.PLACEHOLDER,
        Standing.TEXT_NUMBER,
        Standing.BLANK,
        Standing.NUMBER,
    ]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", b"", "是空文件"),
        ("a.txt", b"\x00\x01\x02" * 50, "不是文本文件"),
        ("a.txt", "今天天气很好。".encode(), "没有找到表二"),
        ("a.pages", b"x", "还不能读取 .pages 格式"),
    ],
)
def test_what_is_no_report_has_its_sentence(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    has_its_sentence(tmp_path / name, content, words)


def test_a_missing_source_has_its_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="找不到文件"):
        read(tmp_path / "none.txt")


@settings(max_examples=60, deadline=2000)
@given(st.text(alphabet="一二三（）、.总计其他自然人 |\n0123456789/", max_size=3000))
def test_any_text_is_read_or_refused_in_bounded_time(content: str) -> None:
    from gouji.validators.reading.published.published_report import report_of
    from gouji.validators.reading.published.tokens import split

    try:
        report_of(split(content), Path("x.txt"))
    except InputError as error:
        assert "x.txt" in error.zh


def _spanned(form: Edition, values: Values, across: str, edge: str = "") -> str:
    """The tables with every cell of their grid, those that a span covers empty."""
    out = []
    for part in parts(form, values, "某县", form.from_year + 1):
        if isinstance(part, str):
            out.append(part)
            continue
        every = [c for row in part for c in row]
        output = {(c.row, c.col): c.text for c in every}
        width = max(c.last_col for c in every) + 1
        for row in sorted({c.row for c in every}):
            cells = across.join(output.get((row, n), "") for n in range(width))
            out.append(f"{edge}{cells}{edge}")
    return "\n".join(out)


WAYS = {
    "copied with tabs": lambda f, v: _spanned(f, v, "\t"),
    "copied with a tab at the end": lambda f, v: _spanned(f, v, "\t").replace("\n", "\t\n"),
    "bars": lambda f, v: _spanned(f, v, " | ", "|"),
    "bars without edges": lambda f, v: _spanned(f, v, " | "),
    "bars drawn": lambda f, v: _spanned(f, v, " │ ", "│"),
    "in dollars": lambda f, v: re.sub(
        r"(?<=[|] )(-?[0-9.]+)(?= [|])", r"$\1$", _spanned(f, v, " | ", "| ")
    ),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("blank", ["none", "zeros", "totals"])
@pytest.mark.sampled
def test_a_table_as_text_is_read_and_no_number_beside_its_place(way: str, blank: str) -> None:
    right = wanted = 0
    for seed in range(6):
        form, rng = load(("2019", "2021")[seed % 2]), random.Random(seed)
        values: dict[str, float | None] = {**consistent(form, rng)}
        for key in values:
            total = key.startswith("t3.") and key.endswith(".total")
            if (blank != "none" and values[key] == 0) or (blank == "totals" and total):
                values[key] = None if rng.random() < 0.7 else values[key]
        report = report_of(split(WAYS[way](form, values)), Path("a.txt"))
        read_so = {k: v.number for k, v in report.values.items() if v.standing in _READ}
        assert {k: n for k, n in read_so.items() if n != values[k]} == {}
        right, wanted = right + len(read_so), wanted + len(values)
    assert right >= _LEAST[blank] * wanted


_READ = (Standing.NUMBER, Standing.BLANK)
_LEAST = {"none": 1.0, "zeros": 0.8, "totals": 0.25}  # without edges a lost cell leaves no trace


@pytest.mark.parametrize("mark", ["¹", "①", "[1]", "（注1）", "（注：见附件）", "※"])
def test_a_notes_mark_at_a_label_is_no_part_of_it(form: Edition, mark: str) -> None:
    values = consistent(form, random.Random(4))
    text = _spanned(form, values, " | ", "|")
    output = re.sub(r"(?<=[^\W\d_（）])(?= \|)", mark, text)
    assert output.count(mark) > 40
    report = report_of(split(output), Path("a.txt"))
    assert {k: report.number(k) for k in form.fields} == values


def test_no_number_is_taken_of_a_drawn_row_of_several_lines(form: Edition) -> None:
    heads = "| 信息内容 | 本年处理决定数量 |\n+---+---+\n"
    rows = "| 行政处罚 | 12 |\n| | 3 |\n+---+---+\n| 行政强制 | 4 |\n+---+---+\n"
    report = report_of(split("+---+---+\n" + heads + rows), Path("a.txt"))
    assert report.number("t2.penalties.decisions") is None
    assert report.number("t2.coercion.decisions") == 4
