"""What is said of many files: a line each, those with errors first, an index on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from gouji.templates.edition import load
from gouji.templates.workbook import write
from gouji.validators.cli.main import main
from gouji.validators.office import check_files
from gouji.validators.output import FORMATS
from gouji.validators.output.text import MANY

from ...builders import one_wrong_cell


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    blank = write(load("2021"), tmp_path / "blank.xlsx", year=2024, unit="甲局").read_bytes()
    wrong = one_wrong_cell(tmp_path / "wrong.xlsx").read_bytes()
    for number in range(MANY + 5):
        data = b"PK" if number == 7 else wrong if number == 20 else blank
        (tmp_path / "in" / f"{number:02}.xlsx").write_bytes(data)
    return tmp_path / "in"


def run(*words: object) -> str:
    return CliRunner().invoke(main, [str(w) for w in words]).stdout


def test_many_files_have_one_line_each_those_with_errors_first(folder: Path) -> None:
    answer = run("check", folder).splitlines()
    assert len(answer) == MANY + 5 + 2
    assert answer[0].startswith(f"{folder / '07.xlsx'}  ")
    assert answer[1].startswith(f"{folder / '20.xlsx'}  ")
    assert "还差3件  （一）予以公开（D9）" in answer[1]
    assert all("还差5件" in line for line in answer[2:-2])
    assert "-v" in answer[-2]
    assert answer[-1].startswith("共25个文件")
    whole = run("check", folder, "-v")
    assert whole.count("封面没有选单位类别") == MANY + 4


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
