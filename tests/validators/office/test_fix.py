"""`gouji fix`: what is confirmed is written, and nothing else; undo gives every byte back."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from gouji.templates import disk
from gouji.templates.edition import Edition
from gouji.templates.errors import InputError
from gouji.templates.workbook import build
from gouji.validators.office import check_files
from gouji.validators.office.fix import RepairDraft, Repairs, undo
from gouji.validators.reading.readers import read
from gouji.validators.report import Standing

from ...builders import book_at, consistent, editing, opened
from ...command import gouji
from ..judging.test_which_cell import county


@pytest.fixture
def wrong(tmp_path: Path, form: Edition) -> Path:
    """One number mistyped in table 3, sure to be found; one in table 4, which nobody can tell."""
    values = consistent(form, random.Random(2))
    values["t3.granted.natural"] += 1
    values["t4.review.upheld"] += 1
    path = tmp_path / "年报.xlsx"
    book_at(form, path, year=2024, unit="某县", values=values, typed_totals=True)
    return path


def run(path: Path, *options: str, answers: str = "") -> Result:
    return gouji("fix", path, *options, input=answers)


def test_only_what_is_confirmed_is_written_and_each_change_bears_a_note(wrong: Path) -> None:
    before = read(wrong)
    done = run(wrong, answers="y\nskip\n")
    assert done.exit_code == 1, done.output
    assert "改了1格，还有1处错误；撤销：加 --undo" in done.output
    after = read(wrong)
    changed = {k for k in before.values if before.number(k) != after.number(k)}
    assert changed == {"t3.granted.natural"}
    note = opened(wrong)["表三"]["D9"].comment.text
    assert "已按建议由" in note


def test_a_no_offers_the_next_possibility_and_q_leaves_the_file_alone(wrong: Path) -> None:
    original = wrong.read_bytes()
    done = run(wrong, answers="n\nn\nq\n")
    assert done.output.count("q 结束）") == 3
    assert "改了0格" in done.output
    assert wrong.read_bytes() == original


def test_what_the_records_say_of_one_rival_is_evidence_for_the_others(
    tmp_path: Path, form: Edition
) -> None:
    leaves = {k: v for k, v in county().items() if k not in form.totals}
    path = tmp_path / "年报.xlsx"
    book_at(form, path, year=2024, unit="某县", values=leaves | {"t3.granted.natural": 26.0})
    repairs = Repairs(path)
    first, *others = repairs.offers()
    assert others
    asked = first.changes[0]
    repairs.answer(first, asked.from_)  # what stands there is what the records say
    assert asked.field not in {c.field for e in repairs.offers() for c in e.changes}
    assert repairs.changes == []
    wrong = next(e for e in repairs.offers() if e.changes[0].field == "t3.granted.natural")
    repairs.answer(wrong, 21.0)
    assert [(c.field, c.to) for c in repairs.changes] == [("t3.granted.natural", 21.0)]
    assert repairs.offers() == []


def test_the_number_in_the_records_is_asked_for_and_taken(tmp_path: Path, form: Edition) -> None:
    leaves = {k: v for k, v in county().items() if k not in form.totals}
    path = tmp_path / "年报.xlsx"
    book_at(form, path, year=2024, unit="某县", values=leaves | {"t3.granted.natural": 26.0})
    asked = Repairs(path).offers()[0].changes[0]
    done = run(path, answers=f"x\n{asked.to + 1:g}\nq\n")
    assert "'x' 不行，请照括号里的写" in done.output
    assert f"已改：{asked.place.cell}由{asked.from_:g}改为{asked.to + 1:g}" in done.output
    assert read(path).number(asked.field) == asked.to + 1


def test_without_anybody_at_the_desk_nothing_is_written(wrong: Path) -> None:
    original = wrong.read_bytes()
    assert "改了0格" in run(wrong).output
    assert wrong.read_bytes() == original


@pytest.mark.slow
def test_yes_certain_writes_only_what_is_certain(tmp_path: Path, form: Edition) -> None:
    values = consistent(form, random.Random(2))
    right = dict(values)
    values["t3.granted.natural"] += 1
    path = tmp_path / "年报.xlsx"
    book_at(form, path, year=2024, unit="某县", values=values, typed_totals=True)
    done = run(path, "--yes-certain")
    assert done.exit_code == 0, done.output
    assert {k: read(path).number(k) for k in right} == right


def test_all_that_is_certain_is_written_at_once_and_undone_at_once(
    tmp_path: Path, form: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = consistent(form, random.Random(2))
    for key in ("t3.granted.natural", "t3.new.business"):
        values[key] += 1
    path = tmp_path / "年报.xlsx"
    book_at(form, path, year=2024, unit="某县", values=values, typed_totals=True)
    original, written = path.read_bytes(), []

    def put(target: Path, *given: Any, **named: Any) -> None:
        written.append(target)
        disk.put(target, *given, **named)

    monkeypatch.setattr("gouji.validators.office.fix.put", put)
    assert "改了2格，还有0处错误" in run(path, "--yes-certain").output
    assert written == [tmp_path / ".年报.xlsx.gouji-undo", path]
    assert "改了0格" in run(path, "--yes-certain").output
    assert len(written) == 2
    undo(path)
    assert path.read_bytes() == original


def test_undo_gives_every_byte_back_once(wrong: Path) -> None:
    original = wrong.read_bytes()
    run(wrong, answers="y\ny\n")
    assert wrong.read_bytes() != original
    assert run(wrong, "--undo").exit_code == 0
    assert wrong.read_bytes() == original
    assert "没有可以撤销的修改" in run(wrong, "--undo").output
    assert [p.name for p in wrong.parent.iterdir()] == ["年报.xlsx"]


@pytest.mark.parametrize("forged", ["head", "seal", "content"])
def test_what_somebody_else_laid_beside_the_file_is_never_put_in_its_place(
    wrong: Path, forged: str
) -> None:
    run(wrong, answers="y\nq\n")
    (beside,) = wrong.parent.glob(".*undo")
    now, (head, _, original) = wrong.read_bytes(), beside.read_bytes().partition(b"\n")
    name, digest, _ = head.split(b" ")
    head = {"head": b" ".join((name, digest)), "seal": head[:-9] + b"0" * 9, "content": head}[
        forged
    ]
    beside.write_bytes(head + b"\n" + (original + b"x" if forged == "content" else b"PK forged"))
    done = run(wrong, "--undo")
    assert (done.exit_code, wrong.read_bytes()) == (2, now)
    assert "不是您在这台电脑上修改时留下的" in done.output


def test_an_undo_that_was_killed_after_its_rename_is_done_by_the_next(wrong: Path) -> None:
    original = wrong.read_bytes()
    run(wrong, answers="y\nq\n")
    wrong.write_bytes(original)
    assert run(wrong, "--undo").exit_code == 0
    assert wrong.read_bytes() == original
    assert [p.name for p in wrong.parent.iterdir()] == [wrong.name]


def test_undo_refuses_where_somebody_worked_on_since(wrong: Path) -> None:
    run(wrong, answers="y\nq\n")
    book = opened(wrong)
    book.save(wrong)
    with pytest.raises(InputError, match="又改过"):
        undo(wrong)


def test_a_file_that_changed_after_it_was_judged_is_not_written(wrong: Path) -> None:
    repairs = Repairs(wrong)
    wrong.write_bytes(wrong.read_bytes() + b"\0")
    edited = wrong.read_bytes()
    with pytest.raises(InputError, match="又改过"):
        repairs.confirm(repairs.offers()[0])
    assert wrong.read_bytes() == edited


def test_formula_totals_follow_what_is_written(tmp_path: Path, form: Edition) -> None:
    values = dict.fromkeys(form.fields, 0.0)
    values |= {"t3.new.natural": 21.0, "t3.granted.natural": 12.0}
    path = tmp_path / "年报.xlsx"
    book_at(form, path, year=2024, unit="某县", values=values)
    repairs = Repairs(path)
    assert repairs.offers()
    repairs.confirm(repairs.offers()[0])
    assert repairs.offers() == []
    sheet = opened(path)["表三"]
    assert str(sheet["J9"].value).startswith("=SUM(")


def test_a_cell_with_a_formula_is_told_and_not_written_over(tmp_path: Path, form: Edition) -> None:
    values = consistent(form, random.Random(2))
    values["t3.granted.natural"] += 1
    original = build(
        form,
        year=2024,
        unit="某县",
        values=values,
        typed_totals=True,
        formulas={"t3.granted.natural": "=Z1*0+1"},
    )
    (path := tmp_path / "年报.xlsx").write_bytes(original)
    done = run(path, "--yes-certain")
    assert done.exit_code == 1
    reply = "（D9是公式，请改它引用的数）"
    assert f"不能代改：（一）予以公开（D9）由1改为0{reply}" in done.output
    assert (
        "Not for us to change: （一）予以公开 (D9)"
        in run(path, "--lang", "en", "--yes-certain").output
    )
    assert path.read_bytes() == original


def test_a_cell_that_a_merged_range_covers_is_not_repaired(tmp_path: Path, form: Edition) -> None:
    values = consistent(form, random.Random(5))
    key = next(
        k for k, n in values.items() if k.startswith("t3.") and k.endswith(".research") and n > 0
    )
    path = book_at(
        form, tmp_path / "a.xlsx", year=2024, unit="某县", values=values, typed_totals=True
    )
    with editing(path) as book:
        (result,) = check_files([path])
        assert result.report
        place = result.report.values[key].place
        assert place
        sheet, row = book[place.sheet], place.cell.lstrip("ABCDEFGHIJ")
        sheet[place.cell] = None
        sheet.merged_cells.add(f"E{row}:F{row}")
    draft = RepairDraft(path.read_bytes(), "a.xlsx")
    assert draft.result.report
    assert draft.result.report.covered == {key}
    (event,) = draft.result.verdict.repairs if draft.result.verdict else ()
    assert [c.field for c in event.changes] == [key]
    assert not draft.writable(event)
    assert draft.offers() == []


def test_zeros_fill_every_blank_cell_and_can_be_undone(tmp_path: Path, form: Edition) -> None:
    values = {k: v for k, v in consistent(form, random.Random(2)).items() if v}
    path = tmp_path / "年报.xlsx"
    book_at(form, path, year=2024, unit="某县", values=values)
    original, before = path.read_bytes(), read(path)
    blank = sum(v.standing is Standing.BLANK for v in before.values.values())
    done = run(path, "--zeros")
    assert done.exit_code == 0, done.output
    assert f"{blank}格填了0；撤销：加 --undo" in done.output
    after = read(path)
    assert all(after.number(k) == (before.number(k) or 0.0) for k in form.fields)
    assert run(path, "--zeros").exit_code == 2  # nothing is blank any more
    assert run(path, "--undo").exit_code == 0
    assert path.read_bytes() == original
