"""An officer's two rounds: who gets a notice with what, what is kept, what became of the first."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from gouji.templates.roster import Roster, Unit
from gouji.validators.city.collection import State, arrange
from gouji.validators.city.memory import entry_of
from gouji.validators.city.notices import CHASE, MARKED, MESSAGES, REPORT, Returning, messages
from gouji.validators.city.officer import RECEIVED, REMARK, STATES
from gouji.validators.city.rounds import NAME, Rounds, points_of
from gouji.validators.office import check_files
from gouji.validators.output import file_entry

from ...builders import book_at, consistent, editing, faulty, opened
from ...conftest import sample
from .test_collect import FORM, YEAR, distributed, refill, run

OTHERS = {CHASE, REPORT, MESSAGES, NAME}


def notices(folder: Path) -> dict[str, Any]:
    """The notices by unit: the texts of the rows of each."""
    found = {}
    for path in folder.glob("*.docx"):
        if path.name not in OTHERS:
            table = docx.Document(str(path)).tables[0]
            found[path.stem] = [row.cells[2].text for row in table.rows[1:]]
    return found


def errors(path: Path) -> list[str]:
    """What a notice says of a workbook: the cards of its errors, one line each."""
    (result,) = check_files([path])
    assert result.verdict is not None
    cards = [c for c in result.verdict.cards if c.severity.value == "error"]
    return ["；".join(filter(None, (c.title.zh, c.sum.zh, c.how.zh))) for c in cards]


def spoil(path: Path, values: dict[str, float], n: int, **wrong: float) -> None:
    changed = dict(values)
    for key, more in wrong.items():
        changed[key.replace("__", ".")] += more
    book_at(
        FORM, path, year=YEAR, unit=f"第{n}局", code=f"A{n:03d}", values=changed, typed_totals=True
    )


def two_rounds(tmp_path: Path, count: int) -> None:
    listing, out, numbers = distributed(tmp_path, count)
    lines = listing.read_text("utf-8-sig").split("\n")
    lines = [
        lines[0] + ",联系人,电话",
        *(x + f",王{n},0451-{n:08d}" for n, x in enumerate(lines[1:])),
    ]
    listing.write_text("\n".join(lines), "utf-8-sig")
    at = {n: out / f"A{n:03d}_第{n}局.xlsx" for n in range(count)}
    rng = random.Random(count)
    missing, wrong, unread = 1, rng.sample(range(3, count), 4), 2
    at[missing].unlink()
    at[unread].write_bytes(at[unread].read_bytes()[:2000])
    for n in wrong:
        spoil(at[n], numbers[n], n, t3__granted__natural=1, t3__new__total=2)
    back, rollup = tmp_path / "退回", tmp_path / "汇总.xlsx"
    command = [
        "collect",
        out,
        "--roster",
        listing,
        "-o",
        rollup,
        "--notices",
        back,
        "--due",
        "2030-01-31",
    ]
    code, spoken = run(*command)
    assert code == 2
    assert "退回通知5份" in spoken
    held = notices(back)
    assert set(held) == {f"第{n}局" for n in (*wrong, unread)}
    for n in wrong:
        assert held[f"第{n}局"] == errors(at[n])
    assert held[f"第{unread}局"][0].startswith(at[unread].name + " ")
    assert "没有计入汇总" in held[f"第{unread}局"][0]
    chased = opened(back / CHASE).active
    rows = [[c.value for c in row] for row in chased.iter_rows(min_row=2)]
    assert [r[1:4] for r in rows] == [["第1局", "王1", "0451-00000001"]]
    texts = (back / MESSAGES).read_text("utf-8-sig").strip().split("\n\n")
    assert len(texts) == 6
    for text in texts:
        assert text.count("。") == 1  # one sentence
        assert text.endswith("送。")
        assert "于2030年1月31日前" in text
    papers = [docx.Document(str(p)) for p in back.glob("*.docx")]
    assert not [p for d in papers for p in d.paragraphs if "按一次" in p.text]
    row = docx.Document(str(back / f"第{wrong[0]}局.docx")).tables[0].rows[2].cells
    assert row[1].text == "表三 D9、J9、D30"
    assert row[2].text.startswith("（一）予以公开（D9）应是")
    report = "\n".join(p.text for p in docx.Document(str(back / REPORT)).paragraphs)
    good = [n for n in range(count) if n not in (missing, unread)]
    granted = sum(numbers[n]["t3.total.total"] for n in good)
    assert f"收到{count - 1}个" in report
    assert f"本年办结{granted + len(wrong):g}件" in report or f"本年办结{granted:g}件" in report
    assert "待催报：第1局。" in report
    # the officer writes something down; the clerk of one unit mends one of two errors
    with editing(rollup) as book:
        assert book.sheetnames[0] == "汇总情况"
        assert book.active.title == "汇总情况"
        sheet = book[STATES]
        heads = {c.value: c.column for c in sheet[3]}
        row = next(r for r in range(4, 200) if sheet.cell(r, 1).value == "第0局")
        sheet.cell(row, heads[REMARK]).value = "电话催过两次"
        sheet.cell(row, heads[RECEIVED]).value = date(2030, 2, 3)
    first, second = wrong[:2]
    spoil(at[first], numbers[first], first, t3__new__total=2)
    kept = errors(at[first])
    refill(at[second], numbers[second], unit=f"第{second}局", code=f"A{second:03d}")
    code, spoken = run(*command)
    assert code == 2
    assert "与上一次退回相比" in spoken
    held = notices(back)
    assert set(held) == {f"第{n}局" for n in (*wrong[2:], first, unread)}
    assert all("（仍未改）" in text for text in held[f"第{wrong[2]}局"])
    assert held[f"第{first}局"] == [f"{text}（仍未改）" for text in kept]
    paper = docx.Document(str(back / f"第{first}局.docx"))
    assert any("上次退回的问题已改正" in p.text for p in paper.paragraphs)
    sheet = opened(rollup)[STATES]
    assert sheet.cell(row, heads[REMARK]).value == "电话催过两次"
    assert sheet.cell(row, heads[RECEIVED]).value.date() == date(2030, 2, 3)
    assert sheet.cell(row, 6).value == "迟报"
    before = {p.name: p.read_bytes() for p in back.iterdir()}
    run(*command)  # nothing changed: the same round
    assert {p.name: p.read_bytes() for p in back.iterdir()} == before


@pytest.mark.slow
def test_two_rounds_of_units(tmp_path: Path) -> None:
    two_rounds(tmp_path, sample(9, 120))


@pytest.mark.parametrize(
    ("due", "by"),
    [(date(2001, 1, 31), "尽快"), (date(2999, 1, 31), "于2999年1月31日前"), (None, "尽快")],
)
def test_a_day_that_is_past_is_not_named(due: date | None, by: str) -> None:
    states = arrange(Path(), Roster((Unit("甲局", line=2),)), [])
    assert (
        messages(states, Rounds(), Returning(by=due))
        == f"甲局：还没有收到你单位填好的年报统计表（未收到），请{by}报送。\r\n"
    )


@pytest.mark.slow
def test_a_notice_that_somebody_changed_and_a_foreign_file_are_kept(tmp_path: Path) -> None:
    listing, out, numbers = distributed(tmp_path, 3)
    path = out / "A001_第1局.xlsx"
    spoil(path, numbers[1], 1, t3__granted__natural=1)
    back = tmp_path / "退回"
    command = ["collect", out, "--roster", listing, "-o", tmp_path / "s.xlsx", "--notices", back]
    assert run(*command)[0] == 1
    (back / "第1局.docx").write_bytes(b"mine")
    code, spoken = run(*command)
    assert code == 2
    assert "第1局.docx" in spoken
    assert (back / "第1局.docx").read_bytes() == b"mine"
    assert run(*command, "--force")[0] == 1
    refill(path, numbers[1], unit="第1局", code="A001")
    (back / "第1局.docx").write_bytes(b"again mine")
    assert run(*command)[0] == 0
    assert (back / "第1局.docx").read_bytes() == b"again mine"
    (back / NAME).write_text(json.dumps({"mine": 1}), "utf-8")
    assert run(*command)[0] == 2
    assert json.loads((back / NAME).read_text("utf-8")) == {"mine": 1}


@pytest.mark.slow
def test_a_number_that_is_flagged_is_not_ranked_and_changes_on_last_year_are_told(
    tmp_path: Path,
) -> None:
    listing, out, numbers = distributed(tmp_path, 4)
    last = tmp_path / "last"
    last.mkdir()
    rng = random.Random(1)
    for n in range(4):
        old = consistent(FORM, rng) if n else dict(numbers[0])
        refill(last / f"{n}.xlsx", old, unit=f"第{n}局", code=f"A{n:03d}", year=YEAR - 1)
    spoil(out / "A003_第3局.xlsx", numbers[3], 3, t3__new__total=5000)
    back = tmp_path / "退回"
    run(
        "collect",
        out,
        "--roster",
        listing,
        "-o",
        tmp_path / "s.xlsx",
        "--notices",
        back,
        "--prior",
        last,
    )
    table = docx.Document(str(back / REPORT)).tables[0]
    named = [row.cells[0].text for row in table.rows[1:]]
    assert set(named) == {"第1局", "第2局"}
    data = opened(tmp_path / "s.xlsx")["图表数据"]
    ranked = [row[3].value for row in data.iter_rows() if row[3].value]
    assert "第3局" not in ranked


@pytest.mark.slow
def test_a_notice_says_the_cards_of_errors_and_none_other(tmp_path: Path) -> None:
    workbooks = faulty(tmp_path, sample(20, 100))
    for path, result in zip(workbooks, check_files(workbooks), strict=True):
        entry = entry_of(path, path.parent, result)
        state = State(Unit(entry.unit), "errors", entry)
        cards = [c for c in file_entry(result)["cards"] if c["severity"] == "error"]
        points = points_of(state, path.parent).values()
        assert [p.title for p in points] == [c["title"] for c in cards]
        for point, card in zip(points, cards, strict=True):
            assert card["sum"] in point.text
            assert card["how"] in point.text
            assert all(c["cell"] in point.where for c in card["cells"][:8])


def test_a_notice_is_signed_and_the_marked_workbook_lies_beside_it(tmp_path: Path) -> None:
    listing, out, numbers = distributed(tmp_path, 3)
    spoil(out / "A001_第1局.xlsx", numbers[1], 1, t3__granted__natural=1)
    sent = {p.name: p.read_bytes() for p in out.iterdir()}
    back = tmp_path / "退回"
    command = ["collect", out, "--roster", listing, "-o", tmp_path / "s.xlsx", "--notices", back]
    named = ["--office", "某县政府办", "--contact", "王某", "--phone", "0000-1234567"]
    assert run(*command, *named, "--return-by", "2999-02-10")[0] == 1
    assert {p.name for p in back.glob("第*")} == {"第1局.docx", f"第1局{MARKED}"}
    lines = [p.text for p in docx.Document(str(back / "第1局.docx")).paragraphs]
    assert "于2999年2月10日前" in "".join(lines)
    assert f"《第1局{MARKED}》" in "".join(lines)
    assert "校验”" not in "".join(lines).replace("“校验结果”", "")
    today = date.today()
    day = f"{today.year}年{today.month}月{today.day}日"
    assert lines[-3:] == ["某县政府办", "联系人：王某，电话：0000-1234567", day]
    marked = opened(back / f"第1局{MARKED}")
    assert marked.sheetnames[-1] == "校验结果"
    assert {p.name: p.read_bytes() for p in out.iterdir()} == sent  # what was sent is as it was
    summary = "".join(p.text for p in docx.Document(str(back / "汇总情况.docx")).paragraphs)
    assert "条勾稽关系不符，计入汇总的第1局还有错误，改正后再汇总。" in summary
    past = run(*command, "--return-by", "2001-02-10")
    assert past == (2, "重报的日期 2001-02-10 已经过了，请写今天以后的一天。\n")
