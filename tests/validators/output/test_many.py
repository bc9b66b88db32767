"""What is said of many files: a line each, those with errors first, an index on the page."""

from __future__ import annotations

import io
import re
import sys
import time
from pathlib import Path

import pytest
from gouji.templates.edition import load
from gouji.validators.cli import bars
from gouji.validators.office import check_files
from gouji.validators.output import FORMATS
from gouji.validators.output.text import MANY

from ...builders import book_at, one_wrong_cell
from ...command import gouji


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    blank = book_at(load("2021"), tmp_path / "blank.xlsx", year=2024, unit="甲局").read_bytes()
    wrong = one_wrong_cell(tmp_path / "wrong.xlsx").read_bytes()
    for number in range(MANY + 5):
        data = b"PK" if number == 7 else wrong if number == 20 else blank
        (tmp_path / "in" / f"{number:02}.xlsx").write_bytes(data)
    return tmp_path / "in"


def run(*words: object) -> str:
    return gouji(*words).stdout


def test_of_many_files_the_summary_comes_first_then_errors_then_what_lacks_the_same(
    folder: Path,
) -> None:
    answer = run("check", folder).splitlines()
    assert answer[0] == "无法读取的1个；有错误的1个；没有错误，还要填或说明的23个"
    assert answer[1].startswith(f"{folder / '07.xlsx'}  ")
    assert answer[2].startswith(f"{folder / '20.xlsx'}  ")
    assert "还差3件  （一）予以公开（D9）" in answer[2]
    assert answer[3] == f"表二还有10格没填：23个文件，{folder / '00.xlsx'} 等"
    assert "-v" in answer[4]
    assert answer[5].startswith("共25个文件")
    assert len(answer) == 6
    whole = run("check", folder, "-v")
    assert whole.count("封面没有选单位类别") == MANY + 4
    (folder / "00.xlsx").unlink()
    (folder / "01.xlsx").unlink()
    (folder / "02.xlsx").unlink()  # those that are left have a line each
    assert all("还差5件" in line for line in run("check", folder).splitlines()[3:-2])


def test_a_page_of_many_files_begins_with_errors_and_draws_tables_where_something_is_marked(
    folder: Path,
) -> None:
    page = FORMATS["html"](check_files(sorted(folder.iterdir())), "zh", False)
    index = page[page.index("<nav") : page.index("</nav>")]
    heads = ["<h3>无法读取 1", "<h3>有错误 1", "<summary>没有错误，还要填或说明 23</summary>"]
    assert sorted(heads, key=index.index) == heads
    assert "还差3件</span> （一）予以公开（D9）" in index
    wrong = page[page.index('id="f21"') :]
    assert "<table>" in wrong[: wrong.index("</section>")]


@pytest.mark.slow
def test_a_bar_moves_while_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(shown, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", shown)
    with bars.progress(MANY) as step:
        started = time.monotonic()
        while len(set(re.findall(r"0/20  ([\d.]+)s", shown.getvalue()))) < 3:
            assert time.monotonic() - started < 60
        assert step is not None
        step(MANY)
    assert "20/20" in shown.getvalue()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_of_several_files_has_an_index_and_folds(folder: Path, lang: str) -> None:
    files = sorted(folder.iterdir())
    page = FORMATS["html"](check_files(files[:9]), lang, False)
    index = page[page.index("<nav") : page.index("</nav>")]
    assert index.count("<li>") == 9
    assert all(f'<a href="#f{n}">' in index for n in range(1, 10))
    assert "5 left to do" in index if lang == "en" else "还差5件" in index
    assert page.count("<details><summary><h2") == 9 - 3
    one = FORMATS["html"](check_files(files[:1]), lang, False)
    assert "<nav" not in one
    assert "<details><summary><h2" not in one
