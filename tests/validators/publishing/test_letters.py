"""Reply letters: one of every outcome, the office's own wording, nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from gouji.templates.edition import load
from gouji.templates.ledger import outcomes

from ...builders import book_at, cases_entered
from ...command import run

docx = pytest.importorskip("docx")


def ledger(path: Path, edition: str = "2021") -> Path:
    """A workbook with a case of every outcome, and one without."""
    form = load(edition)
    book_at(form, path, year=2024, unit="某局", ledgers=True)
    cases_entered(path, form, [*outcomes(form), ""], 2024)
    return path


def text(path: Path) -> str:
    return "\n".join(p.text for p in docx.Document(str(path)).paragraphs)


@pytest.mark.slow
@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_every_outcome_has_its_letter_with_what_the_ledger_says(
    edition: str, tmp_path: Path
) -> None:
    path = ledger(tmp_path / "a.xlsx", edition)
    code, spoken = run("letters", path, "-o", tmp_path / "out")
    count = len(outcomes(load(edition)))
    assert code == 0
    assert f"写了{count}份答复书" in spoken
    assert f"台账第{count + 2}行没有写" in spoken
    seen = set()
    for row in range(2, count + 2):
        held = text(tmp_path / "out" / f"2024-{row:03d}_答复书.docx")
        assert held.startswith(f"政府信息公开申请答复书\n申请人{row}：")
        assert f"（编号：2024-{row:03d}），申请内容为：某事项{row}。" in held
        assert "2024年3月3日收到" in held
        assert held.rstrip().endswith("某局\n2024年3月20日")
        assert "{" not in held
        seen.add(held.split("\n")[3])
    assert len(seen) > 10
    assert any("不予公开" in s and "属于国家秘密" in s for s in seen)


@pytest.mark.slow
def test_the_office_edits_the_templates_and_keeps_letters_it_changed(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    code, spoken = run("letters", path, "-o", tmp_path / "t", "--make-templates")
    assert code == 0
    assert len(list((tmp_path / "t").iterdir())) == len(outcomes(load("2021"))) + 1
    template = next(p for p in (tmp_path / "t").iterdir() if "予以公开" in p.name)
    document = docx.Document(str(template))
    paragraph = document.add_paragraph()
    for piece in ("我局自己的话：{编", "号}，{没有这个}"):
        paragraph.add_run(piece)
    document.save(str(template))
    out = tmp_path / "out"
    assert run("letters", path, "-o", out, "--templates", tmp_path / "t")[0] == 0
    assert "我局自己的话：2024-002，{没有这个}" in text(out / "2024-002_答复书.docx")
    (out / "2024-003_答复书.docx").write_bytes(b"mine")
    code, spoken = run("letters", path, "-o", out, "--templates", tmp_path / "t")
    assert code == 0
    assert "已有1份没有覆盖" in spoken
    assert (out / "2024-003_答复书.docx").read_bytes() == b"mine"
    template.write_bytes(b"PK not a document")
    code, spoken = run("letters", path, "-o", out, "--templates", tmp_path / "t")
    assert code == 2
    assert template.name in spoken


def test_a_workbook_without_a_ledger_gets_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book_at(load("2021"), path, year=2024, unit="某局")
    code, spoken = run("letters", path, "-o", tmp_path / "out")
    assert code == 2
    assert "没有《申请台账》" in spoken
    assert not (tmp_path / "out").exists()
